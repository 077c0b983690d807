"""`tipdesk demo`: the whole thing in one command."""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tipdesk.app.profiles import default_folder
from tipdesk.base.errors import RequestError
from tipdesk.base.units import Sat
from tipdesk.demo.headless import HeadlessOptions, run_headless

MAX_TIPS = 10_000


class ImpossibleDemo(RequestError):
    """Options that ask for nothing, or for too much."""


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `demo`."""
    parser = commands.add_parser(
        "demo",
        help="start a practice network and tip on it",
        description="Starts the practice network and opens the window of a fan with practice "
        "coins. With --headless it tips by itself and says what came of it.",
    )
    parser.add_argument("--headless", action="store_true", help="no window: tip and report")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.add_argument("--tips", type=int, default=3, metavar="N", help="how many tips (headless)")
    parser.add_argument("--amount-sat", type=int, default=21, metavar="A", help="of how much each")
    parser.add_argument("--dir", type=Path, help="data folder (default: in your user data)")
    parser.add_argument(
        "--creator-window", action="store_true", help="a second window: the musician's"
    )
    parser.add_argument("--screenshots", type=Path, metavar="DIR", help="write every page as PNG")
    parser.set_defaults(run=run)


def has_screen() -> bool:
    """Whether a window would be seen by anybody."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: argparse.Namespace) -> int:
    """Runs the demo the way the options say."""
    folder: Path = arguments.dir or default_folder() / "demo"
    if not 1 <= arguments.tips <= MAX_TIPS or arguments.amount_sat < 1:
        raise ImpossibleDemo(f"The demo sends 1 to {MAX_TIPS} tips of at least 1 sat.")
    headless = arguments.headless or arguments.json
    if not headless and arguments.screenshots is None and not has_screen():
        print("There is no screen here: the demo tips without a window.")  # noqa: T201
        headless = True
    if headless:
        options = HeadlessOptions(
            folder=folder,
            tips=arguments.tips,
            amount=Sat(arguments.amount_sat).to_msat(),
            as_json=arguments.json,
        )
        return asyncio.run(run_headless(options))
    if arguments.screenshots is not None and arguments.dir is None:
        # The scenes open a channel more: not in the profile that the person plays with.
        with TemporaryDirectory(prefix="tipdesk-pictures-", ignore_cleanup_errors=True) as scratch:
            return _windowed(Path(scratch), arguments)
    return _windowed(folder, arguments)


def _windowed(folder: Path, arguments: argparse.Namespace) -> int:
    # Qt is loaded only for a window.
    from tipdesk.demo.windowed import WindowOptions, run_windowed

    return run_windowed(
        WindowOptions(
            folder=folder,
            creator_window=arguments.creator_window,
            screenshots=arguments.screenshots,
        )
    )
