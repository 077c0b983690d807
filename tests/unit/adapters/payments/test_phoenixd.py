"""phoenixd as a wallet: what its answers mean, and what none of them may be taken for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from tests.contract.ledger import NODE, PEER, Ledger
from tests.contract.phoenixd_server import FULL, LIMITED, PhoenixdServer
from tests.contract.wallet_rig import Fate
from tests.waiting import eventually
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import phoenixd
from tipdesk.adapters.payments.phoenixd import (
    DescriptionTooLong,
    PhoenixdWallet,
    WholeSatoshisOnly,
)
from tipdesk.app.system import SystemClock
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.ports.channels import ChannelStatus
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
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
    Succeeded,
    Unknown,
)
from tipdesk.tips.wallet_link import WalletKind, from_form

AMOUNT = Msat(21_000)
PAYS, BY_HASH = "/payinvoice", "/payments/outgoingbyhash"


@asynccontextmanager
async def phoenixd_of(
    password: str = FULL, chain: str = "regtest"
) -> AsyncIterator[tuple[PhoenixdServer, PhoenixdWallet]]:
    server = PhoenixdServer(Ledger(), chain)
    await server.start()
    link = from_form(WalletKind.PHOENIXD, f"127.0.0.1:{server.port}", password)
    wallet = PhoenixdWallet(link, Network.REGTEST, SystemClock(), way=WayOut())
    try:
        yield server, wallet
    finally:
        await wallet.close()
        await server.stop()


async def pay(wallet: PhoenixdWallet, created: CreatedInvoice, **changes: Any) -> PaymentUpdate:
    asked = PayRequest(
        invoice=created.invoice,
        payment_hash=created.payment_hash,
        amount=AMOUNT,
        max_fee=Msat(5_000),
    )
    return [update async for update in wallet.pay(replace(asked, **changes))][-1]


def third(server: PhoenixdServer, fate: Fate = Fate.PAID, fee: int = 0) -> CreatedInvoice:
    return server.ledger.third_invoice(AMOUNT, fate, Msat(fee), 3_600)


# The password, the network


async def test_a_wrong_password_is_refused() -> None:
    async with phoenixd_of("wrong") as (server, wallet):
        for call in (wallet.check(), wallet.lookup(PaymentHash(bytes(32))), wallet.balance()):
            with pytest.raises(WalletKeyRefused) as raised:
                await call
            assert "wrong" not in raised.value.why
        running = asyncio.create_task(wallet.run())
        states: list[BackendError | None] = []
        wallet.on_state(states.append)
        await eventually(lambda: bool(states), "nothing is told")
        assert isinstance(states[0], WalletKeyRefused)
        running.cancel()
        assert server.ledger.orders == 0


async def test_the_limited_password_makes_invoices_and_pays_none() -> None:
    async with phoenixd_of(LIMITED) as (server, wallet):
        facts = await wallet.check()
        assert facts.capabilities == wallet.capabilities
        assert Capability.CREATE_INVOICE in facts.capabilities
        assert Capability.PAY_INVOICE not in facts.capabilities
        await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert update.reason is FailureReason.WALLET_REFUSED
        assert "does not allow payments" in update.detail
        assert server.ledger.orders == 0


async def test_a_version_that_finds_no_payment_by_its_hash_pays_none() -> None:
    async with phoenixd_of() as (server, wallet):
        full = (await wallet.check()).capabilities
        assert full == {
            Capability.PAY_INVOICE,
            Capability.LOOKUP,
            Capability.CREATE_INVOICE,
            Capability.DESCRIPTION_HASH,
            Capability.BALANCE,
            Capability.CHANNELS,
        }
        server.finds_by_hash = False
        assert (await wallet.check()).capabilities == full - {
            Capability.PAY_INVOICE,
            Capability.LOOKUP,
        }
        assert server.ledger.orders == 0
        assert server.forms == []


async def test_a_node_on_another_network_is_refused() -> None:
    async with phoenixd_of(chain="mainnet") as (_, wallet):
        with pytest.raises(WalletNetworkDiffers):
            await wallet.check()


async def test_what_it_says_of_itself_is_shown() -> None:
    async with phoenixd_of() as (_, wallet):
        facts = await wallet.check()
        assert (facts.node_id, facts.network) == (NODE.point, Network.REGTEST)
        assert facts.version == "0.7.0-ab12cd3"


# Orders


async def test_an_amount_is_sent_along_only_where_the_invoice_names_none() -> None:
    async with phoenixd_of() as (server, wallet):
        named = third(server)
        await pay(wallet, named)
        open_one = server.ledger.third_invoice(None, Fate.PAID, Msat(0), 600)
        update = await pay(wallet, open_one, amount=Msat(7_000))
        assert server.forms == [
            {"invoice": named.invoice},
            {"invoice": open_one.invoice, "amountSat": "7"},
        ]
        assert isinstance(update, Succeeded)
        assert update.amount == Msat(7_000)


async def test_a_part_of_a_satoshi_is_paid_where_the_invoice_asks_and_else_refused() -> None:
    async with phoenixd_of() as (server, wallet):
        odd = server.ledger.third_invoice(Msat(21_500), Fate.PAID, Msat(4_086), 600)
        update = await pay(wallet, odd, amount=Msat(21_500))
        assert isinstance(update, Succeeded)
        assert (update.amount, update.fee) == (Msat(21_500), Msat(4_086))
        open_one = server.ledger.third_invoice(None, Fate.PAID, Msat(0), 600)
        refused = await pay(wallet, open_one, amount=Msat(7_500))
        assert isinstance(refused, Failed)
        assert refused.reason is FailureReason.UNSUPPORTED
        assert server.ledger.orders == 1


async def test_what_was_sent_for_an_open_invoice_is_known_to_the_millisatoshi() -> None:
    async with phoenixd_of() as (server, wallet):
        open_one = server.ledger.third_invoice(None, Fate.PAID, Msat(4_028), 600)
        update = await pay(wallet, open_one, amount=Msat(7_000))
        assert isinstance(update, Succeeded)
        assert (update.amount, update.fee) == (Msat(7_000), Msat(4_028))


async def test_a_success_is_one_though_the_books_cannot_be_read() -> None:
    async with phoenixd_of() as (server, wallet):
        looks = 0

        async def only_before(_: web.Request) -> web.Response | None:
            nonlocal looks
            looks += 1
            return None if looks == 1 else web.Response(status=500)

        server.faults[BY_HASH] = only_before
        update = await pay(wallet, third(server, fee=2_000))
        assert isinstance(update, Succeeded)
        assert (update.amount, update.fee) == (AMOUNT, Msat(2_000))


@pytest.mark.parametrize(
    ("why", "reason"),
    [("refused", FailureReason.WALLET_REFUSED), ("no balance", FailureReason.NO_BALANCE)],
)
async def test_a_reason_is_told_in_its_words(why: str, reason: FailureReason) -> None:
    async with phoenixd_of() as (server, wallet):
        created = third(server, Fate.HANGS)
        paying = asyncio.create_task(pay(wallet, created))
        await eventually(lambda: created.payment_hash in server.ledger.payments, "not begun")
        server.ledger.payments[created.payment_hash].end("failed", why)
        update = await paying
        assert isinstance(update, Failed)
        assert update.reason is reason
        assert "says:" in update.detail
        assert isinstance(await wallet.lookup(created.payment_hash), Failed)


@pytest.mark.parametrize("hangs", [True, False])
async def test_a_reason_that_it_is_paid_or_under_way_is_no_failure(*, hangs: bool) -> None:
    async with phoenixd_of() as (server, wallet):
        created = third(server, Fate.HANGS if hangs else Fate.PAID)

        async def too_late(request: web.Request) -> None:
            await server.effect(request)

        server.faults[PAYS] = too_late
        update = await pay(wallet, created)
        assert isinstance(update, Unknown if hangs else Succeeded)
        if hangs:
            assert isinstance(await wallet.lookup(created.payment_hash), InFlight)
        assert server.ledger.orders == 1


async def test_a_no_after_which_it_cannot_be_asked_is_no_failure() -> None:
    async with phoenixd_of() as (server, wallet):
        server.answer_and_go(PAYS, {"reason": "already in progress"})
        assert isinstance(await pay(wallet, third(server, Fate.HANGS)), Unknown)
        assert server.ledger.orders == 1


async def test_a_bad_request_is_certain_if_phoenixd_knows_of_nothing() -> None:
    async with phoenixd_of() as (server, wallet):
        server.spoil(PAYS, text="Request parameter invoice is bad", status=400)
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert "invoice is bad" in update.detail


@pytest.mark.parametrize("status", [500, 502, 503, 404, 409, 204])
async def test_any_other_status_leaves_it_unknown(status: int) -> None:
    async with phoenixd_of() as (server, wallet):

        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status)

        server.faults[PAYS] = answer
        assert isinstance(await pay(wallet, third(server)), Unknown)


@pytest.mark.parametrize("has_effect", [True, False])
async def test_a_break_leaves_it_unknown(*, has_effect: bool) -> None:
    async with phoenixd_of() as (server, wallet):
        created = third(server)
        server.break_at(PAYS, after=has_effect)
        assert isinstance(await pay(wallet, created), Unknown)
        server.faults.clear()
        kind = Succeeded if has_effect else Unknown
        assert isinstance(await wallet.lookup(created.payment_hash), kind)
        assert isinstance(await pay(wallet, created), kind)
        assert server.ledger.orders == int(has_effect)


async def test_an_answer_that_takes_too_long_is_asked_for_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(phoenixd, "PATIENCE", 0.05)
    async with phoenixd_of() as (server, wallet):
        created = third(server, Fate.HANGS)
        assert isinstance(await pay(wallet, created), Unknown)
        server.ledger.let_go(created.payment_hash, paid=False)
        assert isinstance(await wallet.lookup(created.payment_hash), Failed)


@pytest.mark.parametrize("proof", ["", "00" * 32, "ab", 7])
async def test_a_success_without_proof_is_unknown(proof: object) -> None:
    async with phoenixd_of() as (server, wallet):
        created = third(server)
        server.spoil(PAYS, {"paymentPreimage": proof, "routingFeeSat": 0})
        update = await pay(wallet, created)
        assert isinstance(update, Unknown)
        assert "no proof" in update.detail
        paid = {
            "paymentHash": str(created.payment_hash),
            "isPaid": True,
            "preimage": proof,
            "sent": 21,
            "fees": 0,
            "completedAt": 1,
        }
        server.spoil(BY_HASH, paid)
        assert isinstance(await wallet.lookup(created.payment_hash), Unknown)


@pytest.mark.parametrize("answer", ["text", [], {}, {"paymentHash": 1}, {"reason": 7}])
async def test_an_answer_to_an_order_of_the_wrong_form_leaves_it_unknown(answer: object) -> None:
    async with phoenixd_of() as (server, wallet):
        server.spoil(PAYS, answer)
        assert isinstance(await pay(wallet, third(server)), Unknown)


@pytest.mark.parametrize(
    "change",
    [
        {"isPaid": 1},
        {"paymentHash": "ab" * 32},
        {"fees": -1},
        {"fees": "1.5"},
        {"fees": None},
        {"completedAt": "now"},
    ],
)
async def test_a_payment_of_the_wrong_form_is_unreadable(change: dict[str, Any]) -> None:
    async with phoenixd_of() as (server, wallet):
        created = third(server)
        whole = {
            "paymentHash": str(created.payment_hash),
            "isPaid": True,
            "preimage": server.ledger.preimage_of(created.payment_hash).hex(),
            "sent": 21,
            "fees": 0,
            "invoice": created.invoice,
            "completedAt": 1_700_000_000_000,
        }
        server.spoil(BY_HASH, whole)
        assert isinstance(await wallet.lookup(created.payment_hash), Succeeded)
        server.spoil(BY_HASH, {**whole, **change})
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.lookup(created.payment_hash)
        with pytest.raises(WalletAnswerUnreadable):
            await pay(wallet, created)
        assert server.ledger.orders == 0


@pytest.mark.parametrize("answer", ["text", [], {}, {"channels": 1}, {"channels": [{}]}])
async def test_an_answer_of_the_wrong_form_is_unreadable_whatever_was_asked(
    answer: object,
) -> None:
    async with phoenixd_of() as (server, wallet):
        server.spoil("/", answer)
        request = InvoiceRequest(amount=AMOUNT, description="x")
        for call in (
            wallet.check(),
            wallet.lookup(PaymentHash(bytes(32))),
            wallet.create_invoice(request),
            wallet.received(PaymentHash(bytes(32))),
        ):
            with pytest.raises(WalletAnswerUnreadable):
                await call


async def test_nothing_that_stands_before_it_says_that_there_is_no_payment() -> None:
    async with phoenixd_of() as (server, wallet):
        server.spoil("/payments", text="<html>404</html>", status=404)
        for call in (
            wallet.lookup(PaymentHash(bytes(32))),
            wallet.received(PaymentHash(bytes(32))),
        ):
            with pytest.raises(WalletAnswerUnreadable):
                await call
        server.spoil("/payments", text="oh", status=500)
        with pytest.raises(WalletUnreachable, match="oh"):
            await wallet.lookup(PaymentHash(bytes(32)))
        server.spoil("/payments", text="no", status=403)
        with pytest.raises(WalletNotAllowed):
            await wallet.lookup(PaymentHash(bytes(32)))


# Being paid


async def test_what_it_cannot_ask_for_is_refused_with_a_sentence() -> None:
    async with phoenixd_of() as (server, wallet):
        with pytest.raises(WholeSatoshisOnly):
            await wallet.create_invoice(InvoiceRequest(amount=Msat(1_001), description="x"))
        with pytest.raises(DescriptionTooLong, match="128"):
            await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x" * 129))
        assert server.asked == []


async def test_our_label_comes_back_with_the_payment() -> None:
    async with phoenixd_of() as (server, wallet):
        request = InvoiceRequest(
            amount=AMOUNT, description_hash=sha256(b"zap"), committed="zap", label="zap"
        )
        created = await wallet.create_invoice(request)
        server.ledger.be_paid(created.invoice, 21_000)
        payment = await wallet.received(created.payment_hash)
        assert payment is not None
        assert (payment.label, payment.amount) == ("zap", AMOUNT)
        assert payment.preimage == server.ledger.bills[created.payment_hash].preimage
        server.ledger.bills[created.payment_hash].preimage = Preimage(bytes(32))
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.received(created.payment_hash)


async def test_the_websocket_is_taken_up_again_after_a_break() -> None:
    async with phoenixd_of() as (server, wallet):
        told: list[IncomingPayment] = []
        states: list[BackendError | None] = []
        wallet.on_received(told.append)
        wallet.on_state(states.append)
        request = InvoiceRequest(amount=AMOUNT, description="x")
        first, second = [await wallet.create_invoice(request) for _ in range(2)]
        running = asyncio.create_task(wallet.run())
        await eventually(lambda: bool(server.sockets), "it does not listen")
        for socket in tuple(server.sockets):
            await socket.send_str('{"type": "something_new"}')
        server.ledger.be_paid(first.invoice, 21_000)
        await eventually(lambda: len(told) == 1, "the first is not told")
        await server.stop()
        await eventually(lambda: len(states) == 2, "the break is not told")
        await server.start()
        await eventually(lambda: len(states) == 3 and bool(server.sockets), "it stays away")
        server.ledger.be_paid(second.invoice, 21_000)
        await eventually(lambda: len(told) == 2, "the second is not told")
        assert states[0] is None
        assert states[2] is None
        running.cancel()


async def test_nonsense_on_the_websocket_ends_the_connection_and_no_more() -> None:
    async with phoenixd_of() as (server, wallet):
        states: list[BackendError | None] = []
        wallet.on_state(states.append)
        running = asyncio.create_task(wallet.run())
        await eventually(lambda: bool(server.sockets), "it does not listen")
        for socket in tuple(server.sockets):
            await socket.send_str("nonsense")
        await eventually(lambda: len(states) == 3, "it is not taken up again")
        assert isinstance(states[1], WalletAnswerUnreadable)
        running.cancel()


# What it has and has not


async def test_channels_are_shown_as_far_as_it_tells() -> None:
    async with phoenixd_of() as (server, wallet):
        live, closing = await wallet.channels()
        assert (live.status, live.peer) == (ChannelStatus.ONLINE, PEER.point)
        assert live.ours == live.spendable == Msat(server.ledger.spendable)
        assert live.share.held == live.ours
        assert closing.status is ChannelStatus.CLOSING
        assert closing.peer == NodeId(bytes(33))
        assert closing.spendable == Msat(0)
        balance = await wallet.balance()
        assert balance.spendable == balance.in_channels == live.ours
        assert balance.receivable == live.receivable
        server.spoil("/listchannels", text="not json")
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.channels()
        server.spoil("/listchannels", [{"commitments": {"params": {"remoteParams": {}}}}])
        assert (await wallet.channels())[0].peer == NodeId(bytes(33))


async def test_neither_quotes_nor_unasked_payments_are_offered() -> None:
    async with phoenixd_of() as (server, wallet):
        with pytest.raises(WalletRefused):
            await wallet.quote(third(server).invoice, AMOUNT)
        request = KeysendRequest(node_id=NodeId(PEER.point), amount=AMOUNT, max_fee=Msat(0))
        assert isinstance([u async for u in wallet.keysend(request)][-1], Failed)
        assert await wallet.unasked_since(SystemClock().now()) == ()
        assert server.asked == []
