"""BOLT 5, "General Nomenclature": which transaction spent the funding output."""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.ids import Point
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.script import p2wsh
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.secp256k1 import InvalidSignature, point_of, signature_from_der, verify_ecdsa
from tipdesk.lightning.channel.commitments import (
    Commitments,
    build_of,
    commitment_keys,
    spec_of,
)
from tipdesk.lightning.channel.htlc import Owner
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.keys.shachain import index_of
from tipdesk.lightning.keys.signer import ChannelSigner

_LOCKTIME_MARK: Final = 0x20
_SEQUENCE_MARK: Final = 0x80


@dataclass(frozen=True, slots=True)
class Mutual:
    """Agreed on: it pays both sides at once, and there is nothing to claim."""


@dataclass(frozen=True, slots=True)
class OwnCommitment:
    """A commitment of ours: the newest, or (a copy of this wallet ran elsewhere) an older one."""

    number: int


@dataclass(frozen=True, slots=True)
class PeerCommitment:
    """The peer's newest commitment, or the one that we signed after it."""

    number: int
    point: Point


@dataclass(frozen=True, slots=True)
class RevokedCommitment:
    """A commitment that the peer had revoked: all of it is ours."""

    number: int
    secret: bytes

    @property
    def point(self) -> Point:
        """The per-commitment point of the revoked commitment."""
        return point_of(self.secret)


@dataclass(frozen=True, slots=True)
class UnknownCommitment:
    """Both sides signed it, and our state does not know it: we have lost data.

    Our static key still takes `to_remote`.
    """

    number: int | None


Publication = Mutual | OwnCommitment | PeerCommitment | RevokedCommitment | UnknownCommitment


def publication_of(
    terms: ChannelTerms, c: Commitments, signer: ChannelSigner, transaction: Transaction
) -> Publication:
    """What a transaction that spends the funding output is (class 47: ours only if it is ours)."""
    number = commitment_number(terms, transaction)
    if number is None:
        return Mutual()
    if transaction.txid == _own_txid(terms, c, signer):
        return OwnCommitment(c.local_number)
    if _pays_own_delayed(terms, signer, number, transaction):
        return OwnCommitment(number)
    if number < c.remote_number:
        secret = c.revoked.secret(index_of(number))
        return UnknownCommitment(number) if secret is None else RevokedCommitment(number, secret)
    if number == c.remote_number:
        return PeerCommitment(number, c.remote_point)
    if number == c.remote_signed_number and c.remote_next_point is not None:
        return PeerCommitment(number, c.remote_next_point)
    return UnknownCommitment(number)


def commitment_number(terms: ChannelTerms, transaction: Transaction) -> int | None:
    """BOLT 3: the number hidden in lock time and sequence; None for what is no commitment."""
    (txin,) = [i for i in transaction.inputs if i.outpoint == terms.funding_outpoint]
    if transaction.locktime >> 24 != _LOCKTIME_MARK or txin.sequence >> 24 != _SEQUENCE_MARK:
        return None
    obscured = (txin.sequence & 0xFFFFFF) << 24 | transaction.locktime & 0xFFFFFF
    return obscured ^ terms.commitment_terms(Owner.LOCAL).obscuring_factor


def _own_txid(terms: ChannelTerms, c: Commitments, signer: ChannelSigner) -> bytes:
    point = signer.per_commitment_point(c.local_number)
    spec = spec_of(c, Owner.LOCAL)
    return build_of(terms, Owner.LOCAL, spec, c.local_number, point)[1].transaction.txid


def _pays_own_delayed(
    terms: ChannelTerms, signer: ChannelSigner, number: int, transaction: Transaction
) -> bool:
    own = to_local_script(terms, Owner.LOCAL, signer.per_commitment_point(number))
    return any(out.script_pubkey == p2wsh(own) for out in transaction.outputs)


def to_local_script(terms: ChannelTerms, owner: Owner, point: Point) -> bytes:
    """The witness script of the owner's `to_local` in the commitment with this point."""
    keys = commitment_keys(terms, owner, point)
    delay = terms.commitment_terms(owner).to_self_delay
    return scripts.to_local(keys.revocation, keys.local_delayed, delay)


def is_signed_by_both(terms: ChannelTerms, transaction: Transaction) -> bool:
    """Whether a spend of the funding could ever be mined.

    A spend that no block holds yet is known on a server's word alone; its signatures are not.
    """
    commitment_terms = terms.commitment_terms(Owner.LOCAL)
    script = commitment_terms.funding_script
    for index, txin in enumerate(transaction.inputs):
        if txin.outpoint != terms.funding_outpoint:
            continue
        if len(txin.witness) != 4 or txin.witness[3] != script:
            return False
        keys = sorted(
            (commitment_terms.local_funding_pubkey, commitment_terms.remote_funding_pubkey)
        )
        digest = sighash.segwit_v0(transaction, index, script, terms.capacity)
        return all(
            _is_signature(key, der, digest)
            for key, der in zip(keys, txin.witness[1:3], strict=True)
        )
    return False


def _is_signature(key: Point, der: bytes, digest: bytes) -> bool:
    if der[-1:] != b"\x01":
        return False
    try:
        return verify_ecdsa(key, signature_from_der(der[:-1]), digest)
    except InvalidSignature:
        return False
