"""How a served wallet speaks with its apps over relays: whom it hears, and what it sends.

Connections over the same relays share one subscription. The info event of each connection is
brought to all of its relays, and again when what it may do is another thing.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from tipdesk.base.clock import Clock
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr import nip47
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip47 import (
    KIND_REQUEST,
    Encryption,
    ErrorCode,
    Method,
    Notification,
    Response,
    ServiceInfo,
    WalletError,
)
from tipdesk.ports.connections import ConnectionSigners
from tipdesk.ports.relays import RelayPool, Subscription
from tipdesk.ports.secrets import EventSigner
from tipdesk.tips.connection import Connection

HEARD_BACK_S: Final = 600
"""Relays that keep requests are asked for those of the last minutes: an answer may be owed."""
_ENDED_HEARD_MS: Final = 7 * 24 * 3_600_000
"""So long an app whose connection ended is told so."""
_TRIES: Final = 3
_PAUSES: Final = (15.0, 600.0)
_ONLY_FOR_PAY: Final = {
    ErrorCode.BAD_REQUEST: ErrorCode.OTHER,
    ErrorCode.UNSUPPORTED_NETWORK: ErrorCode.OTHER,
    ErrorCode.FEE_LIMIT_EXCEEDED: ErrorCode.PAYMENT_FAILED,
}
"""NWC-321 has codes that clients of the other methods do not know."""

log = logging.getLogger(__name__)


class Offering(Protocol):
    """What a connection is offered now."""

    def offered(self, connection: Connection) -> tuple[Method, ...]:
        """Methods; none once it has ended."""
        ...

    def notifications(self, connection: Connection) -> tuple[str, ...]:
        """What it is told unasked."""
        ...


class ServiceRelays:
    """The wallet's voice and ears towards its apps."""

    def __init__(
        self,
        *,
        relays: RelayPool,
        signers: ConnectionSigners,
        connections: Callable[[], Sequence[Connection]],
        clock: Clock,
    ) -> None:
        self._relays = relays
        self._signers = signers
        self._connections = connections
        self._clock = clock
        self._known: dict[int, EventSigner] = {}
        self._heard: dict[tuple[str, ...], tuple[frozenset[int], Subscription]] = {}
        self._announced: dict[int, tuple[ServiceInfo, int, frozenset[str]]] = {}
        self._stale = asyncio.Event()

    def signer(self, connection: Connection) -> EventSigner:
        """Who signs for us on a connection."""
        if connection.id not in self._known:
            self._known[connection.id] = self._signers.signer(connection.id)
        return self._known[connection.id]

    def service_key(self, connection: Connection) -> XOnlyPubkey:
        """By what key its app knows us."""
        return self.signer(connection).pubkey

    # -- hearing --------------------------------------------------------------------------------

    def listen(self, connections: Sequence[Connection], on_event: Callable[[Event], None]) -> None:
        """From now on their requests come to `on_event`, some of them more than once."""
        wanted: dict[tuple[str, ...], list[Connection]] = {}
        for connection in connections:
            if self._is_heard(connection):
                wanted.setdefault(connection.relays, []).append(connection)
        before, self._heard = self._heard, {}
        for relays, members in wanted.items():
            ids = frozenset(one.id for one in members)
            known = before.get(relays)
            if known is not None and known[0] == ids:
                self._heard[relays] = before.pop(relays)
            else:
                self._heard[relays] = (ids, self._subscribe(relays, members, on_event))
        for _, subscription in before.values():
            subscription.close()
        self._stale.set()

    def stop_listening(self) -> None:
        """Nothing is heard any more."""
        heard, self._heard = self._heard, {}
        for _, subscription in heard.values():
            subscription.close()

    def _is_heard(self, connection: Connection) -> bool:
        ends = [at for at in (connection.revoked_at, connection.expires_at) if at is not None]
        return not ends or self._clock.now().since(min(ends)) < _ENDED_HEARD_MS

    def _subscribe(
        self,
        relays: tuple[str, ...],
        members: Sequence[Connection],
        on_event: Callable[[Event], None],
    ) -> Subscription:
        wanted = Filter(
            kinds=(KIND_REQUEST,),
            authors=tuple(one.client for one in members),
            tags={"p": tuple(self.service_key(one).hex() for one in members)},
            since=self._clock.now().unix_seconds - HEARD_BACK_S,
        )
        return self._relays.subscribe((wanted,), on_event, urls=relays)

    # -- speaking -------------------------------------------------------------------------------

    async def announce(self, offering: Offering) -> None:
        """Keeps the info events on the relays as they should be, until it is cancelled."""
        pause, longest = _PAUSES
        while True:
            self._stale.clear()
            all_have_it = True
            for connection in self._connections():
                all_have_it &= await self._announce(connection, offering)
            try:
                async with asyncio.timeout(None if all_have_it else pause):
                    await self._stale.wait()
                pause, _ = _PAUSES
            except TimeoutError:
                pause = min(2 * pause, longest)

    async def _announce(self, connection: Connection, offering: Offering) -> bool:
        """Whether every relay of the connection has what it is offered now."""
        if not self._is_heard(connection):
            return True
        info = ServiceInfo(
            methods=offering.offered(connection),
            notifications=offering.notifications(connection),
        )
        now = self._clock.now().unix_seconds
        before, at, having = self._announced.get(connection.id, (None, 0, frozenset[str]()))
        if before == info and having.issuperset(connection.relays):
            return True
        if before != info:
            # Of two events of one second relays keep whichever they like.
            at, having = max(now, at + 1), frozenset()
        missing = [url for url in connection.relays if url not in having]
        signer = self.signer(connection)
        event = await signer.sign(nip47.build_info(info, wallet=signer.pubkey, created_at=at))
        results = await self._relays.publish(event, missing)
        having |= {url for url, result in results.items() if result.accepted}
        self._announced[connection.id] = (info, at, having)
        return having.issuperset(connection.relays)

    async def respond(
        self,
        connection: Connection,
        request_id: EventId,
        method: str,
        result: Mapping[str, object] | WalletError,
    ) -> bool:
        """Whether a relay took the answer."""
        answer = Response(
            result_type=method, result={} if isinstance(result, WalletError) else result
        )
        if isinstance(result, WalletError):
            code = (
                result.code if method == Method.PAY else _ONLY_FOR_PAY.get(result.code, result.code)
            )
            answer = Response(result_type=method, error=WalletError(code, result.message))
        signer = self.signer(connection)
        unsigned = nip47.build_response(
            await signer.encrypt(connection.client, answer.to_text()),
            wallet=signer.pubkey,
            client=connection.client,
            request_id=request_id,
            created_at=self._clock.now().unix_seconds,
        )
        return await self._send(connection, unsigned)

    async def notify(self, connection: Connection, kind: str, told: Mapping[str, object]) -> bool:
        """Whether a relay took the notification."""
        signer = self.signer(connection)
        unsigned = nip47.build_notification(
            await signer.encrypt(connection.client, Notification(kind, told).to_text()),
            wallet=signer.pubkey,
            client=connection.client,
            encryption=Encryption.NIP44_V2,
            created_at=self._clock.now().unix_seconds,
        )
        return await self._send(connection, unsigned)

    async def _send(self, connection: Connection, unsigned: UnsignedEvent) -> bool:
        event = await self.signer(connection).sign(unsigned)
        for _ in range(_TRIES):
            results = await self._relays.publish(event, connection.relays)
            if any(result.accepted for result in results.values()):
                return True
        log.info("no relay took what a connected app was to hear")
        return False
