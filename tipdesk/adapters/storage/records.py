"""Receipts, tips that came in, the wallet's history and settings, over `money.db`."""

from typing import Any

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.ledger import read_target
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, Preimage, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.stores_tips import ProviderKey
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.incoming import IncomingRecord, Settlement
from tipdesk.tips.receipt import JudgedReceipt, TrustGrade, UnverifiedReceipt


class MoneyReceiptStore:
    """See `ReceiptStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `ReceiptStore.commit`."""
        self._db.commit()

    def save_receipt(self, receipt: JudgedReceipt) -> None:
        """See `ReceiptStore.save_receipt`."""
        target = receipt.target
        self._db.write(
            "INSERT OR REPLACE INTO zap_receipts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(receipt.payment_hash),
                bytes(receipt.id),
                receipt.grade.name,
                receipt.amount.value,
                bytes(receipt.sender),
                bytes(target.recipient),
                target.event_id,
                target.kind,
                target.address,
                receipt.comment,
                bytes(receipt.signer),
                receipt.paid_at.ms,
                receipt.judged_at.ms,
            ),
        )

    def receipts(self) -> list[JudgedReceipt]:
        """See `ReceiptStore.receipts`."""
        return [_receipt(row) for row in self._db.read("SELECT * FROM zap_receipts")]

    def save_unverified(self, receipt: UnverifiedReceipt, *, keep: int) -> None:
        """See `ReceiptStore.save_unverified`."""
        self._db.write(
            "INSERT OR IGNORE INTO zap_unverified (receipt, flaw, recipient, event_id, "
            "claimed_msat, signer, seen_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(receipt.id),
                receipt.flaw,
                bytes(receipt.recipient),
                receipt.event_id,
                None if receipt.claimed is None else receipt.claimed.value,
                bytes(receipt.signer),
                receipt.seen_at.ms,
            ),
        )
        self._db.write(
            "DELETE FROM zap_unverified WHERE number <= "
            "(SELECT max(number) FROM zap_unverified) - ?",
            (keep,),
        )

    def forget_unverified(self, receipt: EventId) -> None:
        """See `ReceiptStore.forget_unverified`."""
        self._db.write("DELETE FROM zap_unverified WHERE receipt = ?", (bytes(receipt),))

    def unverified(self) -> list[UnverifiedReceipt]:
        """See `ReceiptStore.unverified`."""
        rows = self._db.read(
            "SELECT receipt, flaw, recipient, event_id, claimed_msat, signer, seen_at_ms "
            "FROM zap_unverified ORDER BY number"
        )
        return [_unverified(row) for row in rows]

    def save_provider(self, key: ProviderKey) -> None:
        """See `ReceiptStore.save_provider`."""
        self._db.write(
            "INSERT OR REPLACE INTO zap_providers VALUES (?, ?, ?, ?)",
            (bytes(key.recipient), bytes(key.provider), key.first_seen.ms, key.last_seen.ms),
        )

    def providers(self) -> list[ProviderKey]:
        """See `ReceiptStore.providers`."""
        rows = self._db.read("SELECT * FROM zap_providers ORDER BY last_seen_ms DESC")
        return [
            ProviderKey(
                recipient=XOnlyPubkey(recipient),
                provider=XOnlyPubkey(provider),
                first_seen=Instant(first_seen),
                last_seen=Instant(last_seen),
            )
            for recipient, provider, first_seen, last_seen in rows
        ]


