"""Puts together what takes tips: our address, its pages for payers, and who is told of it."""

import asyncio
import logging
from typing import Final

from tipdesk.adapters.storage.records import MoneyIncomingStore
from tipdesk.adapters.web.requesters import Requesters
from tipdesk.adapters.web.server import Handlers, WebServer
from tipdesk.app.core import Core
from tipdesk.app.nostr import Nostr
from tipdesk.base.errors import BackendError
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.own_address import OwnAddress, OwnAddressService, receiving_address
from tipdesk.services.publishing import PublishingService
from tipdesk.services.receiving import ReceiveService

PUBLISH_AGAIN_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class Receiving:
    """The service that takes tips, and the web server in front of it where one is wanted."""

    def __init__(self, core: Core, nostr: Nostr, settings: SettingsStore, bus: Bus) -> None:
        self._core = core
        title = core.settings.profile_name
        first = _first(core)
        self.service = ReceiveService(
            address=receiving_address(first, nostr.signer.pubkey, title),
            wallet=core.backend,
            signer=nostr.signer,
            relays=nostr.relays,
            store=MoneyIncomingStore(core.database),
            bus=bus,
            clock=core.clock,
        )
        handlers = Handlers(
            params=self.service.lnurl_params,
            invoice=self.service.lnurl_invoice,
            images=core.folder / "images",
        )
        self.address = OwnAddressService(
            server=WebServer(handlers, requesters=Requesters(core.clock)),
            receiving=self.service,
            recipient=nostr.signer.pubkey,
            title=lambda: title,
            settings=settings,
            now=first,
            network=core.settings.network,
            bus=bus,
        )

    async def publish_profile(self, publishing: PublishingService) -> None:
        """Tells the relays where we are tipped, as soon as one of them listens."""
        settings, first = self._core.settings, _first(self._core)
        while True:
            try:
                await publishing.publish_profile(
                    name=settings.profile_name,
                    about=settings.profile_about,
                    picture=settings.profile_picture,
                    lightning_address="" if first is None else first.identifier,
                )
            except BackendError as error:
                _log.info("the profile is not published yet: %s", error)
                await asyncio.sleep(PUBLISH_AGAIN_SECONDS)
            else:
                return


def _first(core: Core) -> OwnAddress | None:
    """What was set, when the profile was opened."""
    settings = core.settings
    if not settings.receive_user:
        return None
    return OwnAddress(settings.receive_user, settings.receive_domain, settings.receive_port)
