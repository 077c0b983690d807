"""phoenixd as a wallet: its HTTP API with a password, and its websocket.

It reckons in whole satoshis, but pays an invoice that names its amount to the millisatoshi. What a
payment costs is its own affair: no limit can be given. An answer that gives a reason, and one that
finds the request bad, were not paid unless phoenixd, asked once more, knows better.
"""

import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import Final

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import phoenixd_answers as told
from tipdesk.adapters.payments.answers import Answer
from tipdesk.adapters.payments.http_wallet import (
    CHANNELS,
    INCOMING,
    INVOICES,
    MOST_SECONDS,
    NODE,
    PAST,
    PAYMENTS,
    HttpWallet,
)
from tipdesk.adapters.payments.orders import UNPROVEN
from tipdesk.adapters.payments.own_server import ANSWER_SECONDS, Outcome, OwnServer
from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import (
    WalletFacts,
    WalletNotAllowed,
)
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
    Succeeded,
    Unknown,
)
from tipdesk.tips.wallet_link import ServerLink

PATIENCE: Final = MOST_SECONDS + 30.0
"""Seconds that an order's answer is waited for; a payment that hangs longer is asked about."""
MOST_DESCRIPTION: Final = 128
_LONGEST_LABEL: Final = 16_000
_PAYS: Final = frozenset({Capability.PAY_INVOICE, Capability.LOOKUP})
_OWN: Final = frozenset(
    {
        Capability.CREATE_INVOICE,
        Capability.DESCRIPTION_HASH,
        Capability.BALANCE,
        Capability.CHANNELS,
    }
)


class WholeSatoshisOnly(RequestError):
    """phoenixd asks for no part of a satoshi."""

    def __init__(self, amount: Msat) -> None:
        super().__init__(
            Phrase("phoenixd makes invoices over whole satoshis, not {amount}.", amount=amount)
        )
        self.amount = amount