class MoneyIncomingStore:
    """See `IncomingTipStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `IncomingTipStore.commit`."""
        self._db.commit()

    def save_incoming(self, record: IncomingRecord) -> None:
        """See `IncomingTipStore.save_incoming`."""
        paid = record.settlement
        self._db.write(
            "INSERT OR REPLACE INTO incoming_tips VALUES "
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(record.payment_hash),
                record.invoice,
                record.amount.value,
                record.zap_request,
                record.comment,
                record.created_at.ms,
                record.expires_at.ms,
                None if paid is None else bytes(paid.preimage),
                None if paid is None else paid.amount.value,
                None if paid is None else paid.at.ms,
                record.receipt,
                record.is_published,
                record.is_given_up,
                "\n".join(record.taken_by),
                record.is_delivered,
                record.claimed_name,
            ),
        )

    def incoming(self, payment_hash: PaymentHash) -> IncomingRecord | None:
        """See `IncomingTipStore.incoming`."""
        rows = self._db.read(
            "SELECT * FROM incoming_tips WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        return next((_incoming(row) for row in rows), None)

    def paid(self) -> list[IncomingRecord]:
        """See `IncomingTipStore.paid`."""
        rows = self._db.read(
            "SELECT * FROM incoming_tips WHERE settled_at_ms IS NOT NULL ORDER BY settled_at_ms"
        )
        return [_incoming(row) for row in rows]

    def owing(self) -> list[IncomingRecord]:
        """See `IncomingTipStore.owing`."""
        rows = self._db.read(
            "SELECT * FROM incoming_tips WHERE settled_at_ms IS NOT NULL AND zap_request <> '' "
            "AND NOT is_delivered AND NOT is_given_up"
        )
        return [_incoming(row) for row in rows]

    def unpaid(self) -> list[IncomingRecord]:
        """See `IncomingTipStore.unpaid`."""
        rows = self._db.read("SELECT * FROM incoming_tips WHERE settled_at_ms IS NULL")
        return [_incoming(row) for row in rows]

    def last_unasked_at(self) -> Instant:
        """See `IncomingTipStore.last_unasked_at`."""
        ((at,),) = self._db.read(
            "SELECT coalesce(max(settled_at_ms), 0) FROM incoming_tips WHERE invoice = ''"
        )
        return Instant(at)

    def forget_unpaid(self, before: Instant) -> None:
        """See `IncomingTipStore.forget_unpaid`."""
        self._db.write(
            "DELETE FROM incoming_tips WHERE settled_at_ms IS NULL AND expires_at_ms < ?",
            (before.ms,),
        )


class MoneyHistoryStore:
    """See `HistoryStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `HistoryStore.commit`."""
        self._db.commit()

    def save_payment(self, record: HistoryRecord) -> None:
        """See `HistoryStore.save_payment`."""
        self._db.write(
            "INSERT OR REPLACE INTO wallet_history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(record.payment_hash),
                record.direction.name,
                record.invoice,
                None if record.amount is None else record.amount.value,
                record.description,
                record.state.name,
                record.at.ms,
                record.expires_at.ms,
                None if record.fee is None else record.fee.value,
                record.problem,
            ),
        )

    def history(self) -> list[HistoryRecord]:
        """See `HistoryStore.history`."""
        rows = self._db.read("SELECT * FROM wallet_history ORDER BY at_ms, rowid")
        return [_history(row) for row in rows]


class MoneySettingsStore:
    """See `SettingsStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def setting(self, name: str) -> str | None:
        """See `SettingsStore.setting`."""
        rows = self._db.read("SELECT value FROM settings WHERE name = ?", (name,))
        return next((value for (value,) in rows), None)

    def put_setting(self, name: str, value: str) -> None:
        """See `SettingsStore.put_setting`."""
        self._db.write("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
        self._db.commit()


def _receipt(row: tuple[Any, ...]) -> JudgedReceipt:
    (payment_hash, receipt, grade, amount, sender, recipient, event_id, kind, address, comment,
     signer, paid_at, judged_at) = row  # fmt: skip
    return JudgedReceipt(
        id=EventId(receipt),
        grade=TrustGrade[grade],
        payment_hash=PaymentHash(payment_hash),
        amount=Msat(amount),
        sender=XOnlyPubkey(sender),
        target=read_target(recipient, event_id, kind, address),
        comment=comment,
        signer=XOnlyPubkey(signer),
        paid_at=Instant(paid_at),
        judged_at=Instant(paid_at if judged_at is None else judged_at),
    )


def _unverified(row: tuple[Any, ...]) -> UnverifiedReceipt:
    receipt, flaw, recipient, event_id, claimed, signer, seen_at = row
    return UnverifiedReceipt(
        id=EventId(receipt),
        flaw=flaw,
        recipient=XOnlyPubkey(recipient),
        event_id=None if event_id is None else EventId(event_id),
        claimed=None if claimed is None else Msat(claimed),
        signer=XOnlyPubkey(signer),
        seen_at=Instant(seen_at),
    )


def _incoming(row: tuple[Any, ...]) -> IncomingRecord:
    (payment_hash, invoice, amount, zap_request, comment, created_at, expires_at, preimage,
     received, settled_at, receipt, is_published, is_given_up, taken_by, is_delivered,
     claimed_name) = row  # fmt: skip
    settlement = None
    if preimage is not None:
        settlement = Settlement(Preimage(preimage), Msat(received), Instant(settled_at))
    return IncomingRecord(
        payment_hash=PaymentHash(payment_hash),
        invoice=invoice,
        amount=Msat(amount),
        zap_request=zap_request,
        comment=comment,
        created_at=Instant(created_at),
        expires_at=Instant(expires_at),
        settlement=settlement,
        receipt=receipt,
        taken_by=tuple(taken_by.split("\n")) if taken_by else (),
        is_published=bool(is_published),
        is_delivered=bool(is_delivered),
        claimed_name=claimed_name,
        is_given_up=bool(is_given_up),
    )


def _history(row: tuple[Any, ...]) -> HistoryRecord:
    payment_hash, direction, invoice, amount, description, state, at, expires_at, fee, problem = row
    return HistoryRecord(
        payment_hash=PaymentHash(payment_hash),
        direction=Direction[direction],
        invoice=invoice,
        amount=None if amount is None else Msat(amount),
        description=description,
        state=PaymentState[state],
        at=Instant(at),
        expires_at=Instant(expires_at),
        fee=None if fee is None else Msat(fee),
        problem=problem,
    )
