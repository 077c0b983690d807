"""What all view models share: they hear the bus, and say `changed` once a turn of the loop."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from tipdesk.base.errors import TipDeskError
from tipdesk.base.phrase import Phrase
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent
from tipdesk.ui.i18n import say, t

E = TypeVar("E", bound=AppEvent)


class ViewModel(QObject):
    """Properties for one view; `changed` after any of them may be another."""

    changed = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._subscriptions: list[Callable[[], None]] = []
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._tell)

    def listen(self, kind: type[E], handler: Callable[[E], None]) -> None:
        """Hears an event of the bus until `close`."""
        self._subscriptions.append(self._bus.subscribe(kind, handler))

    def touch(self, _event: AppEvent | None = None) -> None:
        """Something is another than before: `refresh` and `changed` follow once, soon."""
        if not self._turn.isActive():
            self._turn.start()

    def refresh(self) -> None:
        """Reads anew what the properties show; before every `changed`."""

    def close(self) -> None:
        """Hears nothing more."""
        for unsubscribe in self._subscriptions:
            unsubscribe()
        self._subscriptions.clear()
        self._turn.stop()

    def _tell(self) -> None:
        self.refresh()
        self.changed.emit()


def sentence(error: TipDeskError) -> str:
    """What an expected error says to a person; `RequestError`s are written as sentences.

    One that was raised with a `Phrase` is said in the person's language.
    """
    first = error.args[0] if error.args else ""
    said = say(first) if isinstance(first, Phrase) else str(error)
    text = said.strip() or t("That did not work.")
    text = text[0].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。")) else f"{text}."
