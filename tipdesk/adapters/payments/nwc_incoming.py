"""NIP-47: invoices that a wallet makes for us, and what it receives.

A notification is no more than a hint: what it tells of is looked up before anybody hears of it.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from tipdesk.adapters.payments import nwc_outcomes as told
from tipdesk.adapters.payments.nwc_lookup import NwcLookup
from tipdesk.adapters.payments.nwc_wire import NwcWire, Patience
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47 import PAYMENT_RECEIVED, Method, Notification
from tipdesk.nostr.nip47_asking import PAGE, ListTransactions, MakeInvoice
from tipdesk.nostr.nip47_transaction import Transaction, TransactionType
from tipdesk.ports.plugged import WalletInvoiceDiffers, WalletNeedsAmount
from tipdesk.tips.payment import CreatedInvoice, IncomingPayment, InvoiceRequest

MOST_OPEN: Final = 200
"""Invoices of this process that are looked at until they are paid."""
_QUEUE: Final = 200
_REMEMBERED: Final = 5_000
_AFTER_MS: Final = 3_600_000
"""An invoice may be paid in its last second, and settled late."""
_INVOICES: Final = Phrase("making invoices")

Value = TypeVar("Value")

_log = logging.getLogger(__name__)


class NwcIncoming:
    """What comes in to one wallet. `is_told`: whether it notifies us."""

    def __init__(
        self,
        wire: NwcWire,
        lookup: NwcLookup,
        network: Network,
        clock: Clock,
        patience: Patience,
    ) -> None:
        self._wire = wire
        self._lookup = lookup
        self._network = network
        self._clock = clock
        self._patience = patience
        self._made: dict[PaymentHash, tuple[str, str]] = {}
        """Invoices that were made for us, with our labels."""
        self._open: dict[PaymentHash, Instant] = {}
        """Those not paid yet, and until when they are looked at."""
        self._told: dict[PaymentHash, None] = {}
        self._hints: asyncio.Queue[PaymentHash] = asyncio.Queue(_QUEUE)
        self._listeners: list[Callable[[IncomingPayment], None]] = []
        self.is_told = False

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Calls `listener` for each payment, once."""
        self._listeners.append(listener)

    async def create(self, request: InvoiceRequest) -> CreatedInvoice:
        """Has the wallet make an invoice. `WalletInvoiceDiffers` if it is not the one asked for."""
        where = self._wire.where
        if request.amount is None:
            raise WalletNeedsAmount(where)
        asked = MakeInvoice(
            amount=request.amount,
            description=request.description,
            description_hash=request.description_hash,
            expiry=request.expiry_seconds,
        )
        response = await self._wire.ask(Method.MAKE_INVOICE, asked.to_object())
        if response.error is not None:
            raise told.refusal(where, response.error, _INVOICES)
        try:
            text = Transaction.read(response.result).invoice
        except DecodeError:
            text = ""
        invoice = told.readable(text)
        if invoice is None or invoice.network is not self._network:
            raise WalletInvoiceDiffers(where)
        wanted = (request.amount, request.description_hash)
        if (invoice.amount_msat, invoice.description_hash) != wanted:
            raise WalletInvoiceDiffers(where)
        created = CreatedInvoice(text, invoice.payment_hash, invoice.expires_at)
        _keep(self._made, created.payment_hash, (text, request.label), _REMEMBERED)
        _keep(self._open, created.payment_hash, created.expires_at.plus_ms(_AFTER_MS), MOST_OPEN)
        return created

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The settled payment of an invoice of the wallet's."""
        found = await self._lookup.find(payment_hash, TransactionType.INCOMING)
        if found is None:
            return None
        invoice, label = self._made.get(payment_hash, ("", ""))
        return told.incoming(payment_hash, found, invoice, label)

    async def unasked_since(self, at: Instant) -> Sequence[IncomingPayment]:
        """What it lists as received without an invoice, oldest first."""
        if not await self._lookup.can_list():
            return ()
        asked = ListTransactions(from_=at.unix_seconds, limit=PAGE, type=TransactionType.INCOMING)
        found: list[IncomingPayment] = []
        async for one in self._lookup.listed(asked):
            if one.invoice or one.payment_hash is None:
                continue
            payment = told.incoming(one.payment_hash, one, "", "")
            if payment is not None and payment.settled_at >= at:
                found.append(payment)
        return sorted(found, key=lambda payment: payment.settled_at)

    def notified(self, notification: Notification) -> None:
        """The wallet says that something came in."""
        if notification.notification_type != PAYMENT_RECEIVED:
            return
        try:
            payment_hash = Transaction.read(notification.notification).payment_hash
        except DecodeError as error:
            _log.info("a notification of a wallet cannot be read: %s", error)
            return
        if payment_hash is not None and not self._hints.full():
            self._hints.put_nowait(payment_hash)

    async def run(self) -> None:
        """Verifies what the wallet says, and looks by itself where it says nothing."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._verify())
            group.create_task(self._poll())

    async def _verify(self) -> None:
        while True:
            await self._look(await self._hints.get())

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._patience.poll)
            if self.is_told:
                continue
            for payment_hash, until in tuple(self._open.items()):
                await self._look(payment_hash)
                if self._clock.now() >= until:
                    self._open.pop(payment_hash, None)

    async def _look(self, payment_hash: PaymentHash) -> None:
        if payment_hash in self._told:
            return
        try:
            payment = await self.received(payment_hash)
        except BackendError as error:
            _log.info("what a wallet received cannot be looked up: %s", error)
            return
        if payment is not None and payment_hash not in self._told:
            _keep(self._told, payment_hash, None, _REMEMBERED)
            self._open.pop(payment_hash, None)
            for listener in tuple(self._listeners):
                listener(payment)


def _keep(
    kept: dict[PaymentHash, Value], payment_hash: PaymentHash, value: Value, most: int
) -> None:
    kept[payment_hash] = value
    while len(kept) > most:
        del kept[next(iter(kept))]
