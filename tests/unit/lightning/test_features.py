"""BOLT 9: bits and bytes, what a peer may lack and may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.lightning.features import (
    ALWAYS_REQUIRED,
    CHANNEL_TYPE_ANCHORS,
    CHANNEL_TYPE_STATIC_REMOTEKEY,
    DEPENDENCIES,
    INIT_FEATURES,
    INVOICE_FEATURES,
    Feature,
    FeatureBits,
    MissingFeature,
    UnknownRequiredFeature,
    check_peer_features,
)

bit_sets = st.frozensets(st.integers(0, 300), max_size=12)


@given(bit_sets)
def test_bits_survive_their_bytes_in_the_fewest_there_are(bits: frozenset[int]) -> None:
    features = FeatureBits(bits)
    data = features.to_bytes()
    assert data[:1] != b"\x00"
    assert FeatureBits.from_bytes(data) == features
    assert FeatureBits.from_bytes(bytes(3) + data) == features
    assert {bit for bit in range(310) if features.has_bit(bit)} == bits
    assert len({features, FeatureBits(bits)}) == 1


@given(bit_sets, bit_sets)
def test_a_union_has_the_bits_of_both(left: frozenset[int], right: frozenset[int]) -> None:
    assert FeatureBits(left).union(FeatureBits(right)) == FeatureBits(left | right)


def test_bit_zero_is_the_lowest_of_the_last_byte() -> None:
    assert FeatureBits([0]).to_bytes() == b"\x01"
    assert FeatureBits([8, 1]).to_bytes() == b"\x01\x02"
    assert FeatureBits().to_bytes() == b""


def test_the_odd_bit_offers_and_the_even_bit_requires() -> None:
    for feature in Feature:
        assert feature % 2 == 0
        offered, required = FeatureBits([feature + 1]), FeatureBits([feature])
        assert offered.offers(feature)
        assert not offered.requires(feature)
        assert required.offers(feature)
        assert required.requires(feature)
        assert not FeatureBits().offers(feature)


@given(bit_sets)
def test_the_lowest_unknown_even_bit_is_named(bits: frozenset[int]) -> None:
    known = {int(feature) for feature in Feature}
    unknown = sorted(bit for bit in bits if bit % 2 == 0 and bit not in known)
    assert FeatureBits(bits).unknown_required() == (unknown[0] if unknown else None)


def test_our_own_features_are_consistent() -> None:
    check_peer_features(INIT_FEATURES)
    assert INIT_FEATURES.unknown_required() is None
    assert not INIT_FEATURES.offers(Feature.SUPPORT_LARGE_CHANNEL)
    assert not INIT_FEATURES.requires(Feature.SCID_ALIAS)
    for features in (INIT_FEATURES, INVOICE_FEATURES):
        assert features.offers(Feature.ATTRIBUTION_DATA)
        assert not features.requires(Feature.ATTRIBUTION_DATA)
    assert INVOICE_FEATURES.requires(Feature.PAYMENT_SECRET)


def test_the_channel_types_are_what_other_nodes_write() -> None:
    assert CHANNEL_TYPE_ANCHORS.to_bytes().hex() == "401000"
    assert CHANNEL_TYPE_STATIC_REMOTEKEY.to_bytes().hex() == "1000"


@pytest.mark.parametrize("bit", [100, 1000, 2, 64])
def test_a_peer_that_requires_what_we_do_not_know_is_refused(bit: int) -> None:
    features = INIT_FEATURES.union(FeatureBits([bit]))
    with pytest.raises(UnknownRequiredFeature) as caught:
        check_peer_features(features)
    assert caught.value.bit == bit
    check_peer_features(INIT_FEATURES.union(FeatureBits([bit + 1])))


@pytest.mark.parametrize("feature", ALWAYS_REQUIRED)
def test_a_peer_that_lacks_what_every_node_has_is_refused(feature: Feature) -> None:
    bits = [int(other) for other in ALWAYS_REQUIRED if other is not feature]
    with pytest.raises(MissingFeature) as caught:
        check_peer_features(FeatureBits(bits))
    assert caught.value.feature is feature
    # Offering is enough.
    check_peer_features(FeatureBits([*bits, feature + 1]))


@pytest.mark.parametrize("feature", DEPENDENCIES)
def test_a_feature_without_what_it_depends_on_is_refused(feature: Feature) -> None:
    missing = [d for d in DEPENDENCIES[feature] if d not in ALWAYS_REQUIRED]
    features = FeatureBits([*map(int, ALWAYS_REQUIRED), feature + 1])
    if missing:
        with pytest.raises(MissingFeature) as caught:
            check_peer_features(features)
        assert caught.value.feature is missing[0]
    check_peer_features(features.union(FeatureBits([int(d) + 1 for d in missing])))
