"""Where a window was and which page it showed: found again at the next start."""

from PySide6.QtCore import QByteArray, QEvent, QObject, QTimer
from PySide6.QtGui import QGuiApplication

from tipdesk.services.preferences import PreferenceKeeper
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

_QUIET_MS = 1_500
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.WindowStateChange)
_MOST_CHARS = 2_000


class Session(QObject):
    """Keeps both when the window has come to rest, and once more at the end."""

    def __init__(self, window: MainWindow, keeper: PreferenceKeeper) -> None:
        super().__init__(window)
        self._window, self._keeper = window, keeper
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_QUIET_MS)
        self._rest.timeout.connect(self.keep)

    def begin(self) -> None:
        """Brings the window to where it was, and watches it from now on."""
        kept = self._keeper.now
        if kept.geometry and len(kept.geometry) <= _MOST_CHARS:
            self._window.restoreGeometry(
                QByteArray.fromHex(kept.geometry.encode("ascii", "ignore"))
            )
            self._bring_onto_a_screen()
        page = next((one for one in PageName if one.name.lower() == kept.last_page), None)
        if page is not None:
            self._window.open_page(page)
        self._window.pages.currentChanged.connect(self._rest.start)
        self._window.installEventFilter(self)

    def end(self) -> None:
        """Keeps what is so now, and watches no more."""
        self._window.removeEventFilter(self)
        self._rest.stop()
        self.keep()

    def keep(self) -> None:
        """Into the preferences."""
        geometry = bytes(self._window.saveGeometry().toHex().data()).decode("ascii")
        self._keeper.change(geometry=geometry, last_page=self._window.page.name.lower())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Each move begins the wait anew."""
        if event.type() in _MOVES:
            self._rest.start()
        return False

    def _bring_onto_a_screen(self) -> None:
        """The screen it was on may be unplugged: what nobody can reach is moved to where one is."""
        window, screens = self._window, QGuiApplication.screens()
        if not screens or any(
            one.availableGeometry().intersected(window.geometry()).width() > window.width() // 3
            and one.availableGeometry().contains(window.geometry().topLeft())
            for one in screens
        ):
            return
        place = QGuiApplication.primaryScreen().availableGeometry()
        window.resize(window.size().boundedTo(place.size()))
        window.move(place.center() - window.rect().center())
