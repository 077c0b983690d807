"""NIP-47: the fields of what wallets and their clients say, read one by one with exact types.

What is null, and what is empty where a text would be, counts as left out: wallets write both.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Final, TypeVar

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import FixedBytes
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat

MAX_MSAT: Final = 21_000_000 * 100_000_000 * 1_000
MAX_WORD_CHARS: Final = 200
MAX_TIME: Final = 2**40
"""In seconds since the Unix epoch, as NIP-01's times."""

F = TypeVar("F", bound=FixedBytes)
E = TypeVar("E", bound=Enum)


class MalformedField(DecodeError):
    """NIP-47: a field is missing, of another type than the text has it, or out of bounds."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no usable {name!a} in what came over Nostr Wallet Connect")
        self.name = name


class Fields:
    """A JSON object, asked for its fields by name; `MalformedField` for what is not as it should.

    Each is None if it was left out, but for those that `required` reads.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    @classmethod
    def of(cls, value: object, name: str) -> "Fields":
        """Of a value that must be an object."""
        if not isinstance(value, dict):
            raise MalformedField(name)
        return cls(value)

    def text(self, name: str, maximum: int) -> str:
        """One line, cut and made safe to show; empty if it was left out."""
        return one_line(self.raw(name, maximum * 4) or "", maximum=maximum)

    def raw(self, name: str, maximum: int) -> str | None:
        """A text as it came, if it is not longer than that."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > maximum:
            raise MalformedField(name)
        return value

    def number(self, name: str, maximum: int) -> int | None:
        """A whole number from 0 on; `True` and 1.0 are none."""
        value = self._values.get(name)
        if value is None:
            return None
        if type(value) is not int or not 0 <= value <= maximum:
            raise MalformedField(name)
        return value

    def amount(self, name: str) -> Msat | None:
        """An amount in msats."""
        value = self.number(name, MAX_MSAT)
        return None if value is None else Msat(value)

    def time(self, name: str) -> int | None:
        """Seconds since the Unix epoch; nothing for 0, with which some say that it was never."""
        return self.number(name, MAX_TIME) or None

    def flag(self, name: str) -> bool:
        """Whether it is said to be so."""
        value = self._values.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise MalformedField(name)

    def fixed(self, name: str, kind: type[F]) -> F | None:
        """Bytes of a fixed length in hexadecimal."""
        value = self.raw(name, 2 * kind.LENGTH)
        try:
            return None if value is None else kind.from_hex(value)
        except ValueError:
            raise MalformedField(name) from None

    def one_of(self, name: str, kind: type[E]) -> E | None:
        """A word of a list; None for a word that is not on it."""
        value = self.raw(name, MAX_WORD_CHARS)
        try:
            return None if value is None else kind(value.lower())
        except ValueError:
            return None

    def table(self, name: str) -> Mapping[str, object]:
        """An object; an empty one if it was left out."""
        value = self._values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise MalformedField(name)
        return value

    def items(self, name: str, maximum: int) -> Sequence[object]:
        """A list, if it is not longer than that."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > maximum:
            raise MalformedField(name)
        return value


T = TypeVar("T")


def required(name: str, read: Callable[[str], T | None]) -> T:
    """What `read` finds under the name; `MalformedField` if it was left out."""
    value = read(name)
    if value is None:
        raise MalformedField(name)
    return value


def without_empty(values: Mapping[str, object]) -> dict[str, object]:
    """An object to be sent, without what is None, empty or nothing at all."""
    return {
        name: value
        for name, value in values.items()
        if value is not None and value != "" and value != {}
    }


def hex_of(value: bytes | None) -> str | None:
    """Bytes as they are sent; None stays out."""
    return None if value is None else value.hex()


def msat_of(value: Msat | None) -> int | None:
    """An amount as it is sent."""
    return None if value is None else value.value
