"""Nostr relays, as the services see them: several at once, some of them bad."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter


@dataclass(frozen=True, slots=True)
class PublishResult:
    """What one relay made of an event; `message` is its reason, or why there is no answer."""

    accepted: bool
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStatus:
    """How it stands with one relay. The counts are of frames since the start.

    `problem` is a sentence on why there is no connection; empty while all is well. `notice` is
    the relay's last word to people.
    """

    url: str
    connected: bool
    problem: str = ""
    notice: str = ""
    events: int = 0
    malformed: int = 0
    forged: int = 0
    unrequested: int = 0
    duplicate: int = 0
    flooded: int = 0


class Subscription(Protocol):
    """A running subscription."""

    def close(self) -> None:
        """Ends it; nothing is delivered afterwards."""
        ...


class RelayPool(Protocol):
    """Several relays taken as one. Events handed on are authentic and come once each."""

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
    ) -> Subscription:
        """Asks every relay, again after each reconnection, until the subscription is closed.

        `on_eose` is called once: when all relays that could be reached have sent what they had.
        """
        ...

    async def publish(
        self, event: Event, urls: Sequence[str] | None = None, *, timeout: float = 10.0
    ) -> Mapping[str, PublishResult]:
        """Sends the event to all relays of the pool, or to those named; within `timeout` seconds.

        A named relay that the pool does not know is a stranger's word: it gets a connection of its
        own for the purpose, and outside the practice network only if its address is public.
        """
        ...

    def status(self) -> tuple[RelayStatus, ...]:
        """How it stands with each relay of the pool."""
        ...
