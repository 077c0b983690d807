"""Warns before the private key of one's Nostr identity goes to the clipboard."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tipdesk.services.app_lock import MOST_CHARS
from tipdesk.ui.clipboard import STAYS_S, copy_secret
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.nostr_key import NostrKeyViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column
from tipdesk.ui.widgets.secret_edit import SecretEdit
from tipdesk.ui.widgets.text import Text

_WIDTH = 400


class NsecPanel(Popover):
    """The key is never on the screen: it is copied, and taken off the clipboard again."""

    def __init__(self, model: NostrKeyViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self._is_copied = False
        self.setAccessibleName(t("Copy the private key"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Copy the private key")))
        warning = Panel("warning")
        inner = column(warning, margin=Space.NEAR, spacing=Space.TIGHT)
        first = t("Whoever has this key is you on Nostr, for good.")
        inner.addWidget(Text(first, Type.STRONG, wrap=True))
        rest = t(
            "They can write in your name and read your messages, and it cannot be changed. Paste "
            "it only into a program that you trust as much as TipDesk. Your money is not "
            "reached by it."
        )
        inner.addWidget(Text(rest, Type.BODY, wrap=True))
        layout.addWidget(warning)
        never = t("Nobody from TipDesk ever asks for your private key.")
        layout.addWidget(Text(never, Type.SMALL, "soft", wrap=True))
        self.passphrase = SecretEdit(t("Passphrase of the lock"), most=MOST_CHARS)
        layout.addWidget(self.passphrase)
        self._said = Text("", Type.SMALL, wrap=True)
        layout.addWidget(self._said)
        self.copy_button = Button(icon="copy", look=Look.PRIMARY, name=t("Copy it"))
        self.copy_button.clicked.connect(self._copy)
        layout.addWidget(self.copy_button)
        model.changed.connect(self._update)
        model.revealed.connect(self._revealed)
        self.closed.connect(self.passphrase.clear)

    @property
    def said(self) -> str:
        """What it says came of it."""
        return "" if self._said.isHidden() else self._said.text()

    def open_for(self, anchor: QRect, back: QWidget) -> None:
        """Nothing is copied yet."""
        self._is_copied = False
        self._model.begin()
        self.passphrase.setVisible(self._model.asks_passphrase)
        self.open_at(anchor, back)
        self._update()
        (self.passphrase if self._model.asks_passphrase else self.copy_button).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter copies."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = self.focusWidget()
            (focused if isinstance(focused, Button) else self.copy_button).click()
            event.accept()
        else:
            super().keyPressEvent(event)

    def _copy(self) -> None:
        self._is_copied = False
        self._model.reveal(self.passphrase.text())
        self.passphrase.clear()

    def _revealed(self, nsec: str) -> None:
        if self.isHidden():
            return
        copy_secret(nsec)
        self._is_copied = True
        self._update()

    def _update(self) -> None:
        if self.isHidden():
            return
        problem = self._model.problem
        copied = t(
            "It is on the clipboard for {seconds} seconds, or until TipDesk locks or ends.",
            seconds=STAYS_S,
        )
        self._said.setText(problem or (copied if self._is_copied else ""))
        self._said.set_tone("bad" if problem else "good")
        self._said.setVisible(bool(self._said.text()))
        self.copy_button.setEnabled(not self._model.is_busy)
        self.copy_button.set_label(t("One moment") if self._model.is_busy else t("Copy it"))
