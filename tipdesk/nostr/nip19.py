"""NIP-19: keys and pointers in bech32, for people to read, copy and paste."""

from dataclasses import dataclass

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.crypto import bech32
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.relay_url import usable_relays

MAX_CHARS = 5_000
"""NIP-19, "Notes": longer texts are refused."""
MAX_RELAYS = 20
_SPECIAL, _RELAY, _AUTHOR, _KIND = range(4)
_MAX_VALUE = 255


class NotThisEntity(DecodeError):
    """bech32 of another kind than the one expected, such as a note where a profile should be."""

    def __init__(self, *, expected: str, found: str) -> None:
        super().__init__(
            Phrase("this is an {found}, not an {expected}", found=f"{found!a}", expected=expected)
        )
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


@dataclass(frozen=True, slots=True)
class AddressPointer:
    """``naddr``: an event that can be replaced; `identifier` is its ``d`` tag, or empty."""

    identifier: str
    author: XOnlyPubkey
    kind: int
    relays: tuple[str, ...] = ()

    @property
    def coordinate(self) -> str:
        """NIP-01: what ``a`` tags call it, ``kind:pubkey:d``."""
        return f"{self.kind}:{self.author.hex()}:{self.identifier}"


Pointer = ProfilePointer | EventPointer | AddressPointer
"""What a person may be pointed to. A bare key or id is a pointer without relays."""


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


def encode_naddr(pointer: AddressPointer) -> str:
    """An address pointer as ``naddr1...``. `MalformedEntity` if its identifier is too long."""
    identifier = pointer.identifier.encode()
    if len(identifier) > _MAX_VALUE:
        raise MalformedEntity(Phrase("an identifier of {count} bytes", count=len(identifier)))
    data = _record(_SPECIAL, identifier) + _relays(pointer.relays)
    data += _record(_AUTHOR, pointer.author) + _record(_KIND, pointer.kind.to_bytes(4, "big"))
    return _encode("naddr", data)


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
    author, kind = _first(records, _AUTHOR, length=32), _first(records, _KIND, length=4)
    return EventPointer(
        EventId(_special(records)),
        _read_relays(records),
        None if author is None else XOnlyPubkey(author),
        None if kind is None else int.from_bytes(kind, "big"),
    )


def decode_naddr(text: str) -> AddressPointer:
    """What an ``naddr1...`` points to; unknown records are skipped. Or `DecodeError`."""
    records = _records(_decode("naddr", text))
    identifier = _first(records, _SPECIAL)
    author, kind = _first(records, _AUTHOR, length=32), _first(records, _KIND, length=4)
    if identifier is None or author is None or kind is None:
        raise MalformedEntity(Phrase("an naddr without identifier, author or kind"))
    try:
        name = identifier.decode()
    except ValueError:
        raise MalformedEntity(Phrase("the identifier is not UTF-8")) from None
    return AddressPointer(
        name, XOnlyPubkey(author), int.from_bytes(kind, "big"), _read_relays(records)
    )


def decode_pointer(text: str) -> Pointer:
    """Whatever a person may be pointed to: npub, note, nprofile, nevent, naddr. Or `DecodeError`.

    Never a secret key; and ``nrelay``, which is deprecated, is nothing either.
    """
    match text.strip().lower().partition("1")[0]:
        case "npub":
            return ProfilePointer(decode_npub(text))
        case "note":
            return EventPointer(decode_note(text))
        case "nprofile":
            return decode_nprofile(text)
        case "nevent":
            return decode_nevent(text)
        case "naddr":
            return decode_naddr(text)
        case other:
            raise NotThisEntity(
                expected=Phrase("npub, note, nprofile, nevent or naddr"), found=other[:12]
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
        raise MalformedEntity(
            Phrase("{prefix} holds {count} bytes, not 32", prefix=prefix, count=len(data))
        )
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
    value = _first(records, _SPECIAL, length=32)
    if value is None:
        raise MalformedEntity(Phrase("no key or id in it"))
    return value


def _first(
    records: list[tuple[int, bytes]], wanted: int, *, length: int | None = None
) -> bytes | None:
    value = next((value for kind, value in records if kind == wanted), None)
    if value is not None and length is not None and len(value) != length:
        raise MalformedEntity(
            Phrase(
                "record {wanted} is {count} bytes, not {length}",
                wanted=wanted,
                count=len(value),
                length=length,
            )
        )
    return value


def _read_relays(records: list[tuple[int, bytes]]) -> tuple[str, ...]:
    texts = (value.decode("latin-1") for kind, value in records if kind == _RELAY)
    return usable_relays(tuple(texts), maximum=MAX_RELAYS)
