"""What a step may look at besides the state and the command."""

from dataclasses import dataclass, field

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId
from tipdesk.base.units import BlockHeight, CltvDelta, FeeratePerKw, Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.keys.signer import ChannelSigner


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLimits:
    """What we ask for and what we accept. Class numbers are those of the known-bugs list."""

    minimum_funding: Sat = Sat(20_000)
    maximum_funding: Sat = Sat((1 << 24) - 1)
    """Without `option_support_large_channel`."""
    dust_limit: Sat = Sat(354)
    """Of our own commitments."""
    minimum_dust_limit: Sat = Sat(354)
    """What the network relays whatever segwit output it is (BOLT 3, "Dust Limits")."""
    maximum_dust_limit: Sat = Sat(1_062)
    reserve_percent: int = 1
    maximum_reserve_percent: int = 20
    to_self_delay: CltvDelta = CltvDelta(720)
    maximum_to_self_delay: CltvDelta = CltvDelta(2016)
    htlc_minimum: Msat = Msat(1)
    max_accepted_htlcs: int = 30
    """Bounds what one peer can pin on chain (class 50)."""
    accepts_static_remotekey: bool = False
    """Whether old peers may open channels without anchors: their fees are fixed when signed."""
    minimum_depth: int = 3
    minimum_feerate: FeeratePerKw = FeeratePerKw(253)
    maximum_feerate: FeeratePerKw = FeeratePerKw(50_000)
    """A feerate no fee market has reached: above it a funder may burn our money (class 10)."""
    max_dust_exposure: Msat = Msat(50_000_000)
    """In HTLCs too small for the chain (class 17)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelContext:
    """The world as it is at this step."""

    network: Network
    peer: NodeId
    height: BlockHeight
    now: Instant
    feerate: FeeratePerKw
    """What a commitment should pay now."""
    closing_feerate: FeeratePerKw
    signer: ChannelSigner
    channel_key_id: bytes
    shutdown_script: bytes = b""
    """Where a mutual close pays us, promised up front when it is not empty."""
    limits: ChannelLimits = field(default_factory=ChannelLimits)
