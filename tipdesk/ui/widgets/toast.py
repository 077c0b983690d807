"""A notice in the window: it goes by itself, unless it is serious."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import column, paint_floating, row
from tipdesk.ui.widgets.text import Text

_SHADOW = 7
_STAY_MS = 6_000
_WIDEST = 520


class Toast(QWidget):
    """One sentence, read out by screen readers when it comes."""

    def __init__(self) -> None:
        super().__init__()
        outer = column(self, margin=_SHADOW)
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(14, 9, 8, 9)
        self._icon = Icon("info", "accent_ink", 20)
        self._words = Text("", Type.BODY, wrap=True)
        self._words.setMaximumWidth(_WIDEST)
        close = Button(icon="close", look=Look.GHOST, name=t("Dismiss"), small=True)
        close.clicked.connect(self.dismiss)
        line.addWidget(self._icon)
        line.addWidget(self._words, 1)
        line.addWidget(close)
        outer.addLayout(line)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._words.text()

    def say(self, text: str, *, serious: bool) -> None:
        """Shows a sentence; a serious one stays until it is dismissed."""
        sentence = words.line(text)
        self._words.setText(sentence)
        wide = self._words.fontMetrics().horizontalAdvance(sentence) + 6
        self._words.setMinimumWidth(min(_WIDEST, wide))
        self._icon.show_icon("alert" if serious else "info", "bad" if serious else "accent_ink")
        self.setAccessibleName(sentence)
        if serious:
            self._timer.stop()
        else:
            self._timer.start(_STAY_MS)
        self.show()
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def dismiss(self) -> None:
        """Takes it away."""
        self._timer.stop()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Floating ground."""
        paint_floating(self, _SHADOW)
