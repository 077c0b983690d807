"""Tipping: what a tip would cost, sending it, taking it back; and the tips that wait."""

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, TipId
from tipdesk.base.units import Msat, Sat
from tipdesk.services.events import TipChanged
from tipdesk.services.tip_plan import TipIntent
from tipdesk.services.views import PostView, TipView
from tipdesk.tips.caution import ConfirmationNeeded
from tipdesk.tips.tip import TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

PRESETS = (Sat(21), Sat(100), Sat(500))
"""One press tips these; the first is the keyboard's."""
_SETTLED_FOR_MS = 4_000
"""How long a tip that is done stays in the tray."""
_FAILED_FOR_MS = 15_000
"""One that failed stays longer: there is a reason to read, and a button."""
_PENDING = (TipStatus.DRAFT, TipStatus.UNDO, TipStatus.QUOTING, TipStatus.PAYING)


class TipViewModel(ViewModel):
    """Sends tips. `refused` with a sentence when one could not even begin."""

    refused = Signal(str)
    asked = Signal(object, object, object)
    """A press alone is not enough: the post, the picture, and the amount to be typed again."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._fresh: dict[TipId, Instant] = {}
        self._tick = QTimer(self)
        self._tick.setInterval(100)
        self._tick.timeout.connect(self.touch)
        self.listen(TipChanged, self._tip_changed)

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

    def cost(self, amount: Msat) -> str:
        """What a tip costs at the most, before anything is known of the way."""
        limit = self._app.tips.fee_limit(amount)
        return f"At most {words.amount(limit)} fee, {words.amount(amount + limit)} in all"

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

    def undo(self, tip_id: TipId) -> None:
        """Takes a tip back, if there is still time."""
        if not self._app.tips.undo(tip_id):
            self.refused.emit("It is too late to undo this tip: it is on its way.")

    def undo_latest(self) -> bool:
        """Takes back the tip made last that still can be; whether there was one."""
        for tip in reversed(self.tray):
            if tip.can_undo:
                self.undo(tip.tip_id)
                return True
        return False

    def retry(self, tip_id: TipId) -> None:
        """The same again, with a fresh invoice."""
        try:
            self._app.tips.retry(tip_id)
        except (RequestError, BackendError) as error:
            self.refused.emit(sentence(error))

    def refresh(self) -> None:
        """Drops from the tray what was done a while ago."""
        now = self.now
        for tip in self.tray:
            stays = _FAILED_FOR_MS if tip.state is TipStatus.FAILED else _SETTLED_FOR_MS
            if tip.state not in _PENDING and now.since(self._fresh[tip.tip_id]) > stays:
                del self._fresh[tip.tip_id]
        if not self._fresh:
            self._tick.stop()

    def _tip_changed(self, event: TipChanged) -> None:
        tip = self._app.tips.tip(event.tip_id)
        if tip is None or (event.tip_id not in self._fresh and tip.state not in _PENDING):
            return
        self._fresh[event.tip_id] = self.now
        self._tick.start()
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
