"""BOLT 12, "Signature Calculation": what the published trees leave untried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.offers import ENTROPY
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import merkle
from tipdesk.lightning.wire.tlv import TlvRecord

KEY, OTHER = PrivateKey(b"\x01" * 32), PrivateKey(b"\x02" * 32)
STREAM = tuple(TlvRecord(number, bytes([number])) for number in (0, 2, 5, 9, 200))

hashes = st.binary(min_size=32, max_size=32)
trees = st.lists(st.tuples(hashes, st.booleans()), min_size=1, max_size=40)


@given(trees)
def test_what_is_hidden_is_made_up_for_by_its_hashes(tree: list[tuple[bytes, bool]]) -> None:
    leaves, shown = [leaf for leaf, _ in tree], [seen for _, seen in tree]
    seen = [leaf if visible else None for leaf, visible in tree]
    hidden = merkle.hidden_hashes(leaves, shown)
    if not any(shown):
        assert hidden == ()
        with pytest.raises(merkle.WrongNumberOfHashes):
            merkle.root_with_hidden(seen, hidden)
        return
    assert merkle.root_with_hidden(seen, hidden) == merkle.root_of(leaves)
    for wrong in (hidden[:-1], (*hidden, bytes(32))):
        if wrong != hidden:
            with pytest.raises(merkle.WrongNumberOfHashes):
                merkle.root_with_hidden(seen, wrong)


@given(trees)
def test_no_leaf_that_is_hidden_is_among_the_hashes_of_a_larger_branch(
    tree: list[tuple[bytes, bool]],
) -> None:
    leaves, shown = [leaf for leaf, _ in tree], [seen for _, seen in tree]
    assert len(merkle.hidden_hashes(leaves, shown)) <= shown.count(False)


def test_the_deepest_branches_are_on_the_lowest_leaves() -> None:
    one, two, three, four, five = (bytes([number]) * 32 for number in range(5))
    low = merkle.branch(merkle.branch(one, two), merkle.branch(three, four))
    assert merkle.root_of([one, two, three, four, five]) == merkle.branch(low, five)
    assert merkle.root_of([one, two, three]) == merkle.branch(merkle.branch(one, two), three)
    assert merkle.root_of([one]) == one


def test_a_branch_does_not_tell_left_from_right() -> None:
    assert merkle.branch(b"\x01" * 32, b"\x02" * 32) == merkle.branch(b"\x02" * 32, b"\x01" * 32)


@pytest.mark.parametrize("at", range(len(STREAM)))
def test_each_record_counts_in_a_signature(at: int) -> None:
    signature = merkle.sign(STREAM, KEY, message="invoice", entropy=ENTROPY)
    assert merkle.verify(STREAM, KEY.point, signature, message="invoice")
    altered = TlvRecord(STREAM[at].type, STREAM[at].value + b"\x00")
    for other in ((*STREAM[:at], altered, *STREAM[at + 1 :]), (*STREAM[:at], *STREAM[at + 1 :])):
        assert not merkle.verify(other, KEY.point, signature, message="invoice")


def test_a_signature_holds_for_one_key_one_kind_of_stream_and_one_field() -> None:
    signature = merkle.sign(STREAM, KEY, message="invoice", entropy=ENTROPY)
    assert not merkle.verify(STREAM, OTHER.point, signature, message="invoice")
    assert not merkle.verify(STREAM, KEY.point, signature, message="invoice_request")
    assert not merkle.verify(
        STREAM, KEY.point, signature, message="invoice", field="proof_signature"
    )


@pytest.mark.parametrize("number", [240, 241, 313, 1000])
def test_numbers_240_to_1000_are_signatures_and_no_leaves(number: int) -> None:
    more = (*STREAM, TlvRecord(number, b"anything"))
    assert merkle.merkle_root(more) == merkle.merkle_root(STREAM)


@pytest.mark.parametrize("number", [239, 1001])
def test_their_neighbours_are_leaves(number: int) -> None:
    more = (*STREAM, TlvRecord(number, b"anything"))
    assert merkle.merkle_root(more) != merkle.merkle_root(STREAM)


def test_a_stream_of_signatures_alone_is_signed_by_nobody() -> None:
    alone = (TlvRecord(240, bytes(64)),)
    assert not merkle.verify(alone, KEY.point, bytes(64), message="invoice")
    assert not merkle.verify((), KEY.point, bytes(64), message="invoice")
