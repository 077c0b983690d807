"""The stage's rates, and a history of any length that is made as it is read."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tests.ui import content
from tests.ui.stage_book import StageBook
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.timeline import ExportFailed
from tipdesk.services.bus import Bus
from tipdesk.services.events import RateChanged, TimelineChanged
from tipdesk.services.timeline import LineView, TimelinePage
from tipdesk.tips.card import card_fee
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.fiat import CURRENCIES, Currency, Fiat, Rate
from tipdesk.tips.timeline import (
    EVERYTHING,
    NO_RATE,
    FiatTotals,
    Line,
    LineKind,
    LineState,
    Place,
    Search,
    SettledRate,
    Totals,
)

USD = CURRENCIES["USD"]
PRICE = 10_512_345
KINDS = (
    LineKind.TIP_SENT,
    LineKind.TIP_RECEIVED,
    LineKind.PAYMENT_SENT,
    LineKind.TIP_SENT,
    LineKind.PAYMENT_RECEIVED,
    LineKind.TIP_RECEIVED,
    LineKind.CHANNEL_OPENED,
)
TEXTS = (
    "The strings! ♥",
    "Thank you",
    "Coffee beans, 1 kg",
    "",
    "<b>Print</b> no. 14, framed",
    "شكرا",
    "Harbour Router",
)


class StageRates:
    """Dollars from one source, until `age` or `lose`."""

    privacy = (
        "While fiat is on, TipDesk asks api.kraken.example what a bitcoin costs. They learn your "
        "currency and when TipDesk runs, and your network address unless a proxy keeps it; never "
        "whom or what you pay."
    )

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self.currency: Currency | None = USD
        self.problems: dict[str, str] = {}
        self._rate: Rate | None = rate_of(clock.now().plus_ms(-2 * content.MINUTE))
        self._last = self._rate

    def currencies(self) -> tuple[Currency, ...]:
        """A few."""
        return tuple(CURRENCIES[code] for code in ("CHF", "EUR", "USD"))

    def use(self, currency: Currency | None) -> None:
        """Another one has no rate yet."""
        self.currency, self._rate = currency, None
        self._bus.publish(RateChanged())

    def current(self) -> Rate | None:
        """While it is fresh."""
        rate = self._rate
        return rate if rate is not None and rate.is_fresh(self._clock.now()) else None

    def last(self) -> Rate | None:
        """However old."""
        return self._last

    def lose(self) -> None:
        """No source answers any more."""
        self._rate = None
        self._bus.publish(RateChanged())


class StageTimeline:
    """`count` lines, the newest first; line n is the same whenever it is asked for."""

    def __init__(self, bus: Bus, book: StageBook) -> None:
        self._bus = bus
        self._book = book
        self.count = 60
        self.notes: dict[int, str] = {}
        self.payment_notes: dict[PaymentHash, str] = {}
        self.exported: list[tuple[Path, ExportFormat, Search]] = []
        self.asked: list[Search] = []
        self.fails = False
        self.gate: asyncio.Event | None = None
        self.extra: list[Line] = []
        self.names: dict[PaymentHash, str] = {}
        """Whom payments are known to be with."""

    def page(
        self, search: Search = EVERYTHING, *, before: Place | None = None, limit: int = 50
    ) -> TimelinePage:
        """Walks from a place on until enough lines fit."""
        self.asked.append(search)
        search = self._of_npub(search)
        first = 0 if before is None else self.count - before.number + len(self.extra) + 1
        found: list[Line] = []
        for n in range(first, self.count + len(self.extra)):
            line = self._line(n)
            if fits(search, line):
                found.append(line)
            if len(found) == limit:
                break
        rest = found[-1].place if len(found) == limit else None
        return TimelinePage(tuple(self._view(line) for line in found), rest)

    def totals(self, search: Search = EVERYTHING) -> Totals:
        """Of the first thousand that fit."""
        search = self._of_npub(search)
        every = (self._line(n) for n in range(min(self.count, 1_000)))
        lines = [line for line in every if fits(search, line) and line.state is LineState.SETTLED]
        sent, received = _sum(lines, lambda k: k.is_sent), _sum(lines, lambda k: k.is_received)
        rated = [line for line in lines if line.rate is not None]
        fees = sum((line.fee or Msat(0) for line in lines), Msat(0))
        return Totals(
            received=received,
            sent=sent,
            fees=fees,
            count_received=sum(line.kind.is_received for line in lines),
            count_sent=sum(line.kind.is_sent for line in lines),
            without_rate=len(lines) - len(rated),
            fiat=(_fiat(rated),) if rated else (),
        )

    def note(self, line: Line, text: str) -> None:
        """Keeps it."""
        self.notes[line.place.number] = text
        self._bus.publish(TimelineChanged())

    def payment_note(self, payment_hash: PaymentHash) -> str:
        """As it was kept."""
        return self.payment_notes.get(payment_hash, "")

    def note_payment(self, payment_hash: PaymentHash, text: str) -> None:
        """Keeps it."""
        self.payment_notes[payment_hash] = text
        self._bus.publish(TimelineChanged())

    async def export(
        self,
        path: Path,
        form: ExportFormat,
        search: Search = EVERYTHING,
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> int:
        """Remembers what was asked; a gate holds it half way."""
        if self.fails:
            raise ExportFailed(str(path), "the disk is full")
        if self.gate is not None and progress is not None:
            progress(self.count // 2, self.count)
            await self.gate.wait()
        self.exported.append((path, form, search))
        return self.count

    def add(self, line: Line) -> None:
        """A newer one."""
        self.extra.insert(0, line)
        self._bus.publish(TimelineChanged())

    def _of_npub(self, search: Search) -> Search:
        """Somebody of the book is known by their npub alone."""
        if search.entry is None:
            return search
        if self.fails:
            raise BackendError("the history cannot be read now")
        view = self._book.person(search.entry)
        npub = None if view is None else view.person.npub
        return replace(search, persons=() if npub is None else (npub,))

    def _view(self, line: Line) -> LineView:
        view = view_of(line)
        name = "" if line.payment_hash is None else self.names.get(line.payment_hash, "")
        return replace(view, name=name) if name else view

    def _line(self, n: int) -> Line:
        if n < len(self.extra):
            return self.extra[n]
        line = line_of(n - len(self.extra), self.count)
        return replace(line, note=self.notes.get(line.place.number, ""))


def rate_of(at: Instant) -> Rate:
    """What the stage's source says."""
    return Rate(currency=USD, price=PRICE, source="kraken", at=at, received_at=at)


