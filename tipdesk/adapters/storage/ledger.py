"""`TipLedgerStore` over `money.db`, and the schema of all that the services keep there.

The database itself refuses an entry that does not sum to zero, a second reservation or a second
closing of one tip, and two tips with one payment hash.
"""

from typing import Any, Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import (
    EventId,
    NodeId,
    PaymentHash,
    Preimage,
    ShortChannelId,
    TipId,
    XOnlyPubkey,
)
from tipdesk.base.units import Msat
from tipdesk.lnurl import success
from tipdesk.lnurl.success import Message
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.tips.ledger import Balances, EntryKind, LedgerEntry
from tipdesk.tips.payment import Quote, RouteHop, Succeeded
from tipdesk.tips.target import Target
from tipdesk.tips.tip import Bill, Tip, TipStatus, WordsState
from tipdesk.tips.visibility import Visibility

TIPS_SCHEMA: Final = """
CREATE TABLE tips (
    tip_id BLOB PRIMARY KEY, status TEXT NOT NULL, recipient BLOB NOT NULL,
    event_id BLOB, event_kind INTEGER, event_address TEXT, address TEXT NOT NULL,
    amount_msat INTEGER NOT NULL, fee_limit_msat INTEGER NOT NULL, comment TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL, undo_until_ms INTEGER NOT NULL, is_quoted INTEGER NOT NULL,
    quote_fee_msat INTEGER, quote_channels INTEGER, receipt BLOB,
    is_receipt_overdue INTEGER NOT NULL, problem TEXT NOT NULL
);
CREATE TABLE tip_bills (
    tip_id BLOB PRIMARY KEY REFERENCES tips, payment_hash BLOB NOT NULL UNIQUE,
    invoice TEXT NOT NULL, expires_at_ms INTEGER NOT NULL, fetched_at_ms INTEGER NOT NULL,
    provider BLOB, message TEXT NOT NULL
);
CREATE TABLE tip_settlements (
    tip_id BLOB PRIMARY KEY REFERENCES tips, preimage BLOB NOT NULL, amount_msat INTEGER NOT NULL,
    fee_msat INTEGER NOT NULL, route BLOB NOT NULL, settled_at_ms INTEGER NOT NULL
);
CREATE TABLE tip_ledger (
    number INTEGER PRIMARY KEY, tip_id BLOB NOT NULL REFERENCES tips, kind TEXT NOT NULL,
    closes INTEGER NOT NULL, at_ms INTEGER NOT NULL, wallet_msat INTEGER NOT NULL,
    held_msat INTEGER NOT NULL, tipped_msat INTEGER NOT NULL, fees_msat INTEGER NOT NULL,
    UNIQUE (tip_id, closes), CHECK (wallet_msat + held_msat + tipped_msat + fees_msat = 0)
);
CREATE TABLE zap_receipts (
    payment_hash BLOB PRIMARY KEY, receipt BLOB NOT NULL, grade TEXT NOT NULL,
    amount_msat INTEGER NOT NULL, sender BLOB NOT NULL, recipient BLOB NOT NULL,
    event_id BLOB, event_kind INTEGER, event_address TEXT, comment TEXT NOT NULL,
    signer BLOB NOT NULL, paid_at_ms INTEGER NOT NULL
);
CREATE TABLE zap_providers (
    recipient BLOB NOT NULL, provider BLOB NOT NULL,
    first_seen_ms INTEGER NOT NULL, last_seen_ms INTEGER NOT NULL,
    PRIMARY KEY (recipient, provider)
);
CREATE TABLE incoming_tips (
    payment_hash BLOB PRIMARY KEY, invoice TEXT NOT NULL, amount_msat INTEGER NOT NULL,
    zap_request TEXT NOT NULL, comment TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL, preimage BLOB, received_msat INTEGER, settled_at_ms INTEGER,
    receipt TEXT NOT NULL, is_published INTEGER NOT NULL, is_given_up INTEGER NOT NULL
);
CREATE INDEX incoming_tips_unpaid ON incoming_tips (expires_at_ms) WHERE settled_at_ms IS NULL;
CREATE TABLE wallet_history (
    payment_hash BLOB PRIMARY KEY, direction TEXT NOT NULL, invoice TEXT NOT NULL,
    amount_msat INTEGER, description TEXT NOT NULL, state TEXT NOT NULL, at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL, fee_msat INTEGER, problem TEXT NOT NULL
);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
"""
"""A migration for `MoneyDatabase`."""

