"""Looks again and again at a server that tells nothing unasked, more seldom while it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tipdesk.base.errors import BackendError

MAX_FAILURES: Final = 5
LONGEST_PAUSE: Final = 60.0


class Poller:
    """Owns one task, between `start` and `stop`."""

    def __init__(
        self, look: Callable[[], Awaitable[None]], lost: Callable[[], None], seconds: float
    ) -> None:
        """`lost` is called when `look` failed five times in a row, or in a way of its own."""
        self._look = look
        self._lost = lost
        self._seconds = seconds
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Looks for the first time after one pause."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """Looks at once: something of ours was published."""
        self._wake.set()

    async def stop(self) -> None:
        """Ends; what went wrong in the task, if it was no server's fault, is raised here."""
        task, self._task = self._task, None
        if task is None or task is asyncio.current_task():
            return
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error

    async def _run(self) -> None:
        failures = 0
        try:
            while failures < MAX_FAILURES:
                await self._sleep(min(self._seconds * 2**failures, LONGEST_PAUSE))
                try:
                    await self._look()
                    failures = 0
                except BackendError:
                    failures += 1
        finally:
            if self._task is not None:
                self._lost()

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()
