"""BOLT 12 with LDK: it asks, answers, carries and refuses; both sides count their money."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.interop.ldk_peer import LdkPeer
from tests.nodes import Member, World
from tests.waiting import eventually
from tipdesk.adapters.payments.embedded import EmbeddedOffers
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.invoice import bolt12, offer
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.ports.offers import AskedInvoice, OfferRefused
from tipdesk.tips.payment import Failed, FailureReason, PaymentUpdate, PayRequest, Succeeded

CAPACITY = Sat(2_000_000)
HALF = Msat(1_000_000_000)
AMOUNT = Msat(5_000_000)
NOTE = "für den leisen Schluß ♪"
FEE_LIMIT = Msat(50_000)
INSIDE = Failure(code=FailureCode.INVALID_ONION_BLINDING, sha256_of_onion=bytes(32)).sentence


async def ask(payer: Member, text: str) -> AskedInvoice:
    return await EmbeddedOffers(payer.node).ask_invoice(text, AMOUNT, NOTE)


async def pay(payer: Member, asked: AskedInvoice) -> PaymentUpdate:
    request = PayRequest(
        invoice=asked.invoice,
        payment_hash=asked.payment_hash,
        amount=asked.amount,
        max_fee=FEE_LIMIT,
    )
    return [update async for update in payer.node.payments.pay(request)][-1]


def given(payee: Member) -> str:
    return payee.node.money.offers.create("", None).text


def fee_of(router: Member) -> int:
    policy = router.config.policy
    return policy.fee_base_msat + AMOUNT.value * policy.fee_proportional_millionths // 1_000_000


async def connected(made: World, stranger: LdkPeer, *members: Member) -> None:
    """Private channels between LDK and each of us, half and half; all other channels work too."""
    for member in members:
        await member.node.open_channel(stranger.uri, CAPACITY, announce=False, push=HALF)
    made.regtest.mine(8)
    await made.usable()
    await stranger.usable(len(members))


@pytest_asyncio.fixture
async def router(made: World) -> Member:
    return await made.member("router", forwards=True)


@pytest_asyncio.fixture
async def behind(made: World, fan: Member, router: Member, stranger: LdkPeer) -> Member:
    """The fan, and LDK on the other side of the router."""
    await made.give(router)
    await made.open(fan, router, CAPACITY, push=HALF)
    await connected(made, stranger, router)
    return fan


@pytest_asyncio.fixture
async def between(made: World, fan: Member, stranger: LdkPeer) -> AsyncIterator[Member]:
    """The creator on the other side of LDK from the fan, who is not connected to them."""
    creator = await made.member("creator")
    await made.give(creator)
    await connected(made, stranger, fan, creator)
    assert fan.node.connections.peer(creator.node.node_id) is None
    yield creator
    assert fan.node.connections.peer(creator.node.node_id) is None


async def ours_with_ldk(member: Member, stranger: LdkPeer) -> int:
    """What both agree is the member's, of its channel with LDK."""
    channel = next(c for c in member.channels if c.peer == stranger.node_id)
    await eventually(lambda: not member.htlcs, "HTLCs are left on our side")
    await stranger.quiet()
    balance = (await stranger.balances())[channel.channel_id.hex()]
    assert channel.commitments is not None
    ours = channel.commitments.local_balance.value
    assert ours == balance.theirs_msat
    return ours


# -- it pays ------------------------------------------------------------------------------------


async def test_it_pays_our_offer(member: Member, stranger: LdkPeer) -> None:
    payment = await stranger.pay_offer(given(member), AMOUNT, NOTE)
    told = await stranger.hears("sent", payment_id=payment)
    received = member.node.invoices.received(PaymentHash.from_hex(told["payment_hash"]))
    assert received is not None
    assert received.amount == AMOUNT
    assert bolt12.decode(received.invoice).request.payer_note == NOTE
    assert told["fee_msat"] == 0
    assert (await stranger.agrees(member))[0] == HALF.value + AMOUNT.value


