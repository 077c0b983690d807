"""The states of a channel, one frozen value each (BOLT 2).

opening (lost with the connection)      AwaitingAccept -> AwaitingFunding -> AwaitingFundingSigned
                                        AwaitingFundingCreated
live (stored)                           AwaitingReady -> Normal -> ShuttingDown -> Negotiating
                                        -> Closing -> Closed
live, without its peer                  Offline(of), then Reestablishing(of)
failed, and not to be broadcast (yet)   Failed(of, ...)
"""

from dataclasses import dataclass
from enum import Enum

from tipdesk.base.ids import ShortChannelId
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.terms import ChannelTerms, SideTerms
from tipdesk.lightning.wire.opening import OpenChannel


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenParameters:
    """What we ask for when we open a channel."""

    channel_key_id: bytes
    temporary_channel_id: bytes
    funding: Sat
    push: Msat
    feerate: FeeratePerKw
    announce: bool
    local: SideTerms


@dataclass(frozen=True, slots=True)
class Idle:
    """Before the first message."""


@dataclass(frozen=True, slots=True)
class AwaitingAccept:
    """`open_channel` sent."""

    parameters: OpenParameters


@dataclass(frozen=True, slots=True)
class AwaitingFunding:
    """`accept_channel` received: the wallet is building the funding transaction."""

    parameters: OpenParameters
    remote: SideTerms
    minimum_depth: int
    remote_point: bytes
    funding_script_pubkey: bytes


@dataclass(frozen=True, slots=True)
class AwaitingFundingSigned:
    """`funding_created` sent; nothing may be broadcast before the peer's signature is checked."""

    terms: ChannelTerms
    commitments: Commitments
    funding: Transaction


@dataclass(frozen=True, slots=True)
class AwaitingFundingCreated:
    """`accept_channel` sent."""

    offer: OpenChannel
    channel_key_id: bytes
    local: SideTerms
    minimum_depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingReady:
    """The funding transaction is under way; both `channel_ready` are due."""

    terms: ChannelTerms
    commitments: Commitments
    opened_at: BlockHeight
    funding: Transaction | None = None
    """Ours to republish, if we are the funder."""
    short_channel_id: ShortChannelId | None = None
    """Known, and `channel_ready` sent, once the funding is deep enough."""
    remote_alias: ShortChannelId | None = None
    """By which the peer knows the channel (BOLT 2, `channel_ready`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """Payments flow."""

    terms: ChannelTerms
    commitments: Commitments
    short_channel_id: ShortChannelId
    remote_alias: ShortChannelId | None = None
    """By which the peer knows the channel: it stands in our invoices instead of its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttingDown:
    """A `shutdown` was sent or received: no HTLC is added, those under way are settled."""

    terms: ChannelTerms
    commitments: Commitments
    short_channel_id: ShortChannelId
    local_script: bytes
    remote_script: bytes | None = None
    """The peer's, once it has sent `shutdown`: from then on it adds no HTLC."""
    sent: bool = False
    """Our `shutdown` waits until no HTLC of ours is unsigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Negotiating:
    """Both sides quiet: the fee of the closing transaction is being agreed on."""

    terms: ChannelTerms
    commitments: Commitments
    local_script: bytes
    remote_script: bytes
    last_fee: Sat | None = None
    """What we last proposed on this connection."""


class ClosedBy(Enum):
    """How a channel came to its end."""

    AGREEMENT = "agreement"
    US = "us"
    PEER = "peer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A transaction that spends the funding is on its way."""

    terms: ChannelTerms
    commitments: Commitments
    transaction: Transaction
    by: ClosedBy
    reason: str = ""
    """Why it was not closed by agreement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """All that was ours is with us, six blocks deep; a reorganisation may still undo it."""

    terms: ChannelTerms
    commitments: Commitments
    transaction: Transaction
    by: ClosedBy
    reason: str = ""
    is_final: bool = False
    """A hundred blocks deep (BOLT 5): the channel is history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A rule was broken: nothing is signed any more; what we hold is kept as it was."""

    terms: ChannelTerms
    commitments: Commitments
    reason: str
    may_broadcast: bool
    """False once the peer proved that our state is old: broadcasting would lose everything."""
    funding: Transaction | None = None
    """Ours to republish, if the channel failed before its funding was in a block."""


Opening = Idle | AwaitingAccept | AwaitingFunding | AwaitingFundingSigned | AwaitingFundingCreated
Connected = AwaitingReady | Normal | ShuttingDown | Negotiating
"""The states that talk to the peer."""


@dataclass(frozen=True, slots=True)
class Offline:
    """The peer is away."""

    of: Connected


@dataclass(frozen=True, slots=True)
class Reestablishing:
    """Our `channel_reestablish` is sent, the peer's is due before anything else."""

    of: Connected


Live = Connected | Offline | Reestablishing | Closing | Closed | Failed
ChannelState = Opening | Live


def inner(state: Live) -> Connected | Closing | Closed | Failed:
    """The state behind `Offline` and `Reestablishing`."""
    return state.of if isinstance(state, Offline | Reestablishing) else state
