"""A payment whose parts this process follows, and who listens to it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tipdesk.base.clock import BLOCK_MS, Instant
from tipdesk.base.units import BlockHeight
from tipdesk.lightning.payment.destination import Destination
from tipdesk.lightning.payment.outgoing import Sending
from tipdesk.ports.stores import PaymentStatus, StoredPayment
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
