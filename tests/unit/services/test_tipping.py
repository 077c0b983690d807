"""A tip from the press of a button to its receipt, and every way in which it does not get there."""

import asyncio
import json
from collections.abc import Callable

import pytest

from tests.fakes import (
    ADDRESS,
    CALLBACK,
    CREATOR,
    FAN,
    PROVIDER,
    RELAY,
    ROUTE,
    START,
    STRANGER,
    make_invoice,
    preimage_of,
    sign,
    until,
)
from tests.unit.services.conftest import POST, Fan
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import PaymentHash, TipId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import serve
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import accept_zap_request, build_zap_receipt
from tipdesk.ports import http
from tipdesk.services import tip_plan, tipping
from tipdesk.services.events import TipChanged
from tipdesk.services.tip_plan import TipIntent
from tipdesk.tips import event as on
from tipdesk.tips import ledger, sentence
from tipdesk.tips.ledger import Balances
from tipdesk.tips.payment import Failed, FailureReason, InFlight, PayRequest, Quote
from tipdesk.tips.tip import TipStatus


def receipt_of(fan: Fan, number: int = 1) -> Event:
    """What the creator's server publishes for the tip with that invoice."""
    order = fan.wallet.orders[number - 1]
    request = accept_zap_request(
        fan.server.requests[number - 1],
        asked=order.amount,
        recipient=CREATOR.x_only,
        provider=PROVIDER.x_only,
    )
    unsigned = build_zap_receipt(
        request,
        invoice=order.invoice,
        preimage=preimage_of(number),
        provider=PROVIDER.x_only,
        paid_at=START.unix_seconds,
    )
    return nip01.sign(unsigned, PROVIDER, bytes(32))


async def ended(fan: Fan, tip_id: TipId, *states: TipStatus) -> None:
    await until(lambda: fan.view(tip_id).state in states)


async def failed(fan: Fan) -> str:
    """The sentence of a tip that cannot succeed; nothing was ordered and nothing is held."""
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.FAILED)
    assert fan.wallet.orders == []
    assert ledger.balances(fan.store.entries()) == Balances()
    assert fan.view(tip_id).can_retry
    return fan.view(tip_id).sentence


async def test_a_tip_is_zapped_paid_and_its_receipt_seen(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.PAID)
        paid = fan.view(tip_id)
        assert (paid.fee, paid.channels, paid.route) == (Msat(1_000), 3, ROUTE)
        assert paid.expected_fee == Msat(1_000)
        fan.relays.deliver(receipt_of(fan))
        assert fan.view(tip_id).state is TipStatus.RECEIPT_SEEN
        assert fan.view(tip_id).receipt == receipt_of(fan).id
    assert ledger.balances(fan.store.entries()) == Balances(
        wallet=Msat(-22_000), held=Msat(0), tipped=Msat(21_000), fees=Msat(1_000)
    )
    request = accept_zap_request(
        fan.server.requests[0],
        asked=Msat(21_000),
        recipient=CREATOR.x_only,
        provider=PROVIDER.x_only,
    )
    assert (request.sender, request.comment) == (FAN.x_only, "nice & warm")
    assert request.target.event_id == POST.id
    assert request.relays == (RELAY,)
    assert fan.events.count(TipChanged(tip_id)) >= 4


async def test_the_receipt_may_come_before_the_wallet_says_paid(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.wallet.how = "silent"
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.IN_FLIGHT)
        fan.relays.deliver(receipt_of(fan))
        assert fan.view(tip_id).state is TipStatus.IN_FLIGHT
        order = fan.wallet.orders[0]
        fan.wallet.known[order.payment_hash] = fan.wallet.success(order)
        await ended(fan, tip_id, TipStatus.RECEIPT_SEEN)
        receipt = fan.receipts.receipt(order.payment_hash)
        assert receipt is not None
        assert receipt.grade.name == "A"


