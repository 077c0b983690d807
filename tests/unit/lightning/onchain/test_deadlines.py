"""Class 40: when an HTLC sends its channel to the chain, to the block."""

from dataclasses import replace

from tests.channels import Side, preimage_of
from tests.judged import terms_of
from tests.onchain import busy_pair, preimages
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import BlockHeight
from tipdesk.lightning.channel.htlc import Direction, Fulfilled, Removal
from tipdesk.lightning.onchain.deadlines import (
    FULFILLED_MARGIN,
    OFFERED_GRACE,
    URGENT_MARGIN,
    Overdue,
    overdue,
)

FIRST_OFFERED = 501
FIRST_RECEIVED = 511


def late(
    side: Side, height: int, known: dict[PaymentHash, Preimage] | None = None
) -> Overdue | None:
    return overdue(side.commitments, terms_of(side), BlockHeight(height), known or {})


def test_class_40_an_offered_htlc_may_be_failed_for_two_blocks_after_its_expiry() -> None:
    alice = busy_pair().alice
    assert late(alice, FIRST_OFFERED + OFFERED_GRACE - 1) is None
    found = late(alice, FIRST_OFFERED + OFFERED_GRACE)
    assert found is not None
    assert found.htlc.cltv_expiry == BlockHeight(FIRST_OFFERED)
    assert not found.is_urgent


def test_class_40_a_fulfilled_htlc_is_taken_to_the_chain_eighteen_blocks_before() -> None:
    alice = busy_pair().alice
    known = preimages(11)
    assert late(alice, FIRST_RECEIVED - FULFILLED_MARGIN - 1, known) is None
    found = late(alice, FIRST_RECEIVED - FULFILLED_MARGIN, known)
    assert found is not None
    assert not found.htlc.by_us
    assert not found.is_urgent
    urgent = late(alice, FIRST_RECEIVED - URGENT_MARGIN, known)
    assert urgent is not None
    assert urgent.is_urgent


def test_a_settlement_that_the_peer_has_not_acknowledged_counts_as_fulfilled() -> None:
    alice = busy_pair().alice
    key = (Direction.INCOMING, 0)
    htlc = replace(alice.commitments.htlcs[key], removal=Removal(Fulfilled(preimage_of(11))))
    c = replace(alice.commitments, htlcs={key: htlc})
    height = BlockHeight(FIRST_RECEIVED - FULFILLED_MARGIN)
    assert overdue(c, terms_of(alice), height, {}) is not None


def test_an_incoming_htlc_without_its_preimage_closes_nothing_however_late() -> None:
    alice = busy_pair().alice
    received = {k: h for k, h in alice.commitments.htlcs.items() if not h.by_us}
    c = replace(alice.commitments, htlcs=received)
    assert overdue(c, terms_of(alice), BlockHeight(10_000), {}) is None


def test_a_fulfilled_htlc_without_an_output_is_not_worth_a_channel() -> None:
    alice = busy_pair().alice
    dust = {k: h for k, h in alice.commitments.htlcs.items() if h.amount.value == 22_000}
    assert len(dust) == 1
    c = replace(alice.commitments, htlcs=dust)
    assert overdue(c, terms_of(alice), BlockHeight(10_000), preimages(13)) is None
