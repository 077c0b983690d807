"""LND as a wallet: what its answers mean, and what none of them may be taken for."""

import asyncio
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.contract.ledger import NODE, PEER, RESERVE_SAT, Ledger
from tests.contract.lnd_server import ADMIN, LndServer, bake
from tests.contract.wallet_rig import Fate
from tests.waiting import eventually
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import lnd
from tipdesk.adapters.payments.lnd import LndWallet
from tipdesk.adapters.payments.macaroon import capabilities_of, operations
from tipdesk.app.system import SystemClock
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.ports.channels import ChannelStatus
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
    WalletCertificateChanged,
    WalletCertificateUnknown,
    WalletKeyRefused,
    WalletNetworkDiffers,
    WalletNotAllowed,
    WalletRefused,
    WalletUnreachable,
)
from tipdesk.tips.payment import (
    Capability,
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
    Succeeded,
    Unknown,
)
from tipdesk.tips.wallet_link import WalletKind, from_form

AMOUNT = Msat(21_000)
SEND, TRACK = "/v2/router/send", "/v2/router/track"


@asynccontextmanager
async def lnd_of(
    folder: Path, *, secret: str = ADMIN, pin: str | None = None, network: str = "regtest"
) -> AsyncIterator[tuple[LndServer, LndWallet]]:
    server = LndServer(Ledger(), folder, network)
    await server.start()
    assert server.certificate is not None
    shown = server.certificate.digest if pin is None else pin
    link = from_form(WalletKind.LND, f"127.0.0.1:{server.port}", secret, shown)
    wallet = LndWallet(link, Network.REGTEST, SystemClock(), way=WayOut())
    try:
        yield server, wallet
    finally:
        await wallet.close()
        await server.stop()


def order(created: CreatedInvoice, **changes: Any) -> PayRequest:
    asked = PayRequest(
        invoice=created.invoice,
        payment_hash=created.payment_hash,
        amount=AMOUNT,
        max_fee=Msat(5_000),
    )
    return replace(asked, **changes)


async def pay(wallet: LndWallet, created: CreatedInvoice, **changes: Any) -> PaymentUpdate:
    return [update async for update in wallet.pay(order(created, **changes))][-1]


def tracked(created: CreatedInvoice) -> str:
    return f"GET {TRACK}/{urlsafe_b64encode(created.payment_hash).decode()}"


def third(server: LndServer, fate: Fate = Fate.PAID, fee: int = 0) -> CreatedInvoice:
    return server.ledger.third_invoice(AMOUNT, fate, Msat(fee), 3_600)


# The key, the certificate, the network


@pytest.mark.parametrize(
    "said",
    [
        "verification failed: signature mismatch after caveat verification",
        "cannot get macaroon: root key with id 1 doesn't exist",
        'caveat "time-before 2026-01-01T00:00:00Z" not satisfied: macaroon has expired',
        "expected 1 macaroon, got 0",
    ],
)
async def test_a_key_that_is_wrong_revoked_or_expired_is_refused(tmp_path: Path, said: str) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.key_problem = said
        for call in (wallet.check(), wallet.lookup(PaymentHash(bytes(32))), wallet.balance()):
            with pytest.raises(WalletKeyRefused) as raised:
                await call
            assert ADMIN not in str(raised.value)
            assert raised.value.why


