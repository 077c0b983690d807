"""One cast node as a child process, `tipdesk serve`: started, asked, killed alone."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any, Final

from tipdesk.adapters.control.client import CallRefused, ControlClient, NotRunning
from tipdesk.app.system import own_command
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.phrase import Phrase

START_SECONDS: Final = 60.0


class MemberDied(BackendError):
    """A cast node ended before it was ready; its log says why."""

    def __init__(self, name: str, log: Path) -> None:
        super().__init__(f"{name} ended before it was ready: see {log}")
        self.name = name
        self.log = log


class MemberProcess:
    """A child that ends when its standard input does: it cannot outlive the practice network."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self._log = folder / "log.txt"
        self._process: asyncio.subprocess.Process | None = None
        self._client = ControlClient(folder)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Starts the process; `wait_ready` tells when it can be asked."""
        if self.is_running:
            return
        log = await asyncio.to_thread(self._log.open, "ab")
        try:
            self._process = await asyncio.create_subprocess_exec(
                *own_command(),
                "serve",
                "--profile",
                str(self.folder),
                "--practice",
                "--end-with-stdin",
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
            )
        finally:
            log.close()

    async def wait_ready(self) -> dict[str, Any]:
        """What the node says of itself, once it can be asked; `MemberDied` if it cannot."""
        deadline = asyncio.get_running_loop().time() + START_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            if not self.is_running:
                raise MemberDied(self.name, self._log)
            try:
                answer: dict[str, Any] = await self._client.call("info", timeout=5.0)
            except (NotRunning, CallRefused):
                await asyncio.sleep(0.05)
                continue
            return answer
        raise MemberDied(self.name, self._log)

    async def call(self, method: str, **params: object) -> Any:  # noqa: ANN401 - JSON
        """Asks the node."""
        return await self._client.call(method, params)

    async def kill(self) -> None:
        """SIGKILL: the node has no chance to say anything."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def freeze(self) -> None:
        """It answers nothing and its connections stay: what goes through it hangs."""
        self._signal("SIGSTOP")

    def thaw(self) -> None:
        """It goes on where it was."""
        self._signal("SIGCONT")

    async def stop(self) -> None:
        """Asks the process to end, and insists after five seconds."""
        await self._client.close()
        process = self._process
        if process is None or process.returncode is not None:
            return
        if os.name == "posix":
            # One that is frozen would hear nothing of it.
            self.thaw()
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(5.0):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _signal(self, name: str) -> None:
        number = getattr(signal, name, None)
        if number is None:
            raise RequestError(Phrase("A node can be frozen on Linux and macOS only."))
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)
