"""Versioned bytes of a stored channel, in three parts that change at different rates.

The terms are written once; the head (state, numbers, balances, secrets) at every step that binds
us; each HTLC only when it moves. A field's form follows from its type. A state may grow at its
end by fields with defaults: what was stored before is read with them. Any other change of a stored
class is a new `VERSION` with a migration.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import FixedBytes, ShortChannelId
from tipdesk.base.units import Quantity
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    Closed,
    Closing,
    Failed,
    Live,
    Negotiating,
    Normal,
    ShuttingDown,
    inner,
)
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.wire.codec import bigsize, read_bigsize
from tipdesk.lightning.wire.message import Message, decode, encode

VERSION: Final = 1

STATES: Final = (AwaitingReady, Normal, ShuttingDown, Negotiating, Closing, Closed, Failed)
"""The stored states: a head begins with its state's place here. Only ever append."""

ELSEWHERE: Final = frozenset({"terms", "htlcs"})
"""Fields that have rows of their own."""


class UnknownStoredVersion(DecodeError):
    """Written by a newer TipDesk, or damaged."""

    def __init__(self, *, version: int) -> None:
        super().__init__(f"stored in version {version}, version {VERSION} is known")
        self.version = version


@dataclass(frozen=True, slots=True)
class _Form:
    write: Callable[[Any], bytes]
    read: Callable[[Reader], Any]


def _prefixed(data: bytes) -> bytes:
    return bigsize(len(data)) + data


def _read_prefixed(reader: Reader) -> bytes:
    return reader.take(read_bigsize(reader))


@cache
def _form(kind: Hashable) -> _Form:
    origin = get_origin(kind)
    if origin is UnionType or origin is Union:
        return _union(get_args(kind))
    if origin is tuple:
        return _tuple(get_args(kind))
    if isinstance(kind, type):
        return _class(kind)
    raise TypeError(f"no stored form for {kind!r}")


def _union(options: tuple[Any, ...]) -> _Form:
    forms = [None if option is NoneType else _form(option) for option in options]
    kinds = [get_origin(option) or option for option in options]

    def write(value: Any) -> bytes:
        for tag, (kind, form) in enumerate(zip(kinds, forms, strict=True)):
            if isinstance(value, kind):
                return bytes([tag]) + (b"" if form is None else form.write(value))
        raise TypeError(f"{value!r} is none of {options!r}")

    def read(reader: Reader) -> Any:
        form = forms[reader.uint(1)]
        return None if form is None else form.read(reader)

    return _Form(write, read)


def _tuple(items: tuple[Any, ...]) -> _Form:
    if len(items) == 2 and items[1] is ...:
        form = _form(items[0])
        return _Form(
            lambda value: bigsize(len(value)) + b"".join(form.write(item) for item in value),
            lambda reader: tuple(form.read(reader) for _ in range(read_bigsize(reader))),
        )
    forms = [_form(item) for item in items]
    return _Form(
        lambda value: b"".join(f.write(item) for f, item in zip(forms, value, strict=True)),
        lambda reader: tuple(form.read(reader) for form in forms),
    )


def _class(kind: type[Any]) -> _Form:
    simple = _simple(kind)
    if simple is not None:
        return simple
    if issubclass(kind, Message):
        return _Form(
            lambda value: _prefixed(encode(value)), lambda reader: decode(_read_prefixed(reader))
        )
    if kind is Transaction:
        return _Form(
            lambda value: _prefixed(value.serialize()),
            lambda reader: Transaction.parse(_read_prefixed(reader)),
        )
    if is_dataclass(kind):
        return _dataclass(kind, {})
    raise TypeError(f"no stored form for {kind!r}")


