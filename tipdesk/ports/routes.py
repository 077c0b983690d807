"""What a wallet of our own remembers of the ways that its payments took."""

from collections.abc import Sequence
from typing import Protocol

from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.ports.stores import StoredPayment, TakenWay


class RouteRecords(Protocol):
    """Rows of the embedded node, and the names in its graph."""

    def payment(self, payment_hash: PaymentHash) -> StoredPayment | None:
        """One of our payments."""
        ...

    def ways(self, payment_hash: PaymentHash) -> Sequence[TakenWay]:
        """The parts of a payment that arrived, as far as they are kept."""
        ...

    def alias_of(self, node_id: NodeId) -> str:
        """What a node calls itself, empty if nothing: a stranger's words."""
        ...
