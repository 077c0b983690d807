"""BOLT 5: every output of every kind of commitment, taken to its end; Core's engine judges."""

from dataclasses import replace

import pytest

from tests.channels import Pair, Side, hash_of, preimage_of
from tests.judged import funding_output, judge_htlcs, terms_of
from tests.onchain import busy_pair, due, mined, preimages, resolve, take, values
from tipdesk.base.ids import Txid
from tipdesk.base.units import BlockHeight, Msat, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.lightning.channel.commitments import signed_local_commitment
from tipdesk.lightning.channel.htlc import Htlc
from tipdesk.lightning.channel.state import Normal
from tipdesk.lightning.onchain import classify
from tipdesk.lightning.onchain.outputs import Anchor, Delayed, Penalty, Static
from tipdesk.lightning.onchain.resolution import (
    FINAL_DEPTH,
    SETTLED_DEPTH,
    HtlcLost,
    Outlook,
    PreimageSeen,
    is_over,
    outcomes,
    outlook,
    spent,
    unspent,
)
from tipdesk.practice.judge import verify_transaction

TIP = 10_000


def commitment_of(side: Side) -> Transaction:
    return signed_local_commitment(side.commitments, terms_of(side), side.signer)


def outgoing(side: Side) -> list[Htlc]:
    return [htlc for htlc in side.commitments.htlcs.values() if htlc.by_us]


# -- our own commitment ---------------------------------------------------------------------------


def test_our_commitment_is_known_by_its_bytes() -> None:
    pair = busy_pair()
    c, terms = pair.alice.commitments, terms_of(pair.alice)
    found = classify.publication_of(terms, c, pair.alice.signer, commitment_of(pair.alice))
    assert found == classify.OwnCommitment(c.local_number)


def test_our_commitment_shows_our_outputs_and_no_others() -> None:
    pair = busy_pair()
    resolution = resolve(pair.alice, commitment_of(pair.alice))
    ways = [type(output.way) for output in resolution.outputs.values()]
    assert ways.count(Anchor) == 1
    assert ways.count(Delayed) == 1
    assert len(ways) == 6  # and two HTLCs each way; those below the dust limit have no output


def test_htlcs_of_our_commitment_are_claimed_only_when_they_can_be() -> None:
    pair = busy_pair()
    resolution = resolve(pair.alice, commitment_of(pair.alice), height=200)
    known = preimages(11)

    at_once = due(resolution, 200, known)
    assert [c.output.htlc and c.output.htlc.payment_hash for c in at_once] == [hash_of(11)]
    assert at_once[0].deadline == BlockHeight(511)
    first_expired = [c.locktime for c in due(resolution, 501)]
    assert first_expired == [501]
    assert {c.locktime for c in due(resolution, 502)} == {501, 502}


def test_to_local_waits_for_its_delay() -> None:
    pair = busy_pair()
    resolution = resolve(pair.alice, commitment_of(pair.alice), height=200)
    delay = 720
    before = [type(c.output.way) for c in due(resolution, 200 + delay - 2)]
    assert Delayed not in before
    after = [c for c in due(resolution, 200 + delay - 1) if isinstance(c.output.way, Delayed)]
    assert len(after) == 1
    take(pair.alice, after[0])


def test_both_stages_of_our_htlcs_are_judged_and_lead_to_us() -> None:
    pair = busy_pair()
    alice = pair.alice
    resolution = resolve(alice, commitment_of(alice))
    htlc_claims = [c for c in due(resolution, 502, preimages(11, 12)) if c.output.htlc]
    assert len(htlc_claims) == 4
    for claim in htlc_claims:
        second = take(alice, claim)
        after, following = spent(resolution, claim.output.outpoint, mined(second, 503))
        assert following is not None
        assert following.amount == claim.output.amount
        later = [c for c in due(after, 503 + 719) if c.output.outpoint == following.outpoint]
        assert not [c for c in due(after, 503 + 718) if c.output.outpoint == following.outpoint]
        take(alice, later[0])


# -- the peer's commitment ------------------------------------------------------------------------


