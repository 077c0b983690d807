"""Blinded paths that end with us, for invoices of ours: what each node is told, and the price."""

from collections.abc import Sequence
from dataclasses import dataclass

from tipdesk.base.ids import NodeId, PaymentSecret, ShortChannelId
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice.bolt12 import BlindedPayinfo, PaymentPath
from tipdesk.lightning.sphinx.blinding import blind
from tipdesk.lightning.sphinx.recipient_data import (
    PaymentConstraints,
    PaymentRelay,
    RecipientData,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PathHop:
    """A node that is to carry a payment on towards us, and the terms of its next channel."""

    node_id: NodeId
    short_channel_id: ShortChannelId
    relay: PaymentRelay
    htlc_minimum_msat: Msat
    htlc_maximum_msat: Msat


def payment_path(
    session_key: PrivateKey,
    hops: Sequence[PathHop],
    us: NodeId,
    *,
    path_id: PaymentSecret,
    usable_until: BlockHeight,
    final_cltv_delta: CltvDelta,
) -> PaymentPath:
    """BOLT 4, "Requirements" of `encrypted_recipient_data`: a path over `hops` to us.

    `path_id` is known to us alone: whoever pays over this path shows it without knowing it. The
    path can be begun with until `usable_until`.
    """
    minimum = max((hop.htlc_minimum_msat for hop in hops), default=Msat(1))
    expiry = usable_until.after(final_cltv_delta)
    data = [
        RecipientData(
            path_id=bytes(path_id),
            payment_constraints=PaymentConstraints(
                max_cltv_expiry=expiry, htlc_minimum_msat=minimum
            ),
            allowed_features=FeatureBits(),
        )
    ]
    for hop in reversed(hops):
        expiry = expiry.after(hop.relay.cltv_expiry_delta)
        data.append(
            RecipientData(
                short_channel_id=hop.short_channel_id,
                payment_relay=hop.relay,
                payment_constraints=PaymentConstraints(
                    max_cltv_expiry=expiry, htlc_minimum_msat=minimum
                ),
                allowed_features=FeatureBits(),
            )
        )
    # No length may tell which of them is the last.
    size = max(len(one.encode()) for one in data) + 2
    nodes = [*(hop.node_id for hop in hops), us]
    told = [one.encode(size) for one in reversed(data)]
    path, _ = blind(session_key, list(zip(nodes, told, strict=True)))
    maximum = min((hop.htlc_maximum_msat for hop in hops), default=Msat((1 << 63) - 1))
    return PaymentPath(path, _together(hops, final_cltv_delta, minimum, maximum))


def _together(
    hops: Sequence[PathHop], final_cltv_delta: CltvDelta, minimum: Msat, maximum: Msat
) -> BlindedPayinfo:
    """The sums that BOLT 4 gives for fees and blocks, each rounded up."""
    base, proportional, blocks = 0, 0, final_cltv_delta
    for hop in reversed(hops):
        rate = hop.relay.fee_proportional_millionths
        base = _ceil_million(hop.relay.fee_base_msat * 1_000_000 + base * (1_000_000 + rate))
        proportional = _ceil_million((proportional + rate) * 1_000_000 + proportional * rate)
        blocks = blocks + hop.relay.cltv_expiry_delta
    return BlindedPayinfo(
        fee_base_msat=base,
        fee_proportional_millionths=proportional,
        cltv_expiry_delta=blocks,
        htlc_minimum_msat=minimum,
        htlc_maximum_msat=maximum,
    )


def _ceil_million(number: int) -> int:
    return (number + 999_999) // 1_000_000
