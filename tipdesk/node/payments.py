"""Our own payments: one at a time per payment hash, attempt after attempt, never paid twice.

An attempt is stored in the commit that signs its HTLC. Its end is stored when the HTLC's end is
irrevocable (a failure) or the preimage is here (a success), in the same commit as the channel.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.errors import AddRefusal
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith, Htlc
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice, decode
from tipdesk.lightning.payment.outgoing import (
    MAX_ATTEMPTS,
    Ending,
    Lesson,
    lesson_of,
    lesson_of_unreadable,
)
from tipdesk.lightning.payment.payloads import PayeeTerms, hop_payloads
from tipdesk.lightning.routing.pathfind import search
from tipdesk.lightning.routing.query import (
    DirectedChannel,
    LocalChannel,
    NoRouteReason,
    Route,
    RouteFailure,
    RouteQuery,
)
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.sphinx.errors import read_failure
from tipdesk.lightning.sphinx.packet import build, shared_secrets
from tipdesk.lightning.wire.failures import decode as decode_failure
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import (
    HtlcPlace,
    NodeStore,
    PaymentStatus,
    StoredAttempt,
    StoredPayment,
)
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    InFlight,
    PaymentUpdate,
    PayRequest,
    Quote,
    RouteHop,
    Succeeded,
    Unknown,
)

PATIENCE_MS: Final = 60_000
"""After so long no new attempt starts; the one under way is waited for."""
SLICE_SECONDS: Final = 0.002
SPARE_BLOCKS: Final = CltvDelta(3)
"""Added to the payee's delta, so that a block found meanwhile fails nothing."""

_REASONS: Final = {
    NoRouteReason.SELF_PAYMENT: FailureReason.TO_OURSELVES,
    NoRouteReason.NO_LOCAL_CHANNEL: FailureReason.PEER_OFFLINE,
    NoRouteReason.NO_LOCAL_CAPACITY: FailureReason.NO_BALANCE,
    NoRouteReason.FEE_OVER_LIMIT: FailureReason.FEE_OVER_LIMIT,
}

_log = logging.getLogger(__name__)


@dataclass
class _Job:
    """A payment under way in this process."""

    payment: StoredPayment
    invoice: Bolt11Invoice
    deadline: Instant
    avoid_channels: set[DirectedChannel] = field(default_factory=set)
    avoid_nodes: set[NodeId] = field(default_factory=set)
    listeners: list[asyncio.Queue[PaymentUpdate]] = field(default_factory=list)
    lesson: asyncio.Future[Lesson] | None = None
    attempts: int = 0


