"""The lock of the window: what is seen instead of it, and how everything else is put away."""

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QShortcut, QStatusTipEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QWidget

from tipdesk.services.app_lock import MOST_CHARS
from tipdesk.ui.clipboard import forget_secret
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.lock import LockViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import Badge
from tipdesk.ui.widgets.panel import column, dismiss_popovers, row
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.toast import Toast

_WIDE = 340
_ACTS = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin)


class LockCover(QWidget):
    """Asks for the passphrase; for whoever lost it, for the words."""

    def __init__(self, model: LockViewModel, window: QWidget) -> None:
        super().__init__(window)
        self._model = model
        self.setAccessibleName(t("TipDesk is locked"))
        outer = column(self)
        middle = QWidget()
        middle.setFixedWidth(_WIDE)
        inner = column(middle, spacing=Space.NEAR)
        centre = Qt.AlignmentFlag.AlignHCenter
        inner.addWidget(Badge("lock"), 0, centre)
        inner.addSpacing(Space.TIGHT)
        inner.addWidget(Text(t("TipDesk is locked"), Type.TITLE), 0, centre)
        self._words_of_it = Text("", Type.BODY, "soft", wrap=True)
        self._words_of_it.setAlignment(centre)
        inner.addWidget(self._words_of_it)
        self.passphrase = SecretEdit(t("Passphrase of the lock"), most=MOST_CHARS)
        self.words = QLineEdit()
        self.words.setFixedHeight(40)
        self.words.setMaxLength(400)
        self.words.setPlaceholderText(t("Your words, with spaces between them"))
        self.words.setAccessibleName(t("The words of this profile"))
        self.words.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.open_button = Button(look=Look.PRIMARY, name=t("Unlock"))
        self.forgotten_button = Button(look=Look.GHOST, name=t("Forgotten it?"))
        for part in (self.passphrase, self.words, self._problem):
            inner.addWidget(part)
        inner.addWidget(self.open_button)
        inner.addWidget(self.forgotten_button, 0, centre)
        outer.addStretch(2)
        across = row()
        across.addStretch(1)
        across.addWidget(middle)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(3)
        self.passphrase.returnPressed.connect(self._open)
        self.words.returnPressed.connect(self._open)
        self.open_button.clicked.connect(self._open)
        self.forgotten_button.clicked.connect(self._change_way)
        self._by_words = False
        self._waiting = self.startTimer(500)
        model.changed.connect(self.update_view)
        self.hide()

    @property
    def problem_text(self) -> str:
        """What it says below the field."""
        return self._problem.text()

    def begin(self) -> None:
        """As if nothing had been typed."""
        self._by_words = False
        self._clear()
        self.update_view()
        self.passphrase.setFocus()

    def timerEvent(self, event: QEvent) -> None:
        """The seconds that are to be waited go by."""
        if self.isVisible():
            self.update_view()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Nothing shines through."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(roles().canvas))
        painter.end()

    def update_view(self) -> None:
        """Which way is open, what went wrong, how long to wait."""
        model, by_words = self._model, self._by_words
        self.passphrase.setVisible(not by_words)
        self.words.setVisible(by_words)
        self._words_of_it.setText(_about_words() if by_words else _about_lock())
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        action = t("Take the lock away") if by_words else t("Unlock")
        self.open_button.set_label(
            model.waiting or (t("One moment") if model.is_checking else action)
        )
        self.open_button.setEnabled(not model.waiting and not model.is_checking)
        self.forgotten_button.set_label(t("Use the passphrase") if by_words else t("Forgotten it?"))
        if not model.is_locked:
            self._clear()

    def _open(self) -> None:
        if not self.open_button.isEnabled():
            return
        if self._by_words:
            self._model.unlock_with_words(self.words.text())
        elif self.passphrase.text():
            self._model.unlock(self.passphrase.text())
            self.passphrase.selectAll()

    def _change_way(self) -> None:
        self._by_words = not self._by_words
        self._clear()
        self.update_view()
        (self.words if self._by_words else self.passphrase).setFocus()

    def _clear(self) -> None:
        for field in (self.passphrase, self.words):
            with QSignalBlocker(field):
                field.clear()


