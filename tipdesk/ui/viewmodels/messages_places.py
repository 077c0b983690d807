"""Where we take private messages: the list, and what came of a change."""

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.services.events import RelaysChanged
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade


class MessagePlacesViewModel(ViewModel):
    """One change at a time; `problem` says why the last one was not made."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.problem = ""
        self.is_busy = False
        self.listen(RelaysChanged, self.touch)

    @property
    def urls(self) -> tuple[str, ...]:
        """Our places, as far as known."""
        return self._app.messages.places.own()

    def look(self) -> None:
        """Asks the relays for the latest list: it may have been changed elsewhere."""
        self._do(self._app.messages.places.refresh_own)

    def open_first(self) -> None:
        """The first relays of the settings."""
        self._do(self._app.messages.places.open_first)

    def use(self, url: str) -> None:
        """One more."""
        self._do(lambda: self._app.messages.places.use_relay(url.strip()))

    def drop(self, url: str) -> None:
        """One less."""
        self._do(lambda: self._app.messages.places.drop_relay(url))

    def _do(self, change: Callable[[], Awaitable[tuple[str, ...]]]) -> None:
        if not self.is_busy:
            self.is_busy, self.problem = True, ""
            self.changed.emit()
            spawn(self._done(change), self)

    async def _done(self, change: Callable[[], Awaitable[tuple[str, ...]]]) -> None:
        try:
            await change()
        except (RequestError, BackendError, DecodeError) as error:
            self.problem = sentence(error)
        finally:
            self.is_busy = False
            self.changed.emit()
