"""BOLT 3: what a channel's type decides about its commitments, as two values.

The rest of the code takes weights, amounts, sequences and scripts from here.
"""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.ids import Point
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import p2wpkh, p2wsh
from tipdesk.bitcoin.sighash import SigHash
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.features import (
    CHANNEL_TYPE_ANCHORS,
    CHANNEL_TYPE_STATIC_REMOTEKEY,
    Feature,
    FeatureBits,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentFormat:
    """One of the forms that commitments and their HTLC transactions have."""

    channel_type: FeatureBits
    """What `open_channel` calls it."""
    commitment_weight: int
    """Without HTLCs."""
    anchor_amount: Sat
    """Of each of two outputs by which either side can raise the fee; 0: there are none."""
    htlc_timeout_weight: int
    htlc_success_weight: int
    """What an HTLC transaction pays for itself: nothing if inputs for its fee can be added."""
    htlc_sighash: SigHash
    """What the other side's signature on an HTLC transaction covers."""
    wait: int
    """Blocks until `to_remote` or an HTLC may be spent, so that only anchors can be at once."""

    @property
    def has_anchors(self) -> bool:
        """Whether fees are settled when the transactions are published."""
        return bool(self.anchor_amount)

    def to_remote(self, payment_basepoint: Point) -> tuple[bytes, bytes]:
        """The witness script (empty for a plain key) and script of `to_remote`."""
        if not self.wait:
            return b"", p2wpkh(payment_basepoint)
        witness_script = scripts.to_remote_anchors(payment_basepoint)
        return witness_script, p2wsh(witness_script)


ANCHORS: Final = CommitmentFormat(
    channel_type=CHANNEL_TYPE_ANCHORS,
    commitment_weight=1124,
    anchor_amount=Sat(330),
    htlc_timeout_weight=0,
    htlc_success_weight=0,
    htlc_sighash=SigHash.SINGLE_ANYONECANPAY,
    wait=1,
)
"""`option_anchors`."""

STATIC_REMOTEKEY: Final = CommitmentFormat(
    channel_type=CHANNEL_TYPE_STATIC_REMOTEKEY,
    commitment_weight=724,
    anchor_amount=Sat(0),
    htlc_timeout_weight=663,
    htlc_success_weight=703,
    htlc_sighash=SigHash.ALL,
    wait=0,
)
"""What old peers speak: every fee is fixed when it is signed."""


def format_of(channel_type: bytes | None) -> CommitmentFormat | None:
    """The form that a message's `channel_type` asks for, None if there is no such form here.

    Either form may come with `option_scid_alias` (`hides_scid`).
    """
    if channel_type is None:
        return None
    bits = FeatureBits.from_bytes(channel_type).without(Feature.SCID_ALIAS)
    return next((form for form in (ANCHORS, STATIC_REMOTEKEY) if form.channel_type == bits), None)


def hides_scid(channel_type: bytes | None) -> bool:
    """BOLT 2, `option_scid_alias`: nobody shall learn the channel's place in the chain."""
    return FeatureBits.from_bytes(channel_type or b"").has_bit(Feature.SCID_ALIAS)