async def test_a_payment_that_hangs_says_until_when_it_may_take(fan: Fan) -> None:
    until = START.plus_ms(5_400_000)
    async with fan.running():
        fan.meet_ana()
        fan.wallet.how = "silent"
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.IN_FLIGHT)
        assert fan.view(tip_id).ends_by is None
        order = fan.wallet.orders[0]
        told = fan.events.count(TipChanged(tip_id))
        fan.tips._take(tip_id, on.LookedUp(InFlight(order.payment_hash, ends_by=until)))
        assert fan.view(tip_id).ends_by == until
        fan.tips._take(tip_id, on.PaymentUpdated(InFlight(order.payment_hash, ends_by=until)))
        assert fan.events.count(TipChanged(tip_id)) == told + 1
        fan.wallet.known[order.payment_hash] = fan.wallet.success(order)
        await ended(fan, tip_id, TipStatus.PAID)
        assert fan.view(tip_id).ends_by is None


async def test_money_moves_only_after_tip_invoice_and_reservation_are_on_disk(fan: Fan) -> None:
    found: list[tuple[TipStatus, bool, str]] = []

    def look(request: PayRequest) -> None:
        assert not fan.database.is_dirty
        (tip,) = fan.store.tips()
        (entry,) = fan.store.entries()
        same = tip.bill is not None and tip.bill.payment_hash == request.payment_hash
        found.append((tip.status, same, entry.kind.value))

    fan.wallet.before_paying = look
    async with fan.running():
        fan.meet_ana()
        await ended(fan, fan.begin(), TipStatus.PAID)
    assert found == [(TipStatus.PAYING, True, "reserved")]


async def test_nobody_hears_of_a_change_before_it_is_on_disk(fan: Fan) -> None:
    dirty: list[bool] = []
    fan.bus.subscribe(TipChanged, lambda _: dirty.append(fan.database.is_dirty))
    async with fan.running():
        fan.meet_ana()
        await ended(fan, fan.begin(), TipStatus.PAID)
    assert len(dirty) >= 4
    assert not any(dirty)


async def test_fee_and_route_stand_there_during_the_undo_window(fan: Fan) -> None:
    fan.tips.undo_window_ms = 60_000
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await until(lambda: fan.view(tip_id).expected_fee)
        view = fan.view(tip_id)
        assert view.state is TipStatus.UNDO
        assert (view.expected_fee, view.fee_limit, view.channels) == (Msat(1_000), Msat(3_000), 3)
        assert view.undo_until == START.plus_ms(60_000)
        assert "about 1 sat in fees (at most 3 sat)" in view.sentence
        assert fan.tips.undo(tip_id)
        assert not fan.tips.undo(tip_id)
        assert fan.view(tip_id).sentence == "You took this tip back. No money moved."
    assert fan.wallet.orders == []


async def test_a_tip_left_alone_is_paid_when_its_window_ends(fan: Fan) -> None:
    fan.tips.undo_window_ms = 40
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        assert fan.view(tip_id).can_undo
        await ended(fan, tip_id, TipStatus.PAID)
        assert not fan.tips.undo(tip_id)


async def test_a_slow_server_keeps_the_tip_undoable_after_the_window(fan: Fan) -> None:
    fan.tips.undo_window_ms = 5
    fan.http.gate = asyncio.Event()
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.QUOTING)
        assert fan.tips.undo(tip_id)
        fan.http.gate.set()
        await asyncio.sleep(0.02)
    assert fan.view(tip_id).state is TipStatus.CANCELLED
    assert fan.wallet.orders == []


async def test_closing_inside_the_window_cancels_and_says_so(fan: Fan) -> None:
    fan.tips.undo_window_ms = 60_000
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await until(lambda: fan.view(tip_id).expected_fee)
    fan.close()
    fan.open()
    async with fan.running():
        assert fan.view(tip_id).state is TipStatus.CANCELLED
        assert fan.view(tip_id).sentence == sentence.CLOSED_IN_WINDOW
        await asyncio.sleep(0.02)
    assert fan.wallet.orders == []


@pytest.mark.parametrize("how", ["silent", "broken"])
async def test_a_payment_under_way_at_a_crash_is_finished_and_never_paid_again(
    fan: Fan, how: str
) -> None:
    fan.wallet.how = how
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.IN_FLIGHT)
        assert "no need to tip again" in fan.view(tip_id).sentence
    order = fan.wallet.orders[0]
    fan.wallet.known[order.payment_hash] = fan.wallet.success(order)
    fan.close()
    fan.open()
    async with fan.running():
        await ended(fan, tip_id, TipStatus.PAID)
    assert len(fan.wallet.orders) == 1
    assert ledger.balances(fan.store.entries()).tipped == Msat(21_000)


