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
    answered: bool = True
    """Whether the relay said anything: without its word it may have taken the event or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayStatus:
    """How it stands with one relay. The counts are of frames since the start.

    `problem` is a sentence on why there is no connection; empty while all is well. `notice` is
    the relay's last word to people. `stalled` counts the questions it did not answer in time.
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
    stalled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What relays had stored: authentic events, each once.

    `answered` names the relays that said they have no more; `asked` all that were to be asked.
    """

    events: tuple[Event, ...]
    answered: frozenset[str]
    asked: frozenset[str]


class Subscription(Protocol):
    """A running subscription."""

    def close(self) -> None:
        """Ends it; nothing is delivered afterwards."""
        ...


class RelayPool(Protocol):
    """Several relays taken as one. Events handed on are authentic and come once each.

    Relays that are named and not the pool's own are a stranger's word: they get connections for
    the purpose, few in all, and outside the practice network only if their address is public.
    """

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
        *,
        urls: Sequence[str] | None = None,
    ) -> Subscription:
        """Asks every relay of the pool, or those named, again after each reconnection.

        `on_eose` is called once: when all relays that could be reached have sent what they had.
        """
        ...

    async def fetch(
        self, filters: Sequence[Filter], *, urls: Sequence[str] | None = None, timeout: float = 5.0
    ) -> Fetched:
        """What all relays of the pool, or those named, have stored; within `timeout` seconds."""
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
        """How it stands with each of the pool's own relays."""
        ...

    def strangers(self) -> tuple[RelayStatus, ...]:
        """How it stands with the relays that were named by others and are connected now."""
        ...
