"""Who proved that they sent a payment, with what leads back to them; or telling who got ours."""

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text


class SenderBox(QWidget):
    """`reply` and `send_back` with a key, `tell` alone. Hidden where there is nothing to say."""

    reply = Signal(object)
    send_back = Signal(object)
    tell = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._sender: ProfileView | None = None
        inner = column(self, spacing=Space.SNUG)
        self.said = Text("", Type.SMALL, "soft", wrap=True)
        inner.addWidget(self.said)
        foot = row(spacing=Space.SNUG)
        self.reply_button = Button(t("Reply"), icon="comment")
        self.reply_button.clicked.connect(lambda: self._lead(self.reply))
        self.back_button = Button(t("Send back"), icon="send")
        self.back_button.clicked.connect(lambda: self._lead(self.send_back))
        self.tell_button = Button(t("Tell them that it was you"), icon="comment")
        self.tell_button.clicked.connect(self.tell)
        for button in (self.reply_button, self.back_button, self.tell_button):
            foot.addWidget(button, 1)
        inner.addLayout(foot)

    def show_for(self, sender: ProfileView | None, to_tell: ProfileView | None) -> None:
        """`sender` of what came in, or who can be told of what went out."""
        self._sender = sender
        self.setVisible(sender is not None or to_tell is not None)
        for button in (self.reply_button, self.back_button):
            button.setVisible(sender is not None)
        self.tell_button.setVisible(sender is None and to_tell is not None)
        if sender is not None:
            name = words.name(sender.title)
            self.said.setText(t("{name} proved that they sent this.", name=name))
        elif to_tell is not None:
            self.said.setText(
                t(
                    "Nothing told {name} that it was you. A private message can prove it to them: "
                    "they learn your npub by it.",
                    name=words.name(to_tell.title),
                )
            )

    def _lead(self, back: SignalInstance) -> None:
        if self._sender is not None:
            back.emit(self._sender.pubkey)
