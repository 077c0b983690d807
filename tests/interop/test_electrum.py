"""Electrum as a live peer: an old wallet, through our Electrum server, over a channel without
anchors to a routing node that accepts such."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.interop.closing import blocks, onchain, spending_the_funding
from tests.interop.electrum_peer import ElectrumPeer, ElectrumRefused, electrum
from tests.interop.strangers import need_electrum
from tests.nodes import Member, World
from tests.practising import until
from tests.waiting import eventually
from tipdesk.app.system import SystemClock
from tipdesk.base.units import Msat, Sat
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.htlc import Stage
from tipdesk.lightning.invoice.bolt11 import decode
from tipdesk.tips.payment import CreatedInvoice, Failed, PaymentUpdate, Succeeded

CAPACITY = Sat(4_000_000)
PUSHED = Sat(1_500_000)
FUNDS = Sat(10_000_000)
AMOUNT = Sat(100_000)
"""At Electrum's feerate on regtest, 45,000 a kw, what is below 32,181 sat has no output."""
TRIMMED = Sat(1_000)
CLOSING_FEE = COMMITMENT_FEE = 33_000
SWEEP_FEE = 30_000
OUR_FEE = 1_000
HTLC_FEE = 45_000 * 663 // 1_000
OLD_PEERS = ChannelLimits(accepts_static_remotekey=True)


@pytest_asyncio.fixture
async def wallet(made: World, tmp_path: Path) -> AsyncIterator[ElectrumPeer]:
    """An Electrum that has seen our chain and has coins on it."""
    need_electrum()
    async with electrum(tmp_path / "electrum", made.port) as peer:
        made.regtest.fund(await peer.wallet("getunusedaddress"), FUNDS)
        made.regtest.mine(1)
        await until(lambda: has_confirmed(peer, FUNDS.value), "Electrum has no coins")
        yield peer


async def has_confirmed(wallet: ElectrumPeer, amount: int) -> bool:
    return await confirmed(wallet) >= amount


async def confirmed(wallet: ElectrumPeer) -> int:
    """Its confirmed coins, in satoshis."""
    balance = await wallet.wallet("getbalance")
    return round(float(balance["confirmed"]) * 1e8)


async def open_channel(wallet: ElectrumPeer, uri: str) -> None:
    await wallet.wallet(
        "open_channel",
        connection_string=uri,
        amount=str(CAPACITY.value / 1e8),
        push_amount=str(PUSHED.value / 1e8),
    )


async def only_channel(wallet: ElectrumPeer) -> dict[str, Any]:
    channel: dict[str, Any]
    (channel,) = await wallet.wallet("list_channels")
    return channel


async def works(wallet: ElectrumPeer) -> bool:
    channel = await only_channel(wallet)
    return bool(channel["state"] == "OPEN" and channel["peer_state"] == "GOOD")


@pytest_asyncio.fixture
async def router(made: World, wallet: ElectrumPeer) -> Member:
    """A routing node to which Electrum has opened a channel."""
    member = await made.member("router", forwards=True, limits=OLD_PEERS)
    await made.give(member)
    await open_channel(wallet, member.uri)
    made.regtest.mine(8)
    await until(lambda: works(wallet), "Electrum's channel does not work")
    await eventually(lambda: member.channel.is_usable, "our side of the channel does not work")
    return member


