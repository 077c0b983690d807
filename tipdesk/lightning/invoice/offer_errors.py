"""Every way in which an offer, or a request made for one, can be wrong: one class per rule.

Bolt12Error
+-- OfferError             an offer that must not be answered
+-- InvoiceRequestError    a request that the issuer must not answer
RequestError
+-- RequestTermsError      what was asked for makes no request for this offer
"""

from typing import ClassVar

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.lightning.invoice.bolt12_errors import Bolt12Error
from tipdesk.lightning.invoice.bolt12_fields import Field


class OfferError(Bolt12Error):
    """BOLT 12, "Requirements For Offers": an offer that must not be answered."""


class AmountWithoutDescription(OfferError):
    """BOLT 12: who asks for an amount says what for."""

    def __init__(self) -> None:
        super().__init__(Phrase("The offer asks for an amount and does not say what for."))


class OfferOfNothing(OfferError):
    """BOLT 12: an `offer_amount` is greater than zero."""

    def __init__(self) -> None:
        super().__init__(Phrase("The offer asks for an amount of nothing."))


class CurrencyWithoutAmount(OfferError):
    """BOLT 12: an `offer_currency` is that of an `offer_amount`."""

    def __init__(self, *, currency: str) -> None:
        super().__init__(
            Phrase("The offer names the currency {currency} and no amount.", currency=currency)
        )
        self.currency = currency


class NoIssuer(OfferError):
    """BOLT 12: neither `offer_issuer_id` nor `offer_paths`: nobody can be asked."""

    def __init__(self) -> None:
        super().__init__(Phrase("The offer does not say whom to ask for an invoice."))


class OfferForOtherNetwork(OfferError):
    """BOLT 12: none of the offer's chains is ours."""

    def __init__(self, *, network: str) -> None:
        super().__init__(
            Phrase("The offer cannot be paid on this network ({network}).", network=network)
        )
        self.network = network


class OfferExpired(OfferError):
    """BOLT 12: `offer_absolute_expiry` has passed."""

    def __init__(self, *, expired_at: Instant) -> None:
        super().__init__(
            Phrase("The offer has expired. No money moved. Ask who made it for a new one.")
        )
        self.expired_at = expired_at


class InvoiceRequestError(Bolt12Error):
    """BOLT 12, "Requirements for Invoice Requests": a request that must not be answered."""

    field: ClassVar[Field | None] = None
    """What an `invoice_error` calls the field at fault."""


class RequestWithoutOffer(InvoiceRequestError):
    """BOLT 12: money that is offered to whoever answers with an invoice (a refund, an ATM)."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "Somebody offers to pay out money with this text. TipDesk cannot collect it: "
                "ask for a payment to your address or an invoice of yours instead."
            )
        )


class WrongRequestSignature(InvoiceRequestError):
    """BOLT 12: `signature` is not by `invreq_payer_id`."""

    field = Field.SIGNATURE

    def __init__(self) -> None:
        super().__init__(Phrase("The request is not signed by who it says has made it."))


class UnusableName(InvoiceRequestError):
    """BOLT 12, `invreq_bip_353_name`: a byte that no such name has."""

    field = Field.INVREQ_BIP_353_NAME

    def __init__(self, *, name: bytes, domain: bytes) -> None:
        super().__init__(Phrase("The request names an address that cannot be one."))
        self.name = name
        self.domain = domain


class OtherOffer(InvoiceRequestError):
    """BOLT 12: the request's offer fields are not exactly those of an offer of ours."""

    def __init__(self) -> None:
        super().__init__(Phrase("The request is not for this offer."))


class RequestAfterExpiry(InvoiceRequestError):
    """BOLT 12: the offer has expired meanwhile."""

    field = Field.OFFER_ABSOLUTE_EXPIRY

    def __init__(self, *, expired_at: Instant) -> None:
        super().__init__(Phrase("The offer has expired."))
        self.expired_at = expired_at


class RequestForOtherNetwork(InvoiceRequestError):
    """BOLT 12: `invreq_chain`, or bitcoin where it is missing, is not our chain."""

    field = Field.INVREQ_CHAIN

    def __init__(self, *, network: str) -> None:
        super().__init__(
            Phrase("The request is for another network than {network}.", network=network)
        )
        self.network = network


class UnusableQuantity(InvoiceRequestError):
    """BOLT 12: `invreq_quantity` is missing, unasked for, zero or above `offer_quantity_max`."""

    field = Field.INVREQ_QUANTITY

    def __init__(self, *, quantity: int | None, maximum: int | None) -> None:
        super().__init__(quantity_sentence(quantity, maximum))
        self.quantity = quantity
        self.maximum = maximum


class AmountLeftOut(InvoiceRequestError):
    """BOLT 12: neither the offer nor the request says how much."""

    field = Field.INVREQ_AMOUNT

    def __init__(self) -> None:
        super().__init__(Phrase("The request does not say how much is to be paid."))


class LessThanOffered(InvoiceRequestError):
    """BOLT 12: `invreq_amount` is below what the offer asks for."""

    field = Field.INVREQ_AMOUNT

    def __init__(self, *, amount: Msat, expected: Msat) -> None:
        super().__init__(
            Phrase(
                "The offer asks for {expected}, the request is for {amount}.",
                expected=expected,
                amount=amount,
            )
        )
        self.amount = amount
        self.expected = expected


class NoRateForOffer(InvoiceRequestError):
    """BOLT 12: the offer is in a currency that nobody here converts."""

    field = Field.OFFER_CURRENCY

    def __init__(self, *, currency: str) -> None:
        super().__init__(Phrase("Offers in {currency} cannot be invoiced here.", currency=currency))
        self.currency = currency


class RequestTermsError(RequestError):
    """What was asked for makes no request for this offer."""


class AmountNeeded(RequestTermsError):
    """BOLT 12, writer: an offer without an amount, or in another currency, needs one in msat."""

    def __init__(self) -> None:
        super().__init__(Phrase("Say how much is to be paid: the offer does not, in bitcoin."))


class AmountTooSmall(RequestTermsError):
    """BOLT 12, writer: `invreq_amount` is not below what the offer asks for."""

    def __init__(self, *, amount: Msat, expected: Msat) -> None:
        super().__init__(
            Phrase(
                "The offer asks for {expected}: {amount} would not be accepted. No money moved.",
                expected=expected,
                amount=amount,
            )
        )
        self.amount = amount
        self.expected = expected


class QuantityNotOffered(RequestTermsError):
    """BOLT 12, writer: `invreq_quantity` follows `offer_quantity_max`."""

    def __init__(self, *, quantity: int | None, maximum: int | None) -> None:
        super().__init__(quantity_sentence(quantity, maximum))
        self.quantity = quantity
        self.maximum = maximum


class NoteTooLong(RequestTermsError):
    """A message that an onion has no room for."""

    def __init__(self, *, size: int, maximum: int) -> None:
        super().__init__(
            Phrase(
                "The message has {size} bytes, and {maximum} can go with a payment.",
                size=size,
                maximum=maximum,
            )
        )
        self.size = size
        self.maximum = maximum


def quantity_sentence(quantity: int | None, maximum: int | None) -> Phrase:
    """What is wrong with a quantity, where an offer has this `offer_quantity_max`."""
    if maximum is None:
        return Phrase("The offer is for one thing, and knows no quantity.")
    if quantity is None:
        return Phrase("Say how many: the offer is for one or more.")
    if maximum == 0 or quantity == 0:
        return Phrase("A quantity is one at least.")
    return Phrase(
        "The offer is for {maximum} at most, not {quantity}.", maximum=maximum, quantity=quantity
    )
