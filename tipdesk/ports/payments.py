"""The wallet behind every tip: the embedded node, or one that is plugged in."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    Failed,
    IncomingPayment,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)


class PaymentBackend(Protocol):
    """Pays and is paid. Paying one payment hash twice is the backend's to prevent."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this wallet can do."""
        ...

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """The likely fee now, without paying; `BackendError` if the wallet cannot be asked.

        `amount` is for an invoice that names none.
        """
        ...

    def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, and tells what becomes of it; the last update is final, or `Unknown`.

        Asked again for a payment under way or done, it joins it: it never pays twice.
        """
        ...

    def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """bLIP 3: pays a node that did not ask, as `pay` does.

        Only with `Capability.KEYSEND`. The same preimage again joins the payment.
        """
        ...

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What is known of a payment of ours; None if it was never begun here."""
        ...

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """A new invoice; `RequestError` if it cannot be created."""
        ...

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The settled payment of one of our invoices, if it was paid."""
        ...

    async def unasked_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """Payments that came without an invoice (bLIP 3) from that moment on, oldest first.

        None from a wallet that takes no such payments.
        """
        ...

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Calls `listener` for each invoice paid from now on, once it is settled and stored."""
        ...

    async def balance(self) -> Balance:
        """What can be spent and received now."""
        ...
