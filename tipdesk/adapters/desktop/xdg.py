"""Start at login on Linux: a file in the desktop's autostart folder (XDG Autostart)."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tipdesk.base.app_id import APP_ID
from tipdesk.ports.desktop import LoginUnsettled

FILE_NAME: Final = f"{APP_ID}.desktop"
_QUOTED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`%")


class XdgAutostart:
    """See `AtLogin`. `folder` is `$XDG_CONFIG_HOME/autostart`."""

    is_possible = True

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        self._path = folder / FILE_NAME
        self._command = tuple(command)

    async def is_on(self) -> bool:
        """See `AtLogin.is_on`. A desktop may have written that it is hidden."""
        try:
            text = await asyncio.to_thread(self._path.read_text, encoding="utf-8")
        except FileNotFoundError:
            return False
        except (OSError, UnicodeDecodeError) as error:
            raise LoginUnsettled(str(error)) from None
        lines = {line.strip().replace(" ", "").lower() for line in text.splitlines()}
        return not lines & {"hidden=true", "x-gnome-autostart-enabled=false"}

    async def set(self, *, on: bool) -> None:
        """See `AtLogin.set`."""
        try:
            await asyncio.to_thread(self._write if on else self._remove)
        except OSError as error:
            raise LoginUnsettled(error.strerror or str(error)) from None

    def _write(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(entry(self._command), encoding="utf-8")
        os.replace(new, self._path)

    def _remove(self) -> None:
        self._path.unlink(missing_ok=True)


def entry(command: Sequence[str]) -> str:
    """The file's text."""
    return (
        "[Desktop Entry]\n"
        "Type=Application\n"
        "Name=TipDesk\n"
        "Comment=Receives tips and looks after your channels\n"
        f"Exec={' '.join(map(quoted, command))}\n"
        f"Icon={APP_ID}\n"
        "Terminal=false\n"
        "X-GNOME-Autostart-enabled=true\n"
    )


def quoted(argument: str) -> str:
    """An argument of the Exec key: quoted where it must be, and escaped twice, as strings are."""
    escaped = argument.replace("%", "%%")
    if argument and not _QUOTED & set(argument):
        return escaped
    for mark in ("\\", '"', "`", "$"):
        escaped = escaped.replace(mark, "\\" + mark)
    return '"' + escaped.replace("\\", "\\\\") + '"'
