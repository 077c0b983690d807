"""What a macaroon of LND says that it allows, read from its own bytes: nobody has to be asked.

The binary form, version 2: fields of type, length and bytes; an empty field of type 0 ends a
section. LND's identifier is the byte 3 and a protobuf message whose third field is a list of
operations, each an entity and its actions. The signature is the server's to check.
"""

from collections.abc import Iterator
from typing import Final

from tipdesk.tips.payment import Capability

_VERSION: Final = 2
_BAKERY_VERSION: Final = 3
_IDENTIFIER: Final = 2
_OPERATIONS: Final = 3
_ENTITY: Final = 1
_ACTIONS: Final = 2
_LENGTH_DELIMITED: Final = 2
_WIDTHS = {1: 8, 5: 4}

Operation = tuple[str, str]
"""Entity and action: ``("offchain", "write")``, or ``("uri", "/routerrpc.Router/...")``."""


_SENDS = {("offchain", "write"), ("uri", "/routerrpc.Router/SendPaymentV2")}
_TRACKS = {("offchain", "read"), ("uri", "/routerrpc.Router/TrackPaymentV2")}
_ADDS = {("invoices", "write"), ("uri", "/lnrpc.Lightning/AddInvoice")}
_READS = {("invoices", "read"), ("uri", "/lnrpc.Lightning/LookupInvoice")}
_ROUTES = {("info", "read"), ("uri", "/lnrpc.Lightning/QueryRoutes")}
_LISTS = {("offchain", "read"), ("uri", "/lnrpc.Lightning/ListChannels")}


class _Unread(Exception):
    """It is written in another way than we know."""


def operations(raw: bytes) -> frozenset[Operation] | None:
    """What it allows; None if that cannot be read, which says nothing about the key."""
    try:
        return frozenset(_operations(_identifier(raw)))
    except (_Unread, UnicodeDecodeError, IndexError):
        return None


def _identifier(raw: bytes) -> bytes:
    if not raw or raw[0] != _VERSION:
        raise _Unread
    at = 1
    while raw[at] != 0:
        kind = raw[at]
        length, at = _varint(raw, at + 1)
        if kind == _IDENTIFIER:
            return _slice(raw, at, length)
        at += length
    raise _Unread


def _operations(identifier: bytes) -> Iterator[Operation]:
    if not identifier or identifier[0] != _BAKERY_VERSION:
        raise _Unread
    for number, content in _fields(identifier[1:]):
        if number == _OPERATIONS:
            fields = list(_fields(content))
            entities = [value.decode() for at, value in fields if at == _ENTITY]
            actions = [value.decode() for at, value in fields if at == _ACTIONS]
            yield from ((entity, action) for entity in entities for action in actions)


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The protobuf fields that hold bytes; numbers are passed over."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == _LENGTH_DELIMITED:
            length, at = _varint(message, at)
            yield tag >> 3, _slice(message, at, length)
            at += length
        elif kind == 0:
            _, at = _varint(message, at)
        elif kind in _WIDTHS:
            at += _WIDTHS[kind]
        else:
            raise _Unread


def _slice(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise _Unread
    return data[at : at + length]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 63:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise _Unread


def capabilities_of(macaroon: bytes) -> frozenset[Capability]:
    """What the key allows; everything, if it does not say: what is refused then is told."""
    allowed = operations(macaroon)

    def may(*calls: set[Operation]) -> bool:
        return allowed is None or all(call & allowed for call in calls)

    found = {
        Capability.PAY_INVOICE: may(_SENDS, _TRACKS),
        Capability.FEE_LIMIT: may(_SENDS, _TRACKS),
        Capability.KEYSEND: may(_SENDS, _TRACKS),
        Capability.LOOKUP: may(_TRACKS),
        Capability.QUOTE: may(_ROUTES),
        Capability.CREATE_INVOICE: may(_ADDS, _READS),
        Capability.DESCRIPTION_HASH: may(_ADDS, _READS),
        Capability.BALANCE: may(_LISTS),
        Capability.CHANNELS: may(_LISTS),
    }
    return frozenset(capability for capability, is_allowed in found.items() if is_allowed)
