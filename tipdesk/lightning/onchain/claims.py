"""BOLT 5: the transactions that take what is ours, signed.

One transaction for each output: what one input meets cannot strand the others (class 43).
"""

from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.ids import Signature
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.script import p2pkh_code
from tipdesk.bitcoin.sighash import SigHash
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.crypto.secp256k1 import signature_to_der
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.keys.signer import ChannelSigner
from tipdesk.lightning.onchain.outputs import (
    Anchor,
    Delayed,
    Direct,
    OnchainOutput,
    Penalty,
    SecondStage,
    Static,
)
from tipdesk.lightning.onchain.resolution import Claim

DUST: Final = Sat(330)
"""What the network relays whatever segwit output it is that we are paid to (P2WSH, P2TR)."""
_SIGNATURE: Final = 72
_FEE_INPUT_WEIGHT: Final = 274 + 124
"""A P2WPKH input, the witness's marker, and P2WPKH change."""
ANCHOR_CHILD_WEIGHT: Final = 40 + 164 + 116 + _FEE_INPUT_WEIGHT
"""An anchor that one coin pays for, about."""


@dataclass(frozen=True, slots=True)
class SignedClaim:
    """A claim that pays its own fee."""

    transaction: Transaction
    fee: Sat
    feerate: FeeratePerKw


def needs_fee_input(claim: Claim) -> bool:
    """Whether the wallet must pay the fee: with anchors, HTLC transactions pay none."""
    return isinstance(claim.output.way, SecondStage) and claim.output.way.anchors


def build_claim(
    claim: Claim,
    terms: ChannelTerms,
    signer: ChannelSigner,
    script_pubkey: bytes,
    feerate: FeeratePerKw,
) -> SignedClaim | None:
    """Pays an output to `script_pubkey`, less the fee; None if nothing worth relaying is left."""
    output = claim.output
    if isinstance(output.way, SecondStage):
        return _pre_signed(claim, signer)
    txin = TxIn(output.outpoint, sequence=claim.sequence)
    draft = Transaction(2, (txin,), (TxOut(output.amount, script_pubkey),), claim.locktime)
    weight = sign_claim(draft, claim, terms, signer).weight + 2
    fee = feerate.fee_for_weight(weight)
    paid = output.amount - fee
    if paid < DUST:
        return None
    draft = replace(draft, outputs=(TxOut(paid, script_pubkey),))
    return SignedClaim(sign_claim(draft, claim, terms, signer), fee, feerate)


def _pre_signed(claim: Claim, signer: ChannelSigner) -> SignedClaim | None:
    """Without anchors an HTLC transaction is what both sides signed, fee and all."""
    way = claim.output.way
    if not isinstance(way, SecondStage) or way.anchors:
        return None
    signed = sign_second_stage(way.transaction, claim, signer)
    fee = claim.output.amount - signed.outputs[0].amount
    return SignedClaim(signed, fee, FeeratePerKw(fee.value * 1000 // signed.weight))


def sign_second_stage(transaction: Transaction, claim: Claim, signer: ChannelSigner) -> Transaction:
    """An HTLC transaction, with whatever inputs and outputs stand behind its first ones."""
    output, way = claim.output, claim.output.way
    if not isinstance(way, SecondStage):
        raise TypeError("only HTLCs of our own commitment have a second stage")
    digest = sighash.segwit_v0(transaction, 0, output.witness_script, output.amount)
    own = signer.sign_htlc(digest, way.point)
    peer_flag = SigHash.SINGLE_ANYONECANPAY if way.anchors else SigHash.ALL
    witness = (
        b"",
        signature_to_der(way.peer_signature) + bytes([peer_flag]),
        _with_all(own),
        b"" if claim.preimage is None else bytes(claim.preimage),
        output.witness_script,
    )
    return transaction.with_witness(0, witness)


def _with_all(signature: Signature) -> bytes:
    return signature_to_der(signature) + bytes([SigHash.ALL])


def sign_claim(
    transaction: Transaction, claim: Claim, terms: ChannelTerms, signer: ChannelSigner
) -> Transaction:
    """The witness of a claim that needs nobody else's signature, on the first input."""
    output = claim.output
    code = output.witness_script or p2pkh_code(terms.local.basepoints.payment_basepoint)
    digest = sighash.segwit_v0(transaction, 0, code, output.amount)
    witness: tuple[bytes, ...]
    match output.way:
        case Delayed(point):
            witness = (_with_all(signer.sign_delayed(digest, point)), b"")
        case Static(anchors=True):
            witness = (_with_all(signer.sign_payment(digest)),)
        case Static():
            own = bytes(terms.local.basepoints.payment_basepoint)
            return transaction.with_witness(0, (_with_all(signer.sign_payment(digest)), own))
        case Direct(point):
            preimage = b"" if claim.preimage is None else bytes(claim.preimage)
            witness = (_with_all(signer.sign_htlc(digest, point)), preimage)
        case Penalty(secret, revocation, is_htlc):
            branch = bytes(revocation) if is_htlc else b"\x01"
            witness = (_with_all(signer.sign_revocation(digest, secret)), branch)
        case Anchor():
            witness = (_with_all(signer.sign_funding(digest)),)
        case SecondStage():
            raise TypeError("a second stage is signed by sign_second_stage")
    return transaction.with_witness(0, (*witness, output.witness_script))


def second_stage_base(claim: Claim) -> Transaction:
    """The HTLC transaction as both sides know it, before it has a fee."""
    way = claim.output.way
    if not isinstance(way, SecondStage):
        raise TypeError("only HTLCs of our own commitment have a second stage")
    return way.transaction


def second_stage_weight(claim: Claim) -> int:
    """The weight of an HTLC transaction with one input and change for its fee, about."""
    bare = second_stage_base(claim).weight
    return bare + second_stage_witness_weight(claim) + _FEE_INPUT_WEIGHT


def second_stage_witness_weight(claim: Claim) -> int:
    """The weight of the witness that `sign_second_stage` puts on, at most."""
    preimage = 0 if claim.preimage is None else 32
    items = (0, _SIGNATURE + 1, _SIGNATURE + 1, preimage, len(claim.output.witness_script))
    return 1 + sum(1 + size for size in items)


def anchor_base(anchor: OnchainOutput) -> Transaction:
    """The start of a child that pays for its parent: our anchor in, nothing out yet."""
    return Transaction(2, (TxIn(anchor.outpoint, sequence=0xFFFFFFFD),), ())


def anchor_witness_weight(anchor: OnchainOutput) -> int:
    """The weight of the witness on an anchor of ours, at most."""
    return 1 + (1 + _SIGNATURE + 1) + 1 + len(anchor.witness_script)


def sign_anchor(
    transaction: Transaction, anchor: OnchainOutput, terms: ChannelTerms, signer: ChannelSigner
) -> Transaction:
    """The anchor's witness, on the first input."""
    claim = Claim(anchor, transaction.inputs[0].sequence, 0, None, None)
    return sign_claim(transaction, claim, terms, signer)
