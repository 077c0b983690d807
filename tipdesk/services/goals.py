"""Zap goals (NIP-75): published by creators, counted from receipts that were judged."""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import KIND_DELETION
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip57 import KIND_ZAP_RECEIPT
from tipdesk.nostr.nip75 import (
    KIND_GOAL,
    MAX_RELAYS,
    Goal,
    GoalProgress,
    GoalTip,
    build_goal,
    goal_relays,
    is_closed,
    progress,
    read_goal,
)
from tipdesk.ports.relays import RelayPool, Subscription
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import ReceiptStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import GoalChanged
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.receipts import ReceiptBook
from tipdesk.tips.receipt import JudgedReceipt

MAX_GOALS: Final = 1_000
GOALS_ASKED: Final = 50
MAX_WATCHED: Final = 5
"""Each may need relays of its own, which somebody else named."""
RECEIPTS_ASKED: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalView:
    """A goal as it stands. Of our own, only what our wallet settled counts."""

    goal: Goal
    progress: GoalProgress
    is_closed: bool


class GoalService:
    """Goals by their ids, bounded: the one learnt longest ago goes first."""

    def __init__(
        self,
        *,
        signer: EventSigner,
        lists: OwnLists,
        relays: RelayPool,
        store: ReceiptStore,
        receipts: ReceiptBook,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._signer = signer
        self._lists = lists
        self._relays = relays
        self._receipts = receipts
        self._bus = bus
        self._clock = clock
        self._goals: dict[EventId, Goal] = {}
        self._judged: dict[EventId, dict[PaymentHash, JudgedReceipt]] = {}
        self._watched: dict[EventId, Subscription] = {}
        for receipt in store.receipts():
            self._count(receipt)
        receipts.on_judged(self._on_judged)

    async def publish(
        self,
        *,
        amount: Msat,
        description: str,
        closed_at: int | None = None,
        image: str = "",
        summary: str = "",
    ) -> Goal:
        """A goal of ours, open from now on. `closed_at` in Unix seconds. `NotPublished`.

        Its zaps are counted from the relays that we write to.
        """
        wanted = Goal(
            creator=self._signer.pubkey,
            amount=amount,
            relays=self._lists.write_relays()[:MAX_RELAYS],
            description=description,
            closed_at=closed_at,
            image=image,
            summary=summary,
        )
        now = self._clock.now().unix_seconds
        event = await self._signer.sign(build_goal(wanted, created_at=now))
        goal = read_goal(event)
        await self._lists.publish(event)
        self._learn(goal)
        return goal

    async def refresh(self, creator: XOnlyPubkey) -> None:
        """Asks the relays for somebody's goals, and which of them were taken back (NIP-09)."""
        wanted = Filter(authors=(creator,), kinds=(KIND_GOAL,), limit=GOALS_ASKED)
        ids = [event.id for event in (await self._relays.fetch([wanted])).events]
        if ids:
            names = tuple(event_id.hex() for event_id in ids)
            gone = Filter(authors=(creator,), kinds=(KIND_DELETION,), tags={"e": names})
            self._take((await self._relays.fetch([wanted, gone])).events)

    def goal(self, event_id: EventId) -> Goal | None:
        """A goal that is known."""
        return self._goals.get(event_id)

    def goals(self, creator: XOnlyPubkey) -> tuple[GoalView, ...]:
        """Somebody's goals that are known, the newest first."""
        known = [goal for goal in self._goals.values() if goal.creator == creator]
        known.sort(key=lambda goal: -goal.created_at)
        return tuple(self._view(goal) for goal in known)

    def view(self, event_id: EventId) -> GoalView | None:
        """One goal and how far it is."""
        goal = self._goals.get(event_id)
        return None if goal is None else self._view(goal)

    def watch(self, event_id: EventId) -> None:
        """Listens for the goal's zaps where it says they are to be counted from."""
        goal = self._goals.get(event_id)
        if goal is None or event_id in self._watched:
            return
        wanted = Filter(
            kinds=(KIND_ZAP_RECEIPT,), tags={"e": (event_id.hex(),)}, limit=RECEIPTS_ASKED
        )
        self._watched[event_id] = self._relays.subscribe(
            [wanted], self._receipts.take, urls=goal_relays(goal)
        )
        if len(self._watched) > MAX_WATCHED:
            self.unwatch(next(iter(self._watched)))

    def unwatch(self, event_id: EventId) -> None:
        """Listens no more."""
        subscription = self._watched.pop(event_id, None)
        if subscription is not None:
            subscription.close()

    def _take(self, events: tuple[Event, ...]) -> None:
        gone = {
            (event.pubkey, name)
            for event in events
            if event.kind == KIND_DELETION
            for name in event.values("e")
        }
        for event in events:
            if (event.pubkey, event.id.hex()) in gone:
                self._forget(event.id)
            elif event.kind == KIND_GOAL:
                try:
                    self._learn(read_goal(event))
                except DecodeError:
                    continue  # One that lacks what a goal must have is nobody's goal.

    def _learn(self, goal: Goal) -> None:
        if goal.id is None or goal.id in self._goals:
            return
        self._goals[goal.id] = goal
        if len(self._goals) > MAX_GOALS:
            self._forget(next(iter(self._goals)))
        self._bus.publish(GoalChanged(goal.id))

    def _forget(self, event_id: EventId) -> None:
        self.unwatch(event_id)
        if self._goals.pop(event_id, None) is not None:
            self._bus.publish(GoalChanged(event_id))

    def _on_judged(self, receipt: JudgedReceipt) -> None:
        self._count(receipt)
        event_id = receipt.target.event_id
        if event_id is not None and event_id in self._goals:
            self._bus.publish(GoalChanged(event_id))

    def _count(self, receipt: JudgedReceipt) -> None:
        # Receipts come before the goal is known as well: they are kept for any event.
        if receipt.target.event_id is not None:
            of_event = self._judged.setdefault(receipt.target.event_id, {})
            of_event[receipt.payment_hash] = receipt

    def _view(self, goal: Goal) -> GoalView:
        is_ours = goal.creator == self._signer.pubkey
        known = {} if goal.id is None else self._judged.get(goal.id, {})
        tips = [
            GoalTip(receipt.payment_hash, receipt.amount, receipt.paid_at.unix_seconds)
            for receipt in known.values()
            if receipt.target.recipient == goal.creator and (receipt.grade.is_proven or not is_ours)
        ]
        return GoalView(
            goal=goal,
            progress=progress(goal, tips),
            is_closed=is_closed(goal, self._clock.now().unix_seconds),
        )
