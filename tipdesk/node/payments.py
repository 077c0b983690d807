"""Our own payments: in parts where one does not do, attempt after attempt, never paid twice.

What is to be done is decided in `payment/outgoing`; here it is carried out. A part is stored in the
commit that signs its HTLC. Its end is stored when the HTLC's end is irrevocable (a failure) or the
preimage is here (a success), in the same commit as the channel. A payment that an earlier process
began is decided by its parts alone: nothing more is sent for it.
"""

import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Final, assert_never

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.errors import AddRefusal
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith, Htlc
from tipdesk.lightning.payment import outgoing
from tipdesk.lightning.payment.destination import Destination, of_keysend
from tipdesk.lightning.payment.lessons import Lesson, read_lesson
from tipdesk.lightning.payment.outgoing import Sending, step
from tipdesk.lightning.routing.query import NoRouteReason, Route
from tipdesk.lightning.routing.shadow import RANDOM_BYTES
from tipdesk.lightning.routing.split import NoWay
from tipdesk.lightning.sphinx.packet import build
from tipdesk.node import answers
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.payables import PayableReader, another_amount
from tipdesk.node.payment_job import PaymentJob, PaymentPart
from tipdesk.node.turn import Turn
from tipdesk.node.wayfinder import WayFinder
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
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
    Unknown,
)

PATIENCE_MS: Final = 60_000
"""After so long no new attempt starts; those under way are waited for."""

_log = logging.getLogger(__name__)


