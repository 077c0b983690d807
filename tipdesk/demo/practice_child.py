"""The practice network beside the demo: a child that ends with it, or one that runs already."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from tipdesk.app.remote import ask
from tipdesk.app.system import own_command
from tipdesk.base.errors import BackendError, RequestError

START_SECONDS: Final = 120.0


class PracticeFailed(BackendError):
    """The practice network did not come up; its log says why."""

    def __init__(self, log: Path) -> None:
        super().__init__(f"The practice network did not start: see {log}.")
        self.log = log


class PracticeChild:
    """Starts, describes, asks and ends the practice network in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: asyncio.subprocess.Process | None = None
        self.description: dict[str, Any] = {}

    async def start(self) -> None:
        """Returns once a stranger could join; `PracticeFailed` if it does not come to that.

        A network that runs in the folder already is joined, and goes on when the demo ends.
        """
        await asyncio.to_thread(self.folder.mkdir, parents=True, exist_ok=True)
        try:
            self.description = await ask(self.folder, "describe")
        except (BackendError, RequestError):
            await self._start()

    async def _start(self) -> None:
        log_path = self.folder / "log.txt"
        log = await asyncio.to_thread(log_path.open, "ab")
        try:
            self._process = await asyncio.create_subprocess_exec(
                *own_command(),
                "practice",
                "--json",
                "--end-with-stdin",
                "--dir",
                str(self.folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                limit=1 << 20,
            )
        finally:
            log.close()
        if self._process.stdout is None:
            raise PracticeFailed(log_path)
        try:
            async with asyncio.timeout(START_SECONDS):
                line = await self._process.stdout.readline()
            self.description = json.loads(line)
        except (TimeoutError, ValueError):
            raise PracticeFailed(log_path) from None

    @property
    def was_joined(self) -> bool:
        """Whether the network ran before, and will run on."""
        return self._process is None

    async def call(self, method: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        """Asks the practice network itself."""
        return await ask(self.folder, method, params)

    async def call_member(self, name: str, method: str, /, **params: object) -> Any:  # noqa: ANN401 - JSON
        """Asks one of its nodes."""
        return await ask(self.folder / name, method, params)

    async def stop(self) -> None:
        """Ends it, with everything it started."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(15.0):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
