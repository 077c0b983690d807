"""`TimelineStore` and `RateStore` over `money.db`: searched, summed, paged by key."""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from tipdesk.adapters.storage.database import MoneyDatabase, Row, statements
from tipdesk.adapters.storage.timeline_schema import WORDS_SCHEMA, WORDS_TRIGGERS
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, EventId, NodeId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.tips.fiat import Currency, Fiat, Rate
from tipdesk.tips.timeline import (
    MAX_NOTE_CHARS,
    MAX_PERSONS,
    FiatTotals,
    Line,
    LineKind,
    LineState,
    Place,
    Search,
    SettledRate,
    TooManyPersons,
    Totals,
)

MAX_WORDS: Final = 20
_SELECT = """SELECT number, at_ms, kind, state, amount_msat, fee_msat, person, post, payment_hash,
    receipt, channel_id, text, note, currency, digits, price, source, rate_at_ms, received_at_ms,
    amount_minor, fee_minor FROM timeline"""
# `card_fee` in SQL: 29 thousandths, and 300 thousandths of the unit.
_CARD = """sum((29 * amount_minor + 500
    + CASE digits WHEN 0 THEN 300 WHEN 3 THEN 300000 ELSE 30000 END) / 1000)"""
_SUMS = f"""SELECT kind, currency, digits, count(*), sum(amount_msat), sum(fee_msat),
    sum(amount_minor), sum(fee_minor), {_CARD} FROM timeline"""
_OF_ENTRY = """(person = (SELECT lower(hex(npub)) FROM people WHERE id = ?)
    OR payment_hash IN (SELECT payment_hash FROM person_payments WHERE person_id = ?))"""
_MATCHING = "SELECT rowid FROM timeline_words WHERE timeline_words MATCH ?"
COMMON: Final = 2_000
"""A word in more lines than this is common."""
# What unicode61 takes for a word; other scripts have no blanks between theirs, signs are none.
_WORD = re.compile(r"[^\W_]+(?:['._-][^\W_]+)*")
_FIRST_UNSPACED: Final = "\u0e00"
_Condition = tuple[str, Sequence[object]]
_Id = TypeVar("_Id", XOnlyPubkey, EventId)


