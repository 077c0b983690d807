"""The lines of the history that were read so far, and the older ones when they are wanted."""

from PySide6.QtCore import QModelIndex, QObject

from tipdesk.services.timeline import LineView
from tipdesk.tips.timeline import EVERYTHING, Line, LineKind, Place, Search
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.viewmodels.money_facade import Timeline
from tipdesk.ui.viewmodels.rows import Index, ListModel

READ_AT_ONCE = 100


class HistoryRows(ListModel):
    """Newest first. Each page is read where the one before it ended, never from the top again."""

    def __init__(self, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._search = EVERYTHING
        self._lines: list[LineView] = []
        self._known: set[int] = set()
        self._rest: Place | None = None

    def rowCount(self, parent: Index | None = None) -> int:
        """How many were read."""
        return len(self._lines)

    def view(self, row: int) -> LineView:
        """The line of a row."""
        return self._lines[row]

    def words(self, row: int) -> str:
        """A line as a sentence."""
        return describe(self._lines[row])

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there are older ones."""
        return self._rest is not None

    def fetchMore(self, parent: Index) -> None:
        """Reads the next page."""
        if self._rest is None:
            return
        page = self._timeline.page(self._search, before=self._rest, limit=READ_AT_ONCE)
        self._rest = page.rest
        lines = [view for view in page.lines if view.line.place.number not in self._known]
        if lines:
            count = len(self._lines)
            self.beginInsertRows(QModelIndex(), count, count + len(lines) - 1)
            self._lines += lines
            self._known |= _numbers(lines)
            self.endInsertRows()

    def search(self, search: Search) -> None:
        """Reads the newest that fit, in place of all others."""
        self._search = search
        page = self._timeline.page(search, limit=READ_AT_ONCE)
        self._replace(list(page.lines), page.rest)

    def read_anew(self) -> None:
        """Reads the newest once more: some are new, or others than before."""
        page = self._timeline.page(self._search, limit=READ_AT_ONCE)
        head = list(page.lines)
        place = _place_of(head[-1], self._lines) if page.rest is not None else None
        if page.rest is None or place is None:
            self._replace(head, page.rest)
            return
        # What moved up from further below would otherwise stand there twice.
        moved = _numbers(head) - _numbers(self._lines[: place + 1])
        twice = moved & self._known
        tail = self._lines[place + 1 :]
        if twice:
            tail = [view for view in tail if view.line.place.number not in twice]
        self._replace(head + tail, self._rest)

    def _replace(self, lines: list[LineView], rest: Place | None) -> None:
        before, self._rest = self._lines, rest
        new = len(lines) - len(before)
        if before and new >= 0 and _starts_alike(lines[new:], before):
            self._slide(lines, new)
            return
        self.beginResetModel()
        self._lines, self._known = lines, _numbers(lines)
        self.endResetModel()

    def _slide(self, lines: list[LineView], new: int) -> None:
        """The same rows under some new ones; a few of them may be others than before."""
        before = self._lines
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
        self._lines = lines
        self._known |= _numbers(lines[:new])
        if new:
            self.endInsertRows()
        for row, old in enumerate(before[:READ_AT_ONCE], start=new):
            if old != lines[row]:
                self.tell_row(row)


def describe(view: LineView) -> str:
    """A line as a sentence for screen readers."""
    line = view.line
    amount = "" if line.amount is None else words.amount(line.amount)
    parts = (f"{title(view)}, {amount}", say(line.state.value), worth(view), words.line(view.text))
    return ". ".join(part for part in parts if part)


def worth(view: LineView) -> str:
    """What it was worth when it settled; empty before."""
    rate = view.line.rate
    if rate is None or not view.worth:
        return say(view.worth)
    return words.fiat(rate.amount.currency, rate.amount.minor)


def title(view: LineView) -> str:
    """Whom it was for or from; a payment that is with nobody we know, what it was."""
    line, who = view.line, words.name(view.name)
    match line.kind:
        case LineKind.PAYMENT_SENT | LineKind.PAYMENT_RECEIVED if not who:
            return words.line(view.text) or kind_words(line.kind)
        case LineKind.TIP_SENT | LineKind.PAYMENT_SENT:
            return t("To {name}", name=who or t("somebody"))
        case LineKind.TIP_RECEIVED | LineKind.PAYMENT_RECEIVED:
            return t("From {name}", name=who or t("somebody"))
        case LineKind.ONCHAIN_SENT:
            return t("To {address}", address=words.ends(on_chain(line)[0]))
        case LineKind.ONCHAIN_RECEIVED:
            return t("At {address}", address=words.ends(on_chain(line)[0]))
        case LineKind.CHANNEL_OPENED | LineKind.CHANNEL_CLOSED:
            peer = words.name(view.text)
            kind = kind_words(line.kind)
            return t("{kind} with {peer}", kind=kind, peer=peer) if peer else kind


def said(view: LineView) -> str:
    """The words that go with a line, where its title is not those already."""
    kind = view.line.kind
    return words.line(view.text) if kind.is_tip or (kind.is_payment and view.name) else ""


def on_chain(line: Line) -> tuple[str, str]:
    """The address and the transaction of a line on chain."""
    address, _, txid = line.text.partition(" ")
    return words.line(address), words.line(txid)


def kind_words(kind: LineKind) -> str:
    """What a line is, as it stands alone."""
    said = say(kind.value)
    return said[:1].upper() + said[1:]


def _numbers(lines: list[LineView]) -> set[int]:
    return {view.line.place.number for view in lines}


def _place_of(wanted: LineView, lines: list[LineView]) -> int | None:
    """Where a line stands among those that were read; it is not far down."""
    number = wanted.line.place.number
    near = enumerate(lines[: 3 * READ_AT_ONCE])
    return next((row for row, view in near if view.line.place.number == number), None)


def _starts_alike(lines: list[LineView], before: list[LineView]) -> bool:
    """Whether the same lines stand in the same order, as far as these were read again."""
    pairs = zip(lines[: 2 * READ_AT_ONCE], before[: 2 * READ_AT_ONCE], strict=True)
    return all(a.line.place.number == b.line.place.number for a, b in pairs)
