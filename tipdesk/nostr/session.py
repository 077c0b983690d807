"""One conversation with one relay (NIP-01, NIP-42), sans-I/O: frames in, frames out, facts out.

The session trusts nothing. An event is handed on only if it parses, was asked for, was not handed
on before and bears its author's signature; everything else is dropped and counted, and a relay
that goes on sending such things is to be left (`close_expected`).

A relay that wants to know who we are before it serves says so in `AuthNeeded`, if the session was
told that this may be answered; what was refused for that reason is asked again afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.nostr import frames
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter, Matcher
from tipdesk.nostr.nip42 import AUTH_REQUIRED
from tipdesk.nostr.seen import Recent

MAX_BAD_FRAMES = 20
"""The session ends when this many frames were malformed, forged or never asked for."""
_SEEN_PER_SUBSCRIPTION = 20_000
_VERIFIED_EVENTS = 20_000
_CLOSED_SUBSCRIPTIONS = 100
_PUBLISHED = 200
MAX_CHALLENGES = 5
"""A relay that asks for more proofs on one connection gets none."""


@dataclass(frozen=True, slots=True)
class EventReceived:
    """An authentic event that a subscription asked for, for the first time."""

    subscription_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class StoredEventsEnded:
    """The relay has sent what it had stored."""

    subscription_id: str


@dataclass(frozen=True, slots=True)
class EventAnswered:
    """The relay's verdict on an event we published."""

    event_id: EventId
    accepted: bool
    message: str


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """The relay refused or ended a subscription."""

    subscription_id: str
    message: str


@dataclass(frozen=True, slots=True)
class NoticeReceived:
    """The relay has something to say to a person."""

    message: str


@dataclass(frozen=True, slots=True)
class AuthNeeded:
    """NIP-42: the relay refused something until it knows us. Answer with `authenticate`."""

    challenge: str


SessionEvent = (
    EventReceived
    | StoredEventsEnded
    | EventAnswered
    | SubscriptionEnded
    | NoticeReceived
    | AuthNeeded
)


@dataclass(slots=True)
class Dropped:
    """How many frames were dropped, by reason."""

    malformed: int = 0
    forged: int = 0
    unrequested: int = 0
    duplicate: int = 0

    @property
    def bad(self) -> int:
        """Those that an honest relay does not send."""
        return self.malformed + self.forged + self.unrequested


