"""The rail says how everything stands: what can be spent, who wrote, what landed unseen."""

from PySide6.QtCore import QObject

from tipdesk.ui.viewmodels.window_models import WindowModels
from tipdesk.ui.views.rail import PageName, Rail


class RailState(QObject):
    """Brings what the view models say to the rail."""

    def __init__(self, models: WindowModels, rail: Rail, parent: QObject) -> None:
        super().__init__(parent)
        self._models, self._rail = models, rail
        self._unseen = 0
        for changed, follow in (
            (models.status.changed, self._status_changed),
            (models.wallet.changed, self._balance_changed),
            (models.messages.changed, self._messages_changed),
            (models.lock.changed, self._lock_changed),
            (models.lock_setting.changed, self._lock_changed),
            (models.seed_words.changed, self._words_changed),
        ):
            changed.connect(follow)
            follow()

    def landed(self) -> None:
        """A tip came in while the creator's page is not looked at."""
        self._unseen += 1
        self._show_unseen()

    def seen(self) -> None:
        """The creator's page is open."""
        self._unseen = 0
        self._show_unseen()

    def _show_unseen(self) -> None:
        self._rail.buttons[PageName.CREATOR].show_badge(self._unseen)

    def _status_changed(self) -> None:
        self._rail.show_status(self._models.status.status)

    def _balance_changed(self) -> None:
        self._rail.show_balance(self._models.wallet.summary.spendable)

    def _messages_changed(self) -> None:
        self._rail.buttons[PageName.MESSAGES].show_badge(self._models.messages.unread)

    def _lock_changed(self) -> None:
        self._rail.show_lock(is_set=self._models.lock.is_set)

    def _words_changed(self) -> None:
        self._rail.show_words_due(is_due=self._models.seed_words.is_due)
