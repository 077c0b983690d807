"""Puts the app together: adapters into ports, ports into services."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tipdesk.adapters.control.server import ControlServer
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.app.config import Settings
from tipdesk.app.core import Core, open_core
from tipdesk.app.methods import node_methods, publishing_methods
from tipdesk.services.publishing import PublishingService


class App:
    """Everything of one profile, ready to run."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.relays = WebsocketRelayPool(
            core.settings.relays, network=core.settings.network, entropy=core.entropy
        )
        self.signer = KeySigner(core.identity.nostr_key, core.entropy)

    @asynccontextmanager
    async def running(self, *, control: bool = False) -> AsyncIterator[None]:
        pub = PublishingService(signer=self.signer, relays=self.relays, clock=self.core.clock)
        server = ControlServer(self.core.folder, {**node_methods(self.core), **publishing_methods(pub)}, self.core.entropy)
        ready = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                self.relays.start(tasks)
                node = tasks.create_task(self.core.node.run(ready))
                await ready.wait()
                if control: await server.start()
                try:
                    yield
                finally:
                    await server.stop()
                    node.cancel(); await self.relays.stop()
        finally:
            self.core.close()


async def build_app(folder: Path, settings: Settings, *, practice: bool, passphrase: bytes | None) -> App:
    return App(await open_core(folder, settings, practice=practice, passphrase=passphrase))
