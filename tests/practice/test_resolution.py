"""BOLT 5 on the practice chain: real nodes, blocks and mempool rules; money to its end.

Every transaction here is accepted by the practice mempool and put in a block that Bitcoin Core's
engine judges.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.nodes import Member, World, line, pair
from tests.onions import Answer, Sender, final, in_blocks
from tests.waiting import eventually
from tipdesk.base.ids import Preimage
from tipdesk.base.units import CltvDelta, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.feerates import Feerates
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel.commitments import signed_local_commitment
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.htlc import Fulfilled, Stage
from tipdesk.lightning.channel.state import Closed, ClosedBy, Closing, inner
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.tips.payment import CreatedInvoice, Succeeded
from tipdesk.tips.payment import Failed as PaymentFailed

BIG = Msat(300_000_000)
DELAY = 144
SHORT = ChannelLimits(to_self_delay=CltvDelta(DELAY))
"""Fewer blocks to be mined until delayed outputs are free."""
MPP_TIMEOUT = Failure(code=FailureCode.MPP_TIMEOUT)


async def told(world: World, *members: Member) -> None:
    """Every member has seen the tip and done what follows from it."""
    height = world.regtest.chain.height
    for member in members:
        await eventually(lambda m=member: m.node.height().value == height, "behind")  # type: ignore[misc]
    await asyncio.sleep(0.05)
    await eventually(lambda: not any(map(is_bidding, members)), "bids are not placed")


def is_bidding(member: Member) -> bool:
    cases = member.node._onchain.resolutions._cases.values()
    return any(case.is_bidding for case in cases)


async def blocks(world: World, count: int, *members: Member) -> None:
    """Blocks in steps, so that what each calls for can be published in the next."""
    while count > 0:
        step = min(count, 6) if count < 40 else count - 36
        world.regtest.mine(step)
        count -= step
        await told(world, *members)


async def onchain(member: Member) -> int:
    await member.wallet.sync()
    balance = await member.wallet.balance()
    return (balance.confirmed + balance.unconfirmed).value


def commitment_of(member: Member) -> Transaction:
    live = member.channel.live
    assert live is not None
    state = inner(live)
    return signed_local_commitment(state.commitments, state.terms, member.channel.signer)


async def published(world: World, member: Member) -> None:
    """The member's channel is being closed, and the mempool has what closes it."""
    funding = member.channel.terms.funding_outpoint
    await eventually(lambda: isinstance(member.channel.live, Closing), "it is not closing")
    await eventually(lambda: funding in world.regtest.mempool.spends, "it is not published")


def gone(*members: Member) -> Callable[[], bool]:
    return lambda: not any(member.channels for member in members)


