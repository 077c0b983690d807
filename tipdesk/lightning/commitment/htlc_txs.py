"""BOLT 3, "HTLC-Timeout and HTLC-Success Transactions": the second stage of an HTLC output."""

from tipdesk.base.ids import Preimage, Signature
from tipdesk.base.units import FeeratePerKw
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.sighash import SigHash
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.crypto.secp256k1 import signature_to_der
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.commitment.build import (
    BuiltCommitment,
    CommitmentKeys,
    CommitmentTerms,
    HtlcOutput,
)
from tipdesk.lightning.commitment.spec import HtlcSide
from tipdesk.lightning.commitment.weights import htlc_transaction_fee


def build_htlc_transaction(
    terms: CommitmentTerms,
    keys: CommitmentKeys,
    feerate: FeeratePerKw,
    commitment: BuiltCommitment,
    output: HtlcOutput,
) -> Transaction:
    """The unsigned transaction by which the owner takes an HTLC to its own delayed output."""
    htlc = output.htlc
    fee = htlc_transaction_fee(htlc.side, feerate, terms.form)
    delayed = scripts.to_local(keys.revocation, keys.local_delayed, terms.to_self_delay)
    return Transaction(
        version=2,
        inputs=(TxIn(commitment.transaction.outpoint(output.index), sequence=terms.form.wait),),
        outputs=(TxOut(htlc.amount.to_sat_floor() - fee, p2wsh(delayed)),),
        locktime=htlc.cltv_expiry.value if htlc.side is HtlcSide.OFFERED else 0,
    )


def htlc_digest(
    transaction: Transaction, output: HtlcOutput, terms: CommitmentTerms, *, by_owner: bool
) -> bytes:
    """What an HTLC key signs. With anchors the other side leaves room for inputs that pay fees."""
    flag = SigHash.ALL if by_owner else terms.form.htlc_sighash
    amount = output.htlc.amount.to_sat_floor()
    return sighash.segwit_v0(transaction, 0, output.witness_script, amount, flag)


def htlc_witness(
    terms: CommitmentTerms,
    output: HtlcOutput,
    owner_signature: Signature,
    other_signature: Signature,
    preimage: Preimage | None,
) -> tuple[bytes, ...]:
    """The witness of an HTLC transaction; a received HTLC needs its preimage, an offered none."""
    return (
        b"",
        signature_to_der(other_signature) + bytes([terms.form.htlc_sighash]),
        signature_to_der(owner_signature) + bytes([SigHash.ALL]),
        bytes(preimage) if preimage is not None else b"",
        output.witness_script,
    )
