"""What can be paid: a BOLT 11 invoice or one of BOLT 12, read once, and where each leads."""

from collections.abc import Callable
from dataclasses import dataclass

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash, ShortChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt11, bolt12
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice, PaymentPath
from tipdesk.lightning.invoice.bolt12_text import Kind, kind_of
from tipdesk.lightning.payment.destination import Destination, of_invoice, of_paths
from tipdesk.lightning.payment.tails import behind_us
from tipdesk.lightning.routing.split import MAX_PARTS
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.tips.payment import Failed, FailureReason, PayRequest


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice that this node could pay now."""

    invoice: Bolt11Invoice | Bolt12Invoice

    @property
    def payment_hash(self) -> PaymentHash:
        """Under what it is paid."""
        return self.invoice.payment_hash

    @property
    def amount(self) -> Msat | None:
        """What it asks for; None if it leaves that to the payer."""
        if isinstance(self.invoice, Bolt12Invoice):
            return self.invoice.amount
        return self.invoice.amount_msat

    @property
    def expires_at(self) -> Instant:
        """The moment after which nothing is sent for it."""
        return self.invoice.expires_at

    def why_not(self, request: PayRequest) -> Failed | None:
        """What was approved is what is paid (class 31), under the hash that is asked about."""
        if self.payment_hash != request.payment_hash:
            why = Phrase("its hash is another")
            return Failed(request.payment_hash, FailureReason.UNSUPPORTED, why)
        if self.amount is not None and self.amount != request.amount:
            return another_amount(self.payment_hash)
        return None


class PayableReader:
    """Reads invoices for the node that is to pay them."""

    def __init__(
        self,
        *,
        network: Network,
        node_key: PrivateKey,
        first_node: Callable[[BlindedPath], NodeId | None],
        far_end: Callable[[ShortChannelId], NodeId | None],
    ) -> None:
        self._network = network
        self._node_key = node_key
        self._node_id = NodeId(node_key.point)
        self._first_node = first_node
        self._far_end = far_end

    def read(self, text: str, now: Instant) -> Payable | Failed:
        """The invoice, if it is one that this node could pay now."""
        is_bolt12 = kind_of(text) is Kind.INVOICE
        try:
            invoice = bolt12.decode(text) if is_bolt12 else bolt11.decode(text)
        except DecodeError as error:
            return Failed(PaymentHash(bytes(32)), FailureReason.UNSUPPORTED, str(error))
        if not self._is_ours(invoice):
            why = Phrase("it is for another network")
            return Failed(invoice.payment_hash, FailureReason.UNSUPPORTED, why)
        if isinstance(invoice, Bolt11Invoice) and invoice.payee == self._node_id:
            return Failed(invoice.payment_hash, FailureReason.TO_OURSELVES)
        if invoice.is_expired(now):
            return Failed(invoice.payment_hash, FailureReason.EXPIRED)
        return Payable(invoice)

    def _is_ours(self, invoice: Bolt11Invoice | Bolt12Invoice) -> bool:
        if isinstance(invoice, Bolt12Invoice):
            return invoice.request.is_for(self._network)
        return invoice.network is self._network

    def destination(self, payable: Payable, amount: Msat) -> Destination | Failed:
        """Who wants so much; a certain failure if no way of a payee that hides can be entered."""
        invoice = payable.invoice
        if isinstance(invoice, Bolt11Invoice):
            return of_invoice(invoice, amount)
        found = (self._entered(path, amount) for path in invoice.usable_paths)
        paths = [path for path in found if path is not None]
        if not paths:
            why = Phrase("none of the ways that it names can be entered from here")
            return Failed(invoice.payment_hash, FailureReason.NO_ROUTE, why)
        return of_paths(paths, amount, max_parts=MAX_PARTS if invoice.may_split else 1)

    def _entered(self, path: PaymentPath, amount: Msat) -> PaymentPath | None:
        first = self._first_node(path.path)
        if first is None:
            return None
        if first == self._node_id:
            return behind_us(self._node_key, path, amount, self._far_end)
        known = BlindedPath(first, path.path.first_path_key, path.path.path)
        return PaymentPath(known, path.payinfo)


def another_amount(payment_hash: PaymentHash) -> Failed:
    """The invoice asks for something else than was approved."""
    return Failed(payment_hash, FailureReason.UNSUPPORTED, Phrase("its amount is another one"))
