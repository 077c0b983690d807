"""As much of D-Bus's wire format as notifications need: messages built, and read warily.

D-Bus Specification, "Marshaling (Wire Format)" and "Message Protocol"; little-endian only in what
we send, as every bus answers in the order of bytes of whoever speaks: theirs is read as it says.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

METHOD_CALL, METHOD_RETURN, ERROR, SIGNAL = 1, 2, 3, 4
PATH, INTERFACE, MEMBER, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = 1, 2, 3, 5, 6, 7, 8
MAX_MESSAGE: Final = 1_000_000


class BadMessage(ValueError):
    """Bytes that are no message of D-Bus, or one of a kind that we never asked for."""


@dataclass(frozen=True, slots=True)
class Message:
    """One that came."""

    kind: int
    fields: dict[int, Any]
    body: tuple[Any, ...] = field(default=())


def call(
    serial: int, fields: dict[int, tuple[str, Any]], signature: str, body: Sequence[Any]
) -> bytes:
    """A method call."""
    content = Writer()
    for kind, value in zip(split(signature), body, strict=True):
        content.put(kind, value)
    head = Writer()
    head.data += struct.pack("<cBBBII", b"l", METHOD_CALL, 0, 1, len(content.data), serial)
    if signature:
        fields = {**fields, SIGNATURE: ("g", signature)}
    head.put("a(yv)", [*fields.items()])
    head.align(8)
    return bytes(head.data + content.data)


def split(signature: str) -> list[str]:
    """The complete types of a signature; arrays of the kinds we use."""
    found, rest = [], signature
    while rest:
        long = next((k for k in ("a{sv}", "a(yv)", "as") if rest.startswith(k)), rest[0])
        if long not in ("a{sv}", "a(yv)", "as") and long not in "ybiusogv":
            raise BadMessage(signature)
        found.append(long)
        rest = rest[len(long) :]
    return found


class Writer:
    """Values, one after the other."""

    def __init__(self) -> None:
        self.data = bytearray()

    def align(self, size: int) -> None:
        """Zeros up to the next multiple."""
        self.data += bytes(-len(self.data) % size)

    def put(self, kind: str, value: Any) -> None:  # noqa: ANN401 (values of D-Bus)
        """One value of a type; a variant is given as its type and value."""
        match kind:
            case "y":
                self.data.append(value)
            case "b" | "i" | "u":
                self.align(4)
                self.data += struct.pack("<i" if kind == "i" else "<I", value)
            case "s" | "o":
                raw = value.encode()
                self.put("u", len(raw))
                self.data += raw + b"\0"
            case "g":
                self.data += bytes([len(value)]) + value.encode() + b"\0"
            case "v":
                self.put("g", value[0])
                self.put(*value)
            case "as":
                self._array(4, [[("s", one)] for one in value])
            case "a{sv}":
                self._array(8, [[("s", name), ("v", one)] for name, one in value.items()])
            case "a(yv)":
                self._array(8, [[("y", number), ("v", one)] for number, one in value])
            case _:
                raise BadMessage(kind)

    def _array(self, size: int, items: Sequence[Sequence[tuple[str, Any]]]) -> None:
        self.put("u", 0)
        place = len(self.data) - 4
        self.align(size)
        begin = len(self.data)
        for item in items:
            self.align(size)
            for kind, value in item:
                self.put(kind, value)
        self.data[place : place + 4] = struct.pack("<I", len(self.data) - begin)


class Reader:
    """Reads values; never beyond the end."""

    def __init__(self, data: bytes, order: str, *, at: int = 0) -> None:
        self._data, self._order, self._at = data, order, at

    def get(self, kind: str) -> Any:  # noqa: ANN401 (values of D-Bus)
        """One value."""
        match kind:
            case "y":
                return self._take(1)[0]
            case "b" | "i" | "u":
                self.align(4)
                form = self._order + ("i" if kind == "i" else "I")
                return struct.unpack(form, self._take(4))[0]
            case "s" | "o":
                return self._text(self.get("u"))
            case "g":
                return self._text(self.get("y"))
            case "v":
                (inner,) = split(self.get("g")) or ("",)
                if inner == "v":
                    raise BadMessage("variants within each other")
                return self.get(inner)
            case "as" | "a(yv)" | "a{sv}":
                return self._array(kind)
            case _:
                raise BadMessage(kind)

    def align(self, size: int) -> None:
        """Passes over what fills up."""
        self._take(-self._at % size)

    def _array(self, kind: str) -> list[Any]:
        length = self.get("u")
        self.align(4 if kind == "as" else 8)
        end, found = self._at + length, []
        while self._at < end:
            if kind == "as":
                found.append(self.get("s"))
                continue
            self.align(8)
            found.append((self.get("y" if kind == "a(yv)" else "s"), self.get("v")))
        if self._at != end:
            raise BadMessage("an array of another length")
        return found

    def _text(self, length: int) -> str:
        raw = self._take(length + 1)
        return raw[:-1].decode("utf-8", "replace")

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise BadMessage("too short")
        taken = self._data[self._at : end]
        self._at = end
        return taken


def length_of(data: bytes) -> int | None:
    """How long the message is that begins here; None while too little of it is there."""
    if len(data) < 16:
        return None
    order = _order(data)
    body, _, fields = struct.unpack(order + "III", data[4:16])
    whole = 16 + int(fields) + (-int(fields) % 8) + int(body)
    if whole > MAX_MESSAGE:
        raise BadMessage("too long")
    return whole


def parse(data: bytes) -> Message:
    """A whole message."""
    order = _order(data)
    (body_length,) = struct.unpack(order + "I", data[4:8])
    head = Reader(data[: len(data) - body_length], order, at=12)
    fields = dict(head.get("a(yv)"))
    body = Reader(data[len(data) - body_length :], order)
    kinds = split(str(fields.get(SIGNATURE, "")))
    return Message(data[1], fields, tuple(body.get(kind) for kind in kinds))


def _order(data: bytes) -> str:
    if data[:1] not in (b"l", b"B"):
        raise BadMessage("no order of bytes")
    return "<" if data[:1] == b"l" else ">"
