"""Answers of a wallet elsewhere, read field by field: each of its exact type and within bounds.

Whatever does not fit is `WalletAnswerUnreadable`, which says nothing about money.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.ports.plugged import WalletAnswerUnreadable

MOST_MSAT: Final = 21_000_000 * 100_000_000_000
MOST_ITEMS: Final = 10_000
MOST_SECONDS: Final = 1 << 40
MAX_TEXT: Final = 200
"""Characters of a word of theirs that is shown."""
MAX_FIELD: Final = 20_000
"""Characters of any text that is read."""


class Answer:
    """A JSON object that a wallet answered with; `where` and `what` name it in errors."""

    def __init__(self, value: object, where: str, what: str) -> None:
        self.where, self.what = where, what
        if not isinstance(value, Mapping):
            raise self.unreadable()
        self._fields: Mapping[str, object] = value

    def unreadable(self) -> WalletAnswerUnreadable:
        """The error to raise for a field that makes no sense."""
        return WalletAnswerUnreadable(self.where, self.what)

    def has(self, name: str) -> bool:
        """Whether the field is there and is not null."""
        return self._fields.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """A string as it was sent; required unless there is a default."""
        value = self._fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or len(value) > MAX_FIELD:
            raise self.unreadable()
        return value

    def shown(self, name: str, maximum: int = MAX_TEXT) -> str:
        """A string made fit to be shown; empty if there is none."""
        return one_line(self.text(name, ""), maximum=maximum)

    def whole(self, name: str, default: int | None = None, *, most: int = MOST_MSAT) -> int:
        """A number from 0 to `most`; digits in a string count, as protobuf writes 64 bits so."""
        value = self._fields.get(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 21:
            value = int(value)
        if type(value) is not int or not 0 <= value <= most:
            raise self.unreadable()
        return value

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """True or false."""
        value = self._fields.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, bool):
            raise self.unreadable()
        return value

    def part(self, name: str) -> "Answer":
        """An object within."""
        return Answer(self._fields.get(name), self.where, self.what)

    def parts(self, name: str, *, most: int = MOST_ITEMS) -> Sequence["Answer"]:
        """A list of objects; a list that is left out is empty."""
        value = self._fields.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.unreadable()
        return [Answer(item, self.where, self.what) for item in value]

    def texts(self, name: str, *, most: int = MOST_ITEMS) -> Sequence[str]:
        """A list of strings; a list that is left out is empty."""
        value = self._fields.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.unreadable()
        if not all(isinstance(text, str) and len(text) <= MAX_FIELD for text in value):
            raise self.unreadable()
        return value

    def octets(self, name: str, length: int) -> bytes:
        """Hexadecimal digits for so many bytes."""
        text = self.text(name)
        try:
            value = bytes.fromhex(text) if len(text) == 2 * length else b""
        except ValueError:
            value = b""
        if len(value) != length:
            raise self.unreadable()
        return value

    def payment_hash(self, name: str) -> PaymentHash:
        """32 bytes in hexadecimal."""
        return PaymentHash(self.octets(name, PaymentHash.LENGTH))

    def preimage(self, name: str, payment_hash: PaymentHash) -> Preimage | None:
        """The preimage if it is there and proves the payment; None otherwise."""
        return proof(self._fields.get(name), payment_hash)

    def msat(self, name: str, default: Msat | None = None) -> Msat:
        """An amount."""
        return Msat(self.whole(name, None if default is None else default.value))


def proof(text: object, payment_hash: PaymentHash) -> Preimage | None:
    """The preimage in hexadecimal, if its SHA-256 is the payment hash."""
    if not isinstance(text, str) or len(text) != 2 * Preimage.LENGTH:
        return None
    try:
        preimage = bytes.fromhex(text)
    except ValueError:
        return None
    if len(preimage) != Preimage.LENGTH or sha256(preimage) != payment_hash:
        return None
    return Preimage(preimage)
