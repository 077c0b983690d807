"""What two sides agreed on when the channel was opened; it never changes afterwards."""

from dataclasses import dataclass
from functools import cached_property

from tipdesk.base.ids import ChannelId, NodeId, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.htlc import Owner
from tipdesk.lightning.commitment.build import CommitmentTerms
from tipdesk.lightning.commitment.formats import ANCHORS, STATIC_REMOTEKEY, CommitmentFormat
from tipdesk.lightning.keys.signer import Basepoints


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTerms:
    """What one side announced in `open_channel` or `accept_channel`."""

    basepoints: Basepoints
    dust_limit: Sat
    """Of this side's own commitments."""
    max_htlc_value_in_flight: Msat
    """Of HTLCs offered to this side."""
    channel_reserve: Sat
    """What this side demands that the other always keeps."""
    htlc_minimum: Msat
    """Of HTLCs offered to this side."""
    to_self_delay: CltvDelta
    """What this side demands of the other's commitments."""
    max_accepted_htlcs: int
    upfront_shutdown_script: bytes = b""


@dataclass(frozen=True, kw_only=True)
class ChannelTerms:
    """The parameters of one channel."""

    channel_id: ChannelId
    peer: NodeId
    channel_key_id: bytes
    """What the signer derives our keys of this channel from."""
    funding_outpoint: OutPoint
    capacity: Sat
    is_funder: bool
    announce: bool
    anchors: bool
    """Which of the two forms commitments have; `form` is what follows from it."""
    minimum_depth: int
    local: SideTerms
    remote: SideTerms
    hides_scid: bool = False
    """`option_scid_alias` is in the channel's type: HTLCs that name its place are not carried."""

    @property
    def alias(self) -> ShortChannelId:
        """BOLT 2, `channel_ready`: the name under which we know the channel, whoever asks.

        Made of what only we know, so that it tells nothing of the funding; no block will ever have
        its height.
        """
        secret = sha256(b"tipdesk alias" + self.channel_key_id)
        return ShortChannelId(1 << 63 | int.from_bytes(secret[:8], "big") >> 1)

    @property
    def form(self) -> CommitmentFormat:
        """The form of both sides' commitments."""
        return ANCHORS if self.anchors else STATIC_REMOTEKEY

    def commitment_terms(self, owner: Owner) -> CommitmentTerms:
        """The unchanging part of the owner's commitments."""
        return self._local_commitments if owner is Owner.LOCAL else self._remote_commitments

    @cached_property
    def _local_commitments(self) -> CommitmentTerms:
        return self._commitments_of(self.local, self.remote, owner_is_funder=self.is_funder)

    @cached_property
    def _remote_commitments(self) -> CommitmentTerms:
        return self._commitments_of(self.remote, self.local, owner_is_funder=not self.is_funder)

    def _commitments_of(
        self, owner: SideTerms, other: SideTerms, *, owner_is_funder: bool
    ) -> CommitmentTerms:
        opener, accepter = (owner, other) if owner_is_funder else (other, owner)
        return CommitmentTerms(
            funding_outpoint=self.funding_outpoint,
            funding_amount=self.capacity,
            local_funding_pubkey=owner.basepoints.funding_pubkey,
            remote_funding_pubkey=other.basepoints.funding_pubkey,
            opener_payment_basepoint=opener.basepoints.payment_basepoint,
            accepter_payment_basepoint=accepter.basepoints.payment_basepoint,
            remote_payment_basepoint=other.basepoints.payment_basepoint,
            owner_is_funder=owner_is_funder,
            dust_limit=owner.dust_limit,
            to_self_delay=other.to_self_delay,
            form=self.form,
        )

    @cached_property
    def funding_script_pubkey(self) -> bytes:
        """What the funding output must pay to."""
        return p2wsh(self._local_commitments.funding_script)


def channel_id_of(outpoint: OutPoint) -> ChannelId:
    """BOLT 2, "Definition of `channel_id`"."""
    tail = int.from_bytes(outpoint.txid[30:], "big") ^ outpoint.index
    return ChannelId(outpoint.txid[:30] + tail.to_bytes(2, "big"))
