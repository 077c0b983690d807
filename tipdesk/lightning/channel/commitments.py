"""Both sides' commitments as one value, and the four events that move it on.

What either commitment contains follows from the updates' stages (`htlc.py`): it is worked out, not
stored. Ours is always the newest that the peer signed; the peer's the newest that we signed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tipdesk.base.ids import Point, Preimage, Signature
from tipdesk.base.units import FeeratePerKw, Msat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import InvalidScalar, check_point, point_of, verify_ecdsa
from tipdesk.lightning.channel import errors
from tipdesk.lightning.channel.htlc import (
    CommitmentEvent,
    Direction,
    FeeUpdate,
    Fulfilled,
    Htlc,
    HtlcKey,
    Outcome,
    Owner,
    Removal,
    Stage,
    advance,
    is_effective,
)
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.commitment.build import (
    BuiltCommitment,
    CommitmentKeys,
    build_commitment,
    funding_witness,
)
from tipdesk.lightning.commitment.htlc_txs import build_htlc_transaction, htlc_digest
from tipdesk.lightning.commitment.spec import CommitmentHtlc, CommitmentSpec, HtlcSide
from tipdesk.lightning.keys.derivation import derive_public_key, derive_revocation_public_key
from tipdesk.lightning.keys.shachain import ShachainStore, index_of
from tipdesk.lightning.keys.signer import ChannelSigner
from tipdesk.lightning.wire.updates import CommitmentSigned, RevokeAndAck


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitments:
    """Balances, updates and numbers of a channel.

    Invariant: settled balances and the HTLCs that are not finished account for every msat of the
    capacity, whatever stages they are in.
    """

    local_balance: Msat
    """Ours, apart from every HTLC that is not finished."""
    remote_balance: Msat
    feerate: FeeratePerKw
    """The feerate that both sides are irrevocably bound to."""
    fee_updates: tuple[FeeUpdate, ...] = ()
    htlcs: Mapping[HtlcKey, Htlc]
    next_outgoing_id: int = 0
    next_incoming_id: int = 0
    local_number: int = 0
    local_signature: Signature
    """The peer's, on our newest commitment."""
    local_htlc_signatures: tuple[Signature, ...] = ()
    remote_number: int = 0
    """Of the peer's newest commitment that is acknowledged."""
    remote_point: Point
    remote_next_point: Point | None = None
    """None until `channel_ready` brings it."""
    unacked: CommitmentSigned | None = None
    """Sent, and not yet answered by `revoke_and_ack`."""
    revoked: ShachainStore = ShachainStore()
    revoke_sent_last: bool = False
    """Whether `revoke_and_ack` left after the last `commitment_signed` (BOLT 2: keep the order)."""

    @property
    def remote_signed_number(self) -> int:
        """Of the peer's newest commitment that we signed."""
        return self.remote_number + (self.unacked is not None)

    @property
    def has_changes_to_sign(self) -> bool:
        """Whether a `commitment_signed` of ours would move any update on."""
        event = CommitmentEvent.SIGN_SENT
        return any(h.advanced(event) is not h for h in self.htlcs.values()) or any(
            advance(update.stage, event, by_us=update.by_us) is not update.stage
            for update in self.fee_updates
        )

    @property
    def can_sign(self) -> bool:
        """One unacknowledged commitment at a time, and the peer's next point must be known."""
        return self.unacked is None and self.remote_next_point is not None

    @property
    def is_quiet(self) -> bool:
        """No HTLC and no update under way: a closing may be negotiated."""
        return not self.htlcs and not self.fee_updates and self.unacked is None


def spec_of(c: Commitments, owner: Owner, event: CommitmentEvent | None = None) -> CommitmentSpec:
    """What the owner's commitment says, now or as it would say after `event`."""
    local, remote = c.local_balance.value, c.remote_balance.value
    htlcs: list[CommitmentHtlc] = []
    for htlc in c.htlcs.values():
        if not htlc.is_added_in(owner, event):
            continue
        amount = htlc.amount.value
        if htlc.by_us:
            local -= amount
        else:
            remote -= amount
        if not htlc.is_removed_in(owner, event):
            offered = htlc.by_us is (owner is Owner.LOCAL)
            side = HtlcSide.OFFERED if offered else HtlcSide.RECEIVED
            htlcs.append(
                CommitmentHtlc(side, htlc.id, htlc.amount, htlc.payment_hash, htlc.cltv_expiry)
            )
            continue
        fulfilled = htlc.removal is not None and isinstance(htlc.removal.outcome, Fulfilled)
        if htlc.by_us is fulfilled:
            remote += amount
        else:
            local += amount
    ours, theirs = Msat(local), Msat(remote)
    to_local, to_remote = (ours, theirs) if owner is Owner.LOCAL else (theirs, ours)
    return CommitmentSpec(to_local, to_remote, feerate_of(c, owner, event), tuple(htlcs))