async def test_a_wallet_that_breaks_off_is_asked_until_it_knows(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.tips.machine.LOOK_UP_EVERY_MS", 5)
    fan.wallet.how = "broken"
    async with fan.running():
        fan.meet_ana()
        await ended(fan, fan.begin(), TipStatus.PAID)
    assert len(fan.wallet.orders) == 1


async def test_a_failure_found_out_after_a_crash_releases_the_reservation(fan: Fan) -> None:
    fan.wallet.how = "silent"
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.IN_FLIGHT)
    payment_hash = fan.wallet.orders[0].payment_hash
    fan.wallet.known[payment_hash] = Failed(payment_hash, FailureReason.TRIED_EVERYTHING)
    fan.close()
    fan.open()
    async with fan.running():
        await ended(fan, tip_id, TipStatus.FAILED)
    assert ledger.balances(fan.store.entries()) == Balances()


class ProcessDied(BaseException):
    """No supervisor outlives this."""


async def begin_and_die(fan: Fan) -> None:
    """The process dies between the commit and the wallet."""

    def die(_: PayRequest) -> None:
        raise ProcessDied

    fan.wallet.before_paying = die
    async with asyncio.TaskGroup() as group:
        group.create_task(fan.tips.run())
        await asyncio.sleep(0)
        fan.begin()
        await asyncio.sleep(1)


async def test_a_crash_before_the_wallet_heard_of_it_fails_the_tip_for_certain(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
    with pytest.raises(BaseExceptionGroup):
        await begin_and_die(fan)
    fan.close()
    fan.open()
    (tip_id,) = (view.tip_id for view in fan.tips.tips())
    assert fan.view(tip_id).state is TipStatus.PAYING
    async with fan.running():
        await ended(fan, tip_id, TipStatus.FAILED)
    assert fan.view(tip_id).sentence == sentence.NEVER_BEGUN
    assert ledger.balances(fan.store.entries()) == Balances()


@pytest.mark.parametrize("reason", list(FailureReason))
async def test_a_certain_failure_has_its_reason_and_a_retry_gets_a_fresh_invoice(
    fan: Fan, reason: FailureReason
) -> None:
    fan.wallet.how = reason
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.FAILED)
        assert fan.view(tip_id).sentence.startswith(f"{reason.value} No money moved. ")
        fan.wallet.how = "succeed"
        again = fan.tips.retry(tip_id)
        await ended(fan, again, TipStatus.PAID)
        with pytest.raises(tipping.CannotRetry):
            fan.tips.retry(again)
    first, second = fan.wallet.orders
    assert first.payment_hash != second.payment_hash
    assert [view.tip_id for view in fan.tips.tips()] == [again, tip_id]


async def test_what_is_likely_is_what_the_latest_tip_to_them_cost(fan: Fan) -> None:
    ana = CREATOR.x_only
    async with fan.running():
        fan.meet_ana()
        assert fan.tips.likely_fee(ana, Msat(21_000)) is None
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.PAID)
        paid = fan.view(tip_id)
        assert paid.fee is not None
        assert paid.fee > Msat(0)
        assert fan.tips.likely_fee(ana, paid.amount) == paid.fee
        assert fan.tips.likely_fee(ana, Msat(1_000)) == paid.fee
        # More costs in proportion, and never more than it may.
        twice = fan.tips.likely_fee(ana, Msat(2 * paid.amount.value))
        assert twice == Msat(2 * paid.fee.value)
        fan.wallet.fee = Msat(0)
        later = fan.begin()
        await ended(fan, later, TipStatus.PAID)
        assert fan.tips.likely_fee(ana, paid.amount) == Msat(0)


async def test_a_tip_that_is_paid_again_twice_is_paid_once(fan: Fan) -> None:
    fan.wallet.how = FailureReason.NO_ROUTE
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.FAILED)
        assert fan.view(tip_id).can_retry
        fan.wallet.how = "succeed"
        again = fan.tips.retry(tip_id)
        assert fan.tips.retry(tip_id) == again
        assert not fan.view(tip_id).can_retry
        await ended(fan, again, TipStatus.PAID)
        # Also when the press comes late, when the second one is paid already.
        assert fan.tips.retry(tip_id) == again
    assert len(fan.wallet.orders) == 2


Twist = Callable[[dict[str, object]], dict[str, object]]


