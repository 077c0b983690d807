"""BOLT 9: feature bits, their contexts and dependencies; which we set and which we require."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from tipdesk.base.errors import PeerError


class Feature(IntEnum):
    """A feature by its even bit; the odd bit above it offers what the even bit requires."""

    DATA_LOSS_PROTECT = 0
    UPFRONT_SHUTDOWN_SCRIPT = 4
    GOSSIP_QUERIES = 6
    VAR_ONION_OPTIN = 8
    GOSSIP_QUERIES_EX = 10
    STATIC_REMOTEKEY = 12
    PAYMENT_SECRET = 14
    BASIC_MPP = 16
    SUPPORT_LARGE_CHANNEL = 18
    ANCHORS = 22
    ROUTE_BLINDING = 24
    SHUTDOWN_ANYSEGWIT = 26
    DUAL_FUND = 28
    QUIESCE = 34
    ATTRIBUTION_DATA = 36
    ONION_MESSAGES = 38
    PROVIDE_STORAGE = 42
    CHANNEL_TYPE = 44
    SCID_ALIAS = 46
    PAYMENT_METADATA = 48
    ZEROCONF = 50
    KEYSEND = 54
    SIMPLE_CLOSE = 60
    SPLICE = 62


DEPENDENCIES: Final = {
    Feature.GOSSIP_QUERIES_EX: (Feature.GOSSIP_QUERIES,),
    Feature.PAYMENT_SECRET: (Feature.VAR_ONION_OPTIN,),
    Feature.BASIC_MPP: (Feature.PAYMENT_SECRET,),
    Feature.ANCHORS: (Feature.STATIC_REMOTEKEY,),
    Feature.ROUTE_BLINDING: (Feature.VAR_ONION_OPTIN,),
    Feature.ZEROCONF: (Feature.SCID_ALIAS,),
    Feature.SIMPLE_CLOSE: (Feature.SHUTDOWN_ANYSEGWIT,),
    Feature.SPLICE: (Feature.QUIESCE,),
}


class UnknownRequiredFeature(PeerError):
    """BOLT 9: an even bit that we do not know; the connection cannot go on."""

    def __init__(self, *, bit: int) -> None:
        super().__init__(f"feature bit {bit} is required and we do not know it")
        self.bit = bit


class MissingFeature(PeerError):
    """A feature that we require, or that another set feature depends on, is not set."""

    def __init__(self, *, feature: Feature) -> None:
        super().__init__(f"the feature {feature.name.lower()} is missing")
        self.feature = feature


class FeatureBits:
    """A set of feature bits; bit 0 is the lowest bit of the last byte."""

    __slots__ = ("_bits",)

    def __init__(self, bits: Iterable[int] = ()) -> None:
        self._bits = 0
        for bit in bits:
            self._bits |= 1 << bit

    @classmethod
    def from_bytes(cls, data: bytes) -> "FeatureBits":
        """From the bytes of a message; any length is allowed."""
        features = cls()
        features._bits = int.from_bytes(data, "big")
        return features

    def to_bytes(self) -> bytes:
        """The fewest bytes that hold the bits."""
        return self._bits.to_bytes((self._bits.bit_length() + 7) // 8, "big")

    def has_bit(self, bit: int) -> bool:
        """Whether this very bit is set."""
        return bool(self._bits >> bit & 1)

    def offers(self, feature: Feature) -> bool:
        """Whether the feature is offered or required."""
        return bool(self._bits >> feature & 3)

    def requires(self, feature: Feature) -> bool:
        """Whether the even bit is set."""
        return self.has_bit(feature)

    def union(self, other: "FeatureBits") -> "FeatureBits":
        """All bits of both (BOLT 1: `globalfeatures` and `features` are combined)."""
        return FeatureBits.from_bytes(_or(self.to_bytes(), other.to_bytes()))

    def without(self, bit: int) -> "FeatureBits":
        """All bits but this one."""
        return FeatureBits.from_bytes(
            (self._bits & ~(1 << bit)).to_bytes((self._bits.bit_length() + 7) // 8, "big")
        )

    def unknown_required(self) -> int | None:
        """The lowest even bit that stands for nothing we know."""
        bits, base = self._bits, 0
        while bits:
            if bits & 1 and base not in _KNOWN:
                return base
            bits >>= 2
            base += 2
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FeatureBits) and self._bits == other._bits

    def __hash__(self) -> int:
        return hash(self._bits)

    def __repr__(self) -> str:
        return (
            f"FeatureBits({[bit for bit in range(self._bits.bit_length()) if self.has_bit(bit)]})"
        )


def _or(left: bytes, right: bytes) -> bytes:
    bits = int.from_bytes(left, "big") | int.from_bytes(right, "big")
    return bits.to_bytes(max(len(left), len(right)), "big")


_KNOWN = frozenset(int(feature) for feature in Feature)

ALWAYS_REQUIRED: Final = (
    Feature.DATA_LOSS_PROTECT,
    Feature.VAR_ONION_OPTIN,
    Feature.STATIC_REMOTEKEY,
    Feature.PAYMENT_SECRET,
    Feature.CHANNEL_TYPE,
)
"""The five features that every implementation requires."""

INIT_FEATURES: Final = FeatureBits(
    [
        *ALWAYS_REQUIRED,
        Feature.UPFRONT_SHUTDOWN_SCRIPT + 1,
        Feature.GOSSIP_QUERIES + 1,
        Feature.BASIC_MPP + 1,
        Feature.ANCHORS + 1,
        Feature.ROUTE_BLINDING + 1,
        Feature.SHUTDOWN_ANYSEGWIT + 1,
        Feature.ATTRIBUTION_DATA + 1,
        Feature.ONION_MESSAGES + 1,
        Feature.SCID_ALIAS + 1,
        Feature.PROVIDE_STORAGE + 1,
    ]
)
"""What our `init` and `node_announcement` say. Bit 19 comes when it is true."""

NODE_FEATURES_WITH_KEYSEND: Final = INIT_FEATURES.union(FeatureBits([Feature.KEYSEND + 1]))
"""What the `node_announcement` of a node says that takes payments unasked (bLIP 3)."""

INVOICE_FEATURES: Final = FeatureBits(
    [
        Feature.VAR_ONION_OPTIN,
        Feature.PAYMENT_SECRET,
        Feature.BASIC_MPP + 1,
        Feature.ATTRIBUTION_DATA + 1,
    ]
)
"""What our BOLT 11 invoices say."""

CHANNEL_TYPE_ANCHORS: Final = FeatureBits([Feature.STATIC_REMOTEKEY, Feature.ANCHORS])
CHANNEL_TYPE_STATIC_REMOTEKEY: Final = FeatureBits([Feature.STATIC_REMOTEKEY])


def check_peer_features(features: FeatureBits) -> None:
    """Raises if a peer requires what we do not know or lacks what every node must have."""
    unknown = features.unknown_required()
    if unknown is not None:
        raise UnknownRequiredFeature(bit=unknown)
    for feature in ALWAYS_REQUIRED:
        if not features.offers(feature):
            raise MissingFeature(feature=feature)
    for feature, needed in DEPENDENCIES.items():
        if features.offers(feature):
            for dependency in needed:
                if not features.offers(dependency):
                    raise MissingFeature(feature=dependency)
