"""Payments that connected apps ask for: each begun once, and followed until its end is certain.

One payment hash has one order, whoever asks and however often: a second request joins the first
and hears the same. What the person pays by themselves is joined too, and costs the app nothing.
Only a certain failure makes room for another order.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.nostr.nip47 import ErrorCode, WalletError
from tipdesk.ports.connections import KeptRequest
from tipdesk.ports.payments import PaymentBackend
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.tips import sentence
from tipdesk.tips.connection import Connection, Order, OrderState
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.payment import Capability, Failed, PaymentUpdate, Succeeded, Unknown

ATTEMPTS_FOR_MS: Final = 45_000
"""After so long no new attempt starts: most failures are certain before an app loses patience."""
_LOOK_UP_SECONDS: Final = (2.0, 30.0)
"""At first, and at the most, between two questions to the wallet."""

log = logging.getLogger(__name__)


class History(Protocol):
    """The wallet's history, where what apps do stands beside what the person does."""

    def note(self, record: HistoryRecord) -> None:
        """A line, new or another one; durable with the next commit."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPayment:
    """What an app asks to be paid, read and checked."""

    payment_hash: PaymentHash
    invoice: str
    """Empty for a payment without one (bLIP 3)."""
    description: str
    amount: Msat
    max_fee: Msat
    expires_at: Instant
    send: Callable[[Order, Instant], AsyncIterator[PaymentUpdate]]
    """Gives the wallet the order, with the moment after which no attempt starts."""
    preimage: Preimage | None = None
    """Of a payment without an invoice."""


class OrderDesk:
    """Begins, joins and follows orders. `ended` is called once for each that ends."""

    def __init__(
        self,
        *,
        book: ConnectionBook,
        wallet: PaymentBackend,
        history: History,
        clock: Clock,
        ended: Callable[[Order], None],
    ) -> None:
        self._book = book
        self._store = book.store
        self._wallet = wallet
        self._history = history
        self._clock = clock
        self._ended = ended
        self._group: asyncio.TaskGroup | None = None
        self._ends: dict[PaymentHash, asyncio.Future[Order]] = {}

    def start(self, group: asyncio.TaskGroup) -> None:
        """Follows what an earlier process left; orders are carried out in the group."""
        self._group = group
        self._ends.clear()
        for order in self._store.orders_under_way():
            self._spawn(order, self._follow(order, after_restart=True))

    async def order(
        self, connection: Connection, request: KeptRequest, asked: AskedPayment
    ) -> Order | WalletError:
        """The order that the request began or joined; it may be under way.

        The request is remembered before anything is paid or refused for it.
        """
        self._store.save_request(request)
        found = self._join(request, asked)
        if found is None:
            try:
                known = await self._wallet.lookup(asked.payment_hash)
            except BackendError as error:
                found = WalletError(ErrorCode.INTERNAL, _nothing_paid(in_words(error)))
            else:
                # While the wallet was asked another request may have begun it.
                found = self._join(request, asked) or self._begin(connection, request, asked, known)
        self._store.commit()
        return found

    def _join(self, request: KeptRequest, asked: AskedPayment) -> Order | WalletError | None:
        known = self._store.order_of(asked.payment_hash)
        if known is None or known.state is OrderState.FAILED:
            return None
        if known.amount != asked.amount:
            return _OTHER_AMOUNT
        self._store.save_request(replace(request, order_id=known.id))
        return known

    def _begin(
        self,
        connection: Connection,
        request: KeptRequest,
        asked: AskedPayment,
        known: PaymentUpdate | None,
    ) -> Order | WalletError:
        order = _order(connection, request, asked, self._clock.now())
        if known is not None and not isinstance(known, Failed):
            return self._join_our_own(order, request, known)
        if connection.budget is not None and Capability.FEE_LIMIT not in self._wallet.capabilities:
            return _NO_FEE_LIMIT
        held = self._book.hold(order)
        if held is None:
            return _OVER_BUDGET
        self._store.save_request(replace(request, order_id=held.id))
        self._history.note(_line(held, connection.name))
        # On disk before the order leaves.
        self._store.commit()
        self._spawn(held, self._carry_out(held, asked))
        return held

    def _join_our_own(
        self, order: Order, request: KeptRequest, known: PaymentUpdate
    ) -> Order | WalletError:
        """The person paid it, or is paying it: nothing of the budget is held."""
        if isinstance(known, Succeeded) and known.amount < order.amount:
            return _OTHER_AMOUNT
        ours = replace(order, is_held=False)
        self._store.save_order(ours)
        self._store.save_request(replace(request, order_id=ours.id))
        self._store.commit()
        self._spawn(ours, self._follow(ours, after_restart=False))
        return ours

    async def wait(self, order: Order) -> Order:
        """The order once it has ended."""
        end = self._ends.get(order.payment_hash)
        if order.state is not OrderState.UNDER_WAY or end is None:
            return self._store.order(order.id) or order
        return await asyncio.shield(end)

    # -- carrying out ---------------------------------------------------------------------------

    def _spawn(self, order: Order, work: "asyncio._CoroutineLike[None]") -> None:
        if self._group is None:
            raise TypeError("orders are carried out while the service runs")
        self._ends[order.payment_hash] = asyncio.get_running_loop().create_future()
        self._group.create_task(work, name=f"order {order.payment_hash}")

    async def _carry_out(self, order: Order, asked: AskedPayment) -> None:
        deadline = min(order.expires_at, order.at.plus_ms(ATTEMPTS_FOR_MS))
        last: PaymentUpdate = Unknown(order.payment_hash)
        try:
            async for update in asked.send(order, deadline):
                last = update
        except (BackendError, RequestError) as error:
            log.info("the wallet did not say how a payment ended: %s", error)
            last = Unknown(order.payment_hash)
        if not self._finish(order, last):
            await self._follow(order, after_restart=False)

    async def _follow(self, order: Order, *, after_restart: bool) -> None:
        """Asked about until it is certain, never paid again.

        That the wallet has not heard of it is certain after a restart, or once it has expired.
        """
        pause, longest = _LOOK_UP_SECONDS
        while True:
            try:
                update = await self._wallet.lookup(order.payment_hash)
            except BackendError as error:
                update = Unknown(order.payment_hash, in_words(error))
            if update is None and (after_restart or self._clock.now() >= order.expires_at):
                self._end(replace(order, state=OrderState.FAILED))
                return
            if self._finish(order, update):
                return
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)

    def _finish(self, order: Order, update: PaymentUpdate | None) -> bool:
        """Whether that was the end of it."""
        match update:
            case Succeeded():
                self._end(
                    replace(
                        order,
                        state=OrderState.PAID,
                        preimage=update.preimage,
                        fee=update.fee,
                        settled_at=update.settled_at,
                    )
                )
            case Failed():
                self._end(replace(order, state=OrderState.FAILED, reason=update.reason))
            case _:
                return False
        return True

    def _end(self, order: Order) -> None:
        connection = self._book.connection(order.connection_id)
        if order.is_held and connection is not None:
            self._history.note(_line(order, connection.name))
        self._book.end(order)
        end = self._ends.pop(order.payment_hash, None)
        if end is not None and not end.done():
            end.set_result(order)
        self._ended(order)


_OTHER_AMOUNT: Final = WalletError(
    ErrorCode.OTHER,
    Phrase("This payment hash belongs to a payment of another amount. Nothing more was paid."),
)
_OVER_BUDGET: Final = WalletError(
    ErrorCode.QUOTA_EXCEEDED,
    Phrase("This payment does not fit into what is left of the budget. Nothing was paid."),
)
_NO_FEE_LIMIT: Final = WalletError(
    ErrorCode.RESTRICTED,
    Phrase(
        "The wallet cannot keep a fee limit, so that no budget could be kept. Nothing was paid."
    ),
)


def why_failed(order: Order) -> WalletError:
    """What an app is told of an order that failed."""
    if order.reason is None:
        return WalletError(ErrorCode.PAYMENT_FAILED, sentence.NEVER_BEGUN)
    code = _CODES.get(order.reason.name, ErrorCode.PAYMENT_FAILED)
    return WalletError(code, _nothing_paid(order.reason.value))


_CODES: Final = {
    "NO_BALANCE": ErrorCode.INSUFFICIENT_BALANCE,
    "FEE_OVER_LIMIT": ErrorCode.FEE_LIMIT_EXCEEDED,
}


def _nothing_paid(why: str) -> str:
    return Phrase("{why} Nothing was paid.", why=why)


def _order(
    connection: Connection, request: KeptRequest, asked: AskedPayment, now: Instant
) -> Order:
    return Order(
        id=request.id,
        connection_id=connection.id,
        payment_hash=asked.payment_hash,
        invoice=asked.invoice,
        description=asked.description,
        amount=asked.amount,
        max_fee=asked.max_fee,
        at=now,
        expires_at=asked.expires_at,
        preimage=asked.preimage,
    )


def _line(order: Order, name: str) -> HistoryRecord:
    """How it stands in the wallet's history."""
    states = {
        OrderState.UNDER_WAY: PaymentState.IN_FLIGHT,
        OrderState.PAID: PaymentState.SUCCEEDED,
        OrderState.FAILED: PaymentState.FAILED,
    }
    problem = "" if order.state is not OrderState.FAILED else sentence.NEVER_BEGUN
    if order.reason is not None:
        problem = sentence.failure(Failed(order.payment_hash, order.reason))
    return HistoryRecord(
        payment_hash=order.payment_hash,
        direction=Direction.OUT,
        invoice=order.invoice,
        amount=order.amount,
        description=f"{name}: {order.description}" if order.description else name,
        state=states[order.state],
        at=order.settled_at or order.at,
        expires_at=order.expires_at,
        fee=order.fee,
        problem=problem,
    )
