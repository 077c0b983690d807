"""NIP-59: a rumor, which nobody signed, in a seal, which its sender signed, in a gift wrap.

Only the wrap is seen by others: a key used once, whom it is for, and a time up to two days early.
Encryption is the signer's: these functions make what is to be encrypted, and judge what was.
A wrap given to them is authentic, as every event is that a relay pool hands on.
"""

import json
from typing import Final

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.nip44 import MAX_TEXT_BYTES

KIND_SEAL: Final = 13
KIND_GIFT_WRAP: Final = 1_059
MAX_BACKDATED_SECONDS: Final = 2 * 86_400
RANDOM_BYTES: Final = 8
"""What `backdated` needs."""
_NO_ID, _NO_SIGNATURE = "0" * 64, "0" * 128


class NotAGiftWrap(DecodeError):
    """An event of another kind, given as a wrap."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a gift wrap")
        self.kind = kind


class WrappedForAnother(DecodeError):
    """A wrap whose ``p`` tags do not name who is to open it."""

    def __init__(self, recipient: XOnlyPubkey) -> None:
        super().__init__(f"the gift wrap is not for {recipient.hex()}")
        self.recipient = recipient


class NotASeal(DecodeError):
    """What was wrapped is of another kind."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a seal")
        self.kind = kind


class TaggedSeal(DecodeError):
    """NIP-59: the tags of a seal must be empty, so that it names nobody but its author."""

    def __init__(self, count: int) -> None:
        super().__init__(f"a seal with {count} tags")
        self.count = count


class ForgedSeal(DecodeError):
    """A seal that its author did not sign."""

    def __init__(self, author: XOnlyPubkey) -> None:
        super().__init__(f"the seal was not signed by {author.hex()}")
        self.author = author


class SignedRumor(DecodeError):
    """NIP-59: what is in a seal must be unsigned, or whoever reads it could publish it."""

    def __init__(self) -> None:
        super().__init__("what was sealed is signed")


class Impersonation(DecodeError):
    """NIP-17: the rumor says that somebody else wrote it than who signed the seal."""

    def __init__(self, *, sealed_by: XOnlyPubkey, claimed: XOnlyPubkey) -> None:
        super().__init__(f"sealed by {sealed_by.hex()} in the name of {claimed.hex()}")
        self.sealed_by = sealed_by
        self.claimed = claimed


class WrongRumorId(DecodeError):
    """The id of a rumor is not the hash of its content (NIP-01)."""

    def __init__(self) -> None:
        super().__init__("the id of what was sealed is not its hash")


def backdated(now: int, random: bytes) -> int:
    """A time from two days ago until now, in Unix seconds; `random` is `RANDOM_BYTES` fresh ones.

    Seal and wrap each need their own, or the two could be told to belong together.
    """
    return max(0, now - int.from_bytes(random, "big") % (MAX_BACKDATED_SECONDS + 1))


def rumor_text(rumor: UnsignedEvent) -> str:
    """What is encrypted into the seal: the rumor with its id and without a signature."""
    fields = {
        "id": rumor.id.hex(),
        "pubkey": rumor.pubkey.hex(),
        "created_at": rumor.created_at,
        "kind": rumor.kind,
        "tags": rumor.tags,
        "content": rumor.content,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def build_seal(payload: str, *, sender: XOnlyPubkey, created_at: int) -> UnsignedEvent:
    """The seal around a rumor that was encrypted from sender to recipient; the sender signs it."""
    return UnsignedEvent(
        pubkey=sender, created_at=created_at, kind=KIND_SEAL, tags=(), content=payload
    )


def build_wrap(
    payload: str, *, author: XOnlyPubkey, recipient: XOnlyPubkey, created_at: int
) -> UnsignedEvent:
    """The wrap around a seal that was encrypted from `author` to recipient.

    `author` is a key made for this wrap alone, which signs it.
    """
    return UnsignedEvent(
        pubkey=author,
        created_at=created_at,
        kind=KIND_GIFT_WRAP,
        tags=(("p", recipient.hex()),),
        content=payload,
    )


def check_wrap(wrap: Event, recipient: XOnlyPubkey) -> None:
    """Raises `NotAGiftWrap`, or `WrappedForAnother` if it does not name the recipient."""
    if wrap.kind != KIND_GIFT_WRAP:
        raise NotAGiftWrap(kind=wrap.kind)
    if recipient.hex() not in wrap.values("p"):
        raise WrappedForAnother(recipient)


def read_seal(text: str) -> Event:
    """The seal in a wrap's decrypted content: signed by its author, whom it proves.

    Raises `NotASeal`, `TaggedSeal`, `ForgedSeal`, or what it is to be no event.
    """
    seal = nip01.from_object(strict_json.parse_object(text, maximum=MAX_TEXT_BYTES))
    if seal.kind != KIND_SEAL:
        raise NotASeal(kind=seal.kind)
    if seal.tags:
        raise TaggedSeal(len(seal.tags))
    if not seal.is_authentic():
        raise ForgedSeal(seal.pubkey)
    return seal


def read_rumor(text: str, seal: Event) -> UnsignedEvent:
    """The rumor in a seal's decrypted content, by the seal's author.

    Raises `SignedRumor`, `Impersonation`, `WrongRumorId`, or what it is to be no event. An id may
    be missing: it follows from the rest.
    """
    value = strict_json.parse_object(text, maximum=MAX_TEXT_BYTES)
    if value.get("sig"):
        raise SignedRumor
    read = nip01.from_object({"id": _NO_ID, **value, "sig": _NO_SIGNATURE})
    if read.pubkey != seal.pubkey:
        raise Impersonation(sealed_by=seal.pubkey, claimed=read.pubkey)
    rumor = UnsignedEvent(
        pubkey=read.pubkey,
        created_at=read.created_at,
        kind=read.kind,
        tags=read.tags,
        content=read.content,
    )
    if "id" in value and rumor.id != read.id:
        raise WrongRumorId
    return rumor
