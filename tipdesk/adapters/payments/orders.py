"""Orders to pay that are given to a wallet elsewhere: each at most once, and nothing is guessed.

Before an order the invoice is read and what the wallet knows of its hash is asked for. The order
itself is given in a task of its own: whoever asks for the same payment meanwhile joins it, and a
caller that is cancelled calls nothing off. An order that got no answer stays open until the wallet
cannot carry it out any more; as long as it does, there is no second one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.ports.plugged import (
    WalletCertificateChanged,
    WalletCertificateUnknown,
    WalletKeyRefused,
    WalletNotAllowed,
    WalletNotReached,
)
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    InFlight,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Succeeded,
    Unknown,
)

Updates = AsyncIterator[PaymentUpdate]
Lookup = Callable[[PaymentHash], Awaitable[PaymentUpdate | None]]
Follow = Callable[[PaymentHash], Updates]

UNPROVEN = Phrase("The wallet says that it was paid, and shows no proof of it.")
UNDER_WAY = Phrase("The wallet was asked before, and it is not settled yet.")
UNANSWERED = Phrase("The wallet was asked to pay and has not said what became of it.")
_REFUSALS = (
    WalletKeyRefused,
    WalletNotAllowed,
    WalletCertificateUnknown,
    WalletCertificateChanged,
)

_log = logging.getLogger(__name__)


def read_order(
    request: PayRequest, now: Instant, network: Network | None = None
) -> Bolt11Invoice | Failed:
    """The invoice, if it asks for what was approved and has not expired.

    `network` is the wallet's, as far as it tells.
    """
    try:
        invoice = bolt11.decode(request.invoice)
    except DecodeError as error:
        return Failed(request.payment_hash, FailureReason.UNSUPPORTED, in_words(error))
    refused = partial(Failed, request.payment_hash)
    if invoice.payment_hash != request.payment_hash:
        return refused(FailureReason.UNSUPPORTED, Phrase("its hash is another"))
    if request.amount.value <= 0 or invoice.amount_msat not in (None, request.amount):
        return refused(FailureReason.UNSUPPORTED, Phrase("its amount is another one"))
    if network is not None and invoice.network is not network:
        return refused(FailureReason.UNSUPPORTED, Phrase("it is for another network"))
    if invoice.is_expired(now):
        return refused(FailureReason.EXPIRED)
    return invoice


def _late(
    request: PayRequest | KeysendRequest, payment_hash: PaymentHash, now: Instant
) -> Failed | None:
    if request.deadline is None or now < request.deadline:
        return None
    return Failed(payment_hash, FailureReason.TRIED_EVERYTHING, Phrase("there is no time left"))


@dataclass(frozen=True, slots=True)
class _Order:
    """What is given to the wallet, once, if it knows nothing of the payment."""

    give: Callable[[], Updates]
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class _Open:
    """An order that was given and has not ended as far as we know."""

    until: Instant
    had_failed: bool
    """Before it the wallet knew a failed payment of this hash: that one does not end it."""


class _Job:
    """One payment hash on its way through the book, and whoever waits for it."""

    def __init__(self, payment_hash: PaymentHash) -> None:
        self.payment_hash = payment_hash
        self.last: PaymentUpdate | None = None
        self._told = 0
        self._changed = asyncio.Event()

    def tell(self, update: PaymentUpdate) -> None:
        """The latest word counts; whoever is slow misses those in between."""
        self.last = update
        self._told += 1
        self.wake()

    def wake(self) -> None:
        """Has everybody who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def updates(self, task: asyncio.Task[None]) -> Updates:
        """What is told until the task ends; what ended it is raised."""
        seen = 0
        while True:
            if self.last is not None and seen < self._told:
                seen = self._told
                yield self.last
            elif not task.done():
                await self._changed.wait()
            elif task.cancelled():
                yield Unknown(self.payment_hash, UNANSWERED)
                return
            else:
                task.result()
                return


