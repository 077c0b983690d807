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
            script_pubkey: bytes, amount: Sat, feerate: FeeratePerKw, *, keep: Sat
        ) -> Transaction:
            transaction = await fund(script_pubkey, amount, feerate, keep=keep)
            connected = fan.node.connections.peer(peer.node.node_id)
            assert connected is not None
            connected.drop("gone")
            return transaction

        monkeypatch.setattr(fan.wallet, "fund", fund_and_lose_the_peer)
        with pytest.raises(ChannelNotOpened):
            await made.open(fan, peer)
        await eventually(lambda: not fan.wallet._locks, "coins are kept for no channel")


async def test_coins_of_a_funding_that_was_never_stored_are_free_after_a_restart(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as made:
        fan = await made.member("fan", listens=False)
        creator = await made.member("creator")
        await made.give(fan)
        await made.give(fan)
        # Killed between the wallet's answer and the stored channel: only the reservation is left.
        lost = await fan.wallet.fund(b"\x00\x20" + bytes(32), Sat(1_000_000), FeeratePerKw(500))
        await made.open(fan, creator)
        kept = fan.channel.terms.funding_outpoint.txid
        assert set(fan.wallet._locks) == {lost.txid, kept}
        await fan.restart()
        await eventually(lambda: set(fan.wallet._locks) == {kept}, "the coins are still reserved")