def _simple(kind: type[Any]) -> _Form | None:
    if issubclass(kind, Enum):
        members = list(kind)
        return _Form(lambda v: bytes([members.index(v)]), lambda r: members[r.uint(1)])
    if issubclass(kind, bool):
        return _Form(lambda v: b"\x01" if v else b"\x00", lambda r: bool(r.uint(1)))
    if issubclass(kind, ShortChannelId | int):
        return _Form(bigsize, lambda r: kind(read_bigsize(r)))
    if issubclass(kind, Quantity):
        return _Form(lambda v: bigsize(v.value), lambda r: kind(read_bigsize(r)))
    if issubclass(kind, FixedBytes):
        return _Form(lambda v: v, lambda r: kind(r.take(kind.LENGTH)))
    if issubclass(kind, bytes):
        return _Form(_prefixed, _read_prefixed)
    if issubclass(kind, str):
        return _Form(lambda v: _prefixed(v.encode()), lambda r: _read_prefixed(r).decode())
    return None


def _dataclass(kind: type[Any], given: Mapping[str, Any]) -> _Form:
    hints = get_type_hints(kind)
    names = [f.name for f in fields(kind) if f.name not in ELSEWHERE and f.init]
    forms = [
        _dataclass(hints[name], given) if hints[name] in _SPLIT and given else _form(hints[name])
        for name in names
    ]
    defaults = {f.name for f in fields(kind) if f.default is not MISSING}
    rest = {f.name: given[f.name] for f in fields(kind) if f.name in ELSEWHERE and given}

    def write(value: Any) -> bytes:
        return b"".join(
            form.write(getattr(value, name)) for name, form in zip(names, forms, strict=True)
        )

    def read(reader: Reader) -> Any:
        read_fields = {}
        for name, form in zip(names, forms, strict=True):
            if reader.left or name not in defaults:
                read_fields[name] = form.read(reader)
        return kind(**read_fields, **rest)

    return _Form(write, read)


_SPLIT: Final = (Commitments,)
"""Classes inside a state of which a field has rows of its own."""


def encode_terms(terms: ChannelTerms) -> bytes:
    """The terms of a channel."""
    return bytes([VERSION]) + _form(ChannelTerms).write(terms)


def decode_terms(data: bytes) -> ChannelTerms:
    """The terms of a channel; `DecodeError` if they are damaged."""
    terms: ChannelTerms = _read_whole(_form(ChannelTerms), _versioned(data))
    return terms


@cache
def _state_form(tag: int) -> _Form:
    return _form(STATES[tag])


def encode_head(state: Live) -> bytes:
    """All of a state that is neither terms nor HTLC; being offline is not stored."""
    live = inner(state)
    tag = STATES.index(type(live))
    return bytes([VERSION, tag]) + _state_form(tag).write(live)


def decode_head(data: bytes, terms: ChannelTerms, htlcs: Mapping[HtlcKey, Htlc]) -> Live:
    """The stored state, put together with its terms and HTLCs."""
    reader = _versioned(data)
    tag = reader.uint(1)
    if tag >= len(STATES):
        raise DecodeError(f"state {tag} is unknown")
    form = _dataclass(STATES[tag], {"terms": terms, "htlcs": htlcs})
    state: Live = _read_whole(form, reader)
    return state


def encode_htlc(htlc: Htlc) -> bytes:
    """One HTLC."""
    return bytes([VERSION]) + _form(Htlc).write(htlc)


def decode_htlc(data: bytes) -> Htlc:
    """One HTLC; `DecodeError` if it is damaged."""
    htlc: Htlc = _read_whole(_form(Htlc), _versioned(data))
    return htlc


def _versioned(data: bytes) -> Reader:
    reader = Reader(data)
    version = reader.uint(1)
    if version != VERSION:
        raise UnknownStoredVersion(version=version)
    return reader


def _read_whole(form: _Form, reader: Reader) -> Any:
    try:
        value = form.read(reader)
    except (IndexError, ValueError) as error:  # a choice that is none, text that is no text
        raise DecodeError(f"stored bytes are damaged: {error}") from error
    reader.finish()
    return value
