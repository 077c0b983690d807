"""One relay: a websocket that is opened again and again, with a `RelaySession` in it.

The connection task is its own supervisor: whatever happens inside costs this relay its connection
and nothing else.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.frames import CloseCode

from tipdesk.adapters.relays.flood import FloodGate
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import EventId
from tipdesk.nostr import session as relay
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.frames import MAX_FRAME_BYTES
from tipdesk.nostr.seen import Recent
from tipdesk.nostr.session import RelaySession
from tipdesk.ports.relays import PublishResult, RelayStatus

_log = logging.getLogger(__name__)
_BATCH_SECONDS = 0.002
_RETRIED = ("error:", "rate-limited:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one relay may cost. Times in seconds; `burst` and `per_second` count frames."""

    open_timeout: float = 10.0
    first_delay: float = 0.5
    longest_delay: float = 60.0
    penalty_delay: float = 600.0
    retry_delay: float = 1.0
    burst: int = 10_000
    per_second: int = 500
    flood_tolerance: int = 1_000


class RelayMisbehaved(Exception):
    """The relay broke a rule often enough to be left alone for a while."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of a subscription on this relay."""

    filters: tuple[Filter, ...]
    on_event: Callable[[Event], None]
    on_end: Callable[[], None]
    """Called when this relay has sent what it had, or will not."""


@dataclass(slots=True)
class _Tally:
    """The counts of all connections to one relay so far."""

    events: int = 0
    malformed: int = 0
    forged: int = 0
    unrequested: int = 0
    duplicate: int = 0
    flooded: int = 0


@dataclass(slots=True)
class _Pending:
    """An event on its way, and who waits for the relay's word on it."""

    event: Event
    waiting: list[asyncio.Future[PublishResult]] = field(default_factory=list)


