"""A tip that came in: who, as far as that is proven, how much, for what, and the note on it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import IncomingTip
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.viewmodels.copies import Copied, income_copied
from tipdesk.ui.viewmodels.creator import (
    CreatorViewModel,
    proven_sender,
    sender_name,
    sender_proof,
    spoken,
)
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.line_row import LineRow
from tipdesk.ui.widgets.text import plain_tooltip


class IncomeRow(LineRow):
    """A name stands in full weight only if its owner signed.

    `note_wanted` with the tip; `reply_wanted` with the key of who certainly tipped.
    """

    note_wanted = Signal(object)
    reply_wanted = Signal(object)

    def __init__(self, model: CreatorViewModel, images: Images, parent: QWidget) -> None:
        self._avatar = Avatar(40, images)
        super().__init__(self._avatar, parent)
        self._model = model
        self.tip: IncomingTip | None = None
        self.button = Button(icon="comment", look=Look.GHOST, small=True, name=t("Note on a tip"))
        self.button.clicked.connect(lambda: self.note_wanted.emit(self.tip))
        self.reply_button = Button(icon="reply", look=Look.GHOST, small=True, name=t("Reply"))
        self.reply_button.clicked.connect(self.reply)
        self.private = Icon("lock", "ink_faint", 16)
        self.private.setToolTip(t("Their words came in a private message. Nobody else sees them."))
        self.extras.addWidget(self.private)
        self.extras.addWidget(self.reply_button)
        self.extras.addWidget(self.button)

    def show_row(self, view: IncomingTip) -> None:
        """Shows a tip."""
        self.tip = view
        self.setAccessibleName(spoken(view))
        sender = proven_sender(view)
        self._avatar.show_profile(sender)
        is_signed = sender is not None
        name = sender_name(view) if sender is None else words.name(sender.title)
        self.who.setText(t("{name} tipped you", name=name))
        self.who.setFont(font(Type.STRONG if is_signed else Type.BODY))
        self.who.set_tone("" if is_signed else "faint")
        self.setToolTip(plain_tooltip(sender_proof(view)))
        post = self._model.about(view.target_event)
        comment = f"“{words.line(view.comment)}”" if view.comment else ""
        note = t("Note: {note}", note=words.line(view.note)) if view.note else ""
        alone = view.in_private
        private = "" if alone is None else t("In private: “{text}”", text=words.line(alone.text))
        said = " · ".join(filter(None, (note, private, comment, post)))
        self.what.setText(said or t("No comment"))
        self.private.setVisible(alone is not None)
        self.reply_button.setVisible(alone is not None)
        self.reply_button.setAccessibleName(t("Reply to {name} in private", name=name))
        self.pill.setVisible(view.awaits_receipt)
        self.pill.show_words(t("New"), "accent")
        self.pill.setToolTip(t("Its receipt is not published yet."))
        self.button.setAccessibleName(t("Note on the tip of {amount}", amount=view.amount))
        self.amount.setText(f"+{words.amount(view.amount)}")
        self.amount.set_tone("good")
        self.meta.setText(words.ago(view.at, self._model.now))
        self.glow()

    def copied(self) -> Copied | None:
        """A line of text."""
        return None if self.tip is None else income_copied(self.tip)

    def reply(self) -> None:
        """Wants to write to who certainly tipped."""
        sender = None if self.tip is None else proven_sender(self.tip)
        if sender is not None:
            self.reply_wanted.emit(sender.pubkey)

    def glow(self) -> None:
        """A tip that landed this moment stands out, less and less."""
        if self.tip is not None:
            self.set_glow(self._model.glow(self.tip.payment_hash))
