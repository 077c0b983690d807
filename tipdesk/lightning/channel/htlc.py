"""The life of an update: five stages, moved on by four events (BOLT 2, "Normal Operation").

An HTLC goes through the five stages twice, once to be added and once to be removed, in either of
two directions: these are the twenty rows of its life. A change of feerate goes through them once.
"""

from dataclasses import dataclass, replace
from enum import Enum, IntEnum

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash, Point, Preimage
from tipdesk.base.units import BlockHeight, FeeratePerKw, Msat


class Direction(Enum):
    """Who added the HTLC."""

    # HTLCs are found by direction and id many times a payment; an enum's own hash is slow.
    __hash__ = object.__hash__

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Owner(Enum):
    """Whose commitment transaction."""

    LOCAL = "local"
    REMOTE = "remote"


class Stage(IntEnum):
    """How far an update has come; the proposer sent it, the receiver got it."""

    PROPOSED = 1
    """Sent, in no commitment: forgotten when the connection is lost."""
    SIGNED = 2
    """The proposer signed it: it is in the receiver's commitment."""
    ACKED = 3
    """The receiver revoked the commitment before."""
    COUNTERSIGNED = 4
    """The receiver signed it: it is in the proposer's commitment too."""
    IRREVOCABLE = 5
    """The proposer revoked the commitment before: nobody can go back."""


class CommitmentEvent(Enum):
    """What moves updates on."""

    __hash__ = object.__hash__

    SIGN_SENT = "commitment_signed sent"
    SIGN_RECEIVED = "commitment_signed received"
    REVOKE_SENT = "revoke_and_ack sent"
    REVOKE_RECEIVED = "revoke_and_ack received"


_E = CommitmentEvent
_BY_US = {
    (Stage.PROPOSED, _E.SIGN_SENT): Stage.SIGNED,
    (Stage.SIGNED, _E.REVOKE_RECEIVED): Stage.ACKED,
    (Stage.ACKED, _E.SIGN_RECEIVED): Stage.COUNTERSIGNED,
    (Stage.COUNTERSIGNED, _E.REVOKE_SENT): Stage.IRREVOCABLE,
}
_BY_PEER = {
    (Stage.PROPOSED, _E.SIGN_RECEIVED): Stage.SIGNED,
    (Stage.SIGNED, _E.REVOKE_SENT): Stage.ACKED,
    (Stage.ACKED, _E.SIGN_SENT): Stage.COUNTERSIGNED,
    (Stage.COUNTERSIGNED, _E.REVOKE_RECEIVED): Stage.IRREVOCABLE,
}


def advance(stage: Stage, event: CommitmentEvent | None, *, by_us: bool) -> Stage:
    """The stage after `event`; most events leave most stages as they are."""
    if event is None:
        return stage
    return (_BY_US if by_us else _BY_PEER).get((stage, event), stage)


def is_effective(stage: Stage, owner: Owner, *, by_us: bool) -> bool:
    """Whether an update has come into the owner's commitment."""
    owner_proposed = by_us is (owner is Owner.LOCAL)
    return stage >= (Stage.COUNTERSIGNED if owner_proposed else Stage.SIGNED)


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """Removed by its preimage."""

    preimage: Preimage


@dataclass(frozen=True, slots=True)
class FailedWith:
    """Removed with an onion-wrapped reason that only the payer can read."""

    reason: bytes


@dataclass(frozen=True, slots=True)
class FailedMalformed:
    """Removed because the receiver could not read the onion."""

    sha256_of_onion: bytes
    failure_code: int


Outcome = Fulfilled | FailedWith | FailedMalformed


@dataclass(frozen=True, slots=True)
class Removal:
    """How an HTLC is being removed, by the side that received it, and how far that has come."""

    outcome: Outcome
    stage: Stage = Stage.PROPOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Htlc:
    """An HTLC in a channel: identified by direction and id, never by hash and amount."""

    direction: Direction
    id: int
    amount: Msat
    payment_hash: PaymentHash
    cltv_expiry: BlockHeight
    onion: bytes
    adding: Stage = Stage.PROPOSED
    removal: Removal | None = None
    remote_from: int | None = None
    """The first remote commitment that carries it: what a later penalty must know."""
    remote_until: int | None = None
    """The first remote commitment that carries it no more."""
    attribution: bytes = b""
    """BOLT 4, `attribution_data`: goes with what removes it, whenever that is sent."""
    came_at: Instant | None = None
    """When the peer offered it; None for one of ours, or stored before this was kept."""
    path_key: Point | None = None
    """BOLT 4, "Route Blinding": the onion is for the receiver's id as this key blinds it."""

    @property
    def key(self) -> "HtlcKey":
        """What it is known by inside its channel."""
        return self.direction, self.id

    @property
    def by_us(self) -> bool:
        """Whether we added it; the other side removes it."""
        return self.direction is Direction.OUTGOING

    @property
    def is_committed(self) -> bool:
        """Irrevocably in both commitments and not being removed: to be forwarded or settled."""
        return self.adding is Stage.IRREVOCABLE and self.removal is None

    @property
    def is_finished(self) -> bool:
        """Irrevocably gone from both commitments."""
        return self.removal is not None and self.removal.stage is Stage.IRREVOCABLE

    def is_added_in(self, owner: Owner, event: CommitmentEvent | None = None) -> bool:
        """Whether its addition has come into the owner's commitment (after `event`)."""
        return is_effective(advance(self.adding, event, by_us=self.by_us), owner, by_us=self.by_us)

    def is_removed_in(self, owner: Owner, event: CommitmentEvent | None = None) -> bool:
        """Whether its removal has come into the owner's commitment (after `event`)."""
        if self.removal is None:
            return False
        stage = advance(self.removal.stage, event, by_us=not self.by_us)
        return is_effective(stage, owner, by_us=not self.by_us)

    def advanced(self, event: CommitmentEvent) -> "Htlc":
        """The same HTLC after `event`; itself when nothing moves."""
        adding = advance(self.adding, event, by_us=self.by_us)
        removal = self.removal
        if removal is not None:
            stage = advance(removal.stage, event, by_us=not self.by_us)
            if stage is not removal.stage:
                removal = replace(removal, stage=stage)
        if adding is self.adding and removal is self.removal:
            return self
        return replace(self, adding=adding, removal=removal)


HtlcKey = tuple[Direction, int]


@dataclass(frozen=True, slots=True)
class FeeUpdate:
    """A proposed feerate and how far it has come."""

    feerate: FeeratePerKw
    by_us: bool
    stage: Stage = Stage.PROPOSED
