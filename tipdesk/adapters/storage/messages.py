"""`MessageStore` over `money.db`: what two people wrote to each other stays on this machine."""

import json
from typing import Any, Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip17 import TipClaim
from tipdesk.nostr.payment_ask import AskKind, AskTags
from tipdesk.ports.messages import Correspondent, Delivery, RelayWord, Sending, StoredMessage

MESSAGES_SCHEMA: Final = """
CREATE TABLE messages (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, peer BLOB NOT NULL,
    text TEXT NOT NULL, sent_at_ms INTEGER NOT NULL, seen_at_ms INTEGER NOT NULL,
    reply_to BLOB, payment_hash BLOB, claimed_msat INTEGER, is_read INTEGER NOT NULL
);
CREATE INDEX messages_with ON messages (peer, sent_at_ms);
CREATE INDEX messages_at ON messages (seen_at_ms);
CREATE INDEX messages_about ON messages (payment_hash) WHERE payment_hash IS NOT NULL;
CREATE INDEX messages_unread ON messages (peer) WHERE is_read = 0;
CREATE TABLE message_sendings (
    id BLOB PRIMARY KEY, state TEXT NOT NULL, ends_at_ms INTEGER NOT NULL,
    is_over INTEGER NOT NULL, wrap TEXT NOT NULL, copy TEXT NOT NULL, relays TEXT NOT NULL,
    copies TEXT NOT NULL, problem TEXT NOT NULL
);
CREATE INDEX message_sendings_unfinished ON message_sendings (ends_at_ms) WHERE is_over = 0;
CREATE TABLE message_people (peer BLOB PRIMARY KEY, is_accepted INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE message_wraps (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, at_ms INTEGER NOT NULL
)
"""
"""A migration for `MoneyDatabase`."""

ASK_TAGS_SCHEMA: Final = """
ALTER TABLE messages ADD COLUMN ask_kind TEXT;
ALTER TABLE messages ADD COLUMN ask_until INTEGER
"""
"""A migration: messages that ask for money; the amount stands in `claimed_msat`."""

_COLUMNS = (
    "m.id, m.peer, m.text, m.sent_at_ms, m.seen_at_ms, m.reply_to, m.payment_hash, "
    "m.claimed_msat, m.is_read, m.ask_kind, m.ask_until, s.state, s.ends_at_ms, s.is_over, "
    "s.wrap, s.copy, s.relays, s.copies, s.problem "
)
_FROM = "FROM messages m LEFT JOIN message_sendings s ON s.id = m.id "
_SELECT = f"SELECT {_COLUMNS} {_FROM}"
_NEWEST_FIRST = "ORDER BY m.sent_at_ms DESC, m.number DESC "
_IS_DONE = "id NOT IN (SELECT id FROM message_sendings WHERE is_over = 0)"