class MoneyTimelineStore:
    """See `TimelineStore`. The index of words is made, or left alone, as SQLite is able to."""

    def __init__(self, database: MoneyDatabase, *, use_words: bool = True) -> None:
        self._db = database
        self._has_words = use_words and _knows_words(database)
        self._set_up_words()

    def _set_up_words(self) -> None:
        found = {
            name
            for (name,) in self._db.read(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'timeline_w%'"
            )
        }
        if self._has_words and not found.issuperset(WORDS_TRIGGERS):
            wanted = list(statements(WORDS_SCHEMA))
        elif not self._has_words and found:
            # Another SQLite made them: without FTS5 they would stop every payment.
            wanted = [f"DROP TRIGGER {name}" for name in sorted(found)]
        else:
            return
        for statement in wanted:
            self._db.write(statement)
        self._db.commit()

    def commit(self) -> None:
        """See `TimelineStore.commit`."""
        self._db.commit()

    def lines(self, search: Search, *, before: Place | None, limit: int) -> list[Line]:
        """See `TimelineStore.lines`."""
        return self._page(search, before, limit, "<", "DESC")

    def lines_after(self, search: Search, *, after: Place | None, limit: int) -> list[Line]:
        """See `TimelineStore.lines_after`."""
        return self._page(search, after, limit, ">", "ASC")

    def _page(
        self, search: Search, place: Place | None, limit: int, compared: str, order: str
    ) -> list[Line]:
        conditions = self._conditions(search)
        if place is not None:
            bounds: list[object] = [place.at.ms, place.number]
            conditions.append((f"(at_ms, number) {compared} (?, ?)", bounds))
        where, values = _joined(conditions)
        rows = self._db.read(
            f"{_SELECT}{where} ORDER BY at_ms {order}, number {order} LIMIT ?", (*values, limit)
        )
        return [_line(row) for row in rows]

    def count(self, search: Search) -> int:
        """See `TimelineStore.count`."""
        where, values = _joined(self._conditions(search))
        ((count,),) = self._db.read(f"SELECT count(*) FROM timeline{where}", values)
        return int(count)

    def totals(self, search: Search) -> Totals:
        """See `TimelineStore.totals`."""
        # The plus keeps SQLite from the index of sums where another one leads to few lines.
        is_narrow = (
            search.persons is not None
            or search.entry is not None
            or search.post
            or search.payment_hash
        )
        settled: _Condition = (f"{'+' if is_narrow else ''}state = 'SETTLED'", [])
        where, values = _joined([settled, *self._conditions(search)])
        rows = self._db.read(f"{_SUMS}{where} GROUP BY kind, currency, digits", values)
        return _totals([row for row in rows if not row[0].startswith("CHANNEL")])

    def _conditions(self, search: Search) -> list[_Condition]:
        found = self._word_conditions(search.words)
        if search.persons is not None:
            found.append(_any_person(search.persons))
        if search.entry is not None:
            found.append((_OF_ENTRY, [search.entry, search.entry]))
        compared: list[tuple[str, object]] = [
            ("post = ?", None if search.post is None else search.post.hex()),
            ("payment_hash = ?", search.payment_hash and bytes(search.payment_hash)),
            ("amount_msat >= ?", None if search.least is None else search.least.value),
            ("amount_msat <= ?", None if search.most is None else search.most.value),
            ("at_ms >= ?", None if search.since is None else search.since.ms),
            ("at_ms < ?", None if search.until is None else search.until.ms),
            ("state = ?", None if search.state is None else search.state.name),
        ]
        found += [(sql, [value]) for sql, value in compared if value is not None]
        if search.kinds:
            marks = ", ".join("?" * len(search.kinds))
            found.append((f"kind IN ({marks})", sorted(kind.name for kind in search.kinds)))
        return found

    def _word_conditions(self, words: str) -> list[_Condition]:
        indexed: list[str] = []
        found: list[_Condition] = []
        for word in words.split()[:MAX_WORDS]:
            if self._has_words and _WORD.fullmatch(word) and max(word) < _FIRST_UNSPACED:
                indexed.append(f'"{word}"*')
            else:
                like = "%" + re.sub(r"([\\%_])", r"\\\1", word) + "%"
                sql = r"(text LIKE ? ESCAPE '\' OR note LIKE ? ESCAPE '\')"
                found.append((sql, [like, like]))
        if indexed:
            match = " ".join(indexed)
            # The plus: many lines are met faster in their order than looked up and sorted.
            plus = "+" if self._is_common(match) else ""
            found.append((f"{plus}number IN ({_MATCHING})", [match]))
        return found

    def _is_common(self, match: str) -> bool:
        ((count,),) = self._db.read(
            f"SELECT count(*) FROM ({_MATCHING} LIMIT ?)", (match, COMMON + 1)
        )
        return bool(count > COMMON)

    def put_note(self, number: int, note: str) -> None:
        """See `TimelineStore.put_note`."""
        self._db.write(
            "INSERT INTO line_notes SELECT origin, key, ? FROM timeline WHERE number = ? "
            "AND origin <> 'incoming' ON CONFLICT (origin, key) DO UPDATE SET note = excluded.note",
            (note[:MAX_NOTE_CHARS], number),
        )
        self._db.commit()

    def payment_note(self, payment_hash: PaymentHash) -> str:
        """See `TimelineStore.payment_note`."""
        rows = self._db.read(
            "SELECT note FROM line_notes WHERE origin = 'wallet' AND key = ?",
            (bytes(payment_hash),),
        )
        return next((note for (note,) in rows), "")

    def put_payment_note(self, payment_hash: PaymentHash, note: str) -> None:
        """See `TimelineStore.put_payment_note`."""
        self._db.write(
            "INSERT INTO line_notes VALUES ('wallet', ?, ?) "
            "ON CONFLICT (origin, key) DO UPDATE SET note = excluded.note",
            (bytes(payment_hash), note[:MAX_NOTE_CHARS]),
        )
        self._db.commit()

    def channel_opened(
        self, channel_id: ChannelId, peer: NodeId, name: str, capacity: Msat, at: Instant
    ) -> None:
        """See `TimelineStore.channel_opened`."""
        self._db.write(
            "INSERT INTO channel_history VALUES (?, ?, 'CHANNEL_OPENED', ?, ?, ?, ?) "
            "ON CONFLICT (key) DO NOTHING",
            (b"o" + channel_id, bytes(channel_id), at.ms, bytes(peer), name, capacity.value),
        )

    def channel_closed(self, channel_id: ChannelId, ours: Msat | None, at: Instant) -> None:
        """See `TimelineStore.channel_closed`."""
        amount = None if ours is None else ours.value
        self._db.write(
            "INSERT INTO channel_history SELECT ?, channel_id, 'CHANNEL_CLOSED', ?, peer, name, ? "
            "FROM channel_history WHERE key = ? ON CONFLICT (key) DO NOTHING",
            (b"c" + channel_id, at.ms, amount, b"o" + channel_id),
        )

    def open_channels(self) -> frozenset[ChannelId]:
        """See `TimelineStore.open_channels`."""
        rows = self._db.read(
            "SELECT channel_id FROM channel_history GROUP BY channel_id HAVING count(*) = 1"
        )
        return frozenset(ChannelId(channel_id) for (channel_id,) in rows)


