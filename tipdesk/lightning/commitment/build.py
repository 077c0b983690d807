"""BOLT 3, "Commitment Transaction Construction": from a spec and keys to a transaction."""

from dataclasses import dataclass

from tipdesk.base.ids import Point, Signature
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import signature_to_der
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.commitment.formats import CommitmentFormat
from tipdesk.lightning.commitment.spec import CommitmentHtlc, CommitmentSpec, HtlcSide
from tipdesk.lightning.commitment.weights import commitment_fee, untrimmed


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentTerms:
    """What stays the same through all commitments of one owner."""

    funding_outpoint: OutPoint
    funding_amount: Sat
    local_funding_pubkey: Point
    remote_funding_pubkey: Point
    opener_payment_basepoint: Point
    accepter_payment_basepoint: Point
    remote_payment_basepoint: Point
    """The other side's: `to_remote` pays straight to it."""
    owner_is_funder: bool
    dust_limit: Sat
    """The owner's."""
    to_self_delay: CltvDelta
    """What the other side demands of the owner."""
    form: CommitmentFormat

    @property
    def funding_script(self) -> bytes:
        """The witness script of the funding output."""
        return scripts.funding(self.local_funding_pubkey, self.remote_funding_pubkey)

    @property
    def obscuring_factor(self) -> int:
        """The 48 bits that hide a commitment's number from the chain."""
        digest = sha256(self.opener_payment_basepoint + self.accepter_payment_basepoint)
        return int.from_bytes(digest[-6:], "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentKeys:
    """The keys of one commitment; local is its owner's."""

    per_commitment_point: Point
    revocation: Point
    local_delayed: Point
    local_htlc: Point
    remote_htlc: Point


@dataclass(frozen=True, slots=True)
class HtlcOutput:
    """An HTLC that has an output: where it is and the script that locks it."""

    htlc: CommitmentHtlc
    index: int
    witness_script: bytes


@dataclass(frozen=True, slots=True)
class BuiltCommitment:
    """An unsigned commitment and its HTLC outputs in the order of their signatures."""

    transaction: Transaction
    htlc_outputs: tuple[HtlcOutput, ...]

    def digest(self, terms: CommitmentTerms) -> bytes:
        """What both sides' funding keys sign."""
        return sighash.segwit_v0(self.transaction, 0, terms.funding_script, terms.funding_amount)


def htlc_script(htlc: CommitmentHtlc, keys: CommitmentKeys, form: CommitmentFormat) -> bytes:
    """The witness script of an HTLC output."""
    if htlc.side is HtlcSide.OFFERED:
        return scripts.offered_htlc(
            revocation=keys.revocation,
            local_htlc=keys.local_htlc,
            remote_htlc=keys.remote_htlc,
            payment_hash=htlc.payment_hash,
            anchors=form.has_anchors,
        )
    return scripts.received_htlc(
        revocation=keys.revocation,
        local_htlc=keys.local_htlc,
        remote_htlc=keys.remote_htlc,
        payment_hash=htlc.payment_hash,
        cltv_expiry=htlc.cltv_expiry,
        anchors=form.has_anchors,
    )


def _balances_after_fee(
    terms: CommitmentTerms, fee: Sat, spec: CommitmentSpec
) -> tuple[Msat, Msat]:
    # The funder pays the fee and both anchors; it may fall short and then pays what it has.
    cost = (fee + terms.form.anchor_amount * 2).to_msat()
    nothing = Msat(0)
    if terms.owner_is_funder:
        return max(nothing, spec.to_local - cost), spec.to_remote
    return spec.to_local, max(nothing, spec.to_remote - cost)


def _settled_outputs(
    terms: CommitmentTerms, keys: CommitmentKeys, spec: CommitmentSpec, kept: int
) -> list[TxOut]:
    fee = commitment_fee(spec.feerate, kept, terms.form)
    to_local, to_remote = (
        balance.to_sat_floor() for balance in _balances_after_fee(terms, fee, spec)
    )
    outputs = []
    has_local, has_remote = to_local >= terms.dust_limit, to_remote >= terms.dust_limit
    if has_local:
        script = scripts.to_local(keys.revocation, keys.local_delayed, terms.to_self_delay)
        outputs.append(TxOut(to_local, p2wsh(script)))
    if has_remote:
        _, script_pubkey = terms.form.to_remote(terms.remote_payment_basepoint)
        outputs.append(TxOut(to_remote, script_pubkey))
    if terms.form.has_anchors:
        for present, key in (
            (has_local, terms.local_funding_pubkey),
            (has_remote, terms.remote_funding_pubkey),
        ):
            if present or kept:
                outputs.append(TxOut(terms.form.anchor_amount, p2wsh(scripts.anchor(key))))
    return outputs


def build_commitment(
    terms: CommitmentTerms, keys: CommitmentKeys, spec: CommitmentSpec, commitment_number: int
) -> BuiltCommitment:
    """The commitment transaction, outputs in the order that BOLT 3 demands."""
    kept = untrimmed(spec, terms.dust_limit, terms.form)
    rows: list[tuple[int, bytes, int, CommitmentHtlc | None, bytes]] = [
        (output.amount.value, output.script_pubkey, 0, None, b"")
        for output in _settled_outputs(terms, keys, spec, len(kept))
    ]
    for htlc in kept:
        script = htlc_script(htlc, keys, terms.form)
        amount = htlc.amount.to_sat_floor().value
        rows.append((amount, p2wsh(script), htlc.cltv_expiry.value, htlc, script))
    rows.sort(key=lambda row: row[:3])

    obscured = commitment_number ^ terms.obscuring_factor
    transaction = Transaction(
        version=2,
        inputs=(TxIn(terms.funding_outpoint, sequence=0x80 << 24 | obscured >> 24),),
        outputs=tuple(TxOut(Sat(row[0]), row[1]) for row in rows),
        locktime=0x20 << 24 | obscured & 0xFFFFFF,
    )
    htlc_outputs = tuple(
        HtlcOutput(htlc, index, script)
        for index, (_, _, _, htlc, script) in enumerate(rows)
        if htlc is not None
    )
    return BuiltCommitment(transaction, htlc_outputs)


def funding_witness(
    terms: CommitmentTerms, local_signature: Signature, remote_signature: Signature
) -> tuple[bytes, ...]:
    """The witness that spends the funding output, signatures in the order of the keys."""
    pairs = sorted(
        (
            (terms.local_funding_pubkey, local_signature),
            (terms.remote_funding_pubkey, remote_signature),
        )
    )
    signatures = [signature_to_der(signature) + b"\x01" for _, signature in pairs]
    return (b"", *signatures, terms.funding_script)
