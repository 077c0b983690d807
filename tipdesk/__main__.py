"""`python -m tipdesk` and the `tipdesk` command: hands over to a front end."""

import argparse
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tipdesk.app.config import load_settings
from tipdesk.app.container import App, build_app
from tipdesk.app.profile import default_folder
from tipdesk.cli.main import build_parser, run


def main() -> int:
    """The command's exit code."""
    parser, commands = build_parser()
    parser.set_defaults(run=open_window)
    argv = sys.argv[1:]
    if "demo" in argv or set(argv) & {"-h", "--help"}:
        from tipdesk.demo.command import add_command

        add_command(commands)
    return run(parser, argv)


def open_window(_: argparse.Namespace) -> int:
    """Without a command: the window of the person's own profile, if it is set up."""
    folder = default_folder() / "profile"
    settings = load_settings(folder)
    if not (settings.chain_servers or settings.electrum):
        print(  # noqa: T201 - the command's answer
            f"No profile in {folder} names a chain server yet; "
            "`tipdesk demo` shows everything on a practice network."
        )
        return 1

    @asynccontextmanager
    async def start() -> AsyncIterator[App]:
        practice = (folder / "vault.key").exists()
        app = await build_app(folder, settings, practice=practice, passphrase=None)
        async with app.running():
            yield app

    # Qt is loaded only where a window may come of it: a server needs neither it nor its memory.
    from tipdesk.ui.main import run as run_window

    return run_window(start)


if __name__ == "__main__":
    sys.exit(main())
