"""LND as a wallet: its REST API with a macaroon.

An order that LND answers with an error was not begun, or was begun before: LND itself says which
when it is asked. What answers in its place (a web server that stands before it) says neither.
"""

import asyncio
import secrets
import ssl
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Final

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import lnd_answers as told
from tipdesk.adapters.payments.answers import Answer
from tipdesk.adapters.payments.http_wallet import (
    CHANNELS,
    INCOMING,
    INVOICES,
    NODE,
    PAST,
    PAYMENTS,
    HttpWallet,
    seconds_left,
)
from tipdesk.adapters.payments.macaroon import capabilities_of
from tipdesk.adapters.payments.own_server import ANSWER_SECONDS, NoLine, Outcome, OwnServer
from tipdesk.adapters.payments.told_channels import balance_of
from tipdesk.base.clock import Clock
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.phrase import in_words
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.lightning.sphinx.payload import KEYSEND_PREIMAGE
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import WalletFacts, WalletUnreachable
from tipdesk.tips.payment import (
    Balance,
    CreatedInvoice,
    Failed,
    FailureReason,
    IncomingPayment,
    InFlight,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
)
from tipdesk.tips.wallet_link import ServerLink

KEYSEND_LASTS_MS: Final = 3_600_000
SILENCE: Final = 300.0
"""Seconds without an invoice after which it is looked whether the server is still there."""
_AGAIN_AFTER: Final = 0.5
_TLV_ONION: Final = 9