def test_of_the_peers_commitment_we_take_to_remote_and_the_htlcs() -> None:
    pair = busy_pair()
    resolution = resolve(pair.alice, commitment_of(pair.bob))
    claims = due(resolution, 502, preimages(11, 12))
    assert len([c for c in claims if isinstance(c.output.way, Static)]) == 1
    assert len([c for c in claims if c.output.htlc]) == 4
    for claim in claims:
        take(pair.alice, claim)


def test_to_remote_with_anchors_waits_one_block() -> None:
    pair = busy_pair()
    resolution = replace(resolve(pair.alice, commitment_of(pair.bob)), height=None)
    assert due(resolution, 1_000) == ()


def test_the_commitment_that_we_signed_last_is_the_peers_before_it_revokes() -> None:
    pair = busy_pair()
    pair.alice.add(4, Msat(30_000_000), expiry=600)
    pair.alice.sign()
    while pair.deliver_one(pair.alice):
        pass  # the update and the signature arrive; Bob's answers do not
    newest, alice = commitment_of(pair.bob), pair.alice
    found = classify.publication_of(terms_of(alice), alice.commitments, alice.signer, newest)
    assert isinstance(found, classify.PeerCommitment)
    assert found.number == alice.commitments.remote_number + 1
    resolution = resolve(alice, newest)
    assert 30_000 in values(resolution.outputs.values())
    for claim in due(resolution, 600, preimages(11, 12)):
        take(alice, claim)


def test_the_commitment_before_is_the_peers_while_it_owes_a_revocation() -> None:
    pair = busy_pair()
    older = commitment_of(pair.bob)
    pair.alice.add(4, Msat(30_000_000), expiry=600)
    pair.alice.sign()
    resolution = resolve(pair.alice, older)
    assert 30_000 not in values(resolution.outputs.values())
    assert len([c for c in due(resolution, 600, preimages(11, 12)) if c.output.htlc]) == 4


def test_class_37_the_preimage_is_found_in_whatever_way_the_peer_takes_the_htlc() -> None:
    pair = busy_pair()
    alice, bob = pair.alice, pair.bob
    # Bob's own commitment: his HTLC-success transactions show it.
    resolution = resolve(alice, commitment_of(bob))
    for second in judge_htlcs(bob, preimages(1, 2)):
        outpoint = second.inputs[0].outpoint
        if outpoint in resolution.outputs:
            resolution, _ = spent(resolution, outpoint, mined(second, 201))
    seen = outcomes(resolution, outgoing(alice), BlockHeight(201))
    assert {o.preimage for o in seen if isinstance(o, PreimageSeen)} == {
        preimage_of(1),
        preimage_of(2),
    }
    # Our commitment: he takes it directly, with his HTLC key.
    ours = commitment_of(alice)
    theirs = resolve(bob, ours)
    claim = next(c for c in due(theirs, 300, preimages(1)) if c.output.htlc)
    resolution, _ = spent(resolve(alice, ours), claim.output.outpoint, mined(take(bob, claim), 300))
    seen = outcomes(resolution, outgoing(alice), BlockHeight(300))
    assert [o.preimage for o in seen if isinstance(o, PreimageSeen)] == [preimage_of(1)]


# -- what the HTLCs came to -----------------------------------------------------------------------


def test_class_38_an_htlc_is_lost_only_when_its_end_is_buried() -> None:
    pair = busy_pair()
    alice = pair.alice
    resolution = resolve(alice, commitment_of(alice), height=200)
    timeout = next(c for c in due(resolution, 501) if c.output.htlc)
    resolution, _ = spent(resolution, timeout.output.outpoint, mined(take(alice, timeout), 510))

    def lost(tip: int) -> set[int]:
        found = outcomes(resolution, outgoing(alice), BlockHeight(tip))
        return {o.htlc.id for o in found if isinstance(o, HtlcLost)}

    dust = 2
    assert lost(200 + SETTLED_DEPTH - 2) == set()
    assert lost(200 + SETTLED_DEPTH - 1) == {dust}
    assert lost(510 + SETTLED_DEPTH - 2) == {dust}
    assert lost(510 + SETTLED_DEPTH - 1) == {dust, 0}


