"""One relay: a websocket that is opened again and again, with a `RelaySession` in it.

The connection task is its own supervisor: whatever happens inside costs this relay its connection
and nothing else.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.frames import CloseCode

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.flood import FloodGate, Turns
from tipdesk.adapters.relays.publishing import Outgoing
from tipdesk.adapters.relays.websocket import StrangersRelayRefused, open_websocket, why_not
from tipdesk.base.entropy import Entropy
from tipdesk.nostr import session as relay
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.seen import Recent
from tipdesk.nostr.session import RelaySession
from tipdesk.ports.relays import PublishResult, RelayStatus
from tipdesk.ports.way_out import Reach, WayBarred

_log = logging.getLogger(__name__)
_MAX_QUEUED_FRAMES = 64
_PATIENCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one relay may cost. Times in seconds; `burst` and `per_second` count frames."""

    open_timeout: float = 10.0
    first_delay: float = 0.5
    longest_delay: float = 60.0
    penalty_delay: float = 600.0
    retry_delay: float = 1.0
    burst: int = 30_000
    per_second: int = 1_000
    burst_bytes: int = 32 << 20
    bytes_per_second: int = 2 << 20
    flood_tolerance: int = 1_000
    subscriptions: int = 20
    """Asked at the same time; more wait until one of them ends."""
    eose_timeout: float = 15.0
    """Silence after a question that is longer than this is a stall."""


class RelayMisbehaved(Exception):
    """The relay broke a rule often enough to be left alone for a while."""


class RelayStalled(Exception):
    """The relay takes questions and says nothing any more."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who hears of a subscription on this relay."""

    filters: tuple[Filter, ...]
    on_event: Callable[[Event], None]
    on_end: Callable[[bool], None]
    """Called when this relay has sent what it had (True), or will not (False)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all connections of a pool share. `verified` keeps any event from being checked twice."""

    entropy: Entropy
    verified: Recent[Event]
    limits: Limits
    turns: Turns
    way: WayOut


@dataclass(slots=True)
class _Tally:
    """The counts of all connections to one relay so far."""

    events: int = 0
    malformed: int = 0
    forged: int = 0
    unrequested: int = 0
    duplicate: int = 0
    flooded: int = 0
    stalled: int = 0


