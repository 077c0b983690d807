"""`DeskTipStore` over `money.db`, and the schema of a creator's desk.

The tips themselves stay in `incoming_tips`; here is what can be asked about them, with an index
for every question: a hundred thousand tips are summed, ranked or searched within 50 ms.
"""

import json
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.desk import Income, PrivateWords, ReceivedTip, TipSearch

DESK_SCHEMA: Final = """
CREATE TABLE desk_tips (
    number INTEGER PRIMARY KEY, payment_hash BLOB NOT NULL UNIQUE, at_ms INTEGER NOT NULL,
    amount_msat INTEGER NOT NULL, sender BLOB, target BLOB, claimed_name TEXT NOT NULL,
    comment TEXT NOT NULL, folded TEXT NOT NULL
);
CREATE INDEX desk_tips_at ON desk_tips (at_ms, amount_msat);
CREATE INDEX desk_tips_amount ON desk_tips (amount_msat, at_ms);
CREATE INDEX desk_tips_sender ON desk_tips (sender, at_ms, amount_msat);
CREATE INDEX desk_tips_target ON desk_tips (target, at_ms, amount_msat);
CREATE TABLE desk_senders (sender BLOB PRIMARY KEY, folded TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE desk_notes (
    payment_hash BLOB PRIMARY KEY, note TEXT NOT NULL, folded TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX incoming_tips_settled ON incoming_tips (settled_at_ms)
    WHERE settled_at_ms IS NOT NULL;
CREATE TABLE desk_alerts (
    payment_hash BLOB PRIMARY KEY, fate TEXT NOT NULL, at_ms INTEGER NOT NULL,
    is_seen INTEGER NOT NULL
);
CREATE INDEX desk_alerts_missed ON desk_alerts (at_ms) WHERE fate IN ('QUIET', 'AWAY', 'CROWDED');
CREATE INDEX desk_alerts_waiting ON desk_alerts (at_ms) WHERE fate IN ('HELD', 'QUEUED');
CREATE TABLE desk_jobs (
    number INTEGER PRIMARY KEY, rule TEXT NOT NULL, payment_hash BLOB NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at_ms INTEGER NOT NULL,
    problem TEXT NOT NULL, UNIQUE (rule, payment_hash)
);
CREATE INDEX desk_jobs_unfinished ON desk_jobs (due_at_ms) WHERE state IN ('WAITING', 'BEGUN')
"""
"""A migration for `MoneyDatabase`, after `TIPS_SCHEMA`."""

_SELECT = (
    "SELECT d.payment_hash, d.amount_msat, d.at_ms, d.sender, d.claimed_name, d.target, d.comment, "
    "coalesce(i.is_published, 0), coalesce(n.note, ''), w.sender, w.words, "
    "coalesce(i.zap_request <> '' AND NOT i.is_published AND NOT i.is_given_up, 0) "
    "FROM desk_tips d "
    "LEFT JOIN incoming_tips i USING (payment_hash) LEFT JOIN desk_notes n USING (payment_hash) "
    "LEFT JOIN desk_words w USING (payment_hash) "
)
_NEWEST_FIRST = "ORDER BY d.at_ms DESC, d.number DESC LIMIT ? OFFSET ?"
_HAS_TEXT = (
    "AND (instr(d.folded, :text) > 0 "
    "OR d.sender IN (SELECT sender FROM desk_senders WHERE instr(folded, :text) > 0) "
    "OR d.payment_hash IN (SELECT payment_hash FROM desk_notes WHERE instr(folded, :text) > 0) "
    "OR d.payment_hash IN (SELECT payment_hash FROM desk_words WHERE instr(folded, :text) > 0)) "
)