class RelayConnection:
    """Keeps one relay connected, with its subscriptions and what is to be published."""

    def __init__(
        self, url: str, *, entropy: Entropy, verified: Recent[Event], limits: Limits
    ) -> None:
        self.url = url
        self._entropy = entropy
        self._verified = verified
        self._limits = limits
        self._listeners: dict[str, Listener] = {}
        self._pending: dict[EventId, _Pending] = {}
        self._session: RelaySession | None = None
        self._wake = asyncio.Event()
        self._tally = _Tally()
        self._heard = False
        self._problem = "not connected yet"
        self._notice = ""

    def status(self) -> RelayStatus:
        """How it stands."""
        return RelayStatus(
            url=self.url,
            connected=self._session is not None,
            problem=self._problem,
            notice=self._notice,
            events=self._tally.events,
            malformed=self._tally.malformed,
            forged=self._tally.forged,
            unrequested=self._tally.unrequested,
            duplicate=self._tally.duplicate,
            flooded=self._tally.flooded,
        )

    def listen(self, name: str, listener: Listener) -> None:
        """Adds a subscription, now and after every reconnection."""
        self._listeners[name] = listener
        if self._session is not None:
            self._session.subscribe(name, listener.filters)
            self._wake.set()

    def unlisten(self, name: str) -> None:
        """Ends a subscription."""
        self._listeners.pop(name, None)
        if self._session is not None:
            self._session.unsubscribe(name)
            self._wake.set()

    async def publish(self, event: Event, timeout: float) -> PublishResult:
        """The relay's word on the event; it is sent again when a connection broke or was busy."""
        answer: asyncio.Future[PublishResult] = asyncio.get_running_loop().create_future()
        pending = self._pending.setdefault(event.id, _Pending(event))
        pending.waiting.append(answer)
        if self._session is not None and len(pending.waiting) == 1:
            self._send(event)
        try:
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError:
            reason = self._problem or f"no answer within {timeout:g} seconds"
            return PublishResult(accepted=False, message=reason)
        finally:
            pending.waiting.remove(answer)
            if not pending.waiting:
                self._pending.pop(event.id, None)

    async def run(self) -> None:
        """Connects and stays connected until it is cancelled."""
        delay = self._limits.first_delay
        while True:
            self._heard = False
            penalty = await self._attempt()
            for listener in tuple(self._listeners.values()):
                listener.on_end()
            if self._heard:
                delay = self._limits.first_delay
            await asyncio.sleep((penalty or delay) * self._jitter())
            delay = min(delay * 2, self._limits.longest_delay)

    async def _attempt(self) -> float | None:
        """One connection from its start to its end; the delay afterwards, if it is a penalty."""
        try:
            await self._converse()
        except RelayMisbehaved as error:
            self._problem = str(error)
            return self._limits.penalty_delay
        except (OSError, WebSocketException, ValueError) as error:
            self._problem = why_not(error)
        except Exception:
            # This task is the supervisor of its relay: a fault of ours costs one connection.
            _log.exception("relay %s dropped", self.url)
            self._problem = "an error inside TipDesk"
            return self._limits.longest_delay
        else:
            self._problem = "the relay closed the connection"
        return None

    async def _converse(self) -> None:
        async with open_websocket(self.url, self._limits.open_timeout) as websocket:
            session = self._session = RelaySession(self._verified)
            self._problem = ""
            for name, listener in self._listeners.items():
                session.subscribe(name, listener.filters)
            for pending in self._pending.values():
                session.publish(pending.event)
            self._wake.set()
            try:
                async with asyncio.TaskGroup() as group:
                    writer = group.create_task(self._write(websocket, session))
                    await self._read(websocket, session)
                    writer.cancel()
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None
            finally:
                self._session = None

    async def _write(self, websocket: ClientConnection, session: RelaySession) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            for frame in session.data_to_send():
                await websocket.send(frame)

    async def _read(self, websocket: ClientConnection, session: RelaySession) -> None:
        """Frames in small batches, so that a busy relay never holds the loop (4 ms at most)."""
        loop = asyncio.get_running_loop()
        gate = FloodGate(
            burst=self._limits.burst, per_second=self._limits.per_second, now=loop.time()
        )
        batch_ends = loop.time() + _BATCH_SECONDS
        while True:
            try:
                frame = await websocket.recv()
            except ConnectionClosed as error:
                self._check_close(error)
                return
            now = loop.time()
            if gate.admits(now):
                self._receive(session, frame)
            elif self._flooded(gate):
                raise RelayMisbehaved("the relay floods us: left alone for a while")
            if now >= batch_ends:
                await asyncio.sleep(0)
                batch_ends = loop.time() + _BATCH_SECONDS

    def _check_close(self, error: ConnectionClosed) -> None:
        if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
            self._tally.malformed += 1
            raise RelayMisbehaved("the relay sent a frame that is too large")

    def _flooded(self, gate: FloodGate) -> bool:
        self._tally.flooded += 1
        return gate.dropped > self._limits.flood_tolerance

    def _receive(self, session: RelaySession, frame: str | bytes) -> None:
        before = session.dropped
        counts = (before.malformed, before.forged, before.unrequested, before.duplicate)
        session.receive_data(frame)
        for fact in session.events_received():
            self._heard = True
            self._tell(fact)
        after = session.dropped
        self._tally.malformed += after.malformed - counts[0]
        self._tally.forged += after.forged - counts[1]
        self._tally.unrequested += after.unrequested - counts[2]
        self._tally.duplicate += after.duplicate - counts[3]
        if session.close_expected():
            raise RelayMisbehaved("the relay sends events that are malformed, forged or unasked")

    def _tell(self, fact: relay.SessionEvent) -> None:
        match fact:
            case relay.EventReceived():
                self._tally.events += 1
                if fact.subscription_id in self._listeners:
                    self._listeners[fact.subscription_id].on_event(fact.event)
            case relay.StoredEventsEnded() | relay.SubscriptionEnded():
                if fact.subscription_id in self._listeners:
                    self._listeners[fact.subscription_id].on_end()
            case relay.EventAnswered():
                self._answered(fact)
            case relay.NoticeReceived():
                self._notice = fact.message

    def _answered(self, answer: relay.EventAnswered) -> None:
        pending = self._pending.get(answer.event_id)
        if pending is None:
            return
        if not answer.accepted and answer.message.startswith(_RETRIED):
            loop = asyncio.get_running_loop()
            loop.call_later(self._limits.retry_delay, self._send_again, answer.event_id)
            return
        accepted = answer.accepted or answer.message.startswith("duplicate:")
        for waiting in pending.waiting:
            if not waiting.done():
                waiting.set_result(PublishResult(accepted=accepted, message=answer.message))

    def _send_again(self, event_id: EventId) -> None:
        pending = self._pending.get(event_id)
        if pending is not None:
            self._send(pending.event)

    def _send(self, event: Event) -> None:
        if self._session is not None:
            self._session.publish(event)
            self._wake.set()

    def _jitter(self) -> float:
        """Between a half and one, so that clients of a relay that fell do not return together."""
        return 0.5 + int.from_bytes(self._entropy.random_bytes(2), "big") / 131_072


@contextlib.asynccontextmanager
async def open_websocket(
    url: str, timeout: float, *, address: str | None = None
) -> AsyncIterator[ClientConnection]:
    """A websocket to the relay; with `address`, to that very IP address of the relay's host."""
    fixed: dict[str, Any] = {} if address is None else {"host": address}
    async with connect(
        url,
        open_timeout=timeout,
        close_timeout=1,
        max_size=MAX_FRAME_BYTES,
        proxy=None,
        user_agent_header="TipDesk",
        **fixed,
    ) as websocket:
        yield websocket


def why_not(error: Exception) -> str:
    """Why there is no connection, in words; details are for the log."""
    _log.debug("a relay failed: %r", error)
    if isinstance(error, TimeoutError):
        return "the relay does not answer in time"
    if isinstance(error, ssl.SSLError):
        return "the relay's certificate is not valid"
    if isinstance(error, OSError):
        return "the relay cannot be reached"
    return "there is no relay at this address"
