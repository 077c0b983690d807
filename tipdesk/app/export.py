"""The history of a profile as a file: read here, or by the TipDesk that has the profile open."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tipdesk.adapters.storage.database import ProfileInUse
from tipdesk.adapters.storage.export_file import ReplacingFile
from tipdesk.adapters.storage.timeline import MoneyTimelineStore
from tipdesk.app.config import load_settings
from tipdesk.app.core import open_money
from tipdesk.app.remote import ask
from tipdesk.app.system import SystemClock
from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.bus import Bus
from tipdesk.services.profiles import Profiles
from tipdesk.services.timeline import Surroundings, TimelineService
from tipdesk.services.views import ProfileView
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import Search


class NoProfile(RequestError):
    """There is no profile to read a history from."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"There is no profile in {folder}.")
        self.folder = folder


async def export_history(folder: Path, path: Path, form: ExportFormat, wanted: Search) -> int:
    """Writes the profile's lines of a time to a file; how many. Other conditions are not asked.

    A profile that a running `tipdesk serve` has open is written by that.
    """
    if not (folder / "money.db").exists():
        raise NoProfile(folder)
    settings = load_settings(folder)
    try:
        database = open_money(folder, settings.network)
    except ProfileInUse:
        answer = await ask(folder, "export", _params(path, form, wanted))
        return int(answer["lines"])
    try:
        service = TimelineService(
            store=MoneyTimelineStore(database),
            surroundings=Surroundings(
                profile=_nameless(Profiles(settings.network)),
                name=lambda _: "",
                channels=tuple,
                note_received=lambda _hash, _text: None,
                open_file=ReplacingFile,
            ),
            bus=Bus(),
            clock=SystemClock(),
        )
        return await service.export(path, form, wanted)
    finally:
        database.close()


def export_methods(
    timeline: TimelineService,
) -> dict[str, Callable[[Mapping[str, Any]], Awaitable[Any]]]:
    """What a running TipDesk can be asked: `export`."""

    async def export(params: Mapping[str, Any]) -> object:
        since, until = params.get("since_ms"), params.get("until_ms")
        wanted = Search(
            since=None if since is None else Instant(int(since)),
            until=None if until is None else Instant(int(until)),
        )
        form = ExportFormat(params["format"])
        return {"lines": await timeline.export(Path(str(params["path"])), form, wanted)}

    return {"export": export}


def _params(path: Path, form: ExportFormat, wanted: Search) -> dict[str, object]:
    return {
        "path": str(path.absolute()),
        "format": form.value,
        "since_ms": None if wanted.since is None else wanted.since.ms,
        "until_ms": None if wanted.until is None else wanted.until.ms,
    }


def _nameless(profiles: Profiles) -> Callable[[XOnlyPubkey], ProfileView]:
    """Names are learnt from relays: a profile that is not running has none."""
    return lambda pubkey: replace(profiles.view(pubkey), title="")
