"""A payment whose parts this process follows, who listens to it, and the way a part took."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tipdesk.base.clock import BLOCK_MS, Instant
from tipdesk.base.units import BlockHeight
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.payment.destination import Destination
from tipdesk.lightning.payment.outgoing import Sending
from tipdesk.lightning.sphinx.attribution import read_hold_times
from tipdesk.lightning.sphinx.packet import shared_secrets
from tipdesk.ports.stores import PaymentStatus, StoredAttempt, StoredPayment, TakenWay
from tipdesk.tips.payment import InFlight, PaymentUpdate


@dataclass
class PaymentJob:
    """One payment."""

    payment: StoredPayment
    sending: Sending
    destination: Destination | None = None
    """None: begun by an earlier process."""
    expiries: dict[int, BlockHeight] = field(default_factory=dict)
    """Of the HTLCs of the parts that were sent, by the part's number."""
    listeners: list[asyncio.Queue[PaymentUpdate]] = field(default_factory=list)

    @classmethod
    def taken_up(cls, payment: StoredPayment) -> "PaymentJob":
        """A payment of an earlier process, before its parts are known: past every deadline."""
        is_paid = payment.status is PaymentStatus.SUCCEEDED
        sending = Sending(
            amount=payment.amount, max_fee=payment.max_fee, deadline=Instant(0), is_paid=is_paid
        )
        return cls(payment, sending)

    def tell(self, update: PaymentUpdate) -> None:
        """Tells everybody who listens."""
        for listener in self.listeners:
            listener.put_nowait(update)

    async def updates(self) -> AsyncIterator[PaymentUpdate]:
        """What is told from now on, up to the end."""
        updates: asyncio.Queue[PaymentUpdate] = asyncio.Queue()
        self.listeners.append(updates)
        while True:
            update = await updates.get()
            yield update
            if not isinstance(update, InFlight):
                return

    def in_flight(self, height: BlockHeight, now: Instant) -> InFlight:
        """How many parts are on their way, and when they come back at the latest."""
        parts = self.sending.in_flight
        expiries = [self.expiries[number] for number in parts if number in self.expiries]
        payment_hash = self.payment.payment_hash
        if not expiries:
            return InFlight(payment_hash, parts=len(parts))
        last = max(expiries)
        ends_by = now.plus_ms(max(0, last.value - height.value) * BLOCK_MS)
        return InFlight(payment_hash, parts=len(parts), expiry=last, ends_by=ends_by)


@dataclass(frozen=True, slots=True)
class PaymentPart:
    """A part on its way."""

    job: PaymentJob
    number: int
    attempt: StoredAttempt
    secrets: tuple[bytes, ...] = field(default=(), repr=False)
    """Shared with each hop; made again from the session key for a part of an earlier process."""

    def taken(self, attribution: bytes, now: Instant) -> TakenWay:
        """Its way, when its preimage has come; `attribution` is what came with that."""
        attempt = self.attempt
        held: tuple[int, ...] = ()
        if attribution:
            nodes = [hop.node_id for hop in attempt.route.known_hops]
            secrets = self.secrets or shared_secrets(PrivateKey(attempt.session_key), nodes)
            # Nobody inside a blinded route says anything of time.
            held = read_hold_times(secrets[: len(nodes)], attribution)
        return TakenWay(
            payment_hash=attempt.payment_hash,
            route=attempt.route,
            sent_at=attempt.sent_at,
            settled_at=now,
            hold_times=held,
        )
