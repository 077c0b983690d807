"""What came in for offers of ours: into the one history, with the payer's words.

Nobody is named as its sender: the key behind a request is made for that once, and proves only that
it was the payer's. Whoever wants to be known says so in a message of their own (NIP-17).
"""

from collections.abc import Callable

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.text import one_line
from tipdesk.lightning.invoice import bolt12
from tipdesk.lightning.invoice.bolt12_text import Kind, kind_of
from tipdesk.lightning.invoice.invoice_request import UnsignedInvoiceRequest
from tipdesk.ports.offers import OfferBackend
from tipdesk.ports.payments import PaymentBackend
from tipdesk.services.wallet import WalletService
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.payment import IncomingPayment

_MAX_NOTE = 500


class PrivateIncome:
    """Writes each payment for an offer down once, also those that came while nobody looked."""

    def __init__(
        self, *, offers: OfferBackend, backend: PaymentBackend, wallet: WalletService
    ) -> None:
        self._offers = offers
        self._wallet = wallet
        self._heard: list[Callable[[bytes, PaymentHash], None]] = []
        backend.on_received(self._received)

    def on_paid(self, listener: Callable[[bytes, PaymentHash], None]) -> None:
        """Tells of each payment before it stands in the history, with the id of its offer."""
        self._heard.append(listener)

    def catch_up(self) -> None:
        """What an earlier process received and did not write down."""
        for payment in self._offers.received_since(Instant(0)):
            self._received(payment)

    def _received(self, payment: IncomingPayment) -> None:
        if kind_of(payment.invoice) is not Kind.INVOICE or self._wallet.knows(payment.payment_hash):
            return
        request = _request_in(payment.invoice)
        if request is not None:
            for listener in self._heard:
                listener(request.offer.offer_id, payment.payment_hash)
        self._wallet.note_durably(
            HistoryRecord(
                payment_hash=payment.payment_hash,
                direction=Direction.IN,
                invoice=payment.invoice,
                amount=payment.amount,
                description="" if request is None else _words_of(request),
                state=PaymentState.SUCCEEDED,
                at=payment.settled_at,
                expires_at=payment.settled_at,
            )
        )


def _request_in(invoice: str) -> UnsignedInvoiceRequest | None:
    try:
        return bolt12.decode(invoice).request
    except DecodeError:
        return None


def _words_of(request: UnsignedInvoiceRequest) -> str:
    """What the payer of one of our offers wrote: a stranger's words, on one line."""
    return one_line(request.payer_note or request.offer.description or "", maximum=_MAX_NOTE)
