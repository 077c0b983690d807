"""The one wallet that the rest of TipDesk knows: the own node, or the one that was chosen.

A payment belongs to the wallet that was told to make it, for as long as its end is not known, and
an invoice to the one that made it: choosing another wallet changes neither. Whose order it is is
durable before the order leaves, so that no crash lets a second wallet pay the same invoice.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.plugged import PluggedWallet, WalletUnreachable
from tipdesk.ports.wallets import OWN, GivenInvoice, Order, WalletId, WalletStore
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    Failed,
    FailureReason,
    IncomingPayment,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
    Succeeded,
    Unknown,
)

LOOK_EVERY_SECONDS: Final = 20.0
"""How often open invoices are asked about, beside what wallets tell by themselves."""
_KEYSEND_LIFETIME_MS: Final = 3_600_000
_ASKED_AFTER_EXPIRY_MS: Final = 3_600_000

_REFUSED: Final = FailureReason.WALLET_REFUSED
NOT_CONNECTED: Final = Phrase("The wallet that was told to pay is not connected")
NOT_PAID: Final = Phrase("Your wallet did not make this payment.")

_Pay = Callable[[PaymentBackend], AsyncIterator[PaymentUpdate]]
"""Gives a wallet the order."""
_Expiry = Callable[[Instant], Instant]
"""When nobody takes the payment any more, of one that is begun now."""

log = logging.getLogger(__name__)


class AnyWallet:
    """A `PaymentBackend` over all wallets of the profile."""

    def __init__(
        self, own: PaymentBackend, store: WalletStore, clock: Clock, entropy: Entropy
    ) -> None:
        self.own: PaymentBackend = own
        self._store = store
        self._clock = clock
        self._entropy = entropy
        self._plugged: dict[WalletId, PluggedWallet] = {}
        self._chosen = OWN
        self._listeners: list[Callable[[IncomingPayment], None]] = []
        self._told: set[PaymentHash] = set()
        self._begun_here: set[PaymentHash] = set()
        self._paying: Counter[PaymentHash] = Counter()
        """Calls that wait for a plugged wallet now."""
        self._unsent: set[PaymentHash] = set()
        """Begun here, and no call has come so far that an order could have left."""
        own.on_received(self._tell)

    # -- which wallets there are ------------------------------------------------------------------

    @property
    def chosen(self) -> WalletId:
        """The one that new payments and invoices go to."""
        return self._chosen

    def plug(self, wallet: WalletId, plugged: PluggedWallet) -> None:
        """One more; what it receives for us is told from now on."""
        self._plugged[wallet] = plugged
        plugged.on_received(lambda payment: self._heard(wallet, payment))

    def unplug(self, wallet: WalletId) -> None:
        """One less; new payments go to the own node again if it was the chosen one."""
        self._plugged.pop(wallet, None)
        if self._chosen == wallet:
            self._chosen = OWN

    def choose(self, wallet: WalletId) -> None:
        """New payments and invoices go there."""
        self._chosen = wallet if wallet in self._plugged else OWN

    # -- paying -----------------------------------------------------------------------------------

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Of the chosen wallet."""
        return self._now.capabilities

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """By the chosen wallet."""
        return await self._now.quote(invoice, max_fee, amount)

    async def pay(self, request: PayRequest) -> AsyncIterator[PaymentUpdate]:
        """By the chosen wallet, unless another one was told to before: then that one says."""
        expiry = partial(_expiry, request.invoice)
        async for update in self._paid(request.payment_hash, expiry, lambda w: w.pay(request)):
            yield update

    async def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """As `pay`; the preimage is ours, so that the payment is known before it is begun."""
        preimage = request.preimage or Preimage(self._entropy.random_bytes(Preimage.LENGTH))
        asked = replace(request, preimage=preimage)
        payment_hash = PaymentHash(sha256(preimage))
        async for update in self._paid(payment_hash, _keysend_expiry, lambda w: w.keysend(asked)):
            yield update

    async def lookup(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """What the wallet that was told to pay says.

        That it knows nothing is certain only once our order cannot reach it any more.
        """
        order = self._store.order(payment_hash)
        if order is None or order.has_failed:
            # After a failure elsewhere our own node may have paid it.
            ours = await self.own.lookup(payment_hash)
            is_over = order is not None and ours is None
            return Failed(payment_hash, _REFUSED, NOT_PAID) if is_over else ours
        wallet = self._plugged.get(order.wallet)
        if wallet is None:
            return Unknown(payment_hash, NOT_CONNECTED)
        update = await wallet.lookup(payment_hash)
        if isinstance(update, Failed | None) and (
            self._is_open(order, wallet, update)
            # Ended meanwhile, or given anew: this is no answer to that.
            or self._store.order(payment_hash) != order
        ):
            return Unknown(payment_hash)
        self._note(order.wallet, payment_hash, update)
        return update

    def _is_open(self, order: Order, wallet: PluggedWallet, known: PaymentUpdate | None) -> bool:
        """Whether an order may yet be carried out, although the wallet knows no such payment."""
        if self._paying[order.payment_hash]:
            # It may be about to leave: whoever gives it hears what becomes of it.
            return True
        ends = wallet.order_ends(order.begun_at, order.expires_at)
        return known is None and self._clock.now() < ends

    async def _paid(
        self, payment_hash: PaymentHash, expiry: _Expiry, pay: _Pay
    ) -> AsyncIterator[PaymentUpdate]:
        holder = await self._holder(payment_hash, expiry)
        if isinstance(holder, Failed | Unknown):
            yield holder
        elif holder == OWN:
            async for update in pay(self.own):
                yield update
        elif holder not in self._plugged:
            yield Unknown(payment_hash, NOT_CONNECTED)
        else:
            async for update in self._ordered(holder, payment_hash, pay):
                yield update

    async def _holder(
        self, payment_hash: PaymentHash, expiry: _Expiry
    ) -> WalletId | Failed | Unknown:
        """Whose payment it is; from now on, if it is nobody's yet."""
        order = self._store.order(payment_hash)
        if order is not None and not order.has_failed and payment_hash not in self._begun_here:
            # An earlier process gave the order, and it may not have got there yet.
            known = await self.lookup(payment_hash)
            if isinstance(known, Unknown):
                return known
            order = self._store.order(payment_hash)
        if order is None or order.has_failed:
            if self._chosen == OWN:
                return OWN
            ours = await self.own.lookup(payment_hash)
            if ours is not None and not isinstance(ours, Failed):
                return OWN
            return self._begin(payment_hash, expiry)
        self._begun_here.add(payment_hash)
        return order.wallet

    def _begin(self, payment_hash: PaymentHash, expiry: _Expiry) -> WalletId | Failed:
        """On disk before the order leaves, unless somebody else was quicker meanwhile."""
        chosen, now = self._plugged.get(self._chosen), self._clock.now()
        order = self._store.order(payment_hash)
        if order is not None and not order.has_failed:
            return order.wallet
        if chosen is None:
            return OWN
        if Capability.LOOKUP not in chosen.capabilities:
            return Failed(payment_hash, FailureReason.UNSUPPORTED)
        self._store.begin(Order(payment_hash, self._chosen, now, expiry(now)))
        self._begun_here.add(payment_hash)
        self._unsent.add(payment_hash)
        return self._chosen

    async def _ordered(
        self, holder: WalletId, payment_hash: PaymentHash, pay: _Pay
    ) -> AsyncIterator[PaymentUpdate]:
        """What the wallet says. One that raises has not been given an order by this call."""
        self._paying[payment_hash] += 1
        refusal: BackendError | None = None
        try:
            async for update in pay(self._plugged[holder]):
                self._unsent.discard(payment_hash)
                self._note(holder, payment_hash, update)
                yield update
        except BackendError as error:
            refusal = error
        except BaseException:
            self._unsent.discard(payment_hash)
            raise
        finally:
            self._paying -= Counter((payment_hash,))
        if refusal is not None:
            if payment_hash not in self._unsent or self._paying[payment_hash]:
                raise refusal
            failed = _refused(payment_hash, refusal)
            self._note(holder, payment_hash, failed)
            yield failed

    def _note(
        self, holder: WalletId, payment_hash: PaymentHash, update: PaymentUpdate | None
    ) -> None:
        """How a wallet's own order ended, if it has; another one may hold the payment by now."""
        order = self._store.order(payment_hash)
        is_its_own = order is not None and order.wallet == holder
        if is_its_own and isinstance(update, Succeeded | Failed | None):
            self._store.ended(payment_hash, paid=isinstance(update, Succeeded))
            self._unsent.discard(payment_hash)

    # -- being paid -------------------------------------------------------------------------------

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """By the chosen wallet."""
        chosen = self._chosen
        created = await self._now.create_invoice(request)
        if chosen != OWN:
            self._store.gave(GivenInvoice(created.payment_hash, chosen, created.expires_at))
        return created

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """What the wallet that made the invoice says."""
        giver = self._store.given(payment_hash)
        if giver is None:
            return await self.own.received(payment_hash)
        wallet = self._plugged.get(giver)
        return None if wallet is None else await wallet.received(payment_hash)

    async def unasked_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """What came to the own node; that of other wallets may be for other programs."""
        return await self.own.unasked_since(at)

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Whichever wallet it came to."""
        self._listeners.append(listener)

    async def balance(self) -> Balance:
        """Of the chosen wallet."""
        return await self._now.balance()

    async def run(self) -> None:
        """Asks about open invoices of plugged wallets from time to time, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def look(self) -> None:
        """Asks once about each invoice that may have been paid."""
        now = self._clock.now()
        for invoice in self._store.unpaid():
            wallet = self._plugged.get(invoice.wallet)
            if wallet is None or now.since(invoice.expires_at) > _ASKED_AFTER_EXPIRY_MS:
                continue
            try:
                payment = await wallet.received(invoice.payment_hash)
            except BackendError as error:
                log.info("a wallet cannot be asked what came in: %s", error)
                continue
            if payment is not None:
                self._heard(invoice.wallet, payment)

    def _heard(self, wallet: WalletId, payment: IncomingPayment) -> None:
        """What others have that wallet receive is none of ours."""
        is_told = payment.payment_hash in self._told
        if not is_told and self._store.given(payment.payment_hash) == wallet:
            self._told.add(payment.payment_hash)
            self._tell(payment)
            self._store.paid(payment.payment_hash)

    def _tell(self, payment: IncomingPayment) -> None:
        for listener in tuple(self._listeners):
            listener(payment)

    @property
    def _now(self) -> PaymentBackend:
        return self._plugged.get(self._chosen, self.own)


def _refused(payment_hash: PaymentHash, error: BackendError) -> Failed:
    is_away = isinstance(error, WalletUnreachable)
    reason = FailureReason.WALLET_AWAY if is_away else _REFUSED
    return Failed(payment_hash, reason, in_words(error))


def _keysend_expiry(now: Instant) -> Instant:
    return now.plus_ms(_KEYSEND_LIFETIME_MS)


def _expiry(text: str, now: Instant) -> Instant:
    """What cannot be read, no wallet pays."""
    try:
        return bolt11.decode(text).expires_at
    except DecodeError:
        return now
