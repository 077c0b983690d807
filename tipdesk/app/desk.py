"""A creator's desk, put together: alerts, the overlay, triggers, the look at one's own address."""

import logging
from collections.abc import Awaitable, Callable

from tipdesk.adapters.desk.media import MediaFolder
from tipdesk.adapters.desk.programs import ProgramRunner, SystemSpeaker
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.storage.desk_log import MoneyAlertLog, MoneyTriggerLog
from tipdesk.adapters.web.overlay import OverlayHandlers, OverlayServer
from tipdesk.app.core import Core
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.ports.channels import ChannelStatus
from tipdesk.ports.desk import AlertMedia
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.ports.wallets import OWN
from tipdesk.services.address_watch import AddressWatch
from tipdesk.services.alerts import AlertService
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService
from tipdesk.services.events import AlertsChanged, Notice
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.overlay import OverlayService
from tipdesk.services.overlay_lists import OverlayLists
from tipdesk.services.probe import OurNode, ProbeService
from tipdesk.services.triggers import TriggerService

MEDIA_FOLDER = "overlay"

_log = logging.getLogger(__name__)


class CreatorDesk:
    """What the creator's window works with beside `CreatorService`."""

    def __init__(
        self,
        core: Core,
        *,
        creator: CreatorService,
        settings: SettingsStore,
        signer: EventSigner,
        lnurl: LnurlClient,
        relays: RelayPool,
        address: Callable[[], str],
        bus: Bus,
    ) -> None:
        self._bus = bus
        self._http = ChosenServerClient(core.way)
        folder = core.folder / MEDIA_FOLDER
        self.media: AlertMedia = MediaFolder(folder)
        runner = ProgramRunner()
        server = OverlayServer(
            OverlayHandlers(
                greet=lambda page: self.lists.message(page),
                shown=lambda number: self.alerts.shown(number),
                changed=lambda: bus.publish(AlertsChanged()),
            ),
            folder,
        )
        self.alerts = AlertService(
            creator=creator,
            log=MoneyAlertLog(core.database),
            settings=settings,
            pages=server,
            speaker=SystemSpeaker(runner),
            bus=bus,
            clock=core.clock,
        )
        self.lists = OverlayLists(
            creator=creator,
            alerts=self.alerts,
            settings=settings,
            pages=server,
            bus=bus,
            clock=core.clock,
        )
        self.overlay = OverlayService(
            host=server, vault=core.vault, settings=settings, bus=bus, entropy=core.entropy
        )
        self.triggers = TriggerService(
            creator=creator,
            log=MoneyTriggerLog(core.database),
            settings=settings,
            vault=core.vault,
            http=self._http,
            runner=runner,
            bus=bus,
            clock=core.clock,
            entropy=core.entropy,
        )
        self.probe = ProbeService(
            lnurl=lnurl,
            signer=signer,
            wallet=core.backend,
            clock=core.clock,
            ours=OurNode(
                core.settings.network,
                pays_elsewhere=lambda: core.any_wallet.chosen != OWN,
                has_public_channel=lambda: any(
                    channel.announced and channel.status is ChannelStatus.ONLINE
                    for channel in core.channels.channels()
                ),
                relays=lambda: tuple(relay.url for relay in relays.status()),
            ),
        )

        self.watch = AddressWatch(self.probe, address, bus, core.clock)

    @property
    def work(self) -> list[Callable[[], Awaitable[None]]]:
        """What runs as long as the app does."""
        return [self.alerts.run, self.lists.run, self.triggers.run, self.watch.run]

    async def open(self) -> None:
        """Serves the overlay; one that cannot be served stops nothing else."""
        try:
            await self.overlay.open()
        except BackendError as error:
            _log.warning("the overlay is not served: %s", error)
            self._bus.publish(
                Notice(
                    Phrase("The overlay cannot be shown in OBS. {error}", error=in_words(error)),
                    serious=True,
                )
            )

    async def close(self) -> None:
        """Stops serving; pages go blank."""
        await self.overlay.close()
        await self._http.close()