async def agreed(router: Member, wallet: ElectrumPeer) -> tuple[int, int]:
    """What is the router's and what is Electrum's, in satoshis, as both say."""
    await eventually(lambda: not router.htlcs, "HTLCs are left on our side")
    (ours,) = (
        channel.state.commitments.local_balance.value  # type: ignore[union-attr]
        for channel in router.channels
        if not channel.terms.anchors
    )

    async def same() -> bool:
        channel = await only_channel(wallet)
        unsettled = channel["local_unsettled_sent"] + channel["remote_unsettled_sent"]
        return bool(not unsettled and channel["remote_balance"] == ours // 1_000)

    await until(same, "Electrum's books differ from ours")
    return ours // 1_000, (await only_channel(wallet))["local_balance"]


async def test_without_the_setting_its_channel_is_refused(
    made: World, wallet: ElectrumPeer
) -> None:
    router = await made.member("router", forwards=True)
    with pytest.raises(ElectrumRefused):
        await open_channel(wallet, router.uri)
    assert router.channels == []


@pytest.mark.parametrize("amount", [AMOUNT, TRIMMED])
async def test_it_pays_us_over_a_channel_without_anchors(
    router: Member, wallet: ElectrumPeer, amount: Sat
) -> None:
    before = await agreed(router, wallet)
    assert before == (PUSHED.value, CAPACITY.value - PUSHED.value)
    paid = await wallet.wallet("lnpay", invoice=router.invoice(amount.to_msat()).invoice)
    assert paid["success"] is True
    ours, its = await agreed(router, wallet)
    assert (ours, its) == (before[0] + amount.value, before[1] - amount.value)


async def invoice_of(wallet: ElectrumPeer, amount: Sat) -> CreatedInvoice:
    """An invoice of Electrum's, which tells the way through its channel."""
    request = await wallet.wallet("add_request", amount=str(amount.value / 1e8), memo="thanks")
    text = request["lightning_invoice"]
    return CreatedInvoice(
        invoice=text,
        payment_hash=decode(text).payment_hash,
        expires_at=SystemClock().now().plus_ms(3_600_000),
    )


@pytest.mark.parametrize("amount", [AMOUNT, TRIMMED])
async def test_it_is_paid_over_a_channel_without_anchors(
    router: Member, wallet: ElectrumPeer, amount: Sat
) -> None:
    before = await agreed(router, wallet)
    (*_, paid) = await router.pay(await invoice_of(wallet, amount), amount.to_msat())
    assert isinstance(paid, Succeeded), paid
    ours, its = await agreed(router, wallet)
    assert (ours, its) == (before[0] - amount.value, before[1] + amount.value)


@pytest_asyncio.fixture
async def creator(made: World, router: Member) -> Member:
    """Somebody who is reached through the router; invoices tell how.

    Electrum's gossip asks nobody here: it leaves a node that requires `option_channel_type`.
    """
    member = await made.member("creator")
    await made.open(router, member, Sat(2_000_000), push=Msat(500_000_000), announce=False)
    await made.confirm()
    return member


async def test_it_pays_a_creator_over_two_channels_and_is_paid_by_it(
    made: World, router: Member, creator: Member, wallet: ElectrumPeer
) -> None:
    before = await agreed(router, wallet)
    paid = await wallet.wallet("lnpay", invoice=creator.invoice(AMOUNT.to_msat()).invoice)
    assert paid["success"] is True, paid
    await made.quiet()
    policy = router.config.policy
    share = AMOUNT.value * policy.fee_proportional_millionths // 1_000_000
    fee = policy.fee_base_msat // 1_000 + share
    assert creator.stored_balance() == 500_000_000 + AMOUNT.to_msat().value
    ours, _ = await agreed(router, wallet)
    assert ours == before[0] + AMOUNT.value + fee

    (*_, returned) = await creator.pay(await invoice_of(wallet, AMOUNT), AMOUNT.to_msat())
    assert isinstance(returned, Succeeded), returned
    assert returned.channels == 2


async def held(router: Member, wallet: ElectrumPeer) -> "asyncio.Task[list[PaymentUpdate]]":
    """A payment of ours that Electrum could take, and does not yet."""
    await wallet.wallet("enable_htlc_settle", b=False)
    paying = asyncio.create_task(router.pay(await invoice_of(wallet, AMOUNT), AMOUNT.to_msat()))

    async def arrived() -> bool:
        return bool((await only_channel(wallet))["remote_unsettled_sent"])

    await until(arrived, "Electrum has not got the payment")
    await eventually(
        lambda: router.htlcs[0].adding is Stage.IRREVOCABLE, "our commitment lacks the payment"
    )
    return paying


@pytest.mark.parametrize("killed", ["Electrum", "the router"])
async def test_a_process_is_killed_while_it_holds_our_payment(
    router: Member, wallet: ElectrumPeer, killed: str
) -> None:
    before = await agreed(router, wallet)
    paying = await held(router, wallet)
    if killed == "Electrum":
        # Its next process settles what it finds.
        await wallet.restart()
        (*_, paid) = await paying
        assert isinstance(paid, Succeeded)
    else:
        paying.cancel()
        await router.restart()
        await wallet.wallet("enable_htlc_settle", b=True)
    ours, its = await agreed(router, wallet)
    assert (ours, its) == (before[0] - AMOUNT.value, before[1] + AMOUNT.value)


async def moved(router: Member, wallet: ElectrumPeer) -> tuple[int, int]:
    """After one payment, each side's satoshis."""
    paid = await wallet.wallet("lnpay", invoice=router.invoice(AMOUNT.to_msat()).invoice)
    assert paid["success"] is True
    return await agreed(router, wallet)


@pytest.mark.parametrize("begins", ["Electrum", "the router"])
async def test_a_close_by_agreement_pays_both(
    made: World, router: Member, wallet: ElectrumPeer, begins: str
) -> None:
    ours, its = await moved(router, wallet)
    had, had_its = await onchain(router), await confirmed(wallet)
    if begins == "Electrum":
        await close(wallet, force=False)
    else:
        await router.node.close_channel(router.channel.channel_id, force=False)
    closing = await spending_the_funding(made, router)
    paid = sorted(out.amount.value for out in closing.outputs)
    assert ours in paid
    rest = sum(paid) - ours
    assert 0 < its - rest < CLOSING_FEE
    made.regtest.mine(1)
    await until(lambda: has_confirmed(wallet, had_its + rest), "Electrum has not got its money")
    assert await onchain(router) == had + ours
    made.regtest.mine(6)
    await eventually(lambda: router.channels == [], "the channel is still there")


async def close(wallet: ElectrumPeer, *, force: bool) -> None:
    point = (await only_channel(wallet))["channel_point"]
    await wallet.wallet("close_channel", channel_point=point, force=force)


@pytest.mark.parametrize("closer", ["Electrum", "the router"])
async def test_a_close_by_one_side_alone_pays_both_in_the_end(
    made: World, router: Member, wallet: ElectrumPeer, closer: str
) -> None:
    ours, its = await moved(router, wallet)
    had, had_its = await onchain(router), await confirmed(wallet)
    if closer == "Electrum":
        await close(wallet, force=True)
    else:
        await router.node.close_channel(router.channel.channel_id, force=True)
    commitment = await spending_the_funding(made, router)
    amounts = [out.amount.value for out in commitment.outputs]
    assert len(amounts) == 2
    assert ours in amounts
    rest = sum(amounts) - ours
    assert 0 < its - rest < COMMITMENT_FEE
    terms = router.channel.terms
    waits = terms.local if closer == "Electrum" else terms.remote
    await blocks(made, waits.to_self_delay.value + 30, router)

    async def paid() -> bool:
        made.regtest.mine(1)
        return await has_confirmed(wallet, had_its + rest - SWEEP_FEE)

    await until(paid, "Electrum has not got its money")
    assert await confirmed(wallet) <= had_its + rest
    await eventually(lambda: router.channels == [], "the channel is still there")
    assert ours - OUR_FEE < await onchain(router) - had < ours


async def test_a_payment_that_it_takes_on_chain_has_succeeded(
    made: World, router: Member, wallet: ElectrumPeer
) -> None:
    paying = await held(router, wallet)
    await router.node.close_channel(router.channel.channel_id, force=True)
    commitment = await spending_the_funding(made, router)
    output = [out.amount.value for out in commitment.outputs].index(AMOUNT.value)
    await blocks(made, 1, router)
    spends = made.regtest.mempool.spends
    await eventually(
        lambda: commitment.outpoint(output) in spends, "Electrum does not take the payment"
    )
    await blocks(made, 1, router)
    (*_, paid) = await paying
    assert isinstance(paid, Succeeded)


async def test_a_payment_that_it_keeps_comes_back_by_the_transaction_that_it_signed(
    made: World, router: Member, wallet: ElectrumPeer
) -> None:
    """Our HTLC-timeout pays its fee out of the HTLC: nobody can change it any more."""
    had, balance = await onchain(router), router.stored_balance() // 1_000
    paying = await held(router, wallet)
    (htlc,) = router.htlcs
    await wallet.stop()
    await router.node.close_channel(router.channel.channel_id, force=True)
    await spending_the_funding(made, router)
    await blocks(made, htlc.cltv_expiry.value - made.regtest.chain.height + 1, router)
    await blocks(made, 20, router)
    (*_, ended) = await paying
    assert isinstance(ended, Failed)
    await blocks(made, router.channel.terms.remote.to_self_delay.value + 30, router)
    await eventually(lambda: router.channels == [], "the channel is still there")
    gained = await onchain(router) - had
    assert balance - HTLC_FEE - 2 * OUR_FEE < gained < balance - HTLC_FEE


async def test_it_joins_the_practice_network_by_what_that_prints(tmp_path: Path) -> None:
    need_electrum()
    practice = PracticeChild(tmp_path / "practice")
    await practice.start()
    try:
        place = practice.description["electrum"]
        async with electrum(tmp_path / "electrum", place["port"]) as wallet:
            address = await wallet.wallet("getunusedaddress")
            await practice.call("fund", address=address, amount_sat=FUNDS.value)
            await practice.call("mine", count=1)
            await until(lambda: has_confirmed(wallet, FUNDS.value), "Electrum has no coins")
            await open_channel(wallet, practice.description["nodes"]["router-1"])
            await practice.call("mine", count=8)
            await until(lambda: works(wallet), "Electrum's channel does not work")
            invoice = await practice.call_member(
                "router-1",
                "create_invoice",
                amount_msat=AMOUNT.to_msat().value,
                description="thanks",
            )
            paid = await wallet.wallet("lnpay", invoice=invoice["invoice"])
            assert paid["success"] is True, paid
    finally:
        await practice.stop()