class MoneyRateStore:
    """See `RateStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def put_rate(self, rate: Rate | None) -> None:
        """See `RateStore.put_rate`."""
        if rate is None:
            self._db.write("DELETE FROM rate_now")
        else:
            self._db.write(
                "INSERT OR REPLACE INTO rate_now VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    rate.currency.code,
                    rate.currency.digits,
                    rate.price,
                    rate.source,
                    rate.at.ms,
                    rate.received_at.ms,
                    rate.valid_from.ms,
                    rate.valid_until.ms,
                ),
            )
        self._db.commit()

    def last_rate(self) -> Rate | None:
        """See `RateStore.last_rate`."""
        rows = self._db.read(
            "SELECT currency, digits, price, source, rate_at_ms, received_at_ms FROM rate_now"
        )
        return next((_rate(*row) for row in rows), None)


def _knows_words(database: MoneyDatabase) -> bool:
    return bool(
        list(
            database.read(
                "SELECT 1 FROM pragma_compile_options WHERE compile_options = 'ENABLE_FTS5'"
            )
        )
    )


def _any_person(persons: tuple[XOnlyPubkey, ...]) -> _Condition:
    if len(persons) > MAX_PERSONS:
        raise TooManyPersons(len(persons))
    if len(persons) == 1:
        return "person = ?", [persons[0].hex()]
    return f"person IN ({', '.join('?' * len(persons))})", [person.hex() for person in persons]


def _joined(conditions: list[_Condition]) -> tuple[str, list[object]]:
    if not conditions:
        return "", []
    values = [value for _, some in conditions for value in some]
    return " WHERE " + " AND ".join(sql for sql, _ in conditions), values


def _rate(code: str, digits: int, price: int, source: str, at: int, received: int) -> Rate:
    return Rate(
        currency=Currency(code, digits),
        price=price,
        source=source,
        at=Instant(at),
        received_at=Instant(received),
    )


def _line(row: Row) -> Line:
    (number, at, kind, state, amount, fee, person, post, payment_hash, receipt, channel_id, text,
     note, currency, digits, price, source, rate_at, received, minor, fee_minor) = row  # fmt: skip
    settled = None
    if currency is not None:
        rate = _rate(currency, digits, price, source, rate_at, received)
        settled = SettledRate(
            rate, Fiat(rate.currency, minor), _optional(lambda m: Fiat(rate.currency, m), fee_minor)
        )
    return Line(
        place=Place(Instant(at), number),
        kind=LineKind[kind],
        state=LineState[state],
        amount=_optional(Msat, amount),
        fee=_optional(Msat, fee),
        person=_from_hex(XOnlyPubkey, person),
        post=_from_hex(EventId, post),
        payment_hash=_optional(PaymentHash, payment_hash),
        receipt=_from_hex(EventId, receipt),
        channel_id=_optional(ChannelId, channel_id),
        text=text,
        note=note,
        rate=settled,
    )


def _from_hex(kind: type[_Id], text: str | None) -> _Id | None:
    """An id; None too for what a stranger wrote in the place of one."""
    try:
        return None if text is None else kind.from_hex(text)
    except ValueError:
        return None


def _optional(make: Any, value: Any) -> Any:  # noqa: ANN401 - any column, any type built from it
    return None if value is None else make(value)


def _totals(rows: list[Row]) -> Totals:
    received = [row for row in rows if LineKind[row[0]].is_received]
    sent = [row for row in rows if LineKind[row[0]].is_sent]
    currencies = sorted({(row[1], row[2]) for row in rows if row[1] is not None})
    return Totals(
        received=Msat(_sum(received, 4)),
        sent=Msat(_sum(sent, 4)),
        fees=Msat(_sum(sent, 5)),
        count_received=_sum(received, 3),
        count_sent=_sum(sent, 3),
        without_rate=_sum([row for row in rows if row[1] is None], 3),
        fiat=tuple(_fiat_totals(Currency(*one), received, sent) for one in currencies),
    )


def _fiat_totals(currency: Currency, received: list[Row], sent: list[Row]) -> FiatTotals:
    ins = [row for row in received if row[1] == currency.code]
    outs = [row for row in sent if row[1] == currency.code]
    return FiatTotals(
        received=Fiat(currency, _sum(ins, 6)),
        sent=Fiat(currency, _sum(outs, 6)),
        fees=Fiat(currency, _sum(outs, 7)),
        card_for_sent=Fiat(currency, _sum(outs, 8)),
        card_for_received=Fiat(currency, _sum(ins, 8)),
    )


def _sum(rows: list[Row], column: int) -> int:
    return sum(row[column] or 0 for row in rows)
