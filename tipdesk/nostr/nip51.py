"""NIP-51 lists: follow sets (kind 30000) and mutes (kind 10000), public and private items.

Public items are the event's tags. Private ones are tags as well, as JSON, encrypted to oneself in
the content; who decrypts them is the caller's business.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.event import (
    MAX_EVENT_CHARS,
    MAX_TAG_ITEMS,
    MAX_TAGS,
    Event,
    Tags,
    parse_event_id,
    parse_pubkey,
)

KIND_MUTES = 10_000
KIND_FOLLOW_SET = 30_000
MAX_MEMBERS = 600
"""Of a longer set the first are read."""
MAX_NAME = 60
MAX_WORD = 100
_MAX_IDENTIFIER = 200


class NotPrivateItems(DecodeError):
    """The decrypted part of a list is not JSON of tags."""

    def __init__(self) -> None:
        super().__init__("the private part of the list is not a list of tags")


class MuteKind(Enum):
    """What may be muted; the value is the name of the tag."""

    PERSON = "p"
    HASHTAG = "t"
    WORD = "word"
    THREAD = "e"


@dataclass(frozen=True, slots=True)
class Mute:
    """One muted thing: a key or an event id in hexadecimal, or a word in small letters."""

    kind: MuteKind
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowSet:
    """A named set of people. `identifier` is its ``d`` tag; `name` is safe to show, never empty."""

    identifier: str
    name: str
    members: tuple[XOnlyPubkey, ...]


def read_private(text: str) -> Tags:
    """The tags in a decrypted content; `NotPrivateItems` if it holds anything else."""
    try:
        value = strict_json.parse(text, maximum=MAX_EVENT_CHARS)
    except DecodeError:
        raise NotPrivateItems from None
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        raise NotPrivateItems
    return tuple(_tag(one) for one in value)


def write_private(tags: Tags) -> str:
    """What is encrypted for these private items; `read_private` reads it."""
    return json.dumps(tags, ensure_ascii=False, separators=(",", ":"))


def read_follow_set(event: Event, private: Tags = ()) -> FollowSet | None:
    """A set with its public and private members; None if it is no usable one."""
    identifier = event.first("d") or ""
    if event.kind != KIND_FOLLOW_SET or not 0 < len(identifier) <= _MAX_IDENTIFIER:
        return None
    people = dict.fromkeys(key for tag in (*event.tags, *private) if (key := _person(tag)))
    name = one_line(event.first("title") or event.first("name") or identifier, maximum=MAX_NAME)
    if not people or not name:
        return None
    return FollowSet(identifier=identifier, name=name, members=tuple(people)[:MAX_MEMBERS])


def read_mute(tag: tuple[str, ...]) -> Mute | None:
    """What a tag mutes; None if it mutes nothing that is known."""
    if len(tag) < 2:
        return None
    try:
        match tag[0]:
            case "p":
                return Mute(MuteKind.PERSON, parse_pubkey(tag[1]).hex())
            case "e":
                return Mute(MuteKind.THREAD, parse_event_id(tag[1]).hex())
            case "t" | "word" as name:
                word = one_line(tag[1], maximum=MAX_WORD).lower().removeprefix("#")
                return Mute(MuteKind(name), word) if word else None
    except DecodeError:
        return None
    return None


def read_mutes(tags: Iterable[tuple[str, ...]]) -> tuple[Mute, ...]:
    """All that tags mute, each once."""
    return tuple(dict.fromkeys(mute for tag in tags if (mute := read_mute(tag)) is not None))


def with_mute(tags: Tags, mute: Mute) -> Tags:
    """The tags with one thing more, at the end; themselves if it is among them."""
    if any(read_mute(tag) == mute for tag in tags):
        return tags
    return (*tags, (mute.kind.value, mute.value))


def without_mute(tags: Tags, mute: Mute) -> Tags:
    """The tags without that, however often it stood there; all others as they were written."""
    return tuple(tag for tag in tags if read_mute(tag) != mute)


def _tag(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 0 < len(value) <= MAX_TAG_ITEMS:
        raise NotPrivateItems
    if not all(isinstance(item, str) for item in value):
        raise NotPrivateItems
    return tuple(value)


def _person(tag: tuple[str, ...]) -> XOnlyPubkey | None:
    if tag[0] != "p" or len(tag) < 2:
        return None
    try:
        return parse_pubkey(tag[1])
    except DecodeError:
        return None