def feerate_of(c: Commitments, owner: Owner, event: CommitmentEvent | None = None) -> FeeratePerKw:
    """The feerate of the owner's commitment: the newest update that has come into it."""
    feerate = c.feerate
    for update in c.fee_updates:
        stage = advance(update.stage, event, by_us=update.by_us)
        if is_effective(stage, owner, by_us=update.by_us):
            feerate = update.feerate
    return feerate


def commitment_keys(terms: ChannelTerms, owner: Owner, point: Point) -> CommitmentKeys:
    """The keys of the owner's commitment with this per-commitment point."""
    if owner is Owner.LOCAL:
        own, other = terms.local.basepoints, terms.remote.basepoints
    else:
        own, other = terms.remote.basepoints, terms.local.basepoints
    return CommitmentKeys(
        per_commitment_point=point,
        revocation=derive_revocation_public_key(other.revocation_basepoint, point),
        local_delayed=derive_public_key(own.delayed_payment_basepoint, point),
        local_htlc=derive_public_key(own.htlc_basepoint, point),
        remote_htlc=derive_public_key(other.htlc_basepoint, point),
    )


def build_of(
    terms: ChannelTerms, owner: Owner, spec: CommitmentSpec, number: int, point: Point
) -> tuple[CommitmentKeys, BuiltCommitment]:
    """The owner's commitment `number` and its keys."""
    keys = commitment_keys(terms, owner, point)
    return keys, build_commitment(terms.commitment_terms(owner), keys, spec, number)


def sign_remote(
    terms: ChannelTerms, signer: ChannelSigner, spec: CommitmentSpec, number: int, point: Point
) -> tuple[Signature, tuple[Signature, ...]]:
    """Our signatures on the peer's commitment and its HTLC transactions, in their order."""
    keys, built = build_of(terms, Owner.REMOTE, spec, number, point)
    commitment_terms = terms.commitment_terms(Owner.REMOTE)
    htlc_signatures = []
    for output in built.htlc_outputs:
        tx = build_htlc_transaction(commitment_terms, keys, spec.feerate, built, output)
        digest = htlc_digest(tx, output, commitment_terms, by_owner=False)
        htlc_signatures.append(signer.sign_htlc(digest, point))
    return signer.sign_funding(built.digest(commitment_terms)), tuple(htlc_signatures)


def check_local(
    terms: ChannelTerms,
    spec: CommitmentSpec,
    number: int,
    point: Point,
    signature: Signature,
    htlc_signatures: tuple[Signature, ...],
) -> None:
    """BOLT 2, `commitment_signed`, receiver: every signature fits our commitment and is low-s."""
    keys, built = build_of(terms, Owner.LOCAL, spec, number, point)
    commitment_terms = terms.commitment_terms(Owner.LOCAL)
    funding_key = terms.remote.basepoints.funding_pubkey
    if not verify_ecdsa(funding_key, signature, built.digest(commitment_terms)):
        raise errors.InvalidCommitmentSignature(commitment_number=number)
    if len(htlc_signatures) != len(built.htlc_outputs):
        raise errors.WrongHtlcSignatureCount(
            expected=len(built.htlc_outputs), received=len(htlc_signatures)
        )
    for output, htlc_signature in zip(built.htlc_outputs, htlc_signatures, strict=True):
        tx = build_htlc_transaction(commitment_terms, keys, spec.feerate, built, output)
        digest = htlc_digest(tx, output, commitment_terms, by_owner=False)
        if not verify_ecdsa(keys.remote_htlc, htlc_signature, digest):
            raise errors.InvalidHtlcSignature(htlc_id=output.htlc.id)


