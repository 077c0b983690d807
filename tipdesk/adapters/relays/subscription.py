"""One question put to several relays: a running subscription, or a single fetch."""

import asyncio
from collections.abc import Callable
from typing import Final

from tipdesk.adapters.relays.connection import Listener, RelayConnection
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.seen import Recent
from tipdesk.ports.relays import Fetched

MAX_FETCHED: Final = 5_000
"""Events that one fetch takes from all relays together."""
_REMEMBERED_EVENTS = 20_000
_EOSE_PATIENCE = 3.0


class PoolSubscription:
    """One subscription on several relays; an event is delivered once, whoever sends it first."""

    def __init__(
        self,
        name: str,
        connections: tuple[RelayConnection, ...],
        filters: tuple[Filter, ...],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None,
        *,
        give_back: Callable[[tuple[RelayConnection, ...]], None],
    ) -> None:
        self._name = name
        self._connections = connections
        self._on_event = on_event
        self._on_eose = on_eose
        self._give_back = give_back
        self._seen = Recent[None](_REMEMBERED_EVENTS)
        self._awaited = {connection.url for connection in connections}
        self._is_open = True
        for connection in connections:
            connection.listen(name, self._listener(connection.url, filters))

    def close(self) -> None:
        """Ends the subscription; nothing is delivered afterwards."""
        if self._is_open:
            self._is_open = False
            for connection in self._connections:
                connection.unlisten(self._name)
            self._give_back(self._connections)

    def _listener(self, url: str, filters: tuple[Filter, ...]) -> Listener:
        return Listener(filters, self._deliver, lambda _: self._ended(url))

    def _deliver(self, event: Event) -> None:
        if self._is_open and event.id not in self._seen:
            self._seen.add(event.id, None)
            self._on_event(event)

    def _ended(self, url: str) -> None:
        self._awaited.discard(url)
        if not self._awaited:
            self._tell_eose()
        elif self._on_eose is not None:
            # One relay that never says so must not keep the others' answer from counting.
            asyncio.get_running_loop().call_later(_EOSE_PATIENCE, self._tell_eose)

    def _tell_eose(self) -> None:
        on_eose, self._on_eose = self._on_eose, None
        if self._is_open and on_eose is not None:
            on_eose()


class Fetch:
    """One question, answered when every relay has said what it has, or the time is up."""

    def __init__(
        self, name: str, connections: tuple[RelayConnection, ...], filters: tuple[Filter, ...]
    ) -> None:
        self._name = name
        self._connections = connections
        self._filters = filters
        self._events: dict[EventId, Event] = {}
        self._answered: set[str] = set()
        self._awaited = {connection.url for connection in connections}
        self._done = asyncio.Event()

    async def run(self, timeout: float) -> Fetched:
        """Asks, and waits for at most `timeout` seconds."""
        asked = frozenset(self._awaited)
        if not asked:
            self._done.set()
        for connection in self._connections:
            connection.listen(self._name, self._listener(connection.url))
        try:
            async with asyncio.timeout(timeout):
                await self._done.wait()
        except TimeoutError:
            pass  # Who has not answered is missing in `answered`: the caller judges that.
        finally:
            for connection in self._connections:
                connection.unlisten(self._name)
        return Fetched(
            events=tuple(self._events.values()),
            answered=frozenset(self._answered),
            asked=asked,
        )

    def _listener(self, url: str) -> Listener:
        return Listener(self._filters, self._take, lambda answered: self._ended(url, answered))

    def _take(self, event: Event) -> None:
        if len(self._events) < MAX_FETCHED:
            self._events.setdefault(event.id, event)

    def _ended(self, url: str, answered: bool) -> None:  # noqa: FBT001 - as listeners are told
        if answered:
            self._answered.add(url)
        self._awaited.discard(url)
        if not self._awaited:
            self._done.set()
