"""Core Lightning as a wallet: what its answers mean, and what none of them may be taken for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.contract.cln_server import RUNE, ClnServer, make_rune
from tests.contract.ledger import NODE, PEER, Ledger
from tests.contract.wallet_rig import Fate
from tests.waiting import eventually
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import cln
from tipdesk.adapters.payments.cln import CoreLightningWallet, HashAlone
from tipdesk.adapters.payments.rune import allows
from tipdesk.app.system import SystemClock
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
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
    PaymentUpdate,
    PayRequest,
    Quote,
    Succeeded,
    Unknown,
)
from tipdesk.tips.wallet_link import WalletKind, from_form

AMOUNT = Msat(21_000)
PAYS = "/v1/xpay"


@asynccontextmanager
async def cln_of(
    folder: Path, *, rune: str = RUNE, pin: str | None = None
) -> AsyncIterator[tuple[ClnServer, CoreLightningWallet]]:
    server = ClnServer(Ledger(), folder)
    server.rune = rune
    await server.start()
    assert server.certificate is not None
    shown = server.certificate.digest if pin is None else pin
    link = from_form(WalletKind.CORE_LIGHTNING, f"127.0.0.1:{server.port}", rune, shown)
    wallet = CoreLightningWallet(link, Network.REGTEST, SystemClock(), way=WayOut())
    try:
        yield server, wallet
    finally:
        await wallet.close()
        await server.stop()


async def pay(
    wallet: CoreLightningWallet, created: CreatedInvoice, **changes: Any
) -> PaymentUpdate:
    asked = PayRequest(
        invoice=created.invoice,
        payment_hash=created.payment_hash,
        amount=AMOUNT,
        max_fee=Msat(5_000),
    )
    return [update async for update in wallet.pay(replace(asked, **changes))][-1]


def third(server: ClnServer, fate: Fate = Fate.PAID, fee: int = 0) -> CreatedInvoice:
    return server.ledger.third_invoice(AMOUNT, fate, Msat(fee), 3_600)


# The rune, the certificate, the network


@pytest.mark.parametrize(
    "problem",
    [
        (1501, "Not authorized: Not derived from master"),
        (1503, "Not authorized: Blacklisted rune"),
        (1502, "Rune is not valid"),
    ],
)
async def test_a_rune_that_is_wrong_or_revoked_is_refused(
    tmp_path: Path, problem: tuple[int, str]
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.rune_problem = problem
        for call in (wallet.check(), wallet.lookup(PaymentHash(bytes(32))), wallet.balance()):
            with pytest.raises(WalletKeyRefused) as raised:
                await call
            assert RUNE not in str(raised.value)


async def test_what_the_rune_does_not_allow_is_told_and_ends_an_order_for_certain(
    tmp_path: Path,
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.forbidden = (PAYS, "/v1/invoice", "/v1/listpeerchannels")
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert update.reason is FailureReason.WALLET_REFUSED
        assert "does not allow payments" in update.detail
        with pytest.raises(WalletNotAllowed, match="making invoices"):
            await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        with pytest.raises(WalletNotAllowed, match="channels"):
            await wallet.channels()
        server.forbidden = ("/v1/listpays",)
        with pytest.raises(WalletNotAllowed, match="what became of payments"):
            await pay(wallet, third(server))
        assert server.ledger.orders == 0


@pytest.mark.parametrize(
    "limit",
    [
        "pnameamount_msat is greater or equal to 100",
        "method is equal to xpay AND pnamemaxfee is greater or equal to 10",
        "too soon",
    ],
)
async def test_a_limit_of_the_rune_is_said_in_the_nodes_words(tmp_path: Path, limit: str) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        said = f"Not permitted: {limit}"
        server.spoil(PAYS, {"code": 1502, "message": said}, status=401)
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert update.reason is FailureReason.WALLET_REFUSED
        assert said in update.detail


async def test_a_rune_that_is_used_up_by_an_order_has_begun_none(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):

        async def too_soon(_: web.Request) -> web.Response:
            server.rune_problem = (1502, "Not permitted: too soon")
            return web.json_response(
                {"code": 1502, "message": "Not permitted: too soon"}, status=401
            )

        server.faults[PAYS] = too_soon
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert "too soon" in update.detail


async def test_a_node_that_stops_while_it_checks_the_rune_has_not_refused_it(
    tmp_path: Path,
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        stops = {"code": None, "message": "no response from lightningd", "data": None}
        server.spoil("/", stops, status=401)
        with pytest.raises(WalletUnreachable, match="no response from lightningd"):
            await wallet.check()


def test_a_rune_tells_which_methods_it_lets_through() -> None:
    assert allows(RUNE, "xpay")
    chosen = make_rune("method=xpay|method=listpays|method=getinfo")
    assert [m for m in ("xpay", "pay", "listpays", "invoice") if allows(chosen, m)] == [
        "xpay",
        "listpays",
    ]
    reader = make_rune("method^list|method^get|method=summary", "method/listdatastore")
    assert allows(reader, "listpays")
    assert not allows(reader, "listdatastore")
    assert not allows(reader, "xpay")
    assert allows(make_rune("pnum<2|method=xpay"), "pay")
    assert allows(make_rune("time<1"), "pay")
    assert allows(make_rune("# a note about method=pay"), "invoice")
    assert not allows(make_rune("method$pay", "method~x"), "pay")
    assert allows(make_rune(r"method=a\&b\|c|method=pay"), "pay")
    assert not allows(make_rune(r"method=a\|method=pay"), "pay")
    assert allows("no rune at all", "pay")


async def test_capabilities_follow_the_rune_and_the_version(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        assert (await wallet.check()).capabilities == frozenset(Capability) - {
            Capability.KEYSEND,
            Capability.OFFERS,
        }
        server.version = "v24.08"
        assert Capability.QUOTE not in (await wallet.check()).capabilities
    (tmp_path / "2").mkdir()
    rune = make_rune("method=getinfo|method=invoice|method=listinvoices")
    async with cln_of(tmp_path / "2", rune=rune) as (_, wallet):
        assert (await wallet.check()).capabilities == {
            Capability.CREATE_INVOICE,
            Capability.DESCRIPTION_HASH,
        }


async def test_a_certificate_that_nobody_knows_or_another_one_gets_nothing(tmp_path: Path) -> None:
    for number, (pin, error) in enumerate(
        (("", WalletCertificateUnknown), ("ab" * 32, WalletCertificateChanged))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with cln_of(folder, pin=pin) as (server, wallet):
            with pytest.raises(error):
                await wallet.check()
            with pytest.raises(error):
                await pay(wallet, third(server))
            assert server.asked == []


async def test_a_node_on_another_network_is_refused(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.network = "bitcoin"
        with pytest.raises(WalletNetworkDiffers) as raised:
            await wallet.check()
        assert raised.value.theirs is Network.MAINNET
        server.network = "liquid"
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.check()


async def test_what_the_node_says_of_itself_is_shown_as_text(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (_, wallet):
        facts = await wallet.check()
        assert (facts.alias, facts.node_id) == ("CLN node", NODE.point)
        assert (facts.network, facts.version) == (Network.REGTEST, "v25.09.1")


# Orders


async def test_an_order_says_what_may_be_spent_and_how_long(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        deadline = SystemClock().now().plus_ms(20_500)
        await pay(wallet, third(server), deadline=deadline)
        (body,) = server.bodies
        assert body["maxfee"] == 5_000
        assert body["retry_for"] in (19, 20)
        assert set(body) == {"invstring", "maxfee", "retry_for"}
        assert server.asked.count("POST /v1/xpay") == 1


async def test_an_older_node_pays_by_the_older_command(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.version = "24.08.2-modded"
        await wallet.check()
        created = third(server, fee=1_000)
        update = await pay(wallet, created)
        assert isinstance(update, Succeeded)
        assert update.fee == Msat(1_000)
        assert set(server.bodies[0]) == {"bolt11", "maxfee", "retry_for"}
    (tmp_path / "2").mkdir()
    rune = make_rune("method=pay|method^list")
    async with cln_of(tmp_path / "2", rune=rune) as (server, wallet):
        assert isinstance(await pay(wallet, third(server)), Succeeded)
        assert "POST /v1/pay" in server.asked


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (203, FailureReason.REFUSED),
        (205, FailureReason.NO_ROUTE),
        (206, FailureReason.FEE_OVER_LIMIT),
        (207, FailureReason.EXPIRED),
        (209, FailureReason.TRIED_EVERYTHING),
        (210, FailureReason.TRIED_EVERYTHING),
        (215, FailureReason.NO_BALANCE),
        (-1, FailureReason.WALLET_REFUSED),
        (0, FailureReason.WALLET_REFUSED),
        (-32602, FailureReason.WALLET_REFUSED),
    ],
)
async def test_an_error_of_a_command_is_certain_if_no_part_is_on_its_way(
    tmp_path: Path, code: int, reason: FailureReason
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.spoil(PAYS, {"code": code, "message": "so\nit is"}, status=500)
        update = await pay(wallet, third(server))
        assert isinstance(update, Failed)
        assert update.reason is reason
        assert "so it is" in update.detail


@pytest.mark.parametrize("code", [201, 203, 209, 219])
async def test_an_error_of_a_command_whose_parts_are_on_their_way_is_no_failure(
    tmp_path: Path, code: int
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server, Fate.HANGS)

        async def gives_up(request: web.Request) -> web.Response:
            await server.effect(request)
            return web.json_response({"code": code, "message": "gave up"}, status=500)

        server.faults[PAYS] = gives_up
        assert isinstance(await pay(wallet, created), Unknown)
        assert isinstance(await wallet.lookup(created.payment_hash), InFlight)
        # The command has ended: once its parts have failed too, nothing is tried any more.
        server.ledger.let_go(created.payment_hash, paid=False)
        assert isinstance(await wallet.lookup(created.payment_hash), Failed)


async def test_a_no_after_which_the_node_cannot_be_asked_is_no_failure(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.answer_and_go(PAYS, {"code": 203, "message": "gave up"}, status=500)
        assert isinstance(await pay(wallet, third(server, Fate.HANGS)), Unknown)
    (tmp_path / "2").mkdir()
    async with cln_of(tmp_path / "2") as (server, wallet):

        async def rune_is_revoked(request: web.Request) -> web.Response:
            await server.effect(request)
            server.rune_problem = (1503, "Not authorized: Blacklisted rune")
            return web.json_response({"code": 203, "message": "gave up"}, status=500)

        server.faults[PAYS] = rune_is_revoked
        assert isinstance(await pay(wallet, third(server, Fate.HANGS)), Unknown)


@pytest.mark.parametrize("code", [200, -3, -4, -5])
async def test_a_plugin_that_stopped_or_another_command_leaves_it_unknown(
    tmp_path: Path, code: int
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.spoil(PAYS, {"code": code, "message": "stopped"}, status=500)
        assert isinstance(await pay(wallet, third(server)), Unknown)


async def test_an_error_after_all_that_was_paid_is_a_success(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):

        async def pays(request: web.Request) -> web.Response:
            await server.effect(request)
            return web.json_response({"code": 219, "message": "Already paid"}, status=500)

        server.faults[PAYS] = pays
        assert isinstance(await pay(wallet, third(server)), Succeeded)


@pytest.mark.parametrize("status", [500, 502, 503])
@pytest.mark.parametrize("text", ["<html>bad gateway</html>", '{"code": null, "message": "x"}'])
async def test_an_error_of_no_command_leaves_it_unknown(
    tmp_path: Path, status: int, text: str
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.spoil(PAYS, text=text, status=status)
        assert isinstance(await pay(wallet, third(server)), Unknown)


@pytest.mark.parametrize("has_effect", [True, False])
async def test_a_break_leaves_it_unknown(tmp_path: Path, *, has_effect: bool) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server)
        server.break_at(PAYS, after=has_effect)
        assert isinstance(await pay(wallet, created), Unknown)
        server.faults.clear()
        known = await wallet.lookup(created.payment_hash)
        assert isinstance(known, Succeeded if has_effect else Unknown)
        assert isinstance(await pay(wallet, created), Succeeded if has_effect else Unknown)
        assert server.ledger.orders == int(has_effect)


async def test_an_answer_that_takes_too_long_is_asked_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cln, "PATIENCE", 0.05)
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server, Fate.HANGS)
        assert isinstance(await pay(wallet, created), Unknown)
        assert isinstance(await wallet.lookup(created.payment_hash), InFlight)
        server.ledger.let_go(created.payment_hash, paid=True)
        assert isinstance(await wallet.lookup(created.payment_hash), Succeeded)


async def test_parts_that_failed_are_no_failure_while_a_command_may_try_again(
    tmp_path: Path,
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server, Fate.REFUSED)
        # Somebody's command is at it, and ours has not said a word.
        server.ledger.pay(created.invoice, None, None)
        assert isinstance(await wallet.lookup(created.payment_hash), Unknown)
        assert isinstance(await pay(wallet, created), Unknown)
        server.clock_ahead = 64
        assert isinstance(await wallet.lookup(created.payment_hash), Unknown)
        server.clock_ahead = 67
        assert isinstance(await wallet.lookup(created.payment_hash), Failed)
        assert server.ledger.orders == 1


async def test_a_node_that_tells_no_time_is_waited_for_longer(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server)
        now = SystemClock().now().unix_seconds
        for age, kind in ((150, Unknown), (200, Failed)):
            entry = {
                "payment_hash": str(created.payment_hash),
                "status": "failed",
                "created_at": now - age,
                "amount_sent_msat": 1,
            }

            async def timeless(_: web.Request, entry: dict[str, Any] = entry) -> web.Response:
                answer = web.json_response({"pays": [entry]}, status=201)
                answer.headers["Date"] = "no time"
                return answer

            server.faults["/v1/listpays"] = timeless
            assert isinstance(await wallet.lookup(created.payment_hash), kind)


@pytest.mark.parametrize("proof", ["", "00" * 32, "ab", None, 7])
async def test_a_success_without_proof_is_unknown(tmp_path: Path, proof: object) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server)
        paid = {"payment_preimage": proof, "amount_msat": 21_000, "amount_sent_msat": 21_000}
        server.spoil(PAYS, paid, status=201)
        update = await pay(wallet, created)
        assert isinstance(update, Unknown)
        assert "no proof" in update.detail
        entry = {
            "payment_hash": str(created.payment_hash),
            "status": "complete",
            "created_at": 1,
            "preimage": proof,
            "amount_sent_msat": 1,
        }
        server.spoil("/v1/listpays", {"pays": [entry]}, status=201)
        assert isinstance(await wallet.lookup(created.payment_hash), Unknown)


@pytest.mark.parametrize(
    "change",
    [{"amount_sent_msat": True}, {"amount_sent_msat": "1sat"}, {"amount_msat": -1}, {"x": 1}],
)
async def test_an_answer_to_an_order_of_the_wrong_form_leaves_it_unknown(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server)
        proof = server.ledger.preimage_of(created.payment_hash).hex()
        whole = {"payment_preimage": proof, "amount_msat": 1, "amount_sent_msat": 1}
        answer = change if "x" in change else {**whole, **change}
        server.spoil(PAYS, answer, status=201)
        assert isinstance(await pay(wallet, created), Unknown)


@pytest.mark.parametrize("answer", [[], "text", {}, {"pays": {}}, {"pays": [1]}])
async def test_an_answer_of_the_wrong_form_is_unreadable_whatever_was_asked(
    tmp_path: Path, answer: object
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server)
        server.spoil("/", answer, status=201)
        if answer != {}:
            with pytest.raises(WalletAnswerUnreadable):
                await wallet.lookup(created.payment_hash)
        for call in (
            wallet.check(),
            wallet.quote(created.invoice, AMOUNT),
            wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x")),
        ):
            with pytest.raises(WalletAnswerUnreadable):
                await call
        server.spoil("/", {"channels": [{"channel_id": "ab"}], "invoices": [{}]}, status=201)
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.balance()
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.received(created.payment_hash)
        assert server.ledger.orders == 0


async def test_an_error_when_it_is_asked_is_no_answer(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        server.spoil("/v1/listpays", {"code": -1, "message": "db is busy"}, status=500)
        with pytest.raises(WalletRefused, match="db is busy"):
            await wallet.lookup(PaymentHash(bytes(32)))
        server.spoil("/v1/listpays", text="gone", status=404)
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.lookup(PaymentHash(bytes(32)))
        old = {"error": {"code": -1, "message": "an older form"}}
        server.spoil("/v1/listpays", old, status=500)
        with pytest.raises(WalletRefused, match="older form"):
            await wallet.lookup(PaymentHash(bytes(32)))
        other = {"payment_hash": "ab" * 32, "status": "failed", "created_at": 1}
        server.spoil("/v1/listpays", {"pays": [other]}, status=201)
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.lookup(PaymentHash(bytes(32)))


# Quotes


async def test_a_quote_is_what_the_nodes_map_says(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = third(server, fee=1_000)
        assert await wallet.quote(created.invoice, Msat(1_000)) == Quote(Msat(1_000), 2)
        dear = await wallet.quote(created.invoice, Msat(999))
        assert isinstance(dear, Failed)
        assert dear.reason is FailureReason.FEE_OVER_LIMIT
        open_one = server.ledger.third_invoice(None, Fate.PAID, Msat(0), 600)
        with pytest.raises(WalletRefused, match="Total source capacity"):
            await wallet.quote(open_one.invoice, AMOUNT, Msat(10**12))
        assert isinstance(await wallet.quote(open_one.invoice, AMOUNT), Failed)
        assert isinstance(await wallet.quote("lnbcrt1", AMOUNT), Failed)
        server.spoil("/v1/getroutes", {"code": 215, "message": "too little"}, status=500)
        poor = await wallet.quote(created.invoice, AMOUNT)
        assert isinstance(poor, Failed)
        assert poor.reason is FailureReason.NO_BALANCE
        server.spoil("/v1/getroutes", {"code": 205, "message": "no way"}, status=500)
        with pytest.raises(WalletRefused):
            await wallet.quote(created.invoice, AMOUNT)


# Being paid


async def test_an_invoice_for_a_hash_is_made_from_the_text_that_it_is_of(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (_, wallet):
        request = InvoiceRequest(
            amount=AMOUNT, description_hash=sha256(b"metadata"), committed="metadata"
        )
        created = await wallet.create_invoice(request)
        assert bolt11.decode(created.invoice).description_hash == sha256(b"metadata")
        for committed in ("", "other"):
            with pytest.raises(HashAlone):
                await wallet.create_invoice(replace(request, committed=committed))


async def test_each_invoice_has_a_label_of_its_own_in_which_ours_comes_back(
    tmp_path: Path,
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        request = InvoiceRequest(amount=None, description="x", label='{"a/b": 1}')
        first, second = [await wallet.create_invoice(request) for _ in range(2)]
        server.ledger.be_paid(first.invoice, 5_000)
        payment = await wallet.received(first.payment_hash)
        assert payment is not None
        assert (payment.label, payment.amount) == ('{"a/b": 1}', Msat(5_000))
        assert await wallet.received(second.payment_hash) is None
        assert await wallet.received(PaymentHash(bytes(32))) is None


async def test_a_zap_request_comes_back_though_it_is_longer_than_the_nodes_labels(
    tmp_path: Path,
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        zap = '{"content": "' + "ü\\n" * 5_000 + '"}'
        of_text = InvoiceRequest(
            amount=AMOUNT, description_hash=sha256(zap.encode()), committed=zap
        )
        for label, comes_back in ((zap, zap), ('"' * 51, '"' * 51), ('"' * 52, ""), ("ü" * 52, "")):
            created = await wallet.create_invoice(replace(of_text, label=label))
            server.ledger.be_paid(created.invoice, AMOUNT.value)
            payment = await wallet.received(created.payment_hash)
            assert payment is not None
            assert payment.label == comes_back


@pytest.mark.parametrize("before", [0, 1, 5])
async def test_only_what_comes_from_now_on_is_told_and_each_once(
    tmp_path: Path, before: int
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        told: list[IncomingPayment] = []
        states: list[BackendError | None] = []
        wallet.on_received(told.append)
        wallet.on_state(states.append)
        request = InvoiceRequest(amount=AMOUNT, description="x")
        made = [await wallet.create_invoice(request) for _ in range(before + 3)]
        for created in made[:before]:
            server.ledger.be_paid(created.invoice, 21_000)
        running = asyncio.create_task(wallet.run())
        await eventually(lambda: states == [None], "it does not listen")
        server.ledger.be_paid(made[before].invoice, 21_000)
        await eventually(lambda: len(told) == 1, "the first is not told")
        await server.stop()
        await eventually(lambda: len(states) == 2, "the break is not seen")
        server.ledger.be_paid(made[before + 1].invoice, 21_000)
        await server.start()
        await eventually(lambda: len(told) == 2, "the second is not told")
        server.ledger.be_paid(made[before + 2].invoice, 21_000)
        await eventually(lambda: len(told) == 3, "the third is not told")
        assert [p.payment_hash for p in told] == [c.payment_hash for c in made[before:]]
        running.cancel()


async def test_a_wait_that_ends_without_a_payment_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cln, "LISTEN_SECONDS", 0)
    async with cln_of(tmp_path) as (server, wallet):
        states: list[object] = []
        wallet.on_state(states.append)
        running = asyncio.create_task(wallet.run())
        waits = "POST /v1/waitanyinvoice"
        await eventually(lambda: server.asked.count(waits) > 4, "it does not wait again")
        assert states == [None]
        running.cancel()


async def test_an_invoice_of_a_false_preimage_is_unreadable(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        created = await wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        server.ledger.be_paid(created.invoice, 21_000)
        server.ledger.bills[created.payment_hash].preimage = Preimage(bytes(32))
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.received(created.payment_hash)


# What it has


async def test_channels_are_shown_and_their_parts_add_up(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        live, closing, away = await wallet.channels()
        assert (live.status, live.peer) == (ChannelStatus.ONLINE, PEER.point)
        assert str(live.short_channel_id) == "700000x1x0"
        assert live.spendable == Msat(server.ledger.spendable)
        assert live.share.held == live.ours
        assert live.in_flight == Msat(5_000)
        assert live.first_expiry == BlockHeight(800_100)
        assert (live.own_delay, live.answer_within) == (CltvDelta(288), CltvDelta(144))
        assert (live.is_funder, live.announced) == (True, True)
        assert closing.status is ChannelStatus.CLOSING
        assert (closing.spendable, closing.coming) == (Msat(0), closing.ours.to_sat_floor())
        assert away.status is ChannelStatus.OFFLINE
        balance = await wallet.balance()
        assert balance.spendable == live.spendable
        assert balance.in_channels == live.ours + away.ours


async def test_a_server_that_is_gone_is_unreachable(tmp_path: Path) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        await server.stop()
        with pytest.raises(WalletUnreachable):
            await wallet.check()


@pytest.mark.parametrize(
    ("last", "status", "comes"),
    [
        (
            "ONCHAIN:All outputs resolved: waiting 90 more blocks before forgetting channel",
            ChannelStatus.CLOSED,
            False,
        ),
        ("ONCHAIN:5 outputs unresolved: in 712 blocks will spend", ChannelStatus.CLOSING, True),
        (None, ChannelStatus.CLOSING, True),
    ],
)
async def test_a_closed_channel_that_the_node_still_remembers_has_nothing_to_come(
    tmp_path: Path, last: str | None, status: ChannelStatus, *, comes: bool
) -> None:
    async with cln_of(tmp_path) as (server, wallet):
        told = ["ONCHAIN:Tracking mutual close transaction", *([last] if last else [])]
        server.closing_status = told if last else []
        _, closing, _ = await wallet.channels()
        assert (closing.status, closing.coming > Sat(0)) == (status, comes)
        server.closing_status = [7]
        with pytest.raises(WalletAnswerUnreadable):
            await wallet.channels()
