"""A channel that ended settles nothing: what came by it is neither paid nor carried on."""

import asyncio
from pathlib import Path

from tests.nodes import Member, World, line, pair
from tests.onions import Sender, final, in_blocks
from tests.waiting import eventually
from tipdesk.base.ids import NodeId, Preimage
from tipdesk.base.units import Msat
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.state import Closing
from tipdesk.lightning.wire.message import Message
from tipdesk.lightning.wire.setup import Error
from tipdesk.lightning.wire.updates import RevokeAndAck
from tipdesk.tips.payment import PayRequest

AMOUNT = Msat(5_000_000)


def fails_its_channel_once_the_htlc_is_committed(fan: Member) -> None:
    """The error follows the fan's revocation in the same segment, so in the peer's same turn."""
    send = fan.node.host.send

    def send_both(peer: NodeId, message: Message) -> None:
        send(peer, message)
        if isinstance(message, RevokeAndAck):
            send(peer, Error(channel_id=message.channel_id, data=b"gone"))

    fan.node.host.send = send_both  # type: ignore[method-assign]


async def pay_until_the_channel_fails(world: World, peer: Member) -> None:
    fan, creator = world.members["fan"], world.members["creator"]
    invoice = creator.invoice()
    request = PayRequest(
        invoice=invoice.invoice,
        payment_hash=invoice.payment_hash,
        amount=AMOUNT,
        max_fee=AMOUNT,
    )
    updates = fan.node.payments.pay(request)
    await anext(updates)
    await eventually(
        lambda: any(isinstance(channel.live, Closing) for channel in peer.channels),
        "the channel did not fail",
    )
    assert creator.node.invoices.received(invoice.payment_hash) is None


async def test_an_invoice_is_not_paid_by_an_htlc_whose_channel_ended(tmp_path: Path) -> None:
    async with pair(tmp_path) as world:
        told: list[object] = []
        creator = world.members["creator"]
        creator.node.invoices.on_received(told.append)
        fails_its_channel_once_the_htlc_is_committed(world.members["fan"])
        await pay_until_the_channel_fails(world, creator)
        assert not told


async def test_class_26_a_part_whose_channel_ended_does_not_complete_its_payment(
    tmp_path: Path,
) -> None:
    """Class 26: the preimage would be given for the parts that can still be claimed only."""
    async with pair(tmp_path) as world:
        fan, creator = world.members["fan"], world.members["creator"]
        sender, invoice = Sender(fan), creator.invoice(AMOUNT)
        half, expiry = Msat(AMOUNT.value // 2), in_blocks(creator, 100)
        payloads = ((creator.node.node_id, final(invoice, half, expiry, total=AMOUNT)),)
        sender.offer(payloads, half, invoice.payment_hash, expiry)
        await eventually(lambda: bool(creator.node.invoices._waiting), "the part did not come")
        creator.channel.handle(command.ForceClose())
        await asyncio.sleep(0.1)
        world.regtest.mine(8)
        await eventually(
            lambda: isinstance(fan.channel.live, Closing), "the payer does not see the end"
        )

        await world.open(fan, creator)
        await world.confirm()
        second = sender.offer(payloads, half, invoice.payment_hash, expiry)
        await asyncio.sleep(0.2)
        assert not second.done()
        assert creator.node.invoices.received(invoice.payment_hash) is None
        third = sender.offer(payloads, half, invoice.payment_hash, expiry)
        async with asyncio.timeout(5):
            assert isinstance(await second, Preimage)
            assert isinstance(await third, Preimage)


async def test_an_htlc_whose_channel_ended_is_not_carried_on(tmp_path: Path) -> None:
    async with line(tmp_path) as world:
        first = world.members["first"]
        fails_its_channel_once_the_htlc_is_committed(world.members["fan"])
        await pay_until_the_channel_fails(world, first)
        assert not [htlc for htlc in first.htlcs if htlc.by_us]
