"""What an app that is connected to the wallet (NIP-47) may do, and what it did.

Its budget is not a counter: it is what its entries hold and have spent since the period began.
Each order has two entries at the most. What it may cost, its fee included, is held before it is
begun, and that is committed or released once, when it is certain how it ended. Every entry sums to
zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, Preimage, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.nostr.nip47 import Method
from tipdesk.tips.payment import FailureReason

NOTHING: Final = Msat(0)


class Permission(Enum):
    """What a person may allow an app; the value completes "It may ..."."""

    PAY = Phrase("pay invoices")
    KEYSEND = Phrase("pay nodes without an invoice")
    INVOICE = Phrase("make invoices")
    OWN_PAYMENTS = Phrase("look up its own payments")
    BALANCE = Phrase("see the balance")
    TIPS = Phrase("have its invoices count as tips")

    @property
    def spends(self) -> bool:
        """Whether money leaves by it."""
        return self in (Permission.PAY, Permission.KEYSEND)


USUAL_PERMISSIONS: Final = frozenset(Permission) - {Permission.TIPS}
"""All that an app may be allowed which is no provider of tips."""
_ALWAYS: Final = Method.GET_INFO
"""The one method that every connection has: it tells an app what else it may do."""
_NEEDED: Final = {
    Method.PAY_INVOICE: Permission.PAY,
    Method.PAY: Permission.PAY,
    Method.PAY_KEYSEND: Permission.KEYSEND,
    Method.MAKE_INVOICE: Permission.INVOICE,
    Method.LOOKUP_INVOICE: Permission.OWN_PAYMENTS,
    Method.LIST_TRANSACTIONS: Permission.OWN_PAYMENTS,
    Method.GET_BALANCE: Permission.BALANCE,
}


class BudgetPeriod(Enum):
    """How long a budget is for; days, weeks and months are those of the local calendar."""

    DAY = Phrase("a day")
    WEEK = Phrase("a week")
    MONTH = Phrase("a month")
    EVER = Phrase("in all")


class Refusal(Enum):
    """Why a connection may not do what it asks for."""

    REVOKED = Phrase("This connection was revoked.")
    EXPIRED = Phrase("This connection has expired.")
    UNKNOWN_METHOD = Phrase("TipDesk does not know this method.")
    NOT_ALLOWED = Phrase("This connection is not allowed to do that.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One app's access to the wallet."""

    id: int
    """Its place among the wallet's service keys too: drawn at random, so that no profile that is
    restored from its words takes the key of another."""
    name: str
    client: XOnlyPubkey
    """Of the secret that the app was given, which nobody here keeps."""
    permissions: frozenset[Permission]
    budget: Msat | None
    """What may leave in a period, fees included; None: no limit."""
    period: BudgetPeriod
    relays: tuple[str, ...]
    created_at: Instant
    expires_at: Instant | None = None
    last_used_at: Instant | None = None
    revoked_at: Instant | None = None

    @property
    def methods(self) -> tuple[Method, ...]:
        """Those of NIP-47 that it has."""
        return (*(one for one, needed in _NEEDED.items() if needed in self.permissions), _ALWAYS)

    @property
    def spends(self) -> bool:
        """Whether money may leave through it."""
        return any(one.spends for one in self.permissions)

    def is_live(self, now: Instant) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and not self._has_expired(now)

    def why_not(self, method: str, now: Instant) -> Refusal | None:
        """Why it may not call a method now; None if it may."""
        if self.revoked_at is not None:
            return Refusal.REVOKED
        if self._has_expired(now):
            return Refusal.EXPIRED
        if method == _ALWAYS:
            return None
        if method not in {one.value for one in _NEEDED}:
            return Refusal.UNKNOWN_METHOD
        needed = _NEEDED[Method(method)]
        return None if needed in self.permissions else Refusal.NOT_ALLOWED

    def _has_expired(self, now: Instant) -> bool:
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class Spending:
    """A budget, and what of it is held and spent in the period that runs."""

    budget: Msat | None
    used: Msat

    @property
    def left(self) -> Msat | None:
        """What may still leave; None without a limit."""
        return None if self.budget is None else max(NOTHING, self.budget - self.used)

    def fee_within(self, amount: Msat, wanted: Msat) -> Msat | None:
        """The most of `wanted` that a fee may take beside the amount; None if it does not fit."""
        left = self.left
        if left is None:
            return wanted
        return None if amount > left else min(wanted, left - amount)


