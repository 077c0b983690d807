"""Every way in which an invoice can be wrong: one class per rule of BOLT 11.

    DecodeError
    +-- InvoiceError          what was read is no invoice that may be paid
    RequestError
    +-- InvoiceFieldTooLong, UnsupportedFallback   what was asked for fits into no invoice

The sentences are for the person who pasted the invoice.
"""

from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat


class InvoiceError(DecodeError):
    """BOLT 11: an invoice that must not be paid."""


class InvoiceNotBech32(InvoiceError):
    """BOLT 11, "Encoding Overview": the text is not bech32."""

    def __init__(self, *, problem: str) -> None:
        super().__init__(Phrase("The invoice {problem}.", problem=problem))
        self.problem = problem


class UnknownPrefix(InvoiceError):
    """BOLT 11, "Human-Readable Part": the prefix names no network that we know."""

    def __init__(self, *, prefix: str) -> None:
        super().__init__(
            Phrase("The invoice is for an unknown network ({prefix}).", prefix=prefix[:16])
        )
        self.prefix = prefix


class MalformedAmount(InvoiceError):
    """BOLT 11, "Human-Readable Part": not a number with at most one multiplier of m, u, n, p."""

    def __init__(self, *, amount: str) -> None:
        super().__init__(
            Phrase("The invoice's amount cannot be read ({amount}).", amount=amount[:32])
        )
        self.amount = amount


class SubMillisatoshiAmount(InvoiceError):
    """BOLT 11, "Human-Readable Part": an amount in `p` that is no whole number of msat."""

    def __init__(self, *, picobitcoin: int) -> None:
        super().__init__(
            Phrase(
                "The invoice asks for a part of a millisatoshi ({picobitcoin} pBTC).",
                picobitcoin=picobitcoin,
            )
        )
        self.picobitcoin = picobitcoin


class ImpossibleAmount(InvoiceError):
    """More money than Bitcoin will ever have."""

    def __init__(self, *, amount: Msat) -> None:
        super().__init__(
            Phrase(
                "The invoice asks for more bitcoin than exist ({amount} msat).", amount=amount.value
            )
        )
        self.amount = amount


class InvoiceTooShort(InvoiceError):
    """BOLT 11, "Data Part": no room for timestamp and signature."""

    def __init__(self, *, words: int) -> None:
        super().__init__(Phrase("The invoice is cut short: it has {words} symbols.", words=words))
        self.words = words


class TruncatedField(InvoiceError):
    """BOLT 11, "Tagged Fields": a field is longer than what is left."""

    def __init__(self, *, letter: str, length: int, left: int) -> None:
        super().__init__(
            Phrase(
                "The invoice's field {letter} needs {length} symbols, {left} are left.",
                letter=letter,
                length=length,
                left=left,
            )
        )
        self.letter = letter
        self.length = length
        self.left = left


class NonMinimalField(InvoiceError):
    """BOLT 11, "Tagged Fields": `c`, `x` or `9` begins with a zero."""

    def __init__(self, *, letter: str) -> None:
        super().__init__(
            Phrase("The invoice's field {letter} begins with a needless zero.", letter=letter)
        )
        self.letter = letter


class NumberTooLarge(InvoiceError):
    """`c` or `x` beyond any use."""

    def __init__(self, *, letter: str, length: int) -> None:
        super().__init__(
            Phrase(
                "The invoice's field {letter} is a number of {length} symbols.",
                letter=letter,
                length=length,
            )
        )
        self.letter = letter
        self.length = length


class WrongPadding(InvoiceError):
    """BOLT 11, "Tagged Fields": a field is padded with zeros to a multiple of five bits."""

    def __init__(self, *, letter: str) -> None:
        super().__init__(Phrase("The invoice's field {letter} has wrong padding.", letter=letter))
        self.letter = letter


class MissingPaymentHash(InvoiceError):
    """BOLT 11, "Tagged Fields": no `p`."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice has no payment hash."))


class MissingPaymentSecret(InvoiceError):
    """BOLT 11, "Tagged Fields": no `s`."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice has no payment secret."))


class MissingDescription(InvoiceError):
    """BOLT 11, "Tagged Fields": neither `d` nor `h`."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice says nothing of what it is for."))


class TwoDescriptions(InvoiceError):
    """BOLT 11, "Tagged Fields": `d` and `h` together."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice has both a description and the hash of one."))


class DescriptionNotUtf8(InvoiceError):
    """BOLT 11, "Tagged Fields": `d` is UTF-8."""

    def __init__(self, *, raw: bytes) -> None:
        super().__init__(Phrase("The invoice's description is not text."))
        self.raw = raw


class MalformedRouteHint(InvoiceError):
    """BOLT 11, "Tagged Fields": `r` is one or more entries of 51 bytes, each with a real key."""

    def __init__(self, *, size: int) -> None:
        super().__init__(
            Phrase("The invoice has a route hint that cannot be read ({size} bytes).", size=size)
        )
        self.size = size


class InvalidPayee(InvoiceError):
    """BOLT 11, "Tagged Fields": `n` is no point of the curve."""

    def __init__(self, *, key: bytes) -> None:
        super().__init__(Phrase("The invoice names a payee that cannot exist."))
        self.key = key


class UnknownRequiredFeatures(InvoiceError):
    """BOLT 11, "Feature Bits": unknown even bits."""

    def __init__(self, *, bits: tuple[int, ...]) -> None:
        super().__init__(
            Phrase(
                "The invoice needs a way of paying that TipDesk does not know (feature "
                "{features}).",
                features=", ".join(str(bit) for bit in bits[:8]),
            )
        )
        self.bits = bits


class HighSSignature(InvoiceError):
    """BOLT 11, "Tagged Fields": with `n` the signature's s must be low."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice's signature is not in its one permitted form."))


class WrongSignature(InvoiceError):
    """BOLT 11, "Data Part": the payee did not sign this."""

    def __init__(self) -> None:
        super().__init__(Phrase("The invoice's signature is wrong: it was changed on its way."))


class InvoiceFieldTooLong(RequestError):
    """BOLT 11, "Tagged Fields": a field holds at most 1023 symbols (639 bytes)."""

    def __init__(self, *, letter: str, length: int) -> None:
        super().__init__(
            Phrase(
                "The invoice's field {letter} would need {length} of 1023 symbols.",
                letter=letter,
                length=length,
            )
        )
        self.letter = letter
        self.length = length


class UnsupportedFallback(RequestError):
    """BOLT 11, `f`: only scripts that have an address can be a fallback."""

    def __init__(self, *, script_pubkey: bytes) -> None:
        super().__init__(Phrase("The fallback is no script with an address."))
        self.script_pubkey = script_pubkey
