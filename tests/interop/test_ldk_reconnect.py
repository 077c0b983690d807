"""The wire to LDK breaks, or a process dies, in the middle of an HTLC, and nothing is lost."""

import asyncio

import pytest

from tests.interop.ldk_peer import LdkPeer
from tests.nodes import Member
from tipdesk.base.units import Msat
from tipdesk.tips.payment import CreatedInvoice, Failed, PaymentUpdate, Succeeded

HALF = 1_000_000_000
AMOUNT = 5_000_000
DUST = 21_000
OUTCOMES = {"claimed": AMOUNT, "refused": 0}


async def back(member: Member, stranger: LdkPeer, opener: str) -> None:
    """Whoever opened the channel dials again."""
    if opener == "LDK opened":
        await stranger.connect(member)
    await stranger.usable()


async def last(member: Member, invoice: CreatedInvoice) -> PaymentUpdate:
    """How a payment of ours ends."""
    return (await member.pay(invoice, Msat(AMOUNT)))[-1]


async def decide(stranger: LdkPeer, invoice: CreatedInvoice, outcome: str) -> None:
    if outcome == "claimed":
        await stranger.claim(await stranger.claimable(invoice))
    else:
        await stranger.fail(invoice)


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_the_wire_breaks_while_it_holds_our_payment(
    member: Member, stranger: LdkPeer, opener: str, outcome: str
) -> None:
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(last(member, invoice))
    await stranger.claimable(invoice)
    await stranger.disconnect(member)
    await decide(stranger, invoice, outcome)
    await back(member, stranger, opener)
    assert isinstance(await paying, Succeeded if outcome == "claimed" else Failed)
    moved = OUTCOMES[outcome]
    assert await stranger.agrees(member) == (HALF - moved, HALF + moved)


@pytest.mark.parametrize("outcome", OUTCOMES)
async def test_we_are_killed_while_it_holds_our_payment(
    member: Member, stranger: LdkPeer, opener: str, outcome: str
) -> None:
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(last(member, invoice))
    await stranger.claimable(invoice)
    paying.cancel()
    await member.restart()
    await decide(stranger, invoice, outcome)
    await back(member, stranger, opener)
    moved = OUTCOMES[outcome]
    assert await stranger.agrees(member) == (HALF - moved, HALF + moved)


async def test_it_is_killed_while_it_holds_our_payment(
    member: Member, stranger: LdkPeer, opener: str
) -> None:
    await stranger.hold()
    invoice = await stranger.invoice(Msat(AMOUNT))
    paying = asyncio.create_task(last(member, invoice))
    preimage = await stranger.claimable(invoice)
    await stranger.restart()
    await back(member, stranger, opener)
    await stranger.claim(preimage)
    assert isinstance(await paying, Succeeded)
    assert await stranger.agrees(member) == (HALF - AMOUNT, HALF + AMOUNT)


@pytest.mark.parametrize("amount", [AMOUNT, DUST])
async def test_the_wire_breaks_again_and_again_under_its_payments(
    member: Member, stranger: LdkPeer, amount: int
) -> None:
    for turn in range(8):
        invoice = member.invoice(Msat(amount))
        await stranger.pay(invoice)
        await asyncio.sleep(turn * 0.002)
        await stranger.disconnect(member)
        # Whoever dials first: our own next attempt may be seconds away.
        await stranger.connect(member)
        await stranger.hears("sent", payment_hash=invoice.payment_hash.hex())
    assert await stranger.agrees(member) == (HALF + 8 * amount, HALF - 8 * amount)


async def test_the_wire_breaks_again_and_again_under_our_payments(
    member: Member, stranger: LdkPeer
) -> None:
    for turn in range(8):
        paying = asyncio.create_task(last(member, await stranger.invoice(Msat(AMOUNT))))
        await asyncio.sleep(turn * 0.002)
        await stranger.disconnect(member)
        await stranger.connect(member)
        assert isinstance(await paying, Succeeded)
    assert await stranger.agrees(member) == (HALF - 8 * AMOUNT, HALF + 8 * AMOUNT)
