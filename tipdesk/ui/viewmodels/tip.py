"""Tipping: what a tip would cost, sending it, taking it back; and the tips that wait."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, TipId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.services.events import AppEvent, RateChanged, TipAmountsChanged, TipChanged
from tipdesk.services.routes import RouteTaken
from tipdesk.services.tip_amounts import Amounts
from tipdesk.services.tip_plan import TipIntent
from tipdesk.services.views import PostView, TipView
from tipdesk.tips.caution import ConfirmationNeeded
from tipdesk.tips.split import divide
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels import cost
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.tip_group import PENDING, TipGroup, group

_SETTLED_FOR_MS = 4_000
"""How long a tip that is done stays in the tray."""
_FAILED_FOR_MS = 15_000
"""One that failed stays longer: there is a reason to read, and a button."""
_IN_SIGHT_MS = 60_000
"""What is in flight for longer is counted beside the tray, and waits in the list of tips."""
_FAST_MS, _SLOW_MS = 100, 1_000
_LOOKED_AT = 200
"""So many of the latest tips are looked through at the start for what is still under way."""


class TipViewModel(ViewModel):
    """Sends tips. `refused` with a sentence when one could not even begin."""

    offers_changed = Signal()
    """`amounts` or `costs` are others: a rate that has grown old is shown no longer."""
    refused = Signal(str)
    asked = Signal(object, object, object)
    """A press alone is not enough: the post, the picture, and the amount to be typed again."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._fresh: dict[TipId, Instant] = {
            tip.tip_id: tip.created_at
            for tip in reversed(app.tips.tips(_LOOKED_AT))
            if tip.state in PENDING
        }
        self._unread: set[TipId] = set()
        self._tick = QTimer(self)
        self._tick.timeout.connect(self.touch)
        self.listen(TipChanged, self._tip_changed)
        for kind in (TipAmountsChanged, RateChanged):
            self.listen(kind, self._offers_changed)
        self._set_pace()

    @property
    def now(self) -> Instant:
        """The time."""
        return self._app.clock.now()

    @property
    def undo_window_ms(self) -> int:
        """How long a tip can be taken back; 0 if not at all."""
        return self._app.tips.undo_window_ms

    @property
    def tray(self) -> tuple[TipView, ...]:
        """Tips that wait or were done this moment, oldest first."""
        found = (self._app.tips.tip(tip_id) for tip_id in self._fresh)
        return tuple(tip for tip in found if tip is not None)

    @property
    def groups(self) -> tuple[TipGroup, ...]:
        """The tray, the parts of a shared tip together."""
        return group(self.tray)

    @property
    def in_sight(self) -> tuple[TipGroup, ...]:
        """Groups of which something happened a moment ago, or that can still be acted on."""
        return tuple(group for group in self.groups if not self._is_long_in_flight(group))

    @property
    def waiting(self) -> int:
        """How many groups are in flight for a while: nothing is to be done about them."""
        return sum(self._is_long_in_flight(group) for group in self.groups)

    @property
    def usual(self) -> Amounts:
        """What one press tips those who have no amounts of their own."""
        return self._app.amounts.usual

    def amounts(self, person: XOnlyPubkey) -> Amounts:
        """What one press tips somebody; the first is the keyboard's."""
        return self._app.amounts.of(person)

    def costs(self, post: PostView) -> tuple[str, ...]:
        """What each of the author's amounts costs, before anything is known of the way."""
        author = None if post.post.shares else post.post.author
        return tuple(
            cost.in_all(self._app, self._parts(post, amount.to_msat()), recipient=author)
            for amount in self.amounts(post.post.author)
        )

    def send(
        self, post: PostView, amount: Msat, comment: str = "", *, picture: str | None = None
    ) -> None:
        """Begins a tip to a post, or to one picture of it, as one press does."""
        intent = intent_for(post, picture, amount, comment)
        try:
            self._app.tips.begin(intent)
        except ConfirmationNeeded:
            self.asked.emit(post, picture, amount)
        except (RequestError, BackendError) as error:
            self.refused.emit(sentence(error))

    def latest_for(self, event_id: EventId, picture: str | None) -> TipView | None:
        """Our latest tip of the tray for a post, or for a picture of it."""
        mine = (t for t in self.tray if t.target_event == event_id and t.picture == picture)
        latest = max(mine, key=lambda tip: tip.created_at, default=None)
        return None if latest is None else self.whole(latest)

    def whole(self, tip: TipView) -> TipView:
        """A part of a shared tip with the amount of all parts, while these are in the tray."""
        parts = [t for t in self.tray if tip.gift is not None and t.gift == tip.gift]
        return replace(tip, amount=sum((t.amount for t in parts), Msat(0))) if parts else tip

    def _parts(self, post: PostView, amount: Msat) -> tuple[tuple[str, Msat], ...]:
        """Who gets how much of a tip."""
        shares = post.post.shares
        if not shares:
            return ((words.name(post.author.title), amount),)
        divided = divide(amount, [share.weight for share in shares])
        people = (self._app.feeds.profile(share.recipient) for share in shares)
        return tuple(
            (words.name(person.title), part) for person, part in zip(people, divided, strict=True)
        )

    def undo(self, tip_id: TipId) -> None:
        """Takes a tip back, if there is still time."""
        if not self._app.tips.undo(tip_id):
            self.refused.emit(t("It is too late to undo this tip: it is on its way."))

    def undo_latest(self) -> bool:
        """Takes back the tip made last that still can be; whether there was one."""
        for tip in reversed(self.tray):
            if tip.can_undo:
                self.undo(tip.tip_id)
                return True
        return False

    def retry(self, tip_id: TipId) -> None:
        """The same again, with a fresh invoice; it takes the place of the one that failed."""
        tip = self._app.tips.tip(tip_id)
        try:
            self._app.tips.retry(tip_id)
        except (RequestError, BackendError) as error:
            self.refused.emit(sentence(error))
            return
        if tip is not None and tip.gift is None:
            self._fresh.pop(tip_id, None)
        self.touch()

    def retry_failed(self, group: TipGroup) -> None:
        """Every part of it that certainly failed, again."""
        for tip in group.failed:
            self.retry(tip.tip_id)

    def route(self, tip: TipView) -> RouteTaken | None:
        """The way that its payment took; None if it is not known."""
        return None if tip.payment_hash is None else self._app.routes.taken(tip.payment_hash)

    def put_away(self, group: TipGroup) -> None:
        """Takes something that is done out of the tray; what came for it was seen."""
        for tip in group.parts:
            self._unread.discard(tip.tip_id)
            if tip.state not in PENDING:
                self._fresh.pop(tip.tip_id, None)
        self.touch()

    def refresh(self) -> None:
        """Drops from the tray what was done a while ago, all parts of it."""
        now = self.now
        for one in self.groups:
            failed = one.lead.state is TipStatus.FAILED
            stays = _FAILED_FOR_MS if failed else _SETTLED_FOR_MS
            last = max(self._fresh[tip.tip_id] for tip in one.parts)
            unread = any(tip.tip_id in self._unread for tip in one.parts)
            if not one.is_pending and not unread and now.since(last) > stays:
                self._drop(one)
        self._set_pace()

    def _set_pace(self) -> None:
        """Countdowns move in tenths of a second; what only fades or waits, in seconds."""
        if not self._fresh:
            self._tick.stop()
            return
        pace = _FAST_MS if any(tip.can_undo for tip in self.tray) else _SLOW_MS
        if self._tick.interval() != pace or not self._tick.isActive():
            self._tick.start(pace)

    def _drop(self, group: TipGroup) -> None:
        """Also tries that a later one of the same part took the place of."""
        keys = [t.tip_id for t in self.tray if (t.gift or t.tip_id) == group.key]
        for key in keys:
            del self._fresh[key]

    def _is_long_in_flight(self, group: TipGroup) -> bool:
        last = max(self._fresh[tip.tip_id] for tip in group.parts)
        states = {tip.state for tip in group.parts if tip.state in PENDING}
        return states == {TipStatus.IN_FLIGHT} and self.now.since(last) > _IN_SIGHT_MS

    def _offers_changed(self, _event: AppEvent) -> None:
        self.offers_changed.emit()

    def _tip_changed(self, event: TipChanged) -> None:
        tip = self._app.tips.tip(event.tip_id)
        if tip is None or (event.tip_id not in self._fresh and tip.state not in PENDING):
            return
        if tip.reward is not None and tip.state is TipStatus.PAID:
            self._unread.add(event.tip_id)
        self._fresh[event.tip_id] = self.now
        self._set_pace()
        self.touch()


def intent_for(post: PostView, picture: str | None, amount: Msat, comment: str = "") -> TipIntent:
    """A tip to a post. A picture is named where the post has several."""
    return TipIntent(
        recipient=post.post.author,
        target_event=post.post.id,
        amount=amount,
        comment=comment,
        picture=picture if len(post.post.images) > 1 else None,
    )