def test_a_spend_that_is_undone_takes_its_second_stage_with_it() -> None:
    pair = busy_pair()
    alice = pair.alice
    resolution = resolve(alice, commitment_of(alice))
    claim = next(c for c in due(resolution, 501) if c.output.htlc)
    after, following = spent(resolution, claim.output.outpoint, mined(take(alice, claim), 510))
    assert following is not None
    assert following.outpoint in after.outputs
    assert unspent(after, claim.output.outpoint) == resolution


def test_a_channel_is_over_only_when_every_output_is_spent_for_good() -> None:
    pair = busy_pair()
    alice = pair.alice
    resolution = resolve(alice, commitment_of(pair.bob), height=200)
    htlcs = list(alice.commitments.htlcs.values())
    for claim in due(resolution, TIP, preimages(11, 12)):
        assert not is_over(resolution, htlcs, BlockHeight(TIP + 200), FINAL_DEPTH)
        resolution, _ = spent(resolution, claim.output.outpoint, mined(take(alice, claim), TIP))
    assert not is_over(resolution, htlcs, BlockHeight(TIP + FINAL_DEPTH - 2), FINAL_DEPTH)
    assert is_over(resolution, htlcs, BlockHeight(TIP + FINAL_DEPTH - 1), FINAL_DEPTH)


# -- cheats ---------------------------------------------------------------------------------------


def history(pair: Pair, rounds: int) -> list[tuple[Transaction, list[Transaction], list[int]]]:
    """Bob's commitments while HTLCs come and go, each with its HTLC transactions and values."""
    states = []
    for number in range(100, 100 + rounds):
        pair.alice.add(number, Msat(20_000_000 + number * 1000), expiry=700 + number)
        pair.bob.add(number + 50, Msat(30_000_000 + number * 1000), expiry=800 + number)
        pair.deliver()
        every = preimages(*range(300))
        commitment = commitment_of(pair.bob)
        verify_transaction(commitment, [funding_output(pair.bob)])
        amounts = [o.amount.value for o in commitment.outputs if o.amount != Sat(330)]
        states.append((commitment, judge_htlcs(pair.bob, every), sorted(amounts)))
        for side, offset in ((pair.bob, 0), (pair.alice, 50)):
            for htlc in side.committed_incoming():
                if htlc.payment_hash == hash_of(number + offset):
                    side.fulfill(htlc, number + offset)
        pair.deliver()
    return states


def test_class_44_every_output_of_every_revoked_commitment_is_taken() -> None:
    pair = busy_pair()
    finished: list[Htlc] = []
    pair.alice.on_finished = finished.extend
    states = history(pair, 4)
    for commitment, _, amounts in states:
        resolution = resolve(pair.alice, commitment, finished=finished)
        found = classify.publication_of(
            terms_of(pair.alice), pair.alice.commitments, pair.alice.signer, commitment
        )
        assert isinstance(found, classify.RevokedCommitment)
        claims = due(resolution, 200)
        assert values(c.output for c in claims) == amounts
        for claim in claims:
            take(pair.alice, claim)


def test_class_44_the_second_stage_of_a_revoked_commitment_is_taken_too() -> None:
    pair = busy_pair()
    finished: list[Htlc] = []
    pair.alice.on_finished = finished.extend
    taken = 0
    for commitment, second_stage, _ in history(pair, 3):
        resolution = resolve(pair.alice, commitment, finished=finished)
        for htlc_transaction in second_stage:
            outpoint = htlc_transaction.inputs[0].outpoint
            after, following = spent(resolution, outpoint, mined(htlc_transaction, 201))
            assert following is not None
            assert isinstance(following.way, Penalty)
            claim = next(c for c in due(after, 201) if c.output.outpoint == following.outpoint)
            assert claim.deadline == BlockHeight(201 + 720)
            take(pair.alice, claim)
            taken += 1
    assert taken >= 9


