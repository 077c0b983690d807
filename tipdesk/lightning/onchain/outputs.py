"""BOLT 5: what each output of a published commitment is to us, and how it is spent."""

from collections.abc import Iterable
from dataclasses import dataclass

from tipdesk.base.ids import PaymentHash, Point, Preimage, Signature
from tipdesk.base.units import BlockHeight, CltvDelta, Sat
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint, Transaction
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.commitments import (
    Commitments,
    build_of,
    commitment_keys,
    spec_of,
)
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey, Owner
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.commitment.build import CommitmentKeys, htlc_script
from tipdesk.lightning.commitment.htlc_txs import build_htlc_transaction
from tipdesk.lightning.commitment.spec import CommitmentHtlc, HtlcSide
from tipdesk.lightning.keys.signer import ChannelSigner
from tipdesk.lightning.onchain.classify import (
    Mutual,
    OwnCommitment,
    PeerCommitment,
    Publication,
    RevokedCommitment,
    UnknownCommitment,
    to_local_script,
)


@dataclass(frozen=True, slots=True)
class Delayed:
    """Ours alone after `delay` blocks: `to_local`, or the second stage of an HTLC."""

    point: Point
    delay: CltvDelta


@dataclass(frozen=True, slots=True)
class Static:
    """`to_remote` of the peer's commitment: ours, with anchors one block after it is mined."""

    anchors: bool


@dataclass(frozen=True, slots=True)
class SecondStage:
    """An HTLC in our own commitment: taken by a transaction that the peer signed beforehand."""

    point: Point
    transaction: Transaction
    """Without witness."""
    peer_signature: Signature
    anchors: bool


@dataclass(frozen=True, slots=True)
class Direct:
    """An HTLC in the peer's commitment: taken with our HTLC key."""

    point: Point
    anchors: bool


@dataclass(frozen=True, slots=True)
class Penalty:
    """An output of a revoked commitment, or of an HTLC transaction that spends one."""

    secret: bytes
    revocation: Point
    is_htlc: bool
    deadline_delay: CltvDelta | None
    """How long the cheater has to wait for it; None for an HTLC, whose second stage is ours too."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Ours, worth less than taking it costs: it pays for the commitment that it hangs on."""


Way = Delayed | Static | SecondStage | Direct | Penalty | Anchor


@dataclass(frozen=True, slots=True)
class OnchainHtlc:
    """What an HTLC output is about."""

    key: HtlcKey
    payment_hash: PaymentHash
    cltv_expiry: BlockHeight
    by_us: bool

    def preimage_in(self, witness: Iterable[bytes]) -> Preimage | None:
        """The preimage, if the witness of a spend shows it (class 37: of whatever spend)."""
        for item in witness:
            if len(item) == Preimage.LENGTH and sha256(item) == self.payment_hash:
                return Preimage(item)
        return None


@dataclass(frozen=True, slots=True)
class OnchainOutput:
    """An output that we watch, with all that spending it takes."""

    outpoint: OutPoint
    amount: Sat
    script_pubkey: bytes
    witness_script: bytes
    """Empty for P2WPKH."""
    way: Way
    htlc: OnchainHtlc | None = None


def outputs_of(
    terms: ChannelTerms,
    c: Commitments,
    signer: ChannelSigner,
    publication: Publication,
    transaction: Transaction,
    revoked_htlcs: Iterable[Htlc] = (),
) -> tuple[OnchainOutput, ...]:
    """The outputs of a transaction that spent the funding and that concern us.

    `revoked_htlcs` are the channel's finished HTLCs: a revoked commitment may carry any of them.
    """
    match publication:
        case Mutual():
            return ()
        case OwnCommitment(number):
            return _own(terms, c, signer, number, transaction)
        case UnknownCommitment():
            return _static(terms, transaction)
        case PeerCommitment(number, point):
            htlcs = c.htlcs.values()
            return _static(terms, transaction) + _direct(terms, htlcs, number, point, transaction)
        case RevokedCommitment(number, secret):
            everything = (*c.htlcs.values(), *revoked_htlcs)
            return _static(terms, transaction) + _revoked(
                terms, everything, number, secret, transaction
            )


