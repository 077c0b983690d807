"""BOLT 1, "Fundamental Types": the codecs of which messages are made.

A message names its fields' types; a field's codec follows from its type (a `Msat` is a u64, a
`ChannelId` 32 bytes) or stands in an annotation (`U16 = Annotated[int, Unsigned(2)]`).
"""

from dataclasses import dataclass
from typing import Annotated, Any, Protocol, get_args, get_origin

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import FixedBytes, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat, Quantity, Sat


class NotMinimal(DecodeError):
    """BOLT 1: a number written with more bytes than it needs."""


class OutOfRange(DecodeError):
    """A number that its field cannot hold."""


def bigsize(number: int) -> bytes:
    """BOLT 1 `bigsize`: big-endian, of one, three, five or nine bytes."""
    if number < 0xFD:
        return number.to_bytes(1, "big")
    if number < 0x10000:
        return b"\xfd" + number.to_bytes(2, "big")
    if number < 0x100000000:
        return b"\xfe" + number.to_bytes(4, "big")
    return b"\xff" + number.to_bytes(8, "big")


def read_bigsize(reader: Reader) -> int:
    """Reads a `bigsize`; `NotMinimal` if a shorter form would have done."""
    first = reader.uint(1)
    if first < 0xFD:
        return first
    size, least = {0xFD: (2, 0xFD), 0xFE: (4, 0x10000), 0xFF: (8, 0x100000000)}[first]
    number = reader.uint(size)
    if number < least:
        raise NotMinimal("a bigsize is not minimal")
    return number


def tu(number: int) -> bytes:
    """A truncated integer: big-endian without leading zero bytes; zero has no bytes."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def read_tu(reader: Reader, max_size: int) -> int:
    """Reads all that is left as a truncated integer of at most `max_size` bytes."""
    if reader.left > max_size:
        raise OutOfRange(f"a truncated integer of more than {max_size} bytes")
    data = reader.rest()
    if data[:1] == b"\x00":
        raise NotMinimal("a truncated integer has a leading zero byte")
    return int.from_bytes(data, "big")


class Codec(Protocol):
    """How one field is written and read."""

    def write(self, value: Any) -> bytes:
        """The field's bytes."""
        ...

    def read(self, reader: Reader) -> Any:
        """The field's value; `DecodeError` if there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A big-endian number of `size` bytes."""

    size: int

    def write(self, value: int) -> bytes:
        """`size` bytes."""
        return value.to_bytes(self.size, "big")

    def read(self, reader: Reader) -> int:
        """A number."""
        return reader.uint(self.size)


@dataclass(frozen=True, slots=True)
class Truncated:
    """A truncated integer that fills its TLV record (`tu16`, `tu32`, `tu64`)."""

    max_size: int

    def write(self, value: int) -> bytes:
        """At most `max_size` bytes."""
        return tu(value)

    def read(self, reader: Reader) -> int:
        """A number."""
        return read_tu(reader, self.max_size)


@dataclass(frozen=True, slots=True)
class QuantityOf:
    """A quantity as a big-endian number of `size` bytes."""

    kind: type[Quantity]
    size: int

    def write(self, value: Quantity) -> bytes:
        """`size` bytes."""
        return value.value.to_bytes(self.size, "big")

    def read(self, reader: Reader) -> Quantity:
        """A quantity of the kind."""
        return self.kind(reader.uint(self.size))


@dataclass(frozen=True, slots=True)
class Fixed:
    """Bytes of a fixed length, in their own type."""

    kind: type[FixedBytes]

    def write(self, value: bytes) -> bytes:
        """The bytes themselves."""
        return value

    def read(self, reader: Reader) -> FixedBytes:
        """An identifier of the kind."""
        return self.kind(reader.take(self.kind.LENGTH))


class ScidCodec:
    """BOLT 7 `short_channel_id`: eight bytes."""

    def write(self, value: ShortChannelId) -> bytes:
        """Eight bytes."""
        return value.to_bytes(8, "big")

    def read(self, reader: Reader) -> ShortChannelId:
        """A short channel id."""
        return ShortChannelId(reader.uint(8))


@dataclass(frozen=True, slots=True)
class Exactly:
    """Plain bytes of a given number."""

    count: int

    def write(self, value: bytes) -> bytes:
        """The bytes; ``ValueError`` if they are not `count`, which is a bug of ours."""
        if len(value) != self.count:
            raise ValueError(f"{self.count} bytes expected, not {len(value)}")
        return value

    def read(self, reader: Reader) -> bytes:
        """`count` bytes."""
        return reader.take(self.count)


class Prefixed:
    """Bytes behind a u16 length."""

    def write(self, value: bytes) -> bytes:
        """Length, then the bytes."""
        return len(value).to_bytes(2, "big") + value

    def read(self, reader: Reader) -> bytes:
        """The bytes."""
        return reader.take(reader.uint(2))


class Remainder:
    """Bytes up to the end of the record."""

    def write(self, value: bytes) -> bytes:
        """The bytes themselves."""
        return value

    def read(self, reader: Reader) -> bytes:
        """All that is left."""
        return reader.rest()


@dataclass(frozen=True, slots=True)
class Many:
    """Items of fixed length behind a u16 count."""

    kind: type[FixedBytes]

    def write(self, value: tuple[FixedBytes, ...]) -> bytes:
        """Count, then the items."""
        return len(value).to_bytes(2, "big") + b"".join(value)

    def read(self, reader: Reader) -> tuple[FixedBytes, ...]:
        """The items; the count may not promise more than there is."""
        count = reader.uint(2)
        data = Reader(reader.take(count * self.kind.LENGTH))
        return tuple(self.kind(data.take(self.kind.LENGTH)) for _ in range(count))


U8 = Annotated[int, Unsigned(1)]
U16 = Annotated[int, Unsigned(2)]
U32 = Annotated[int, Unsigned(4)]
U64 = Annotated[int, Unsigned(8)]
Bytes16 = Annotated[bytes, Prefixed()]
Bytes32 = Annotated[bytes, Exactly(32)]

_BY_TYPE: dict[object, Codec] = {
    Msat: QuantityOf(Msat, 8),
    Sat: QuantityOf(Sat, 8),
    FeeratePerKw: QuantityOf(FeeratePerKw, 4),
    BlockHeight: QuantityOf(BlockHeight, 4),
    CltvDelta: QuantityOf(CltvDelta, 2),
    ShortChannelId: ScidCodec(),
}


def codec_for(kind: object) -> Codec:
    """The codec of an annotated field type; ``TypeError`` for a type that has none."""
    if get_origin(kind) is Annotated:
        for extra in get_args(kind)[1:]:
            if hasattr(extra, "write"):
                return extra  # type: ignore[no-any-return]
        return codec_for(get_args(kind)[0])
    if kind in _BY_TYPE:
        return _BY_TYPE[kind]
    if isinstance(kind, type) and issubclass(kind, FixedBytes):
        return Fixed(kind)
    raise TypeError(f"no codec for {kind!r}")