class PaymentDriver:
    """Pays invoices through the node's channels."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        node_id: NodeId,
        store: NodeStore,
        turn: Turn,
        graph: Graph,
        clock: Clock,
        entropy: Entropy,
        height: Callable[[], BlockHeight],
        local_channels: Callable[[], tuple[LocalChannel, ...]],
        channel_by_scid: Callable[[ShortChannelId], ChannelDriver | None],
        spawn: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        self._config = config
        self._node_id = node_id
        self._store = store
        self._turn = turn
        self._graph = graph
        self._clock = clock
        self._entropy = entropy
        self._height = height
        self._local_channels = local_channels
        self._channel_by_scid = channel_by_scid
        self._spawn = spawn
        self._scores = Scores()
        self._jobs: dict[PaymentHash, _Job] = {}
        self._open: dict[HtlcPlace, StoredAttempt] = {}

    def restore(self, exists: Callable[[HtlcPlace], bool]) -> None:
        """Takes up the attempts of the last process; what never left is closed now."""
        for attempt in self._store.open_attempts():
            if exists(attempt.place):
                self._open[attempt.place] = attempt
            else:
                self._store.close_attempt(attempt.place)
        # Killed before an attempt or between two, a payment has no HTLC that would ever end it.
        sent = {attempt.payment_hash for attempt in self._open.values()}
        for payment in self._store.payments_under_way():
            if payment.payment_hash not in sent:
                self._end_without_job(payment.payment_hash)

    # -- asked from outside ---------------------------------------------------------------------

    async def quote(self, text: str, max_fee: Msat) -> Quote | Failed:
        """The route that would be taken now, and its fee."""
        invoice = self._read(text)
        if isinstance(invoice, Failed):
            return invoice
        if invoice.amount_msat is None:
            return Failed(invoice.payment_hash, FailureReason.UNSUPPORTED, "no amount is named")
        found = await self._find(self._query(invoice, invoice.amount_msat, max_fee))
        if isinstance(found, RouteFailure):
            return _as_failed(invoice.payment_hash, found, tried=False)
        return Quote(found.total_fee, len(found.hops))

    async def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, or joins a payment of the same hash; the last update is final."""
        known = self._store.payment(request.payment_hash)
        if known is not None and known.status is PaymentStatus.SUCCEEDED:
            yield as_update(known)
            return
        job = self._jobs.get(request.payment_hash)
        if job is None and known is not None and known.status is PaymentStatus.UNDER_WAY:
            # Sent by a process before this one: its HTLC decides, nothing new is begun.
            yield Unknown(request.payment_hash, "sent before the last start, not settled yet")
            return
        if job is None:
            refused = self._begin(request)
            if refused is not None:
                yield refused
                return
            job = self._jobs[request.payment_hash]
        updates: asyncio.Queue[PaymentUpdate] = asyncio.Queue()
        job.listeners.append(updates)
        while True:
            update = await updates.get()
            yield update
            if not isinstance(update, InFlight):
                return

    def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What is known of a payment."""
        known = self._store.payment(payment_hash)
        return None if known is None else as_update(known)

    # -- one payment ----------------------------------------------------------------------------

    def _read(self, text: str) -> Bolt11Invoice | Failed:
        try:
            invoice = decode(text)
        except DecodeError as error:
            nothing = PaymentHash(bytes(32))
            return Failed(nothing, FailureReason.UNSUPPORTED, str(error))
        if invoice.network is not self._config.network:
            return Failed(
                invoice.payment_hash, FailureReason.UNSUPPORTED, "it is for another network"
            )
        if invoice.payee == self._node_id:
            return Failed(invoice.payment_hash, FailureReason.TO_OURSELVES)
        if invoice.is_expired(self._clock.now()):
            return Failed(invoice.payment_hash, FailureReason.EXPIRED)
        return invoice

    def _begin(self, request: PayRequest) -> Failed | None:
        invoice = self._read(request.invoice)
        if isinstance(invoice, Failed):
            return invoice
        if invoice.payment_hash != request.payment_hash:
            # What is asked about by one hash must not be paid under another.
            return Failed(request.payment_hash, FailureReason.UNSUPPORTED, "its hash is another")
        # Class 31: what was approved is what is paid, whatever the invoice says.
        if invoice.amount_msat is not None and invoice.amount_msat != request.amount:
            return Failed(
                invoice.payment_hash, FailureReason.UNSUPPORTED, "its amount is another one"
            )
        now = self._clock.now()
        payment = StoredPayment(
            payment_hash=invoice.payment_hash,
            invoice=request.invoice,
            amount=request.amount,
            max_fee=request.max_fee,
            status=PaymentStatus.UNDER_WAY,
            created_at=now,
        )
        deadline = request.deadline or now.plus_ms(PATIENCE_MS)
        job = _Job(payment, invoice, min(deadline, invoice.expires_at))
        self._jobs[invoice.payment_hash] = job
        self._store.save_payment(payment)
        self._turn.touched()
        self._spawn(self._run(job))
        return None

    async def _run(self, job: _Job) -> None:
        failed: Failed | None = None
        payment_hash = job.payment.payment_hash
        try:
            while failed is None and job.payment.status is PaymentStatus.UNDER_WAY:
                failed = await self._try_once(job)
        except (RequestError, DecodeError) as error:
            # Only the onion raises these, and it is made before its HTLC: nothing was sent.
            failed = Failed(payment_hash, FailureReason.NO_ROUTE, str(error))
        finally:
            if job.payment.status is PaymentStatus.UNDER_WAY and failed is not None:
                self._finish(job, _ended(job.payment, failed))
            self._jobs.pop(payment_hash, None)

    async def _try_once(self, job: _Job) -> Failed | None:
        """One route and what came of it; None to go on, or when the payment succeeded."""
        payment_hash = job.payment.payment_hash
        tried = job.attempts > 0
        if job.attempts >= MAX_ATTEMPTS or self._clock.now() >= job.deadline:
            return Failed(payment_hash, FailureReason.TRIED_EVERYTHING)
        query = self._query(
            job.invoice,
            job.payment.amount,
            job.payment.max_fee,
            job.avoid_channels,
            job.avoid_nodes,
        )
        found = await self._find(query)
        if isinstance(found, RouteFailure):
            return _as_failed(payment_hash, found, tried=tried)
        lesson = await self._attempt(job, found)
        if lesson.avoid_channel is not None:
            job.avoid_channels.add(lesson.avoid_channel)
        if lesson.avoid_node is not None:
            job.avoid_nodes.add(lesson.avoid_node)
        if lesson.ending is Ending.REFUSED:
            return Failed(payment_hash, FailureReason.REFUSED)
        return None

    def _query(
        self,
        invoice: Bolt11Invoice,
        amount: Msat,
        max_fee: Msat,
        avoid_channels: set[DirectedChannel] | None = None,
        avoid_nodes: set[NodeId] | None = None,
    ) -> RouteQuery:
        return RouteQuery(
            source=self._node_id,
            target=invoice.payee,
            amount=amount,
            final_cltv_delta=invoice.min_final_cltv_expiry_delta + SPARE_BLOCKS,
            max_fee=max_fee,
            max_cltv=self._config.maximum_cltv,
            local_channels=self._local_channels(),
            route_hints=invoice.route_hints,
            excluded_channels=frozenset(avoid_channels or ()),
            excluded_nodes=frozenset(avoid_nodes or ()),
        )

    async def _find(self, query: RouteQuery) -> Route | RouteFailure:
        """Searches in slices of two milliseconds, so that the loop goes on meanwhile."""
        steps = search(self._graph, query, self._scores, self._clock.now())
        slice_end = time.perf_counter() + SLICE_SECONDS
        while True:
            try:
                next(steps)
            except StopIteration as done:
                found: Route | RouteFailure = done.value
                return found
            if time.perf_counter() >= slice_end:
                await asyncio.sleep(0)
                slice_end = time.perf_counter() + SLICE_SECONDS

    async def _attempt(self, job: _Job, route: Route) -> Lesson:
        """Sends one HTLC and waits for its end."""
        job.attempts += 1
        first = route.channels()[0]
        session_key = self._entropy.random_bytes(32)
        height = self._height()
        terms = PayeeTerms(
            payment_secret=job.invoice.payment_secret,
            total_msat=job.payment.amount,
            payment_metadata=job.invoice.payment_metadata,
        )
        onion = build(
            PrivateKey(session_key), hop_payloads(route, terms, height), job.payment.payment_hash
        )
        channel = self._channel_by_scid(first.short_channel_id)
        if channel is None:
            return Lesson(avoid_channel=first)
        added = channel.add(
            command.AddHtlc(
                amount=route.total_amount,
                payment_hash=job.payment.payment_hash,
                cltv_expiry=route.expiry(0, height),
                onion=onion.packet,
            )
        )
        if isinstance(added, AddRefusal):
            return Lesson(avoid_channel=first)
        attempt = StoredAttempt(
            payment_hash=job.payment.payment_hash,
            place=HtlcPlace(channel.channel_id, added.id),
            session_key=session_key,
            route=route,
        )
        self._open[attempt.place] = attempt
        self._store.save_attempt(attempt)
        job.lesson = asyncio.get_running_loop().create_future()
        in_flight = InFlight(job.payment.payment_hash)
        self._turn.after_commit(lambda: _tell(job, in_flight))
        return await job.lesson

    # -- told by the router ---------------------------------------------------------------------

    def fulfilled(self, place: HtlcPlace, htlc: Htlc, preimage: Preimage) -> None:
        """The preimage is here: the payment has succeeded, whatever else happens."""
        attempt = self._open.pop(place, None)
        if attempt is None:
            return
        self._store.close_attempt(place)
        self._scores.route_succeeded(attempt.route, self._clock.now())
        stored = self._store.payment(htlc.payment_hash)
        if stored is None:
            return
        paid = replace(
            stored,
            status=PaymentStatus.SUCCEEDED,
            preimage=preimage,
            fee=attempt.route.total_fee,
            route=attempt.route,
            settled_at=self._clock.now(),
        )
        job = self._jobs.get(htlc.payment_hash)
        if job is None:
            self._store.save_payment(paid)
            return
        self._finish(job, paid)

    def failed(self, place: HtlcPlace, outcome: FailedWith | FailedMalformed) -> None:
        """An attempt failed for good."""
        attempt = self._open.pop(place, None)
        if attempt is None:
            return
        self._store.close_attempt(place)
        lesson = self._learn(attempt, outcome)
        if lesson.avoid_channel is not None:
            self._scores.route_failed(attempt.route, lesson.avoid_channel, self._clock.now())
        self._tell_lesson(attempt, lesson)

    def never_sent(self, place: HtlcPlace) -> None:
        """An attempt never left: its channel's peer is away."""
        attempt = self._open.pop(place, None)
        if attempt is not None:
            self._store.close_attempt(place)
            self._tell_lesson(attempt, Lesson(avoid_channel=attempt.route.channels()[0]))

    def _learn(self, attempt: StoredAttempt, outcome: FailedWith | FailedMalformed) -> Lesson:
        route = attempt.route
        if isinstance(outcome, FailedMalformed):
            # Our own peer could not read what we made for it.
            return Lesson(avoid_channel=route.channels()[0])
        nodes = [hop.node_id for hop in route.hops]
        secrets = shared_secrets(PrivateKey(attempt.session_key), nodes)
        returned = read_failure(secrets, outcome.reason)
        if returned is None:
            return lesson_of_unreadable(route)
        try:
            failure = decode_failure(returned.message)
        except DecodeError:
            return lesson_of_unreadable(route)
        _log.info("attempt failed at hop %d: %s", returned.hop_index, failure.sentence)
        return lesson_of(route, returned.hop_index, failure)

    def _tell_lesson(self, attempt: StoredAttempt, lesson: Lesson) -> None:
        job = self._jobs.get(attempt.payment_hash)
        if job is None:
            self._end_without_job(attempt.payment_hash)
            return
        waiting = job.lesson
        if waiting is not None:
            self._turn.after_commit(lambda: _resolve(waiting, lesson))

    def _end_without_job(self, payment_hash: PaymentHash) -> None:
        # The process that began the payment is gone, and so is the person's patience: it ends.
        stored = self._store.payment(payment_hash)
        if stored is not None and stored.status is PaymentStatus.UNDER_WAY:
            failed = Failed(payment_hash, FailureReason.TRIED_EVERYTHING)
            self._store.save_payment(_ended(stored, failed))

    def _finish(self, job: _Job, payment: StoredPayment) -> None:
        job.payment = payment
        self._store.save_payment(payment)
        update = as_update(payment)
        waiting = job.lesson

        def after() -> None:
            _tell(job, update)
            if waiting is not None:
                _resolve(waiting, Lesson())

        self._turn.after_commit(after)


