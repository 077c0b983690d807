"""LND's REST API, as its swagger files and protobuf comments document it: ours, for tests.

It stands in for LND, which cannot be installed from the registries that the project builds with.
Errors have gRPC's codes and LND's words; 64-bit numbers are strings, bytes are base64.
"""

import asyncio
import json
import time
from base64 import b64decode, b64encode, urlsafe_b64decode
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.contract.http_server import FaultyServer
from tests.contract.ledger import CAPACITY_SAT, NODE, PEER, RESERVE_SAT, Bill, Ledger, Payment
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.lightning.invoice import bolt11

KEYSEND = "5482373484"
HTTP = {2: 500, 3: 400, 5: 404, 6: 409, 14: 503}
SCID = 700_000 << 40 | 1 << 16
FUNDING = "ab" * 31 + "00"


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def bake(*operations: str) -> str:
    """A macaroon in hexadecimal, as ``lncli bakemacaroon offchain:write ...`` makes it."""
    ops = b""
    for operation in operations:
        entity, _, action = operation.partition(":")
        ops += field(3, field(1, entity.encode()) + field(2, action.encode()))
    identifier = b"\x03" + field(1, bytes(16)) + field(2, b"0") + ops
    parts = [bytes([kind]) + varint(len(v)) + v for kind, v in ((1, b"lnd"), (2, identifier))]
    return (b"\x02" + b"".join(parts) + b"\0\0" + b"\x06\x20" + bytes(32)).hex()


ADMIN = bake(
    *(
        f"{entity}:{action}"
        for entity in ("info", "offchain", "invoices")
        for action in ("read", "write")
    )
)


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def error(code: int, message: str, *, stream: bool = False) -> web.Response:
    body: dict[str, Any] = {"code": code, "message": message, "details": []}
    return web.json_response({"error": body} if stream else body, status=HTTP.get(code, 500))


