"""Our payments: a reason for every refusal, one attempt at a time, never a second payment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.fakes import make_invoice
from tests.nodes import Member, World, line, pair
from tests.waiting import eventually
from tipdesk.adapters.payments.embedded import EmbeddedRoutes
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.invoice.bolt11 import decode
from tipdesk.lightning.payment.destination import SPARE_BLOCKS
from tipdesk.lightning.routing.scoring import Scores
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.node.channels import ChannelDriver
from tipdesk.ports.stores import PaymentStatus
from tipdesk.services.routes import RouteService
from tipdesk.tips.payment import (
    CreatedInvoice,
    Failed,
    FailureReason,
    InFlight,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
    Succeeded,
    Unknown,
)

AMOUNT = Msat(5_000_000)
FEES = Msat(3_000)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as world:
        yield world


def failed(updates: list[PaymentUpdate], reason: FailureReason) -> Failed:
    last = updates[-1]
    assert isinstance(last, Failed), last
    assert last.reason is reason
    return last


def as_created(text: str) -> CreatedInvoice:
    read = decode(text)
    return CreatedInvoice(text, read.payment_hash, read.expires_at)


async def test_a_payment_says_that_it_is_in_flight_then_all_that_it_took(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    first, last = await fan.pay(invoice)
    assert first == InFlight(invoice.payment_hash)
    assert isinstance(last, Succeeded)
    assert sha256(last.preimage) == invoice.payment_hash
    assert (last.amount, last.fee, last.channels, last.parts) == (AMOUNT, FEES, 3, 1)
    names = [made.members[name].node.node_id for name in ("first", "second", "creator")]
    assert [hop.node_id for hop in last.route] == names
    assert sum((hop.fee for hop in last.route), Msat(0)) == FEES
    assert fan.node.payments.lookup(invoice.payment_hash) == last


async def test_no_node_tells_by_the_expiry_that_the_way_ends_behind_it(
    fan: Member, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """BOLT 7, "Recommendations for Routing": it looks as if the creator had to pass it on."""
    asked = creator.config.min_final_cltv_expiry_delta + SPARE_BLOCKS
    desk, found = creator.node._router._endpoint, []
    receive = desk.receive

    def note(
        channel: ChannelDriver, htlc: Htlc, payload: FinalPayload, shared_secret: bytes
    ) -> None:
        found.append(htlc.cltv_expiry.value - creator.node.height().value - asked.value)
        receive(channel, htlc, payload, shared_secret)

    monkeypatch.setattr(desk, "receive", note)
    for _ in range(3):
        *_, paid = await fan.pay(creator.invoice(AMOUNT))
        assert isinstance(paid, Succeeded), paid
    assert found == [creator.config.policy.cltv_expiry_delta.value] * 3


async def test_a_quote_is_the_fee_that_is_then_paid(fan: Member, creator: Member) -> None:
    invoice = creator.invoice(AMOUNT)
    assert await fan.node.payments.quote(invoice.invoice, FEES) == Quote(FEES, 3)
    refused = await fan.node.payments.quote(invoice.invoice, FEES - Msat(1))
    assert isinstance(refused, Failed)
    assert refused.reason is FailureReason.FEE_OVER_LIMIT
    assert not fan.htlcs


async def test_a_node_that_did_not_ask_is_quoted_and_not_bothered(
    fan: Member, creator: Member
) -> None:
    request = KeysendRequest(node_id=creator.node.node_id, amount=AMOUNT, max_fee=FEES)
    assert await fan.node.payments.quote_keysend(request) == Quote(FEES, 3)
    over = await fan.node.payments.quote_keysend(replace(request, max_fee=FEES - Msat(1)))
    assert isinstance(over, Failed)
    assert over.reason is FailureReason.FEE_OVER_LIMIT
    ours = await fan.node.payments.quote_keysend(replace(request, node_id=fan.node.node_id))
    assert isinstance(ours, Failed)
    assert ours.reason is FailureReason.TO_OURSELVES
    assert not fan.htlcs


async def test_class_32_a_fee_of_one_msat_over_the_limit_is_not_paid(
    fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    balance = fan.stored_balance()
    failed(await fan.pay(invoice, max_fee=FEES - Msat(1)), FailureReason.FEE_OVER_LIMIT)
    assert fan.stored_balance() == balance
    # It failed for certain, so the same invoice may be paid after all.
    assert isinstance((await fan.pay(invoice, max_fee=FEES))[-1], Succeeded)


async def test_class_30_what_is_paid_already_is_answered_and_not_paid_again(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    paid = (await fan.pay(invoice))[-1]
    await made.quiet()
    balance = fan.stored_balance()
    assert await fan.pay(invoice) == [paid]
    await fan.restart(killed=False)
    assert await fan.pay(invoice) == [paid]
    assert fan.stored_balance() == balance


async def test_whoever_pays_the_same_hash_meanwhile_joins_the_one_payment(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    balance = fan.stored_balance()
    several = await asyncio.gather(*(fan.pay(invoice) for _ in range(5)))
    assert len({updates[-1] for updates in several}) == 1
    assert isinstance(several[0][-1], Succeeded)
    await made.quiet()
    assert balance - fan.stored_balance() == (AMOUNT + FEES).value


async def test_class_30_never_two_htlcs_at_once_for_one_hash(
    made: World, fan: Member, creator: Member
) -> None:
    """The creator is away: the HTLC waits, and neither patience nor a second call adds another."""
    invoice = creator.invoice(AMOUNT)
    await creator.stop(killed=True)
    paying = asyncio.create_task(fan.pay(invoice))
    again = asyncio.create_task(fan.pay(invoice))
    fan.clock.moved_ms = 3_000_000
    await asyncio.wait({paying, again}, timeout=0.5)
    assert len(fan.htlcs) <= 1
    await creator.start()
    first, second = await paying, await again
    assert first[-1] == second[-1]
    await made.quiet()


async def test_after_a_restart_a_payment_in_flight_is_joined_by_nobody_and_ends(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    second = made.members["second"]
    second.store.dies_at = second.store.commits + 2
    paying = asyncio.create_task(fan.pay(invoice))
    await second.died.wait()
    await fan.restart()
    paying.cancel()
    assert [htlc.payment_hash for htlc in fan.htlcs] == [invoice.payment_hash]
    (only,) = await fan.pay(invoice)
    assert isinstance(only, Unknown)
    assert fan.node.payments.lookup(invoice.payment_hash) == InFlight(invoice.payment_hash)
    await second.restart()

    def ended() -> bool:
        known = fan.node.payments.lookup(invoice.payment_hash)
        return isinstance(known, Succeeded | Failed)

    await eventually(ended, "the payment of the last process did not end")
    await made.quiet()


async def test_a_payment_without_an_htlc_is_over_at_the_next_start(
    fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    await fan.pay(invoice)
    stored = fan.store.payment(invoice.payment_hash)
    assert stored is not None
    fan.store.save_payment(
        replace(
            stored,
            status=PaymentStatus.UNDER_WAY,
            preimage=None,
            fee=None,
            route=None,
            settled_at=None,
        )
    )
    fan.store.commit()
    await fan.restart()
    known = fan.node.payments.lookup(invoice.payment_hash)
    assert isinstance(known, Failed)
    assert known.reason is FailureReason.TRIED_EVERYTHING


async def test_an_invoice_of_ones_own_an_expired_and_a_foreign_one_are_refused(
    fan: Member, creator: Member
) -> None:
    failed(await fan.pay(fan.invoice(AMOUNT)), FailureReason.TO_OURSELVES)
    short = creator.invoice(AMOUNT, expiry_seconds=60)
    fan.clock.moved_ms = 61_000
    failed(await fan.pay(short), FailureReason.EXPIRED)
    mainnet = make_invoice(network=Network.MAINNET, amount=AMOUNT)
    failed(await fan.pay(as_created(mainnet)), FailureReason.UNSUPPORTED)
    request = PayRequest(
        invoice="lnbcrt1 nonsense",
        payment_hash=short.payment_hash,
        amount=AMOUNT,
        max_fee=FEES,
    )
    (garbage,) = [update async for update in fan.node.payments.pay(request)]
    assert isinstance(garbage, Failed)
    assert garbage.reason is FailureReason.UNSUPPORTED


async def test_class_31_another_amount_than_the_invoice_says_is_refused(
    fan: Member, creator: Member
) -> None:
    """Class 31: what the person approved is what is paid."""
    for amount in (AMOUNT + Msat(1), AMOUNT - Msat(1)):
        failed(await fan.pay(creator.invoice(AMOUNT), amount), FailureReason.UNSUPPORTED)
    free = creator.invoice(None)
    (*_, last) = await fan.pay(free, Msat(4_321_000))
    assert isinstance(last, Succeeded)
    assert last.amount == Msat(4_321_000)
    quote = await fan.node.payments.quote(creator.invoice(None).invoice, FEES)
    assert isinstance(quote, Failed)
    for_amount = await fan.node.payments.quote(creator.invoice(None).invoice, FEES, AMOUNT)
    assert for_amount == Quote(FEES, 3)
    another = await fan.node.payments.quote(creator.invoice(AMOUNT).invoice, FEES, AMOUNT * 2)
    assert isinstance(another, Failed)
    failed(await fan.pay(creator.invoice(None), Msat(0)), FailureReason.UNSUPPORTED)


async def test_more_than_the_channels_hold_is_refused_with_that_reason(
    fan: Member, creator: Member
) -> None:
    much = Msat(1_999_000_000)
    failed(await fan.pay(creator.invoice(much), much), FailureReason.NO_BALANCE)


async def test_a_stranger_that_no_map_knows_cannot_be_reached(fan: Member) -> None:
    now = fan.clock.now().unix_seconds
    stranger = as_created(make_invoice(amount=AMOUNT, timestamp=now))
    last = failed(await fan.pay(stranger), FailureReason.NO_ROUTE)
    assert last.detail == "The receiver has no channel that is known."


async def test_with_its_peer_away_a_payment_says_so(made: World, fan: Member) -> None:
    invoice = made.members["creator"].invoice(AMOUNT)
    await made.members["first"].stop()
    await eventually(lambda: not fan.channel.is_usable, "the peer is still there")
    failed(await fan.pay(invoice), FailureReason.PEER_OFFLINE)


async def test_a_payee_that_does_not_know_the_hash_ends_the_payment_at_once(
    fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT, expiry_seconds=60)
    creator.clock.moved_ms = 61_000
    failed(await fan.pay(invoice), FailureReason.REFUSED)


async def test_when_every_way_has_failed_that_is_the_reason(made: World, fan: Member) -> None:
    creator, second = made.members["creator"], made.members["second"]
    invoice = creator.invoice(AMOUNT)
    await creator.stop()
    await eventually(
        lambda: sum(c.is_usable for c in second.channels) == 1, "the creator is still there"
    )
    failed(await fan.pay(invoice), FailureReason.TRIED_EVERYTHING)
    await made.quiet()


async def test_class_32_money_is_never_locked_for_longer_than_the_limit(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        await fan.stop()
        fan.config = replace(fan.config, maximum_cltv=CltvDelta(40))
        await fan.start()
        await made.usable()
        last = failed(await fan.pay(creator.invoice(AMOUNT)), FailureReason.NO_ROUTE)
        assert last.detail == "Every way would lock the money for too long."


async def test_what_payments_taught_is_handed_on_once(fan: Member, creator: Member) -> None:
    assert fan.node.money.ways.news() is None
    await fan.pay(creator.invoice(AMOUNT))
    news = fan.node.money.ways.news()
    assert news is not None
    # Two channels behind our own, both ways.
    assert len(Scores.from_bytes(news).known()) == 4
    assert fan.node.money.ways.news() is None


async def test_the_way_of_each_part_is_kept_with_what_its_nodes_say(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    before = fan.clock.now()
    (*_, last) = await fan.pay(invoice)
    assert isinstance(last, Succeeded)
    await made.quiet()
    taken = RouteService(EmbeddedRoutes(fan.node)).taken(invoice.payment_hash)
    assert taken is not None
    (part,) = taken.parts
    assert [hop.node_id for hop in part.hops] == [
        made.members[name].node.node_id for name in ("first", "second", "creator")
    ]
    assert sum((hop.fee for hop in part.hops), Msat(0)) == taken.fee == last.fee
    assert (part.arrived, part.sent) == (AMOUNT, AMOUNT + last.fee)
    assert [hop.held_ms is None for hop in part.hops] == [False] * 3
    assert part.sent_at is not None
    assert before <= part.sent_at <= part.settled_at
    assert fan.store.open_attempts() == []
