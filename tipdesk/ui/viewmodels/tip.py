"""Tipping: what a tip would cost, sending it, taking it back; and the tips that wait."""

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import TipId
from tipdesk.base.units import Msat, Sat
from tipdesk.services.events import TipChanged
from tipdesk.services.tip_plan import MAX_TIP, TipIntent
from tipdesk.services.views import PostView, TipView
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

    def problem(self, amount: Msat) -> str:
        """Why a tip of that amount cannot go now, and what to do; empty if nothing is known."""
        if amount > MAX_TIP:
            return f"A tip is at most {words.amount(MAX_TIP)}. Write a smaller amount."
        wallet = self._app.wallet.summary()
        spendable = wallet.spendable
        if not spendable and wallet.in_channels:
            return (
                "Nothing can be spent right now: the other side of your channels is away. "
                "Try again once it is back."
            )
        if amount > spendable:
            return (
                f"You can spend {words.amount(spendable)} now. "
                "Tip less, or bring in more on the pages Wallet and Channels."
            )
        return ""

    def send(self, post: PostView, amount: Msat, comment: str = "") -> None:
        """Begins a tip to a post."""
        intent = TipIntent(
            recipient=post.post.author,
            target_event=post.post.id,
            amount=amount,
            comment=comment,
        )
        try:
            self._app.tips.begin(intent)
        except (RequestError, BackendError) as error:
            self.refused.emit(sentence(error))

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
