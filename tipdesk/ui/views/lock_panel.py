"""The panel that sets, changes or takes away the passphrase of the lock."""

from enum import Enum

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tipdesk.services.app_lock import LEAST_CHARS, MOST_CHARS
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.lock import LockSettingViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.text import Text

_WIDTH = 380


class Change(Enum):
    """What is done to the lock."""

    SET = 0
    CHANGE = 1
    REMOVE = 2


class LockPanel(Popover):
    """Asks for what the change needs, and says what went wrong."""

    def __init__(self, model: LockSettingViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self._change = Change.SET
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        head = row()
        self._title = Text("", Type.HEADING)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._title, 1)
        head.addWidget(close)
        layout.addLayout(head)
        self._about = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._about)
        self.old = SecretEdit(t("The passphrase of now"), most=MOST_CHARS)
        self.new = SecretEdit(t("The new passphrase"), most=MOST_CHARS)
        self.again = SecretEdit(t("The new passphrase, again"), most=MOST_CHARS)
        for field in (self.old, self.new, self.again):
            layout.addWidget(field)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.done_button = Button(look=Look.PRIMARY, name=t("Set the lock"))
        self.done_button.clicked.connect(self._do)
        layout.addWidget(self.done_button)
        model.changed.connect(self._update)
        self.closed.connect(self._clear)

    @property
    def problem_text(self) -> str:
        """What it says went wrong."""
        return self._problem.text()

    def open_for(self, change: Change, anchor: QRect, back: QWidget) -> None:
        """Shows what a change needs."""
        self._change = change
        self._clear()
        self._model.begin()
        title, action = _titles()[change]
        self.setAccessibleName(title)
        self._title.setText(title)
        self.done_button.set_label(action)
        self._about.setText(_about(change))
        self.old.setVisible(change is not Change.SET)
        self.new.setVisible(change is not Change.REMOVE)
        self.again.setVisible(change is not Change.REMOVE)
        self.open_at(anchor, back)
        (self.new if change is Change.SET else self.old).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes to the next field, from the last one it does it."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
            return
        fields = [f for f in (self.old, self.new, self.again) if not f.isHidden()]
        empty = next((f for f in fields if not f.text()), None)
        if empty is None:
            self._do()
        else:
            empty.setFocus()
        event.accept()

    def _do(self) -> None:
        if self._change is Change.REMOVE:
            self._model.remove(self.old.text())
        else:
            self._model.set(self.new.text(), self.again.text(), self.old.text())

    def _update(self) -> None:
        if self.isHidden():
            return
        model = self._model
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        self.done_button.setEnabled(not model.is_busy)
        self.done_button.set_label(t("One moment") if model.is_busy else _titles()[self._change][1])
        if model.is_done:
            self.dismiss()

    def _clear(self) -> None:
        for field in (self.old, self.new, self.again):
            field.clear()


def _titles() -> dict[Change, tuple[str, str]]:
    return {
        Change.SET: (t("Set a passphrase"), t("Set the lock")),
        Change.CHANGE: (t("Change the passphrase"), t("Change it")),
        Change.REMOVE: (t("Take the lock away"), t("Take it away")),
    }


def _about(change: Change) -> str:
    if change is Change.REMOVE:
        return t("Whoever is at this machine can open the window then.")
    return t(
        "At least {count} characters. It locks the window; it is not the passphrase of your "
        "wallet file, and your words take the lock away if you forget it.",
        count=LEAST_CHARS,
    )