async def test_it_pays_our_offer_over_one_of_our_routers(
    made: World, behind: Member, router: Member, stranger: LdkPeer
) -> None:
    """It sees a path that begins with the router, and neither its end nor its length."""
    text = given(behind)
    payment = await stranger.pay_offer(text, AMOUNT, NOTE)
    told = await stranger.hears("sent", payment_id=payment)
    received = behind.node.invoices.received(PaymentHash.from_hex(told["payment_hash"]))
    assert received is not None
    assert received.amount == AMOUNT
    invoice = bolt12.decode(received.invoice)
    assert invoice.request.payer_note == NOTE
    assert [path.path.first_node_id for path in invoice.paths] == [router.node.node_id]
    assert (
        behind.node.node_id.hex() not in (invoice.to_bytes() + offer.decode(text).to_bytes()).hex()
    )
    assert told["fee_msat"] == fee_of(router)
    await made.quiet()
    assert behind.stored_balance() == HALF.value + AMOUNT.value
    assert await ours_with_ldk(router, stranger) == HALF.value + AMOUNT.value + fee_of(router)


async def test_it_pays_three_of_our_invoices_at_once_and_each_once(
    member: Member, stranger: LdkPeer
) -> None:
    """Each of its questions comes more than once, and it pays the first answer alone."""
    text = given(member)
    payments = [await stranger.pay_offer(text, AMOUNT, str(n)) for n in range(3)]
    hashes = {
        (await stranger.hears("sent", payment_id=payment))["payment_hash"] for payment in payments
    }
    assert len(hashes) == 3
    assert (await stranger.agrees(member))[0] == HALF.value + 3 * AMOUNT.value


# -- we pay -------------------------------------------------------------------------------------


async def test_we_pay_its_offer(member: Member, stranger: LdkPeer) -> None:
    """Its invoice's path begins with ourselves: class 35."""
    asked = await ask(member, await stranger.offer())
    paid = await pay(member, asked)
    assert isinstance(paid, Succeeded), paid
    assert paid.fee == Msat(0)
    told = await stranger.hears("received", payment_hash=asked.payment_hash.hex())
    assert told["amount_msat"] == AMOUNT.value
    assert (await stranger.agrees(member))[0] == HALF.value - AMOUNT.value


async def test_we_pay_its_offer_over_one_of_our_routers(
    made: World, behind: Member, router: Member, stranger: LdkPeer
) -> None:
    asked = await ask(behind, await stranger.offer(AMOUNT))
    paid = await pay(behind, asked)
    assert isinstance(paid, Succeeded), paid
    told = await stranger.hears("claimable", payment_hash=asked.payment_hash.hex())
    assert told["note"] == NOTE
    assert told["payer_id"] == bolt12.decode(asked.invoice).request.payer_id.hex()
    assert told["payer_id"] != behind.node.node_id.hex()
    await stranger.hears("received", payment_hash=asked.payment_hash.hex())
    await made.quiet()
    assert (
        behind.stored_balance()
        == CAPACITY.to_msat().value - HALF.value - AMOUNT.value - paid.fee.value
    )
    assert paid.fee.value == fee_of(router)
    assert await ours_with_ldk(router, stranger) == HALF.value - AMOUNT.value


async def test_it_says_in_words_why_it_gives_no_invoice(member: Member, stranger: LdkPeer) -> None:
    """More than its channel could take."""
    text = await stranger.offer(AMOUNT)
    with pytest.raises(OfferRefused) as refused:
        await EmbeddedOffers(member.node).ask_invoice(text, Msat(1_500_000_000), NOTE)
    assert "MissingPaths" in str(refused.value)


# -- it carries ---------------------------------------------------------------------------------