def _output(
    transaction: Transaction,
    index: int,
    witness_script: bytes,
    way: Way,
    htlc: OnchainHtlc | None = None,
) -> OnchainOutput:
    out = transaction.outputs[index]
    return OnchainOutput(
        transaction.outpoint(index), out.amount, out.script_pubkey, witness_script, way, htlc
    )


def _find(transaction: Transaction, witness_script: bytes) -> int | None:
    wanted = p2wsh(witness_script)
    return next(
        (i for i, out in enumerate(transaction.outputs) if out.script_pubkey == wanted), None
    )


def _anchors(terms: ChannelTerms, transaction: Transaction) -> tuple[OnchainOutput, ...]:
    if not terms.anchors:
        return ()
    script = scripts.anchor(terms.local.basepoints.funding_pubkey)
    index = _find(transaction, script)
    return () if index is None else (_output(transaction, index, script, Anchor()),)


def _own(
    terms: ChannelTerms,
    c: Commitments,
    signer: ChannelSigner,
    number: int,
    transaction: Transaction,
) -> tuple[OnchainOutput, ...]:
    point = signer.per_commitment_point(number)
    delay = terms.commitment_terms(Owner.LOCAL).to_self_delay
    script = to_local_script(terms, Owner.LOCAL, point)
    found = list(_anchors(terms, transaction))
    index = _find(transaction, script)
    if index is not None:
        found.append(_output(transaction, index, script, Delayed(point, delay)))
    if number == c.local_number:
        found += _own_htlcs(terms, c, point, transaction)
    return tuple(found)


def _own_htlcs(
    terms: ChannelTerms, c: Commitments, point: Point, transaction: Transaction
) -> list[OnchainOutput]:
    spec = spec_of(c, Owner.LOCAL)
    keys, built = build_of(terms, Owner.LOCAL, spec, c.local_number, point)
    commitment_terms = terms.commitment_terms(Owner.LOCAL)
    found = []
    for output, signature in zip(built.htlc_outputs, c.local_htlc_signatures, strict=True):
        second = build_htlc_transaction(commitment_terms, keys, spec.feerate, built, output)
        way = SecondStage(point, second, signature, terms.anchors)
        htlc = _htlc_of(output.htlc, Owner.LOCAL, c.htlcs.values())
        found.append(_output(transaction, output.index, output.witness_script, way, htlc))
    return found


def _htlc_of(carried: CommitmentHtlc, owner: Owner, htlcs: Iterable[Htlc]) -> OnchainHtlc:
    by_us = (carried.side is HtlcSide.OFFERED) is (owner is Owner.LOCAL)
    (htlc,) = (h for h in htlcs if h.id == carried.id and h.by_us is by_us)
    return _about(htlc)


def _about(htlc: Htlc) -> OnchainHtlc:
    return OnchainHtlc(htlc.key, htlc.payment_hash, htlc.cltv_expiry, htlc.by_us)


def _static(terms: ChannelTerms, transaction: Transaction) -> tuple[OnchainOutput, ...]:
    """Our anchor and our `to_remote`, found whatever commitment of the peer's this is."""
    basepoint = terms.local.basepoints.payment_basepoint
    script, script_pubkey = terms.form.to_remote(basepoint)
    found = tuple(
        _output(transaction, index, script, Static(terms.anchors))
        for index, out in enumerate(transaction.outputs)
        if out.script_pubkey == script_pubkey
    )
    return _anchors(terms, transaction) + found


def _carried(htlc: Htlc, number: int) -> bool:
    """Whether the peer's commitment of this number carries the HTLC."""
    if htlc.remote_from is None or number < htlc.remote_from:
        return False
    return htlc.remote_until is None or number < htlc.remote_until


