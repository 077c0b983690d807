"""The history page: what is searched for, the lines that fit, their sums, and the file of them."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import chain
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.nostr.nip19 import decode_npub
from tipdesk.services.events import (
    IncomingTipSeen,
    PaymentChanged,
    PersonChanged,
    ProfileChanged,
    RateChanged,
    TimelineChanged,
    TipChanged,
)
from tipdesk.services.routes import RouteTaken
from tipdesk.services.timeline import LineView
from tipdesk.services.views import ProfileView
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.timeline import LineKind, Search, Totals
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.history_rows import HistoryRows

_GATHER_MS = 200
_SUMS_MS = 1_000
_PEOPLE_LOOKED_AT = 2_000


class What(Enum):
    """Which kinds are wanted: words for the choice, and the kinds."""

    TIPS = (Phrase("Tips"), frozenset({LineKind.TIP_SENT, LineKind.TIP_RECEIVED}))
    TIPS_SENT = (Phrase("Tips sent"), frozenset({LineKind.TIP_SENT}))
    TIPS_RECEIVED = (Phrase("Tips received"), frozenset({LineKind.TIP_RECEIVED}))
    PAYMENTS = (Phrase("Payments"), frozenset({LineKind.PAYMENT_SENT, LineKind.PAYMENT_RECEIVED}))
    ON_CHAIN = (Phrase("On chain"), frozenset({LineKind.ONCHAIN_SENT, LineKind.ONCHAIN_RECEIVED}))
    CHANNELS = (Phrase("Channels"), frozenset({LineKind.CHANNEL_OPENED, LineKind.CHANNEL_CLOSED}))


class When(Enum):
    """How far back: words for the choice."""

    TODAY = Phrase("Today")
    WEEK = Phrase("Last 7 days")
    MONTH = Phrase("Last 30 days")
    YEAR = Phrase("This year")
    LAST_YEAR = Phrase("Last year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the person asks for, as they wrote it."""

    words: str = ""
    person: str = ""
    what: What | None = None
    when: When | None = None
    least: Msat | None = None
    most: Msat | None = None