class PaymentDriver:
    """Pays through the node's channels."""

    def __init__(
        self,
        *,
        payables: PayableReader,
        node_id: NodeId,
        store: NodeStore,
        turn: Turn,
        ways: WayFinder,
        clock: Clock,
        entropy: Entropy,
        height: Callable[[], BlockHeight],
        channel_by_scid: Callable[[ShortChannelId], ChannelDriver | None],
        spawn: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        self._payables = payables
        self._node_id = node_id
        self._store = store
        self._turn = turn
        self._ways = ways
        self._clock = clock
        self._entropy = entropy
        self._height = height
        self._channel_by_scid = channel_by_scid
        self._spawn = spawn
        self._jobs: dict[PaymentHash, PaymentJob] = {}
        self._parts: dict[HtlcPlace, PaymentPart] = {}

    def restore(self, htlc_at: Callable[[HtlcPlace], Htlc | None]) -> None:
        """Takes up the parts of the last process; what never left is closed now."""
        jobs = {p.payment_hash: PaymentJob.taken_up(p) for p in self._store.payments_under_way()}
        for attempt in self._store.open_attempts():
            htlc = htlc_at(attempt.place)
            payment = self._store.payment(attempt.payment_hash)
            if htlc is None or payment is None:
                self._store.close_attempt(attempt.place)
                continue
            # A payment that has succeeded may have parts whose end is not here yet.
            job = jobs.setdefault(attempt.payment_hash, PaymentJob.taken_up(payment))
            number = job.sending.sent
            in_flight = {**job.sending.in_flight, number: attempt.route}
            job.sending = replace(job.sending, in_flight=in_flight, sent=number + 1)
            job.expiries[number] = htlc.cltv_expiry
            self._parts[attempt.place] = PaymentPart(job, number, attempt)
        for payment_hash, job in jobs.items():
            if job.payment.status is PaymentStatus.UNDER_WAY:
                self._jobs[payment_hash] = job
                # Killed before its parts or between them, it has nothing that would ever end it.
                self._feed(job, outgoing.Begun())

    # -- asked from outside ---------------------------------------------------------------------

    async def quote(self, text: str, max_fee: Msat, amount: Msat | None = None) -> Quote | Failed:
        """The ways that would be taken now, and their fee; `amount` if the invoice names none."""
        payable = self._payables.read(text, self._clock.now())
        if isinstance(payable, Failed):
            return payable
        asked = payable.amount or amount
        if asked is None:
            return Failed(payable.payment_hash, FailureReason.UNSUPPORTED, "no amount is named")
        if amount is not None and amount != asked:
            return another_amount(payable.payment_hash)
        destination = self._payables.destination(payable, asked)
        if isinstance(destination, Failed):
            return destination
        return await self._quote(
            destination, payable.payment_hash, asked, max_fee, payable.expires_at
        )

    async def quote_keysend(self, request: KeysendRequest) -> Quote | Failed:
        """The way to a node that would be taken now, and its fee; the node is not asked."""
        preimage = request.preimage or Preimage(self._entropy.random_bytes(32))
        payment_hash = PaymentHash(sha256(preimage))
        if request.node_id == self._node_id:
            return Failed(payment_hash, FailureReason.TO_OURSELVES)
        destination = of_keysend(request.node_id, request.amount, preimage, request.records)
        deadline = request.deadline or self._clock.now().plus_ms(PATIENCE_MS)
        return await self._quote(
            destination, payment_hash, request.amount, request.max_fee, deadline
        )

    async def _quote(
        self,
        destination: Destination,
        payment_hash: PaymentHash,
        amount: Msat,
        max_fee: Msat,
        deadline: Instant,
    ) -> Quote | Failed:
        sending = Sending(
            amount=amount, max_fee=max_fee, deadline=deadline, max_parts=destination.max_parts
        )
        found = await self._ways.find(destination, sending)
        if isinstance(found, tuple):
            return answers.as_quote(found)
        return answers.no_way(payment_hash, found, tried=False)

    async def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, or joins a payment of the same hash; the last update is final."""
        async for update in self._once(request.payment_hash, lambda: self._begin_invoice(request)):
            yield update

    async def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """bLIP 3: pays a node that did not ask, or joins a payment with the same preimage."""
        preimage = request.preimage or Preimage(self._entropy.random_bytes(32))
        begin = partial(self._begin_keysend, request, preimage)
        async for update in self._once(PaymentHash(sha256(preimage)), begin):
            yield update

    async def _once(
        self, payment_hash: PaymentHash, begin: Callable[[], PaymentJob | Failed]
    ) -> AsyncIterator[PaymentUpdate]:
        known = self._store.payment(payment_hash)
        if known is not None and known.status is PaymentStatus.SUCCEEDED:
            yield answers.as_update(known)
            return
        job = self._jobs.get(payment_hash)
        if job is not None and job.destination is None:
            # Sent by a process before this one: its parts decide, nothing new is begun.
            yield Unknown(payment_hash, "sent before the last start, not settled yet")
            return
        begun = begin() if job is None else job
        if isinstance(begun, Failed):
            yield begun
            return
        async for update in begun.updates():
            yield update

    def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What is known of a payment."""
        job = self._jobs.get(payment_hash)
        if job is not None:
            return self._in_flight(job)
        known = self._store.payment(payment_hash)
        return None if known is None else answers.as_update(known)

    def cancel(self, payment_hash: PaymentHash) -> bool:
        """Sends no more parts; whether the payment was under way.

        What is on its way cannot be called back: the payment may succeed yet.
        """
        job = self._jobs.get(payment_hash)
        if job is not None:
            self._feed(job, outgoing.Cancelled())
        return job is not None

    # -- one payment ----------------------------------------------------------------------------

    def _begin_keysend(self, request: KeysendRequest, preimage: Preimage) -> PaymentJob | Failed:
        payment_hash = PaymentHash(sha256(preimage))
        if request.node_id == self._node_id:
            return Failed(payment_hash, FailureReason.TO_OURSELVES)
        destination = of_keysend(request.node_id, request.amount, preimage, request.records)
        payment = self._new(payment_hash, "", request.amount, request.max_fee)
        deadline = request.deadline or payment.created_at.plus_ms(PATIENCE_MS)
        return self._begin(payment, destination, deadline)

    def _begin_invoice(self, request: PayRequest) -> PaymentJob | Failed:
        payable = self._payables.read(request.invoice, self._clock.now())
        if isinstance(payable, Failed):
            return payable
        refused = payable.why_not(request)
        if refused is not None:
            return refused
        destination = self._payables.destination(payable, request.amount)
        if isinstance(destination, Failed):
            return destination
        payment = self._new(payable.payment_hash, request.invoice, request.amount, request.max_fee)
        deadline = request.deadline or payment.created_at.plus_ms(PATIENCE_MS)
        return self._begin(payment, destination, min(deadline, payable.expires_at))

    def _new(
        self, payment_hash: PaymentHash, invoice: str, amount: Msat, max_fee: Msat
    ) -> StoredPayment:
        return StoredPayment(
            payment_hash=payment_hash,
            invoice=invoice,
            amount=amount,
            max_fee=max_fee,
            status=PaymentStatus.UNDER_WAY,
            created_at=self._clock.now(),
        )

    def _begin(
        self, payment: StoredPayment, destination: Destination, deadline: Instant
    ) -> PaymentJob:
        sending = Sending(
            amount=payment.amount,
            max_fee=payment.max_fee,
            deadline=deadline,
            max_parts=destination.max_parts,
        )
        random = self._entropy.random_bytes(RANDOM_BYTES)
        blocks = self._ways.shadow(destination.node_id, random)
        job = PaymentJob(payment, sending, destination.shadowed(blocks))
        self._jobs[payment.payment_hash] = job
        self._store.save_payment(payment)
        self._turn.touched()
        self._feed(job, outgoing.Begun())
        return job

    def _feed(self, job: PaymentJob, event: outgoing.Event) -> None:
        """One step of a payment, and what it asks for."""
        done = step(job.sending, event, self._clock.now())
        job.sending = done.state
        for action in done.actions:
            match action:
                case outgoing.FindWays():
                    self._spawn(self._find(job))
                case outgoing.SendPart(number, route):
                    self._send(job, number, route)
                case outgoing.Succeed(routes, preimage):
                    self._succeed(job, routes, preimage)
                case outgoing.Fail(reason):
                    failed = answers.failed(job.payment.payment_hash, reason)
                    ended = replace(
                        job.payment,
                        status=PaymentStatus.FAILED,
                        reason=failed.reason,
                        detail=failed.detail,
                    )
                    self._finish(job, ended)
                case _:
                    assert_never(action)

    async def _find(self, job: PaymentJob) -> None:
        if job.destination is None:
            raise TypeError("a payment of an earlier process sends nothing more")
        try:
            found = await self._ways.find(job.destination, job.sending)
        except Exception:
            # A payment that waits for an answer for ever would be worse.
            _log.exception("the search for a way failed")
            found = NoWay(NoRouteReason.NO_ROUTE, job.sending.missing)
        if isinstance(found, tuple):
            self._feed(job, outgoing.Routed(found))
        else:
            self._feed(job, outgoing.NotRouted(found))
        if job.sending.in_flight and not job.sending.is_paid:
            self._turn.after_commit(lambda: job.tell(self._in_flight(job)))

    def _send(self, job: PaymentJob, number: int, route: Route) -> None:
        """Adds one HTLC; the attempt is stored in the same commit as its signature."""
        payment_hash = job.payment.payment_hash
        session_key, height = self._entropy.random_bytes(32), self._height()
        if job.destination is None:
            raise TypeError("a payment of an earlier process sends nothing more")
        try:
            payloads = job.destination.payloads(route, height)
            onion = build(PrivateKey(session_key), payloads, payment_hash)
        except (RequestError, DecodeError) as error:
            self._feed(job, outgoing.PartImpossible(number, str(error)))
            return
        channel = self._channel_by_scid(route.hops[0].short_channel_id)
        added: Htlc | AddRefusal = AddRefusal.NOT_USABLE
        if channel is not None:
            added = channel.add(
                command.AddHtlc(
                    amount=route.total_amount,
                    payment_hash=payment_hash,
                    cltv_expiry=route.expiry(0, height),
                    onion=onion.packet,
                )
            )
        if channel is None or isinstance(added, AddRefusal):
            self._feed(job, outgoing.PartRefused(number))
            return
        attempt = StoredAttempt(
            payment_hash=payment_hash,
            place=HtlcPlace(channel.channel_id, added.id),
            session_key=session_key,
            route=route,
            sent_at=self._clock.now(),
        )
        self._parts[attempt.place] = PaymentPart(job, number, attempt, onion.shared_secrets)
        job.expiries[number] = added.cltv_expiry
        self._store.save_attempt(attempt)

    def _succeed(self, job: PaymentJob, routes: tuple[Route, ...], preimage: Preimage) -> None:
        paid = replace(
            job.payment,
            status=PaymentStatus.SUCCEEDED,
            preimage=preimage,
            fee=sum((route.total_fee for route in routes), Msat(0)),
            route=max(routes, key=lambda route: route.amount),
            settled_at=self._clock.now(),
            parts=len(routes),
        )
        self._finish(job, paid)

    def _finish(self, job: PaymentJob, payment: StoredPayment) -> None:
        job.payment = payment
        self._store.save_payment(payment)
        self._turn.touched()
        self._jobs.pop(payment.payment_hash, None)
        update = answers.as_update(payment)
        self._turn.after_commit(lambda: job.tell(update))

    def _in_flight(self, job: PaymentJob) -> InFlight:
        return job.in_flight(self._height(), self._clock.now())

    # -- told by the router ---------------------------------------------------------------------

    def fulfilled(self, place: HtlcPlace, htlc: Htlc, preimage: Preimage) -> None:
        """The preimage is here: the payment has succeeded, whatever else happens."""
        part = self._parts.pop(place, None)
        if part is None:
            return
        self._store.close_attempt(place)
        self._store.save_way(part.taken(htlc.attribution, self._clock.now()))
        self._ways.succeeded(part.attempt.route)
        self._feed(part.job, outgoing.PartPaid(part.number, preimage))

    def failed(self, place: HtlcPlace, htlc: Htlc, outcome: FailedWith | FailedMalformed) -> None:
        """A part failed for good."""
        part = self._parts.pop(place, None)
        if part is None:
            return
        self._store.close_attempt(place)
        route = part.attempt.route
        lesson, sentence = read_lesson(route, part.attempt.session_key, outcome, htlc.attribution)
        _log.info("a part failed: %s", sentence)
        self._ways.failed(route, lesson)
        if part.job.sending.is_paid:
            # The payee gave the proof for less than it asked: its loss, and we know no fee for it.
            _log.warning("a part of a payment that succeeded came back")
        self._feed(part.job, outgoing.PartFailed(part.number, lesson))

    def never_sent(self, place: HtlcPlace) -> None:
        """A part never left, its channel's peer being away; or the chain has decided against it."""
        part = self._parts.pop(place, None)
        if part is not None:
            self._store.close_attempt(place)
            lesson = Lesson(avoid_channel=part.attempt.route.channels()[0])
            self._feed(part.job, outgoing.PartFailed(part.number, lesson))