def on_chain(number: int, state: LineState, kind: LineKind = LineKind.ONCHAIN_SENT) -> Line:
    """A payment to an address."""
    done = state is LineState.SETTLED and kind.is_sent
    return replace(
        line_of(0, number),
        place=Place(Instant(content.NOW.ms - (70 - number) * content.MINUTE), number),
        kind=kind,
        state=state,
        amount=Msat(250_000_000),
        fee=Msat(874_000) if done else None,
        person=None,
        payment_hash=None,
        text="bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080 " + content.number(number).hex(),
    )


def line_of(n: int, count: int) -> Line:
    """The n-th newest of so many."""
    kind = KINDS[n % 7]
    at = Instant(content.NOW.ms - (3 + n * (17 + n % 5)) * content.MINUTE)
    state = LineState.SETTLED
    if n == 0:
        state = LineState.UNDER_WAY
    elif n % 13 == 5:
        state = LineState.FAILED
    amount = Msat((21, 100, 18_500, 500, 61_000, 1_234, 2_000_000)[n % 7] * 1_000 + n % 3 * 500)
    fee = Msat(1_021 + n % 40) if kind.is_sent and state is LineState.SETTLED else None
    rate = rate_of(at)
    has_rate = state is LineState.SETTLED and n % 9 != 4 and not kind.name.startswith("CHANNEL")
    person = content.PEOPLE[n % 5].pubkey if kind.is_tip and n % 12 else None
    return Line(
        place=Place(at, count - n),
        kind=kind,
        state=state,
        amount=amount,
        fee=fee,
        person=person,
        post=None,
        payment_hash=PaymentHash(content.number(60_000 + n)),
        receipt=None,
        channel_id=None,
        text=TEXTS[n % 7],
        note="for the <i>tax</i> office" if n == 2 else "",
        rate=SettledRate(rate, rate.to_fiat(amount), None if fee is None else rate.to_fiat(fee))
        if has_rate
        else None,
    )


def view_of(line: Line) -> LineView:
    """As the service shows it."""
    people = {p.pubkey: p for p in content.PEOPLE}
    person = None if line.person is None else people[line.person]
    worth = NO_RATE if line.rate is None else str(line.rate.amount)
    return LineView(
        line=line,
        person=person,
        name="" if person is None else person.title,
        text=line.text,
        worth=worth if line.state is LineState.SETTLED else "",
    )


def fits(search: Search, line: Line) -> bool:
    """Every condition that the window asks for."""
    told = f"{line.text} {line.note}".casefold()
    amount = line.amount or Msat(0)
    return (
        all(word in told for word in search.words.casefold().split())
        and (search.persons is None or line.person in search.persons)
        and (not search.kinds or line.kind in search.kinds)
        and (search.least is None or amount >= search.least)
        and (search.most is None or amount <= search.most)
        and (search.since is None or line.place.at >= search.since)
        and (search.until is None or line.place.at < search.until)
    )


def _sum(lines: Sequence[Line], wanted: Callable[[LineKind], bool]) -> Msat:
    return sum((line.amount or Msat(0) for line in lines if wanted(line.kind)), Msat(0))


def _fiat(lines: Sequence[Line]) -> FiatTotals:
    def total(wanted: Callable[[LineKind], bool], of: Callable[[SettledRate], Fiat | None]) -> Fiat:
        found = (of(line.rate) for line in lines if line.rate is not None and wanted(line.kind))
        return Fiat(USD, sum(one.minor for one in found if one is not None))

    sent, received = (lambda k: k.is_sent), (lambda k: k.is_received)
    return FiatTotals(
        received=total(received, lambda r: r.amount),
        sent=total(sent, lambda r: r.amount),
        fees=total(sent, lambda r: r.fee),
        card_for_sent=total(sent, lambda r: card_fee(r.amount)),
        card_for_received=total(received, lambda r: card_fee(r.amount)),
    )
