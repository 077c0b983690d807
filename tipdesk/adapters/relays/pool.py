"""`RelayPool`: several relays taken as one."""

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from websockets.exceptions import WebSocketException

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.connection import Limits, RelayConnection, Surroundings
from tipdesk.adapters.relays.flood import Turns
from tipdesk.adapters.relays.subscription import Fetch, PoolSubscription
from tipdesk.adapters.relays.websocket import (
    StrangersRelayRefused,
    extra_seconds,
    open_websocket,
    why_not,
)
from tipdesk.base.entropy import Entropy
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.relay_url import is_relay_url, normalised, strangers_relays
from tipdesk.nostr.seen import Recent
from tipdesk.nostr.session import EventAnswered, RelaySession
from tipdesk.ports.relays import Fetched, PublishResult, RelayStatus
from tipdesk.ports.way_out import Reach, WayBarred

MAX_STRANGERS: Final = 30
"""Relays connected to on a stranger's word, at the same time."""
MORE_TO_ASK: Final = 10.0
"""Seconds that a question waits longer where relays are reached through a proxy."""
_REMEMBERED_EVENTS = 40_000
_DEFAULT_LIMITS = Limits()


class WebsocketRelayPool:
    """Relays by their addresses, kept connected by tasks in the owner's group.

    On networks other than regtest, a relay that is not one of `urls` is reached only over TLS and
    only at a public address. With a `prover`, those of `urls` may learn who we are (NIP-42), and
    strangers' relays too if `proves_to_strangers`.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        network: Network,
        entropy: Entropy,
        way: WayOut,
        limits: Limits = _DEFAULT_LIMITS,
        prover: Prover | None = None,
        proves_to_strangers: bool = False,
    ) -> None:
        self._network = network
        self._limits = limits
        self._strangers_prover = prover if proves_to_strangers else None
        self._surroundings = Surroundings(
            entropy=entropy,
            verified=Recent[Event](_REMEMBERED_EVENTS),
            limits=limits,
            turns=Turns(),
            way=way,
        )
        self._connections = {
            url: RelayConnection(url, self._surroundings, prover=prover)
            for url in dict.fromkeys(urls)
        }
        self._ours = {normalised(url): url for url in self._connections}
        self._strangers: dict[str, RelayConnection] = {}
        self._users: dict[str, int] = {}
        self._names = (f"t{number}" for number in itertools.count(1))
        self._group: asyncio.TaskGroup | None = None
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, group: asyncio.TaskGroup) -> None:
        """Connects, with one task a relay in the group."""
        self._group = group
        for connection in (*self._connections.values(), *self._strangers.values()):
            self._run(connection)

    async def stop(self) -> None:
        """Closes all connections; subscriptions fall silent."""
        self._group = None
        tasks, self._tasks = tuple(self._tasks.values()), {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def status(self) -> tuple[RelayStatus, ...]:
        """See `RelayPool.status`."""
        return tuple(connection.status() for connection in self._connections.values())

    def strangers(self) -> tuple[RelayStatus, ...]:
        """See `RelayPool.strangers`."""
        return tuple(connection.status() for connection in self._strangers.values())

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
        *,
        urls: Sequence[str] | None = None,
    ) -> PoolSubscription:
        """See `RelayPool.subscribe`."""
        return PoolSubscription(
            next(self._names),
            self._borrow(urls),
            tuple(filters),
            on_event,
            on_eose,
            give_back=self._give_back,
        )

    async def fetch(
        self, filters: Sequence[Filter], *, urls: Sequence[str] | None = None, timeout: float = 5.0
    ) -> Fetched:
        """See `RelayPool.fetch`."""
        connections = self._borrow(urls)
        timeout += min(MORE_TO_ASK, max((self._extra(one.url) for one in connections), default=0))
        fetch = Fetch(next(self._names), connections, tuple(filters))
        try:
            return await fetch.run(timeout)
        finally:
            self._give_back(connections)

    async def publish(
        self, event: Event, urls: Sequence[str] | None = None, *, timeout: float = 10.0
    ) -> Mapping[str, PublishResult]:
        """See `RelayPool.publish`."""
        named = tuple(self._connections) if urls is None else tuple(dict.fromkeys(urls))
        results = await asyncio.gather(*(self._publish(event, url, timeout) for url in named))
        return dict(zip(named, results, strict=True))

    @property
    def _strangers_reach(self) -> Reach:
        return Reach.ANYWHERE if self._network is Network.REGTEST else Reach.STRANGERS

    def _borrow(self, urls: Sequence[str] | None) -> tuple[RelayConnection, ...]:
        """Connections to the relays named, our own or strangers'; refused ones are left out."""
        if urls is None:
            return tuple(self._connections.values())
        found: dict[str, RelayConnection] = {}
        practice = self._network is Network.REGTEST
        for url in dict.fromkeys(map(normalised, urls)):
            if url in self._ours:
                found[url] = self._connections[self._ours[url]]
            elif strangers_relays((url,), practice=practice, maximum=1):
                connection = self._stranger(url)
                if connection is not None:
                    found[url] = connection
        return tuple(found.values())

    def _stranger(self, url: str) -> RelayConnection | None:
        connection = self._strangers.get(url)
        if connection is None:
            if len(self._strangers) >= MAX_STRANGERS:
                return None
            connection = self._strangers[url] = RelayConnection(
                url,
                self._surroundings,
                prover=self._strangers_prover,
                reach=self._strangers_reach,
            )
            self._run(connection)
        self._users[url] = self._users.get(url, 0) + 1
        return connection

    def _give_back(self, connections: Sequence[RelayConnection]) -> None:
        """A stranger's relay that nobody uses any more is left."""
        for connection in connections:
            url = connection.url
            if self._strangers.get(url) is not connection:
                continue
            self._users[url] -= 1
            if self._users[url] == 0:
                del self._users[url], self._strangers[url]
                task = self._tasks.pop(url, None)
                if task is not None:
                    task.cancel()

    def _run(self, connection: RelayConnection) -> None:
        if self._group is not None:
            task = self._group.create_task(connection.run(), name=f"relay {connection.url}")
            self._tasks[connection.url] = task

    def _extra(self, url: str) -> float:
        return extra_seconds(url, self._surroundings.way)

    async def _publish(self, event: Event, url: str, timeout: float) -> PublishResult:
        known = self._ours.get(normalised(url))
        connection = self._strangers.get(normalised(url))
        if known is not None:
            connection = self._connections[known]
        if connection is not None:
            return await connection.publish(event, timeout + self._extra(connection.url))
        if not is_relay_url(url):
            return _failed("not a relay's address")
        timeout += self._extra(url)
        try:
            async with asyncio.timeout(timeout):
                return await self._publish_once(event, url)
        except TimeoutError:
            return _failed(f"no answer within {timeout:g} seconds")
        except (
            StrangersRelayRefused,
            WayBarred,
            OSError,
            WebSocketException,
            ValueError,
        ) as error:
            return _failed(why_not(error))

    async def _publish_once(self, event: Event, url: str) -> PublishResult:
        session = RelaySession()
        session.publish(event)
        opening = open_websocket(
            url,
            self._limits.open_timeout,
            self._surroundings.way,
            reach=self._strangers_reach,
        )
        async with opening as websocket:
            for frame in session.data_to_send():
                await websocket.send(frame)
            while not session.close_expected():
                session.receive_data(await websocket.recv())
                for fact in session.events_received():
                    if isinstance(fact, EventAnswered) and fact.event_id == event.id:
                        return PublishResult(accepted=fact.accepted, message=fact.message)
        return _failed("the relay sends rubbish")


def _failed(message: str) -> PublishResult:
    return PublishResult(accepted=False, message=message, answered=False)