def _htlc_outputs(
    terms: ChannelTerms,
    htlcs: Iterable[Htlc],
    number: int,
    keys: CommitmentKeys,
    transaction: Transaction,
) -> list[tuple[int, bytes, Htlc]]:
    """Where the HTLCs of a peer's commitment stand: output index, witness script, HTLC.

    HTLCs that share a script and an amount are told apart by their order (BOLT 3, "Transaction
    Output Ordering": by expiry).
    """
    free = dict(enumerate(transaction.outputs))
    found = []
    carried = [htlc for htlc in htlcs if _carried(htlc, number)]
    for htlc in sorted(carried, key=lambda h: (h.cltv_expiry, h.id)):
        side = HtlcSide.RECEIVED if htlc.by_us else HtlcSide.OFFERED
        spec = CommitmentHtlc(side, htlc.id, htlc.amount, htlc.payment_hash, htlc.cltv_expiry)
        script = htlc_script(spec, keys, terms.form)
        wanted = (htlc.amount.to_sat_floor(), p2wsh(script))
        for index, out in free.items():
            if (out.amount, out.script_pubkey) == wanted:
                found.append((index, script, htlc))
                del free[index]
                break
    return found


def _direct(
    terms: ChannelTerms,
    htlcs: Iterable[Htlc],
    number: int,
    point: Point,
    transaction: Transaction,
) -> tuple[OnchainOutput, ...]:
    keys = commitment_keys(terms, Owner.REMOTE, point)
    way = Direct(point, terms.anchors)
    return tuple(
        _output(transaction, index, script, way, _about(htlc))
        for index, script, htlc in _htlc_outputs(terms, htlcs, number, keys, transaction)
    )


def _revoked(
    terms: ChannelTerms,
    htlcs: Iterable[Htlc],
    number: int,
    secret: bytes,
    transaction: Transaction,
) -> tuple[OnchainOutput, ...]:
    point = RevokedCommitment(number, secret).point
    keys = commitment_keys(terms, Owner.REMOTE, point)
    delay = terms.commitment_terms(Owner.REMOTE).to_self_delay
    found = []
    script = to_local_script(terms, Owner.REMOTE, point)
    index = _find(transaction, script)
    if index is not None:
        way = Penalty(secret, keys.revocation, is_htlc=False, deadline_delay=delay)
        found.append(_output(transaction, index, script, way))
    way = Penalty(secret, keys.revocation, is_htlc=True, deadline_delay=None)
    for index, script, htlc in _htlc_outputs(terms, htlcs, number, keys, transaction):
        found.append(_output(transaction, index, script, way, _about(htlc)))
    return tuple(found)


def next_stage(
    terms: ChannelTerms, output: OnchainOutput, spend: Transaction
) -> OnchainOutput | None:
    """What a spend of an HTLC output leaves for us to take: our own delay, or another penalty.

    A pre-signed HTLC transaction binds its input to the output at the same place (BOLT 3).
    """
    index = next(i for i, txin in enumerate(spend.inputs) if txin.outpoint == output.outpoint)
    if index >= len(spend.outputs):
        return None
    way: Way
    match output.way:
        case SecondStage(point):
            script = to_local_script(terms, Owner.LOCAL, point)
            way = Delayed(point, terms.commitment_terms(Owner.LOCAL).to_self_delay)
        case Penalty(secret, revocation, is_htlc=True):
            script = to_local_script(terms, Owner.REMOTE, RevokedCommitment(0, secret).point)
            delay = terms.commitment_terms(Owner.REMOTE).to_self_delay
            way = Penalty(secret, revocation, is_htlc=False, deadline_delay=delay)
        case _:
            return None
    if spend.outputs[index].script_pubkey != p2wsh(script):
        return None
    return _output(spend, index, script, way)