async def test_what_the_key_does_not_allow_is_told_and_ends_an_order_for_certain(
    tmp_path: Path,
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.forbidden = (SEND,)
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert update.reason is FailureReason.WALLET_REFUSED
        assert "does not allow payments" in update.detail
        server.forbidden = ("/v1/invoices",)
        with pytest.raises(WalletNotAllowed, match="making invoices"):
            await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        server.forbidden = ("/v1/channels", "/v1/invoice/")
        with pytest.raises(WalletNotAllowed, match="channels"):
            await wallet.balance()
        with pytest.raises(WalletNotAllowed, match="reading invoices"):
            await wallet.received(PaymentHash(bytes(32)))
        assert server.ledger.orders == 0


async def test_a_wallet_that_may_not_be_asked_what_it_paid_is_given_no_order(
    tmp_path: Path,
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.forbidden = (TRACK,)
        with pytest.raises(WalletNotAllowed, match="what became of payments"):
            await pay(wallet, third(server))
        assert server.ledger.orders == 0


def test_a_macaroon_tells_what_it_allows() -> None:
    raw = bytes.fromhex(bake("offchain:read", "offchain:write", "invoices:read"))
    read = {("offchain", "read"), ("offchain", "write"), ("invoices", "read")}
    assert operations(raw) == frozenset(read)
    assert capabilities_of(raw) == {
        Capability.PAY_INVOICE,
        Capability.FEE_LIMIT,
        Capability.KEYSEND,
        Capability.LOOKUP,
        Capability.BALANCE,
        Capability.CHANNELS,
    }
    reader = bytes.fromhex(bake("invoices:read", "invoices:write"))
    assert capabilities_of(reader) == {Capability.CREATE_INVOICE, Capability.DESCRIPTION_HASH}
    one_call = bytes.fromhex(bake("uri:/routerrpc.Router/SendPaymentV2", "offchain:read"))
    assert Capability.PAY_INVOICE in capabilities_of(one_call)
    sender = bytes.fromhex(bake("offchain:write"))
    assert Capability.PAY_INVOICE not in capabilities_of(sender)


def test_a_macaroon_that_cannot_be_read_promises_everything() -> None:
    whole = bytes.fromhex(ADMIN)
    everything = capabilities_of(whole)
    assert everything == frozenset(Capability) - {Capability.OFFERS}
    for raw in (b"", b"\x02", b"\x01" + whole[1:], whole[:30], b"\x02\x02\xff\xff\xff\xff\xff"):
        assert operations(raw) is None
        assert capabilities_of(raw) == everything


async def test_a_certificate_that_nobody_knows_or_another_one_gets_nothing(tmp_path: Path) -> None:
    async with lnd_of(tmp_path, pin="") as (server, wallet):
        with pytest.raises(WalletCertificateUnknown):
            await wallet.check()
        with pytest.raises(WalletCertificateUnknown):
            await pay(wallet, third(server))
        assert server.asked == []
    (tmp_path / "2").mkdir()
    async with lnd_of(tmp_path / "2", pin="ab" * 32) as (server, wallet):
        with pytest.raises(WalletCertificateChanged):
            await wallet.check()
        assert server.asked == []


async def test_a_node_on_another_network_is_refused(tmp_path: Path) -> None:
    async with lnd_of(tmp_path, network="mainnet") as (server, wallet):
        with pytest.raises(WalletNetworkDiffers) as raised:
            await wallet.check()
        assert (raised.value.theirs, raised.value.ours) == (Network.MAINNET, Network.REGTEST)
        assert wallet.capabilities == frozenset()
        server.network = "simnet"
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.check()


async def test_what_the_node_says_of_itself_is_shown_as_text(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (_, wallet):
        facts = await wallet.check()
        assert facts.alias == "my node"
        assert facts.node_id == NODE.point
        assert facts.network is Network.REGTEST
        assert wallet.capabilities == facts.capabilities == capabilities_of(b"")


async def test_a_locked_wallet_is_away(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.key_problem = "wallet locked, unlock it to enable full RPC access"
        with pytest.raises(WalletUnreachable, match="Unlock"):
            await wallet.check()


# Orders


async def test_an_order_says_what_may_be_spent_and_how_long(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        now = SystemClock().now()
        await pay(wallet, third(server), deadline=now.plus_ms(20_500))
        (body,) = server.bodies
        assert body["fee_limit_msat"] == "5000"
        assert body["timeout_seconds"] in (19, 20)
        assert body["allow_self_payment"] is False
        assert "amt_msat" not in body
        assert server.asked.count("POST /v2/router/send") == 1


async def test_the_way_and_the_time_of_a_payment_are_told(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        update = await pay(wallet, third(server, fee=1_000))
        assert isinstance(update, Succeeded)
        assert [hop.fee for hop in update.route] == [Msat(0), Msat(1_000)]
        assert update.route[0].node_id == PEER.point
        assert str(update.route[0].short_channel_id) == "700000x1x0"
        assert abs(update.settled_at.since(SystemClock().now())) < 60_000


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("no route", FailureReason.NO_ROUTE),
        ("no balance", FailureReason.NO_BALANCE),
        ("refused", FailureReason.REFUSED),
    ],
)
async def test_each_reason_to_fail_is_told(tmp_path: Path, why: str, reason: FailureReason) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server, Fate.HANGS)
        paying = asyncio.create_task(pay(wallet, created))
        await eventually(lambda: created.payment_hash in server.ledger.payments, "not begun")
        server.ledger.payments[created.payment_hash].end("failed", why)
        update = await paying
        assert isinstance(update, Failed)
        assert update.reason is reason


async def test_a_break_in_the_stream_is_followed_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lnd, "_AGAIN_AFTER", 0.01)
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server, Fate.HANGS)
        server.breaks = [2, 1]
        paying = asyncio.create_task(pay(wallet, created))
        await eventually(lambda: server.asked.count(tracked(created)) >= 3, "it is not followed")
        server.ledger.let_go(created.payment_hash, paid=True)
        assert isinstance(await paying, Succeeded)
        assert server.ledger.orders == 1


@pytest.mark.parametrize("has_effect", [True, False])
async def test_a_break_before_the_first_word_leaves_it_unknown(
    tmp_path: Path, *, has_effect: bool
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server)
        server.break_at(SEND, after=has_effect)
        assert isinstance(await pay(wallet, created), Unknown)
        server.faults.clear()
        known = await wallet.lookup(created.payment_hash)
        assert isinstance(known, Succeeded if has_effect else Unknown)
        again = await pay(wallet, created)
        assert isinstance(again, Succeeded if has_effect else Unknown)
        assert server.ledger.orders == int(has_effect)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("text", ["<html>bad gateway</html>", '{"message": "no code"}'])
async def test_an_error_that_is_not_lnds_own_leaves_it_unknown(
    tmp_path: Path, status: int, text: str
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.spoil(SEND, text=text, status=status)
        assert isinstance(await pay(wallet, third(server)), Unknown)


@pytest.mark.parametrize("code", [1, 4, 14])
async def test_an_error_of_lnds_rest_side_alone_leaves_it_unknown(
    tmp_path: Path, code: int
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        body = {"error": {"code": code, "message": "transport is closing"}}
        server.spoil(SEND, body, status=503)
        assert isinstance(await pay(wallet, third(server)), Unknown)


async def test_an_error_of_lnds_own_is_judged_by_what_it_knows_of_the_payment(
    tmp_path: Path,
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.spoil(SEND, {"error": {"code": 2, "message": "no such\u202e thing"}}, status=500)
        never = await pay(wallet, third(server))
        assert isinstance(never, Failed)
        assert never.reason is FailureReason.WALLET_REFUSED
        assert "no such thing" in never.detail
        done = third(server)

        async def paid_all_the_same(request: web.Request) -> web.Response:
            await server.effect(request)
            return web.json_response({"error": {"code": 2, "message": "oh"}}, status=500)

        server.faults[SEND] = paid_all_the_same
        assert isinstance(await pay(wallet, done), Succeeded)


async def test_a_no_after_which_lnd_cannot_be_asked_is_no_failure(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        body = {"error": {"code": 6, "message": "payment is in transition"}}
        server.answer_and_go(SEND, body, status=409)
        assert isinstance(await pay(wallet, third(server, Fate.HANGS)), Unknown)
    (tmp_path / "2").mkdir()
    async with lnd_of(tmp_path / "2") as (server, wallet):

        async def key_expires(request: web.Request) -> web.Response:
            await server.effect(request)
            server.key_problem = "macaroon has expired"
            return web.json_response(body, status=409)

        server.faults[SEND] = key_expires
        assert isinstance(await pay(wallet, third(server, Fate.HANGS)), Unknown)


async def test_what_lnd_knows_already_is_looked_up_and_not_called_a_failure(
    tmp_path: Path,
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server, Fate.HANGS)

        # Somebody else pays it between our look and our order.
        async def too_late(request: web.Request) -> None:
            await server.effect(request)

        server.faults[SEND] = too_late
        paying = asyncio.create_task(pay(wallet, created))
        await eventually(lambda: created.payment_hash in server.ledger.payments, "not begun")
        await asyncio.sleep(0.05)
        assert not paying.done()
        server.ledger.let_go(created.payment_hash, paid=True)
        assert isinstance(await paying, Succeeded)
        assert server.ledger.times_paid[created.payment_hash] == 1


async def test_an_invoice_of_our_own_and_one_that_lnd_calls_expired_fail(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        own = await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        to_ourselves = await pay(wallet, own)
        assert isinstance(to_ourselves, Failed)
        assert to_ourselves.reason is FailureReason.TO_OURSELVES
        body = {"error": {"code": 2, "message": "invoice expired. Valid until 2020"}}
        server.spoil(SEND, body, status=500)
        expired = await pay(wallet, third(server))
        assert isinstance(expired, Failed)
        assert expired.reason is FailureReason.EXPIRED


def line(of: PaymentHash, **changes: Any) -> str:
    fields = {
        "payment_hash": of.hex(),
        "payment_preimage": "",
        "value_msat": "21000",
        "fee_msat": "0",
        "status": "IN_FLIGHT",
        "htlcs": [],
        **changes,
    }
    return json.dumps({"result": fields})


@pytest.mark.parametrize("proof", ["", "00" * 32, "ab", "zz" * 32, None, 7])
async def test_a_success_without_proof_is_unknown(tmp_path: Path, proof: object) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server)
        claim = line(created.payment_hash, status="SUCCEEDED", payment_preimage=proof)
        server.spoil(SEND, text=claim)
        update = await pay(wallet, created)
        assert isinstance(update, Unknown)
        assert "no proof" in update.detail
        server.spoil(TRACK, text=claim)
        assert isinstance(await wallet.lookup(created.payment_hash), Unknown)


@pytest.mark.parametrize(
    "change",
    [
        {"status": 3},
        {"status": None},
        {"payment_hash": "ab" * 32},
        {"payment_hash": "ab"},
        {"htlcs": {}},
        {"htlcs": [1]},
        {"status": "SUCCEEDED", "value_msat": True},
        {"status": "SUCCEEDED", "value_msat": -1},
        {"status": "SUCCEEDED", "value_msat": "9" * 25},
        {"status": "SUCCEEDED", "fee_msat": "1.5"},
        {"status": "SUCCEEDED", "htlcs": [{"status": "SUCCEEDED", "route": {"hops": [{}]}}]},
    ],
)
async def test_a_line_of_the_wrong_form_leaves_it_unknown(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server)
        proof = {"payment_preimage": server.ledger.preimage_of(created.payment_hash).hex()}
        server.spoil(SEND, text=line(created.payment_hash, **{**proof, **change}))
        assert isinstance(await pay(wallet, created), Unknown)


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"result": 1}', "{}", '{"result": {}}'])
async def test_an_answer_of_the_wrong_form_is_unreadable_whatever_was_asked(
    tmp_path: Path, text: str
) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server)
        server.spoil("/", text=text)
        request = InvoiceRequest(amount=AMOUNT, description="x")
        for call in (
            wallet.check(),
            wallet.lookup(created.payment_hash),
            wallet.quote(created.invoice, AMOUNT),
            wallet.create_invoice(request),
            wallet.received(created.payment_hash),
        ):
            with pytest.raises(WalletAnswerUnreadable):
                await call
        server.spoil("/", {"channels": [{"active": "yes"}]})
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.balance()
        assert server.ledger.orders == 0


async def test_an_unknown_status_is_unknown(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server)
        server.spoil(TRACK, text=line(created.payment_hash, status="UNKNOWN"))
        assert isinstance(await wallet.lookup(created.payment_hash), Unknown)


async def test_an_error_when_it_is_asked_is_no_answer(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        server.spoil(TRACK, {"error": {"code": 2, "message": "database is closed"}}, status=500)
        with pytest.raises(WalletRefused, match="database is closed"):
            await wallet.lookup(PaymentHash(bytes(32)))
        server.spoil(TRACK, text="not found", status=404)
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.lookup(PaymentHash(bytes(32)))


# Unasked payments


async def test_a_node_is_paid_unasked_with_records_and_a_preimage_of_ours(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        preimage = Preimage(sha256(b"unasked"))
        request = KeysendRequest(
            node_id=NodeId(PEER.point),
            amount=AMOUNT,
            max_fee=Msat(0),
            records=((7_629_169, b"boost"),),
            preimage=preimage,
        )
        for _ in range(2):
            update = [u async for u in wallet.keysend(request)][-1]
            assert isinstance(update, Succeeded)
            assert update.preimage == preimage
        (payment,) = server.ledger.payments.values()
        assert payment.records == {7_629_169: b"boost"}
        assert server.bodies[0]["dest"] == b64encode(PEER.point).decode()
        assert server.ledger.orders == 1
        again = [u async for u in wallet.keysend(replace(request, preimage=None))][-1]
        assert isinstance(again, Succeeded)
        assert again.preimage != preimage


# Quotes


async def test_a_quote_is_what_lnds_map_says(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server, fee=1_000)
        assert await wallet.quote(created.invoice, Msat(1_000)) == Quote(Msat(1_000), 2)
        dear = await wallet.quote(created.invoice, Msat(999))
        assert isinstance(dear, Failed)
        assert dear.reason is FailureReason.FEE_OVER_LIMIT
        open_one = server.ledger.third_invoice(None, Fate.PAID, Msat(0), 600)
        assert isinstance(await wallet.quote(open_one.invoice, AMOUNT, Msat(1)), Quote)
        assert isinstance(await wallet.quote(open_one.invoice, AMOUNT), Failed)
        assert isinstance(await wallet.quote("lnbcrt1", AMOUNT), Failed)
        poor = await wallet.quote(open_one.invoice, AMOUNT, Msat(10**12))
        assert isinstance(poor, Failed)
        assert poor.reason is FailureReason.NO_BALANCE
        assert not any("router" in call for call in server.asked)


async def test_one_way_that_is_not_there_says_nothing_of_many(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        words = "unable to find a path to destination"
        server.spoil("/v1/graph", {"code": 2, "message": words}, status=500)
        with pytest.raises(WalletRefused, match=words):
            await wallet.quote(third(server).invoice, AMOUNT)


# Being paid


async def test_an_invoice_that_asks_for_something_else_is_not_handed_out(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        other = server.ledger.bill(1_000, "x", None, 600)
        server.spoil("/v1/invoices", {"payment_request": other.invoice})
        for request in (
            InvoiceRequest(amount=AMOUNT, description="x"),
            InvoiceRequest(amount=Msat(1_000), description_hash=bytes(32)),
        ):
            with pytest.raises(WalletAnswerUnreadable):
                await wallet.create_invoice(request)


async def test_what_was_paid_while_the_stream_was_broken_is_told_once(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        told: list[IncomingPayment] = []
        states: list[BackendError | None] = []
        wallet.on_received(told.append)
        wallet.on_state(states.append)
        first, second = [
            await wallet.create_invoice(
                InvoiceRequest(amount=AMOUNT, description="x", label=f"label {n}")
            )
            for n in range(2)
        ]
        running = asyncio.create_task(wallet.run())
        await eventually(lambda: bool(server._streams), "it does not listen")
        server.ledger.be_paid(first.invoice, 21_000)
        await eventually(lambda: len(told) == 1, "the first is not told")
        await server.stop()
        await eventually(lambda: len(states) == 2, "the break is not told")
        server.ledger.be_paid(second.invoice, 22_000)
        await server.start()
        await eventually(lambda: len(told) == 2, "the second is not told")
        assert [(p.label, p.amount.value) for p in told] == [
            ("label 0", 21_000),
            ("label 1", 22_000),
        ]
        assert [type(state) for state in states] == [type(None), type(states[1]), type(None)]
        assert isinstance(states[1], WalletUnreachable)
        running.cancel()


async def test_a_server_that_is_silent_for_long_is_asked_whether_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lnd, "SILENCE", 0.03)
    async with lnd_of(tmp_path) as (server, wallet):
        states: list[BackendError | None] = []
        wallet.on_state(states.append)
        running = asyncio.create_task(wallet.run())
        await eventually(lambda: server.asked.count("GET /v1/getinfo") > 2, "it is not asked")
        assert states == [None]
        running.cancel()


async def test_an_invoice_of_a_false_preimage_is_unreadable(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        server.ledger.be_paid(created.invoice, 21_000)
        server.ledger.bills[created.payment_hash].preimage = Preimage(bytes(32))
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.received(created.payment_hash)


# What it has


async def test_channels_are_shown_and_their_parts_add_up(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        live, opening, closing = await wallet.channels()
        assert live.status is ChannelStatus.ONLINE
        assert live.peer_alias == "a peer"
        assert live.spendable == Msat(500_000_000)
        assert live.ours - live.spendable == Sat(RESERVE_SAT).to_msat()
        assert live.share.held == live.ours
        assert (live.is_funder, live.announced) == (True, False)
        assert live.channel_id[-1] == 0xAB ^ 1
        assert opening.status is ChannelStatus.CONFIRMING
        assert closing.status is ChannelStatus.CLOSING
        assert closing.coming == Sat(20_000)
        assert closing.share.held == Msat(0)
        balance = await wallet.balance()
        assert balance.spendable == live.spendable
        assert balance.receivable == live.receivable
        assert balance.in_channels == live.ours
        assert not any(call.startswith("POST") for call in server.asked)


async def test_a_hanging_payment_says_how_many_parts_it_has(tmp_path: Path) -> None:
    async with lnd_of(tmp_path) as (server, wallet):
        created = third(server)
        htlcs = [{"status": "IN_FLIGHT"}, {"status": "FAILED"}, {"status": "IN_FLIGHT"}]
        server.spoil(TRACK, text=line(created.payment_hash, htlcs=htlcs))
        update = await wallet.lookup(created.payment_hash)
        assert isinstance(update, InFlight)
        assert update.parts == 2
