"""Where a message is written: as high as its words, Enter sends, Shift+Enter begins a new line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.messages import measure
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

_LEAST, _MOST = 42, 168
_EDGES = 22


class MessageEdit(QPlainTextEdit):
    """`entered` on Enter, `left` on Escape."""

    entered = Signal()
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends; with Shift it is a new line."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Composer(QWidget):
    """`sent` with the words; they stay until they are taken away with `clear`."""

    sent = Signal(str)
    changed = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, spacing=Space.TIGHT)
        line = row(spacing=Space.SNUG)
        self.edit = MessageEdit()
        self.edit.setFont(font(Type.BODY))
        self.edit.setTabChangesFocus(True)
        self.edit.setAccessibleName(t("Message"))
        self.edit.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.edit.setFixedHeight(_LEAST)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())
        self.edit.entered.connect(self.send)
        self.edit.left.connect(self.left)
        self.button = Button(icon="arrow-up", look=Look.PRIMARY, name=t("Send (Enter)"))
        self.button.setFixedSize(_LEAST, _LEAST)
        self.button.clicked.connect(self.send)
        line.addWidget(self.edit, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignBottom)
        layout.addLayout(line)
        self.count = Text("", Type.SMALL, "soft", tabular=True)
        self.count.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.count.hide()
        layout.addWidget(self.count)
        self._is_open = True
        self._text_changed()

    @property
    def text(self) -> str:
        """What is written."""
        return self.edit.toPlainText()

    def show_draft(self, text: str, name: str) -> None:
        """Begins with what was written before to somebody."""
        self.edit.setPlaceholderText(t("Write to {name}", name=name))
        self.edit.setAccessibleName(t("Message to {name}", name=name))
        if text != self.text:
            self.edit.setPlainText(text)
            self.edit.moveCursor(self.edit.textCursor().MoveOperation.End)

    def set_open(self, *, is_open: bool) -> None:
        """Whether what is written can go now."""
        self._is_open = is_open
        self._show_state()

    def send(self) -> None:
        """Sends what is written, if it can be."""
        if self.button.isEnabled():
            self.sent.emit(self.text)

    def _text_changed(self) -> None:
        self._show_state()
        self.changed.emit(self.text)

    def _show_state(self) -> None:
        measured = measure(self.text)
        self.button.setEnabled(self._is_open and measured.can_go)
        self.count.setText(measured.count)
        self.count.set_tone("bad" if measured.is_too_long else "soft")
        self.count.setVisible(bool(measured.count))

    def _fit(self) -> None:
        lines = self.edit.document().size().height()
        high = round(lines * self.edit.fontMetrics().lineSpacing()) + _EDGES
        self.edit.setFixedHeight(max(_LEAST, min(_MOST, high)))
        shown = Qt.ScrollBarPolicy.ScrollBarAsNeeded
        hidden = Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.edit.setVerticalScrollBarPolicy(shown if high > _MOST else hidden)
