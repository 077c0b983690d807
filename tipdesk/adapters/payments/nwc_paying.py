"""NIP-47: orders to pay, and what becomes of them.

What an order came to is known from its answer if that leaves no doubt, and is looked up otherwise,
again and again while the invoice can be paid: a late answer counts as much as one in time.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.adapters.payments import nwc_outcomes as told
from tipdesk.adapters.payments.nwc_lookup import NwcLookup
from tipdesk.adapters.payments.nwc_wire import NwcWire, Patience, Question
from tipdesk.adapters.payments.orders import UNANSWERED, Orders
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.nostr.nip47 import Method, Response, WalletError
from tipdesk.nostr.nip47_paying import Paid, Pay, PayInvoice, PayKeysend, PayResult
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

CLOCKS_APART_MS: Final = 120_000
"""How far the wallet's clock may be behind ours: until then it may take an invoice as good."""
KEYSEND_LASTS_MS: Final = 3_600_000
_MOST_FAILED: Final = 1_000

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Given:
    """An order that left."""

    question: Question
    payment_hash: PaymentHash
    amount: Msat
    max_fee: Msat
    until: Instant
    had_failed: bool
    """Before it the wallet knew a failed payment of this hash, which says nothing of this one."""


class NwcPaying:
    """Has one wallet pay."""

    def __init__(
        self,
        wire: NwcWire,
        lookup: NwcLookup,
        *,
        network: Network,
        clock: Clock,
        entropy: Entropy,
        patience: Patience,
        offered: Callable[[], Awaitable[frozenset[str]]],
        on_limit_passed: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._lookup = lookup
        self._network = network
        self._clock = clock
        self._entropy = entropy
        self._patience = patience
        self._offered = offered
        self._on_limit_passed = on_limit_passed
        self._failed: dict[PaymentHash, None] = {}
        """What the wallet knew as failed when it was last asked."""
        self._orders = Orders(
            clock,
            lookup=self._ask,
            order_ends=order_ends,
            follow=lambda payment_hash: self._follow(payment_hash, None),
        )

    def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """Pays, or joins what is under way."""
        return self._orders.pay(
            request, lambda invoice: self._order(request, invoice), self._network
        )

    def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """NWC-04, with a preimage of ours."""
        preimage = request.preimage or Preimage(self._entropy.random_bytes(Preimage.LENGTH))
        asked = replace(request, preimage=preimage)
        return self._orders.keysend(
            asked, lambda: self._order_unasked(asked, preimage), KEYSEND_LASTS_MS
        )

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What became of a payment."""
        return await self._orders.lookup(payment_hash)

    async def close(self) -> None:
        """Waits for no order any more."""
        await self._orders.close()

    # -- giving an order --------------------------------------------------------------------------

    async def _order(
        self, request: PayRequest, invoice: Bolt11Invoice
    ) -> AsyncIterator[PaymentUpdate]:
        offered = await self._offered()
        amount = request.amount if invoice.amount_msat is None else None
        if Method.PAY in offered:
            uri = f"bitcoin:?lightning={request.invoice}"
            what = Pay(payment=uri, amount=amount, max_fee=request.max_fee).to_object()
            method = Method.PAY
        elif Method.PAY_INVOICE in offered:
            what = PayInvoice(invoice=request.invoice, amount=amount).to_object()
            method = Method.PAY_INVOICE
        else:
            yield Failed(request.payment_hash, FailureReason.UNSUPPORTED)
            return
        async for update in self._give(
            method, what, request, request.payment_hash, invoice.expires_at
        ):
            yield update

    async def _order_unasked(
        self, request: KeysendRequest, preimage: Preimage
    ) -> AsyncIterator[PaymentUpdate]:
        payment_hash = PaymentHash(sha256(preimage))
        if Method.PAY_KEYSEND not in await self._offered():
            yield Failed(payment_hash, FailureReason.UNSUPPORTED)
            return
        what = PayKeysend(
            pubkey=request.node_id,
            amount=request.amount,
            preimage=preimage,
            tlv_records=request.records,
        )
        expires_at = self._clock.now().plus_ms(KEYSEND_LASTS_MS)
        async for update in self._give(
            Method.PAY_KEYSEND, what.to_object(), request, payment_hash, expires_at
        ):
            yield update

    async def _give(
        self,
        method: Method,
        what: dict[str, object],
        request: PayRequest | KeysendRequest,
        payment_hash: PaymentHash,
        expires_at: Instant,
    ) -> AsyncIterator[PaymentUpdate]:
        had_failed = payment_hash in self._failed
        question = await self._wire.put(method, what, request.deadline)
        until = order_ends(self._clock.now(), expires_at)
        given = _Given(question, payment_hash, request.amount, request.max_fee, until, had_failed)
        try:
            yield InFlight(payment_hash)
            async for update in self._answered(given):
                yield update
        finally:
            self._wire.give_up(question)

    async def _answered(self, given: _Given) -> AsyncIterator[PaymentUpdate]:
        try:
            response = await self._wire.answer(given.question, self._patience.payment)
        except BackendError as error:
            _log.info("an order has no answer yet: %s", error)
            yield Unknown(given.payment_hash, UNANSWERED)
        else:
            update = await self._judge(response, given)
            yield update
            if isinstance(update, Succeeded | Failed):
                return
        async for update in self._follow(given.payment_hash, given):
            yield update

    async def _follow(
        self, payment_hash: PaymentHash, given: _Given | None
    ) -> AsyncIterator[PaymentUpdate]:
        """Looks up until there is an end, or no record and no order that could still be one."""
        pause = self._patience.first_pause
        is_judged = given is None or given.question.answer.done()
        while True:
            if given is None or is_judged:
                await asyncio.sleep(pause)
            else:
                await asyncio.wait({given.question.answer}, timeout=pause)
            pause = min(pause * 2, self._patience.longest_pause)
            if given is not None and not is_judged and given.question.answer.done():
                is_judged = True
                update: PaymentUpdate | None = await self._judge(
                    given.question.answer.result(), given
                )
            else:
                update = await self._known(payment_hash, given)
            if update is not None:
                yield update
            if isinstance(update, Succeeded | Failed):
                return
            if not isinstance(update, InFlight) and not self._may_begin(given):
                return

    def _may_begin(self, given: _Given | None) -> bool:
        return given is not None and self._clock.now() < given.until

    # -- judging ----------------------------------------------------------------------------------

    async def _judge(self, response: Response, given: _Given) -> PaymentUpdate:
        """What an answer means; where it leaves a doubt, what a lookup says."""
        if response.error is not None:
            failed = told.of_order_error(given.payment_hash, response.error)
            return failed or await self._after_failure(response.error, given)
        try:
            if response.result_type == Method.PAY:
                update = self._of_pay(PayResult.read(response.result), given)
            else:
                update = await self._of_paid(Paid.read(response.result), given)
        except DecodeError as error:
            _log.info("the answer to an order cannot be read: %s", error)
            update = Unknown(given.payment_hash, UNANSWERED)
        if isinstance(update, Unknown):
            return await self._known(given.payment_hash, given) or update
        return update

    def _of_pay(self, result: PayResult, given: _Given) -> PaymentUpdate:
        update = told.of_pay(given.payment_hash, given.amount, result, self._clock.now())
        fee = result.fees_paid
        if isinstance(update, Succeeded) and (fee is None or fee > given.max_fee):
            # NWC-321: whoever keeps limits says what was paid, and it is within them.
            self._on_limit_passed()
        return update

    async def _of_paid(self, paid: Paid, given: _Given) -> PaymentUpdate:
        fee = paid.fees_paid
        if fee is None and told.proves(paid.preimage, given.payment_hash):
            known = await self._known(given.payment_hash, given)
            fee = known.fee if isinstance(known, Succeeded) else None
        return told.of_paid(given.payment_hash, given.amount, paid, fee, self._clock.now())

    async def _after_failure(self, error: WalletError, given: _Given) -> PaymentUpdate:
        """`PAYMENT_FAILED` may be a time-out: only with the wallet's record is it the end."""
        said = told.of_payment_failed(given.payment_hash, error)
        try:
            known = await self._ask(given.payment_hash)
        except BackendError as problem:
            _log.info("a failed payment cannot be looked up: %s", problem)
            return Unknown(given.payment_hash, UNANSWERED)
        if said is not None and (known is None or isinstance(known, Failed)):
            return said
        if known is None or (isinstance(known, Failed) and given.had_failed):
            return Unknown(given.payment_hash, UNANSWERED)
        return known

    async def _known(self, payment_hash: PaymentHash, given: _Given | None) -> PaymentUpdate | None:
        """What a lookup says of this order, if there is an answer."""
        try:
            known = await self._ask(payment_hash)
        except BackendError as error:
            _log.info("a payment cannot be looked up: %s", error)
            return None
        if isinstance(known, Failed) and given is not None and given.had_failed:
            return None
        return known

    async def _ask(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        found = await self._lookup.find(payment_hash)
        known = None if found is None else told.of_lookup(payment_hash, found, self._clock.now())
        self._failed.pop(payment_hash, None)
        if isinstance(known, Failed):
            self._failed[payment_hash] = None
            while len(self._failed) > _MOST_FAILED:
                del self._failed[next(iter(self._failed))]
        return known


def order_ends(begun_at: Instant, expires_at: Instant) -> Instant:
    """No wallet pays an expired invoice, by its own clock; a relay may keep a request long."""
    return max(begun_at, expires_at).plus_ms(CLOCKS_APART_MS)
