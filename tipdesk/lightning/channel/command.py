"""Every input that the channel machine accepts."""

from dataclasses import dataclass

from tipdesk.base.ids import PaymentHash, Point, ShortChannelId
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel.htlc import Outcome
from tipdesk.lightning.channel.state import ClosedBy, OpenParameters
from tipdesk.lightning.wire.message import Message


@dataclass(frozen=True, slots=True)
class Open:
    """Opens a channel as its funder."""

    parameters: OpenParameters


@dataclass(frozen=True, slots=True)
class FundingReady:
    """The wallet's funding transaction: signed, not broadcast, its inputs reserved."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A message of the peer's about this channel."""

    message: Message


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """`init` is exchanged with the peer."""


@dataclass(frozen=True, slots=True)
class PeerDisconnected:
    """The connection is gone, with all that nobody signed."""


@dataclass(frozen=True, slots=True)
class FundingConfirmed:
    """The funding output is proven, as deep as `minimum_depth` asks."""

    transaction: Transaction
    short_channel_id: ShortChannelId


@dataclass(frozen=True, slots=True)
class FundingSpent:
    """A transaction that spends the funding was seen; its height once it is in a block."""

    transaction: Transaction
    height: BlockHeight | None
    by: ClosedBy = ClosedBy.PEER


@dataclass(frozen=True, slots=True)
class FundingTimedOut:
    """The funding of a channel that the peer opened did not confirm in 2016 blocks (BOLT 2)."""


@dataclass(frozen=True, slots=True)
class ClosingBuried:
    """Everything of ours is resolved: six blocks deep, or (`is_final`) a hundred."""

    is_final: bool = False


@dataclass(frozen=True, slots=True)
class ClosingUndone:
    """A reorganisation took the closing transaction out of its block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddHtlc:
    """Offers an HTLC to the peer."""

    amount: Msat
    payment_hash: PaymentHash
    cltv_expiry: BlockHeight
    onion: bytes
    path_key: Point | None = None
    """Set inside a blinded route; the peer must know of them."""


@dataclass(frozen=True, slots=True)
class RemoveHtlc:
    """Settles or fails an incoming HTLC that is irrevocably committed."""

    htlc_id: int
    outcome: Outcome
    attribution: bytes = b""


@dataclass(frozen=True, slots=True)
class UpdateFeerate:
    """Proposes a feerate, if we are the funder and it is a change worth making."""

    feerate: FeeratePerKw


@dataclass(frozen=True, slots=True)
class Sign:
    """Commits all that is pending, if anything is and the peer owes no revocation."""


@dataclass(frozen=True, slots=True)
class Close:
    """Closes the channel by agreement, to `script` of our wallet."""

    script: bytes


@dataclass(frozen=True, slots=True)
class ForceClose:
    """Closes the channel without the peer: our newest commitment is broadcast."""

    reason: str = ""


ChannelCommand = (
    Open
    | FundingReady
    | MessageReceived
    | PeerConnected
    | PeerDisconnected
    | FundingConfirmed
    | FundingSpent
    | FundingTimedOut
    | ClosingBuried
    | ClosingUndone
    | AddHtlc
    | RemoveHtlc
    | UpdateFeerate
    | Sign
    | Close
    | ForceClose
)
