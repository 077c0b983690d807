"""NIP-19: keys and pointers in bech32, for people to read, copy and paste."""

from dataclasses import dataclass

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.crypto import bech32
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.relay_url import usable_relays

MAX_CHARS = 5_000
"""NIP-19, "Notes": longer texts are refused."""
MAX_RELAYS = 20
_SPECIAL, _RELAY, _AUTHOR, _KIND = range(4)


class NotThisEntity(DecodeError):
    """bech32 of another kind than the one expected, such as a note where a profile should be."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(f"this is an {found!a}, not an {expected}")
        self.expected = expected
        self.found = found


class MalformedEntity(DecodeError):
    """The bech32 is sound, what it holds is not."""


@dataclass(frozen=True, slots=True)
class ProfilePointer:
    """``nprofile``: somebody, and relays where they may be found."""

    pubkey: XOnlyPubkey
    relays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventPointer:
    """``nevent``: an event, relays where it may be found, its author and kind if known."""

    id: EventId
    relays: tuple[str, ...] = ()
    author: XOnlyPubkey | None = None
    kind: int | None = None


def encode_npub(pubkey: XOnlyPubkey) -> str:
    """A public key as ``npub1...``."""
    return _encode("npub", pubkey)


def encode_note(event_id: EventId) -> str:
    """An event id as ``note1...``."""
    return _encode("note", event_id)


def encode_nsec(key: PrivateKey) -> str:
    """A secret key as ``nsec1...``; whoever reads it is its owner."""
    return _encode("nsec", key.secret)


def encode_nprofile(pointer: ProfilePointer) -> str:
    """A profile pointer as ``nprofile1...``."""
    return _encode("nprofile", _record(_SPECIAL, pointer.pubkey) + _relays(pointer.relays))


def encode_nevent(pointer: EventPointer) -> str:
    """An event pointer as ``nevent1...``."""
    data = _record(_SPECIAL, pointer.id) + _relays(pointer.relays)
    if pointer.author is not None:
        data += _record(_AUTHOR, pointer.author)
    if pointer.kind is not None:
        data += _record(_KIND, pointer.kind.to_bytes(4, "big"))
    return _encode("nevent", data)


def decode_npub(text: str) -> XOnlyPubkey:
    """The public key of an ``npub1...``, or `DecodeError`."""
    return XOnlyPubkey(_bare("npub", text))


def decode_note(text: str) -> EventId:
    """The event id of a ``note1...``, or `DecodeError`."""
    return EventId(_bare("note", text))


def decode_nsec(text: str) -> PrivateKey:
    """The secret key of an ``nsec1...``, or `DecodeError`."""
    return PrivateKey(_bare("nsec", text))


def decode_nprofile(text: str) -> ProfilePointer:
    """What an ``nprofile1...`` points to; unknown records are skipped. Or `DecodeError`."""
    records = _records(_decode("nprofile", text))
    return ProfilePointer(XOnlyPubkey(_special(records)), _read_relays(records))


def decode_nevent(text: str) -> EventPointer:
    """What an ``nevent1...`` points to; unknown records are skipped. Or `DecodeError`."""
    records = _records(_decode("nevent", text))
    author = next((value for kind, value in records if kind == _AUTHOR), None)
    kind = next((value for kind, value in records if kind == _KIND), None)
    if author is not None and len(author) != 32:
        raise MalformedEntity("the author is not 32 bytes")
    if kind is not None and len(kind) != 4:
        raise MalformedEntity("the kind is not 4 bytes")
    return EventPointer(
        EventId(_special(records)),
        _read_relays(records),
        None if author is None else XOnlyPubkey(author),
        None if kind is None else int.from_bytes(kind, "big"),
    )


def _encode(prefix: str, data: bytes) -> str:
    return bech32.encode(prefix, bech32.to_words(data))


def _decode(prefix: str, text: str) -> bytes:
    found, words = bech32.decode(text.strip(), maximum=MAX_CHARS)
    if found != prefix:
        raise NotThisEntity(expected=prefix, found=found)
    return bech32.from_words(words)


def _bare(prefix: str, text: str) -> bytes:
    data = _decode(prefix, text)
    if len(data) != 32:
        raise MalformedEntity(f"{prefix} holds {len(data)} bytes, not 32")
    return data


def _record(kind: int, value: bytes) -> bytes:
    return bytes((kind, len(value))) + value


def _relays(urls: tuple[str, ...]) -> bytes:
    return b"".join(
        _record(_RELAY, url.encode("ascii")) for url in usable_relays(urls, maximum=MAX_RELAYS)
    )


def _records(data: bytes) -> list[tuple[int, bytes]]:
    reader = Reader(data)
    records = []
    while reader.left:
        kind = reader.uint(1)
        records.append((kind, reader.take(reader.uint(1))))
    return records


def _special(records: list[tuple[int, bytes]]) -> bytes:
    value = next((value for kind, value in records if kind == _SPECIAL), b"")
    if len(value) != 32:
        raise MalformedEntity(f"the key or id is {len(value)} bytes, not 32")
    return value


def _read_relays(records: list[tuple[int, bytes]]) -> tuple[str, ...]:
    texts = (value.decode("latin-1") for kind, value in records if kind == _RELAY)
    return usable_relays(tuple(texts), maximum=MAX_RELAYS)