class RelayConnection:
    """Keeps one relay connected, with its subscriptions and what is to be published.

    How far it may lead says `reach`. With a `prover` the relay may learn who we are.
    """

    def __init__(
        self,
        url: str,
        surroundings: Surroundings,
        *,
        prover: Prover | None = None,
        reach: Reach = Reach.ANYWHERE,
    ) -> None:
        self.url = url
        self._surroundings = surroundings
        self._limits = surroundings.limits
        self._prover = prover
        self._reach = reach
        self._listeners: dict[str, Listener] = {}
        self._asked: dict[str, float] = {}
        """The subscriptions the relay knows of, and when it was asked."""
        self._unanswered: dict[str, float] = {}
        self._outgoing = Outgoing(self._send, retry_delay=self._limits.retry_delay)
        self._session: RelaySession | None = None
        self._proofs: asyncio.TaskGroup | None = None
        self._wake = asyncio.Event()
        self._tally = _Tally()
        self._heard = False
        self._heard_at = 0.0
        self._failed = False
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
            stalled=self._tally.stalled,
        )

    def listen(self, name: str, listener: Listener) -> None:
        """Adds a subscription, now and after every reconnection."""
        self._listeners[name] = listener
        self._ask_waiting()
        if self._session is None and self._failed:
            # It is away; who waits for its answer need not wait for the next attempt.
            asyncio.get_running_loop().call_soon(listener.on_end, False)  # noqa: FBT003

    def unlisten(self, name: str) -> None:
        """Ends a subscription."""
        self._listeners.pop(name, None)
        self._unanswered.pop(name, None)
        if self._session is not None and self._asked.pop(name, None) is not None:
            self._session.unsubscribe(name)
            self._ask_waiting()
            self._wake.set()

    async def publish(self, event: Event, timeout: float) -> PublishResult:
        """The relay's word on the event; it is sent again when a connection broke or was busy."""
        return await self._outgoing.publish(event, timeout, lambda: self._problem)

    async def run(self) -> None:
        """Connects and stays connected until it is cancelled."""
        delay = self._limits.first_delay
        while True:
            self._heard = False
            penalty = await self._attempt()
            self._failed = True
            self._asked.clear()
            self._unanswered.clear()
            for listener in tuple(self._listeners.values()):
                listener.on_end(False)  # noqa: FBT003
            if self._heard:
                delay = self._limits.first_delay
            await asyncio.sleep((penalty or delay) * self._jitter())
            delay = min(delay * 2, self._limits.longest_delay)

    async def _attempt(self) -> float | None:
        """One connection from its start to its end; the delay afterwards, if it is a penalty."""
        try:
            await self._converse()
        except (RelayMisbehaved, StrangersRelayRefused) as error:
            self._problem = str(error)
            return self._limits.penalty_delay
        except RelayStalled as error:
            self._problem = str(error)
        except (WayBarred, OSError, WebSocketException, ValueError) as error:
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
        opening = open_websocket(
            self.url, self._limits.open_timeout, self._surroundings.way, reach=self._reach
        )
        async with opening as websocket:
            session = RelaySession(
                self._surroundings.verified, may_authenticate=self._prover is not None
            )
            self._session, self._problem, self._failed = session, "", False
            self._heard_at = asyncio.get_running_loop().time()
            self._ask_waiting()
            for event in self._outgoing:
                session.publish(event)
            self._wake.set()
            try:
                async with asyncio.TaskGroup() as group:
                    frames: asyncio.Queue[str | bytes] = asyncio.Queue(_MAX_QUEUED_FRAMES)
                    self._proofs = group
                    tasks = (
                        group.create_task(self._write(websocket, session)),
                        group.create_task(self._take_in(frames, session)),
                        group.create_task(self._watch()),
                    )
                    await self._read(websocket, frames)
                    await frames.join()
                    for task in tasks:
                        task.cancel()
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from None
            finally:
                self._session = self._proofs = None

    async def _write(self, websocket: ClientConnection, session: RelaySession) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            for frame in session.data_to_send():
                await websocket.send(frame)

    async def _read(self, websocket: ClientConnection, frames: asyncio.Queue[str | bytes]) -> None:
        """Frames as they come; a relay that sends faster than we take in is held up."""
        loop = asyncio.get_running_loop()
        limits, now = self._limits, loop.time()
        count = FloodGate(burst=limits.burst, per_second=limits.per_second, now=now)
        volume = FloodGate(burst=limits.burst_bytes, per_second=limits.bytes_per_second, now=now)
        while True:
            try:
                frame = await websocket.recv()
            except ConnectionClosed as error:
                self._check_close(error)
                return
            self._heard_at = loop.time()
            if count.admits(self._heard_at) and volume.admits(self._heard_at, len(frame)):
                await frames.put(frame)
                continue
            self._tally.flooded += 1
            if count.dropped + volume.dropped > limits.flood_tolerance:
                raise RelayMisbehaved("the relay floods us: left alone for a while")

    async def _take_in(self, frames: asyncio.Queue[str | bytes], session: RelaySession) -> None:
        """Frames in small slices, so that busy relays never hold the loop."""
        loop = asyncio.get_running_loop()
        while True:
            frame = await frames.get()
            async with self._surroundings.turns.turn() as ends:
                self._receive(session, frame)
                frames.task_done()
                while loop.time() < ends and not frames.empty():
                    self._receive(session, frames.get_nowait())
                    frames.task_done()

    async def _watch(self) -> None:
        """Notices questions that stay without an answer, and a relay that fell silent."""
        loop = asyncio.get_running_loop()
        patience = self._limits.eose_timeout
        while True:
            await asyncio.sleep(patience / _PATIENCE)
            now = loop.time()
            is_silent = now - self._heard_at > patience
            # One that goes on sending may need longer, but not for ever.
            limit = patience if is_silent else patience * _PATIENCE
            for name in [name for name, at in self._unanswered.items() if now - at > limit]:
                self._tally.stalled += 1
                self._ended(name, answered=False)
                if is_silent:
                    raise RelayStalled("the relay takes questions and does not answer")

    def _check_close(self, error: ConnectionClosed) -> None:
        if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
            self._tally.malformed += 1
            raise RelayMisbehaved("the relay sent a frame that is too large")
        if error.sent is not None and error.sent.reason == "keepalive ping timeout":
            raise RelayStalled("the connection to the relay is dead")

    def _receive(self, session: RelaySession, frame: str | bytes) -> None:
        before = session.dropped
        counts = (before.malformed, before.forged, before.unrequested, before.duplicate)
        session.receive_data(frame)
        for fact in session.events_received():
            self._heard = True
            self._tell(session, fact)
        if session.has_data_to_send:
            self._wake.set()
        after = session.dropped
        self._tally.malformed += after.malformed - counts[0]
        self._tally.forged += after.forged - counts[1]
        self._tally.unrequested += after.unrequested - counts[2]
        self._tally.duplicate += after.duplicate - counts[3]
        if session.close_expected():
            raise RelayMisbehaved("the relay sends events that are malformed, forged or unasked")

    def _tell(self, session: RelaySession, fact: relay.SessionEvent) -> None:
        match fact:
            case relay.EventReceived():
                self._tally.events += 1
                if fact.subscription_id in self._listeners:
                    self._listeners[fact.subscription_id].on_event(fact.event)
            case relay.StoredEventsEnded():
                self._ended(fact.subscription_id, answered=True)
            case relay.SubscriptionEnded():
                self._notice = fact.message
                self._ended(fact.subscription_id, answered=False)
            case relay.EventAnswered():
                self._outgoing.answered(fact)
            case relay.NoticeReceived():
                self._notice = fact.message
            case relay.AuthNeeded():
                if self._prover is not None and self._proofs is not None:
                    self._proofs.create_task(self._prove(session, self._prover, fact.challenge))

    async def _prove(self, session: RelaySession, prover: Prover, challenge: str) -> None:
        session.authenticate(await prover.prove(self.url, challenge))
        self._wake.set()

    def _ended(self, name: str, *, answered: bool) -> None:
        self._unanswered.pop(name, None)
        listener = self._listeners.get(name)
        if listener is not None:
            listener.on_end(answered)

    def _ask_waiting(self) -> None:
        """Puts the subscriptions to the relay, as many as it may have at a time."""
        if self._session is None:
            return
        for name, listener in self._listeners.items():
            if len(self._asked) >= self._limits.subscriptions:
                break
            if name not in self._asked:
                self._session.subscribe(name, listener.filters)
                self._asked[name] = self._unanswered[name] = asyncio.get_running_loop().time()
        self._wake.set()

    def _send(self, event: Event) -> None:
        if self._session is not None:
            self._session.publish(event)
            self._wake.set()

    def _jitter(self) -> float:
        """Between a half and one, so that clients of a relay that fell do not return together."""
        return 0.5 + int.from_bytes(self._surroundings.entropy.random_bytes(2), "big") / 131_072
