"""NIP-01 events: serialisation, id, signature, and parsing of what a stranger calls an event."""

import json
import re
from dataclasses import dataclass, field

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey, verify_schnorr

Tags = tuple[tuple[str, ...], ...]

MAX_EVENT_CHARS = 262_144
"""The longest event in JSON that is looked at."""
MAX_TAGS = 2_000
"""The most tags an event may carry, unless it is a follow list."""
MAX_FOLLOW_TAGS = 15_000
"""The most tags of a follow list (NIP-02), which holds one for everybody followed."""
MAX_TAG_ITEMS = 200
"""The most strings one tag may hold."""
_MAX_TIME = 2**40
_KIND_FOLLOWS = 3
_HEX_32 = re.compile(r"[0-9a-f]{64}")
_HEX_64 = re.compile(r"[0-9a-f]{128}")
_FIELDS = ("id", "pubkey", "created_at", "kind", "tags", "content", "sig")


class MalformedEvent(DecodeError):
    """A field of an event is missing, of the wrong type, or out of bounds (NIP-01)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the event's {name} is malformed")
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedEvent:
    """NIP-01: what is hashed and signed. `created_at` is in seconds since the Unix epoch."""

    pubkey: XOnlyPubkey
    created_at: int
    kind: int
    tags: Tags
    content: str

    @property
    def id(self) -> EventId:
        """NIP-01: SHA-256 of the serialisation."""
        return EventId(sha256(serialise(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """NIP-01: an event as it was signed, or as somebody says it was: ask `is_authentic`."""

    id: EventId
    pubkey: XOnlyPubkey
    created_at: int
    kind: int
    tags: Tags
    content: str
    sig: bytes = field(repr=False)

    def is_authentic(self) -> bool:
        """Whether the id is the hash of the content and the signature the author's (NIP-01)."""
        return self.id == sha256(serialise(self)) and verify_schnorr(self.pubkey, self.sig, self.id)

    def first(self, name: str) -> str | None:
        """The value of the first tag of that name, if there is one."""
        for tag in self.tags:
            if tag[0] == name and len(tag) > 1:
                return tag[1]
        return None

    def values(self, name: str) -> tuple[str, ...]:
        """The values of all tags of that name, in order."""
        return tuple(tag[1] for tag in self.tags if tag[0] == name and len(tag) > 1)

    def to_json(self) -> str:
        """The event as relays and zap requests carry it."""
        return json.dumps(
            {
                "id": self.id.hex(),
                "pubkey": self.pubkey.hex(),
                "created_at": self.created_at,
                "kind": self.kind,
                "tags": self.tags,
                "content": self.content,
                "sig": self.sig.hex(),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )


def serialise(event: UnsignedEvent | Event) -> bytes:
    """NIP-01, "Events and signatures": the bytes whose SHA-256 is the event's id.

    Control characters the NIP does not name are written as ``\\u00XX``. The NIP asks for them
    raw, but every implementation in use escapes them, and ids have to agree with those.
    """
    return json.dumps(
        [0, event.pubkey.hex(), event.created_at, event.kind, event.tags, event.content],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def sign(unsigned: UnsignedEvent, key: PrivateKey, aux: bytes) -> Event:
    """The signed event; `aux` is 32 fresh random bytes (BIP-340)."""
    if key.x_only != unsigned.pubkey:
        raise ValueError("the key is not the event's author's")
    event_id = unsigned.id
    return Event(
        id=event_id,
        pubkey=unsigned.pubkey,
        created_at=unsigned.created_at,
        kind=unsigned.kind,
        tags=unsigned.tags,
        content=unsigned.content,
        sig=key.sign_schnorr(event_id, aux),
    )


def parse(data: str | bytes) -> Event:
    """An event from its JSON text: well formed, not yet authentic. `DecodeError` otherwise."""
    return from_object(strict_json.parse_object(data, maximum=MAX_EVENT_CHARS))


def from_object(value: object) -> Event:
    """An event from parsed JSON: exact types and bounds (NIP-01), or `MalformedEvent`."""
    if not isinstance(value, dict):
        raise MalformedEvent("body")
    missing = [name for name in _FIELDS if name not in value]
    if missing:
        raise MalformedEvent(missing[0])
    kind = _number("kind", value["kind"], 65_535)
    return Event(
        id=EventId(_hex("id", value["id"], _HEX_32)),
        pubkey=XOnlyPubkey(_hex("pubkey", value["pubkey"], _HEX_32)),
        created_at=_number("created_at", value["created_at"], _MAX_TIME),
        kind=kind,
        tags=_tags(value["tags"], MAX_FOLLOW_TAGS if kind == _KIND_FOLLOWS else MAX_TAGS),
        content=_content(value["content"]),
        sig=_hex("sig", value["sig"], _HEX_64),
    )


def parse_pubkey(text: str) -> XOnlyPubkey:
    """A public key as tags write it: 64 lower-case hexadecimal digits, or `MalformedEvent`."""
    return XOnlyPubkey(_hex("pubkey", text, _HEX_32))


def parse_event_id(text: str) -> EventId:
    """An event id as tags write it: 64 lower-case hexadecimal digits, or `MalformedEvent`."""
    return EventId(_hex("id", text, _HEX_32))


def _hex(name: str, value: object, pattern: re.Pattern[str]) -> bytes:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MalformedEvent(name)
    return bytes.fromhex(value)


def _number(name: str, value: object, maximum: int) -> int:
    # `True` is an int to Python, and 1.0 equals 1: neither is what the author hashed.
    if type(value) is not int or not 0 <= value <= maximum:
        raise MalformedEvent(name)
    return value


def _content(value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_EVENT_CHARS:
        raise MalformedEvent("content")
    return value


def _tags(value: object, maximum: int) -> Tags:
    if not isinstance(value, list) or len(value) > maximum:
        raise MalformedEvent("tags")
    return tuple(_tag(tag) for tag in value)


def _tag(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_TAG_ITEMS:
        raise MalformedEvent("tags")
    if not all(isinstance(item, str) for item in value):
        raise MalformedEvent("tags")
    return tuple(value)