def advance_all(c: Commitments, event: CommitmentEvent) -> tuple[Commitments, tuple[Htlc, ...]]:
    """Moves every update on; finished HTLCs leave, and their outcome enters the balances."""
    local, remote = c.local_balance, c.remote_balance
    htlcs: dict[HtlcKey, Htlc] = {}
    finished: list[Htlc] = []
    for key, before in c.htlcs.items():
        htlc = before.advanced(event)
        if event is CommitmentEvent.SIGN_SENT and htlc is not before:
            htlc = _numbered(htlc, before, c.remote_number + 1)
        if not htlc.is_finished:
            htlcs[key] = htlc
            continue
        finished.append(htlc)
        if htlc.removal is not None and isinstance(htlc.removal.outcome, Fulfilled):
            change = -htlc.amount if htlc.by_us else htlc.amount
            local, remote = local + change, remote - change
    feerate = c.feerate
    pending: list[FeeUpdate] = []
    for update in c.fee_updates:
        stage = advance(update.stage, event, by_us=update.by_us)
        if stage is Stage.IRREVOCABLE:
            feerate, pending = update.feerate, []
        else:
            pending.append(replace(update, stage=stage))
    moved = replace(
        c,
        local_balance=local,
        remote_balance=remote,
        htlcs=htlcs,
        feerate=feerate,
        fee_updates=_newest(pending),
    )
    return moved, tuple(finished)


def with_fee(c: Commitments, update: FeeUpdate) -> Commitments:
    """The commitments with a feerate proposed; it takes the place of one proposed before it."""
    return replace(c, fee_updates=_newest((*c.fee_updates, update)))


def _newest(updates: Iterable[FeeUpdate]) -> tuple[FeeUpdate, ...]:
    # Of updates at one stage only the last ever counts: so a peer cannot pile them up.
    return tuple({update.stage: update for update in updates}.values())


def _numbered(htlc: Htlc, before: Htlc, number: int) -> Htlc:
    if htlc.is_added_in(Owner.REMOTE) and not before.is_added_in(Owner.REMOTE):
        htlc = replace(htlc, remote_from=number)
    if htlc.is_removed_in(Owner.REMOTE) and not before.is_removed_in(Owner.REMOTE):
        htlc = replace(htlc, remote_until=number)
    return htlc


def send_commitment(
    c: Commitments, terms: ChannelTerms, signer: ChannelSigner
) -> tuple[Commitments, CommitmentSigned]:
    """BOLT 2, `commitment_signed`, sender: all that is pending goes into one signature."""
    if c.remote_next_point is None:
        raise ValueError("the peer's next point is not known: ask can_sign first")
    signed, _ = advance_all(c, CommitmentEvent.SIGN_SENT)
    spec = spec_of(signed, Owner.REMOTE)
    number = c.remote_number + 1
    signature, htlc_signatures = sign_remote(terms, signer, spec, number, c.remote_next_point)
    message = CommitmentSigned(
        channel_id=terms.channel_id,
        signature=signature,
        htlc_signatures=htlc_signatures,
        funding_txid=terms.funding_outpoint.txid,
    )
    return replace(signed, unacked=message, revoke_sent_last=False), message


def receive_commitment(
    c: Commitments, terms: ChannelTerms, signer: ChannelSigner, message: CommitmentSigned
) -> tuple[Commitments, RevokeAndAck, tuple[Htlc, ...]]:
    """BOLT 2, `commitment_signed`, receiver: checked, then the commitment before is revoked.

    One without any update is taken too: some implementations send it, and it costs nothing.
    """
    number = c.local_number + 1
    signed, _ = advance_all(c, CommitmentEvent.SIGN_RECEIVED)
    spec = spec_of(signed, Owner.LOCAL)
    point = signer.per_commitment_point(number)
    check_local(terms, spec, number, point, message.signature, message.htlc_signatures)
    revoked, finished = advance_all(signed, CommitmentEvent.REVOKE_SENT)
    after = replace(
        revoked,
        local_number=number,
        local_signature=message.signature,
        local_htlc_signatures=message.htlc_signatures,
        revoke_sent_last=True,
    )
    return after, revocation_of(after, terms, signer), finished


def revocation_of(c: Commitments, terms: ChannelTerms, signer: ChannelSigner) -> RevokeAndAck:
    """The `revoke_and_ack` for the commitment before our newest: the same whenever it is sent."""
    return RevokeAndAck(
        channel_id=terms.channel_id,
        per_commitment_secret=signer.release_per_commitment_secret(c.local_number - 1),
        next_per_commitment_point=signer.per_commitment_point(c.local_number + 1),
    )


