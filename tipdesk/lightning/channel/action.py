"""Every effect that the channel machine may ask for; they run in the order given."""

from dataclasses import dataclass

from tipdesk.base.ids import ChannelId, Preimage
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction
from tipdesk.lightning.channel.errors import AddRefusal
from tipdesk.lightning.channel.htlc import FailedMalformed, FailedWith, Htlc
from tipdesk.lightning.channel.state import ChannelState
from tipdesk.lightning.wire.message import Message


@dataclass(frozen=True, slots=True)
class Persist:
    """Store the state before anything that follows; `finished` HTLCs become history."""

    finished: tuple[Htlc, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message to the peer."""

    message: Message


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close the connection once what was sent before has left."""


@dataclass(frozen=True, slots=True)
class RequestFunding:
    """Ask the wallet for a transaction that pays `amount` to `script_pubkey`."""

    script_pubkey: bytes
    amount: Sat
    feerate: FeeratePerKw


@dataclass(frozen=True, slots=True)
class ReleaseFunding:
    """The opening failed: the inputs of this transaction are free again."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class Publish:
    """Broadcast a transaction, again at every block until it confirms."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class WatchFunding:
    """Watch the funding output: for `depth` confirmations, and for being spent."""

    outpoint: OutPoint
    script_pubkey: bytes
    depth: int


@dataclass(frozen=True, slots=True)
class Forget:
    """The channel never came to be on chain, and holds nothing of ours: drop it from the store."""

    channel_id: ChannelId


@dataclass(frozen=True, slots=True)
class HtlcAdded:
    """The HTLC asked for was offered to the peer."""

    htlc: Htlc


@dataclass(frozen=True, slots=True)
class HtlcRefused:
    """The HTLC asked for cannot be added now; nothing was sent."""

    reason: AddRefusal


@dataclass(frozen=True, slots=True)
class HtlcReceived:
    """An incoming HTLC is irrevocably committed: forward it, settle it or fail it."""

    htlc: Htlc


@dataclass(frozen=True, slots=True)
class HtlcFulfilled:
    """The peer revealed the preimage of an HTLC of ours: use it upstream at once."""

    htlc: Htlc
    preimage: Preimage


@dataclass(frozen=True, slots=True)
class HtlcFailed:
    """An HTLC of ours is irrevocably gone without its preimage."""

    htlc: Htlc
    outcome: FailedWith | FailedMalformed


@dataclass(frozen=True, slots=True)
class HtlcNeverSent:
    """An HTLC of ours was dropped before anybody signed it: it never was."""

    htlc: Htlc


@dataclass(frozen=True, slots=True)
class AnnouncementReceived:
    """The peer's `announcement_signatures`."""

    message: Message


@dataclass(frozen=True, slots=True)
class OpeningFailed:
    """The channel did not come to be; no money moved."""

    reason: str


ChannelAction = (
    Persist
    | Send
    | Disconnect
    | RequestFunding
    | ReleaseFunding
    | Publish
    | WatchFunding
    | Forget
    | HtlcAdded
    | HtlcRefused
    | HtlcReceived
    | HtlcFulfilled
    | HtlcFailed
    | HtlcNeverSent
    | AnnouncementReceived
    | OpeningFailed
)


@dataclass(frozen=True, slots=True)
class Transition:
    """What a step leads to."""

    state: ChannelState
    actions: tuple[ChannelAction, ...] = ()
