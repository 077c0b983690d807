"""What makes a dataclass a message: its type number, its fields' codecs, its extension records."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Annotated, Any, ClassVar, Final, TypeVar, get_args, get_origin, get_type_hints

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.lightning.wire.codec import Codec, codec_for
from tipdesk.lightning.wire.tlv import TlvRecord, UnknownEvenTlv, read_stream, write_stream

MAX_MESSAGE_BYTES: Final = 65535
"""BOLT 1: the longest message, its two bytes of type included."""


class UnknownEvenMessage(DecodeError):
    """BOLT 1: an even message type we do not know closes the connection."""

    def __init__(self, *, message_type: int) -> None:
        super().__init__(f"unknown even message type {message_type}")
        self.message_type = message_type


@dataclass(frozen=True, slots=True)
class Tlv:
    """Marks an optional field as the extension record of this type."""

    type: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The root of all messages; extension records that we do not know are kept."""

    TYPE: ClassVar[int]
    unknown_records: tuple[TlvRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class _Schema:
    cls: type[Message]
    fixed: tuple[tuple[str, Codec], ...]
    optional: dict[int, tuple[str, Codec]]


_SCHEMAS: dict[type[Message], _Schema] = {}
_BY_NUMBER: dict[int, _Schema] = {}

M = TypeVar("M", bound=Message)


def message(number: int) -> Callable[[type[M]], type[M]]:
    """Class decorator: gives a message its type number and works out its codecs once."""

    def register(cls: type[M]) -> type[M]:
        cls.TYPE = number
        hints = get_type_hints(cls, include_extras=True)
        fixed: list[tuple[str, Codec]] = []
        optional: dict[int, tuple[str, Codec]] = {}
        for field in fields(cls):
            if field.name == "unknown_records":
                continue
            hint = hints[field.name]
            mark = _tlv_mark(hint)
            if mark is None:
                fixed.append((field.name, codec_for(hint)))
            else:
                optional[mark.type] = (field.name, _codec_of_optional(hint))
        schema = _Schema(cls, tuple(fixed), optional)
        _SCHEMAS[cls] = _BY_NUMBER[number] = schema
        return cls

    return register


def _tlv_mark(hint: Any) -> Tlv | None:
    if get_origin(hint) is not Annotated:
        return None
    return next((extra for extra in get_args(hint)[1:] if isinstance(extra, Tlv)), None)


def _codec_of_optional(hint: Any) -> Codec:
    kind, *extras = get_args(hint)
    for extra in extras:
        if hasattr(extra, "write"):
            return extra  # type: ignore[no-any-return]
    return codec_for(next(option for option in get_args(kind) if option is not type(None)))


def encode(value: Message) -> bytes:
    """Two bytes of type, the fields, then the extension records."""
    schema = _SCHEMAS[type(value)]
    parts = [value.TYPE.to_bytes(2, "big")]
    parts += [codec.write(getattr(value, name)) for name, codec in schema.fixed]
    records = list(value.unknown_records)
    for record_type, (name, codec) in schema.optional.items():
        item = getattr(value, name)
        if item is not None:
            records.append(TlvRecord(record_type, codec.write(item)))
    if records:
        parts.append(write_stream(records))
    return b"".join(parts)


def decode(data: bytes) -> Message | None:
    """The message in `data`; None for an unknown odd type, which is to be ignored (BOLT 1).

    Raises `UnknownEvenMessage`, `UnknownEvenTlv` or another `DecodeError`.
    """
    reader = Reader(data)
    number = reader.uint(2)
    schema = _BY_NUMBER.get(number)
    if schema is None:
        if number % 2 == 0:
            raise UnknownEvenMessage(message_type=number)
        return None
    values: dict[str, Any] = {name: codec.read(reader) for name, codec in schema.fixed}
    unknown: list[TlvRecord] = []
    for record in read_stream(reader.rest()) if reader.left else ():
        known = schema.optional.get(record.type)
        if known is not None:
            field = Reader(record.value)
            values[known[0]] = known[1].read(field)
            field.finish()
        elif record.type % 2 == 0:
            raise UnknownEvenTlv(record_type=record.type)
        else:
            unknown.append(record)
    return schema.cls(**values, unknown_records=tuple(unknown))
