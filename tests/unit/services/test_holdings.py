"""All that is ours is in exactly one part; and by when the node must look at the chain again."""

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.clock import BLOCK_MS, Instant
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat, Sat
from tipdesk.lightning.channel.limits import NO_SHARE, ChannelShare
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.services.holdings import Part, Place, holdings, open_again_before

NOW = Instant(1_790_000_000_000)
TIP = BlockHeight(900_000)
amounts = st.integers(0, 10_000_000_000).map(Msat)


def share(spendable: int = 0, in_flight: int = 0, reserve: int = 0) -> ChannelShare:
    return ChannelShare(
        spendable=Msat(spendable),
        in_flight=Msat(in_flight),
        reserve=Msat(reserve),
        fee_buffer=Msat(0),
        over_limit=Msat(0),
    )


def channel(
    status: ChannelStatus = ChannelStatus.ONLINE,
    held: ChannelShare = NO_SHARE,
    coming: Sat = Sat(0),
    *,
    free_at: int | None = None,
    ends: int | None = None,
    first: int | None = None,
    delay: int | None = 720,
) -> ChannelView:
    return ChannelView(
        channel_id=ChannelId(bytes(32)),
        peer=NodeId(b"\x02" * 33),
        peer_alias="",
        status=status,
        capacity=Sat(100_000),
        ours=held.held,
        theirs=Msat(0),
        our_reserve=Sat(0),
        their_reserve=Sat(0),
        spendable=held.spendable,
        receivable=Msat(0),
        in_flight=held.in_flight,
        is_funder=True,
        announced=False,
        short_channel_id=None,
        share=held,
        coming=coming,
        free_at=None if free_at is None else BlockHeight(free_at),
        flight_ends=None if ends is None else BlockHeight(ends),
        first_expiry=None if first is None else BlockHeight(first),
        answer_within=None if delay is None else CltvDelta(delay),
    )


shares = st.builds(
    ChannelShare,
    spendable=amounts,
    in_flight=amounts,
    reserve=amounts,
    fee_buffer=amounts,
    over_limit=amounts,
)
channels = st.builds(
    channel, st.sampled_from(ChannelStatus), shares, st.integers(0, 10**7).map(Sat)
)


@given(st.lists(channels, max_size=6), st.integers(0, 10**8), st.integers(0, 10**8))
def test_the_parts_add_up_to_the_total_to_the_msat(
    views: list[ChannelView], confirmed: int, unconfirmed: int
) -> None:
    found = holdings(views, Sat(confirmed), Sat(unconfirmed))
    assert sum((part.amount for part in found.parts), found.spendable) == found.total
    ours = sum(v.share.held.value + v.coming.value * 1_000 for v in views)
    assert found.total == Msat(ours + (confirmed + unconfirmed) * 1_000)
    assert all(part.amount > Msat(0) for part in found.parts)
    online = [v for v in views if v.status is ChannelStatus.ONLINE]
    assert found.spendable == sum((v.share.spendable for v in online), Msat(0))


def test_what_cannot_be_spent_stands_where_it_is_and_until_when() -> None:
    found = holdings(
        [
            channel(held=share(70_000, 20_000, 10_000), ends=900_100),
            channel(held=share(5_000, 1_000), ends=900_200),
            channel(ChannelStatus.OFFLINE, share(30_000, 0, 10_000)),
            channel(ChannelStatus.CLOSING, coming=Sat(8), free_at=900_720),
        ],
        Sat(2),
        Sat(0),
    )
    assert found.spendable == Msat(75_000)
    assert found.parts == (
        Part(Place.IN_FLIGHT, Msat(21_000), BlockHeight(900_200)),
        Part(Place.RESERVE, Msat(10_000)),
        Part(Place.OFFLINE, Msat(40_000)),
        Part(Place.CLOSING, Msat(8_000), BlockHeight(900_720)),
        Part(Place.CHAIN, Msat(2_000)),
    )


def test_nothing_has_to_be_watched_without_channels() -> None:
    assert open_again_before([], TIP, NOW) is None
    assert open_again_before([channel(ChannelStatus.CLOSED, delay=None)], TIP, NOW) is None


def test_the_shortest_delay_leaves_a_quarter_for_the_answer() -> None:
    found = open_again_before([channel(delay=720), channel(delay=144)], TIP, NOW)
    assert found == NOW.plus_ms(108 * BLOCK_MS)


def test_a_payment_under_way_brings_the_moment_nearer_and_never_into_the_past() -> None:
    near = channel(first=TIP.value + 48)
    assert open_again_before([channel(), near], TIP, NOW) == NOW.plus_ms(30 * BLOCK_MS)
    assert open_again_before([channel(first=TIP.value + 3)], TIP, NOW) == NOW
