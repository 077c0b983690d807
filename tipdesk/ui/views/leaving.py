"""What is seen while the window is left: that TipDesk keeps running, or what its end waits for."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.leaving import Leaving, LeavingViewModel, title_of, words_of
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import Badge
from tipdesk.ui.widgets.panel import column, dismiss_popovers, row
from tipdesk.ui.widgets.text import Text

_WIDE = 420


class LeavingCover(QWidget):
    """Over all of the window; two buttons, and Escape for staying."""

    def __init__(self, model: LeavingViewModel, window: QWidget) -> None:
        super().__init__(window)
        self._model, self._window = model, window
        middle = QWidget()
        middle.setFixedWidth(_WIDE)
        inner = column(middle, spacing=Space.NEAR)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._badge = Badge("bolt")
        inner.addWidget(self._badge, 0, centre)
        inner.addSpacing(Space.TIGHT)
        self._title = Text("", Type.TITLE)
        inner.addWidget(self._title, 0, centre)
        self._words = Text("", Type.BODY, "soft", wrap=True)
        self._words.setAlignment(centre)
        inner.addWidget(self._words)
        inner.addSpacing(Space.SNUG)
        buttons = row(spacing=Space.SNUG)
        self.away = Button(look=Look.GHOST, name=t("Quit"))
        self.main = Button(look=Look.PRIMARY, name=t("Keep it running"))
        buttons.addStretch(1)
        buttons.addWidget(self.away)
        buttons.addWidget(self.main)
        buttons.addStretch(1)
        inner.addLayout(buttons)
        outer = column(self)
        outer.addStretch(2)
        across = row()
        across.addStretch(1)
        across.addWidget(middle)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(3)
        self.away.clicked.connect(self._leave)
        self.main.clicked.connect(self._go_on)
        window.installEventFilter(self)
        model.changed.connect(self.update_view)
        self.hide()

    @property
    def said_text(self) -> str:
        """What it says."""
        return self._words.text()

    def update_view(self) -> None:
        """Where it stands; away when nobody leaves."""
        stage = self._model.stage
        if stage is Leaving.NOT:
            self.hide()
            return
        told = stage is Leaving.TOLD
        self._badge.show_icon("bolt" if told else "clock")
        self._title.setText(title_of(stage))
        self._words.setText(words_of(self._model))
        self.setAccessibleName(title_of(stage))
        self.away.set_label(t("Quit") if told else t("Quit now"))
        self.main.set_label(t("Keep it running") if told else t("Stay open"))
        if not self.isVisible():
            dismiss_popovers(self._window)
            self.setGeometry(self._window.rect())
            # A lock that was there before has switched everything beside it off.
            self.setEnabled(True)
            self.show()
            self.raise_()
            self.main.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As large as the window."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stays."""
        if event.key() == Qt.Key.Key_Escape:
            self._model.stay()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing shines through."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(roles().canvas))
        painter.end()

    def _leave(self) -> None:
        if self._model.stage is Leaving.TOLD:
            self._model.quit_for_good()
        else:
            self._model.quit_now()

    def _go_on(self) -> None:
        if self._model.stage is Leaving.TOLD:
            self._model.go_into_tray()
        else:
            self._model.stay()
