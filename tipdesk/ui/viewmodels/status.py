"""The status line: relays, chain, peers; and the notices of services."""

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.services.events import ChannelsChanged, Notice, ProfileChanged, RelaysChanged
from tipdesk.services.views import AppStatus
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade

_EVERY_MS = 2_000


class StatusViewModel(ViewModel):
    """How we stand to the world, read every two seconds besides."""

    noticed = Signal(str, bool)
    """A sentence, and whether it is serious."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.status: AppStatus = app.status()
        self.listen(RelaysChanged, self.touch)
        self.listen(ChannelsChanged, self.touch)
        self.listen(ProfileChanged, self._profile_changed)
        self.listen(Notice, self._notice)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.touch)
        self._timer.start()

    def refresh(self) -> None:
        """Reads the status anew."""
        self.status = self._app.status()

    def close(self) -> None:
        """Hears nothing more."""
        self._timer.stop()
        super().close()

    def _profile_changed(self, event: ProfileChanged) -> None:
        myself = self.status.myself
        if myself is None or event.pubkey == myself.pubkey:
            self.touch()

    def _notice(self, notice: Notice) -> None:
        self.noticed.emit(notice.text, notice.serious)