def receive_revocation(
    c: Commitments, message: RevokeAndAck
) -> tuple[Commitments, tuple[Htlc, ...], tuple[Htlc, ...]]:
    """BOLT 2, `revoke_and_ack`, receiver: also the HTLCs now committed, and those now finished."""
    if c.unacked is None or c.remote_next_point is None:
        raise errors.UnexpectedRevocation("revoke_and_ack, but no commitment waits for it")
    secret = message.per_commitment_secret
    try:
        matches = point_of(secret) == c.remote_point
    except InvalidScalar:
        matches = False
    store = c.revoked.insert(index_of(c.remote_number), secret) if matches else None
    if store is None:
        raise errors.WrongRevocationSecret(commitment_number=c.remote_number)
    moved, finished = advance_all(c, CommitmentEvent.REVOKE_RECEIVED)
    committed = tuple(
        htlc
        for key, htlc in moved.htlcs.items()
        if htlc.direction is Direction.INCOMING
        and htlc.is_committed
        and not c.htlcs[key].is_committed
    )
    after = replace(
        moved,
        remote_number=c.remote_number + 1,
        remote_point=c.remote_next_point,
        remote_next_point=check_point(message.next_per_commitment_point),
        unacked=None,
        revoked=store,
    )
    return after, committed, finished


def with_htlc(c: Commitments, htlc: Htlc) -> Commitments:
    """The commitments with one HTLC added or replaced."""
    return replace(c, htlcs={**c.htlcs, htlc.key: htlc})


def remove(
    c: Commitments,
    direction: Direction,
    htlc_id: int,
    outcome: Outcome,
    attribution: bytes = b"",
) -> tuple[Commitments, Htlc]:
    """Proposes to remove a committed HTLC (BOLT 2, "Removing an HTLC"); checks the preimage."""
    htlc = c.htlcs.get((direction, htlc_id))
    if htlc is None or not _removable(htlc):
        raise errors.UnknownHtlc(htlc_id=htlc_id)
    if isinstance(outcome, Fulfilled) and not _opens(outcome.preimage, htlc):
        raise errors.WrongPreimage(htlc_id=htlc_id)
    removed = replace(htlc, removal=Removal(outcome), attribution=attribution)
    return with_htlc(c, removed), removed


def _removable(htlc: Htlc) -> bool:
    # For the one who removes it an HTLC is committed only when it stands in both commitments.
    # A peer may remove ours once it holds our revocation, which left before its message came.
    return htlc.removal is None and htlc.adding is Stage.IRREVOCABLE


def _opens(preimage: Preimage, htlc: Htlc) -> bool:
    return sha256(preimage) == htlc.payment_hash


def forget_uncommitted(c: Commitments) -> tuple[Commitments, tuple[Htlc, ...]]:
    """BOLT 2, "Message Retransmission": what nobody signed is undone when the connection is lost.

    Returns the HTLCs of ours that never went out. Removals of ours stay: they are sent again.
    """
    htlcs: dict[HtlcKey, Htlc] = {}
    dropped: list[Htlc] = []
    incoming = 0
    for key, htlc in c.htlcs.items():
        if htlc.adding is Stage.PROPOSED:
            if htlc.by_us:
                dropped.append(htlc)
            else:
                incoming += 1
            continue
        removal = htlc.removal
        if htlc.by_us and removal is not None and removal.stage is Stage.PROPOSED:
            htlcs[key] = replace(htlc, removal=None, attribution=b"")
        else:
            htlcs[key] = htlc
    after = replace(
        c,
        htlcs=htlcs,
        fee_updates=tuple(u for u in c.fee_updates if u.stage is not Stage.PROPOSED),
        next_outgoing_id=c.next_outgoing_id - len(dropped),
        next_incoming_id=c.next_incoming_id - incoming,
    )
    return after, tuple(dropped)


def signed_local_commitment(
    c: Commitments, terms: ChannelTerms, signer: ChannelSigner
) -> Transaction:
    """Our newest commitment with both signatures: what a unilateral close broadcasts."""
    point = signer.per_commitment_point(c.local_number)
    spec = spec_of(c, Owner.LOCAL)
    _, built = build_of(terms, Owner.LOCAL, spec, c.local_number, point)
    commitment_terms = terms.commitment_terms(Owner.LOCAL)
    own = signer.sign_funding(built.digest(commitment_terms))
    witness = funding_witness(commitment_terms, own, c.local_signature)
    return built.transaction.with_witness(0, witness)
