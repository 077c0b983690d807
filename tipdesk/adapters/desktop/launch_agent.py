"""Start at login on a Mac: a property list for launchd in the user's LaunchAgents."""

import asyncio
import os
import plistlib
from collections.abc import Sequence
from pathlib import Path

from tipdesk.base.app_id import APP_ID
from tipdesk.ports.desktop import LoginUnsettled


class LaunchAgent:
    """See `AtLogin`. `folder` is `~/Library/LaunchAgents`."""

    is_possible = True

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._path = folder / f"{APP_ID}.plist"
        self._command = list(command)

    async def is_on(self) -> bool:
        """See `AtLogin.is_on`."""
        try:
            found = plistlib.loads(await asyncio.to_thread(self._path.read_bytes))
        except FileNotFoundError:
            return False
        except (OSError, plistlib.InvalidFileException, ValueError) as error:
            raise LoginUnsettled(str(error)) from None
        return isinstance(found, dict) and found.get("RunAtLoad") is True

    async def set(self, *, on: bool) -> None:
        """See `AtLogin.set`."""
        try:
            await asyncio.to_thread(self._write if on else self._remove)
        except OSError as error:
            raise LoginUnsettled(error.strerror or str(error)) from None

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        agent = {
            "Label": APP_ID,
            "ProgramArguments": self._command,
            "RunAtLoad": True,
            "ProcessType": "Interactive",
        }
        new.write_bytes(plistlib.dumps(agent))
        os.replace(new, self._path)

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)
