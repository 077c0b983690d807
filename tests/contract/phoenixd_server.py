"""phoenixd's API, as its source and its pages document it: ours, for tests.

It stands in for phoenixd, which cannot be installed from the registries that the project builds
with. Amounts are whole satoshis but for fees; what is not there is 404 with plain text.
"""

import asyncio
import json
import time
from base64 import b64decode
from typing import Any

from aiohttp import web

from tests.contract.http_server import FaultyServer
from tests.contract.ledger import CAPACITY_SAT, NODE, PEER, Bill, Ledger, Payment
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import PaymentHash
from tipdesk.lightning.invoice import bolt11

FULL, LIMITED = "full:password", "limited"
REASONS = {"refused": "recipient rejected the payment", "no balance": "not enough funds"}


class PhoenixdServer(FaultyServer):
    """One phoenixd, over plain http on this machine."""

    def __init__(self, ledger: Ledger, chain: str = "regtest") -> None:
        super().__init__(ledger)
        self.chain = chain
        self.finds_by_hash = True
        """Whether this version looks payments up by their hash."""
        self.forms: list[dict[str, str]] = []
        self.sockets: set[web.WebSocketResponse] = set()
        ledger.on_paid.append(self._told_of)
        self._telling: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/getinfo", self.get_info),
            web.get("/getbalance", self.get_balance),
            web.get("/listchannels", self.list_channels),
            web.post("/createinvoice", self.create_invoice),
            web.post("/payinvoice", self.pay_invoice),
            web.post("/lnurlauth", self.lnurl_auth),
            web.get("/payments/incoming/{hash}", self.incoming),
            web.get("/payments/outgoingbyhash/{hash}", self.outgoing),
            web.get("/websocket", self.websocket),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
        password = b64decode(credentials).decode().partition(":")[2] if scheme == "Basic" else ""
        wants_all = request.path in ("/payinvoice", "/lnurlauth")
        if password == FULL or (password == LIMITED and not wants_all):
            return None
        said = "Invalid authentication (use basic auth with the http password set in phoenix.conf)"
        return web.Response(text=said, status=401)

    async def get_info(self, _: web.Request) -> web.Response:
        ours = self.ledger.spendable // 1000
        live = {
            "state": "Normal",
            "channelId": "ab" * 32,
            "balanceSat": ours,
            "inboundLiquiditySat": CAPACITY_SAT - ours - 1_000,
            "capacitySat": CAPACITY_SAT,
            "fundingTxId": "cd" * 32,
        }
        closing = {**live, "state": "Closing", "channelId": "ef" * 32}
        return web.json_response(
            {
                "nodeId": NODE.point.hex(),
                "channels": [live, closing, {"state": "Offline"}],
                "chain": self.chain,
                "blockHeight": 800_000,
                "version": "0.7.0-ab12cd3",
            }
        )

    async def get_balance(self, _: web.Request) -> web.Response:
        return web.json_response({"balanceSat": self.ledger.spendable // 1000, "feeCreditSat": 0})

    async def list_channels(self, _: web.Request) -> web.Response:
        params = {"channelId": "ab" * 32, "remoteParams": {"nodeId": PEER.point.hex()}}
        return web.json_response([{"type": "Normal", "commitments": {"channelParams": params}}, 7])

    # Payments

    async def lnurl_auth(self, request: web.Request) -> web.Response:
        assert "lnurl" not in await request.post()
        return web.Response(text="Request parameter lnurl is missing", status=400)

    async def effect(self, request: web.Request) -> None:
        form = await request.post()
        self.ledger.pay(str(form["invoice"]), None, None)

    async def pay_invoice(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        try:
            invoice = bolt11.decode(form["invoice"])
        except (KeyError, DecodeError):
            return web.Response(text="Request parameter invoice couldn't be parsed", status=400)
        known = self.ledger.payments.get(invoice.payment_hash)
        if known is not None and known.status != "failed":
            said = "already paid" if known.status == "paid" else "already in progress"
            return self._failed(invoice.payment_hash, said)
        if invoice.timestamp + invoice.expiry <= time.time():
            return self._failed(invoice.payment_hash, "the invoice has expired")
        # The amount that is given counts more than the invoice's own.
        override = int(form["amountSat"]) * 1000 if "amountSat" in form else None
        if override is not None and invoice.amount_msat is not None:
            raise AssertionError("this would pay another amount than the invoice asks for")
        payment = self.ledger.pay(form["invoice"], override, None)
        await payment.ended.wait()
        if payment.status == "failed":
            return self._failed(payment.payment_hash, REASONS[payment.why])
        return web.json_response(
            {
                "recipientAmountSat": payment.amount // 1000,
                "routingFeeSat": payment.fee // 1000,
                "paymentId": "d7a1bd4b-9e0c-4d7c-8a3f-6a5c1b3d0f10",
                "paymentHash": payment.payment_hash.hex(),
                "paymentPreimage": payment.preimage.hex(),
            }
        )

    def _failed(self, payment_hash: PaymentHash, reason: str) -> web.Response:
        return web.json_response({"paymentHash": payment_hash.hex(), "reason": reason})

    async def outgoing(self, request: web.Request) -> web.Response:
        text = request.match_info["hash"]
        if not self.finds_by_hash:
            return web.Response(text="Unknown endpoint (check api doc)", status=404)
        if len(text) != 64:
            said = "Request parameter paymentHash couldn't be parsed/converted to hex32"
            return web.Response(text=said, status=400)
        payment = self.ledger.payments.get(PaymentHash.from_hex(text))
        if payment is None:
            return web.Response(text="Not found", status=404)
        return web.json_response(self._outgoing(payment))

    def _outgoing(self, payment: Payment) -> dict[str, Any]:
        is_paid = payment.status == "paid"
        shown: dict[str, Any] = {
            "type": "outgoing_payment",
            "subType": "lightning",
            "paymentId": "d7a1bd4b-9e0c-4d7c-8a3f-6a5c1b3d0f10",
            "paymentHash": payment.payment_hash.hex(),
            "isPaid": is_paid,
            "sent": (payment.amount + payment.fee) // 1000,
            "fees": payment.fee,
            "invoice": payment.invoice,
            "createdAt": int(payment.created_at * 1000),
        }
        # Fields without a value are left out.
        if is_paid:
            shown["preimage"] = payment.preimage.hex()
        if payment.status != "pending":
            shown["completedAt"] = int(payment.ended_at * 1000)
        return shown

    # Invoices

    async def create_invoice(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if len(form.get("description", "")) > 128:
            return web.Response(text="Request parameter description is too long", status=400)
        committed = form.get("descriptionHash")
        if ("description" in form) == (committed is not None):
            said = "Must provide either a description or descriptionHash"
            return web.Response(text=said, status=400)
        made = self.ledger.bill(
            int(form["amountSat"]) * 1000 if "amountSat" in form else None,
            form.get("description"),
            bytes.fromhex(committed) if committed else None,
            int(form["expirySeconds"]),
            form.get("externalId", ""),
        )
        answer: dict[str, Any] = {
            "paymentHash": made.payment_hash.hex(),
            "serialized": made.invoice,
        }
        if made.amount is not None:
            answer["amountSat"] = made.amount // 1000
        return web.json_response(answer)

    async def incoming(self, request: web.Request) -> web.Response:
        made = self.ledger.bills.get(PaymentHash.from_hex(request.match_info["hash"]))
        if made is None:
            return web.Response(text="Not found", status=404)
        shown: dict[str, Any] = {
            "type": "incoming_payment",
            "subType": "lightning",
            "paymentHash": made.payment_hash.hex(),
            "preimage": made.preimage.hex(),
            "invoice": made.invoice,
            "isPaid": bool(made.settle_index),
            "isExpired": False,
            "receivedSat": made.paid // 1000,
            "fees": 0,
            "createdAt": int(made.created_at * 1000),
        }
        if made.description is not None:
            shown["description"] = made.description
        if made.label:
            shown["externalId"] = made.label
        if made.settle_index:
            shown["completedAt"] = int(made.settled_at * 1000)
        return web.json_response(shown)

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.add(socket)
        try:
            async for _ in socket:
                pass
        finally:
            self.sockets.discard(socket)
        return socket

    def _told_of(self, bill: Bill) -> None:
        event = {
            "type": "payment_received",
            "amountSat": bill.paid // 1000,
            "paymentHash": bill.payment_hash.hex(),
            "timestamp": int(bill.settled_at * 1000),
        }
        for socket in self.sockets:
            task = asyncio.create_task(socket.send_str(json.dumps(event)))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)
