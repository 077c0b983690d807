"""NIP-01 kind 0 (with NIP-24 and NIP-57): a public profile, as safe to show as a stranger's can be.

A field of the wrong type is as good as absent: one odd field must not make a person nameless.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import many_lines, one_line
from tipdesk.nostr.event import MAX_EVENT_CHARS, Event

KIND_PROFILE = 0
_NAMES = ("display_name", "displayName", "name", "username")
"""All that clients have called a name."""
_MAX_NAME = 80
_MAX_ABOUT = 1_000
_MAX_ADDRESS = 320
_MAX_URL = 2_000
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")


class NotAProfile(DecodeError):
    """An event of another kind, given as a profile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What somebody says of themselves; absent fields are empty. `created_at` in Unix seconds.

    Texts are without control characters and bounded. `picture` is an http or https address.
    `lud16` is the lightning address as written, lower-cased: `lnurl.address` judges it.
    """

    pubkey: XOnlyPubkey
    created_at: int
    name: str = ""
    display_name: str = ""
    about: str = ""
    picture: str = ""
    lud16: str = ""
    nip05: str = ""

    @property
    def title(self) -> str:
        """The best name there is; empty if the profile names nobody."""
        return self.display_name or self.name

    def replaces(self, other: "Profile") -> bool:
        """NIP-01: whether this is the later of two profiles of one person."""
        return self.created_at > other.created_at


def text_fields(event: Event) -> dict[str, str]:
    """Every text field of a kind 0 event as it is written there, or `DecodeError`."""
    fields = strict_json.parse_object(event.content, maximum=MAX_EVENT_CHARS)
    return {name: text for name, text in fields.items() if isinstance(text, str)}


def shown_names(fields: Mapping[str, str]) -> tuple[str, ...]:
    """NIP-24: the fields that say the name that is shown, the one that it is taken from first.

    A name that is written twice is changed twice: the old one would show elsewhere.
    """

    def clean(name: str) -> str:
        return one_line(fields.get(name, ""), maximum=_MAX_URL)

    first = "display_name" if clean("display_name") else "name"
    shown = clean(first)
    others = (name for name in _NAMES if name != first and shown)
    return (first, *(name for name in others if clean(name) == shown))


def parse_profile(event: Event) -> Profile:
    """The profile in a kind 0 event, or `DecodeError` if it holds none."""
    if event.kind != KIND_PROFILE:
        raise NotAProfile(Phrase("kind {kind} is not a profile", kind=event.kind))
    fields = strict_json.parse_object(event.content, maximum=MAX_EVENT_CHARS)
    return Profile(
        pubkey=event.pubkey,
        created_at=event.created_at,
        name=one_line(_text(fields, "name"), maximum=_MAX_NAME),
        display_name=one_line(_text(fields, "display_name"), maximum=_MAX_NAME),
        about=many_lines(_text(fields, "about"), maximum=_MAX_ABOUT),
        picture=web_url(_text(fields, "picture")),
        lud16=_address(fields, "lud16"),
        nip05=_address(fields, "nip05"),
    )


class DamagedProfile(DecodeError):
    """A kind 0 event whose content is no JSON object: nothing can be merged into it."""


def merge_profile(content: str, changes: Mapping[str, str]) -> str:
    """The content of a kind 0 event with some text fields changed; an empty text takes one out.

    Every other field keeps its place and the very characters of its value: other clients write
    numbers, escapes and fields that we do not know. `DamagedProfile` if it cannot be read.
    """
    members = _members(content or "{}")
    for name, text in changes.items():
        places = [place for place, member in enumerate(members) if member.name == name]
        if places and text and members[places[-1]].value == text:
            continue
        changed = _Member(name, text, f"{_dump(name)}:{_dump(text)}")
        if places and text:
            # Of a name that stands there twice, readers take the last.
            members[places.pop()] = changed
        elif text:
            members.append(changed)
        members = [member for place, member in enumerate(members) if place not in places]
    return "{" + ",".join(member.text for member in members) + "}"


@dataclass(frozen=True, slots=True)
class _Member:
    """One member of a JSON object, with the text it was written as."""

    name: str
    value: object
    text: str


def _members(content: str) -> list[_Member]:
    try:
        strict_json.parse_object(content, maximum=MAX_EVENT_CHARS)
    except DecodeError as error:
        raise DamagedProfile(
            Phrase("the profile cannot be read: {error}", error=in_words(error))
        ) from error
    members: list[_Member] = []
    at = _after_space(content, content.index("{") + 1)
    while content[at] != "}":
        start = at
        name, at = _DECODER.raw_decode(content, at)
        colon = _after_space(content, at)
        value, at = _DECODER.raw_decode(content, _after_space(content, colon + 1))
        members.append(_Member(name, value, content[start:at]))
        at = _after_space(content, at)
        if content[at] == ",":
            at = _after_space(content, at + 1)
    return members


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return at if space is None else space.end()


def _dump(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def web_url(text: str) -> str:
    """The text, if it is an http or https address with a host; otherwise nothing."""
    text = text.strip()
    if len(text) > _MAX_URL or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.hostname else ""


def _text(fields: dict[str, object], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _address(fields: dict[str, object], name: str) -> str:
    text = _text(fields, name).strip().lower()
    return text if len(text) <= _MAX_ADDRESS and text.isprintable() else ""
