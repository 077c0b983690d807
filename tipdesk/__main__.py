"""`python -m tipdesk` and the `tipdesk` command: hands over to a front end."""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final

from tipdesk.app.desktop import HIDDEN
from tipdesk.app.front import FrontDoor
from tipdesk.app.instance import OneInstance, hand_over
from tipdesk.app.logs import set_up_logs
from tipdesk.app.preferences import open_preferences
from tipdesk.app.profiles import default_folder

if TYPE_CHECKING:
    from tipdesk.app.container import App

LINK: Final = re.compile(
    r"(lightning|lnurl[pw]|keyauth|nostr(\+walletconnect)?|lndconnect|bitcoin):", re.IGNORECASE
)
"""The schemes that TipDesk is registered for."""


def main() -> int:
    """The command's exit code."""
    links, argv = _links(sys.argv[1:])
    hidden = HIDDEN in argv
    argv = [text for text in argv if text != HIDDEN]
    if not argv:
        # The window's own start: it is seen before anything that it does not need is loaded.
        set_up_logs("warning")
        return open_window(links, hidden=hidden)
    from tipdesk.cli.main import build_parser, run

    parser, commands = build_parser()
    parser.set_defaults(run=lambda _: open_window(links, hidden=hidden))
    if "demo" in argv or set(argv) & {"-h", "--help"}:
        from tipdesk.demo.command import add_command

        add_command(commands)
    return run(parser, argv)


def open_window(links: Sequence[str], *, hidden: bool = False) -> int:
    """Without a command: the window that is open already, or a new one."""
    if not may_show():
        print(  # noqa: T201 - the command's answer
            "There is no screen here for a window: `tipdesk serve` runs a profile without one, "
            "and `tipdesk demo` shows what TipDesk does."
        )
        return 1
    folder = default_folder()
    if asyncio.run(hand_over(folder, links)):
        return 0
    preferences = open_preferences(folder)

    def practise(progress: Callable[[str], None]) -> "AbstractAsyncContextManager[App]":
        from tipdesk.demo.practise import practise as run_practice

        return run_practice(folder / "demo", preferences, progress)

    # Qt is loaded only where a window may come of it: a server needs neither it nor its memory.
    from tipdesk.ui.start import run_program

    return run_program(
        FrontDoor(folder, preferences, practise), OneInstance(folder), links, hidden=hidden
    )


def may_show() -> bool:
    """Whether Qt would find somewhere to draw; it ends the process where it does not."""
    if sys.platform in ("win32", "darwin"):
        return True
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in named)


def _links(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Links, and what else is on the command line: a link may stand anywhere in it."""
    links = [text for text in argv if LINK.match(text)]
    return links, [text for text in argv if text not in links]


if __name__ == "__main__":
    sys.exit(main())
