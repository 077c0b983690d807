"""What the services keep is read back whole, and the database refuses what must not be."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import CREATOR, FAN, PROVIDER, ROUTE, START, preimage_of
from tests.unit.tips.conftest import INVOICE, POST, QUOTE, after, new_tip
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.ledger import TIP_MIGRATIONS, MoneyTipStore
from tipdesk.adapters.storage.records import (
    MoneyHistoryStore,
    MoneyIncomingStore,
    MoneyReceiptStore,
    MoneySettingsStore,
)
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.ports.stores_tips import (
    HistoryStore,
    IncomingTipStore,
    ProviderKey,
    ReceiptStore,
    SettingsStore,
    TipLedgerStore,
)
from tipdesk.tips import event as on
from tipdesk.tips import ledger
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.incoming import IncomingRecord, Settlement
from tipdesk.tips.payment import Succeeded
from tipdesk.tips.receipt import JudgedReceipt, TrustGrade, UnverifiedReceipt
from tipdesk.tips.tip import TipStatus, WordsState

HASH = PaymentHash(sha256(preimage_of(1)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "money.db"


def opened(path: Path) -> MoneyDatabase:
    return MoneyDatabase(path, TIP_MIGRATIONS)


def test_tips_of_every_stage_read_back_whole(path: Path) -> None:
    paying = after(on.Begin(), INVOICE, on.Quoted(QUOTE), on.WindowOver())
    paid = replace(
        paying,
        status=TipStatus.RECEIPT_SEEN,
        receipt=EventId(b"\x05" * 32),
        is_receipt_overdue=True,
        problem="x",
        words=WordsState.LOST,
        words_problem="why",
        settlement=Succeeded(
            payment_hash=HASH,
            preimage=preimage_of(1),
            amount=Msat(21_000),
            fee=Msat(1_001),
            route=ROUTE,
            settled_at=START.plus_ms(9),
        ),
    )
    draft = replace(new_tip(number=2), created_at=START.plus_ms(1), comment="\u2764 it's")
    database = opened(path)
    store: TipLedgerStore = MoneyTipStore(database)
    for tip in (paying, draft, paid):
        store.save_tip(tip)
    database.close()
    database = opened(path)
    assert MoneyTipStore(database).tips() == [paid, draft]
    database.close()


def test_the_ledger_reads_back_in_order_and_refuses_a_second_of_a_kind(path: Path) -> None:
    tip = new_tip()
    database = opened(path)
    store = MoneyTipStore(database)
    store.save_tip(tip)
    reserved = ledger.reserved(tip.tip_id, amount=Msat(5), max_fee=Msat(1), at=START)
    released = ledger.released(tip.tip_id, amount=Msat(5), max_fee=Msat(1), at=START)
    settled = ledger.settled(tip.tip_id, amount=Msat(5), max_fee=Msat(1), fee=Msat(0), at=START)
    store.append(reserved)
    store.append(released)
    store.commit()
    for again in (reserved, released, settled):
        with pytest.raises(StorageError):
            store.append(again)
    assert store.entries() == [reserved, released]
    database.close()


def test_two_tips_never_share_a_payment_hash(path: Path) -> None:
    database = opened(path)
    store = MoneyTipStore(database)
    tip = after(on.Begin(), INVOICE)
    store.save_tip(tip)
    with pytest.raises(StorageError):
        store.save_tip(replace(tip, tip_id=new_tip(number=2).tip_id))
    database.close()


def test_receipts_and_provider_keys_read_back(path: Path) -> None:
    database = opened(path)
    store: ReceiptStore = MoneyReceiptStore(database)
    receipt = JudgedReceipt(
        id=EventId(b"\x01" * 32),
        grade=TrustGrade.B,
        payment_hash=HASH,
        amount=Msat(21_000),
        sender=FAN.x_only,
        target=ZapTarget(recipient=CREATOR.x_only, event_id=POST, kind=1),
        comment="hi",
        signer=PROVIDER.x_only,
        paid_at=START,
        judged_at=START.plus_ms(1),
    )
    better = replace(receipt, grade=TrustGrade.A)
    store.save_receipt(receipt)
    store.save_receipt(better)
    keys = [
        ProviderKey(
            recipient=CREATOR.x_only,
            provider=XOnlyPubkey(bytes([n]) * 32),
            first_seen=START,
            last_seen=START.plus_ms(n),
        )
        for n in (1, 2)
    ]
    for key in keys:
        store.save_provider(key)
    store.commit()
    assert store.receipts() == [better]
    assert store.providers() == keys[::-1]
    database.close()


def test_of_receipts_that_nothing_vouches_for_the_latest_stay(path: Path) -> None:
    database = opened(path)
    store: ReceiptStore = MoneyReceiptStore(database)
    doubtful = [
        UnverifiedReceipt(
            id=EventId(bytes([n]) * 32),
            flaw="FORGED",
            recipient=CREATOR.x_only,
            event_id=POST if n % 2 else None,
            claimed=Msat(n) if n % 2 else None,
            signer=PROVIDER.x_only,
            seen_at=START.plus_ms(n),
        )
        for n in range(1, 6)
    ]
    for one in (*doubtful, doubtful[-1]):
        store.save_unverified(one, keep=3)
    assert store.unverified() == doubtful[2:]
    store.forget_unverified(doubtful[3].id)
    assert store.unverified() == [doubtful[2], doubtful[4]]
    database.close()


def test_incoming_tips_read_back_and_old_unpaid_invoices_are_forgotten(path: Path) -> None:
    database = opened(path)
    store: IncomingTipStore = MoneyIncomingStore(database)
    unpaid = IncomingRecord(
        payment_hash=HASH,
        invoice="lnbcrt1",
        amount=Msat(21_000),
        zap_request='{"kind":9734}',
        comment="",
        created_at=START,
        expires_at=START.plus_ms(1_000),
    )
    paid = replace(
        unpaid,
        payment_hash=PaymentHash(bytes(32)),
        settlement=Settlement(preimage_of(2), Msat(21_000), START.plus_ms(5)),
        receipt="{}",
        taken_by=("wss://a", "wss://b"),
        is_published=True,
        is_delivered=True,
    )
    store.save_incoming(unpaid)
    store.save_incoming(paid)
    store.commit()
    assert (store.paid(), store.unpaid(), store.incoming(HASH)) == ([paid], [unpaid], unpaid)
    assert store.owing() == []
    owing = replace(paid, is_delivered=False)
    store.save_incoming(owing)
    assert store.owing() == [owing]
    for done in (replace(owing, is_given_up=True), replace(owing, zap_request=""), paid):
        store.save_incoming(done)
        assert store.owing() == []
    store.forget_unpaid(START.plus_ms(1_000))
    assert store.unpaid() == [unpaid]
    store.forget_unpaid(START.plus_ms(1_001))
    assert (store.paid(), store.unpaid(), store.incoming(HASH)) == ([paid], [], None)
    database.close()


def test_the_wallets_history_and_the_settings_read_back(path: Path) -> None:
    database = opened(path)
    history: HistoryStore = MoneyHistoryStore(database)
    record = HistoryRecord(
        payment_hash=HASH,
        direction=Direction.OUT,
        invoice="lnbcrt1",
        amount=None,
        description="x",
        state=PaymentState.IN_FLIGHT,
        at=START,
        expires_at=START.plus_ms(5),
    )
    done = replace(record, state=PaymentState.SUCCEEDED, fee=Msat(5), amount=Msat(9))
    history.save_payment(record)
    history.save_payment(done)
    settings: SettingsStore = MoneySettingsStore(database)
    assert settings.setting("follows") is None
    settings.put_setting("follows", "[1]")
    settings.put_setting("follows", "[]")
    database.close()
    database = opened(path)
    assert MoneyHistoryStore(database).history() == [done]
    assert MoneySettingsStore(database).setting("follows") == "[]"
    database.close()