@pytest.mark.parametrize(
    ("twist", "told"),
    [
        (
            lambda terms: terms | {"amount": Msat(2_100_000)},
            "The recipient's server returned an invoice over 2,100 sat for a tip of 21 sat. "
            "It was not paid: no money moved.",
        ),
        (
            lambda terms: terms | {"amount": Msat(21_001)},
            "The recipient's server returned an invoice over 21.001 sat for a tip of 21 sat. "
            "It was not paid: no money moved.",
        ),
        (
            lambda terms: terms | {"network": Network.MAINNET},
            "The recipient's server returned an invoice for mainnet, but this wallet is on "
            "regtest. No money moved.",
        ),
        (
            lambda terms: terms | {"timestamp": START.unix_seconds - 4_000},
            "The recipient's server returned an invoice that has already expired. No money moved.",
        ),
    ],
)
async def test_a_server_with_another_invoice_is_not_paid(fan: Fan, twist: Twist, told: str) -> None:
    fan.server.twist = twist
    assert await failed(fan) == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            http.RedirectRefused("a.example", reason="to another kind of address"),
            "a.example redirects to another kind of address: not followed. No money moved.",
        ),
        (
            http.TooLarge("a.example", max_bytes=400_000),
            "a.example sent more than 400,000 bytes and was cut off. No money moved.",
        ),
        (http.EmptyAnswer("a.example"), "a.example sent an empty answer. No money moved."),
        (
            http.TooSlow("a.example", seconds=10),
            "a.example did not answer within 10 seconds. No money moved.",
        ),
        (http.NotReachable("a.example"), "a.example cannot be reached. No money moved."),
        (
            http.ServerError("a.example", status=500, body=b"oops"),
            "a.example answered with the error 500. No money moved.",
        ),
        (
            http.ServerError(
                "a.example", status=400, body=serve.render_error("not today").encode()
            ),
            'The recipient\'s server refused. It said: "not today". No money moved.',
        ),
        (
            serve.render_error("<b>no</b>\x00").encode(),
            'The recipient\'s server refused. It said: "<b>no</b>". No money moved.',
        ),
        (
            b"<html>",
            "127.0.0.1 did not answer with a payment request that TipDesk can use (not JSON). "
            "No money moved.",
        ),
        (
            b"{}",
            "127.0.0.1 did not answer with a payment request that TipDesk can use "
            "(the server's answer has no usable 'tag'). No money moved.",
        ),
    ],
)
async def test_a_server_that_answers_badly_gets_a_sentence(
    fan: Fan, answer: bytes | BackendError, told: str
) -> None:
    fan.http.answers["http://127.0.0.1:9000/.well-known/lnurlp/ana"] = answer
    assert await failed(fan) == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            http.EmptyAnswer("127.0.0.1"),
            "127.0.0.1 sent an empty answer. No money moved.",
        ),
        (
            b'{"pr": "lnbcrt1nothing"}',
            "The recipient's server returned an invoice that cannot be paid. ",
        ),
        (
            json.dumps({"pr": make_invoice(), "successAction": {"tag": "dance"}}).encode(),
            "127.0.0.1 did not answer with a payment request that TipDesk can use "
            "(the server wants an action 'dance' after the payment: not supported). "
            "No money moved.",
        ),
    ],
)
async def test_a_callback_that_answers_badly_gets_a_sentence(
    fan: Fan, answer: bytes | BackendError, told: str
) -> None:
    fan.http.answers[CALLBACK] = answer
    text = await failed(fan)
    assert text.startswith(told)
    assert text.endswith("No money moved.")


async def test_an_amount_that_the_server_does_not_take_says_what_it_takes(fan: Fan) -> None:
    fan.server.most = Msat(20_000)
    assert await failed(fan) == (
        "The recipient's server accepts tips from 1 sat to 20 sat, not 21 sat. No money moved."
    )


@pytest.mark.parametrize(
    ("quoted", "told"),
    [
        (
            Quote(Msat(17_000), 3),
            "The cheapest way to the receiver costs 17 sat now, more than your limit of 3 sat. "
            "No money moved. Try again later; the limit grows with the tip.",
        ),
        (
            Failed(PaymentHash(bytes(32)), FailureReason.NO_ROUTE),
            "No way through the network to the receiver was found. No money moved. "
            "Try again in a minute, or with a smaller amount.",
        ),
    ],
)
async def test_a_fee_over_the_limit_or_no_way_is_said_before_anything_is_paid(
    fan: Fan, quoted: Quote | Failed, told: str
) -> None:
    fan.wallet.quoted = quoted
    assert await failed(fan) == told


