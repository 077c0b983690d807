"""How the window is left: into the tray, or to the end, once what is under way had its time."""

from enum import Enum, auto
from itertools import chain

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.services.views import PaymentView, TipView
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.tip_group import PENDING

MOST_SECONDS = 20
_LOOKED_AT = 50
_RECENT_MS = 60_000
"""What hangs for longer may hang for days: nobody is kept waiting for it."""
_LOOK_EVERY_MS = 250


class Leaving(Enum):
    """How far it has come."""

    NOT = auto()
    TOLD = auto()
    """The person reads, once, that the window goes into the tray."""
    WAITING = auto()
    """It ends; what is under way gets time to arrive."""


class LeavingViewModel(ViewModel):
    """`hidden`: the window goes into the tray. `ended`: it ends, now."""

    hidden = Signal()
    ended = Signal()

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.stage = Leaving.NOT
        self.has_tray = False
        """Whether there is somewhere to go; the desktop says so."""
        self.most_seconds = MOST_SECONDS
        self._looks = 0
        self._watch = QTimer(self)
        self._watch.setInterval(_LOOK_EVERY_MS)
        self._watch.timeout.connect(self._look)

    @property
    def is_waiting(self) -> bool:
        """Whether the end waits for something."""
        return self.stage is Leaving.WAITING

    @property
    def stays_in_tray(self) -> bool:
        """Whether closing the window leaves TipDesk running."""
        return self.has_tray and self._app.preferences.now.keep_running

    @property
    def seconds_left(self) -> int:
        """How long it waits at the most from now on."""
        return max(0, self.most_seconds - self._looks * _LOOK_EVERY_MS // 1_000)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """What is under way, without amounts and names: a locked window says it too."""
        tips = self._tips()
        held = sum(1 for tip in tips if not tip.state.may_move_money)
        hashes = {tip.payment_hash for tip in tips}
        going = len(tips) - held
        paid = sum(1 for one in self._payments() if one.payment_hash not in hashes)
        found = []
        if held:
            found.append(
                tn(
                    held,
                    "{count} tip goes out when its time to be taken back is over.",
                    "{count} tips go out when their time to be taken back is over.",
                )
            )
        if going:
            found.append(tn(going, "{count} tip is on its way.", "{count} tips are on their way."))
        if paid:
            found.append(
                tn(paid, "{count} payment is on its way.", "{count} payments are on their way.")
            )
        return tuple(found)

    def close_asked(self) -> bool:
        """The window's own button; whether it may go now."""
        if self.stage is Leaving.NOT and self.stays_in_tray:
            if self._app.preferences.now.said_keeps_running:
                self.hidden.emit()
            else:
                self._set(Leaving.TOLD)
            return False
        return self.quit_asked()

    def quit_asked(self) -> bool:
        """The end; whether it may come now. Asked a second time, it may."""
        if self.stage is Leaving.WAITING:
            self.take_back()
            return True
        if not self.waits_for:
            return True
        self._looks = 0
        self._watch.start()
        self._set(Leaving.WAITING)
        return False

    def go_into_tray(self) -> None:
        """It was read that TipDesk keeps running; it is not said again."""
        self._app.preferences.change(said_keeps_running=True)
        self._set(Leaving.NOT)
        self.hidden.emit()

    def quit_for_good(self) -> None:
        """Asked where it was said that TipDesk keeps running: from now on closing ends it."""
        self._app.preferences.change(said_keeps_running=True, keep_running=False)
        self._set(Leaving.NOT)
        if self.quit_asked():
            self.ended.emit()

    def quit_now(self) -> None:
        """Waits no longer: what has not left is taken back, what has is followed up next time."""
        self._watch.stop()
        self.take_back()
        self.ended.emit()

    def stay(self) -> None:
        """Does not leave after all."""
        self._watch.stop()
        self._set(Leaving.NOT)

    def take_back(self) -> None:
        """Every tip that has not left yet."""
        for tip in self._tips():
            if not tip.state.may_move_money:
                self._app.tips.undo(tip.tip_id)

    def close(self) -> None:
        """Hears nothing more."""
        self._watch.stop()
        super().close()

    def _look(self) -> None:
        self._looks += 1
        if not self.waits_for:
            self._watch.stop()
            self.ended.emit()
        elif not self.seconds_left:
            self.quit_now()
        else:
            self.changed.emit()

    def _set(self, stage: Leaving) -> None:
        self.stage = stage
        self.changed.emit()

    def _tips(self) -> tuple[TipView, ...]:
        now = self._app.clock.now()
        return tuple(
            tip
            for tip in self._app.tips.tips(_LOOKED_AT)
            if tip.state in PENDING and now.since(tip.created_at) < _RECENT_MS
        )

    def _payments(self) -> tuple[PaymentView, ...]:
        now = self._app.clock.now()
        return tuple(
            one
            for one in self._app.wallet.payments(_LOOKED_AT)
            if one.direction is Direction.OUT
            and one.status is PaymentState.IN_FLIGHT
            and now.since(one.at) < _RECENT_MS
        )


def title_of(stage: Leaving) -> str:
    """What stands above it."""
    return t("TipDesk keeps running") if stage is Leaving.TOLD else t("Closing TipDesk")


def words_of(model: LeavingViewModel) -> str:
    """What the person should know."""
    if model.stage is Leaving.TOLD:
        return t(
            "Its icon stays in the tray. Your node goes on: tips come in, and your channels are "
            "looked after. To end it, choose Quit in the tray's menu, or press Ctrl+Q."
        )
    left = tn(
        model.seconds_left,
        "TipDesk waits {count} second more at the most. After that a tip that has not left is "
        "taken back, and what is on its way is followed up when you open TipDesk again.",
        "TipDesk waits {count} seconds more at the most. After that a tip that has not left is "
        "taken back, and what is on its way is followed up when you open TipDesk again.",
    )
    return "\n".join(chain(model.waits_for, ("", left)))
