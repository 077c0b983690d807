"""One window for each user of the machine: a second start hands its links over and ends."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from tipdesk.adapters.control.place import FILE_NAME
from tipdesk.app.system import SystemEntropy

FOLDER: Final = "window"
MAX_LINKS: Final = 20
MAX_LINK_CHARS: Final = 10_000
_WAIT_SECONDS: Final = 5.0

Take = Callable[[Sequence[str]], None]


async def hand_over(folder: Path, links: Sequence[str]) -> bool:
    """Asks the window that is open to come to the front with these links; False if none is."""
    if not (folder / FOLDER / FILE_NAME).exists():
        return False
    # The client is heavy to load, and most starts have nobody to ask.
    from tipdesk.adapters.control.client import ControlClient, NotRunning

    client = ControlClient(folder / FOLDER)
    try:
        await client.call("open", {"links": bounded(links)}, timeout=_WAIT_SECONDS)
    except NotRunning:
        return False
    finally:
        await client.close()
    return True


class OneInstance:
    """Hears further starts while `listening`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    @asynccontextmanager
    async def listening(self, take: Take) -> AsyncIterator[None]:
        """`take` gets the links of each further start: none of them where it had none."""

        async def opened(params: Mapping[str, Any]) -> bool:
            links = params.get("links")
            take(bounded([str(link) for link in links] if isinstance(links, list) else []))
            return True

        # Loaded beside the first paint; the import below then only names it.
        await asyncio.to_thread(import_module, "tipdesk.adapters.control.server")
        from tipdesk.adapters.control.server import ControlServer

        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        server = ControlServer(self._folder, {"open": opened}, SystemEntropy())
        await server.start()
        try:
            yield
        finally:
            await server.stop()


def bounded(links: Sequence[str]) -> list[str]:
    """As many and as long as a person could mean."""
    return [link[:MAX_LINK_CHARS] for link in links[:MAX_LINKS]]
