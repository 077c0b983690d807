"""What must hold of three nodes once all has come to rest."""

from tests.machines.three_nodes import ThreeNodes
from tipdesk.lightning.channel.state import Normal
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.router import htlcs_of
from tipdesk.tips.payment import Failed, Succeeded


def judge(world: ThreeNodes) -> None:
    """No channel is closed, every payment ended as its payer was told, every msat is there."""
    assert not world.errors, world.errors
    for station in world.stations:
        assert not station.outside.published, f"{station.name} published something"
        for channel in station.channels():
            assert isinstance(channel.state, Normal), f"{station.name}: {channel.state}"
            assert not htlcs_of(channel), f"{station.name}: HTLCs are left"
        assert not station.store.forwards(), f"{station.name}: a forward is left"
        assert not station.store.open_attempts(), f"{station.name}: an attempt is left"
    _judge_channels(world)
    _judge_payments(world)


def _judge_channels(world: ThreeNodes) -> None:
    ends: dict[object, list[ChannelDriver]] = {}
    for station in world.stations:
        for channel in station.channels():
            ends.setdefault(channel.channel_id, []).append(channel)
    for one, two in ends.values():
        c, d = one.commitments, two.commitments
        assert c is not None
        assert d is not None
        assert c.is_quiet
        assert d.is_quiet
        assert (c.local_balance, c.remote_balance) == (d.remote_balance, d.local_balance)
        assert (c.local_number, c.remote_number) == (d.remote_number, d.local_number)
        assert c.feerate == d.feerate


def _judge_payments(world: ThreeNodes) -> None:
    expected = list(world.before)
    for ordered in world.payments:
        hash_ = ordered.invoice.payment_hash
        outcome = ordered.payer.node.payments.lookup(hash_)
        received = ordered.payee.node.invoices.received(hash_)
        assert outcome is None or isinstance(outcome, Succeeded | Failed), outcome
        paid = isinstance(outcome, Succeeded)
        assert (received is not None) is paid, f"told {outcome}, received {received}"
        finals = [u for u in ordered.told if isinstance(u, Succeeded | Failed)]
        assert all(isinstance(u, Succeeded) is paid for u in finals), (finals, outcome)
        if isinstance(outcome, Succeeded):
            world.counts["payments that succeeded"] += 1
            expected[ordered.payer.number] -= ordered.amount.value + outcome.fee.value
            expected[ordered.payee.number] += ordered.amount.value
            if 1 not in (ordered.payer.number, ordered.payee.number):
                expected[1] += outcome.fee.value
    for halves in world.halves:
        if halves.payee.node.invoices.received(halves.invoice.payment_hash) is not None:
            world.counts["payments in halves that arrived"] += 1
            expected[halves.payer.number] -= 2 * (halves.half + halves.fee).value
            expected[halves.payee.number] += 2 * halves.half.value
            expected[1] += 2 * halves.fee.value
    now = [station.balance() for station in world.stations]
    assert now == expected, f"balances {now}, expected {expected}"
