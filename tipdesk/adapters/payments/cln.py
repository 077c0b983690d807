"""Core Lightning as a wallet: its commands over REST, with a rune.

A command that pays tries again and again for a while, also when nobody waits for its answer. So
that every part of a payment has failed is certain once its command has ended, or cannot begin
anything new by the node's own clock; until then it may still be paid.
"""

import re
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import cln_answers as told
from tipdesk.adapters.payments.answers import Answer
from tipdesk.adapters.payments.http_wallet import (
    CHANNELS,
    CLOCKS_APART_MS,
    INCOMING,
    INVOICES,
    MOST_SECONDS,
    NODE,
    PAST,
    PAYMENTS,
    HttpWallet,
    seconds_left,
)
from tipdesk.adapters.payments.own_server import ANSWER_SECONDS, Outcome, OwnServer, Reply
from tipdesk.adapters.payments.rune import allows
from tipdesk.adapters.payments.told_channels import balance_of
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import WalletFacts
from tipdesk.tips.payment import (
    Balance,
    Capability,
    CreatedInvoice,
    Failed,
    FailureReason,
    IncomingPayment,
    InvoiceRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)
from tipdesk.tips.wallet_link import ServerLink

PATIENCE: Final = MOST_SECONDS + 30.0
"""Seconds that an order's answer is waited for; a payment that hangs longer is asked about."""
LISTEN_SECONDS: Final = 60
_ENDS_AFTER_MS: Final = 5_000
_XPAY_SINCE: Final = (24, 11)
_LAYERS = ("auto.localchans", "auto.sourcefree")
_NEEDED = {
    "xpay": PAYMENTS,
    "pay": PAYMENTS,
    "listpays": PAST,
    "invoice": INVOICES,
    "listinvoices": INCOMING,
    "waitanyinvoice": INCOMING,
    "listpeerchannels": CHANNELS,
}


