"""`RelayPool`: several relays taken as one."""

import asyncio
import itertools
import socket
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from tipdesk.adapters.relays.connection import (
    Limits,
    Listener,
    RelayConnection,
    open_websocket,
    why_not,
)
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError
from tipdesk.base.internet import is_public
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.relay_url import is_relay_url
from tipdesk.nostr.seen import Recent
from tipdesk.nostr.session import EventAnswered, RelaySession
from tipdesk.ports.relays import PublishResult, RelayStatus

_REMEMBERED_EVENTS = 20_000
_EOSE_PATIENCE = 3.0
_DEFAULT_LIMITS = Limits()


class WebsocketRelayPool:
    """Relays by their addresses, kept connected by tasks in the owner's group.

    On networks other than regtest, a relay that is not one of `urls` is reached only over TLS and
    only at a public address.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        network: Network,
        entropy: Entropy,
        limits: Limits = _DEFAULT_LIMITS,
    ) -> None:
        self._network = network
        self._limits = limits
        verified = Recent[Event](_REMEMBERED_EVENTS)
        self._connections = {
            url: RelayConnection(url, entropy=entropy, verified=verified, limits=limits)
            for url in dict.fromkeys(urls)
        }
        self._names = (f"t{number}" for number in itertools.count(1))
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, group: asyncio.TaskGroup) -> None:
        """Connects, with one task a relay in the group."""
        self._tasks = [
            group.create_task(connection.run(), name=f"relay {url}")
            for url, connection in self._connections.items()
        ]

    async def stop(self) -> None:
        """Closes all connections; subscriptions fall silent."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def status(self) -> tuple[RelayStatus, ...]:
        """See `RelayPool.status`."""
        return tuple(connection.status() for connection in self._connections.values())

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
    ) -> "PoolSubscription":
        """See `RelayPool.subscribe`."""
        return PoolSubscription(
            next(self._names),
            tuple(self._connections.values()),
            tuple(filters),
            on_event,
            on_eose,
        )

    async def publish(
        self, event: Event, urls: Sequence[str] | None = None, *, timeout: float = 10.0
    ) -> Mapping[str, PublishResult]:
        """See `RelayPool.publish`."""
        named = tuple(self._connections) if urls is None else tuple(dict.fromkeys(urls))
        results = await asyncio.gather(*(self._publish(event, url, timeout) for url in named))
        return dict(zip(named, results, strict=True))

    async def _publish(self, event: Event, url: str, timeout: float) -> PublishResult:
        connection = self._connections.get(url)
        if connection is not None:
            return await connection.publish(event, timeout)
        if not is_relay_url(url):
            return _failed("not a relay's address")
        try:
            async with asyncio.timeout(timeout):
                return await self._publish_once(event, url)
        except TimeoutError:
            return _failed(f"no answer within {timeout:g} seconds")
        except StrangersRelayRefused as error:
            return _failed(str(error))
        except (OSError, WebSocketException, ValueError) as error:
            return _failed(why_not(error))

    async def _publish_once(self, event: Event, url: str) -> PublishResult:
        address = None
        if self._network is not Network.REGTEST:
            address = await _public_address(url)
        session = RelaySession()
        session.publish(event)
        async with open_websocket(url, self._limits.open_timeout, address=address) as websocket:
            for frame in session.data_to_send():
                await websocket.send(frame)
            while not session.close_expected():
                session.receive_data(await websocket.recv())
                for fact in session.events_received():
                    if isinstance(fact, EventAnswered) and fact.event_id == event.id:
                        return PublishResult(accepted=fact.accepted, message=fact.message)
        return _failed("the relay sends rubbish")


class StrangersRelayRefused(BackendError):
    """A relay that somebody else named leads where strangers' addresses must not lead."""


class PoolSubscription:
    """One subscription on all relays; an event is delivered once, whoever sends it first."""

    def __init__(
        self,
        name: str,
        connections: tuple[RelayConnection, ...],
        filters: tuple[Filter, ...],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None,
    ) -> None:
        self._name = name
        self._connections = connections
        self._on_event = on_event
        self._on_eose = on_eose
        self._seen = Recent[None](_REMEMBERED_EVENTS)
        self._awaited = {connection.url for connection in connections}
        self._is_open = True
        for connection in connections:
            connection.listen(name, self._listener(connection.url, filters))

    def close(self) -> None:
        """Ends the subscription; nothing is delivered afterwards."""
        self._is_open = False
        for connection in self._connections:
            connection.unlisten(self._name)

    def _listener(self, url: str, filters: tuple[Filter, ...]) -> Listener:
        return Listener(filters, self._deliver, lambda: self._ended(url))

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


async def _public_address(url: str) -> str:
    """The IP address of a relay with TLS, if every one its name leads to is public."""
    parts = urlsplit(url)
    if parts.scheme != "wss":
        raise StrangersRelayRefused("only relays with TLS are used")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    if not all(is_public(entry) for entry in addresses):
        raise StrangersRelayRefused("the relay is not on the public internet")
    return addresses[0]


def _failed(message: str) -> PublishResult:
    return PublishResult(accepted=False, message=message)
