"""What `money.db` holds of connected apps: the tables, and their rows as values.

The database itself refuses an entry that does not sum to zero, a second hold or a second closing
of one order, a closing of another sum than was held, and a second order for a payment hash as long
as the first has not failed.
"""

from typing import Any, Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, Preimage, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.connections import KeptRequest
from tipdesk.tips.connection import (
    BudgetPeriod,
    Connection,
    Entry,
    EntryKind,
    Order,
    OrderState,
    Permission,
    ServedInvoice,
)
from tipdesk.tips.payment import FailureReason

CONNECTIONS_SCHEMA: Final = """
CREATE TABLE connections (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, client BLOB NOT NULL UNIQUE,
    permissions TEXT NOT NULL, budget_msat INTEGER CHECK (budget_msat > 0), period TEXT NOT NULL,
    relays TEXT NOT NULL, created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER,
    last_used_at_ms INTEGER, revoked_at_ms INTEGER
);
CREATE TABLE connection_orders (
    order_id BLOB PRIMARY KEY, connection_id INTEGER NOT NULL REFERENCES connections,
    payment_hash BLOB NOT NULL, invoice TEXT NOT NULL, description TEXT NOT NULL,
    amount_msat INTEGER NOT NULL CHECK (amount_msat > 0),
    max_fee_msat INTEGER NOT NULL CHECK (max_fee_msat >= 0), at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL, is_held INTEGER NOT NULL, state TEXT NOT NULL,
    preimage BLOB, fee_msat INTEGER, settled_at_ms INTEGER, reason TEXT
);
CREATE UNIQUE INDEX connection_orders_once ON connection_orders (payment_hash)
    WHERE state <> 'FAILED';
CREATE INDEX connection_orders_of ON connection_orders (payment_hash);
CREATE INDEX connection_orders_by ON connection_orders (connection_id, at_ms);
CREATE INDEX connection_orders_unfinished ON connection_orders (at_ms) WHERE state = 'UNDER_WAY';
CREATE TABLE connection_ledger (
    number INTEGER PRIMARY KEY, order_id BLOB NOT NULL REFERENCES connection_orders,
    kind TEXT NOT NULL, closes INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    free_msat INTEGER NOT NULL, held_msat INTEGER NOT NULL,
    spent_msat INTEGER NOT NULL CHECK (spent_msat >= 0),
    UNIQUE (order_id, closes), CHECK (free_msat + held_msat + spent_msat = 0),
    CHECK (CASE closes WHEN 0 THEN held_msat > 0 AND spent_msat = 0 ELSE held_msat < 0 END)
);
CREATE TRIGGER connection_ledger_closes BEFORE INSERT ON connection_ledger WHEN NEW.closes
BEGIN
    SELECT raise(ABORT, 'closes what was not held') WHERE NOT EXISTS (
        SELECT 1 FROM connection_ledger h WHERE h.order_id = NEW.order_id AND h.closes = 0
        AND h.held_msat = -NEW.held_msat
    );
END;
CREATE TABLE connection_joins (
    connection_id INTEGER NOT NULL REFERENCES connections,
    order_id BLOB NOT NULL REFERENCES connection_orders, PRIMARY KEY (connection_id, order_id)
) WITHOUT ROWID;
CREATE TABLE connection_invoices (
    payment_hash BLOB PRIMARY KEY, connection_id INTEGER NOT NULL REFERENCES connections,
    invoice TEXT NOT NULL, description TEXT NOT NULL, description_hash BLOB,
    amount_msat INTEGER, at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL,
    preimage BLOB, received_msat INTEGER, settled_at_ms INTEGER
);
CREATE INDEX connection_invoices_by ON connection_invoices (connection_id, at_ms);
CREATE INDEX connection_invoices_unpaid ON connection_invoices (expires_at_ms)
    WHERE settled_at_ms IS NULL;
CREATE TABLE connection_requests (
    event_id BLOB PRIMARY KEY, connection_id INTEGER NOT NULL REFERENCES connections,
    method TEXT NOT NULL, at_ms INTEGER NOT NULL, order_id BLOB REFERENCES connection_orders,
    is_answered INTEGER NOT NULL
);
CREATE INDEX connection_requests_at ON connection_requests (at_ms);
CREATE INDEX connection_requests_of ON connection_requests (order_id) WHERE order_id IS NOT NULL
"""
"""A migration for `MoneyDatabase`."""


def read_entry(row: tuple[Any, ...]) -> Entry:
    """Of order_id, kind, at_ms, free_msat, held_msat, spent_msat."""
    order_id, kind, at, free, held, spent = row
    return Entry(
        order_id=EventId(order_id),
        kind=EntryKind(kind),
        at=Instant(at),
        free=Msat(free),
        held=Msat(held),
        spent=Msat(spent),
    )


def _at(ms: int | None) -> Instant | None:
    return None if ms is None else Instant(ms)


def _amount(msat: int | None) -> Msat | None:
    return None if msat is None else Msat(msat)


def read_connection(row: tuple[Any, ...]) -> Connection:
    """A connection from its row."""
    (connection_id, name, client, permissions, budget, period, relays, created_at, expires_at,
     last_used_at, revoked_at) = row  # fmt: skip
    return Connection(
        id=connection_id,
        name=name,
        client=XOnlyPubkey(client),
        permissions=frozenset(Permission[one] for one in permissions.split()),
        budget=_amount(budget),
        period=BudgetPeriod[period],
        relays=tuple(relays.split("\n")) if relays else (),
        created_at=Instant(created_at),
        expires_at=_at(expires_at),
        last_used_at=_at(last_used_at),
        revoked_at=_at(revoked_at),
    )


def read_order(row: tuple[Any, ...]) -> Order:
    """An order from its row."""
    (order_id, connection_id, payment_hash, invoice, description, amount, max_fee, at, expires_at,
     is_held, state, preimage, fee, settled_at, reason) = row  # fmt: skip
    return Order(
        id=EventId(order_id),
        connection_id=connection_id,
        payment_hash=PaymentHash(payment_hash),
        invoice=invoice,
        description=description,
        amount=Msat(amount),
        max_fee=Msat(max_fee),
        at=Instant(at),
        expires_at=Instant(expires_at),
        is_held=bool(is_held),
        state=OrderState[state],
        preimage=None if preimage is None else Preimage(preimage),
        fee=_amount(fee),
        settled_at=_at(settled_at),
        reason=None if reason is None else FailureReason[reason],
    )


def read_invoice(row: tuple[Any, ...]) -> ServedInvoice:
    """An invoice from its row."""
    (payment_hash, connection_id, invoice, description, description_hash, amount, at, expires_at,
     preimage, received, settled_at) = row  # fmt: skip
    return ServedInvoice(
        connection_id=connection_id,
        payment_hash=PaymentHash(payment_hash),
        invoice=invoice,
        description=description,
        description_hash=description_hash,
        amount=_amount(amount),
        at=Instant(at),
        expires_at=Instant(expires_at),
        preimage=None if preimage is None else Preimage(preimage),
        received=_amount(received),
        settled_at=_at(settled_at),
    )


def read_request(row: tuple[Any, ...]) -> KeptRequest:
    """A request from its row."""
    request_id, connection_id, method, at, order_id, is_answered = row
    return KeptRequest(
        id=EventId(request_id),
        connection_id=connection_id,
        method=method,
        at=Instant(at),
        order_id=None if order_id is None else EventId(order_id),
        is_answered=bool(is_answered),
    )
