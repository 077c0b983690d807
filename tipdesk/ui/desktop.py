"""A window as a citizen of the desktop: it is found where it was left."""

from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.session import Session


class Desktop:
    """Made for an app; it takes the app's window, and releases it before that goes."""

    def __init__(self, app: AppFacade) -> None:
        self._app = app
        self._session: Session | None = None

    def take(self, window: MainWindow) -> bool:
        """Before the window is seen; whether it is to be seen at once."""
        self._session = Session(window, self._app.preferences)
        self._session.begin()
        return True

    def release(self) -> None:
        """Keeps what the next start is to find."""
        if self._session is not None:
            self._session.end()
