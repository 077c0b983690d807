"""The fields of one's own profile, as a side of its panel."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.own_profile import Field, Own, OwnProfileViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.copy_line import CopyLine, short_npub
from tipdesk.ui.widgets.field_line import LABEL, FieldLine
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.state_line import StateLine
from tipdesk.ui.widgets.text import Text

_OTHERS = 250
"""Pixels of the window that the rest of the panel needs."""
_FIELDS = {
    Field.NAME: (Phrase("Name"), Phrase("Your name"), Phrase("What others call you")),
    Field.ABOUT: (Phrase("About"), Phrase("About you"), Phrase("A few words about you")),
    Field.PICTURE: (Phrase("Picture"), Phrase("Address of your picture"), "https://…/me.jpg"),
    Field.WEBSITE: (Phrase("Website"), Phrase("Your website"), "https://…"),
    Field.LIGHTNING: (Phrase("Lightning"), Phrase("Your lightning address"), "name@example.com"),
    Field.NIP05: (Phrase("NIP-05 name"), Phrase("Your name under a domain"), "name@example.com"),
}
_NEW = Phrase(
    "You have no public profile yet. What you write here is the first that others see of you."
)


class OwnForm(QWidget):
    """`resized` when it is higher or lower than before."""

    resized = Signal()

    def __init__(self, model: OwnProfileViewModel) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.NEAR)
        self.state = StateLine(t("Asking your relays for your profile …"))
        self.state.again.clicked.connect(model.look)
        layout.addWidget(self.state)
        self._new = Text(say(_NEW), Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._new)
        self._inner = QWidget()
        inner = column(self._inner, spacing=Space.SNUG)
        self.fields: dict[Field, FieldLine] = {}
        for field, (label, name, hint) in _FIELDS.items():
            line = FieldLine(say(label), say(name), say(hint), lines=field is Field.ABOUT)
            line.written.connect(lambda text, f=field: model.write(f, text))
            self.fields[field] = line
            inner.addWidget(line)
        self._scroll = ScrollColumn(t("Your profile"), tight=True)
        self._scroll.add(self._inner)
        layout.addWidget(self._scroll)
        layout.addStretch(1)
        self.npub = CopyLine(t("Key"), t("your npub"), wide=LABEL)
        layout.addWidget(self.npub)
        layout.addWidget(self._make_foot())
        model.begun.connect(self._begun)
        model.changed.connect(self.update_view)

    @property
    def said_text(self) -> str:
        """What became of saving."""
        return self._said.text()

    def begin(self) -> None:
        """Shows what there is, and asks for the latest."""
        self._model.begin()
        self._show_texts()
        self.update_view()
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """The first field, or what stands in its place."""
        waits = self.state.again if self.state.again.isVisibleTo(self) else self.npub.button
        first = self.fields[Field.NAME].edit if self._scroll.isVisibleTo(self) else waits
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field saves; in the one of many lines it is Ctrl+Enter."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_sent = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_enter and (is_sent or isinstance(self.window().focusWidget(), QLineEdit)):
            self._model.save()
            event.accept()
        else:
            super().keyPressEvent(event)

    def update_view(self) -> None:
        """What is wrong, what is said, and whether it can be saved."""
        model = self._model
        is_there = model.state is Own.THERE
        self.state.show_state(is_there=is_there, problem=model.problem)
        self._new.setVisible(model.is_new)
        self._scroll.setVisible(is_there)
        self._foot.setVisible(is_there)
        for field, line in self.fields.items():
            line.show_said(model.problem_of(field), model.hint_of(field))
        npub = "" if model.myself is None else model.myself.npub
        self.npub.show_value(npub, short_npub(npub))
        has_changes = bool(model.changes)
        self._said.setText(model.said.text or (t("Not published yet.") if has_changes else ""))
        self._said.set_tone(model.said.tone)
        self.save_button.setEnabled(model.can_save)
        self.drop_button.setVisible(has_changes)
        self.drop_button.setEnabled(not model.is_saving)
        self._fit()
        self.resized.emit()

    def _make_foot(self) -> QWidget:
        self._foot = QWidget()
        line = row(spacing=Space.SNUG)
        self._foot.setLayout(line)
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        self.drop_button = Button(t("Discard"), name=t("Discard what is not published yet"))
        self.drop_button.clicked.connect(self._drop)
        self.save_button = Button(t("Publish"), icon="check", look=Look.PRIMARY)
        self.save_button.clicked.connect(self._model.save)
        line.addWidget(self._said, 1)
        line.addWidget(self.drop_button)
        line.addWidget(self.save_button)
        return self._foot

    def _drop(self) -> None:
        self._model.drop_changes()
        self.take_keyboard()

    def _begun(self) -> None:
        waited = self.window().focusWidget() in (self.npub.button, self.state.again)
        self._show_texts()
        self.update_view()
        if waited and self.isVisible():
            self.take_keyboard()

    def _show_texts(self) -> None:
        for field, line in self.fields.items():
            line.show_text(self._model.text(field))

    def _fit(self) -> None:
        layout = self._inner.layout()
        if layout is None:
            return
        layout.activate()
        wide = self._inner.width()
        high = layout.totalHeightForWidth(wide) if layout.hasHeightForWidth() else -1
        room = self.window().height() - _OTHERS
        wanted = max(high, layout.totalMinimumSize().height())
        self._scroll.setFixedHeight(min(wanted, room))
