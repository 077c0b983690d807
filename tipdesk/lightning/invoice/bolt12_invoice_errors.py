"""Every way in which a BOLT 12 invoice can be wrong: one class per rule.

Bolt12Error
+-- Bolt12InvoiceError     an invoice that must not be paid
RequestError
+-- WrongInvoiceKey, AmountUnknown   what was asked for makes no invoice for this request
"""

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import Point
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.lightning.invoice.bolt12_errors import Bolt12Error


class Bolt12InvoiceError(Bolt12Error):
    """BOLT 12, "Invoices", reader: an invoice that must not be paid."""


class InvoiceWithoutOffer(Bolt12InvoiceError):
    """BOLT 12: the answer to a promise of money, or to nothing: nobody could confirm by whom."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The invoice is not for an offer. TipDesk pays such invoices only when it asked "
                "for them. No money moved."
            )
        )


class WrongInvoiceSignature(Bolt12InvoiceError):
    """BOLT 12: `signature` is not by `invoice_node_id`."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice's signature is wrong. No money moved."))


class PayinfoPerPath(Bolt12InvoiceError):
    """BOLT 12: exactly one `blinded_payinfo` for each path, and one path at least."""

    def __init__(self, *, paths: int, payinfos: int) -> None:
        super().__init__(
            Phrase(
                "The invoice has {paths} ways to pay it and terms for {payinfos}. No money moved.",
                paths=paths,
                payinfos=payinfos,
            )
        )
        self.paths = paths
        self.payinfos = payinfos


class NoUsablePath(Bolt12InvoiceError):
    """BOLT 12: each path's `payinfo` requires a feature that we do not know."""

    def __init__(self, *, bit: int) -> None:
        super().__init__(
            Phrase(
                "Every way to pay the invoice requires a feature that TipDesk does not know "
                "(bit {bit}). No money moved.",
                bit=str(bit),
            )
        )
        self.bit = bit


class OtherThanRequested(Bolt12InvoiceError):
    """BOLT 12: a field of the request is missing, altered or added."""

    def __init__(self, *, record_type: int) -> None:
        super().__init__(
            Phrase(
                "The invoice is not for what was asked for (field {field} differs). "
                "No money moved.",
                field=str(record_type),
            )
        )
        self.record_type = record_type


class InvoiceByOther(Bolt12InvoiceError):
    """BOLT 12: `invoice_node_id` is not whom the request was for."""

    def __init__(self, *, node_id: Point, expected: tuple[Point, ...]) -> None:
        super().__init__(Phrase("The invoice is by somebody else than was asked. No money moved."))
        self.node_id = node_id
        self.expected = expected


class OtherAmount(Bolt12InvoiceError):
    """BOLT 12: `invoice_amount` is not what was agreed on (class 31)."""

    def __init__(self, *, amount: Msat, expected: Msat) -> None:
        super().__init__(
            Phrase(
                "The invoice is for {amount} instead of {expected}. No money moved.",
                amount=amount,
                expected=expected,
            )
        )
        self.amount = amount
        self.expected = expected


class AmountNeverAgreed(Bolt12InvoiceError):
    """Neither the request nor the offer says how much, in msat: any amount could be a surprise."""

    def __init__(self, *, amount: Msat) -> None:
        super().__init__(
            Phrase(
                "The invoice is for {amount}, and no amount was agreed on. No money moved.",
                amount=amount,
            )
        )
        self.amount = amount


class InvoiceForOtherNetwork(Bolt12InvoiceError):
    """BOLT 12: `invreq_chain`, or bitcoin where it is missing, is not our chain."""

    def __init__(self, *, network: str) -> None:
        super().__init__(
            Phrase(
                "The invoice is for another network than {network}. No money moved.",
                network=network,
            )
        )
        self.network = network


class Bolt12InvoiceExpired(Bolt12InvoiceError):
    """BOLT 12: `invoice_relative_expiry` has passed since `invoice_created_at`."""

    def __init__(self, *, expired_at: Instant) -> None:
        super().__init__(Phrase("The invoice has expired. No money moved. Ask for a new one."))
        self.expired_at = expired_at


class WrongInvoiceKey(RequestError):
    """BOLT 12, writer: an invoice is signed by the offer's issuer, or at the end of its path."""

    def __init__(self, *, key: Point, signers: tuple[Point, ...]) -> None:
        super().__init__(Phrase("The invoice would be signed by a key that the offer is not of."))
        self.key = key
        self.signers = signers


class AmountUnknown(RequestError):
    """BOLT 12, writer: neither the request nor the offer says how much, in msat."""

    def __init__(self) -> None:
        super().__init__(Phrase("Nobody said how much the invoice is to be for."))
