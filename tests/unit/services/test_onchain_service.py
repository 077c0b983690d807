"""Coins on chain: what a payment costs before it is made, and that it is made as shown."""

from pathlib import Path

import pytest

from tests.nodes import Member, pair
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import BroadcastRefused, SourceUnreachable
from tipdesk.services.bus import Bus
from tipdesk.services.onchain import CannotSendOnchain, OnchainService, RefusedByNetwork, Speed

ELSEWHERE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"


def service(member: Member, refusal: BackendError | None = None) -> OnchainService:
    async def publish(transaction: Transaction) -> None:
        if refusal is not None:
            raise refusal
        await member.node.chain.broadcast(transaction)

    return OnchainService(
        wallet=member.wallet,
        feerates=lambda: member.node.chain.feerates,
        kept=member.node.coins_kept,
        publish=publish,
        forget=member.node.chain.forget,
        bus=Bus(),
    )


async def test_a_payment_costs_what_was_shown_and_leaves_the_wallet(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        before = (await fan.wallet.balance()).confirmed
        desk = service(fan)
        first = await desk.cost(ELSEWHERE, Sat(30_000), Speed.NORMAL)
        assert await desk.cost(ELSEWHERE, Sat(30_000), Speed.NORMAL) == first
        assert (await fan.wallet.balance()).confirmed == before
        sent = await desk.send(first)
        assert sent.is_published
        assert sent.total == Sat(30_000) + first.fee
        made.regtest.mine(1)
        await fan.wallet.sync()
        assert (await fan.wallet.balance()).confirmed == before - sent.total


async def test_what_channels_need_for_their_fees_stays(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        desk, free = service(fan), (await fan.wallet.balance()).confirmed
        assert desk.kept() > Sat(0)
        with pytest.raises(CannotSendOnchain, match="stay for the fees of closing channels"):
            await desk.cost(ELSEWHERE, free - desk.kept(), Speed.SLOW)
        with pytest.raises(CannotSendOnchain, match="That address cannot be used"):
            await desk.cost("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Sat(9_000), Speed.SLOW)


async def test_a_refused_payment_frees_its_coins_and_an_unknown_one_keeps_them(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.wallet.sync()
        before = await fan.wallet.balance()
        refused = service(fan, BroadcastRefused(Txid(bytes(32)), "min relay fee not met"))
        cost = await refused.cost(ELSEWHERE, Sat(30_000), Speed.SLOW)
        with pytest.raises(RefusedByNetwork, match="No money moved"):
            await refused.send(cost)
        assert await fan.wallet.balance() == before
        sent = await service(fan, SourceUnreachable("gone")).send(cost)
        assert not sent.is_published
        assert await fan.wallet.balance() != before
        assert sent.txid in await fan.wallet.unpublished()
