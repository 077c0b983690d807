"""A window as a citizen of the desktop: it is found where it was left, and has an icon in the tray.

Made for an app; it takes the app's window before that is seen, and releases it before that goes.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject

from tipdesk.base.errors import BackendError
from tipdesk.ui.loop import cancel_all, spawn
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.news import SHOW, THANK, News, NewsViewModel
from tipdesk.ui.views.desktop_tray import Tray, tray_is_there
from tipdesk.ui.views.dropping import Dropping
from tipdesk.ui.views.forward import bring_forward
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.views.session import Session

_MOST_SHOWN = 50


class Desktop(QObject):
    """`starts_hidden`: with a tray, the window waits there until it is asked for."""

    def __init__(
        self,
        app: AppFacade,
        *,
        starts_hidden: bool = False,
        has_tray: Callable[[], bool] = tray_is_there,
    ) -> None:
        super().__init__()
        self._app = app
        self._starts_hidden, self._has_tray = starts_hidden, has_tray
        self._window: MainWindow | None = None
        self._session: Session | None = None
        self.tray: Tray | None = None
        self._news: NewsViewModel | None = None
        self._shown: dict[int, News] = {}
        self._stop_hearing: Callable[[], None] = lambda: None

    def take(self, window: MainWindow) -> bool:
        """Before the window is seen; whether it is to be seen at once."""
        self._window = window
        self._session = Session(window, self._app.preferences)
        self._session.begin()
        window.installEventFilter(self)
        models = window.models
        Dropping(window, window.open_link, lambda: not models.lock.is_locked)
        if self._has_tray():
            self.tray = Tray(models.desktop, _Handled(window), self)
        models.leaving.has_tray = models.desktop.has_tray = self.tray is not None
        models.desktop.touch()
        self._news = NewsViewModel(self._app, models.desktop, window)
        self._news.in_front = window.isActiveWindow
        self._news.happened.connect(self._happened)
        self._stop_hearing = self._app.notifications.listen(self._chosen)
        models.leaving.hidden.connect(window.hide)
        return not (self._starts_hidden and self.tray is not None)

    def release(self) -> None:
        """Keeps what the next start is to find."""
        self._stop_hearing()
        if self._news is not None:
            self._news.close()
        cancel_all(self)
        if self._window is not None:
            self._window.removeEventFilter(self)
        if self._session is not None:
            self._session.end()
        if self.tray is not None:
            self.tray.take_away()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that comes to the front is looked at."""
        if self._window is not None and watched is self._window:
            kind = event.type()
            if kind == QEvent.Type.WindowActivate:
                self._window.models.desktop.seen()
            elif kind in (QEvent.Type.Show, QEvent.Type.Hide):
                self._window.models.desktop.touch()
        return False

    def _happened(self, news: News) -> None:
        spawn(self._tell(news), self)

    async def _tell(self, news: News) -> None:
        try:
            number = await self._app.notifications.show(news.told)
        except BackendError:
            if self.tray is not None:
                self.tray.tell(news.told, lambda: self._lead_to(news, SHOW))
            return
        self._shown[number] = news
        while len(self._shown) > _MOST_SHOWN:
            del self._shown[next(iter(self._shown))]

    def _chosen(self, number: int, action: str) -> None:
        news = self._shown.pop(number, None)
        if news is not None:
            self._lead_to(news, action)

    def _lead_to(self, news: News, action: str) -> None:
        window = self._window
        if window is None:
            return
        bring_forward(window)
        if window.models.lock.is_locked:
            return
        if action == THANK and news.sender is not None:
            window.open_conversation(news.sender)
        else:
            window.open_page(next(p for p in PageName if p.name.lower() == news.place.value))


class _Handled:
    """See `Trayed`."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def is_shown(self) -> bool:
        """See `Trayed.is_shown`."""
        return self._window.isVisible() and not self._window.isMinimized()

    def come_forward(self) -> None:
        """See `Trayed.come_forward`."""
        bring_forward(self._window)

    def go_away(self) -> None:
        """See `Trayed.go_away`."""
        self._window.hide()

    def open_tips(self) -> None:
        """See `Trayed.open_tips`."""
        bring_forward(self._window)
        self._window.open_page(PageName.CREATOR)

    def open_send(self) -> None:
        """See `Trayed.open_send`."""
        bring_forward(self._window)
        self._window.open_page(PageName.WALLET)
        self._window.pages.wallet.open_send()

    def open_receive(self) -> None:
        """See `Trayed.open_receive`."""
        bring_forward(self._window)
        self._window.pages.open_receive()

    def lock_up(self) -> None:
        """See `Trayed.lock_up`."""
        self._window.lock_up()

    def quit(self) -> None:
        """See `Trayed.quit`: what the end waits for has to be seen."""
        self._window.quit()
        if self._window.models.leaving.is_waiting:
            bring_forward(self._window)
