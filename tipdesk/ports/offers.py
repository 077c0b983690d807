"""BOLT 12 of the own node: offers of ours, and invoices for the offers of others.

An invoice that was asked for is paid through the one `PaymentBackend`, by its text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.payment import IncomingPayment


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnOffer:
    """An offer that we made; it is answered while it is open and we are there."""

    key: bytes
    """Names it here."""
    text: str
    """`lno1...`: to be shown, and given to anybody."""
    amount: Msat | None
    description: str
    created_at: Instant
    is_open: bool = True
    is_reachable: bool = True
    """Whether one of the peers over whom it leads is here now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedInvoice:
    """What came back for an offer of somebody: exactly what was asked for, and signed by them."""

    invoice: str
    payment_hash: PaymentHash
    amount: Msat
    expires_at: Instant
    begins_with_us: bool = False
    """A path to the payee begins with our own node: most likely they have a channel with us."""


class OfferRefused(BackendError):
    """The other side answered, and gave no invoice; `words` are theirs."""

    def __init__(self, *, words: str) -> None:
        super().__init__(
            Phrase(
                'The receiver gave no invoice. They said: "{words}". No money moved.', words=words
            )
            if words
            else Phrase("The receiver gave no invoice and did not say why. No money moved.")
        )
        self.words = words


class OfferBackend(Protocol):
    """Makes offers and asks for invoices; `RequestError` and `BackendError` say why not."""

    async def create_offer(
        self, description: str, amount: Msat | None, *, expires_at: Instant | None = None
    ) -> OwnOffer:
        """A new offer, durable before it is shown to anybody."""
        ...

    def offers(self) -> tuple[OwnOffer, ...]:
        """All that were made here, the latest first."""
        ...

    def close_offer(self, key: bytes) -> None:
        """No invoice is given for it any more."""
        ...

    async def ask_invoice(
        self, offer: str, amount: Msat | None, note: str, *, name: str = ""
    ) -> AskedInvoice:
        """Asks whoever made an offer for an invoice, under a key that is used only this once.

        `note` is read by them alone; `name` is `user@domain` if the offer was found by one.
        """
        ...

    def received_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """What was paid for our offers from that moment on, oldest first."""
        ...

    def can_prove(self, payment_hash: PaymentHash) -> bool:
        """Whether a payment of ours settled that was for an offer."""
        ...

    def prove(self, payment_hash: PaymentHash, note: str) -> str:
        """`lnp1...`: proves to whoever reads it that we paid; `RequestError` if it cannot be."""
        ...