VERDICTS_SCHEMA: Final = """
CREATE TABLE zap_unverified (
    number INTEGER PRIMARY KEY, receipt BLOB NOT NULL UNIQUE, flaw TEXT NOT NULL,
    recipient BLOB NOT NULL, event_id BLOB, claimed_msat INTEGER, signer BLOB NOT NULL,
    seen_at_ms INTEGER NOT NULL
);
ALTER TABLE zap_receipts ADD COLUMN judged_at_ms INTEGER;
ALTER TABLE incoming_tips ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';
ALTER TABLE incoming_tips ADD COLUMN is_delivered INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incoming_tips ADD COLUMN claimed_name TEXT NOT NULL DEFAULT '';
CREATE INDEX incoming_tips_owing ON incoming_tips (settled_at_ms)
    WHERE settled_at_ms IS NOT NULL AND zap_request <> '' AND NOT is_delivered AND NOT is_given_up;
CREATE INDEX incoming_tips_unasked ON incoming_tips (settled_at_ms) WHERE invoice = '';
UPDATE incoming_tips SET is_delivered = is_published;
ALTER TABLE tips ADD COLUMN event_url TEXT;
ALTER TABLE tips ADD COLUMN node_id BLOB;
ALTER TABLE tips ADD COLUMN visibility TEXT NOT NULL DEFAULT 'PUBLIC';
ALTER TABLE tips ADD COLUMN gift BLOB;
ALTER TABLE tips ADD COLUMN app TEXT NOT NULL DEFAULT '';
ALTER TABLE tips ADD COLUMN is_held INTEGER NOT NULL DEFAULT 0;
UPDATE tips SET is_held = 1 WHERE status IN ('PAYING', 'IN_FLIGHT');
ALTER TABLE tip_bills ADD COLUMN sender BLOB;
ALTER TABLE tip_bills ADD COLUMN action TEXT NOT NULL DEFAULT '';
ALTER TABLE tip_bills ADD COLUMN preimage BLOB;
CREATE INDEX tip_holds ON tip_ledger (at_ms) WHERE closes = 0
"""
"""Receipts that nothing vouches for, when the others were judged, and who took ours."""

WORDS_SCHEMA: Final = """
CREATE TABLE tip_words (tip_id BLOB PRIMARY KEY, state TEXT NOT NULL, problem TEXT NOT NULL);
CREATE TABLE desk_words (
    payment_hash BLOB PRIMARY KEY, sender BLOB NOT NULL, words TEXT NOT NULL, folded TEXT NOT NULL
) WITHOUT ROWID
"""
"""What became of the words of our private tips, and the words of those that came in."""

TIP_MIGRATIONS: Final = (TIPS_SCHEMA, VERDICTS_SCHEMA, WORDS_SCHEMA)
"""For a database of tips alone."""

_HOP_BYTES = 33 + 8 + 8
_SELECT_TIPS = """
SELECT t.tip_id, t.status, t.recipient, t.event_id, t.event_kind, t.event_address, t.address,
    t.amount_msat, t.fee_limit_msat, t.comment, t.created_at_ms, t.undo_until_ms, t.is_quoted,
    t.quote_fee_msat, t.quote_channels, t.receipt, t.is_receipt_overdue, t.problem,
    t.event_url, t.node_id, t.visibility, t.gift, t.app, t.is_held,
    b.payment_hash, b.invoice, b.expires_at_ms, b.fetched_at_ms, b.provider, b.message, b.sender,
    b.action, b.preimage,
    s.preimage, s.amount_msat, s.fee_msat, s.route, s.settled_at_ms, w.state, w.problem
FROM tips t LEFT JOIN tip_bills b USING (tip_id) LEFT JOIN tip_settlements s USING (tip_id)
    LEFT JOIN tip_words w USING (tip_id)
ORDER BY t.created_at_ms, t.rowid
"""
_TIP_COLUMNS, _BILL_COLUMNS = 24, 9


