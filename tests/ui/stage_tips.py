"""The stage's tips: planned, checked and shared as the domain does, held until `settle`."""

from dataclasses import replace

from tests.ui import content
from tipdesk.base.clock import Clock
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import EventId, TipId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip57 import Share, ZapTarget
from tipdesk.services.bus import Bus
from tipdesk.services.events import TipChanged
from tipdesk.services.tip_plan import CannotBeTipped, DirectIntent, Leg, TipIntent
from tipdesk.services.views import Nameless, ProfileView, TipView
from tipdesk.tips.budget import DEFAULT_BUDGETS, BudgetScope, Use
from tipdesk.tips.caution import DEFAULT_RETYPE_FROM, Habits
from tipdesk.tips.split import divide
from tipdesk.tips.target import Target
from tipdesk.tips.tip import TipStatus, again_of, fee_limit
from tipdesk.tips.visibility import Visibility
from tipdesk.tips.way import Node

PEOPLE = {p.pubkey: p for p in content.PEOPLE}


class StageAllowance:
    """Budgets of which a little was used."""

    def __init__(self) -> None:
        self.budgets: dict[BudgetScope, Msat | None] = dict(DEFAULT_BUDGETS)
        self.retype_from: Msat | None = DEFAULT_RETYPE_FROM
        self.used = Msat(1_284_000)

    def budget(self, scope: BudgetScope) -> Msat | None:
        """As it was set."""
        return self.budgets[scope]

    def set_budget(self, scope: BudgetScope, limit: Msat | None) -> None:
        """From now on."""
        self.budgets[scope] = limit

    def uses(self, recipient: XOnlyPubkey | None, app: str) -> tuple[Use, ...]:
        """Of the day, and of the person."""
        day = Use(BudgetScope.DAY, self.budget(BudgetScope.DAY), self.used)
        if recipient is None:
            return (day,)
        return (day, Use(BudgetScope.CREATOR, self.budget(BudgetScope.CREATOR), Msat(0)))


