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
from tipdesk.services.bus import Bus
from tipdesk.services.publishing import PublishingService
from tipdesk.services.receiving import ReceiveService, ReceivingAddress

PUBLISH_AGAIN_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class Receiving:
    """The service that takes tips, and the web server in front of it where one is wanted."""

    def __init__(self, core: Core, nostr: Nostr, bus: Bus) -> None:
        self._core = core
        self._address = _address(core, nostr)
        self.service = ReceiveService(
            address=self._address,
            wallet=core.backend,
            signer=nostr.signer,
            relays=nostr.relays,
            store=MoneyIncomingStore(core.database),
            bus=bus,
            clock=core.clock,
        )

    def web_server(self) -> WebServer | None:
        """What payers' wallets ask; None where no address of ours is set."""
        settings = self._core.settings
        if not settings.receive_user:
            return None
        handlers = Handlers(
            params=self.service.lnurl_params,
            invoice=self.service.lnurl_invoice,
            images=self._core.folder / "images",
        )
        return WebServer(
            handlers, requesters=Requesters(self._core.clock), port=settings.receive_port
        )

    async def publish_profile(self, publishing: PublishingService) -> None:
        """Tells the relays where we are tipped, as soon as one of them listens."""
        settings = self._core.settings
        while True:
            try:
                await publishing.publish_profile(
                    name=settings.profile_name,
                    about=settings.profile_about,
                    picture=settings.profile_picture,
                    lightning_address=self._address.identifier if settings.receive_user else "",
                )
            except BackendError as error:
                _log.info("the profile is not published yet: %s", error)
                await asyncio.sleep(PUBLISH_AGAIN_SECONDS)
            else:
                return


def _address(core: Core, nostr: Nostr) -> ReceivingAddress:
    settings = core.settings
    place = f"127.0.0.1:{settings.receive_port}"
    return ReceivingAddress(
        user=settings.receive_user,
        recipient=nostr.signer.pubkey,
        identifier=f"{settings.receive_user}@{place}",
        callback=f"http://{place}/lnurlp/{settings.receive_user}/callback",
        description=f"A tip for {settings.profile_name or settings.receive_user}",
    )
