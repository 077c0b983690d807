"""Amounts as dots: by hand, or while another program is in front."""

from PySide6.QtCore import QObject

from tipdesk.base.clock import Instant
from tipdesk.ui.veil import veil
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade

_HELD_MS = 350
"""A press that lasts longer only looks; a shorter one leaves them shown."""


class VeilViewModel(ViewModel):
    """`changed` at once when amounts become dots, or dots amounts."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._keeper, self._clock = app.preferences, app.clock
        self._subscriptions.append(self._keeper.listen(self._look))
        self._is_away = False
        self._pressed_at: Instant | None = None
        self._look()

    @property
    def is_down(self) -> bool:
        """Whether amounts are dots now."""
        return veil().is_down

    @property
    def by_hand(self) -> bool:
        """Whether the person hid them."""
        return self._keeper.now.hide_amounts

    @property
    def when_away(self) -> bool:
        """Whether they are hidden while another program is in front."""
        return self._keeper.now.blur_amounts

    def toggle(self) -> None:
        """Hides them, or shows them again."""
        self.set_by_hand(on=not self.by_hand)

    def set_by_hand(self, *, on: bool) -> None:
        """Hides or shows them from now on."""
        self._keeper.change(hide_amounts=on)

    def set_when_away(self, *, on: bool) -> None:
        """Whether they hide while another program is in front."""
        self._keeper.change(blur_amounts=on)

    def set_in_front(self, *, on: bool) -> None:
        """Whether the person works with TipDesk now."""
        self._is_away = not on
        self._look()

    def press(self) -> None:
        """The eye goes down: hides them, or shows them for as long as it is held."""
        if not self.by_hand:
            self.toggle()
            return
        self._pressed_at = self._clock.now()
        self._look()

    def release(self) -> None:
        """The eye comes up: after a short press they stay shown."""
        since, self._pressed_at = self._pressed_at, None
        if since is not None and self._clock.now().since(since) < _HELD_MS:
            self.toggle()
        self._look()

    def close(self) -> None:
        """Leaves nothing hidden for whoever comes next."""
        super().close()
        veil().is_down = False

    def _look(self) -> None:
        hidden = self.by_hand or (self.when_away and self._is_away)
        down = hidden and self._pressed_at is None
        if down != veil().is_down:
            veil().is_down = down
            self.changed.emit()
        else:
            self.touch()