class DescriptionTooLong(RequestError):
    """phoenixd takes a short description only."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Phrase(
                "phoenixd takes at most {most} characters as an invoice's description.",
                most=MOST_DESCRIPTION,
            )
        )
        self.length = length


class PhoenixdWallet(HttpWallet):
    """A `PluggedWallet` over phoenixd's API."""

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
        credentials = b64encode(f":{link.secret}".encode()).decode()
        server = OwnServer(link, {"Authorization": f"Basic {credentials}"}, way, trusted=trusted)
        super().__init__(link, server, network, clock, facts)

    # -- who it is --------------------------------------------------------------------------------

    async def _facts(self) -> WalletFacts:
        answer = await self._get("/getinfo", NODE)
        can_pay = await self._may_pay() and await self._can_look_up()
        return WalletFacts(
            alias="",
            network=self._named_network(answer.text("chain")),
            node_id=NodeId(answer.octets("nodeId", NodeId.LENGTH)),
            capabilities=_OWN | _PAYS if can_pay else _OWN,
            version=answer.shown("version", 64),
        )

    async def _may_pay(self) -> bool:
        """Whether it is the password for everything: a call of that kind that lacks all it needs.

        It is not the call that pays, so that nothing could come of it.
        """
        reply = await self._server.ask("POST", "/lnurlauth", form={})
        return reply.outcome is not Outcome.KEY

    async def _can_look_up(self) -> bool:
        """Whether this version finds payments by their hash: then this is none, and it says so."""
        reply = await self._server.ask("GET", "/payments/outgoingbyhash/00")
        return reply.outcome is not Outcome.MISSING

    # -- paying -----------------------------------------------------------------------------------

    async def _order(
        self, request: PayRequest, invoice: Bolt11Invoice
    ) -> AsyncIterator[PaymentUpdate]:
        form = {"invoice": request.invoice}
        if invoice.amount_msat is None:
            if request.amount.value % 1000:
                why = Phrase("phoenixd pays whole satoshis where an invoice names no amount")
                yield Failed(request.payment_hash, FailureReason.UNSUPPORTED, why)
                return
            form["amountSat"] = str(request.amount.to_sat_floor().value)
        reply = await self._server.ask(
            "POST", "/payinvoice", form=form, seconds=PATIENCE, is_order=True
        )
        if reply.outcome is Outcome.KEY:
            # It was good a moment ago, when we asked for the payment: for less than this.
            raise WalletNotAllowed(reply.where, PAYMENTS)
        if reply.status == 400:
            yield await self._why_not(request.payment_hash, reply.words())
            return
        if reply.outcome is not Outcome.OK:
            raise told.error(reply, PAYMENTS)
        answer = reply.answer()
        if answer.has("paymentPreimage"):
            yield await self._paid(answer, request)
        elif answer.has("reason"):
            yield await self._why_not(request.payment_hash, answer.shown("reason"))
        else:
            raise reply.unreadable()

    async def _paid(self, answer: Answer, request: PayRequest) -> PaymentUpdate:
        """A success; what it cost to the millisatoshi is in phoenixd's books."""
        preimage = answer.preimage("paymentPreimage", request.payment_hash)
        if preimage is None:
            return Unknown(request.payment_hash, UNPROVEN)
        try:
            known = await self._ask(request.payment_hash)
        except BackendError:
            known = None
        if isinstance(known, Succeeded):
            return known
        return Succeeded(
            payment_hash=request.payment_hash,
            preimage=preimage,
            amount=request.amount,
            fee=Sat(answer.whole("routingFeeSat")).to_msat(),
            route=(),
            settled_at=self._clock.now(),
        )

    async def _why_not(self, payment_hash: PaymentHash, said: str) -> PaymentUpdate:
        """It says no: because it has paid or is paying that already, or it never will."""
        known = await self._ask_after(payment_hash)
        if known is not None and not isinstance(known, Failed):
            return known
        detail = Phrase("Your wallet at {where} says: {said}", where=self._server.where, said=said)
        is_poor = any(word in said.lower() for word in ("balance", "funds"))
        reason = FailureReason.NO_BALANCE if is_poor else FailureReason.WALLET_REFUSED
        return Failed(payment_hash, reason, detail)

    async def _ask(self, payment_hash: PaymentHash) -> PaymentUpdate | None:
        reply = await self._server.ask("GET", f"/payments/outgoingbyhash/{payment_hash}")
        if told.is_nothing(reply):
            return None
        if reply.outcome is not Outcome.OK:
            raise told.error(reply, PAST)
        return told.outgoing(reply.answer(), payment_hash)

    # -- being paid -------------------------------------------------------------------------------

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        """With our label as its external id."""
        form = {"expirySeconds": str(request.expiry_seconds)}
        if request.amount is not None:
            if request.amount.value % 1000:
                raise WholeSatoshisOnly(request.amount)
            form["amountSat"] = str(request.amount.to_sat_floor().value)
        if request.description_hash is not None:
            form["descriptionHash"] = request.description_hash.hex()
        else:
            form["description"] = request.description or ""
            if len(form["description"]) > MOST_DESCRIPTION:
                raise DescriptionTooLong(len(form["description"]))
        if request.label and len(request.label) <= _LONGEST_LABEL:
            form["externalId"] = request.label
        reply = await self._server.ask("POST", "/createinvoice", form=form)
        if reply.outcome is not Outcome.OK:
            raise told.error(reply, INVOICES)
        return self._created(reply.answer().text("serialized"), request)

    async def received(self, payment_hash: PaymentHash) -> IncomingPayment | None:
        """What came for one hash, after what phoenixd kept of it."""
        reply = await self._server.ask("GET", f"/payments/incoming/{payment_hash}")
        if told.is_nothing(reply):
            return None
        if reply.outcome is not Outcome.OK:
            raise told.error(reply, INCOMING)
        return told.incoming(reply.answer(), payment_hash)

    async def _listen(self) -> None:
        """Its websocket says that something came; what it was is asked for."""
        async with aclosing(self._server.messages("/websocket")) as messages:
            async for message in messages:
                if message is None:
                    self._stands()
                    continue
                if message.outcome is not Outcome.OK:
                    raise told.error(message, INCOMING)
                event = message.answer()
                if event.text("type", "") == "payment_received":
                    payment = await self.received(event.payment_hash("paymentHash"))
                    if payment is not None:
                        self._tell(payment)

    # -- what it has ------------------------------------------------------------------------------

    async def balance(self) -> Balance:
        """Of its channels; what a payment costs comes on top of it."""
        answer = await self._get("/getbalance", CHANNELS)
        views = await self.channels()
        mine = told.sat(answer, "balanceSat").to_msat()
        receivable = sum((view.receivable for view in views), Msat(0))
        spendable = sum((view.spendable for view in views), Msat(0))
        return Balance(spendable=min(spendable, mine), receivable=receivable, in_channels=mine)

    async def channels(self) -> Sequence[ChannelView]:
        """Those that it gives numbers for; with whom they are is in its longer list."""
        info = await self._get("/getinfo", CHANNELS)
        reply = await self._server.ask("GET", "/listchannels")
        peers = dict(told.peers(reply.value())) if reply.outcome is Outcome.OK else {}
        found = (told.channel(one, peers) for one in info.parts("channels", most=1_000))
        return tuple(view for view in found if view is not None)

    async def _get(self, path: str, allowed: str) -> Answer:
        reply = await self._server.ask("GET", path, seconds=ANSWER_SECONDS)
        if reply.outcome is not Outcome.OK:
            raise told.error(reply, allowed)
        return reply.answer()