def _tell(job: _Job, update: PaymentUpdate) -> None:
    for listener in job.listeners:
        listener.put_nowait(update)


def _resolve(waiting: asyncio.Future[Lesson], lesson: Lesson) -> None:
    if not waiting.done():
        waiting.set_result(lesson)


def _ended(payment: StoredPayment, failed: Failed) -> StoredPayment:
    return replace(payment, status=PaymentStatus.FAILED, reason=failed.reason, detail=failed.detail)


def _as_failed(payment_hash: PaymentHash, failure: RouteFailure, *, tried: bool) -> Failed:
    reason = _REASONS.get(failure.reason, FailureReason.NO_ROUTE)
    if tried and reason is not FailureReason.FEE_OVER_LIMIT:
        reason = FailureReason.TRIED_EVERYTHING
    return Failed(payment_hash, reason, failure.reason.value)


def as_update(payment: StoredPayment) -> PaymentUpdate:
    """A stored payment as its wallet's users see it."""
    if payment.status is PaymentStatus.UNDER_WAY:
        return InFlight(payment.payment_hash)
    if payment.preimage is None or payment.settled_at is None or payment.fee is None:
        reason = payment.reason or FailureReason.NO_ROUTE
        return Failed(payment.payment_hash, reason, payment.detail)
    return Succeeded(
        payment_hash=payment.payment_hash,
        preimage=payment.preimage,
        amount=payment.amount,
        fee=payment.fee,
        route=() if payment.route is None else route_hops(payment.route),
        settled_at=payment.settled_at,
    )


def route_hops(route: Route) -> tuple[RouteHop, ...]:
    """A route as it is shown: what the node at each channel's near end took."""
    amounts = [hop.amount for hop in route.hops]
    before = [amounts[0], *amounts[:-1]]
    return tuple(
        RouteHop(hop.node_id, hop.short_channel_id, earlier - hop.amount)
        for hop, earlier in zip(route.hops, before, strict=True)
    )
