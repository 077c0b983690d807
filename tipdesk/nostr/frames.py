"""NIP-01 frames: the ones a client sends are rendered, the ones a relay sends are parsed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.base.text import one_line
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip42 import MAX_CHALLENGE_CHARS

MAX_FRAME_BYTES = 1_500_000
"""The longest frame that is read: a follow list of ten thousand people with hints and names."""
MAX_BRACKETS = 20_000
"""Lists and objects in one frame: a follow list has fifteen thousand, and each costs time."""
MAX_SUBSCRIPTION_ID_CHARS = 64
_MAX_MESSAGE_CHARS = 300


class MalformedFrame(DecodeError):
    """A relay's frame that does not have the form NIP-01 gives it."""


@dataclass(frozen=True, slots=True)
class EventFrame:
    """NIP-01 ``EVENT``: an answer to a subscription; the event's signature is not checked yet."""

    subscription_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class OkFrame:
    """NIP-01 ``OK``: whether a published event was taken, and why not."""

    event_id: EventId
    accepted: bool
    message: str


@dataclass(frozen=True, slots=True)
class EoseFrame:
    """NIP-01 ``EOSE``: everything stored was sent; what follows is new."""

    subscription_id: str


@dataclass(frozen=True, slots=True)
class ClosedFrame:
    """NIP-01 ``CLOSED``: the relay ended a subscription, and why."""

    subscription_id: str
    message: str


@dataclass(frozen=True, slots=True)
class NoticeFrame:
    """NIP-01 ``NOTICE``: words for a person."""

    message: str


@dataclass(frozen=True, slots=True)
class AuthFrame:
    """NIP-42 ``AUTH``: the relay would like a proof of who we are, over this challenge."""

    challenge: str


@dataclass(frozen=True, slots=True)
class UnknownFrame:
    """A frame of a later NIP: to be ignored."""

    name: str


RelayFrame = EventFrame | OkFrame | EoseFrame | ClosedFrame | NoticeFrame | AuthFrame | UnknownFrame


def render_event(event: Event) -> str:
    """``EVENT``: asks a relay to store and spread the event."""
    return f'["EVENT",{event.to_json()}]'


def render_auth(event: Event) -> str:
    """NIP-42 ``AUTH``: the proof a relay asked for."""
    return f'["AUTH",{event.to_json()}]'


def render_req(subscription_id: str, filters: Sequence[Filter]) -> str:
    """``REQ``: opens a subscription, or replaces the one of that name."""
    return _render("REQ", subscription_id, *(entry.to_object() for entry in filters))


def render_close(subscription_id: str) -> str:
    """``CLOSE``: ends a subscription."""
    return _render("CLOSE", subscription_id)


def parse_relay_frame(data: str | bytes) -> RelayFrame:
    """What a relay said, or `DecodeError`."""
    if len(data) > MAX_BRACKETS and _brackets(data) > MAX_BRACKETS:
        raise MalformedFrame("more lists in it than any event has")
    match strict_json.parse(data, maximum=MAX_FRAME_BYTES):
        case ["EVENT", str(subscription_id), value]:
            return EventFrame(_subscription(subscription_id), nip01.from_object(value))
        case ["OK", str(event_id), bool(accepted), str(message)]:
            return OkFrame(nip01.parse_event_id(event_id), accepted, _message(message))
        case ["OK", str(event_id), bool(accepted)]:
            return OkFrame(nip01.parse_event_id(event_id), accepted, "")
        case ["EOSE", str(subscription_id)]:
            return EoseFrame(_subscription(subscription_id))
        case ["CLOSED", str(subscription_id), str(message)]:
            return ClosedFrame(_subscription(subscription_id), _message(message))
        case ["CLOSED", str(subscription_id)]:
            return ClosedFrame(_subscription(subscription_id), "")
        case ["NOTICE", str(message)]:
            return NoticeFrame(_message(message))
        case ["AUTH", str(challenge)] if 0 < len(challenge) <= MAX_CHALLENGE_CHARS:
            return AuthFrame(challenge)
        case [str(name), *_] if name not in _KNOWN:
            return UnknownFrame(one_line(name, maximum=_MAX_MESSAGE_CHARS))
    raise MalformedFrame("not a frame of NIP-01")


_KNOWN = frozenset({"EVENT", "OK", "EOSE", "CLOSED", "NOTICE", "AUTH"})


def _brackets(data: str | bytes) -> int:
    if isinstance(data, str):
        return data.count("[") + data.count("{")
    return data.count(b"[") + data.count(b"{")


def _subscription(text: str) -> str:
    if not 0 < len(text) <= MAX_SUBSCRIPTION_ID_CHARS:
        raise MalformedFrame(f"a subscription's name has {len(text)} characters")
    return text


def _message(text: str) -> str:
    return one_line(text, maximum=_MAX_MESSAGE_CHARS)


def _render(*items: object) -> str:
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))