class LndServer(FaultyServer):
    """One LND behind its REST port."""

    def __init__(self, ledger: Ledger, folder: Path, network: str = "regtest") -> None:
        super().__init__(ledger, folder)
        self.network = network
        self.forbidden: tuple[str, ...] = ()
        """Beginnings of paths that the macaroon does not allow."""
        self.key_problem = ""
        """What is wrong with the macaroon, in LND's words."""
        self.breaks: list[int] = []
        """After so many lines the next streams of payments break, one after the other."""
        self.bodies: list[dict[str, Any]] = []
        """What was sent to pay."""
        self._streams: set[asyncio.Queue[Bill]] = set()
        ledger.on_paid.append(self._told_of)

    def _told_of(self, bill: Bill) -> None:
        for queue in self._streams:
            queue.put_nowait(bill)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/v1/getinfo", self.get_info),
            web.post("/v2/router/send", self.send),
            web.get("/v2/router/track/{hash}", self.track),
            web.post("/v1/graph/routes/{dest}/{amt}", self.query_routes),
            web.post("/v1/invoices", self.add_invoice),
            web.get("/v1/invoices/subscribe", self.subscribe),
            web.get("/v1/invoice/{hash}", self.lookup_invoice),
            web.get("/v1/channels", self.channels),
            web.get("/v1/channels/pending", self.pending),
        ]

    def refusal(self, request: web.Request) -> web.Response | None:
        stream = request.path.startswith(("/v2/router", "/v1/invoices/subscribe"))
        if self.key_problem:
            return error(2, self.key_problem, stream=stream)
        if request.headers.get("Grpc-Metadata-Macaroon") != ADMIN:
            said = "verification failed: signature mismatch after caveat verification"
            return error(2, said, stream=stream)
        if request.path.startswith(self.forbidden or ("?",)):
            return error(2, "permission denied", stream=stream)
        return None

    async def get_info(self, _: web.Request) -> web.Response:
        return web.json_response(
            {
                "version": "0.19.2-beta commit=v0.19.2-beta",
                "identity_pubkey": NODE.point.hex(),
                "alias": "my \u202enode",
                "num_active_channels": 1,
                "block_height": 800_000,
                "synced_to_chain": True,
                "chains": [{"chain": "bitcoin", "network": self.network}],
            }
        )

    # Payments

    async def effect(self, request: web.Request) -> None:
        body = await request.json()
        self.ledger.pay(body["payment_request"], None, None)

    async def send(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        refused = self._refused(body)
        if refused is not None:
            return refused
        limit = int(body.get("fee_limit_msat", "0"))
        amount = int(body["amt_msat"]) if "amt_msat" in body else None
        if "payment_request" in body:
            payment = self.ledger.pay(body["payment_request"], amount, limit)
        else:
            records = {int(k): b64decode(v) for k, v in body["dest_custom_records"].items()}
            preimage = Preimage(records.pop(int(KEYSEND)))
            assert amount is not None
            payment = self.ledger.pay_unasked(preimage, amount, limit, records)
        return await self._stream(request, payment, begins=True)

    def _refused(self, body: dict[str, Any]) -> web.Response | None:
        if "payment_request" in body:
            invoice = bolt11.decode(body["payment_request"])
            payment_hash = invoice.payment_hash
            if invoice.timestamp + invoice.expiry <= time.time():
                return error(2, "invoice expired. Valid until then", stream=True)
            if invoice.amount_msat is not None and "amt_msat" in body:
                words = "amount must not be specified when paying a non-zero amount invoice"
                return error(2, words, stream=True)
            if invoice.payee == NODE.point:
                return error(2, "self-payments not allowed", stream=True)
        else:
            payment_hash = PaymentHash(b64decode(body["payment_hash"]))
        known = self.ledger.payments.get(payment_hash)
        if known is None or known.status == "failed":
            return None
        words = "invoice is already paid" if known.status == "paid" else "payment is in transition"
        return error(6, words, stream=True)

    async def track(self, request: web.Request) -> web.StreamResponse:
        payment_hash = PaymentHash(urlsafe_b64decode(request.match_info["hash"]))
        payment = self.ledger.payments.get(payment_hash)
        if payment is None:
            return error(5, "payment isn't initiated", stream=True)
        return await self._stream(request, payment, begins=False)

    async def _stream(
        self, request: web.Request, payment: Payment, *, begins: bool
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        lines, limit = 0, self.breaks.pop(0) if self.breaks else None
        told = "INITIATED" if begins else ""
        while True:
            status = told or payment.status
            told = ""
            await response.write(json.dumps(self._line(payment, status)).encode() + b"\n")
            lines += 1
            if lines == limit:
                assert request.transport is not None
                request.transport.abort()
                return response
            if status in ("paid", "failed"):
                return response
            if status == "pending":
                await payment.ended.wait()

    def _line(self, payment: Payment, status: str) -> dict[str, Any]:
        names = {"pending": "IN_FLIGHT", "paid": "SUCCEEDED", "failed": "FAILED"}
        reasons = {
            "no route": "FAILURE_REASON_NO_ROUTE",
            "refused": "FAILURE_REASON_INCORRECT_PAYMENT_DETAILS",
            "no balance": "FAILURE_REASON_INSUFFICIENT_BALANCE",
        }
        is_paid, is_failed = status == "paid", status == "failed"
        total = payment.amount + payment.fee
        hops = [
            {"chan_id": str(SCID), "fee_msat": str(payment.fee), "pub_key": PEER.point.hex()},
            {"chan_id": str(SCID + 1), "fee_msat": "0", "pub_key": NODE.point.hex()},
        ]
        attempt = {
            "status": "SUCCEEDED" if is_paid else "IN_FLIGHT",
            "attempt_time_ns": str(int(payment.created_at * 1e9)),
            "resolve_time_ns": str(int(payment.ended_at * 1e9)),
            "route": {"total_amt_msat": str(total), "hops": hops},
        }
        return {
            "result": {
                "payment_hash": payment.payment_hash.hex(),
                "payment_preimage": payment.preimage.hex() if is_paid else "00" * 32,
                "value_msat": str(payment.amount),
                "fee_msat": str(payment.fee if is_paid else 0),
                "status": names.get(status, status),
                "failure_reason": reasons[payment.why] if is_failed else "FAILURE_REASON_NONE",
                "payment_request": payment.invoice,
                "creation_time_ns": str(int(payment.created_at * 1e9)),
                "htlcs": [] if is_failed or status == "INITIATED" else [attempt],
            }
        }

    async def query_routes(self, request: web.Request) -> web.Response:
        body = await request.json()
        assert request.match_info["amt"] == "0"
        amount = int(body["amt_msat"])
        if amount > self.ledger.spendable:
            return error(2, "insufficient local balance")
        fee = self.ledger.last_fee
        hops = [{"pub_key": PEER.point.hex()}, {"pub_key": request.match_info["dest"]}]
        total = str(amount + fee)
        route = {"total_fees_msat": str(fee), "total_amt_msat": total, "hops": hops}
        return web.json_response({"routes": [route], "success_prob": 0.9})

    # Invoices

    async def add_invoice(self, request: web.Request) -> web.Response:
        body = await request.json()
        committed = body.get("description_hash")
        made = self.ledger.bill(
            int(body["value_msat"]) if "value_msat" in body else None,
            body.get("memo"),
            b64decode(committed) if committed else None,
            int(body["expiry"]),
        )
        answer = {"r_hash": b64(made.payment_hash), "payment_request": made.invoice}
        return web.json_response({**answer, "add_index": str(made.index)})

    async def lookup_invoice(self, request: web.Request) -> web.Response:
        made = self.ledger.bills.get(PaymentHash.from_hex(request.match_info["hash"]))
        if made is None:
            return error(5, "unable to locate invoice")
        return web.json_response(self._invoice(made))

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """Headers leave with the first line, as with LND."""
        queue: asyncio.Queue[Bill] = asyncio.Queue()
        since = int(request.query.get("settle_index", "0"))
        if since:
            for bill in self.ledger.bills.values():
                if bill.settle_index > since:
                    queue.put_nowait(bill)
        self._streams.add(queue)
        try:
            bill = await queue.get()
            response = web.StreamResponse(headers={"Content-Type": "application/json"})
            await response.prepare(request)
            while True:
                line = json.dumps({"result": self._invoice(bill)})
                await response.write(line.encode() + b"\n")
                bill = await queue.get()
        finally:
            self._streams.discard(queue)

    def _invoice(self, bill: Bill) -> dict[str, Any]:
        return {
            "memo": bill.description or "",
            "r_preimage": b64(bill.preimage),
            "r_hash": b64(bill.payment_hash),
            "value_msat": str(bill.amount or 0),
            "creation_date": str(int(bill.created_at)),
            "settle_date": str(int(bill.settled_at)),
            "payment_request": bill.invoice,
            "description_hash": b64(bill.description_hash or b""),
            "expiry": str(bill.expiry),
            "add_index": str(bill.index),
            "settle_index": str(bill.settle_index),
            "amt_paid_msat": str(bill.paid),
            "state": "SETTLED" if bill.settle_index else "OPEN",
            "is_keysend": False,
        }

    # Channels

    async def channels(self, _: web.Request) -> web.Response:
        ours = self.ledger.spendable // 1000 + RESERVE_SAT
        limits = {"csv_delay": 144, "chan_reserve_sat": str(RESERVE_SAT)}
        return web.json_response(
            {
                "channels": [
                    {
                        "active": True,
                        "remote_pubkey": PEER.point.hex(),
                        "channel_point": f"{FUNDING}:1",
                        "chan_id": str(SCID),
                        "capacity": str(CAPACITY_SAT),
                        "local_balance": str(ours),
                        "remote_balance": str(CAPACITY_SAT - ours),
                        "unsettled_balance": "0",
                        "private": True,
                        "initiator": True,
                        "peer_alias": "a peer",
                        "local_constraints": limits,
                        "remote_constraints": limits,
                    }
                ]
            }
        )

    async def pending(self, _: web.Request) -> web.Response:
        channel = {
            "remote_node_pub": PEER.point.hex(),
            "channel_point": f"{FUNDING}:2",
            "capacity": "50000",
            "local_balance": "20000",
            "remote_balance": "30000",
            "local_chan_reserve_sat": "1000",
            "remote_chan_reserve_sat": "1000",
            "initiator": "INITIATOR_REMOTE",
            "private": False,
        }
        return web.json_response(
            {
                "total_limbo_balance": "20000",
                "pending_open_channels": [{"channel": channel}],
                "pending_closing_channels": [],
                "pending_force_closing_channels": [{"channel": channel, "limbo_balance": "20000"}],
                "waiting_close_channels": [],
            }
        )
