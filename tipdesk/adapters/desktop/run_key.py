"""Start at login on Windows: a value under the user's Run key."""

import asyncio
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from tipdesk.ports.desktop import LoginUnsettled

KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
NAME: Final = "TipDesk"


class RunKey:
    """See `AtLogin`. `registry` is the module `winreg`, which exists on Windows alone."""

    is_possible = True

    def __init__(self, registry: Any, command: Sequence[str]) -> None:  # noqa: ANN401
        self._registry = registry
        self._command = subprocess.list2cmdline(command)

    async def is_on(self) -> bool:
        """See `AtLogin.is_on`."""
        try:
            return await asyncio.to_thread(self._read)
        except OSError as error:
            raise LoginUnsettled(error.strerror or str(error)) from None

    async def set(self, *, on: bool) -> None:
        """See `AtLogin.set`."""
        try:
            await asyncio.to_thread(self._write if on else self._remove)
        except OSError as error:
            raise LoginUnsettled(error.strerror or str(error)) from None

    def _read(self) -> bool:
        registry = self._registry
        try:
            with registry.OpenKey(registry.HKEY_CURRENT_USER, KEY) as key:
                value, _ = registry.QueryValueEx(key, NAME)
        except FileNotFoundError:
            return False
        return bool(value)

    def _write(self) -> None:
        registry = self._registry
        with registry.CreateKey(registry.HKEY_CURRENT_USER, KEY) as key:
            registry.SetValueEx(key, NAME, 0, registry.REG_SZ, self._command)

    def _remove(self) -> None:
        registry = self._registry
        with (
            suppress(FileNotFoundError),
            registry.CreateKey(registry.HKEY_CURRENT_USER, KEY) as key,
        ):
            registry.DeleteValue(key, NAME)