class RelaySession:
    """Speaks NIP-01 as a client. `verified` may be shared, so that no event is checked twice."""

    def __init__(
        self, verified: Recent[Event] | None = None, *, may_authenticate: bool = False
    ) -> None:
        self.dropped = Dropped()
        self._verified = Recent[Event](_VERIFIED_EVENTS) if verified is None else verified
        self._may_authenticate = may_authenticate
        self._filters: dict[str, tuple[Filter, ...]] = {}
        self._matchers: dict[str, Matcher] = {}
        self._seen: dict[str, Recent[None]] = {}
        self._closed: dict[str, None] = {}
        self._published = Recent[Event](_PUBLISHED)
        self._challenges: dict[str, bool] = {}
        """Each with whether it, or a later one, was answered."""
        self._is_proving = False
        self._proof: EventId | None = None
        self._refused_subscriptions: dict[str, str] = {}
        self._refused_events: dict[EventId, str] = {}
        self._outgoing: list[str] = []
        self._events: list[SessionEvent] = []

    def subscribe(self, subscription_id: str, filters: Sequence[Filter]) -> None:
        """Asks for events; the same name again replaces what was asked before."""
        if not 0 < len(subscription_id) <= frames.MAX_SUBSCRIPTION_ID_CHARS or not filters:
            raise ValueError("a subscription needs a name of 1 to 64 characters and a filter")
        self._filters[subscription_id] = tuple(filters)
        self._matchers[subscription_id] = Matcher(filters)
        self._seen[subscription_id] = Recent(_SEEN_PER_SUBSCRIPTION)
        self._outgoing.append(frames.render_req(subscription_id, filters))

    def unsubscribe(self, subscription_id: str) -> None:
        """Ends a subscription; events of it that are under way are ignored."""
        if subscription_id in self._filters:
            self._forget(subscription_id)
            self._outgoing.append(frames.render_close(subscription_id))

    def publish(self, event: Event) -> None:
        """Sends an event; the answer comes as `EventAnswered`."""
        self._published.add(event.id, event)
        self._outgoing.append(frames.render_event(event))

    def authenticate(self, proof: Event) -> None:
        """NIP-42: answers `AuthNeeded`; what was refused is asked again once it is accepted."""
        self._proof = proof.id
        self._outgoing.append(frames.render_auth(proof))

    def receive_data(self, data: str | bytes) -> None:
        """Takes one frame of the relay. Nothing is raised: what is bad is dropped and counted."""
        if self.close_expected():
            return
        try:
            frame = frames.parse_relay_frame(data)
        except DecodeError:
            self.dropped.malformed += 1
            return
        self._receive_frame(frame)

    def data_to_send(self) -> list[str]:
        """The frames to send now, each once."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    @property
    def has_data_to_send(self) -> bool:
        """Whether `data_to_send` would give anything."""
        return bool(self._outgoing)

    def events_received(self) -> list[SessionEvent]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    def close_expected(self) -> bool:
        """Whether this relay has sent so much rubbish that the connection should end."""
        return self.dropped.bad >= MAX_BAD_FRAMES

    def _receive_frame(self, frame: frames.RelayFrame) -> None:
        match frame:
            case frames.EventFrame():
                self._receive_event(frame)
            case frames.OkFrame():
                self._receive_answer(frame)
            case frames.EoseFrame():
                if frame.subscription_id in self._filters:
                    self._events.append(StoredEventsEnded(frame.subscription_id))
            case frames.ClosedFrame():
                self._receive_closed(frame)
            case frames.NoticeFrame():
                self._events.append(NoticeReceived(frame.message))
            case frames.AuthFrame():
                if len(self._challenges) < MAX_CHALLENGES:
                    self._challenges.setdefault(frame.challenge, False)
                self._ask_for_proof()
            case frames.UnknownFrame():
                pass
            case _:
                assert_never(frame)

    def _receive_event(self, frame: frames.EventFrame) -> None:
        matcher = self._matchers.get(frame.subscription_id)
        if matcher is None:
            # What was sent before our CLOSE arrived is nobody's fault.
            if frame.subscription_id not in self._closed:
                self.dropped.unrequested += 1
            return
        if not matcher.matches(frame.event):
            self.dropped.unrequested += 1
            return
        seen = self._seen[frame.subscription_id]
        if frame.event.id in seen:
            self.dropped.duplicate += 1
            return
        event = self._authentic(frame.event)
        if event is None:
            self.dropped.forged += 1
            return
        seen.add(event.id, None)
        self._events.append(EventReceived(frame.subscription_id, event))

    def _receive_answer(self, frame: frames.OkFrame) -> None:
        if frame.event_id == self._proof:
            self._proof, self._is_proving = None, False
            self._receive_verdict(frame)
        elif self._is_for_proof(frame.message) and not frame.accepted:
            self._refused_events[frame.event_id] = frame.message
            self._ask_for_proof()
        else:
            self._events.append(EventAnswered(frame.event_id, frame.accepted, frame.message))

    def _receive_closed(self, frame: frames.ClosedFrame) -> None:
        if frame.subscription_id not in self._filters:
            return
        if self._is_for_proof(frame.message):
            self._refused_subscriptions[frame.subscription_id] = frame.message
            self._ask_for_proof()
        else:
            self._end(frame.subscription_id, frame.message)

    def _is_for_proof(self, message: str) -> bool:
        """Whether a refusal is one that a proof may change: none was refused or used up yet."""
        if not self._may_authenticate or not message.startswith(AUTH_REQUIRED):
            return False
        return self._is_proving or not self._challenges or not all(self._challenges.values())

    def _ask_for_proof(self) -> None:
        if not (self._refused_subscriptions or self._refused_events) or self._is_proving:
            return
        for challenge, used in reversed(self._challenges.items()):
            if not used:
                # An older challenge is void once there is a newer one (NIP-42).
                self._challenges = dict.fromkeys(self._challenges, True)
                self._is_proving = True
                self._events.append(AuthNeeded(challenge))
                return

    def _receive_verdict(self, frame: frames.OkFrame) -> None:
        subscriptions, self._refused_subscriptions = self._refused_subscriptions, {}
        published, self._refused_events = self._refused_events, {}
        for name in subscriptions:
            if not frame.accepted:
                self._end(name, frame.message)
            elif name in self._filters:
                self._outgoing.append(frames.render_req(name, self._filters[name]))
        for event_id in published:
            event = self._published.get(event_id)
            if frame.accepted and event is not None:
                self._outgoing.append(frames.render_event(event))
            else:
                self._events.append(EventAnswered(event_id, accepted=False, message=frame.message))

    def _end(self, subscription_id: str, message: str) -> None:
        if subscription_id in self._filters:
            self._forget(subscription_id)
            self._events.append(SubscriptionEnded(subscription_id, message))

    def _authentic(self, event: Event) -> Event | None:
        known = self._verified.get(event.id)
        if known == event:
            return known
        if not event.is_authentic():
            return None
        self._verified.add(event.id, event)
        return event

    def _forget(self, subscription_id: str) -> None:
        del self._filters[subscription_id]
        del self._matchers[subscription_id]
        self._refused_subscriptions.pop(subscription_id, None)
        del self._seen[subscription_id]
        self._closed[subscription_id] = None
        if len(self._closed) > _CLOSED_SUBSCRIPTIONS:
            del self._closed[next(iter(self._closed))]