def test_a_cheat_cannot_hide_the_second_stage_behind_other_inputs() -> None:
    pair = busy_pair()
    finished: list[Htlc] = []
    pair.alice.on_finished = finished.extend
    commitment, second_stage, _ = history(pair, 1)[0]
    resolution = resolve(pair.alice, commitment, finished=finished)
    first, second = second_stage[:2]
    both = Transaction(
        2,
        (first.inputs[0], second.inputs[0]),
        (first.outputs[0], second.outputs[0]),
    )
    for index, single in enumerate((first, second)):
        _, following = spent(resolution, single.inputs[0].outpoint, mined(both, 201))
        assert following is not None
        assert following.outpoint == both.outpoint(index)


# -- anything else --------------------------------------------------------------------------------


def test_class_47_an_agreed_closing_is_no_commitment() -> None:
    pair = busy_pair()
    terms = terms_of(pair.alice)
    closing = Transaction(
        2, (TxIn(terms.funding_outpoint),), (TxOut(Sat(990_000), b"\x00\x14" + bytes(20)),)
    )
    found = classify.publication_of(terms, pair.alice.commitments, pair.alice.signer, closing)
    assert found == classify.Mutual()
    assert resolve(pair.alice, closing).outputs == {}


def test_a_commitment_from_a_future_that_we_lost_still_pays_our_static_key() -> None:
    pair = Pair(push=Msat(400_000_000))
    pair.open()
    forgotten = pair.alice.commitments
    for number in (1, 2):
        pair.alice.add(number, Msat(30_000_000), expiry=600)
        pair.deliver()
    newest = commitment_of(pair.bob)
    terms = terms_of(pair.alice)
    found = classify.publication_of(terms, forgotten, pair.alice.signer, newest)
    assert isinstance(found, classify.UnknownCommitment)
    assert isinstance(pair.alice.state, Normal)
    pair.alice.state = replace(pair.alice.state, commitments=forgotten)
    resolution = resolve(pair.alice, newest)
    (claim,) = due(resolution, 300)
    assert isinstance(claim.output.way, Static)
    take(pair.alice, claim)


def test_an_older_commitment_of_ours_is_not_taken_for_a_cheat_of_the_peers() -> None:
    pair = busy_pair()
    older = commitment_of(pair.alice)
    number = pair.alice.commitments.local_number
    pair.alice.add(4, Msat(30_000_000), expiry=600)
    pair.deliver()
    terms, c = terms_of(pair.alice), pair.alice.commitments
    found = classify.publication_of(terms, c, pair.alice.signer, older)
    assert found == classify.OwnCommitment(number)


@pytest.mark.parametrize("spoiled", [1, 2])
def test_a_spend_in_the_mempool_is_believed_only_with_both_signatures(spoiled: int) -> None:
    pair = busy_pair()
    terms, good = terms_of(pair.alice), commitment_of(pair.bob)
    assert classify.is_signed_by_both(terms, good)
    witness = list(good.inputs[0].witness)
    witness[spoiled] = witness[3 - spoiled]
    assert not classify.is_signed_by_both(terms, good.with_witness(0, tuple(witness)))
    elsewhere = replace(good, inputs=(TxIn(OutPoint(Txid(bytes(32)), 0)),))
    assert not classify.is_signed_by_both(terms, elsewhere)


# -- what is told of it ---------------------------------------------------------------------------


def test_the_outlook_says_what_is_to_come_and_when() -> None:
    pair = busy_pair()
    alice = pair.alice
    resolution = resolve(alice, commitment_of(alice), height=200)
    own = next(o for o in resolution.outputs.values() if isinstance(o.way, Delayed))
    early = outlook(resolution, BlockHeight(200))
    assert early == Outlook(
        is_mined=True,
        coming=own.amount,
        free_at=BlockHeight(920),
        htlcs=4,
        unclaimed=own.amount,
    )
    assert outlook(resolution, BlockHeight(920)).free_at is None
    sweep = take(alice, next(c for c in due(resolution, 919) if c.output == own))
    after, _ = spent(resolution, own.outpoint, mined(sweep, 921))
    assert outlook(after, BlockHeight(921)).coming == Sat(0)
    assert not outlook(replace(resolution, height=None), BlockHeight(200)).is_mined
