"""`PaymentAskStore` over `money.db`: beside the messages, and gone with them."""

from typing import Any, Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.messages import ASK_TAGS_SCHEMA
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.ports.payment_asks import Answer, AskRecord

ASKS_SCHEMA: Final = f"""{ASK_TAGS_SCHEMA};
CREATE TABLE payment_asks (
    message_id BLOB PRIMARY KEY, peer BLOB NOT NULL, answer TEXT NOT NULL, payment_hash BLOB,
    promise BLOB, offer_id BLOB
) WITHOUT ROWID;
CREATE INDEX payment_asks_paid_with ON payment_asks (payment_hash) WHERE payment_hash IS NOT NULL;
CREATE INDEX payment_asks_by_offer ON payment_asks (offer_id) WHERE offer_id IS NOT NULL;
CREATE INDEX messages_promising ON messages (peer) WHERE ask_kind = 'PROMISE';
CREATE TRIGGER payment_ask_of_no_message AFTER DELETE ON messages BEGIN
    DELETE FROM payment_asks WHERE message_id = OLD.id;
END
"""
"""A migration for `MoneyDatabase`, after `MESSAGES_SCHEMA`."""

_COLUMNS: Final = "message_id, peer, answer, payment_hash, promise, offer_id"


class MoneyAskStore:
    """See `PaymentAskStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `PaymentAskStore.commit`."""
        self._db.commit()

    def save(self, record: AskRecord) -> None:
        """See `PaymentAskStore.save`."""
        self._db.write(
            f"INSERT OR REPLACE INTO payment_asks ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            (
                bytes(record.message_id),
                bytes(record.peer),
                record.answer.name,
                None if record.payment_hash is None else bytes(record.payment_hash),
                None if record.promise is None else bytes(record.promise),
                record.offer_id,
            ),
        )

    def record(self, message_id: EventId) -> AskRecord | None:
        """See `PaymentAskStore.record`."""
        return next(iter(self._where("message_id = ?", bytes(message_id))), None)

    def paid_with(self, payment_hash: PaymentHash) -> list[AskRecord]:
        """See `PaymentAskStore.paid_with`."""
        return self._where("payment_hash = ?", bytes(payment_hash))

    def asked_by(self, offer_id: bytes) -> list[AskRecord]:
        """See `PaymentAskStore.asked_by`."""
        return self._where("offer_id = ?", offer_id)

    def payments_with(self, peer: XOnlyPubkey) -> list[PaymentHash]:
        """See `PaymentAskStore.payments_with`."""
        rows = self._db.read(
            "SELECT payment_hash FROM payment_asks WHERE peer = ? AND payment_hash IS NOT NULL",
            (bytes(peer),),
        )
        return [PaymentHash(payment_hash) for (payment_hash,) in rows]

    def promises(self, peer: XOnlyPubkey) -> list[EventId]:
        """See `PaymentAskStore.promises`."""
        rows = self._db.read(
            "SELECT m.id FROM messages m JOIN message_sendings s ON s.id = m.id "
            "LEFT JOIN payment_asks a ON a.message_id = m.id "
            "WHERE m.peer = ? AND m.ask_kind = 'PROMISE' "
            "AND coalesce(a.answer, 'NONE') = 'NONE' ORDER BY m.number",
            (bytes(peer),),
        )
        return [EventId(key) for (key,) in rows]

    def _where(self, condition: str, value: bytes) -> list[AskRecord]:
        rows = self._db.read(f"SELECT {_COLUMNS} FROM payment_asks WHERE {condition}", (value,))
        return [_record(row) for row in rows]


def _record(row: tuple[Any, ...]) -> AskRecord:
    key, peer, answer, payment_hash, promise, offer_id = row
    return AskRecord(
        message_id=EventId(key),
        peer=XOnlyPubkey(peer),
        answer=Answer[answer],
        payment_hash=None if payment_hash is None else PaymentHash(payment_hash),
        promise=None if promise is None else EventId(promise),
        offer_id=offer_id,
    )
