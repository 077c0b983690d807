"""Every way in which what BOLT 12 writes can be wrong: one class per rule.

    DecodeError
    +-- Bolt12Error                what was read can be none of BOLT 12's documents
        +-- OfferError             an offer that must not be answered (offer_errors)
        +-- InvoiceRequestError    a request that must not be answered (request_errors)
        +-- Bolt12InvoiceError     an invoice that must not be paid (invoice_errors)
        +-- PayerProofError        a proof that proves nothing (proof_errors)

The sentences are for the person who pasted the text, or whose wallet was answered with it.
"""

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat


class Bolt12Error(DecodeError):
    """BOLT 12: an offer, a request, an invoice or a proof that cannot be used."""


class NotBolt12Text(Bolt12Error):
    """BOLT 12, "Encoding": the text is none."""

    def __init__(self, *, problem: str) -> None:
        super().__init__(Phrase("This text cannot be read: {problem}.", problem=problem))
        self.problem = problem


class WrongKindOfText(Bolt12Error):
    """BOLT 12, "Encoding": another prefix than that of what was looked for."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            Phrase(
                "This text begins with {found}, where {expected}1 was expected.",
                found=f"{found!a}",
                expected=expected,
            )
        )
        self.expected = expected
        self.found = found


class StreamTooLong(Bolt12Error):
    """More bytes than fit into the longest text."""

    def __init__(self, *, size: int, maximum: int) -> None:
        super().__init__(
            Phrase(
                "There are {size} bytes; more than {maximum} are not read.",
                size=size,
                maximum=maximum,
            )
        )
        self.size = size
        self.maximum = maximum


class MalformedStream(Bolt12Error):
    """BOLT 1, "Type-Length-Value Format": the records are cut off or out of order."""

    def __init__(self, *, problem: str) -> None:
        super().__init__(Phrase("The fields cannot be told apart: {problem}.", problem=problem))
        self.problem = problem


class UnknownEvenField(Bolt12Error):
    """BOLT 1, "Type-Length-Value Format": a field that the writer relies on our understanding."""

    def __init__(self, *, record_type: int) -> None:
        super().__init__(
            Phrase(
                "The writer relies on something that TipDesk does not know (field {field}).",
                field=str(record_type),
            )
        )
        self.record_type = record_type


class FieldOutOfRange(Bolt12Error):
    """BOLT 12: a field whose number this kind of document may not use."""

    def __init__(self, *, record_type: int) -> None:
        super().__init__(
            Phrase("There is a field that does not belong there ({field}).", field=str(record_type))
        )
        self.record_type = record_type


class MalformedField(Bolt12Error):
    """BOLT 12: a field whose bytes are not what its type asks for."""

    def __init__(self, *, field: str, problem: str) -> None:
        super().__init__(
            Phrase("The field {field} cannot be read: {problem}.", field=field, problem=problem)
        )
        self.field = field
        self.problem = problem


class MissingField(Bolt12Error):
    """BOLT 12: a field without which the document cannot be."""

    def __init__(self, *, field: str) -> None:
        super().__init__(Phrase("The field {field} is missing.", field=field))
        self.field = field


class UnknownFeature(Bolt12Error):
    """BOLT 12: `features` have an even bit that we do not know (the person is told which)."""

    def __init__(self, *, field: str, bit: int) -> None:
        super().__init__(
            Phrase(
                "A feature is required that TipDesk does not know (bit {bit} of {field}).",
                bit=str(bit),
                field=field,
            )
        )
        self.field = field
        self.bit = bit


class TooManyPaths(Bolt12Error):
    """More blinded paths than anybody needs."""

    def __init__(self, *, field: str, paths: int) -> None:
        super().__init__(
            Phrase("The field {field} has {paths} paths: too many.", field=field, paths=paths)
        )
        self.field = field
        self.paths = paths


class MoreThanExists(Bolt12Error):
    """More money than Bitcoin will ever have."""

    def __init__(self, *, field: str, amount: Msat) -> None:
        super().__init__(
            Phrase(
                "More bitcoin are asked for than exist ({amount} msat in {field}).",
                amount=amount.value,
                field=field,
            )
        )
        self.field = field
        self.amount = amount