class MoneyMessageStore:
    """See `MessageStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `MessageStore.commit`."""
        self._db.commit()

    def save(self, message: StoredMessage) -> None:
        """See `MessageStore.save`. But for its sending a message is written once."""
        tip, ask = message.tip, message.ask
        claims = tip or ask
        amount = None if claims is None else claims.amount
        self._db.write(
            "INSERT INTO messages (id, peer, text, sent_at_ms, seen_at_ms, reply_to, payment_hash, "
            "claimed_msat, is_read, ask_kind, ask_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO NOTHING",
            (
                bytes(message.id),
                bytes(message.peer),
                message.text,
                message.sent_at.ms,
                message.seen_at.ms,
                message.reply_to,
                None if tip is None else bytes(tip.payment_hash),
                None if amount is None else amount.value,
                message.is_read,
                None if ask is None else ask.kind.name,
                None if ask is None else ask.expires_at,
            ),
        )
        self._db.write(
            "INSERT INTO message_people VALUES (?, 0) ON CONFLICT (peer) DO NOTHING",
            (bytes(message.peer),),
        )
        if message.sending is not None:
            self._save_sending(message.id, message.sending)

    def _save_sending(self, message_id: EventId, sending: Sending) -> None:
        self._db.write(
            "INSERT OR REPLACE INTO message_sendings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(message_id),
                sending.state.name,
                sending.ends_at.ms,
                sending.is_over,
                sending.wrap,
                sending.copy,
                _words_text(sending.relays),
                _words_text(sending.copies),
                sending.problem,
            ),
        )

    def message(self, message_id: EventId) -> StoredMessage | None:
        """See `MessageStore.message`."""
        rows = self._db.read(_SELECT + "WHERE m.id = ?", (bytes(message_id),))
        return next(map(_message, rows), None)

    def messages(self, peer: XOnlyPubkey, limit: int, offset: int = 0) -> list[StoredMessage]:
        """See `MessageStore.messages`."""
        rows = self._db.read(
            _SELECT + "WHERE m.peer = ? " + _NEWEST_FIRST + "LIMIT ? OFFSET ?",
            (bytes(peer), limit, offset),
        )
        return [_message(row) for row in rows]

    def about(self, payment_hash: PaymentHash) -> list[StoredMessage]:
        """See `MessageStore.about`."""
        rows = self._db.read(
            _SELECT + "WHERE m.payment_hash = ? ORDER BY m.number", (bytes(payment_hash),)
        )
        return [_message(row) for row in rows]

    def unfinished(self) -> list[StoredMessage]:
        """See `MessageStore.unfinished`."""
        rows = self._db.read(_SELECT + "WHERE s.is_over = 0 ORDER BY m.number")
        return [_message(row) for row in rows]

    def people(self) -> list[Correspondent]:
        """See `MessageStore.people`."""
        unread = "(SELECT count(*) FROM messages u WHERE u.peer = m.peer AND u.is_read = 0)"
        rows = self._db.read(
            f"SELECT {_COLUMNS}, p.is_accepted, {unread} {_FROM}"
            "JOIN message_people p ON p.peer = m.peer "
            "WHERE m.number = (SELECT l.number FROM messages l WHERE l.peer = p.peer "
            f"ORDER BY l.sent_at_ms DESC, l.number DESC LIMIT 1) {_NEWEST_FIRST}"
        )
        found = []
        for *columns, is_accepted, count in rows:
            latest = _message(tuple(columns))
            found.append(
                Correspondent(
                    peer=latest.peer, is_accepted=bool(is_accepted), unread=count, latest=latest
                )
            )
        return found

    def is_accepted(self, peer: XOnlyPubkey) -> bool:
        """See `MessageStore.is_accepted`."""
        query = "SELECT is_accepted FROM message_people WHERE peer = ?"
        return any(accepted for (accepted,) in self._db.read(query, (bytes(peer),)))

    def accept(self, peer: XOnlyPubkey) -> None:
        """See `MessageStore.accept`."""
        self._db.write("INSERT OR REPLACE INTO message_people VALUES (?, 1)", (bytes(peer),))

    def mark_read(self, peer: XOnlyPubkey) -> bool:
        """See `MessageStore.mark_read`."""
        key = (bytes(peer),)
        unread = "FROM messages WHERE peer = ? AND is_read = 0"
        ((count,),) = self._db.read(f"SELECT count(*) {unread}", key)
        if count:
            self._db.write("UPDATE messages SET is_read = 1 WHERE peer = ? AND is_read = 0", key)
        return bool(count)

    def forget(self, peer: XOnlyPubkey) -> None:
        """See `MessageStore.forget`."""
        self.trim(peer, 0)
        self._db.write(
            "DELETE FROM message_people WHERE peer = ? "
            "AND NOT EXISTS (SELECT 1 FROM messages WHERE messages.peer = message_people.peer)",
            (bytes(peer),),
        )

    def trim(self, peer: XOnlyPubkey, keep: int) -> None:
        """See `MessageStore.trim`."""
        self._db.write(
            f"DELETE FROM messages WHERE peer = ? AND {_IS_DONE} AND number IN ("
            "SELECT number FROM messages WHERE peer = ? "
            "ORDER BY sent_at_ms DESC, number DESC LIMIT -1 OFFSET ?)",
            (bytes(peer), bytes(peer), keep),
        )
        self._drop_orphans()

    def trim_all(self, keep: int) -> None:
        """See `MessageStore.trim_all`."""
        ((count,),) = self._db.read("SELECT count(*) FROM messages")
        if count <= keep:
            return
        self._db.write(
            f"DELETE FROM messages WHERE {_IS_DONE} AND number IN ("
            "SELECT number FROM messages ORDER BY seen_at_ms DESC, number DESC LIMIT -1 OFFSET ?)",
            (keep,),
        )
        self._drop_orphans()

    def _drop_orphans(self) -> None:
        self._db.write(
            "DELETE FROM message_sendings WHERE is_over = 1 AND id NOT IN (SELECT id FROM messages)"
        )

    def was_seen(self, wrap_id: EventId) -> bool:
        """See `MessageStore.was_seen`."""
        rows = self._db.read("SELECT 1 FROM message_wraps WHERE id = ?", (bytes(wrap_id),))
        return bool(list(rows))

    def mark_seen(self, wrap_id: EventId, at: Instant, *, keep: int) -> None:
        """See `MessageStore.mark_seen`."""
        self._db.write(
            "INSERT INTO message_wraps VALUES (NULL, ?, ?) ON CONFLICT (id) DO NOTHING",
            (bytes(wrap_id), at.ms),
        )
        self._db.write(
            "DELETE FROM message_wraps WHERE number <= (SELECT max(number) FROM message_wraps) - ?",
            (keep,),
        )

    def last_seen_at(self) -> Instant | None:
        """See `MessageStore.last_seen_at`."""
        query = "SELECT at_ms FROM message_wraps ORDER BY number DESC LIMIT 1"
        return next((Instant(at) for (at,) in self._db.read(query)), None)


def _words_text(words: tuple[RelayWord, ...]) -> str:
    return json.dumps([[word.url, word.accepted, word.message] for word in words])


def _words(text: str) -> tuple[RelayWord, ...]:
    return tuple(RelayWord(url, accepted, message) for url, accepted, message in json.loads(text))


def _message(row: tuple[Any, ...]) -> StoredMessage:
    key, peer, text, sent_at, seen_at, reply_to, payment_hash, claimed, is_read = row[:9]
    kind, until = row[9:11]
    amount = None if claimed is None else Msat(claimed)
    claim = None if payment_hash is None else TipClaim(PaymentHash(payment_hash), amount)
    return StoredMessage(
        id=EventId(key),
        peer=XOnlyPubkey(peer),
        text=text,
        sent_at=Instant(sent_at),
        seen_at=Instant(seen_at),
        reply_to=None if reply_to is None else EventId(reply_to),
        tip=claim,
        ask=None if kind is None else AskTags(AskKind[kind], amount if claimed else None, until),
        sending=_sending(row[11:]),
        is_read=bool(is_read),
    )


def _sending(columns: tuple[Any, ...]) -> Sending | None:
    state, ends_at, is_over, wrap, copy, relays, copies, problem = columns
    if state is None:
        return None
    return Sending(
        state=Delivery[state],
        ends_at=Instant(ends_at),
        is_over=bool(is_over),
        wrap=wrap,
        copy=copy,
        relays=_words(relays),
        copies=_words(copies),
        problem=problem,
    )