class HashAlone(RequestError):
    """Core Lightning makes an invoice that commits to a text, and must be shown the text."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("Core Lightning makes no invoice for a hash without the text that it is of.")
        )


class CoreLightningWallet(HttpWallet):
    """A `PluggedWallet` over Core Lightning's REST plugin."""

    def __init__(
        self,
        link: ServerLink,
        network: Network,
        clock: Clock,
        facts: WalletFacts | None = None,
        *,
        way: WayOut,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """`trusted` are by default the system's authorities."""
        server = OwnServer(link, {"Rune": link.secret}, way, trusted=trusted)
        super().__init__(link, server, network, clock, facts)
        self._version = _version("" if facts is None else facts.version)
        self._ended: set[PaymentHash] = set()
        """Payments whose command has come to its end."""
        self._heard_until: int | None = None

    # -- who it is --------------------------------------------------------------------------------

    async def _facts(self) -> WalletFacts:
        answer = await self._call("getinfo", {})
        self._version = _version(answer.text("version"))
        return WalletFacts(
            alias=answer.shown("alias", 64),
            network=self._named_network(answer.text("network")),
            node_id=NodeId(answer.octets("id", NodeId.LENGTH)),
            capabilities=self._allowed(),
            version=answer.shown("version", 64),
        )

    def _allowed(self) -> frozenset[Capability]:
        """What the rune lets through. A preimage of ours cannot be given: no payment unasked."""

        def may(*methods: str) -> bool:
            return all(allows(self._link.secret, method) for method in methods)

        pays, makes = may(self._pays_by, "listpays"), may("invoice", "listinvoices")
        found = {
            Capability.PAY_INVOICE: pays,
            Capability.FEE_LIMIT: pays,
            Capability.LOOKUP: may("listpays"),
            Capability.QUOTE: may("getroutes", "getinfo") and self._version >= _XPAY_SINCE,
            Capability.CREATE_INVOICE: makes,
            Capability.DESCRIPTION_HASH: makes,
            Capability.BALANCE: may("listpeerchannels"),
            Capability.CHANNELS: may("listpeerchannels"),
        }
        return frozenset(capability for capability, is_allowed in found.items() if is_allowed)

    @property
    def _pays_by(self) -> str:
        """`xpay` where there is one: `pay` wants to see what an invoice's hash is of."""
        if self._version >= _XPAY_SINCE and allows(self._link.secret, "xpay"):
            return "xpay"
        return "pay"

    # -- paying -----------------------------------------------------------------------------------

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """`getroutes`: what the node's map says. It knows no hints, so some are not found."""
        try:
            read = bolt11.decode(invoice)
        except DecodeError as bad:
            return Failed(PaymentHash(bytes(32)), FailureReason.UNSUPPORTED, in_words(bad))
        asked = read.amount_msat or amount
        if asked is None:
            return Failed(read.payment_hash, FailureReason.UNSUPPORTED)
        us = (await self._call("getinfo", {})).octets("id", NodeId.LENGTH)
        params = {
            "source": us.hex(),
            "destination": str(read.payee),
            "amount_msat": asked.value,
            "layers": list(_LAYERS),
            "maxfee_msat": max_fee.value,
            "final_cltv": read.min_final_cltv_expiry_delta.value,
        }
        try:
            answer = await self._call("getroutes", params)
        except told.ClnSaid as said:
            if said.code in (told.TOO_DEAR, told.NO_FUNDS):
                return Failed(read.payment_hash, said.reason)
            raise
        routes = [told.route_fee(route) for route in answer.parts("routes", most=200)]
        if not routes:
            raise answer.unreadable()
        fee = sum((cost for cost, _ in routes), Msat(0))
        if fee > max_fee:
            return Failed(read.payment_hash, FailureReason.FEE_OVER_LIMIT)
        return Quote(fee, max(length for _, length in routes), len(routes))

    async def _order(
        self, request: PayRequest, invoice: Bolt11Invoice
    ) -> AsyncIterator[PaymentUpdate]:
        method = self._pays_by
        params: dict[str, object] = {
            "invstring" if method == "xpay" else "bolt11": request.invoice,
            "maxfee": request.max_fee.value,
            "retry_for": seconds_left(request.deadline, self._clock.now()),
        }
        if invoice.amount_msat is None:
            params["amount_msat"] = request.amount.value
        self._ended.discard(request.payment_hash)
        reply = await self._ask_for(method, params, seconds=PATIENCE, is_order=True)
        if reply.outcome is Outcome.OK:
            paid, now = reply.answer(), self._clock.now()
            yield told.succeeded(paid, request.payment_hash, "payment_preimage", now)
            return
        error = told.error_of(reply, PAYMENTS)
        if not isinstance(error, told.ClnSaid) or not error.has_ended:
            raise error
        self._ended.add(request.payment_hash)
        known = None if error.is_of_rune else await self._ask_after(request.payment_hash)
        if known is None or isinstance(known, Failed):
            known = Failed(request.payment_hash, error.reason, in_words(error))
        yield known

    async def _ask(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        reply = await self._ask_for("listpays", {"payment_hash": str(payment_hash)})
        if reply.outcome is not Outcome.OK:
            raise told.error_of(reply, PAST)
        pays = reply.answer().parts("pays", most=1_000)
        is_over = payment_hash in self._ended or self._is_over(pays, reply.date)
        return told.payment(pays, payment_hash, is_over=is_over)

    def _is_over(self, pays: Sequence[Answer], date: int | None) -> bool:
        """Whether whatever command sent the newest of them cannot send more."""
        newest = max((pay.whole("created_at", most=1 << 40) for pay in pays), default=0)
        ends = Instant.from_unix_seconds(newest + MOST_SECONDS).plus_ms(_ENDS_AFTER_MS)
        if date is not None:
            return Instant.from_unix_seconds(date) > ends
        return self._clock.now() > ends.plus_ms(CLOCKS_APART_MS)

    # -- being paid -------------------------------------------------------------------------------

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """`invoice`, with a label of its own in which ours stands."""
        text = request.description or ""
        if request.description_hash is not None:
            text = request.committed
            if sha256(text.encode()) != request.description_hash:
                raise HashAlone
        params = {
            "amount_msat": "any" if request.amount is None else request.amount.value,
            "label": told.new_label(request.label, request.committed),
            "description": text,
            "expiry": request.expiry_seconds,
            "deschashonly": request.description_hash is not None,
        }
        return self._created((await self._call("invoice", params)).text("bolt11"), request)

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """`listinvoices` of one hash."""
        answer = await self._call("listinvoices", {"payment_hash": str(payment_hash)})
        found = [told.incoming(invoice) for invoice in answer.parts("invoices", most=10)]
        paid = next((payment for payment in found if payment is not None), None)
        if paid is not None and paid.payment_hash != payment_hash:
            raise answer.unreadable()
        return paid

    async def _listen(self) -> None:
        """`waitanyinvoice`, one after the other from where we are."""
        if self._heard_until is None:
            self._heard_until = await self._newest()
        self._stands()
        while True:
            paid = await self._next(self._heard_until, LISTEN_SECONDS)
            if paid is None:
                continue
            self._heard_until = max(self._heard_until + 1, paid.whole("pay_index"))
            payment = told.incoming(paid)
            if payment is not None:
                self._tell(payment)

    async def _newest(self) -> int:
        """The number of the payment that came last: searched for, as nobody tells it."""
        low, high = 0, 1
        while (found := await self._next(high - 1, 0)) is not None:
            low = max(high, found.whole("pay_index"))
            high = 2 * low
        while low + 1 < high:
            middle = (low + high) // 2
            found = await self._next(middle - 1, 0)
            if found is None:
                high = middle
            else:
                low = max(middle, found.whole("pay_index"))
        return low

    async def _next(self, last: int, seconds: int) -> Answer | None:
        """The first payment after that number; None if none came for so long."""
        params = {"lastpay_index": last, "timeout": seconds}
        try:
            return await self._call("waitanyinvoice", params, seconds=seconds + ANSWER_SECONDS)
        except told.ClnSaid as said:
            if said.code != told.TIMED_OUT:
                raise
            return None

    # -- what it has ------------------------------------------------------------------------------

    async def balance(self) -> Balance:
        """Of all channels."""
        return balance_of(await self.channels())

    async def channels(self) -> Sequence[ChannelView]:
        """`listpeerchannels`."""
        answer = await self._call("listpeerchannels", {})
        found = (told.channel(one) for one in answer.parts("channels"))
        return tuple(view for view in found if view is not None)

    # -- asking -----------------------------------------------------------------------------------

    async def _call(
        self, method: str, params: Mapping[str, object], *, seconds: float = ANSWER_SECONDS
    ) -> Answer:
        reply = await self._ask_for(method, params, seconds=seconds)
        if reply.outcome is not Outcome.OK:
            raise told.error_of(reply, _NEEDED.get(method, NODE))
        return reply.answer()

    async def _ask_for(
        self,
        method: str,
        params: Mapping[str, object],
        *,
        seconds: float = ANSWER_SECONDS,
        is_order: bool = False,
    ) -> Reply:
        return await self._server.ask(
            "POST", f"/v1/{method}", body=params, seconds=seconds, is_order=is_order
        )


def _version(text: str) -> tuple[int, int]:
    """Year and month; one that tells none is taken for new."""
    read = re.match(r"v?(\d{1,3})\.(\d{1,3})", text)
    return (99, 0) if read is None else (int(read[1]), int(read[2]))