async def test_a_wallet_that_cannot_be_asked_for_a_quote_still_pays(fan: Fan) -> None:
    fan.wallet.quoted = BackendError("away")
    async with fan.running():
        fan.meet_ana()
        await ended(fan, fan.begin(), TipStatus.PAID)
    assert fan.wallet.orders[0].max_fee == Msat(3_000)


async def test_an_invoice_given_twice_is_paid_once(fan: Fan) -> None:
    fan.server.twist = lambda terms: terms | {"number": 77}
    async with fan.running():
        fan.meet_ana()
        first, second = fan.begin(), fan.begin(comment="another")
        await ended(fan, first, TipStatus.PAID)
        await ended(fan, second, TipStatus.FAILED)
        third = fan.begin()
        await ended(fan, third, TipStatus.FAILED)
    assert len(fan.wallet.orders) == 1
    assert fan.view(second).sentence == fan.view(third).sentence == sentence.USED_INVOICE


async def test_an_invoice_that_the_wallet_paid_elsewhere_is_not_called_a_paid_tip(
    fan: Fan,
) -> None:
    paid = fan.purse.preview(make_invoice(77))
    await fan.purse.pay(paid)
    fan.wallet.orders.clear()
    fan.server.twist = lambda terms: terms | {"number": 77}
    assert await failed(fan) == sentence.USED_INVOICE


async def test_a_server_without_zaps_is_paid_plainly_with_the_comment(fan: Fan) -> None:
    fan.server.zaps = False
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin(comment="a & b")
        await ended(fan, tip_id, TipStatus.PAID)
    assert fan.server.queries[0]["comment"] == ["a & b"]
    assert "publishes no receipts" in fan.view(tip_id).sentence


async def test_a_receipt_by_a_stranger_does_not_count_for_an_unsettled_tip(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.wallet.how = "silent"
        tip_id = fan.begin()
        await ended(fan, tip_id, TipStatus.IN_FLIGHT)
        true = receipt_of(fan)
        fan.relays.deliver(sign(STRANGER, true.kind, tags=true.tags))
        assert fan.view(tip_id).receipt is None
        assert fan.receipts.flaws["WRONG_PROVIDER"] == 1


async def test_what_cannot_be_tipped_is_refused_with_a_sentence(fan: Fan) -> None:
    fan.profiles.learn(sign(STRANGER, 0, f'{{"lud16": "{ADDRESS}"}}'))
    with pytest.raises(tipping.NotRunning):
        fan.tips.begin(TipIntent(STRANGER.x_only, None, Msat(1_000)))
    async with fan.running():
        with pytest.raises(tip_plan.CannotBeTipped, match="no lightning address"):
            fan.begin()
        fan.meet_ana()
        for sat, comment, refusal in (
            (0, "", tip_plan.TipAmountRefused),
            (10_000_001, "", tip_plan.TipAmountRefused),
            (21, "x" * 281, tip_plan.CommentTooLong),
        ):
            with pytest.raises(refusal):
                fan.begin(sat, comment)
        assert fan.tips.tips() == ()
        assert not fan.tips.undo(TipId(bytes(16)))
        with pytest.raises(RequestError):
            fan.tips.retry(TipId(bytes(16)))


async def test_the_undo_window_is_remembered_and_bounded(fan: Fan) -> None:
    for asked, kept in ((7_000, 7_000), (-5, 0), (10**9, 60_000)):
        fan.tips.undo_window_ms = asked
        fan.close()
        fan.open()
        assert fan.tips.undo_window_ms == kept


async def test_of_a_wallet_that_keeps_to_no_limit_none_is_said(fan: Fan) -> None:
    fan.book._limits_fees = lambda: False
    fan.tips.undo_window_ms = 60_000
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        await until(lambda: fan.view(tip_id).expected_fee)
        view = fan.view(tip_id)
        assert view.fee_limit is None
        assert "in fees what your wallet decides" in view.sentence
        assert "at most" not in view.sentence
