"""The embedded node behind the wallet's port: what it says of channels adds up."""

from pathlib import Path

from tests.nodes import pair
from tests.waiting import eventually
from tipdesk.adapters.payments.embedded import EmbeddedBackend, EmbeddedChannels
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.holdings import Part, Place, holdings
from tipdesk.tips.payment import InvoiceRequest, PayRequest, Succeeded

HALF = Msat(1_000_000_000)
AMOUNT = Msat(5_000_000)


async def test_a_payment_moves_balances_on_both_sides_by_its_amount(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan, creator = (EmbeddedBackend(made.members[n].node) for n in ("fan", "creator"))
        created = await creator.create_invoice(InvoiceRequest(amount=AMOUNT, description="thanks"))
        assert await creator.received(created.payment_hash) is None
        request = PayRequest(
            invoice=created.invoice,
            payment_hash=created.payment_hash,
            amount=AMOUNT,
            max_fee=Msat(0),
        )
        updates = [update async for update in fan.pay(request)]
        assert isinstance(updates[-1], Succeeded)
        assert await fan.lookup(created.payment_hash) == updates[-1]
        received = await creator.received(created.payment_hash)
        assert received is not None
        assert received.amount == AMOUNT
        await made.quiet()
        assert (await fan.balance()).in_channels == HALF - AMOUNT
        assert (await creator.balance()).in_channels == HALF + AMOUNT


async def test_what_is_called_spendable_can_be_spent_and_one_msat_more_cannot(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        most = (await EmbeddedBackend(fan.node).balance()).spendable
        assert most < HALF
        receivable = (await EmbeddedBackend(creator.node).balance()).receivable
        assert receivable is not None
        assert receivable >= most
        more = most + Msat(1)
        assert not isinstance((await fan.pay(creator.invoice(more), more))[-1], Succeeded)
        assert isinstance((await fan.pay(creator.invoice(most), most))[-1], Succeeded)


async def test_every_msat_of_ours_is_spendable_or_in_a_part_that_says_why_not(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        channels, backend = EmbeddedChannels(fan.node), EmbeddedBackend(fan.node)
        found = holdings(channels.channels(), Sat(0), Sat(0))
        assert found.total == HALF
        assert found.spendable == (await backend.balance()).spendable
        assert [part.place for part in found.parts] == [Place.RESERVE, Place.FEE_BUFFER]
        assert sum((part.amount for part in found.parts), found.spendable) == HALF
        await made.members["creator"].stop()
        offline = (Part(Place.OFFLINE, HALF),)
        await eventually(
            lambda: holdings(channels.channels(), Sat(0), Sat(0)).parts == offline,
            "the channel is not seen to be away",
        )
        (view,) = channels.channels()
        await channels.close_channel(view.channel_id, force=True)
        (view,) = channels.channels()
        assert (view.share.held, view.coming) > (Msat(0), Sat(990_000))
        closing = (Part(Place.CLOSING, view.coming.to_msat()),)
        assert holdings([view], Sat(0), Sat(0)).parts == closing


async def test_a_channel_is_shown_as_it_is_through_its_life(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan, creator = made.members["fan"], made.members["creator"]
        channels = EmbeddedChannels(fan.node)
        changes: list[ChannelStatus] = []
        channels.on_change(lambda: changes.append(channels.channels()[0].status))
        (view,) = channels.channels()
        assert (view.status, view.capacity, view.peer) == (
            ChannelStatus.ONLINE,
            Sat(2_000_000),
            creator.node.node_id,
        )
        assert view.ours + view.theirs == view.capacity.to_msat()
        assert view.is_funder
        await creator.stop()
        await eventually(lambda: ChannelStatus.OFFLINE in changes, "nobody was told")
        (view,) = channels.channels()
        assert (view.spendable, view.receivable) == (Msat(0), Msat(0))
        balance = await EmbeddedBackend(fan.node).balance()
        assert (balance.spendable, balance.in_channels) == (Msat(0), HALF)
        await creator.start()
        await made.usable()
        await channels.close_channel(view.channel_id, force=False)
        await eventually(lambda: ChannelStatus.CLOSING in changes, "nobody was told")