class StageTips:
    """Tips that wait in their undo window until `settle`."""

    def __init__(self, bus: Bus, clock: Clock, allowance: StageAllowance) -> None:
        self._bus = bus
        self._clock = clock
        self._allowance = allowance
        self.undo_window_ms = 5_000
        self.habits: tuple[Msat, ...] = ()
        self.shares: dict[EventId, tuple[Share, ...]] = {}
        self.all: dict[TipId, TipView] = {t.tip_id: t for t in content.tips()}
        self.intents: list[TipIntent] = []
        self.likely: dict[XOnlyPubkey, Msat] = {}
        """What the latest tip to somebody cost."""
        self.direct: list[DirectIntent] = []

    def plan(self, intent: TipIntent | DirectIntent) -> tuple[Leg, ...]:
        """One leg for each who shares."""
        if isinstance(intent, DirectIntent):
            way = intent.way
            node = way.node_id if isinstance(way, Node) else None
            return (
                Leg(Target(None, "" if isinstance(way, Node) else way.text, node), intent.amount),
            )
        event = intent.target_event
        shares = () if event is None else self.shares.get(event, ())
        if not shares and not PEOPLE[intent.recipient].can_be_tipped:
            raise CannotBeTipped(PEOPLE[intent.recipient].title)
        shares = shares or (Share(intent.recipient, 1),)
        amounts = divide(intent.amount, [share.weight for share in shares])
        return tuple(
            Leg(
                Target(
                    ZapTarget(
                        recipient=share.recipient,
                        event_id=event,
                        kind=None,
                        address=None,
                        url=intent.picture,
                    ),
                    PEOPLE[share.recipient].lud16 or "",
                ),
                amount,
            )
            for share, amount in zip(shares, amounts, strict=True)
        )

    def begin(
        self,
        intent: TipIntent | DirectIntent,
        *,
        tip_id: TipId | None = None,
        typed_again: Msat | None = None,
    ) -> TipId:
        """Checks it as the domain does, stores a tip for each leg, opens the undo window."""
        if tip_id is not None and tip_id in self.all:
            return tip_id
        legs = self.plan(intent)
        for use in self._allowance.uses(None, intent.app):
            use.check(sum((leg.amount + fee_limit(leg.amount) for leg in legs), Msat(0)))
        Habits(self.habits, self._allowance.retype_from).check(intent.amount, typed_again)
        if isinstance(intent, DirectIntent):
            self.direct.append(intent)
        else:
            self.intents.append(intent)
        first = tip_id or self._id(0)
        for place, leg in enumerate(legs):
            self._put_leg(
                intent,
                leg,
                first if place == 0 else self._id(place),
                first if len(legs) > 1 else None,
            )
        return first

    def put(self, view: TipView) -> None:
        """A tip is now this."""
        self.all[view.tip_id] = view
        self._bus.publish(TipChanged(view.tip_id))

    def settle(self, tip_id: TipId, **changes: object) -> None:
        """It was paid."""
        self.put(
            replace(
                self.all[tip_id],
                state=TipStatus.PAID,
                can_undo=False,
                undo_until=None,
                fee=Msat(1_021),
                channels=3,
                took_ms=184,
                sentence="Paid.",
                **changes,  # type: ignore[arg-type]
            )
        )

    def undo(self, tip_id: TipId) -> bool:
        """Takes it back, and what belongs to it."""
        view = self.all[tip_id]
        parts = [t for t in self.all.values() if t is view or (view.gift and t.gift == view.gift)]
        undone = [part for part in parts if part.can_undo]
        for part in undone:
            self.put(replace(part, state=TipStatus.CANCELLED, can_undo=False, can_retry=True))
        return bool(undone)

    def retry(self, tip_id: TipId) -> TipId:
        """Once more."""
        old = self.all[tip_id]
        if again_of(tip_id) in self.all:
            return again_of(tip_id)
        if not old.can_retry or old.recipient.pubkey is None:
            raise RequestError("only a tip that failed can be sent again")
        self.intents.append(
            TipIntent(old.recipient.pubkey, old.target_event, old.amount, old.comment)
        )
        again = replace(
            content.tip(0, PEOPLE[old.recipient.pubkey], TipStatus.PAYING, 0),
            tip_id=again_of(tip_id),
            amount=old.amount,
            gift=old.gift,
            created_at=self._clock.now(),
        )
        self.put(replace(old, can_retry=False))
        self.put(again)
        return again.tip_id

    def tips(self, limit: int | None = None, offset: int = 0) -> tuple[TipView, ...]:
        """Newest first."""
        tips = sorted(self.all.values(), key=lambda t: t.created_at, reverse=True)
        return tuple(tips[offset:][:limit])

    def tip(self, tip_id: TipId) -> TipView | None:
        """One."""
        return self.all.get(tip_id)

    def fee_limit(self, amount: Msat) -> Msat:
        """As the domain says."""
        return fee_limit(amount)

    def likely_fee(self, recipient: XOnlyPubkey, amount: Msat) -> Msat | None:
        """As it was set."""
        fee = self.likely.get(recipient)
        return None if fee is None else min(fee, fee_limit(amount))

    def _id(self, place: int) -> TipId:
        return TipId(
            content.number(2_000 + 10 * (len(self.intents) + len(self.direct)) + place, 16)
        )

    def _put_leg(
        self, intent: TipIntent | DirectIntent, leg: Leg, tip_id: TipId, gift: TipId | None
    ) -> None:
        now = self._clock.now()
        person = leg.target.recipient
        who: ProfileView | Nameless = (
            Nameless(leg.target.address or "node 02ab…") if person is None else PEOPLE[person]
        )
        view = content.tip(0, content.ANA, TipStatus.UNDO, 0, amount=leg.amount)
        self.put(
            replace(
                view,
                tip_id=tip_id,
                recipient=who,
                gift=gift,
                target_event=leg.target.event_id,
                picture=None if leg.target.zap is None else leg.target.zap.url,
                visibility=getattr(intent, "visibility", Visibility.PUBLIC),
                comment=intent.comment,
                created_at=now,
                undo_until=now.plus_ms(self.undo_window_ms),
                fee_limit=fee_limit(leg.amount),
            )
        )
