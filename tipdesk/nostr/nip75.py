"""NIP-75 zap goals (kind 9041): what a creator collects for, and how far it is.

Only receipts that somebody else's judgement counted are counted here, and only those of up to
`closed_at`: later ones are tips, but not the goal's.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.profile import web_url
from tipdesk.nostr.relay_url import usable_relays

KIND_GOAL = 9_041
MAX_RELAYS = 10
"""As many as a zap request may name."""
MAX_AMOUNT = Msat(21_000_000 * 100_000_000 * 1_000)
_MAX_TEXT = 2_000
_MAX_SUMMARY = 300
_AMOUNT = re.compile(r"[1-9][0-9]{0,18}")
_TIME = re.compile(r"[0-9]{1,12}")


class FlawedGoal(DecodeError):
    """An event that is no zap goal, or lacks what one must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A zap goal. `created_at` and `closed_at` in Unix seconds; without the latter it stays open.

    `id` is None for one that is not published yet.
    """

    creator: XOnlyPubkey
    amount: Msat
    relays: tuple[str, ...]
    description: str = ""
    closed_at: int | None = None
    image: str = ""
    summary: str = ""
    id: EventId | None = None
    created_at: int = 0


@dataclass(frozen=True, slots=True)
class GoalTip:
    """A tip for the goal that counts, and when its receipt was published, in Unix seconds."""

    payment_hash: PaymentHash
    amount: Msat
    published_at: int


@dataclass(frozen=True, slots=True)
class GoalProgress:
    """How far a goal is. `late` came after it was closed and does not count."""

    collected: Msat
    tips: int
    late: Msat
    is_reached: bool


def read_goal(event: Event) -> Goal:
    """The goal in a kind 9041 event; texts are plain and bounded. `FlawedGoal` otherwise."""
    if event.kind != KIND_GOAL:
        raise FlawedGoal(f"kind {event.kind} is not a zap goal")
    amount = event.first("amount") or ""
    if not _AMOUNT.fullmatch(amount) or int(amount) > MAX_AMOUNT.value:
        raise FlawedGoal("a goal without an amount")
    relays = next((tag[1:] for tag in event.tags if tag[0] == "relays"), ())
    usable = usable_relays(relays, maximum=MAX_RELAYS)
    if not usable:
        raise FlawedGoal("a goal without relays to count its zaps from")
    closed_at = event.first("closed_at")
    if closed_at is not None and not _TIME.fullmatch(closed_at):
        raise FlawedGoal("a goal that closes at no time")
    return Goal(
        creator=event.pubkey,
        amount=Msat(int(amount)),
        relays=usable,
        description=many_lines(event.content, maximum=_MAX_TEXT),
        closed_at=None if closed_at is None else int(closed_at),
        image=web_url(event.first("image") or ""),
        summary=one_line(event.first("summary") or "", maximum=_MAX_SUMMARY),
        id=event.id,
        created_at=event.created_at,
    )


def build_goal(goal: Goal, *, created_at: int) -> UnsignedEvent:
    """The event that publishes a goal. `created_at` in Unix seconds."""
    tags: list[tuple[str, ...]] = [
        ("relays", *goal_relays(goal)),
        ("amount", str(goal.amount.value)),
    ]
    if goal.closed_at is not None:
        tags.append(("closed_at", str(goal.closed_at)))
    tags += [(name, text) for name in ("image", "summary") if (text := getattr(goal, name))]
    return UnsignedEvent(
        pubkey=goal.creator,
        created_at=created_at,
        kind=KIND_GOAL,
        tags=tuple(tags),
        content=goal.description,
    )


def goal_relays(goal: Goal) -> tuple[str, ...]:
    """The relays that a zap request for the goal must name (NIP-75, client behaviour)."""
    return usable_relays(goal.relays, maximum=MAX_RELAYS)


def is_closed(goal: Goal, now: int) -> bool:
    """Whether a tip of this moment (Unix seconds) would come too late."""
    return goal.closed_at is not None and now > goal.closed_at


def progress(goal: Goal, tips: Iterable[GoalTip]) -> GoalProgress:
    """What was collected: each payment once, by its earliest receipt."""
    first: dict[PaymentHash, GoalTip] = {}
    for tip in tips:
        known = first.get(tip.payment_hash)
        if known is None or tip.published_at < known.published_at:
            first[tip.payment_hash] = tip
    counted = [tip.amount for tip in first.values() if not is_closed(goal, tip.published_at)]
    late = [tip.amount for tip in first.values() if is_closed(goal, tip.published_at)]
    collected = sum(counted, Msat(0))
    return GoalProgress(collected, len(counted), sum(late, Msat(0)), collected >= goal.amount)
