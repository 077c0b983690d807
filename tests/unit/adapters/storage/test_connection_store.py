"""Connected apps in `money.db`: what is kept comes back, and what cannot be is refused."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FAN, START, STRANGER
from tipdesk.adapters.storage.connections import MoneyConnectionStore
from tipdesk.adapters.storage.connections_schema import CONNECTIONS_SCHEMA
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.errors import StorageError
from tipdesk.base.ids import EventId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.ports.connections import KeptRequest, Wanted
from tipdesk.tips.connection import (
    BudgetPeriod,
    Connection,
    Order,
    OrderState,
    Permission,
    ServedInvoice,
    Sums,
    commit,
    hold,
    release,
)
from tipdesk.tips.payment import FailureReason

AMETHYST = Connection(
    id=7,
    name="Amethyst",
    client=FAN.x_only,
    permissions=frozenset(Permission),
    budget=Msat(50_000),
    period=BudgetPeriod.WEEK,
    relays=("wss://one.example", "wss://two.example"),
    created_at=START,
)
SHOP = replace(
    AMETHYST,
    id=8,
    name="Shop",
    client=STRANGER.x_only,
    permissions=frozenset(),
    budget=None,
    relays=(),
    created_at=START.plus_ms(1),
    expires_at=START.plus_ms(2),
    last_used_at=START.plus_ms(3),
    revoked_at=START.plus_ms(4),
)
ORDER = Order(
    id=EventId(bytes([1]) * 32),
    connection_id=7,
    payment_hash=PaymentHash(bytes([2]) * 32),
    invoice="lnbcrt1",
    description="tea",
    amount=Msat(21_000),
    max_fee=Msat(3_000),
    at=START,
    expires_at=START.plus_ms(60_000),
)
INVOICE = ServedInvoice(
    connection_id=7,
    payment_hash=PaymentHash(bytes([3]) * 32),
    invoice="lnbcrt2",
    description="cake",
    description_hash=bytes(32),
    amount=None,
    at=START.plus_ms(5),
    expires_at=START.plus_ms(60_000),
)
REQUEST = KeptRequest(id=EventId(bytes([4]) * 32), connection_id=8, method="pay", at=START)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MoneyConnectionStore]:
    database = MoneyDatabase(tmp_path / "money.db", (CONNECTIONS_SCHEMA,))
    made = MoneyConnectionStore(database)
    made.save(AMETHYST)
    made.save(SHOP)
    made.commit()
    yield made
    database.close()


def test_connections_come_back_as_they_were_kept(store: MoneyConnectionStore) -> None:
    assert store.connections() == [AMETHYST, SHOP]
    changed = replace(AMETHYST, name="Other", budget=None, permissions=frozenset())
    store.save(changed)
    assert store.connections() == [changed, SHOP]


def test_orders_come_back_as_they_were_kept(store: MoneyConnectionStore) -> None:
    store.save_order(ORDER)
    assert store.order(ORDER.id) == store.order_of(ORDER.payment_hash) == ORDER
    assert store.orders_under_way() == [ORDER]
    failed = replace(ORDER, state=OrderState.FAILED, reason=FailureReason.NO_ROUTE)
    store.save_order(failed)
    assert store.order(ORDER.id) == failed
    assert store.orders_under_way() == []
    again = replace(ORDER, id=EventId(bytes([9]) * 32), is_held=False)
    store.save_order(again)
    assert store.order_of(ORDER.payment_hash) == again
    paid = replace(
        again,
        state=OrderState.PAID,
        preimage=Preimage(bytes(32)),
        fee=Msat(4),
        settled_at=START,
    )
    store.save_order(paid)
    assert store.order(again.id) == paid


def test_a_second_order_for_a_hash_that_did_not_fail_is_refused(
    store: MoneyConnectionStore,
) -> None:
    store.save_order(ORDER)
    with pytest.raises(StorageError):
        store.save_order(replace(ORDER, id=EventId(bytes([9]) * 32), connection_id=8))


def test_the_ledger_adds_up_and_counts_from_when_an_order_began(
    store: MoneyConnectionStore,
) -> None:
    later = replace(
        ORDER,
        id=EventId(bytes([5]) * 32),
        payment_hash=PaymentHash(bytes([5]) * 32),
        at=START.plus_ms(1_000),
    )
    for order in (ORDER, later):
        store.save_order(order)
        store.append(hold(order))
    store.append(commit(ORDER, Msat(1_000), START.plus_ms(2_000)))
    assert store.sums(7) == Sums(held=Msat(24_000), spent=Msat(22_000))
    assert store.used_since(7, START) == Msat(46_000)
    assert store.used_since(7, START.plus_ms(1)) == Msat(24_000)
    assert store.used_since(8, START) == Msat(0)
    store.append(release(later, START))
    assert store.used_since(7, START.plus_ms(1)) == Msat(0)
    assert [entry.order_id for entry in store.entries()] == [
        ORDER.id,
        later.id,
        ORDER.id,
        later.id,
    ]
    assert store.entries()[0] == hold(ORDER)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda store: store.append(release(ORDER, START)),
        lambda store: (store.append(hold(ORDER)), store.append(hold(ORDER))),
        lambda store: (
            store.append(hold(ORDER)),
            store.append(release(ORDER, START)),
            store.append(commit(ORDER, Msat(0), START)),
        ),
        lambda store: (
            store.append(hold(ORDER)),
            store.append(release(replace(ORDER, max_fee=Msat(4_000)), START)),
        ),
        lambda store: store._db.write(
            "INSERT INTO connection_ledger VALUES (NULL, ?, 'hold', 0, 0, -2, 1, 0)",
            (bytes(ORDER.id),),
        ),
        lambda store: store._db.write(
            "INSERT INTO connection_ledger VALUES (NULL, ?, 'hold', 0, 0, 1, -1, 0)",
            (bytes(ORDER.id),),
        ),
    ],
    ids=[
        "closes what was not held",
        "holds twice",
        "closes twice",
        "closes more than was held",
        "does not sum to zero",
        "holds less than nothing",
    ],
)
def test_class_36_the_database_refuses_an_entry_that_cannot_be(
    store: MoneyConnectionStore, wrong: Callable[[MoneyConnectionStore], object]
) -> None:
    store.save_order(ORDER)
    with pytest.raises(StorageError) as refused:
        wrong(store)
    assert isinstance(refused.value.__cause__, sqlite3.IntegrityError)


def test_invoices_come_back_and_are_paid_once(store: MoneyConnectionStore) -> None:
    store.save_invoice(INVOICE)
    assert store.invoice(INVOICE.payment_hash) == INVOICE
    assert store.unpaid_invoices() == [INVOICE]
    paid = replace(
        INVOICE, preimage=Preimage(bytes(32)), received=Msat(9), settled_at=START.plus_ms(9)
    )
    store.save_invoice(paid)
    assert store.invoice(INVOICE.payment_hash) == paid
    assert store.unpaid_invoices() == []


def test_who_joins_an_order_finds_it_in_its_history_too(store: MoneyConnectionStore) -> None:
    store.save_order(ORDER)
    store.save_invoice(INVOICE)
    assert store.order_of(ORDER.payment_hash, 8) is None
    store.save_request(replace(REQUEST, order_id=ORDER.id))
    assert store.order_of(ORDER.payment_hash, 8) == ORDER
    assert store.history(Wanted(connection_id=8, limit=9, unsettled=True)) == [ORDER]
    assert store.history(Wanted(connection_id=7, limit=9, unsettled=True)) == [INVOICE, ORDER]
    assert store.history(Wanted(connection_id=7, limit=9)) == []


def test_requests_are_remembered_while_they_may_come_again(store: MoneyConnectionStore) -> None:
    store.save_order(ORDER)
    asked = replace(REQUEST, order_id=ORDER.id)
    store.save_request(REQUEST)
    assert store.request(REQUEST.id) == REQUEST
    assert store.owed() == []
    store.save_request(asked)
    assert store.owed() == [asked]
    long_after = START.plus_ms(10**9)
    store.forget(requests=long_after, records=START)
    assert store.request(REQUEST.id) == asked, "its order is under way"
    store.save_order(replace(ORDER, state=OrderState.FAILED))
    store.save_request(replace(asked, is_answered=True))
    store.forget(requests=START, records=START)
    assert store.request(REQUEST.id), "it came at that moment, not before"
    store.forget(requests=long_after, records=START)
    assert store.request(REQUEST.id) is None


def test_old_failures_and_unpaid_invoices_are_forgotten_and_the_sums_stay(
    store: MoneyConnectionStore,
) -> None:
    paid = replace(ORDER, id=EventId(bytes([5]) * 32), payment_hash=PaymentHash(bytes([5]) * 32))
    for order in (ORDER, paid):
        store.save_order(order)
        store.append(hold(order))
    store.append(release(ORDER, START))
    store.append(commit(paid, Msat(0), START))
    store.save_order(replace(ORDER, state=OrderState.FAILED))
    store.save_order(replace(paid, state=OrderState.PAID))
    store.save_request(replace(REQUEST, order_id=ORDER.id, is_answered=True))
    store.save_invoice(INVOICE)
    before = store.sums(7)
    store.forget(requests=START.plus_ms(1), records=START.plus_ms(60_001))
    assert store.order(ORDER.id) is None
    assert store.order(paid.id) is not None
    assert store.invoice(INVOICE.payment_hash) is None
    assert store.sums(7) == before == Sums(spent=Msat(21_000))