async def test_it_carries_our_question_our_answer_and_our_money(
    made: World, fan: Member, between: Member, stranger: LdkPeer
) -> None:
    asked = await ask(fan, given(between))
    invoice = bolt12.decode(asked.invoice)
    assert [path.path.first_node_id for path in invoice.paths] == [stranger.node_id]
    paid = await pay(fan, asked)
    assert isinstance(paid, Succeeded), paid
    told = await stranger.hears("forwarded")
    assert told["fee_msat"] == paid.fee.value > 0
    received = between.node.invoices.received(asked.payment_hash)
    assert received is not None
    assert received.amount == AMOUNT
    half = HALF.value
    assert await ours_with_ldk(fan, stranger) == half - AMOUNT.value - paid.fee.value
    assert await ours_with_ldk(between, stranger) == half + AMOUNT.value


# -- refusals inside a blinded route ------------------------------------------------------------


def refuse(payee: Member) -> None:
    """From now on the payee knows none of its invoices."""
    payee.node.invoices._expected = lambda _: None  # type: ignore[method-assign, assignment]


async def test_our_refusal_behind_it_reaches_us_as_one_word(
    fan: Member, between: Member, stranger: LdkPeer, caplog: pytest.LogCaptureFixture
) -> None:
    """BOLT 4: the route's first node, LDK, turns whatever happened into one failure."""
    caplog.set_level("INFO", "tipdesk.node.payments")
    asked = await ask(fan, given(between))
    between.clock.moved_ms += 3_700_000
    ended = await pay(fan, asked)
    assert isinstance(ended, Failed), ended
    assert ended.reason is FailureReason.TRIED_EVERYTHING
    await stranger.hears("htlc_failed")
    assert caplog.text.count(INSIDE) == 1
    assert between.node.invoices.received(asked.payment_hash) is None
    for member in (fan, between):
        assert await ours_with_ldk(member, stranger) == HALF.value


async def test_its_refusal_behind_our_router_reaches_us_as_one_word(
    made: World,
    behind: Member,
    router: Member,
    stranger: LdkPeer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "tipdesk.node.payments")
    asked = await ask(behind, await stranger.offer())
    await stranger.hold()
    paying = asyncio.create_task(pay(behind, asked))
    await stranger.hears("claimable", payment_hash=asked.payment_hash.hex())
    await stranger.call("fail", payment_hash=asked.payment_hash.hex())
    ended = await paying
    assert isinstance(ended, Failed), ended
    assert caplog.text.count(INSIDE) == 1
    await made.quiet()
    assert behind.stored_balance() == HALF.value
    assert await ours_with_ldk(router, stranger) == HALF.value


async def test_its_refusal_reaches_us(member: Member, stranger: LdkPeer) -> None:
    """We hand it over ourselves, and cannot tell either whether the payee is our peer."""
    asked = await ask(member, await stranger.offer())
    await stranger.hold()
    paying = asyncio.create_task(pay(member, asked))
    await stranger.hears("claimable", payment_hash=asked.payment_hash.hex())
    await stranger.call("fail", payment_hash=asked.payment_hash.hex())
    ended = await paying
    assert isinstance(ended, Failed), ended
    assert ended.reason is FailureReason.TRIED_EVERYTHING
    assert await stranger.agrees(member) == (HALF.value, HALF.value)


async def test_our_refusal_behind_our_router_reaches_it_as_one_word(
    made: World, behind: Member, router: Member, stranger: LdkPeer
) -> None:
    """It can tell neither whose refusal it is nor which channel it was."""
    text = given(behind)
    refuse(behind)
    payment = await stranger.pay_offer(text, AMOUNT, NOTE)
    told = await stranger.hears("failed", payment_id=payment)
    assert told["reason"] == "RouteNotFound"
    (part,) = stranger.heard("path_failed", payment_hash=told["payment_hash"])
    assert part["scid"] is None
    await made.quiet()
    assert behind.stored_balance() == HALF.value
    assert await ours_with_ldk(router, stranger) == HALF.value


async def test_our_refusal_reaches_it(member: Member, stranger: LdkPeer) -> None:
    text = given(member)
    refuse(member)
    payment = await stranger.pay_offer(text, AMOUNT, NOTE)
    told = await stranger.hears("failed", payment_id=payment)
    assert told["reason"] == "RecipientRejected"
    assert await stranger.agrees(member) == (HALF.value, HALF.value)