class OrderState(Enum):
    """How far an order has come. Only the last two are the end of it."""

    UNDER_WAY = "under way"
    """It may have been paid and may not."""
    PAID = "paid"
    FAILED = "failed"
    """For certain: no money moved and none will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A payment that an app asked for; its id is that of the request it began with."""

    id: EventId
    connection_id: int
    payment_hash: PaymentHash
    invoice: str
    """Empty for a payment without one (bLIP 3)."""
    description: str
    """A stranger's words, bounded."""
    amount: Msat
    max_fee: Msat
    at: Instant
    expires_at: Instant
    """After it a wallet that has not heard of the order will not begin it any more."""
    is_held: bool = True
    """False if it joined a payment that the person made by themselves: the app spends nothing."""
    state: OrderState = OrderState.UNDER_WAY
    preimage: Preimage | None = None
    """Known from the start if there is no invoice."""
    fee: Msat | None = None
    settled_at: Instant | None = None
    reason: FailureReason | None = None
    """Why it failed; None too if it never was begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedInvoice:
    """An invoice that an app had made."""

    connection_id: int
    payment_hash: PaymentHash
    invoice: str
    description: str
    description_hash: bytes | None
    amount: Msat | None
    at: Instant
    expires_at: Instant
    preimage: Preimage | None = None
    received: Msat | None = None
    settled_at: Instant | None = None


class EntryKind(Enum):
    """What an entry says of its order."""

    HOLD = "hold"
    COMMIT = "commit"
    RELEASE = "release"

    @property
    def closes(self) -> bool:
        """Whether it ends what a hold began."""
        return self is not EntryKind.HOLD


class UnbalancedHold(ValueError):
    """An entry that does not sum to zero: a bug of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of an order; the three changes sum to zero."""

    order_id: EventId
    kind: EntryKind
    at: Instant
    free: Msat
    held: Msat
    spent: Msat

    def __post_init__(self) -> None:
        if self.free + self.held + self.spent:
            raise UnbalancedHold(f"{self.kind} of {self.order_id}")


def hold(order: Order) -> Entry:
    """The most that the order may cost is taken off the budget."""
    most = order.amount + order.max_fee
    return Entry(
        order_id=order.id, kind=EntryKind.HOLD, at=order.at, free=-most, held=most, spent=NOTHING
    )


def commit(order: Order, fee: Msat, at: Instant) -> Entry:
    """It was paid with that fee; what is left of the hold goes back."""
    most, cost = order.amount + order.max_fee, order.amount + fee
    return Entry(
        order_id=order.id, kind=EntryKind.COMMIT, at=at, free=most - cost, held=-most, spent=cost
    )


def release(order: Order, at: Instant) -> Entry:
    """It was certainly not paid: all of the hold goes back."""
    most = order.amount + order.max_fee
    return Entry(
        order_id=order.id, kind=EntryKind.RELEASE, at=at, free=most, held=-most, spent=NOTHING
    )


@dataclass(frozen=True, slots=True)
class Sums:
    """What entries come to."""

    held: Msat = NOTHING
    spent: Msat = NOTHING

    @property
    def used(self) -> Msat:
        """What a budget is charged with."""
        return self.held + self.spent


def sums(entries: Iterable[Entry]) -> Sums:
    """After all of them."""
    found = Sums()
    for entry in entries:
        found = Sums(found.held + entry.held, found.spent + entry.spent)
    return found