class Orders:
    """The book of orders to one wallet."""

    def __init__(
        self,
        clock: Clock,
        *,
        lookup: Lookup,
        order_ends: Callable[[Instant, Instant], Instant],
        follow: Follow | None = None,
    ) -> None:
        """`lookup` asks the wallet; `follow` waits for the end of a payment that it knows."""
        self._clock = clock
        self._ask = lookup
        self._order_ends = order_ends
        self._follow = follow
        self._jobs: dict[PaymentHash, tuple[_Job, asyncio.Task[None]]] = {}
        self._open: dict[PaymentHash, _Open] = {}
        self._turns = 0
        """How often an order has begun or ended."""

    async def pay(
        self,
        request: PayRequest,
        order: Callable[[Bolt11Invoice], Updates],
        network: Network | None = None,
    ) -> Updates:
        """Pays by `order`, or joins what is under way or done for the same hash.

        `order` is called at most once and gives one order. What it raises leaves the payment
        unknown, but for a refusal of the key or a server that was never reached. A `BackendError`
        raised from here means that no order was given by this call.
        """
        now = self._clock.now()
        read = read_order(request, now, network)
        if isinstance(read, Failed):
            what: _Order | Failed = read
        else:
            late = _late(request, read.payment_hash, now)
            what = late or _Order(partial(order, read), read.expires_at)
        async for update in self._once(request.payment_hash, what):
            yield update

    async def keysend(
        self, request: KeysendRequest, order: Callable[[], Updates], lasting_ms: int
    ) -> Updates:
        """As `pay`, for a payment whose preimage is ours; its order is good for `lasting_ms`."""
        if request.preimage is None:
            raise TypeError("a keysend that is not known before it is begun could be made twice")
        payment_hash, now = PaymentHash(sha256(request.preimage)), self._clock.now()
        late = _late(request, payment_hash, now)
        what = late or _Order(order, now.plus_ms(lasting_ms))
        async for update in self._once(payment_hash, what):
            yield update

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What the wallet knows, unless an open order of ours makes that no answer."""
        asked_at = self._turns
        known = await self._ask(payment_hash)
        while asked_at != self._turns and not isinstance(known, Succeeded):
            # What was asked before an order began or ended says nothing of it.
            asked_at = self._turns
            known = await self._ask(payment_hash)
        is_being_given = payment_hash in self._jobs
        return self._judged(payment_hash, known, is_being_given=is_being_given)

    async def close(self) -> None:
        """Waits for nothing more. The orders stay given."""
        tasks = {task for _, task in self._jobs.values()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _judged(
        self,
        payment_hash: PaymentHash,
        known: PaymentUpdate | None,
        *,
        is_being_given: bool = False,
    ) -> PaymentUpdate | None:
        order = self._open.get(payment_hash)
        if order is None:
            return known
        is_over = not is_being_given and self._clock.now() >= order.until
        # While the order is being carried out, what has failed of it may be tried again.
        is_failure = isinstance(known, Failed) and not order.had_failed and not is_being_given
        if isinstance(known, Succeeded) or is_failure:
            is_over = True
        if is_over:
            del self._open[payment_hash]
            return known
        if known is None or isinstance(known, Failed):
            return Unknown(payment_hash, UNANSWERED)
        return known

    async def _once(self, payment_hash: PaymentHash, what: _Order | Failed) -> Updates:
        begun = self._jobs.get(payment_hash)
        if begun is None or begun[1].done():
            job = _Job(payment_hash)
            work = self._carry_out(job, what)
            task = asyncio.get_running_loop().create_task(work, name="an order to a wallet")
            self._jobs[payment_hash] = job, task
            task.add_done_callback(partial(self._done, job))
        job, task = self._jobs[payment_hash]
        async for update in job.updates(task):
            yield update

    def _done(self, job: _Job, task: asyncio.Task[None]) -> None:
        if self._jobs.get(job.payment_hash) == (job, task):
            del self._jobs[job.payment_hash]
        if not task.cancelled() and isinstance(task.exception(), BackendError):
            _log.info("nothing was ordered: %s", task.exception())
        job.wake()

    async def _carry_out(self, job: _Job, what: _Order | Failed) -> None:
        """Asks what is known before anything else: what was paid before has not failed."""
        payment_hash = job.payment_hash
        known = self._judged(payment_hash, await self._ask(payment_hash))
        if known is not None and not isinstance(known, Failed):
            await self._join(job, known)
        elif isinstance(what, Failed):
            job.tell(what)
        else:
            until = self._order_ends(self._clock.now(), what.expires_at)
            self._open[payment_hash] = _Open(until, had_failed=known is not None)
            self._turns += 1
            try:
                await self._give(job, what.give)
            finally:
                self._turns += 1

    async def _give(self, job: _Job, order: Callable[[], Updates]) -> None:
        """The one order. Whoever refuses the key has not read it, unless something came before."""
        try:
            async for update in order():
                job.tell(update)
        except (WalletNotReached, *_REFUSALS) as error:
            is_away = isinstance(error, WalletNotReached)
            reason = FailureReason.WALLET_AWAY if is_away else FailureReason.WALLET_REFUSED
            if job.last is None:
                job.tell(Failed(job.payment_hash, reason, in_words(error)))
        except BackendError as error:
            _log.info("an order got no answer: %s", error)
            job.tell(Unknown(job.payment_hash, in_words(error)))
        if isinstance(job.last, Succeeded | Failed):
            # A lookup may have come first with the news.
            self._open.pop(job.payment_hash, None)
        elif not isinstance(job.last, Unknown):
            job.tell(Unknown(job.payment_hash, UNANSWERED))

    async def _join(self, job: _Job, known: PaymentUpdate) -> None:
        job.tell(known)
        if not isinstance(known, InFlight):
            return
        if self._follow is not None:
            try:
                async for update in self._follow(known.payment_hash):
                    job.tell(update)
            except BackendError as error:
                _log.info("a payment could not be followed: %s", error)
        if isinstance(job.last, InFlight):
            job.tell(Unknown(known.payment_hash, UNDER_WAY))
