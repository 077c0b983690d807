"""`tipdesk export`: the history of a profile as one file."""

import argparse
import asyncio
from datetime import date, datetime, time, timedelta
from pathlib import Path

from tipdesk.app.export import export_history
from tipdesk.app.profiles import default_profile
from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import Search

_FORMATS = {"csv": ExportFormat.CSV, "json": ExportFormat.JSON}


class NotADay(RequestError):
    """Text that names no day of the calendar."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:30]!r} is no day. Write it like 2026-11-22.")
        self.text = text


def add_command(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds `export`."""
    parser = commands.add_parser(
        "export",
        help="write the history of tips, payments and channels to a file",
        description="Writes every tip, payment and channel, with fees and with what it was worth "
        "when it settled, as CSV for spreadsheets or as one JSON object a line. A profile that "
        "`tipdesk serve` has open is asked for it.",
    )
    parser.add_argument("--profile", type=Path, help="the profile's folder")
    parser.add_argument("--format", choices=tuple(_FORMATS), default="csv")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    parser.add_argument("--from", dest="since", metavar="DAY", help="the first day, local time")
    parser.add_argument("--to", dest="until", metavar="DAY", help="the last day, local time")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the file and says how many lines are in it."""
    folder: Path = arguments.profile or default_profile()
    wanted = Search(
        since=None if arguments.since is None else _begin(arguments.since, days_later=0),
        until=None if arguments.until is None else _begin(arguments.until, days_later=1),
    )
    form = _FORMATS[arguments.format]
    count = asyncio.run(export_history(folder, arguments.out, form, wanted))
    lines = "line" if count == 1 else "lines"
    print(f"{count} {lines} written to {arguments.out}.")  # noqa: T201 - the command's answer
    return 0


def _begin(text: str, *, days_later: int) -> Instant:
    """The first moment of a day, or of one after it, by the clock of this machine."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days_later)
        moment = datetime.combine(day, time()).astimezone()
        return Instant.from_unix_seconds(int(moment.timestamp()))
    except (ValueError, OverflowError):
        raise NotADay(text) from None