class HistoryViewModel(ViewModel):
    """Reads only while it is shown. `told` with a sentence on a file, or why there is no proof."""

    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._turn.setInterval(_GATHER_MS)
        self.rows = HistoryRows(app.timeline, self)
        self.wanted = Wanted()
        self.totals = Totals()
        self.problem = ""
        self.written = 0
        """Of `to_write` lines, while a file is written."""
        self.to_write = 0
        self._exporting: asyncio.Task[None] | None = None
        self._is_shown = False
        self._sums = QTimer(self)
        self._sums.setSingleShot(True)
        self._sums.setInterval(_SUMS_MS)
        self._sums.timeout.connect(self._read_sums)
        for kind in (RateChanged, TimelineChanged, TipChanged, IncomingTipSeen):
            self.listen(kind, self.touch)
        self.listen(PaymentChanged, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.listen(PersonChanged, self.touch)

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    @property
    def is_exporting(self) -> bool:
        """Whether a file is being written."""
        return self._exporting is not None

    @property
    def export_progress(self) -> str:
        """How far it is; empty while nothing is known of that."""
        if not self.is_exporting or not self.to_write:
            return ""
        return tn(
            self.to_write,
            "{written} of {count} line written",
            "{written} of {count} lines written",
            written=self.written,
        )

    @property
    def is_searching(self) -> bool:
        """Whether not everything is asked for."""
        return self.wanted != Wanted()

    def set_shown(self, *, shown: bool) -> None:
        """Whether anybody looks: only then is anything read."""
        is_new = shown and not self._is_shown
        self._is_shown = shown
        if is_new:
            self._read()

    def want(self, wanted: Wanted) -> None:
        """Searches for something else."""
        if wanted != self.wanted:
            self.wanted = wanted
            self._read()

    def route(self, view: LineView) -> RouteTaken | None:
        """The way that the payment of a line took; None if it is not known."""
        payment_hash = view.line.payment_hash
        return None if payment_hash is None else self._app.routes.taken(payment_hash)

    def can_prove(self, view: LineView) -> bool:
        """Whether a line is a payment of ours that can be proved to others."""
        payment_hash = view.line.payment_hash
        return payment_hash is not None and self._app.proofs.can_prove(payment_hash)

    def prove(self, view: LineView, asked_words: str) -> str:
        """The proof; empty if there is none, and then it is told why."""
        if view.line.payment_hash is None:
            return ""
        try:
            return self._app.proofs.prove(view.line.payment_hash, asked_words)
        except RequestError as error:
            self.told.emit(sentence(error))
            return ""

    def proven_sender(self, view: LineView) -> ProfileView | None:
        """Who proved that they sent what a line is about."""
        payment_hash = view.line.payment_hash
        return None if payment_hash is None else self._app.senders.sender(payment_hash)

    def to_tell(self, view: LineView) -> ProfileView | None:
        """Who got what a line is about, and can be told that it was us."""
        payment_hash = view.line.payment_hash
        return None if payment_hash is None else self._app.senders.to_tell(payment_hash)

    def tell(self, view: LineView) -> None:
        """Tells them: `told` when it is on its way, or why not."""
        spawn(self._tell_receiver(view), self)

    def note(self, view: LineView, text: str) -> None:
        """Keeps the person's own words about a line."""
        try:
            self._app.timeline.note(view.line, text)
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))

    def export(self, path: Path, form: ExportFormat) -> None:
        """Writes what is shown to a file: `told` how many, or why not."""
        if not self.is_exporting:
            self.written = self.to_write = 0
            self._exporting = spawn(self._export(path, form), self)
            self.changed.emit()

    def cancel_export(self) -> None:
        """Stops writing; no file is left of it."""
        if self._exporting is not None:
            self._exporting.cancel()

    def refresh(self) -> None:
        """Reads the newest lines anew, and before long the sums."""
        if not self._is_shown:
            return
        try:
            self.rows.read_anew()
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        if not self._sums.isActive():
            self._sums.start()

    def close(self) -> None:
        """Hears nothing more."""
        self._sums.stop()
        super().close()

    def search(self) -> Search:
        """What the store is asked; `RequestError` if that cannot be asked."""
        wanted = self.wanted
        since, until = _bounds(wanted.when, self.now)
        return Search(
            words=wanted.words,
            persons=self._persons(wanted.person),
            least=wanted.least,
            most=wanted.most,
            since=since,
            until=until,
            kinds=frozenset() if wanted.what is None else wanted.what.value[1],
        )

    def _read(self) -> None:
        self.problem = ""
        try:
            self.rows.search(self.search())
            self.totals = self._app.timeline.totals(self.search())
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        self.changed.emit()

    def _read_sums(self) -> None:
        if self._is_shown and not self.problem:
            self.totals = self._app.timeline.totals(self.search())
            self.changed.emit()

    def _persons(self, text: str) -> tuple[XOnlyPubkey, ...] | None:
        """Everybody we know of whose name holds the text; or the one whose npub it is."""
        wanted = text.strip()
        if not wanted:
            return None
        try:
            return (decode_npub(wanted),)
        except DecodeError:
            folded = wanted.casefold()
        return tuple(
            pubkey
            for pubkey in self._people()
            if folded in self._app.feeds.profile(pubkey).title.casefold()
        )

    def _people(self) -> tuple[XOnlyPubkey, ...]:
        sent = (tip.recipient.pubkey for tip in self._app.tips.tips(_PEOPLE_LOOKED_AT))
        came = self._app.creator.incoming(_PEOPLE_LOOKED_AT)
        senders = (tip.sender.pubkey for tip in came if tip.sender is not None)
        known = chain(self._app.feeds.follows(), (p for p in sent if p is not None), senders)
        return tuple(dict.fromkeys(known))

    async def _export(self, path: Path, form: ExportFormat) -> None:
        try:
            count = await self._app.timeline.export(
                path, form, self.search(), progress=self._show_progress
            )
            self.told.emit(
                tn(
                    count,
                    "{count} line written to {path}.",
                    "{count} lines written to {path}.",
                    path=words.line(str(path)),
                )
            )
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))
        except asyncio.CancelledError:
            self.told.emit(t("The export was cancelled, and no file was written."))
            raise
        finally:
            self._exporting = None
            self.changed.emit()

    async def _tell_receiver(self, view: LineView) -> None:
        receiver = self.to_tell(view)
        if receiver is None or view.line.payment_hash is None:
            return
        try:
            await self._app.senders.tell(view.line.payment_hash)
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))
        else:
            name = words.name(receiver.title)
            self.told.emit(t("{name} gets the proof that it was you.", name=name))

    def _show_progress(self, written: int, whole: int) -> None:
        self.written, self.to_write = written, whole
        self.touch()


def _bounds(when: When | None, now: Instant) -> tuple[Instant | None, Instant | None]:
    """The first moment that is wanted, and the first that no longer is, by the person's clock."""
    today = words.start_of_day(now)
    local = datetime.fromtimestamp(now.unix_seconds, tz=UTC).astimezone()
    match when:
        case None:
            return None, None
        case When.TODAY:
            return today, None
        case When.WEEK:
            return _days_before(local, 6), None
        case When.MONTH:
            return _days_before(local, 29), None
        case When.YEAR:
            return _new_year(local.year), None
        case When.LAST_YEAR:
            return _new_year(local.year - 1), _new_year(local.year)


def _days_before(local: datetime, days: int) -> Instant:
    day = (local - timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Instant.from_unix_seconds(int(day.replace(tzinfo=None).timestamp()))


def _new_year(year: int) -> Instant:
    return Instant.from_unix_seconds(int(datetime(year, 1, 1).timestamp()))  # noqa: DTZ001
