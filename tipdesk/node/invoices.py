"""Our invoices: created, and settled when all parts of their payment are here."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import ChannelId, PaymentHash, PaymentSecret, Preimage
from tipdesk.base.units import BlockHeight
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.features import INVOICE_FEATURES
from tipdesk.lightning.invoice.bolt11 import HintHop, UnsignedInvoice, encode_and_sign
from tipdesk.lightning.invoice.bolt12_text import Kind, kind_of
from tipdesk.lightning.payment.destination import custom_of
from tipdesk.lightning.payment.incoming import (
    MPP_TIMEOUT_MS,
    Expected,
    IncomingSet,
    Part,
    join,
    why_not_accept,
    why_not_take_unasked,
)
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import NodeConfig
from tipdesk.node.returning import Returner
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import NodeStore, StoredInvoice
from tipdesk.tips.payment import CreatedInvoice, IncomingPayment, InvoiceRequest

MAX_WAITING: Final = 1_000
"""Incomplete payments at once; beyond that new parts fail, so that nobody fills our memory."""

_log = logging.getLogger(__name__)


class InvoiceDesk:
    """Creates invoices and collects their parts; the preimage leaves for nothing less."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        node_key: PrivateKey,
        store: NodeStore,
        turn: Turn,
        clock: Clock,
        entropy: Entropy,
        returner: Returner,
        height: Callable[[], BlockHeight],
        route_hints: Callable[[], tuple[tuple[HintHop, ...], ...]],
        channel_of: Callable[[ChannelId], ChannelDriver | None],
    ) -> None:
        self._config = config
        self._node_key = node_key
        self._store = store
        self._turn = turn
        self._clock = clock
        self._entropy = entropy
        self._returner = returner
        self._height = height
        self._route_hints = route_hints
        self._channel_of = channel_of
        self._waiting: dict[PaymentHash, IncomingSet] = {}
        self._listeners: list[Callable[[IncomingPayment], None]] = []

    def on_received(self, listener: Callable[[IncomingPayment], None]) -> None:
        """Calls `listener` for each payment that arrives, once it is stored."""
        self._listeners.append(listener)

    def create(self, request: InvoiceRequest) -> CreatedInvoice:
        """A new invoice, durable before it is shown to anybody."""
        now = self._clock.now()
        preimage = Preimage(self._entropy.random_bytes(32))
        unsigned = UnsignedInvoice(
            network=self._config.network,
            payment_hash=PaymentHash(sha256(preimage)),
            payment_secret=PaymentSecret(self._entropy.random_bytes(32)),
            timestamp=now.unix_seconds,
            amount_msat=request.amount,
            expiry=request.expiry_seconds,
            description=request.description,
            description_hash=request.description_hash,
            min_final_cltv_expiry_delta=self._config.min_final_cltv_expiry_delta,
            features=INVOICE_FEATURES,
            route_hints=self._route_hints(),
        )
        text = encode_and_sign(unsigned, self._node_key)
        stored = StoredInvoice(
            payment_hash=unsigned.payment_hash,
            preimage=preimage,
            payment_secret=unsigned.payment_secret,
            amount=request.amount,
            invoice=text,
            description=request.description or "",
            label=request.label,
            created_at=now,
            expires_at=unsigned.expires_at,
        )
        self._store.save_invoice(stored)
        self._turn.flush()
        return CreatedInvoice(text, stored.payment_hash, stored.expires_at)

    def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """The payment of one of our invoices, if it was paid."""
        invoice = self._store.invoice(payment_hash)
        return None if invoice is None else _as_payment(invoice)

    def unasked_since(self, at: Instant) -> list[IncomingPayment]:
        """Payments that nobody asked for, from that moment on, oldest first."""
        payments = map(_as_payment, self._store.unasked_since(at))
        return [payment for payment in payments if payment is not None]

    def bolt12_since(self, at: Instant) -> list[IncomingPayment]:
        """What was paid for our offers from that moment on, oldest first."""
        payments = map(_as_payment, self._store.paid_bolt12_since(at))
        return [payment for payment in payments if payment is not None]

    def receive(
        self, channel: ChannelDriver, htlc: Htlc, payload: FinalPayload, shared_secret: bytes
    ) -> None:
        """A part for us arrived: it joins its set, or fails."""
        now = self._clock.now()
        invoice = self._store.invoice(htlc.payment_hash)
        if invoice is None and payload.keysend_preimage and self._config.accepts_keysend:
            self._receive_unasked(Part(channel.channel_id, htlc, shared_secret), payload, now)
            return
        failure = why_not_accept(htlc, payload, self._expected(invoice), self._height(), now)
        if failure is not None or invoice is None:
            _log.info("payment part refused: %s", failure)
            unknown = Failure(code=FailureCode.TEMPORARY_NODE_FAILURE)
            self._returner.fail(channel, htlc, shared_secret, failure or unknown)
            return
        self._add(invoice, Part(channel.channel_id, htlc, shared_secret), payload, now)

    def _receive_unasked(self, part: Part, payload: FinalPayload, now: Instant) -> None:
        """bLIP 3: kept as an invoice that nobody made, so that it is never taken again."""
        failure = why_not_take_unasked(
            part.htlc, payload, self._config.min_final_cltv_expiry_delta, self._height()
        )
        if failure is not None or payload.keysend_preimage is None:
            self._fail([part], failure or Failure(code=FailureCode.TEMPORARY_NODE_FAILURE))
            return
        unasked = StoredInvoice(
            payment_hash=part.htlc.payment_hash,
            preimage=payload.keysend_preimage,
            payment_secret=PaymentSecret(bytes(32)),
            amount=None,
            invoice="",
            description="",
            label="",
            created_at=now,
            expires_at=now,
            records=custom_of(payload.unknown_records),
        )
        self._settle(unasked, IncomingSet(payload.total_msat, (part,), now), now)

    def _expected(self, invoice: StoredInvoice | None) -> Expected | None:
        # Class 29: an invoice that was paid is as unknown as one that never was.
        if invoice is None or invoice.received is not None:
            return None
        return Expected(
            payment_secret=invoice.payment_secret,
            amount=invoice.amount,
            expires_at=invoice.expires_at,
            min_final_cltv_expiry_delta=(
                self._config.least_blinded_cltv_expiry_delta
                if kind_of(invoice.invoice) is Kind.INVOICE
                else self._config.min_final_cltv_expiry_delta
            ),
        )

    def _add(self, invoice: StoredInvoice, part: Part, payload: FinalPayload, now: Instant) -> None:
        waiting = self._claimable(self._waiting.get(invoice.payment_hash))
        joined = join(waiting, part, payload.total_msat, self._height(), now)
        if waiting is None and len(self._waiting) >= MAX_WAITING:
            joined = Failure(code=FailureCode.TEMPORARY_NODE_FAILURE)
        if isinstance(joined, Failure):
            self._fail([part], joined)
            return
        if joined.is_complete:
            self._waiting.pop(invoice.payment_hash, None)
            self._settle(invoice, joined, now)
            return
        self._waiting[invoice.payment_hash] = joined
        if waiting is None:
            loop = asyncio.get_running_loop()
            seconds = MPP_TIMEOUT_MS / 1000
            loop.call_later(seconds, self._time_out, invoice.payment_hash, joined.first_at)

    def _claimable(self, waiting: IncomingSet | None) -> IncomingSet | None:
        """The set without parts whose channels ended since: the preimage would not be paid for."""
        if waiting is None:
            return None
        parts = tuple(part for part in waiting.parts if self._can_settle(part))
        return replace(waiting, parts=parts) if parts else None

    def _can_settle(self, part: Part) -> bool:
        channel = self._channel_of(part.channel_id)
        return channel is not None and channel.can_settle

    def _settle(self, invoice: StoredInvoice, whole: IncomingSet, now: Instant) -> None:
        """Marked as paid and given away in one commit: never one without the other."""
        settled = replace(invoice, received=whole.arrived, settled_at=now)
        self._store.save_invoice(settled)
        for part in whole.parts:
            channel = self._channel_of(part.channel_id)
            if channel is not None:
                self._returner.settle(channel, part.htlc, part.shared_secret, invoice.preimage)
        payment = _as_payment(settled)
        if payment is not None:
            self._turn.after_commit(lambda: self._tell(payment))

    def _tell(self, payment: IncomingPayment) -> None:
        for listener in self._listeners:
            listener(payment)

    def _time_out(self, payment_hash: PaymentHash, first_at: Instant) -> None:
        waiting = self._waiting.get(payment_hash)
        if waiting is not None and waiting.first_at == first_at:
            del self._waiting[payment_hash]
            self._fail(list(waiting.parts), Failure(code=FailureCode.MPP_TIMEOUT))

    def _fail(self, parts: list[Part], failure: Failure) -> None:
        for part in parts:
            channel = self._channel_of(part.channel_id)
            if channel is not None:
                self._returner.fail(channel, part.htlc, part.shared_secret, failure)


def _as_payment(invoice: StoredInvoice) -> IncomingPayment | None:
    if invoice.received is None or invoice.settled_at is None:
        return None
    return IncomingPayment(
        payment_hash=invoice.payment_hash,
        preimage=invoice.preimage,
        amount=invoice.received,
        settled_at=invoice.settled_at,
        invoice=invoice.invoice,
        description=invoice.description,
        label=invoice.label,
        records=invoice.records,
    )