class MoneyDeskStore:
    """See `DeskTipStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `DeskTipStore.commit`."""
        self._db.commit()

    def unfiled(self) -> list[PaymentHash]:
        """See `DeskTipStore.unfiled`. Two counts, while they agree."""
        ((paid, filed),) = self._db.read(
            "SELECT (SELECT count(*) FROM incoming_tips WHERE settled_at_ms IS NOT NULL), "
            "(SELECT count(*) FROM desk_tips)"
        )
        if paid == filed:
            return []
        rows = self._db.read(
            "SELECT payment_hash FROM incoming_tips WHERE settled_at_ms IS NOT NULL "
            "AND payment_hash NOT IN (SELECT payment_hash FROM desk_tips) ORDER BY settled_at_ms"
        )
        return [PaymentHash(payment_hash) for (payment_hash,) in rows]

    def file(self, tip: ReceivedTip) -> bool:
        """See `DeskTipStore.file`."""
        if self.tip(tip.payment_hash) is not None:
            return False
        self._db.write(
            "INSERT INTO desk_tips VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(tip.payment_hash),
                tip.at.ms,
                tip.amount.value,
                tip.sender,
                tip.target,
                tip.claimed_name,
                tip.comment,
                fold(f"{tip.claimed_name} {tip.comment}"),
            ),
        )
        return True

    def put_words(self, payment_hash: PaymentHash, words: PrivateWords, names: str) -> bool:
        """See `DeskTipStore.put_words`."""
        tip = self.tip(payment_hash)
        if tip is None or tip.words is not None:
            return False
        self._db.write(
            "INSERT INTO desk_words VALUES (?, ?, ?, ?)",
            (bytes(payment_hash), bytes(words.sender), words.text, fold(f"{words.text} {names}")),
        )
        return True

    def tip(self, payment_hash: PaymentHash) -> ReceivedTip | None:
        """See `DeskTipStore.tip`."""
        rows = self._db.read(_SELECT + "WHERE d.payment_hash = ?", (bytes(payment_hash),))
        return next(map(_tip, rows), None)

    def tips(self, limit: int, offset: int = 0) -> list[ReceivedTip]:
        """See `DeskTipStore.tips`."""
        return [_tip(row) for row in self._db.read(_SELECT + _NEWEST_FIRST, (limit, offset))]

    def since(self, moment: Instant) -> list[ReceivedTip]:
        """See `DeskTipStore.since`."""
        rows = self._db.read(
            _SELECT + "WHERE d.at_ms >= ? ORDER BY d.at_ms, d.number", (moment.ms,)
        )
        return [_tip(row) for row in rows]

    def largest(self) -> ReceivedTip | None:
        """See `DeskTipStore.largest`."""
        rows = self._db.read(
            _SELECT + "WHERE d.number = (SELECT number FROM desk_tips WHERE amount_msat = "
            "(SELECT max(amount_msat) FROM desk_tips) ORDER BY at_ms, number LIMIT 1)"
        )
        return next(map(_tip, rows), None)

    def everything(self) -> Income:
        """See `DeskTipStore.everything`."""
        rows = self._db.read("SELECT count(*), coalesce(sum(amount_msat), 0) FROM desk_tips")
        ((count, total),) = rows
        return Income(count, Msat(total))

    def incomes(self, bounds: Sequence[Instant]) -> list[Income]:
        """See `DeskTipStore.incomes`."""
        spans = [(begin.ms, end.ms) for begin, end in pairwise(bounds)]
        rows = self._db.read(
            "SELECT count(d.at_ms), coalesce(sum(d.amount_msat), 0) FROM json_each(?) s "
            "LEFT JOIN desk_tips d ON d.at_ms >= json_extract(s.value, '$[0]') "
            "AND d.at_ms < json_extract(s.value, '$[1]') GROUP BY s.key ORDER BY s.key",
            (json.dumps(spans),),
        )
        return [Income(count, Msat(total)) for count, total in rows]

    def tippers(
        self, since: Instant, before: Instant, limit: int
    ) -> list[tuple[XOnlyPubkey | None, Income]]:
        """See `DeskTipStore.tippers`."""
        ranked = self._ranked("sender", since, before, limit)
        return [(None if key is None else XOnlyPubkey(key), income) for key, income in ranked]

    def posts(
        self, since: Instant, before: Instant, limit: int
    ) -> list[tuple[EventId | None, Income]]:
        """See `DeskTipStore.posts`."""
        ranked = self._ranked("target", since, before, limit)
        return [(None if key is None else EventId(key), income) for key, income in ranked]

    def _ranked(
        self, column: str, since: Instant, before: Instant, limit: int
    ) -> list[tuple[bytes | None, Income]]:
        # By this index the groups come one after another: nothing has to be sorted but the sums.
        rows = self._db.read(
            f"SELECT {column}, count(*), sum(amount_msat) AS total "
            f"FROM desk_tips INDEXED BY desk_tips_{column} WHERE at_ms >= ? AND at_ms < ? "
            f"GROUP BY {column} ORDER BY total DESC, min(at_ms) LIMIT ?",
            (since.ms, before.ms, limit),
        )
        return [(key, Income(count, Msat(total))) for key, count, total in rows]

    def search(self, wanted: TipSearch, limit: int, offset: int = 0) -> list[ReceivedTip]:
        """See `DeskTipStore.search`."""
        text = fold(wanted.text)
        rows = self._db.read(
            _SELECT
            + "WHERE d.at_ms >= :since AND d.at_ms < :before "
            + "AND d.amount_msat BETWEEN :least AND :most "
            + (_HAS_TEXT if text else "")
            + "ORDER BY d.at_ms DESC, d.number DESC LIMIT :limit OFFSET :offset",
            {
                "since": wanted.since.ms,
                "before": wanted.before.ms,
                "least": wanted.least.value,
                "most": wanted.most.value,
                "text": text,
                "limit": limit,
                "offset": offset,
            },
        )
        return [_tip(row) for row in rows]

    def name_sender(self, sender: XOnlyPubkey, names: str) -> bool:
        """See `DeskTipStore.name_sender`."""
        ((tips, known),) = self._db.read(
            "SELECT EXISTS (SELECT 1 FROM desk_tips WHERE sender = :sender), "
            "(SELECT folded FROM desk_senders WHERE sender = :sender)",
            {"sender": bytes(sender)},
        )
        folded = fold(names)
        if not tips or known == folded:
            return False
        self._db.write("INSERT OR REPLACE INTO desk_senders VALUES (?, ?)", (bytes(sender), folded))
        return True

    def put_note(self, payment_hash: PaymentHash, note: str) -> None:
        """See `DeskTipStore.put_note`."""
        key = bytes(payment_hash)
        if note:
            self._db.write(
                "INSERT OR REPLACE INTO desk_notes VALUES (?, ?, ?)", (key, note, fold(note))
            )
        else:
            self._db.write("DELETE FROM desk_notes WHERE payment_hash = ?", (key,))


def fold(text: str) -> str:
    """What texts are compared by in a search: without capitals, accents kept."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _tip(row: tuple[Any, ...]) -> ReceivedTip:
    (payment_hash, amount, at, sender, claimed_name, target, comment, is_published, note,
     writer, words, awaits_receipt) = row  # fmt: skip
    return ReceivedTip(
        payment_hash=PaymentHash(payment_hash),
        amount=Msat(amount),
        at=Instant(at),
        sender=None if sender is None else XOnlyPubkey(sender),
        claimed_name=claimed_name,
        target=None if target is None else EventId(target),
        comment=comment,
        is_published=bool(is_published),
        awaits_receipt=bool(awaits_receipt),
        note=note,
        words=None if writer is None else PrivateWords(XOnlyPubkey(writer), words),
    )
