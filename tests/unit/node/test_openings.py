"""Openings that come to nothing leave nothing behind."""

from pathlib import Path

import pytest

from tests.nodes import world
from tests.waiting import eventually
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.node.opening import ChannelNotOpened


async def test_coins_are_free_again_when_the_peer_left_while_they_were_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world(tmp_path) as made:
        fan, peer = await made.member("fan"), await made.member("peer")
        await made.give(fan)
        fund = fan.wallet.fund

        async def fund_and_lose_the_peer(
            script_pubkey: bytes, amount: Sat, feerate: FeeratePerKw
        ) -> Transaction:
            transaction = await fund(script_pubkey, amount, feerate)
            connected = fan.node.connections.peer(peer.node.node_id)
            assert connected is not None
            connected.drop("gone")
            return transaction

        monkeypatch.setattr(fan.wallet, "fund", fund_and_lose_the_peer)
        with pytest.raises(ChannelNotOpened):
            await made.open(fan, peer)
        await eventually(lambda: not fan.wallet._locks, "coins are kept for no channel")
