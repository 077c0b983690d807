"""Puts together what writes posts, with the pictures in them."""

from tipdesk.adapters.net.upload import UploadClient
from tipdesk.adapters.storage.picture_files import PictureFiles
from tipdesk.adapters.storage.writing import MoneyWritingStore
from tipdesk.app.core import Core
from tipdesk.app.nostr import Nostr
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.feeds import FeedService
from tipdesk.services.pictures import PictureService
from tipdesk.services.writing import WritingService


class Writing:
    """Drafts and what became of them; pictures wait in `pictures` until they are uploaded."""

    def __init__(
        self, core: Core, nostr: Nostr, feeds: FeedService, settings: SettingsStore, bus: Bus
    ) -> None:
        network = core.settings.network
        self._http = UploadClient(network, core.way)
        self.pictures = PictureFiles(core.folder / "draft-pictures")
        self.service = WritingService(
            signer=nostr.signer,
            lists=nostr.own_lists,
            relay_lists=nostr.relay_lists,
            relays=nostr.relays,
            store=MoneyWritingStore(core.database),
            pictures=PictureService(
                signer=nostr.signer,
                uploader=self._http,
                shelf=self.pictures,
                settings=settings,
                network=network,
                usual_server=core.settings.media_server,
                clock=core.clock,
            ),
            feeds=feeds,
            bus=bus,
            clock=core.clock,
            entropy=core.entropy,
        )

    async def close(self) -> None:
        """After the last service."""
        await self._http.close()
