"""What is kept of apps that are connected to the wallet.

Called on the loop's thread only. Writes take effect together at the next `commit`; every method
may raise `StorageError`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.secrets import EventSigner
from tipdesk.tips.connection import Connection, Entry, Order, ServedInvoice, Sums


class ConnectionSigners(Protocol):
    """The wallet's keys towards apps, one for each connection."""

    def signer(self, connection_id: int) -> EventSigner:
        """Who signs for us on that connection: always the same."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRequest:
    """A request that acts: known again after a restart, so that it acts once."""

    id: EventId
    connection_id: int
    method: str
    at: Instant
    order_id: EventId | None = None
    """What it began or joined."""
    is_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of its invoices and payments an app asks for, the newest first."""

    connection_id: int
    limit: int
    offset: int = 0
    since: Instant | None = None
    until: Instant | None = None
    """Both moments belong to the time."""
    incoming: bool = True
    outgoing: bool = True
    unsettled: bool = False
    """Also what is not paid."""


class ConnectionStore(Protocol):
    """Connections, what was ordered and asked for through them, and the ledger of both."""

    def save(self, connection: Connection) -> None:
        """A new connection, or one that changed."""
        ...

    def connections(self) -> list[Connection]:
        """Every one, the oldest first."""
        ...

    def used_since(self, connection_id: int, at: Instant) -> Msat:
        """What its orders begun from that moment on hold and have spent."""
        ...

    def save_order(self, order: Order) -> None:
        """A new order or one that ended; of all that did not fail one payment hash has one."""
        ...

    def order(self, order_id: EventId) -> Order | None:
        """The order of that id."""
        ...

    def order_of(self, payment_hash: PaymentHash, connection_id: int | None = None) -> Order | None:
        """The order for that payment hash: the one that did not fail, or else the latest.

        Of a connection only those that it began or joined.
        """
        ...

    def orders_under_way(self) -> list[Order]:
        """Those whose end is not known."""
        ...

    def append(self, entry: Entry) -> None:
        """One more entry; an order has one that holds and one that closes at the most."""
        ...

    def entries(self) -> list[Entry]:
        """The whole ledger, in the order of appending."""
        ...

    def sums(self, connection_id: int) -> Sums:
        """What all of its entries come to."""
        ...

    def save_invoice(self, invoice: ServedInvoice) -> None:
        """A new invoice, or one that was paid."""
        ...

    def invoice(self, payment_hash: PaymentHash) -> ServedInvoice | None:
        """The invoice of that payment hash."""
        ...

    def unpaid_invoices(self) -> list[ServedInvoice]:
        """Those that were not paid so far."""
        ...

    def history(self, wanted: Wanted) -> Sequence[Order | ServedInvoice]:
        """What the connection paid, joined and had made, the newest first."""
        ...

    def save_request(self, request: KeptRequest) -> None:
        """A new request, or one that went on."""
        ...

    def request(self, request_id: EventId) -> KeptRequest | None:
        """The request of that id, if it is remembered."""
        ...

    def owed(self) -> list[KeptRequest]:
        """Requests with an order whose answer did not leave."""
        ...

    def forget(self, *, requests: Instant, records: Instant) -> None:
        """Drops requests from before that moment that owe nothing, and of older records invoices
        that expired unpaid and orders that failed, with their entries, which sum to zero."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...
