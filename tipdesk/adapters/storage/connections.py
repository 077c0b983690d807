"""`ConnectionStore` over `money.db`."""

from typing import Final

from tipdesk.adapters.storage.connections_schema import (
    read_connection,
    read_entry,
    read_invoice,
    read_order,
    read_request,
)
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.connections import KeptRequest, Wanted
from tipdesk.tips.connection import (
    Connection,
    Entry,
    Order,
    ServedInvoice,
    Sums,
)

_ORDER: Final = (
    "order_id, connection_id, payment_hash, invoice, description, amount_msat, max_fee_msat, "
    "at_ms, expires_at_ms, is_held, state, preimage, fee_msat, settled_at_ms, reason"
)
_INVOICE: Final = (
    "payment_hash, connection_id, invoice, description, description_hash, amount_msat, at_ms, "
    "expires_at_ms, preimage, received_msat, settled_at_ms"
)
_REQUEST: Final = "event_id, connection_id, method, at_ms, order_id, is_answered"
_OF_CONNECTION: Final = (
    "(connection_id = :who OR order_id IN "
    "(SELECT order_id FROM connection_joins WHERE connection_id = :who))"
)


class MoneyConnectionStore:
    """See `ConnectionStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `ConnectionStore.commit`."""
        self._db.commit()

    def save(self, connection: Connection) -> None:
        """See `ConnectionStore.save`. Who the client is never changes."""
        self._db.write(
            "INSERT INTO connections VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
            "permissions = excluded.permissions, budget_msat = excluded.budget_msat, "
            "period = excluded.period, relays = excluded.relays, "
            "expires_at_ms = excluded.expires_at_ms, "
            "last_used_at_ms = excluded.last_used_at_ms, revoked_at_ms = excluded.revoked_at_ms",
            (
                connection.id,
                connection.name,
                bytes(connection.client),
                " ".join(sorted(one.name for one in connection.permissions)),
                _msat(connection.budget),
                connection.period.name,
                "\n".join(connection.relays),
                connection.created_at.ms,
                _ms(connection.expires_at),
                _ms(connection.last_used_at),
                _ms(connection.revoked_at),
            ),
        )

    def connections(self) -> list[Connection]:
        """See `ConnectionStore.connections`."""
        rows = self._db.read("SELECT * FROM connections ORDER BY created_at_ms, id")
        return [read_connection(row) for row in rows]

    def used_since(self, connection_id: int, at: Instant) -> Msat:
        """See `ConnectionStore.used_since`."""
        ((used,),) = self._db.read(
            "SELECT coalesce(sum(l.held_msat + l.spent_msat), 0) FROM connection_orders o "
            "JOIN connection_ledger l ON l.order_id = o.order_id "
            "WHERE o.connection_id = ? AND o.at_ms >= ?",
            (connection_id, at.ms),
        )
        return Msat(used)

    def save_order(self, order: Order) -> None:
        """See `ConnectionStore.save_order`. What was ordered never changes."""
        self._db.write(
            f"INSERT INTO connection_orders ({_ORDER}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (order_id) DO UPDATE SET state = excluded.state, "
            "preimage = excluded.preimage, fee_msat = excluded.fee_msat, "
            "settled_at_ms = excluded.settled_at_ms, reason = excluded.reason",
            (
                bytes(order.id),
                order.connection_id,
                bytes(order.payment_hash),
                order.invoice,
                order.description,
                order.amount.value,
                order.max_fee.value,
                order.at.ms,
                order.expires_at.ms,
                order.is_held,
                order.state.name,
                None if order.preimage is None else bytes(order.preimage),
                _msat(order.fee),
                _ms(order.settled_at),
                None if order.reason is None else order.reason.name,
            ),
        )

    def order(self, order_id: EventId) -> Order | None:
        """See `ConnectionStore.order`."""
        return self._first_order("order_id = :key", bytes(order_id), None)

    def order_of(self, payment_hash: PaymentHash, connection_id: int | None = None) -> Order | None:
        """See `ConnectionStore.order_of`."""
        condition = "payment_hash = :key"
        if connection_id is not None:
            condition += f" AND {_OF_CONNECTION}"
        return self._first_order(condition, bytes(payment_hash), connection_id)

    def _first_order(self, condition: str, key: bytes, connection_id: int | None) -> Order | None:
        rows = self._db.read(
            f"SELECT {_ORDER} FROM connection_orders WHERE {condition} "
            "ORDER BY state = 'FAILED', at_ms DESC, rowid DESC LIMIT 1",
            {"key": key, "who": connection_id},
        )
        return next(map(read_order, rows), None)

    def orders_under_way(self) -> list[Order]:
        """See `ConnectionStore.orders_under_way`."""
        rows = self._db.read(
            f"SELECT {_ORDER} FROM connection_orders WHERE state = 'UNDER_WAY' ORDER BY at_ms"
        )
        return [read_order(row) for row in rows]

    def append(self, entry: Entry) -> None:
        """See `ConnectionStore.append`."""
        self._db.write(
            "INSERT INTO connection_ledger (order_id, kind, closes, at_ms, free_msat, held_msat, "
            "spent_msat) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                bytes(entry.order_id),
                entry.kind.value,
                entry.kind.closes,
                entry.at.ms,
                entry.free.value,
                entry.held.value,
                entry.spent.value,
            ),
        )

    def entries(self) -> list[Entry]:
        """See `ConnectionStore.entries`."""
        rows = self._db.read(
            "SELECT order_id, kind, at_ms, free_msat, held_msat, spent_msat "
            "FROM connection_ledger ORDER BY number"
        )
        return [read_entry(row) for row in rows]

    def sums(self, connection_id: int) -> Sums:
        """See `ConnectionStore.sums`."""
        ((held, spent),) = self._db.read(
            "SELECT coalesce(sum(l.held_msat), 0), coalesce(sum(l.spent_msat), 0) "
            "FROM connection_orders o JOIN connection_ledger l ON l.order_id = o.order_id "
            "WHERE o.connection_id = ?",
            (connection_id,),
        )
        return Sums(Msat(held), Msat(spent))

    def save_invoice(self, invoice: ServedInvoice) -> None:
        """See `ConnectionStore.save_invoice`."""
        self._db.write(
            f"INSERT INTO connection_invoices ({_INVOICE}) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (payment_hash) DO UPDATE SET "
            "preimage = excluded.preimage, received_msat = excluded.received_msat, "
            "settled_at_ms = excluded.settled_at_ms",
            (
                bytes(invoice.payment_hash),
                invoice.connection_id,
                invoice.invoice,
                invoice.description,
                invoice.description_hash,
                _msat(invoice.amount),
                invoice.at.ms,
                invoice.expires_at.ms,
                None if invoice.preimage is None else bytes(invoice.preimage),
                _msat(invoice.received),
                _ms(invoice.settled_at),
            ),
        )

    def invoice(self, payment_hash: PaymentHash) -> ServedInvoice | None:
        """See `ConnectionStore.invoice`."""
        rows = self._db.read(
            f"SELECT {_INVOICE} FROM connection_invoices WHERE payment_hash = ?",
            (bytes(payment_hash),),
        )
        return next(map(read_invoice, rows), None)

    def unpaid_invoices(self) -> list[ServedInvoice]:
        """See `ConnectionStore.unpaid_invoices`."""
        rows = self._db.read(
            f"SELECT {_INVOICE} FROM connection_invoices WHERE settled_at_ms IS NULL"
        )
        return [read_invoice(row) for row in rows]

    def history(self, wanted: Wanted) -> list[Order | ServedInvoice]:
        """See `ConnectionStore.history`."""
        places = []
        if wanted.outgoing:
            condition = "" if wanted.unsettled else " AND state = 'PAID'"
            places.append(
                "SELECT order_id AS key, 1 AS is_order, at_ms, rowid AS number "
                f"FROM connection_orders WHERE {_OF_CONNECTION}{condition}"
            )
        if wanted.incoming:
            condition = "" if wanted.unsettled else " AND settled_at_ms IS NOT NULL"
            places.append(
                "SELECT payment_hash AS key, 0 AS is_order, at_ms, rowid AS number "
                f"FROM connection_invoices WHERE connection_id = :who{condition}"
            )
        rows = self._db.read(
            f"SELECT key, is_order FROM ({' UNION ALL '.join(places)}) "
            "WHERE at_ms BETWEEN :since AND :until "
            "ORDER BY at_ms DESC, is_order, number DESC LIMIT :limit OFFSET :offset",
            {
                "who": wanted.connection_id,
                "since": 0 if wanted.since is None else wanted.since.ms,
                "until": _END_OF_TIME if wanted.until is None else wanted.until.ms,
                "limit": wanted.limit,
                "offset": wanted.offset,
            },
        )
        found = (
            self.order(EventId(key)) if is_order else self.invoice(PaymentHash(key))
            for key, is_order in rows
        )
        return [one for one in found if one is not None]

    def save_request(self, request: KeptRequest) -> None:
        """See `ConnectionStore.save_request`."""
        order_id = None if request.order_id is None else bytes(request.order_id)
        self._db.write(
            f"INSERT INTO connection_requests ({_REQUEST}) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (event_id) DO UPDATE SET order_id = excluded.order_id, "
            "is_answered = excluded.is_answered",
            (
                bytes(request.id),
                request.connection_id,
                request.method,
                request.at.ms,
                order_id,
                request.is_answered,
            ),
        )
        if order_id is not None:
            self._db.write(
                "INSERT OR IGNORE INTO connection_joins SELECT ?, order_id FROM connection_orders "
                "WHERE order_id = ? AND connection_id <> ?",
                (request.connection_id, order_id, request.connection_id),
            )

    def request(self, request_id: EventId) -> KeptRequest | None:
        """See `ConnectionStore.request`."""
        rows = self._db.read(
            f"SELECT {_REQUEST} FROM connection_requests WHERE event_id = ?", (bytes(request_id),)
        )
        return next(map(read_request, rows), None)

    def owed(self) -> list[KeptRequest]:
        """See `ConnectionStore.owed`."""
        rows = self._db.read(
            f"SELECT {_REQUEST} FROM connection_requests "
            "WHERE order_id IS NOT NULL AND NOT is_answered ORDER BY at_ms"
        )
        return [read_request(row) for row in rows]

    def forget(self, *, requests: Instant, records: Instant) -> None:
        """See `ConnectionStore.forget`."""
        unfinished = "SELECT order_id FROM connection_orders WHERE state = 'UNDER_WAY'"
        self._db.write(
            "DELETE FROM connection_requests WHERE at_ms < ? "
            f"AND (order_id IS NULL OR order_id NOT IN ({unfinished}))",
            (requests.ms,),
        )
        self._db.write(
            "DELETE FROM connection_invoices WHERE settled_at_ms IS NULL AND expires_at_ms < ?",
            (records.ms,),
        )
        failed = (
            "SELECT o.order_id FROM connection_orders o WHERE o.state = 'FAILED' AND o.at_ms < ? "
            "AND o.order_id NOT IN (SELECT order_id FROM connection_requests "
            "WHERE order_id IS NOT NULL)"
        )
        for table in ("connection_ledger", "connection_joins", "connection_orders"):
            self._db.write(f"DELETE FROM {table} WHERE order_id IN ({failed})", (records.ms,))


_END_OF_TIME: Final = 2**62


def _msat(amount: Msat | None) -> int | None:
    return None if amount is None else amount.value


def _ms(at: Instant | None) -> int | None:
    return None if at is None else at.ms
