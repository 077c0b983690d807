"""Core Lightning's commands over REST, as its schemas and its rest plugin document them: ours.

Words, codes and limits are those that version 26.06.6 answered with when it was asked.

It stands in for Core Lightning, which cannot be installed from the registries that the project
builds with. A success is 201, an error of a command 500 with its JSON-RPC code and message.
"""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.contract.http_server import FaultyServer
from tests.contract.ledger import CAPACITY_SAT, NODE, PEER, RESERVE_SAT, Bill, Ledger, Payment
from tipdesk.base.ids import PaymentHash
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11

CODES = {"no route": 205, "refused": 203, "no balance": 205}
LONGEST_LABEL = 128
LONGEST_DESCRIPTION = 639
NO_PATHS = "We could not find a usable set of paths. Total source capacity is only 9msat"


def make_rune(*restrictions: str) -> str:
    """A rune with those restrictions, after its number."""
    text = "&".join(("=1", *restrictions))
    return urlsafe_b64encode(bytes(range(32)) + text.encode()).decode()


RUNE = make_rune()


class ClnError(Exception):
    """A command's error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class ClnServer(FaultyServer):
    """One Core Lightning behind its REST port."""

    def __init__(self, ledger: Ledger, folder: Path, network: str = "regtest") -> None:
        super().__init__(ledger, folder)
        self.network = network
        self.version = "v25.09.1"
        self.rune = RUNE
        self.rune_problem: tuple[int, str] | None = None
        self.forbidden: tuple[str, ...] = ()
        self.closing_status: object = ["ONCHAIN:Tracking our own unilateral close"]
        self.clock_ahead = 0
        """Seconds that this node's clock has run on for."""
        self.bodies: list[dict[str, Any]] = []
        self._paid = asyncio.Event()
        ledger.on_paid.append(self._told_of)

    def _told_of(self, _: Bill) -> None:
        self._paid.set()
        self._paid = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/{method}", self.call)]

    def refusal(self, request: web.Request) -> web.Response | None:
        problem = self.rune_problem
        if request.headers.get("Rune") != self.rune:
            problem = (1501, "Not authorized: Not derived from master")
        elif request.path.startswith(self.forbidden or ("?",)):
            problem = (1502, "Not permitted: method is not equal to getinfo")
        if problem is None:
            return None
        return web.json_response({"code": problem[0], "message": problem[1]}, status=401)

    async def call(self, request: web.Request) -> web.Response:
        params = await request.json()
        command = getattr(self, "do_" + request.match_info["method"], None)
        date = {"Date": formatdate(time.time() + self.clock_ahead, usegmt=True)}
        if command is None:
            body = {"code": -32601, "message": "Unknown command"}
            return web.json_response(body, status=404, headers=date)
        try:
            return web.json_response(await command(params), status=201, headers=date)
        except ClnError as error:
            body = {"code": error.code, "message": str(error), "data": None}
            return web.json_response(body, status=500, headers=date)

    async def effect(self, request: web.Request) -> None:
        params = await request.json()
        self.ledger.pay(params.get("invstring") or params["bolt11"], None, None)

    async def do_getinfo(self, _: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": NODE.point.hex(),
            "alias": "CLN\nnode",
            "version": self.version,
            "network": self.network,
            "blockheight": 800_000,
        }

    # Payments

    async def do_xpay(self, params: dict[str, Any]) -> dict[str, Any]:
        payment = await self._pay(params["invstring"], params)
        return {
            "payment_preimage": payment.preimage.hex(),
            "failed_parts": 0,
            "successful_parts": 1,
            "amount_msat": payment.amount,
            "amount_sent_msat": payment.amount + payment.fee,
        }

    async def do_pay(self, params: dict[str, Any]) -> dict[str, Any]:
        payment = await self._pay(params["bolt11"], params)
        return {
            "payment_preimage": payment.preimage.hex(),
            "destination": PEER.point.hex(),
            "payment_hash": payment.payment_hash.hex(),
            "created_at": payment.created_at,
            "parts": 1,
            "amount_msat": payment.amount,
            "amount_sent_msat": payment.amount + payment.fee,
            "status": "complete",
        }

    async def _pay(self, text: str, params: dict[str, Any]) -> Payment:
        self.bodies.append(params)
        invoice = bolt11.decode(text)
        if invoice.timestamp + invoice.expiry <= time.time():
            raise ClnError(207, "Invoice expired")
        if invoice.amount_msat is not None and "amount_msat" in params:
            raise ClnError(-32602, "msatoshi parameter unnecessary")
        known = self.ledger.payments.get(invoice.payment_hash)
        if known is not None and known.status == "paid":
            raise ClnError(219, "Already paid this invoice successfully")
        if known is not None and known.status == "pending":
            raise ClnError(-3, "Unexpected injectpaymentonion error 200: still in progress")
        payment = self.ledger.pay(text, params.get("amount_msat"), params["maxfee"])
        await payment.ended.wait()
        if payment.status == "failed":
            raise ClnError(CODES[payment.why], f"Failed: {payment.why}")
        return payment

    async def do_listpays(self, params: dict[str, Any]) -> dict[str, Any]:
        payment = self.ledger.payments.get(PaymentHash.from_hex(params["payment_hash"]))
        # What found no way has sent no part, and is in no list.
        if payment is None or payment.why in ("no route", "no balance"):
            return {"pays": []}
        status = {"paid": "complete"}.get(payment.status, payment.status)
        entry: dict[str, Any] = {
            "payment_hash": payment.payment_hash.hex(),
            "status": status,
            "created_at": int(payment.created_at),
            "created_index": 1,
            "bolt11": payment.invoice,
            "amount_sent_msat": payment.amount + payment.fee,
        }
        if status == "complete":
            entry |= {
                "preimage": payment.preimage.hex(),
                "amount_msat": payment.amount,
                "completed_at": int(payment.ended_at),
            }
        return {"pays": [entry]}

    async def do_getroutes(self, params: dict[str, Any]) -> dict[str, Any]:
        assert params["source"] == NODE.point.hex()
        amount, fee = params["amount_msat"], self.ledger.last_fee
        if fee > params["maxfee_msat"]:
            raise ClnError(206, "Could not find route without excessive cost")
        if amount > self.ledger.spendable:
            raise ClnError(205, NO_PATHS)
        path = [
            {"amount_in_msat": amount + fee, "amount_out_msat": amount + fee},
            {"amount_in_msat": amount + fee, "amount_out_msat": amount},
        ]
        route = {"amount_msat": amount, "final_cltv": 18, "path": path}
        return {"probability_ppm": 990_000, "routes": [route]}

    # Invoices

    async def do_invoice(self, params: dict[str, Any]) -> dict[str, Any]:
        amount = params["amount_msat"]
        text, is_hash = params["description"], params["deschashonly"]
        if len(json.dumps(params["label"], ensure_ascii=False).encode()) - 2 > LONGEST_LABEL:
            raise ClnError(-32602, f"Label '{params['label']}' over {LONGEST_LABEL} bytes")
        if len(text.encode()) > LONGEST_DESCRIPTION and not is_hash:
            raise ClnError(-32602, f"Description greater than {LONGEST_DESCRIPTION} bytes invalid")
        if any(bill.label == params["label"] for bill in self.ledger.bills.values()):
            raise ClnError(900, "Duplicate label")
        made = self.ledger.bill(
            None if amount == "any" else amount,
            text,
            sha256(text.encode()) if is_hash else None,
            params["expiry"],
            params["label"],
        )
        return {
            "payment_hash": made.payment_hash.hex(),
            "expires_at": int(made.created_at) + made.expiry,
            "bolt11": made.invoice,
            "payment_secret": "00" * 32,
        }

    async def do_listinvoices(self, params: dict[str, Any]) -> dict[str, Any]:
        made = self.ledger.bills.get(PaymentHash.from_hex(params["payment_hash"]))
        return {"invoices": [] if made is None else [self._invoice(made)]}

    async def do_waitanyinvoice(self, params: dict[str, Any]) -> dict[str, Any]:
        ends = time.monotonic() + params["timeout"]
        while True:
            later = [
                bill
                for bill in self.ledger.bills.values()
                if bill.settle_index > params["lastpay_index"]
            ]
            if later:
                return self._invoice(min(later, key=lambda bill: bill.settle_index))
            try:
                await asyncio.wait_for(self._paid.wait(), max(0.0, ends - time.monotonic()))
            except TimeoutError:
                raise ClnError(904, "Timed out while waiting for invoice to be paid") from None

    def _invoice(self, bill: Bill) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "label": bill.label,
            "description": bill.description,
            "payment_hash": bill.payment_hash.hex(),
            "status": "paid" if bill.settle_index else "unpaid",
            "expires_at": int(bill.created_at) + bill.expiry,
            "bolt11": bill.invoice,
        }
        if bill.amount is not None:
            shown["amount_msat"] = bill.amount
        if bill.settle_index:
            shown |= {
                "pay_index": bill.settle_index,
                "amount_received_msat": bill.paid,
                "paid_at": int(bill.settled_at),
                "payment_preimage": bill.preimage.hex(),
            }
        return shown

    # Channels

    async def do_listpeerchannels(self, _: dict[str, Any]) -> dict[str, Any]:
        spendable, capacity = self.ledger.spendable, CAPACITY_SAT * 1000
        ours = spendable + RESERVE_SAT * 1000
        channel = {
            "peer_id": PEER.point.hex(),
            "peer_connected": True,
            "state": "CHANNELD_NORMAL",
            "short_channel_id": "700000x1x0",
            "channel_id": "ab" * 32,
            "private": False,
            "opener": "local",
            "to_us_msat": ours,
            "total_msat": capacity,
            "their_reserve_msat": RESERVE_SAT * 1000,
            "our_reserve_msat": RESERVE_SAT * 1000,
            "spendable_msat": spendable,
            "receivable_msat": capacity - ours,
            "their_to_self_delay": 144,
            "our_to_self_delay": 288,
            "htlcs": [{"direction": "out", "amount_msat": 5_000, "expiry": 800_100}],
        }
        closing = {
            **channel,
            "state": "ONCHAIN",
            "channel_id": "cd" * 32,
            "htlcs": [],
            "status": self.closing_status,
        }
        away = {**channel, "peer_connected": False, "channel_id": "ef" * 32, "to_us_msat": 0}
        begun = {"peer_id": PEER.point.hex(), "peer_connected": True, "state": "OPENINGD"}
        return {"channels": [channel, closing, {**away, "spendable_msat": 0}, begun]}