class MoneyTipStore:
    """See `TipLedgerStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `TipLedgerStore.commit`."""
        self._db.commit()

    def save_tip(self, tip: Tip) -> None:
        """See `TipLedgerStore.save_tip`. Bill and settlement are written once."""
        zap = tip.target.zap
        self._db.write(
            "INSERT INTO tips VALUES "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (tip_id) DO UPDATE SET status = excluded.status, "
            "address = excluded.address, undo_until_ms = excluded.undo_until_ms, "
            "is_held = excluded.is_held, "
            "is_quoted = excluded.is_quoted, quote_fee_msat = excluded.quote_fee_msat, "
            "quote_channels = excluded.quote_channels, receipt = excluded.receipt, "
            "is_receipt_overdue = excluded.is_receipt_overdue, problem = excluded.problem",
            (
                bytes(tip.tip_id),
                tip.status.name,
                b"" if zap is None else bytes(zap.recipient),
                None if zap is None else zap.event_id,
                None if zap is None else zap.kind,
                None if zap is None else zap.address,
                tip.target.address,
                tip.amount.value,
                tip.fee_limit.value,
                tip.comment,
                tip.created_at.ms,
                tip.undo_until.ms,
                tip.is_quoted,
                None if tip.quote is None else tip.quote.fee.value,
                None if tip.quote is None else tip.quote.channels,
                tip.receipt,
                tip.is_receipt_overdue,
                tip.problem,
                None if zap is None else zap.url,
                tip.target.node_id,
                tip.visibility.name,
                tip.gift,
                tip.app,
                tip.is_held,
            ),
        )
        if tip.bill is not None:
            self._save_bill(tip.tip_id, tip.bill)
        if tip.settlement is not None:
            self._save_settlement(tip.tip_id, tip.settlement)
        if tip.words is not WordsState.NONE:
            self._db.write(
                "INSERT OR REPLACE INTO tip_words VALUES (?, ?, ?)",
                (bytes(tip.tip_id), tip.words.name, tip.words_problem),
            )

    def _save_bill(self, tip_id: TipId, bill: Bill) -> None:
        self._db.write(
            "INSERT INTO tip_bills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (tip_id) DO NOTHING",
            (
                bytes(tip_id),
                bytes(bill.payment_hash),
                bill.invoice,
                bill.expires_at.ms,
                bill.fetched_at.ms,
                bill.provider,
                "",
                bill.sender,
                "" if bill.action is None else success.to_text(bill.action),
                bill.preimage,
            ),
        )

    def _save_settlement(self, tip_id: TipId, settlement: Succeeded) -> None:
        self._db.write(
            "INSERT INTO tip_settlements VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tip_id) DO NOTHING",
            (
                bytes(tip_id),
                bytes(settlement.preimage),
                settlement.amount.value,
                settlement.fee.value,
                encode_hops(settlement.route),
                settlement.settled_at.ms,
            ),
        )

    def tips(self) -> list[Tip]:
        """See `TipLedgerStore.tips`."""
        return [_tip(row) for row in self._db.read(_SELECT_TIPS)]

    def append(self, entry: LedgerEntry) -> None:
        """See `TipLedgerStore.append`."""
        self._db.write(
            "INSERT INTO tip_ledger (tip_id, kind, closes, at_ms, wallet_msat, held_msat, "
            "tipped_msat, fees_msat) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(entry.tip_id),
                entry.kind.value,
                entry.kind.closes,
                entry.at.ms,
                entry.change.wallet.value,
                entry.change.held.value,
                entry.change.tipped.value,
                entry.change.fees.value,
            ),
        )

    def used_since(
        self, at: Instant, *, recipient: XOnlyPubkey | None = None, app: str | None = None
    ) -> Msat:
        """See `TipLedgerStore.used_since`."""
        narrowed = ""
        values: list[object] = [at.ms]
        if recipient is not None:
            narrowed += " AND t.recipient = ?"
            values.append(bytes(recipient))
        if app is not None:
            narrowed += " AND t.app = ?"
            values.append(app)
        ((used,),) = self._db.read(
            "SELECT coalesce(sum(-e.wallet_msat), 0) FROM tip_ledger h "
            "JOIN tips t ON t.tip_id = h.tip_id JOIN tip_ledger e ON e.tip_id = h.tip_id "
            f"WHERE h.closes = 0 AND h.at_ms >= ?{narrowed}",
            tuple(values),
        )
        return Msat(used)

    def entries(self) -> list[LedgerEntry]:
        """See `TipLedgerStore.entries`."""
        rows = self._db.read(
            "SELECT tip_id, kind, at_ms, wallet_msat, held_msat, tipped_msat, fees_msat "
            "FROM tip_ledger ORDER BY number"
        )
        return [
            LedgerEntry(
                tip_id=TipId(tip_id),
                kind=EntryKind(kind),
                at=Instant(at),
                change=Balances(
                    wallet=Msat(wallet), held=Msat(held), tipped=Msat(tipped), fees=Msat(fees)
                ),
            )
            for tip_id, kind, at, wallet, held, tipped, fees in rows
        ]


