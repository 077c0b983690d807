"""How a node behaves: what it is called, whether it forwards, and on which terms."""

from dataclasses import dataclass, field

from tipdesk.base.units import CltvDelta, FeeratePerKw, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.context import ChannelLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingPolicy:
    """What we take for carrying a payment on (BOLT 7, `channel_update`)."""

    fee_base_msat: int = 1000
    fee_proportional_millionths: int = 100
    cltv_expiry_delta: CltvDelta = CltvDelta(80)
    htlc_minimum_msat: Msat = Msat(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfig:
    """A node's settings."""

    network: Network
    alias: str
    listen_host: str = "127.0.0.1"
    listen_port: int | None = None
    """None: the node is reached by nobody, as fits a fan's."""
    forwards: bool = False
    """Carrying others' payments ties up money and invites attacks: off unless asked for."""
    policy: ForwardingPolicy = field(default_factory=ForwardingPolicy)
    limits: ChannelLimits = field(default_factory=ChannelLimits)
    min_final_cltv_expiry_delta: CltvDelta = CltvDelta(42)
    least_blinded_cltv_expiry_delta: CltvDelta = CltvDelta(24)
    """What is taken over a blinded path, for which more is asked: LDK passes over what a path of
    one hop asks for, and what is left of ours behind a peer is one."""
    accepts_keysend: bool = False
    """Whether payments are taken that no invoice asked for (bLIP 3): on for creators."""
    maximum_cltv: CltvDelta = CltvDelta(2016)
    """The longest that a payment of ours may lock money up."""
    check_every_funding: bool = True
    """Whether each announced channel's funding is looked up when it is announced, as one's own
    full node can; else it is looked up before the channel is first used in a route."""
    commitment_feerate_floor: FeeratePerKw = FeeratePerKw(500)
    """Twice what the smallest mempool minimum asks, as there is no package relay to lean on."""