@pytest.mark.parametrize("closer", ["fan", "creator"])
async def test_a_channel_closed_by_either_side_pays_both_to_the_end(
    tmp_path: Path, closer: str
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        before = {m.name: await onchain(m) for m in (fan, creator)}
        closing = world.members[closer]
        await closing.node.close_channel(closing.channel.channel_id, force=True)
        await blocks(world, 6, fan, creator)
        assert isinstance(fan.channel.live, Closing)
        await blocks(world, DELAY + 20, fan, creator)
        await eventually(gone(fan, creator), "a channel is still there")
        gained = {m.name: await onchain(m) - before[m.name] for m in (fan, creator)}
        for name in ("fan", "creator"):
            assert 990_000 < gained[name] <= 1_000_000, gained


async def half_a_payment(
    payer: Member, payee: Member, *, last_for: int = 100
) -> tuple["asyncio.Future[Answer]", CreatedInvoice]:
    """An HTLC for which the payee waits for a second part, so that it stays."""
    invoice = payee.invoice(Msat(2 * BIG.value))
    expiry = in_blocks(payee, last_for)
    payloads = ((payee.node.node_id, final(invoice, BIG, expiry, total=Msat(2 * BIG.value))),)
    outcome = Sender(payer).offer(payloads, BIG, invoice.payment_hash, expiry)
    await eventually(lambda: bool(payee.node.invoices._waiting), "the HTLC did not arrive")
    await eventually(lambda: payer.htlcs[0].adding is Stage.IRREVOCABLE, "not committed")
    return outcome, invoice


def settle(payee: Member, invoice: CreatedInvoice) -> None:
    """The payee gives its preimage away, as if all had arrived."""
    stored = payee.store.invoice(invoice.payment_hash)
    assert stored is not None
    (htlc,) = payee.htlcs
    payee.channel.remove(htlc.id, Fulfilled(stored.preimage))
    payee.node.turn.flush()


async def test_an_expired_htlc_is_taken_back_on_chain_and_its_payment_fails(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        outcome, _ = await half_a_payment(fan, creator)
        await creator.stop(killed=True)
        fan.clock.moved_ms += 200_000
        before = await onchain(fan)
        await blocks(world, 98, fan)
        assert not isinstance(fan.channel.live, Closing)
        await blocks(world, 12, fan)
        assert isinstance(fan.channel.live, Closing)
        assert not outcome.done()
        await blocks(world, 18, fan)
        await eventually(lambda: outcome.done(), "the HTLC has no end")
        assert not isinstance(outcome.result(), Preimage)
        await blocks(world, 2 * DELAY + 60, fan)
        await eventually(gone(fan), "the channel is still there")
        assert await onchain(fan) - before > 995_000


async def test_a_fulfilled_htlc_is_claimed_on_chain_before_it_expires(tmp_path: Path) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await world.give(creator)
        _, invoice = await half_a_payment(fan, creator)
        await fan.stop(killed=True)
        settle(creator, invoice)
        before = await onchain(creator)
        creator.clock.moved_ms += 200_000
        await blocks(world, 78, creator)
        assert not isinstance(creator.channel.live, Closing)
        await blocks(world, 6, creator)
        assert isinstance(creator.channel.live, Closing)
        for _ in range(4):
            await blocks(world, 1, creator)
        await blocks(world, 2 * DELAY + 60, creator)
        await eventually(gone(creator), "the channel is still there")
        gained = await onchain(creator) - before
        assert 1_290_000 < gained < 1_300_000
        # The payer, back after all this, finds the preimage on the chain.
        await fan.start()
        await told(world, fan)
        await eventually(
            lambda: fan.store.known_preimage(invoice.payment_hash) is not None,
            "the preimage is not found",
        )


async def test_class_45_the_payee_takes_an_htlc_from_the_payers_commitment_with_its_preimage(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await half_a_payment(fan, creator)
        before = await onchain(creator)
        await fan.node.close_channel(fan.channel.channel_id, force=True)
        await blocks(world, 1, fan, creator)
        await eventually(lambda: isinstance(creator.channel.live, Closing), "not seen")
        # Class 45: the preimage becomes known when the channel is closed already.
        (htlc,) = creator.htlcs
        preimage = creator.store.invoice(htlc.payment_hash)
        assert preimage is not None
        creator.store.save_preimage(htlc.payment_hash, preimage.preimage)
        await blocks(world, 18, fan, creator)
        assert not fan.store.open_attempts()
        assert fan.store.known_preimage(htlc.payment_hash) == preimage.preimage
        assert 1_290_000 < await onchain(creator) - before < 1_300_000


@pytest.mark.parametrize("restarts", [False, True])
async def test_class_39_a_router_settles_upstream_with_a_preimage_from_the_chain(
    tmp_path: Path, restarts: bool
) -> None:
    async with line(tmp_path) as world:
        fan, second = world.members["fan"], world.members["second"]
        creator = world.members["creator"]
        await world.give(creator)
        invoice = creator.invoice(BIG)
        creator.node._router._endpoint.receive = lambda *_: None  # type: ignore[method-assign]
        paying = asyncio.create_task(fan.pay(invoice, BIG, Msat(2_000_000)))
        await eventually(lambda: bool(creator.htlcs), "the HTLC did not arrive")
        await eventually(lambda: creator.htlcs[0].is_committed, "not committed")
        await creator.node.close_channel(creator.channel.channel_id, force=True)
        stored = creator.store.invoice(invoice.payment_hash)
        assert stored is not None
        creator.store.save_preimage(invoice.payment_hash, stored.preimage)
        if restarts:
            await second.restart()
        await blocks(world, 3, creator, second)
        updates = await paying
        assert isinstance(updates[-1], Succeeded)
        assert updates[-1].preimage == stored.preimage


async def test_a_router_fails_upstream_once_its_own_timeout_is_buried(tmp_path: Path) -> None:
    async with line(tmp_path) as world:
        fan, first, second = (world.members[n] for n in ("fan", "first", "second"))
        creator = world.members["creator"]
        invoice = creator.invoice(BIG)
        creator.node._router._endpoint.receive = lambda *_: None  # type: ignore[method-assign]
        paying = asyncio.create_task(fan.pay(invoice, BIG, Msat(2_000_000)))
        await eventually(lambda: bool(creator.htlcs), "the HTLC did not arrive")
        await eventually(lambda: creator.htlcs[0].is_committed, "not committed")
        for member in (fan, first, second):
            member.clock.moved_ms += 200_000
        expiry = creator.htlcs[0].cltv_expiry.value
        await creator.stop(killed=True)
        await blocks(world, expiry - world.regtest.chain.height + 2, fan, first, second)
        # The rest of the line goes on by agreement: only one channel is closed.
        await blocks(world, 18, fan, first, second)
        updates = await paying
        assert isinstance(updates[-1], PaymentFailed)
        closing = [c for m in (fan, first, second) for c in m.channels if not c.is_usable]
        assert len(closing) == 1
        assert not fan.htlcs


async def test_class_44_a_cheat_loses_everything_whatever_old_state_it_shows(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        outcome, _ = await half_a_payment(fan, creator)
        old = commitment_of(fan)  # with an HTLC that will be history
        for part in list(creator.node.invoices._waiting.values()):
            creator.node.invoices._fail(list(part.parts), MPP_TIMEOUT)
        creator.node.invoices._waiting.clear()
        await outcome
        await world.quiet()
        await fan.restart()
        await world.usable()
        for _ in range(3):
            assert isinstance((await fan.pay(creator.invoice(BIG), BIG))[-1], Succeeded)
        await creator.restart()
        await world.usable()
        before = await onchain(creator)
        await fan.stop(killed=True)
        world.regtest.submit(old)
        await blocks(world, 18, creator)
        gained = await onchain(creator) - before
        fee = 2_000_000 - sum(out.amount.value for out in old.outputs)
        assert gained > 2_000_000 - fee - 3_000
        assert isinstance(creator.store.channels()[0], Closed)


async def test_class_46_a_reorganised_closing_is_followed_again(tmp_path: Path) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        channel = fan.channel
        await fan.node.close_channel(channel.channel_id, force=False)
        await published(world, fan)
        await blocks(world, 6, fan, creator)
        await eventually(gone(fan, creator), "not closed")
        assert isinstance(channel.live, Closed)
        world.regtest.reorganise(8)
        await told(world, fan, creator)
        await eventually(lambda: bool(fan.channels and creator.channels), "not seen")
        await blocks(world, 8, fan, creator)
        await eventually(gone(fan, creator), "not closed again")
        await blocks(world, 100, fan, creator)
        await eventually(lambda: not fan.store.channels(), "it is not history")


async def test_class_46_a_closing_by_agreement_that_turns_into_a_cheat_is_punished(
    tmp_path: Path,
) -> None:
    """Class 46: deep enough to be called closed is not deep enough to look away."""
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        old = commitment_of(fan)
        assert isinstance((await fan.pay(creator.invoice(BIG), BIG))[-1], Succeeded)
        await fan.node.close_channel(fan.channel.channel_id, force=False)
        await published(world, creator)
        await fan.stop(killed=True)
        world.regtest.mine(6)
        await told(world, creator)
        await eventually(gone(creator), "not closed")
        world.regtest.reorganise(7)
        world.regtest.mempool.entries.clear()
        world.regtest.mempool.spends.clear()
        world.regtest.submit(old)
        await blocks(world, 18, creator)
        await eventually(lambda: bool(creator.node.book.closed()), "not resolved")
        state = creator.node.book.closed()[0].live
        assert isinstance(state, Closed)
        assert state.by is ClosedBy.PEER
        assert await onchain(creator) > 1_990_000


async def test_class_42_a_fee_spike_is_answered_by_the_anchor_and_never_beyond_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        await half_a_payment(fan, creator)
        spike = Feerates(((2, FeeratePerKw(20_000)), (12, FeeratePerKw(5_000))))
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: spike))
        await fan.node.close_channel(fan.channel.channel_id, force=True)
        await eventually(lambda: len(world.regtest.mempool.entries) == 2, "no child was made")
        parent, child = world.regtest.mempool.entries.values()
        assert child.parents == {parent.transaction.txid}
        weight = parent.transaction.weight + child.transaction.weight
        rate = (parent.fee.value + child.fee.value) * 1000 / weight
        assert 4_900 < rate < 5_300
        await blocks(world, 1, fan, creator)
        assert isinstance(fan.channel.live, Closing)
        assert parent.transaction.txid not in world.regtest.mempool.entries
        assert child.transaction.txid not in world.regtest.mempool.entries


async def test_without_coins_for_fees_the_channel_says_so_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pair(tmp_path, limits=SHORT) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        _, invoice = await half_a_payment(fan, creator)
        await fan.stop(killed=True)
        settle(creator, invoice)
        channel_id = creator.channel.channel_id
        spike = Feerates(((2, FeeratePerKw(20_000)),))
        monkeypatch.setattr(ChainDriver, "feerates", property(lambda _: spike))
        await creator.node.close_channel(channel_id, force=True)
        resolutions = creator.node._onchain.resolutions
        await eventually(lambda: "on chain" in resolutions.problem_of(channel_id), "nothing said")
        world.regtest.fund(await creator.wallet.new_address(), Sat(1_000_000))
        await blocks(world, 6, creator)
        await eventually(lambda: not resolutions.problem_of(channel_id), "still a problem")
        assert len(creator.store.claims(channel_id)) >= 1
