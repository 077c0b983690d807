"""One history for front ends: searched, summed, noted on, written to a file."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.ids import ChannelId, PaymentHash, XOnlyPubkey
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ports.timeline import ExportFile, TimelineStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import ChannelsChanged, TimelineChanged
from tipdesk.services.views import ProfileView
from tipdesk.tips.export import ExportFormat, header, render
from tipdesk.tips.timeline import (
    EVERYTHING,
    MAX_NOTE_CHARS,
    NO_RATE,
    Line,
    LineKind,
    LineState,
    Place,
    Search,
    Totals,
)

Progress = Callable[[int, int], None]
"""How many lines are written, and of how many."""
MAX_TEXT_CHARS: Final = 2_000
EXPORTED_AT_ONCE: Final = 50
"""Lines between two breaths of the loop: about two milliseconds."""
_GATHER_SECONDS: Final = 0.1
_BEFORE_OPEN = frozenset({ChannelStatus.OPENING, ChannelStatus.FAILED})
_ENDED = frozenset({ChannelStatus.CLOSING, ChannelStatus.CLOSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A line as it is shown; `text` is safe to show as plain text."""

    line: Line
    person: ProfileView | None
    name: str
    """Whom it was with, as the person calls them; empty if nobody is known to be."""
    text: str
    worth: str
    """``10.50 USD``; that no rate was known; empty while it is not settled."""


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some lines, newest first, and where the next page begins; None after the last one."""

    lines: tuple[LineView, ...]
    rest: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the timeline asks of others: names, channels, the desk's notes, files."""

    profile: Callable[[XOnlyPubkey], ProfileView]
    name: Callable[[Line], str]
    """Whom a line is with; empty if nobody is known to be."""
    channels: Callable[[], tuple[ChannelView, ...]]
    note_received: Callable[[PaymentHash, str], None]
    open_file: Callable[[Path], ExportFile]


class TimelineService:
    """Reads the store page by page, and keeps nothing of it in memory."""

    def __init__(
        self, *, store: TimelineStore, surroundings: Surroundings, bus: Bus, clock: Clock
    ) -> None:
        self._store = store
        self._around = surroundings
        self._bus = bus
        self._clock = clock
        self._ours: dict[ChannelId, Msat] = {}
        self._open = store.open_channels()
        self._stale = asyncio.Event()
        self._stale.set()
        bus.subscribe(ChannelsChanged, lambda _: self._stale.set())

    def page(
        self, search: Search = EVERYTHING, *, before: Place | None = None, limit: int = 50
    ) -> TimelinePage:
        """The newest lines, or those before a place: `rest` of the page that came before."""
        lines = self._store.lines(search, before=before, limit=limit)
        rest = lines[-1].place if len(lines) == limit else None
        return TimelinePage(tuple(self._view(line) for line in lines), rest)

    def totals(self, search: Search = EVERYTHING) -> Totals:
        """Sums over what settled among the lines, with what a card would have cost."""
        return self._store.totals(search)

    def note(self, line: Line, text: str) -> None:
        """Keeps the person's own words about a line; empty ones take them away."""
        cleaned = many_lines(text, maximum=MAX_NOTE_CHARS)
        if line.kind is LineKind.TIP_RECEIVED and line.payment_hash is not None:
            self._around.note_received(line.payment_hash, cleaned)
        else:
            self._store.put_note(line.place.number, cleaned)
        self._bus.publish(TimelineChanged())

    def payment_note(self, payment_hash: PaymentHash) -> str:
        """The person's own words about a payment beside the tips; empty if there are none."""
        return self._store.payment_note(payment_hash)

    def note_payment(self, payment_hash: PaymentHash, text: str) -> None:
        """Keeps them, also while it is no line of the history yet; empty ones take them away."""
        self._store.put_payment_note(payment_hash, many_lines(text, maximum=MAX_NOTE_CHARS))
        self._bus.publish(TimelineChanged())

    async def export(
        self,
        path: Path,
        form: ExportFormat,
        search: Search = EVERYTHING,
        *,
        progress: Progress | None = None,
    ) -> int:
        """Writes the lines, oldest first, to a file that is there once it is whole; how many.

        `progress` hears how many are written, and of how many. Cancelled, it leaves what was there.
        `ExportFailed` if it cannot be written. A line that moves meanwhile may be in it twice, as
        it was and as it is.
        """
        file = self._around.open_file(path)
        try:
            file.write(header(form))
            count, place = 0, None
            whole = 0 if progress is None else self._store.count(search)
            while lines := self._store.lines_after(search, after=place, limit=EXPORTED_AT_ONCE):
                file.write("".join(render(line, self._around.name(line), form) for line in lines))
                count, place = count + len(lines), lines[-1].place
                if progress is not None:
                    progress(count, max(count, whole))
                await asyncio.sleep(0)
            await _finished(file)
        finally:
            file.discard()
        return count

    async def run(self) -> None:
        """Writes down which channels opened and closed, as their states tell."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            self._look_at_channels()
            await asyncio.sleep(_GATHER_SECONDS)

    def _look_at_channels(self) -> None:
        now, before = self._clock.now(), self._open
        views = {view.channel_id: view for view in self._around.channels()}
        for channel_id, view in views.items():
            if view.status in _BEFORE_OPEN:
                continue
            if view.status in _ENDED:
                # What was ours before: a closing channel tells less and less of it.
                if channel_id in self._open:
                    self._ours.setdefault(channel_id, view.ours)
                continue
            self._ours[channel_id] = view.ours
            if channel_id not in self._open:
                self._store.channel_opened(
                    channel_id, view.peer, view.peer_alias, view.capacity.to_msat(), now
                )
                self._open |= {channel_id}
        ended = {key for key in self._open if key not in views or views[key].status in _ENDED}
        for channel_id in ended:
            self._store.channel_closed(channel_id, self._ours.pop(channel_id, None), now)
        self._open -= ended
        if self._open != before:
            self._store.commit()
            self._bus.publish(TimelineChanged())

    def _view(self, line: Line) -> LineView:
        worth = NO_RATE if line.rate is None else str(line.rate.amount)
        return LineView(
            line=line,
            person=None if line.person is None else self._around.profile(line.person),
            name=self._around.name(line),
            text=many_lines(line.text, maximum=MAX_TEXT_CHARS),
            worth=worth if line.state is LineState.SETTLED else "",
        )


async def _finished(file: ExportFile) -> None:
    finishing = asyncio.ensure_future(asyncio.to_thread(file.finish))
    try:
        await asyncio.shield(finishing)
    except asyncio.CancelledError:
        # The file is being moved to its place in a thread: nobody takes it away under it.
        await finishing
        raise
