"""What the channels of a node elsewhere have in common, as far as it tells of them."""

from collections.abc import Iterable
from typing import Final

from tipdesk.base.ids import ChannelId, ShortChannelId, Txid
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.limits import NO_SHARE, ChannelShare
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.tips.payment import Balance

LIVE: Final = (ChannelStatus.CONFIRMING, ChannelStatus.ONLINE, ChannelStatus.OFFLINE)
NOTHING: Final = Msat(0)


def share_of(status: ChannelStatus, ours: Msat, spendable: Msat, reserve: Sat) -> ChannelShare:
    """Our side in parts; what is neither spendable nor reserve is kept for the fee."""
    if status not in LIVE:
        return NO_SHARE
    usable = min(spendable, ours)
    kept = min(reserve.to_msat(), ours - usable)
    return ChannelShare(
        spendable=usable,
        in_flight=NOTHING,
        reserve=kept,
        fee_buffer=ours - usable - kept,
        over_limit=NOTHING,
    )


def above(amount: Msat, reserve: Sat) -> Msat:
    """What is left of an amount beside a reserve."""
    return max(amount - reserve.to_msat(), NOTHING)


def channel_id_of(funding: Txid, output_index: int) -> ChannelId:
    """BOLT 2: the funding transaction's id, the output's number mixed into its last two bytes."""
    mixed = int.from_bytes(funding[-2:], "big") ^ output_index
    return ChannelId(funding[:-2] + mixed.to_bytes(2, "big"))


def short_id(number: int) -> ShortChannelId | None:
    """None for a channel that has none yet."""
    return ShortChannelId(number) if 0 < number < 1 << 64 else None


def balance_of(views: Iterable[ChannelView]) -> Balance:
    """What all channels together can carry, in as many parts as it takes."""
    live = [view for view in views if view.status in LIVE]
    return Balance(
        spendable=sum((view.spendable for view in live), NOTHING),
        receivable=sum((view.receivable for view in live), NOTHING),
        in_channels=sum((view.ours for view in live), NOTHING),
    )