class WindowLock(QObject):
    """Puts all of a window away while its model says that it is locked, and brings it back."""

    def __init__(self, model: LockViewModel, window: QWidget, toast: Toast) -> None:
        super().__init__(window)
        self._model, self._window, self._toast = model, window, toast
        self.cover = LockCover(model, window)
        self._away: list[tuple[QWidget, bool]] = []
        """Children of the window that were put away, and whether they were on the screen."""
        self._stopped: list[QShortcut] = []
        self._keyboard: QWidget | None = None
        self._title = ""
        self._serious: list[str] = []
        self.is_locked = False
        window.installEventFilter(self)
        model.changed.connect(self.follow)

    def follow(self) -> None:
        """Does as the model says."""
        if self._model.is_locked != self.is_locked:
            self.is_locked = self._model.is_locked
            self._window.setProperty("locked", self.is_locked)
            if self.is_locked:
                self._put_away()
            else:
                self._bring_back()

    def say(self, text: str, *, serious: bool) -> None:
        """A notice. While it is locked nobody is told; what is serious is said afterwards."""
        if not self.is_locked:
            self._toast.say(text, serious=serious)
        elif serious:
            self._serious.append(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keeps the cover over all of the window; keys and clicks count as being there."""
        kind = event.type()
        if kind in _ACTS:
            was_locked = self.is_locked
            self._model.active()
            # A key that locked it by coming late was not meant for the lock.
            return self.is_locked and not was_locked
        if watched is self._window:
            if kind == QEvent.Type.Resize:
                self.cover.setGeometry(self._window.rect())
            elif kind == QEvent.Type.Show and (handle := self._window.windowHandle()) is not None:
                # All keys and clicks of the person come through it.
                handle.installEventFilter(self)
            elif isinstance(event, QStatusTipEvent) and event.tip():
                # What a row has to say came up to here.
                self.say(event.tip(), serious=False)
                return True
        return False

    def _put_away(self) -> None:
        window = self._window
        dismiss_popovers(window)
        QToolTip.hideText()
        forget_secret()
        for other in QApplication.topLevelWidgets():
            parent = other.parentWidget()
            if other.isVisible() and parent is not None and parent.window() is window:
                other.close()
        self._keyboard, self._title = window.focusWidget(), window.windowTitle()
        window.setWindowTitle(t("TipDesk, locked"))
        self._stopped = [key for key in window.findChildren(QShortcut) if key.isEnabled()]
        for key in self._stopped:
            key.setEnabled(False)
        self.cover.setGeometry(window.rect())
        self.cover.show()
        self.cover.raise_()
        self._away = [
            (part, not part.isHidden())
            for part in window.findChildren(
                QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly
            )
            if part is not self.cover and part.isEnabled()
        ]
        for part, _ in self._away:
            part.hide()
            # What cannot be used cannot be given the keyboard either, however it is asked for.
            part.setEnabled(False)
        self.cover.begin()

    def _bring_back(self) -> None:
        for part, was_there in self._away:
            part.setEnabled(True)
            part.setVisible(was_there)
        for key in self._stopped:
            key.setEnabled(True)
        self._away, self._stopped = [], []
        self.cover.hide()
        self._window.setWindowTitle(self._title)
        if self._keyboard is not None and self._keyboard.isVisible():
            self._keyboard.setFocus()
        for text in self._serious:
            self._toast.say(text, serious=True)
        self._serious = []


def _about_lock() -> str:
    return t("Your node goes on: what people tip you comes in, and alerts are shown.")


def _about_words() -> str:
    return t(
        "The words of this profile take the lock away. They are checked on this machine alone. "
        "Nobody from TipDesk ever asks for your words."
    )