def encode_hops(route: tuple[RouteHop, ...]) -> bytes:
    """49 bytes a hop: node, channel, fee in msat."""
    return b"".join(
        hop.node_id + hop.short_channel_id.to_bytes(8, "big") + hop.fee.value.to_bytes(8, "big")
        for hop in route
    )


def decode_hops(data: bytes) -> tuple[RouteHop, ...]:
    """The reverse of `encode_hops`."""
    hops = (data[start : start + _HOP_BYTES] for start in range(0, len(data), _HOP_BYTES))
    return tuple(
        RouteHop(
            node_id=NodeId(hop[:33]),
            short_channel_id=ShortChannelId.from_bytes(hop[33:41], "big"),
            fee=Msat(int.from_bytes(hop[41:], "big")),
        )
        for hop in hops
    )


def read_target(
    recipient: bytes,
    event_id: bytes | None,
    kind: int | None,
    address: str | None,
    url: str | None = None,
) -> ZapTarget:
    """A target from its columns."""
    return ZapTarget(
        recipient=XOnlyPubkey(recipient),
        event_id=None if event_id is None else EventId(event_id),
        kind=kind,
        address=address,
        url=url,
    )


def _tip(row: tuple[Any, ...]) -> Tip:
    bill = _bill(row[_TIP_COLUMNS : _TIP_COLUMNS + _BILL_COLUMNS])
    words, words_problem = row[-2:]
    (tip_id, status, recipient, event_id, kind, event_address, address, amount, limit, comment,
     created_at, undo_until, is_quoted, fee, channels, receipt, is_overdue, problem, url, node_id,
     visibility, gift, app, is_held) = row[
        :_TIP_COLUMNS
    ]  # fmt: skip
    return Tip(
        tip_id=TipId(tip_id),
        target=Target(
            read_target(recipient, event_id, kind, event_address, url) if recipient else None,
            address,
            None if node_id is None else NodeId(node_id),
        ),
        amount=Msat(amount),
        comment=comment,
        fee_limit=Msat(limit),
        created_at=Instant(created_at),
        undo_until=Instant(undo_until),
        visibility=Visibility[visibility],
        gift=None if gift is None else TipId(gift),
        app=app,
        is_held=bool(is_held),
        status=TipStatus[status],
        bill=bill,
        quote=None if fee is None else Quote(fee=Msat(fee), channels=channels),
        is_quoted=bool(is_quoted),
        settlement=_settlement(bill, row[_TIP_COLUMNS + _BILL_COLUMNS : -2]),
        words=WordsState.NONE if words is None else WordsState[words],
        words_problem=words_problem or "",
        receipt=None if receipt is None else EventId(receipt),
        is_receipt_overdue=bool(is_overdue),
        problem=problem,
    )


def _bill(columns: tuple[Any, ...]) -> Bill | None:
    payment_hash, invoice, expires_at, fetched_at, provider, message, sender, action, preimage = (
        columns
    )
    if payment_hash is None:
        return None
    return Bill(
        invoice=invoice,
        payment_hash=PaymentHash(payment_hash),
        expires_at=Instant(expires_at),
        fetched_at=Instant(fetched_at),
        provider=None if provider is None else XOnlyPubkey(provider),
        sender=None if sender is None else XOnlyPubkey(sender),
        # A plain text is from a version that kept nothing else.
        action=success.from_text(action) if action else Message(message) if message else None,
        preimage=None if preimage is None else Preimage(preimage),
    )


def _settlement(bill: Bill | None, columns: tuple[Any, ...]) -> Succeeded | None:
    preimage, amount, fee, route, settled_at = columns
    if preimage is None or bill is None:
        return None
    return Succeeded(
        payment_hash=bill.payment_hash,
        preimage=Preimage(preimage),
        amount=Msat(amount),
        fee=Msat(fee),
        route=decode_hops(route),
        settled_at=Instant(settled_at),
    )
