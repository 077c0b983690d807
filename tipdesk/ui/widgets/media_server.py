"""Where pictures are uploaded to, in a sentence, and the field in which that is chosen."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text

_FIELD = 36


class MediaServerBox(QWidget):
    """`chosen` with what was typed; the field is open while there is no server."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        layout = column(self, spacing=Space.SNUG)
        head = row(spacing=Space.NEAR)
        self.words = Text("", Type.SMALL, "soft", wrap=True)
        self.change_button = Button(
            t("Change"), look=Look.GHOST, small=True, name=t("Change the media server")
        )
        self.change_button.clicked.connect(self._open)
        head.addWidget(self.words, 1)
        head.addWidget(self.change_button)
        layout.addLayout(head)
        self._form = QWidget()
        line = row(spacing=Space.SNUG)
        self._form.setLayout(line)
        self.field = QLineEdit()
        self.field.setFixedHeight(_FIELD)
        self.field.setMaxLength(200)
        self.field.setPlaceholderText(t("https://, or empty for none"))
        self.field.setAccessibleName(t("Address of a media server"))
        self.button = Button(t("Use it"), small=True, name=t("Use this media server"))
        for press in (self.field.returnPressed, self.button.clicked):
            press.connect(lambda *_: self.chosen.emit(self.field.text()))
        line.addWidget(self.field, 1)
        line.addWidget(self.button)
        layout.addWidget(self._form)
        self._server: str | None = None
        self._is_open = False

    def show_server(self, server: str, words: str) -> None:
        """The server that holds now, and what that means."""
        self.words.setText(words)
        if server != self._server:
            self._server, self._is_open = server, False
            with QSignalBlocker(self.field):
                self.field.setText(server)
        self._form.setVisible(self._is_open or not server)
        self.change_button.setVisible(bool(server) and not self._is_open)

    def _open(self) -> None:
        self._is_open = True
        self.show_server(self._server or "", self.words.text())
        self.field.setFocus()
        self.field.selectAll()
