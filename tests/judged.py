"""Every transaction that a side of a channel could broadcast, put before Bitcoin Core's judge.

Each comes with its control: the same transaction over a wrong amount must be refused.
"""

from collections.abc import Mapping

import pytest

from tests.channels import Pair, Side
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import Transaction, TxOut
from tipdesk.lightning.channel.commitments import build_of, signed_local_commitment, spec_of
from tipdesk.lightning.channel.htlc import Owner
from tipdesk.lightning.channel.state import Live, Opening, inner
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.commitment.htlc_txs import (
    build_htlc_transaction,
    htlc_digest,
    htlc_witness,
)
from tipdesk.lightning.commitment.spec import HtlcSide
from tipdesk.practice.judge import ScriptRefused, verify_transaction


def judge(transaction: Transaction, spent: TxOut) -> None:
    """The transaction is valid over `spent`, and not over one satoshi more or less."""
    verify_transaction(transaction, [spent])
    for wrong in (Sat(1), Sat(-1)):
        with pytest.raises(ScriptRefused):
            verify_transaction(transaction, [TxOut(spent.amount + wrong, spent.script_pubkey)])


def terms_of(side: Side) -> ChannelTerms:
    assert not isinstance(side.state, Opening)
    live: Live = side.state
    return inner(live).terms


def funding_output(side: Side) -> TxOut:
    terms = terms_of(side)
    return TxOut(terms.capacity, terms.funding_script_pubkey)


def judge_commitment(side: Side) -> Transaction:
    """The side's newest commitment, as a unilateral close would broadcast it."""
    transaction = signed_local_commitment(side.commitments, terms_of(side), side.signer)
    judge(transaction, funding_output(side))
    assert sum(o.amount.value for o in transaction.outputs) <= funding_output(side).amount.value
    return transaction


def judge_htlcs(side: Side, preimages: Mapping[PaymentHash, Preimage]) -> list[Transaction]:
    """The second stage of every HTLC output of the side's commitment that it can take."""
    c, terms = side.commitments, terms_of(side)
    point = side.signer.per_commitment_point(c.local_number)
    spec = spec_of(c, Owner.LOCAL)
    keys, built = build_of(terms, Owner.LOCAL, spec, c.local_number, point)
    commitment_terms = terms.commitment_terms(Owner.LOCAL)
    judged = []
    for output, other in zip(built.htlc_outputs, c.local_htlc_signatures, strict=True):
        received = output.htlc.side is HtlcSide.RECEIVED
        preimage = preimages.get(output.htlc.payment_hash) if received else None
        if received and preimage is None:
            continue
        tx = build_htlc_transaction(commitment_terms, keys, spec.feerate, built, output)
        digest = htlc_digest(tx, output, commitment_terms, by_owner=True)
        own = side.signer.sign_htlc(digest, point)
        signed = tx.with_witness(0, htlc_witness(commitment_terms, output, own, other, preimage))
        spent = TxOut(output.htlc.amount.to_sat_floor(), p2wsh(output.witness_script))
        assert built.transaction.outputs[output.index] == spent
        judge(signed, spent)
        judged.append(signed)
    return judged


def judge_all(pair: Pair, preimages: Mapping[PaymentHash, Preimage] | None = None) -> int:
    """Both sides' commitments and HTLC transactions; how many HTLC transactions were judged."""
    count = 0
    for side in pair.sides:
        judge_commitment(side)
        count += len(judge_htlcs(side, preimages or {}))
    return count
