"""A button that opens a list of words to choose one of."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QMenu

from tipdesk.ui.widgets.button import Button

_MOST_CHARS = 28


class Chooser(Button):
    """Shows the choice; `chosen` with another one. `last` is a line that does something else."""

    chosen = Signal(str)

    def __init__(
        self, name: str, none: str, *, last: str = "", act: Callable[[], None] | None = None
    ) -> None:
        super().__init__(none, name=name)
        self._name, self._none, self._last, self._act = name, none, last, act
        self._choices: tuple[str, ...] = ()
        self.choice = ""
        self.menu_shown: QMenu | None = None
        self.clicked.connect(self._open)

    def offer(self, choices: Sequence[str]) -> None:
        """What can be chosen beside nothing."""
        self._choices = tuple(choices)

    def choose(self, choice: str) -> None:
        """Shows a choice; empty for none."""
        self.choice = choice
        shown = choice or self._none
        if len(shown) > _MOST_CHARS:
            shown = f"{shown[: _MOST_CHARS - 1]}…"
        self.set_label(shown, f"{self._name}: {choice or self._none}")

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(self._name)
        for choice in ("", *self._choices):
            # An ampersand would mark a key.
            action = menu.addAction((choice or self._none).replace("&", "&&"))
            action.triggered.connect(lambda _=False, c=choice: self._take(c))
        if self._last and self._act is not None:
            menu.addSeparator()
            menu.addAction(self._last).triggered.connect(self._act)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu_shown = menu
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _take(self, choice: str) -> None:
        self.choose(choice)
        self.chosen.emit(choice)
