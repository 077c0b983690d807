"""A wallet over Nostr Wallet Connect that misbehaves, or whose relays do.

The service is one of nostr-sdk's keys and encryption over two real relays; what it answers is
written by each test. What every wallet must do is in tests/contract.
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import nostr_sdk
import pytest

from tests.contract.nwc_rig import QUICK, TwoRelays
from tests.contract.nwc_service import MODERN, NODE, NwcService, Params, fail, invoice_text
from tests.contract.wallet_rig import Fate
from tests.waiting import eventually
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.nwc import NwcWallet
from tipdesk.adapters.payments.nwc_outcomes import NO_BUDGET
from tipdesk.adapters.payments.orders import UNPROVEN
from tipdesk.app.nwc import nwc_wallet
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, Preimage
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip47_link import parse_link
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
    WalletEncryptionUnknown,
    WalletInvoiceDiffers,
    WalletKeyRefused,
    WalletNeedsAmount,
    WalletNetworkDiffers,
    WalletNotAllowed,
    WalletNotReached,
    WalletRefused,
    WalletSpeaksOldEncryption,
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

AMOUNT = Msat(21_000)
OLDER = MODERN.removeprefix("pay ")
CLOCK = SystemClock()
SHORT = replace(QUICK, connecting=1.0, answer=0.4, payment=0.4)


class Scene:
    """A service, its relays, and our wallet."""

    def __init__(self, service: NwcService, relays: TwoRelays, wallet: NwcWallet) -> None:
        self.service = service
        self.relays = relays
        self.wallet = wallet

    def third(self, fate: Fate = Fate.PAID, fee: Msat = Msat(0)) -> CreatedInvoice:
        return self.service.third_invoice(AMOUNT, fate, fee, 3_600)

    async def paid(self, created: CreatedInvoice, enough: int = 99) -> list[PaymentUpdate]:
        """Up to so many updates."""
        found: list[PaymentUpdate] = []
        async for update in self.wallet.pay(order(created)):
            found.append(update)
            if len(found) == enough:
                break
        return found

    def orders(self) -> int:
        return sum(method in ("pay", "pay_invoice") for method, _ in self.service.asked)


def order(created: CreatedInvoice, max_fee: Msat = Msat(5_000)) -> PayRequest:
    return PayRequest(
        invoice=created.invoice,
        payment_hash=created.payment_hash,
        amount=AMOUNT,
        max_fee=max_fee,
        deadline=CLOCK.now().plus_ms(30_000),
    )


@asynccontextmanager
async def scene(
    *, extra: tuple[str, ...] = (), allow_nip04: bool = False, checked: bool = True, **settings: Any
) -> AsyncIterator[Scene]:
    """Both sides alive; `extra` are further relays of the link."""
    relays = TwoRelays()
    await relays.start()
    service = NwcService(list(relays.urls), **settings)
    await service.start()
    service.relays += extra
    wallet = nwc_wallet(
        parse_link(service.uri),
        network=Network.REGTEST,
        clock=CLOCK,
        entropy=SystemEntropy(),
        allow_nip04=allow_nip04,
        patience=SHORT,
        way=WayOut(),
    )
    running = asyncio.create_task(wallet.run())
    try:
        if checked:
            await wallet.check()
        yield Scene(service, relays, wallet)
    finally:
        assert not running.done()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await wallet.close()
        await service.stop()
        relays.stop()


def dead_relay() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"ws://127.0.0.1:{taken.getsockname()[1]}"


# Relays


async def test_a_dead_relay_among_others_does_not_matter() -> None:
    async with scene(extra=(dead_relay(),)) as s:
        assert isinstance((await s.paid(s.third()))[-1], Succeeded)


async def test_a_relay_that_dies_does_not_matter_and_a_request_over_two_is_done_once() -> None:
    async with scene() as s:
        states: list[BackendError | None] = []
        s.wallet.on_state(states.append)
        s.relays.stop_one(0)
        created = s.third()
        assert isinstance((await s.paid(created))[-1], Succeeded)
        assert s.orders() == 1
        assert [state for state in states if state is not None] == []


async def test_without_any_relay_nothing_is_ordered_and_that_is_said() -> None:
    async with scene() as s:
        states: list[BackendError | None] = []
        s.wallet.on_state(states.append)
        s.relays.stop()
        await eventually(
            lambda: any(isinstance(state, WalletUnreachable) for state in states), "nobody notices"
        )
        with pytest.raises(WalletNotReached):
            await s.paid(s.third())
        assert s.orders() == 0


async def test_a_wallet_that_nobody_runs_is_not_reached() -> None:
    async with scene() as s:
        other = nwc_wallet(
            parse_link(s.service.uri),
            network=Network.REGTEST,
            clock=CLOCK,
            entropy=SystemEntropy(),
            patience=replace(SHORT, connecting=0.1),
            way=WayOut(),
        )
        with pytest.raises(WalletNotReached):
            await other.check()


# Who it is


async def test_the_facts_are_what_the_wallet_says() -> None:
    async with scene() as s:
        facts = await s.wallet.check()
        assert (facts.alias, facts.network, facts.node_id) == (
            "a wallet",
            Network.REGTEST,
            NodeId(NODE.point),
        )
        assert facts.capabilities == s.wallet.capabilities
        assert Capability.FEE_LIMIT in facts.capabilities
        assert not s.wallet.uses_old_encryption
        assert await s.wallet.channels() == ()


async def test_a_wallet_of_another_network_is_refused() -> None:
    async with scene(checked=False) as s:
        true = s.service._get_info({})
        s.service.script["get_info"] = lambda _: {**true, "network": "mainnet"}
        with pytest.raises(WalletNetworkDiffers):
            await s.wallet.check()


async def test_without_get_info_the_info_event_tells() -> None:
    async with scene(methods="pay_invoice lookup_invoice") as s:
        facts = await s.wallet.check()
        assert facts.capabilities == {Capability.PAY_INVOICE, Capability.LOOKUP}
        assert not [method for method, _ in s.service.asked]


async def test_what_get_info_allows_counts_more_than_the_info_event() -> None:
    async with scene(checked=False) as s:
        true = s.service._get_info({})
        s.service.script["get_info"] = lambda _: {**true, "methods": ["get_balance"]}
        assert (await s.wallet.check()).capabilities == {Capability.BALANCE}


async def test_a_key_that_was_revoked_is_said_to_be() -> None:
    async with scene(checked=False) as s:
        s.service.script["get_info"] = fail("UNAUTHORIZED")
        with pytest.raises(WalletKeyRefused):
            await s.wallet.check()


async def test_a_key_that_is_revoked_while_it_is_used_is_said_to_be_and_so_is_its_return() -> None:
    async with scene() as s:
        states: list[BackendError | None] = []
        s.wallet.on_state(states.append)
        await eventually(lambda: states == [None], "it does not stand")
        for method in ("get_info", "get_balance"):
            s.service.script[method] = fail("UNAUTHORIZED")
        with pytest.raises(WalletKeyRefused):
            await s.wallet.balance()
        await eventually(lambda: len(states) == 2, "nobody hears of it")
        assert isinstance(states[1], WalletKeyRefused)
        s.service.script.clear()
        await eventually(lambda: len(states) == 3, "nobody hears that it is good again")
        assert states[2] is None
        assert Capability.PAY_INVOICE in s.wallet.capabilities


async def test_one_that_offers_nothing_is_asked_why() -> None:
    async with scene(checked=False, methods="") as s:
        s.service.script["get_info"] = fail("UNAUTHORIZED")
        with pytest.raises(WalletKeyRefused):
            await s.wallet.check()


@pytest.mark.parametrize("encryption", [None, "nip04"])
async def test_the_old_encryption_is_spoken_only_where_it_was_allowed(
    encryption: str | None,
) -> None:
    async with scene(encryption=encryption, checked=False) as s:
        with pytest.raises(WalletSpeaksOldEncryption):
            await s.wallet.check()
        assert s.service.asked == []
    async with scene(encryption=encryption, allow_nip04=True) as s:
        assert s.wallet.uses_old_encryption
        assert isinstance((await s.paid(s.third()))[-1], Succeeded)
        assert all(is_old for _, is_old in s.service.last.values())
        told: list[IncomingPayment] = []
        s.wallet.on_received(told.append)
        created = await s.wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        await s.service.be_paid(created.invoice, AMOUNT.value)
        await eventually(lambda: len(told) == 1, "the old notification is not heard")


async def test_the_new_encryption_is_spoken_where_both_are_known_even_if_the_old_is_allowed() -> (
    None
):
    async with scene(allow_nip04=True) as s:
        assert not s.wallet.uses_old_encryption
        assert not any(is_old for _, is_old in s.service.last.values())


async def test_an_encryption_that_nobody_knows_is_said_to_be() -> None:
    async with scene(encryption="nip99", checked=False) as s:
        with pytest.raises(WalletEncryptionUnknown):
            await s.wallet.check()


# Answers


async def test_a_late_answer_counts_and_there_is_no_second_order_meanwhile() -> None:
    async with scene() as s:
        created = s.third()
        s.service.script["pay"] = lambda _: None
        stream = s.wallet.pay(order(created))
        assert isinstance(await anext(stream), InFlight)
        assert isinstance(await anext(stream), Unknown)
        assert isinstance((await s.paid(created, 1))[0], Unknown)
        assert isinstance(await s.wallet.lookup(created.payment_hash), Unknown)
        preimage = s.service.thirds[created.payment_hash.hex()].preimage
        s.service.script["lookup_invoice"] = fail("NOT_FOUND")
        result = {"state": "settled", "preimage": preimage.hex(), "amount": 21_000, "fees_paid": 2}
        await s.service.answer_late("pay", result)
        last = [update async for update in stream][-1]
        assert isinstance(last, Succeeded)
        assert (bytes(last.preimage), last.fee) == (preimage, Msat(2))
        assert s.orders() == 1


async def test_a_lost_answer_is_found_by_looking_it_up() -> None:
    async with scene() as s:
        created = s.third()

        def silent(params: Params) -> None:
            s.service._pay_text(created.invoice, None, None)

        s.service.script["pay"] = silent
        updates = await s.paid(created)
        assert isinstance(updates[-1], Succeeded)
        assert not [update for update in updates if isinstance(update, Failed)]
        assert s.orders() == 1


async def test_a_strangers_answer_is_no_answer() -> None:
    async with scene() as s:
        created = s.third()
        stranger = nostr_sdk.Keys.generate()
        lie = {
            "result_type": "pay",
            "error": {"code": "QUOTA_EXCEEDED", "message": ""},
            "result": None,
        }

        async def first(params: Params) -> Any:
            await s.service.answer(s.service.last["pay"][0], lie, keys=stranger)
            await asyncio.sleep(0.1)
            return await s.service._pay(params)

        s.service.script["pay"] = lambda params: first(params)
        real = s.service._do

        async def do(method: str, params: Params) -> Any:
            done = await real(method, params)
            return await done if asyncio.iscoroutine(done) else done

        s.service._do = do  # type: ignore[method-assign]
        assert isinstance((await s.paid(created))[-1], Succeeded)


async def test_of_two_answers_the_first_counts() -> None:
    async with scene() as s:
        created = s.third()
        assert isinstance((await s.paid(created))[-1], Succeeded)
        request_id = s.service.last["pay"][0]
        await s.service.answer(
            request_id,
            {"result_type": "pay", "error": {"code": "QUOTA_EXCEEDED", "message": "no"}},
        )
        await asyncio.sleep(0.1)
        assert isinstance(await s.wallet.lookup(created.payment_hash), Succeeded)


@pytest.mark.parametrize("methods", [MODERN, OLDER])
async def test_a_success_with_a_false_preimage_is_neither_success_nor_failure(
    methods: str,
) -> None:
    async with scene(methods=methods) as s:
        created = s.third()
        result = {"state": "settled", "preimage": "0b" * 32, "amount": 21_000, "fees_paid": 0}
        s.service.script[methods.split()[0]] = lambda _: result
        updates = await s.paid(created, 2)
        assert updates == [
            InFlight(created.payment_hash),
            Unknown(created.payment_hash, UNPROVEN),
        ]
        assert isinstance(await s.wallet.lookup(created.payment_hash), Unknown)


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        '{"result_type":"get_balance"}',
        '{"result_type":"pay_invoice","error":null,"result":{"balance":5}}',
        '{"result_type":"get_balance","result":{"balance":"5"}}',
        '{"result_type":"get_balance","result":{"balance":-5}}',
        '{"result_type":"get_balance","result":{}}',
    ],
)
async def test_an_answer_that_cannot_be_read_is_said_to_be(text: str) -> None:
    async with scene() as s:

        async def answered() -> None:
            await eventually(lambda: "get_balance" in s.service.last, "it was not asked")
            await s.service.answer(s.service.last["get_balance"][0], text)

        s.service.script["get_balance"] = lambda _: None
        answering = asyncio.create_task(answered())
        with pytest.raises(WalletAnswerUnreadable):
            await s.wallet.balance()
        await answering


async def test_an_answer_that_is_no_ciphertext_is_said_to_be() -> None:
    async with scene() as s:

        async def answered() -> None:
            await eventually(lambda: "get_balance" in s.service.last, "it was not asked")
            tags = [
                ["p", s.service.client_keys.public_key().to_hex()],
                ["e", s.service.last["get_balance"][0]],
            ]
            await s.service.publish(23195, "A" * 60_000, tags)

        s.service.script["get_balance"] = lambda _: None
        answering = asyncio.create_task(answered())
        with pytest.raises(WalletAnswerUnreadable):
            await s.wallet.balance()
        await answering


@pytest.mark.parametrize(
    ("method", "result", "call"),
    [
        ("lookup_invoice", {"amount": "5"}, "lookup"),
        ("lookup_invoice", {"amount": 5, "payment_hash": "0c" * 32}, "lookup"),
        ("lookup_invoice", {"amount": 5, "preimage": "0c"}, "lookup"),
        ("list_transactions", {"transactions": {}}, "unasked"),
        ("list_transactions", {"transactions": [5]}, "unasked"),
        ("list_transactions", {"transactions": [{"amount": True}]}, "unasked"),
        ("make_invoice", {"invoice": 5}, "create"),
        ("make_invoice", {"invoice": "lnbc1"}, "create"),
        ("make_invoice", {}, "create"),
        ("get_info", {"methods": 5}, "check"),
        ("get_info", {"block_height": "x"}, "check"),
    ],
)
async def test_a_malformed_result_is_an_error_and_never_a_value(
    method: str, result: dict[str, object], call: str
) -> None:
    async with scene() as s:
        s.service.script[method] = lambda _: result
        calls: dict[str, Callable[[], Any]] = {
            "lookup": lambda: s.wallet.lookup(s.third().payment_hash),
            "unasked": lambda: s.wallet.unasked_since(Instant(0)),
            "create": lambda: s.wallet.create_invoice(
                InvoiceRequest(amount=AMOUNT, description="x")
            ),
            "check": s.wallet.check,
        }
        with pytest.raises((WalletAnswerUnreadable, WalletInvoiceDiffers)):
            await calls[call]()


async def test_a_malformed_answer_to_an_order_leaves_it_unknown() -> None:
    async with scene() as s:
        created = s.third()
        s.service.script["pay"] = lambda _: {"state": "settled", "preimage": 5}
        assert isinstance((await s.paid(created, 2))[-1], Unknown)


# Refusals of orders


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("QUOTA_EXCEEDED", FailureReason.WALLET_REFUSED),
        ("RESTRICTED", FailureReason.WALLET_REFUSED),
        ("UNAUTHORIZED", FailureReason.WALLET_REFUSED),
        ("RATE_LIMITED", FailureReason.WALLET_REFUSED),
        ("NOT_IMPLEMENTED", FailureReason.WALLET_REFUSED),
        ("UNSUPPORTED_ENCRYPTION", FailureReason.WALLET_REFUSED),
        ("INSUFFICIENT_BALANCE", FailureReason.NO_BALANCE),
        ("FEE_LIMIT_EXCEEDED", FailureReason.FEE_OVER_LIMIT),
        ("UNSUPPORTED_NETWORK", FailureReason.UNSUPPORTED),
        ("PAYMENT_FAILED", FailureReason.TRIED_EVERYTHING),
    ],
)
async def test_a_refusal_of_an_order_is_a_failure_with_its_reason(
    code: str, reason: FailureReason
) -> None:
    async with scene() as s:
        created = s.third()
        s.service.script["pay"] = fail(code, "the wallet's word")
        last = (await s.paid(created))[-1]
        assert isinstance(last, Failed)
        said = NO_BUDGET if code == "QUOTA_EXCEEDED" else "the wallet's word"
        assert (last.reason, last.detail) == (reason, said)
        # Nothing was tried, and it may be tried again.
        del s.service.script["pay"]
        assert isinstance((await s.paid(created))[-1], Succeeded)


@pytest.mark.parametrize("code", ["INTERNAL", "OTHER", "SOMETHING_NEW"])
async def test_an_error_that_may_be_anything_leaves_it_unknown(code: str) -> None:
    async with scene() as s:
        created = s.third()
        s.service.script["pay"] = fail(code)
        assert isinstance((await s.paid(created, 2))[-1], Unknown)
        assert isinstance(await s.wallet.lookup(created.payment_hash), Unknown)


async def test_a_failed_payment_that_is_still_under_way_has_not_failed() -> None:
    async with scene() as s:
        created = s.third(Fate.HANGS)

        def impatient(_: Params) -> Any:
            s.service._pay_text(created.invoice, None, None)
            return fail("PAYMENT_FAILED", "timed out")(_)

        s.service.script["pay"] = impatient
        stream = s.wallet.pay(order(created))
        assert [await anext(stream) for _ in range(3)] == [InFlight(created.payment_hash)] * 3
        s.service.let_go(created.payment_hash, paid=True)
        last = [update async for update in stream][-1]
        assert isinstance(last, Succeeded)
        assert s.orders() == 1


async def test_a_failed_payment_that_cannot_be_looked_up_is_unknown() -> None:
    async with scene() as s:
        created = s.third()
        asked = iter([True])

        def once(params: Params) -> Any:
            code = "NOT_FOUND" if next(asked, False) else "RATE_LIMITED"
            return fail(code)(params)

        s.service.script |= {"pay": fail("PAYMENT_FAILED"), "lookup_invoice": once}
        assert isinstance((await s.paid(created, 2))[-1], Unknown)


async def test_what_failed_before_an_order_does_not_end_the_order() -> None:
    async with scene() as s:
        created = s.third(Fate.REFUSED)
        assert isinstance((await s.paid(created))[-1], Failed)
        s.service.script["pay"] = lambda _: None
        updates = await s.paid(created, 2)
        assert isinstance(updates[-1], Unknown)
        for _ in range(3):
            assert isinstance(await s.wallet.lookup(created.payment_hash), Unknown)
            await asyncio.sleep(0.1)


async def test_a_wallet_that_cannot_tell_what_became_of_payments_gets_no_order() -> None:
    async with scene(methods="pay_invoice get_info") as s:
        assert Capability.LOOKUP not in s.wallet.capabilities
        with pytest.raises(WalletNotAllowed):
            await s.paid(s.third())
        assert s.orders() == 0


async def test_the_order_names_an_amount_only_where_the_invoice_does_not() -> None:
    async with scene() as s:
        await s.paid(s.third())
        params = dict(s.service.asked)["pay"]
        assert params.keys() == {"payment", "max_fee"}
        assert params["max_fee"] == 5_000


# Fees


async def test_a_fee_that_the_answer_leaves_out_is_looked_up() -> None:
    async with scene(methods=OLDER) as s:
        created = s.third(fee=Msat(1_000))

        def silent_fee(_: Params) -> Any:
            entry = s.service._pay_text(created.invoice, None, None)
            return {"preimage": entry.preimage.hex()}

        s.service.script["pay_invoice"] = silent_fee
        last = (await s.paid(created))[-1]
        assert isinstance(last, Succeeded)
        assert last.fee == Msat(1_000)


@pytest.mark.parametrize("fee", [None, 5_001])
async def test_a_wallet_that_does_not_keep_the_limit_is_not_said_to(fee: int | None) -> None:
    async with scene() as s:
        created = s.third()
        preimage = s.service.thirds[created.payment_hash.hex()].preimage
        result = {"state": "settled", "preimage": preimage.hex(), "amount": 21_000}
        s.service.script["pay"] = lambda _: result | ({} if fee is None else {"fees_paid": fee})
        assert Capability.FEE_LIMIT in s.wallet.capabilities
        assert isinstance((await s.paid(created))[-1], Succeeded)
        assert Capability.FEE_LIMIT not in s.wallet.capabilities


# Being paid


@pytest.mark.parametrize(
    ("amount", "description_hash", "network"),
    [
        (21_001, None, Network.REGTEST),
        (None, None, Network.REGTEST),
        (21_000, "0d" * 32, Network.REGTEST),
        (21_000, None, Network.SIGNET),
    ],
)
async def test_another_invoice_than_was_asked_for_is_not_used(
    amount: int | None, description_hash: str | None, network: Network
) -> None:
    async with scene() as s:
        text = invoice_text(NODE, b"\x01" * 32, amount, "x", description_hash, 3_600, network)
        s.service.script["make_invoice"] = lambda _: {"invoice": text, "amount": 21_000}
        with pytest.raises(WalletInvoiceDiffers):
            await s.wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))


async def test_an_invoice_without_an_amount_is_not_asked_for() -> None:
    async with scene() as s:
        with pytest.raises(WalletNeedsAmount):
            await s.wallet.create_invoice(InvoiceRequest(amount=None, description="x"))


async def test_the_wallets_refusal_to_make_an_invoice_is_told_in_its_words() -> None:
    async with scene() as s:
        request = InvoiceRequest(amount=AMOUNT, description="x")
        s.service.script["make_invoice"] = fail("RESTRICTED")
        with pytest.raises(WalletNotAllowed):
            await s.wallet.create_invoice(request)
        s.service.script["make_invoice"] = fail("OTHER", "too\nsmall\u202e")
        with pytest.raises(WalletRefused) as caught:
            await s.wallet.create_invoice(request)
        assert caught.value.said == "too small"


async def test_a_notification_is_looked_up_before_anybody_hears_of_it() -> None:
    async with scene() as s:
        told: list[IncomingPayment] = []
        s.wallet.on_received(told.append)
        request = InvoiceRequest(amount=AMOUNT, description="x", label="a zap")
        first = await s.wallet.create_invoice(request)
        second = await s.wallet.create_invoice(request)
        entry = s.service.entries[first.payment_hash.hex()]
        lie = {**entry.told(), "state": "settled", "preimage": entry.preimage.hex()}
        await s.service.notify("payment_received", lie)
        await s.service.notify("payment_sent", lie)
        await s.service.notify("payment_received", {"payment_hash": 5})
        await s.service.be_paid(second.invoice, AMOUNT.value)
        await s.service.notify(
            "payment_received", s.service.entries[second.payment_hash.hex()].told()
        )
        await eventually(lambda: bool(told), "nobody is told")
        await asyncio.sleep(0.1)
        assert [payment.payment_hash for payment in told] == [second.payment_hash]
        assert told[0].label == "a zap"


async def test_what_a_relay_kept_from_before_is_no_news() -> None:
    async with scene() as s:
        told: list[IncomingPayment] = []
        s.wallet.on_received(told.append)
        s.service.notifications = ""
        entry = s.service.receive_unasked(5_000, [])
        await s.service.notify("payment_received", entry.told(), at=int(time.time()) - 100)
        await asyncio.sleep(0.15)
        assert told == []


async def test_a_keysend_has_a_preimage_of_ours_and_is_sent_once() -> None:
    async with scene(methods=f"{MODERN} pay_keysend") as s:
        assert Capability.FEE_LIMIT not in s.wallet.capabilities
        request = KeysendRequest(
            node_id=NodeId(NODE.point),
            amount=AMOUNT,
            max_fee=Msat(0),
            records=((7_629_169, b"{}"),),
            preimage=Preimage(b"\x07" * 32),
        )
        for _ in range(2):
            updates = [update async for update in s.wallet.keysend(request)]
            assert isinstance(updates[-1], Succeeded)
            assert updates[-1].preimage == b"\x07" * 32
        sent = [params for method, params in s.service.asked if method == "pay_keysend"]
        assert sent == [
            {
                "amount": 21_000,
                "pubkey": NODE.point.hex(),
                "preimage": "07" * 32,
                "tlv_records": [{"type": 7_629_169, "value": "7b7d"}],
            }
        ]


async def test_what_came_unasked_is_found_page_by_page_oldest_first() -> None:
    async with scene() as s:
        await s.wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="x"))
        records = [{"type": 7_629_169, "value": "7b7d"}]
        made = [s.service.receive_unasked(1_000 + n, records if n == 0 else []) for n in range(45)]
        for number, entry in enumerate(made):
            entry.settled_at = 1_900_000_000 + number
        found = await s.wallet.unasked_since(Instant.from_unix_seconds(1_700_000_000))
        assert [payment.amount.value for payment in found] == [1_000 + n for n in range(45)]
        assert found[0].records == ((7_629_169, b"{}"),)
        assert sha256(found[0].preimage) == found[0].payment_hash


async def test_a_list_without_an_end_is_not_read_for_ever() -> None:
    async with scene(methods=OLDER.replace("lookup_invoice ", "")) as s:
        numbers = iter(range(10**6))

        def page(_: Params) -> Any:
            hashes = [sha256(str(next(numbers)).encode()).hex() for _ in range(20)]
            return {
                "transactions": [
                    {"type": "outgoing", "payment_hash": h, "amount": 1} for h in hashes
                ]
            }

        s.service.script["list_transactions"] = page
        with pytest.raises(WalletAnswerUnreadable):
            await s.wallet.lookup(s.third().payment_hash)
        assert next(numbers) <= 1_000


async def test_the_secret_is_in_no_error_and_no_representation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG", logger="tipdesk")
    async with scene() as s:
        secret = s.service.client_keys.secret_key().to_hex()
        s.service.script["get_balance"] = lambda _: None
        with pytest.raises(WalletUnreachable) as caught:
            await s.wallet.balance()
        shown = f"{caught.value!r} {caught.value} {s.wallet!r} {vars(s.wallet)} {caplog.text}"
        assert secret not in shown
        assert "127.0.0.1" in str(caught.value)