class LndWallet(HttpWallet):
    """A `PluggedWallet` over LND's REST API."""

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
        server = OwnServer(link, {"Grpc-Metadata-Macaroon": link.secret}, way, trusted=trusted)
        super().__init__(link, server, network, clock, facts)
        self._settle_index = 0
        self._labels: dict[PaymentHash, str] = {}

    # -- who it is --------------------------------------------------------------------------------

    async def _facts(self) -> WalletFacts:
        answer = await self._get("/v1/getinfo", NODE)
        chains = answer.parts("chains", most=5)
        if not chains:
            raise answer.unreadable()
        return WalletFacts(
            alias=answer.shown("alias", 64),
            network=self._named_network(chains[0].text("network")),
            node_id=NodeId(answer.octets("identity_pubkey", NodeId.LENGTH)),
            capabilities=capabilities_of(bytes.fromhex(self._link.secret)),
            version=answer.shown("version", 64),
        )

    # -- paying -----------------------------------------------------------------------------------

    async def quote(
        self, invoice: str, max_fee: Msat, amount: Msat | None = None
    ) -> Quote | Failed:
        """`QueryRoutes`: what LND's map says. `EstimateRouteFee` would send probes.

        It looks for one way only; where it finds none, a payment in parts may find some.
        """
        try:
            read = bolt11.decode(invoice)
        except DecodeError as bad:
            return Failed(PaymentHash(bytes(32)), FailureReason.UNSUPPORTED, in_words(bad))
        asked = read.amount_msat or amount
        if asked is None:
            return Failed(read.payment_hash, FailureReason.UNSUPPORTED)
        body = {
            "amt_msat": str(asked.value),
            "final_cltv_delta": read.min_final_cltv_expiry_delta.value,
            "use_mission_control": True,
            "route_hints": _hints(read),
        }
        reply = await self._server.ask("POST", f"/v1/graph/routes/{read.payee}/0", body=body)
        if reply.outcome is not Outcome.OK:
            error = told.error_of(reply, NODE)
            if isinstance(error, told.LndSaid) and "insufficient local balance" in error.message:
                return Failed(read.payment_hash, FailureReason.NO_BALANCE)
            raise error
        routes = reply.answer().parts("routes", most=10)
        if not routes:
            raise reply.unreadable()
        fee = routes[0].msat("total_fees_msat")
        if fee > max_fee:
            return Failed(read.payment_hash, FailureReason.FEE_OVER_LIMIT)
        return Quote(fee, len(routes[0].parts("hops", most=40)))

    def keysend(self, request: KeysendRequest) -> AsyncIterator[PaymentUpdate]:
        """A payment with a preimage of ours, over the same call."""
        preimage = request.preimage or Preimage(secrets.token_bytes(Preimage.LENGTH))
        asked = replace(request, preimage=preimage)
        return self._orders.keysend(
            asked, lambda: self._send_unasked(asked, preimage), KEYSEND_LASTS_MS
        )

    def _order(self, request: PayRequest, invoice: Bolt11Invoice) -> AsyncIterator[PaymentUpdate]:
        body: dict[str, object] = {"payment_request": request.invoice}
        if invoice.amount_msat is None:
            body["amt_msat"] = str(request.amount.value)
        return self._send(request, request.payment_hash, body)

    def _send_unasked(
        self, request: KeysendRequest, preimage: Preimage
    ) -> AsyncIterator[PaymentUpdate]:
        payment_hash = PaymentHash(sha256(preimage))
        records = (*request.records, (KEYSEND_PREIMAGE, bytes(preimage)))
        body: dict[str, object] = {
            "dest": b64encode(request.node_id).decode(),
            "amt_msat": str(request.amount.value),
            "payment_hash": b64encode(payment_hash).decode(),
            "dest_custom_records": {str(t): b64encode(v).decode() for t, v in records},
            "dest_features": [_TLV_ONION],
        }
        return self._send(request, payment_hash, body)

    async def _send(
        self,
        request: PayRequest | KeysendRequest,
        payment_hash: PaymentHash,
        what: dict[str, object],
    ) -> AsyncIterator[PaymentUpdate]:
        """`SendPaymentV2`: the one order. A limit of 0 means that no fee may be paid."""
        body = {
            **what,
            "fee_limit_msat": str(request.max_fee.value),
            "timeout_seconds": seconds_left(request.deadline, self._clock.now()),
            "allow_self_payment": False,
            "cancelable": False,
        }
        is_begun = False
        try:
            lines = self._server.lines(
                "POST", "/v2/router/send", body=body, idle=ANSWER_SECONDS, is_order=True
            )
            async with aclosing(lines):
                async for line in lines:
                    update = told.payment(told.Line.of(line, PAYMENTS).result, payment_hash)
                    is_begun = True
                    yield update
                    if not isinstance(update, InFlight):
                        return
        except told.LndSaid as error:
            if not is_begun:
                if not error.is_answer:
                    raise
                known = await self._why_not(payment_hash, error)
                yield known
                if not isinstance(known, InFlight):
                    return
        except WalletUnreachable:
            if not is_begun:
                raise
        async for update in self._follow(payment_hash):
            yield update

    async def _why_not(self, payment_hash: PaymentHash, error: told.LndSaid) -> PaymentUpdate:
        """LND would not take the order: because it has it, or it never will."""
        known = await self._ask_after(payment_hash)
        if known is not None and not isinstance(known, Failed):
            return known
        if "expired" in error.message:
            return Failed(payment_hash, FailureReason.EXPIRED, in_words(error))
        if "self-payment" in error.message:
            return Failed(payment_hash, FailureReason.TO_OURSELVES, in_words(error))
        return Failed(payment_hash, FailureReason.WALLET_REFUSED, in_words(error))

    async def _ask(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        """The first line of what is tracked is how it stands."""
        lines = self._server.lines("GET", _track(payment_hash), idle=ANSWER_SECONDS)
        async with aclosing(lines):
            async for line in lines:
                try:
                    return told.payment(told.Line.of(line, PAST).result, payment_hash)
                except told.LndSaid as error:
                    if error.code == told.NOT_FOUND:
                        return None
                    raise
        raise WalletUnreachable(self._server.where)

    async def _follow(self, payment_hash: PaymentHash) -> AsyncIterator[PaymentUpdate]:
        """`TrackPaymentV2`, taken up again for as long as LND answers."""
        while True:
            was_told = False
            lines = self._server.lines("GET", _track(payment_hash), idle=ANSWER_SECONDS)
            try:
                async with aclosing(lines):
                    async for line in lines:
                        update = told.payment(told.Line.of(line, PAST).result, payment_hash)
                        was_told = True
                        yield update
                        if not isinstance(update, InFlight):
                            return
            except WalletUnreachable:
                if not was_told:
                    raise
            await asyncio.sleep(_AGAIN_AFTER)

    # -- being paid -------------------------------------------------------------------------------

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """`AddInvoice`; with hints to channels that nobody knows of, where there are such."""
        body: dict[str, object] = {"expiry": str(request.expiry_seconds), "private": True}
        if request.amount is not None:
            body["value_msat"] = str(request.amount.value)
        if request.description_hash is not None:
            body["description_hash"] = b64encode(request.description_hash).decode()
        else:
            body["memo"] = request.description or ""
        reply = await self._server.ask("POST", "/v1/invoices", body=body)
        if reply.outcome is not Outcome.OK:
            raise told.error_of(reply, INVOICES)
        created = self._created(reply.answer().text("payment_request"), request)
        if request.label:
            self._labels[created.payment_hash] = request.label
        return created

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """`LookupInvoice`."""
        reply = await self._server.ask("GET", f"/v1/invoice/{payment_hash}")
        if reply.outcome is not Outcome.OK:
            error = told.error_of(reply, INCOMING)
            if isinstance(error, told.LndSaid) and error.code == told.NOT_FOUND:
                return None
            raise error
        return told.incoming(reply.answer(), self._labels.get(payment_hash, ""))

    async def _listen(self) -> None:
        """`SubscribeInvoices`. It says nothing at all until there is something to tell."""
        while True:
            await self._get("/v1/getinfo", NODE)
            self._stands()
            path = f"/v1/invoices/subscribe?settle_index={self._settle_index}"
            lines = self._server.lines("GET", path, idle=SILENCE)
            try:
                async with aclosing(lines):
                    async for line in lines:
                        self._hear(told.Line.of(line, INCOMING).result)
            except NoLine:
                continue
            raise WalletUnreachable(self._server.where)

    def _hear(self, invoice: Answer) -> None:
        payment = told.incoming(invoice, "")
        if payment is None:
            return
        self._settle_index = max(self._settle_index, invoice.whole("settle_index", 0))
        self._tell(replace(payment, label=self._labels.get(payment.payment_hash, "")))

    # -- what it has ------------------------------------------------------------------------------

    async def balance(self) -> Balance:
        """Of the open channels."""
        return balance_of(await self._open_channels())

    async def channels(self) -> Sequence[ChannelView]:
        """Open ones, and those that are being opened or closed."""
        pending = await self._get("/v1/channels/pending", CHANNELS)
        return (*await self._open_channels(), *told.pending_channels(pending))

    async def _open_channels(self) -> tuple[ChannelView, ...]:
        listed = await self._get("/v1/channels?peer_alias_lookup=true", CHANNELS)
        return tuple(told.open_channel(one) for one in listed.parts("channels"))

    async def _get(self, path: str, allowed: str) -> Answer:
        reply = await self._server.ask("GET", path)
        if reply.outcome is not Outcome.OK:
            raise told.error_of(reply, allowed)
        return reply.answer()


def _track(payment_hash: PaymentHash) -> str:
    return f"/v2/router/track/{urlsafe_b64encode(payment_hash).decode()}"


def _hints(invoice: Bolt11Invoice) -> list[dict[str, object]]:
    return [
        {
            "hop_hints": [
                {
                    "node_id": str(hop.node_id),
                    "chan_id": str(int(hop.short_channel_id)),
                    "fee_base_msat": hop.fee_base_msat,
                    "fee_proportional_millionths": hop.fee_proportional_millionths,
                    "cltv_expiry_delta": hop.cltv_expiry_delta.value,
                }
                for hop in hint
            ]
        }
        for hint in invoice.route_hints
    ]
