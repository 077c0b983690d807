"""An entry of the book of people while it is written: one line takes anything."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.tips.person import Reach
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.book_form import BookFormViewModel
from tipdesk.ui.views.book_entry import way_labels
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.field_line import LABEL, FieldLine
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.text import Text

_HIGH = 40


class EntryForm(QWidget):
    """`left` when nothing is to be kept of it."""

    left = Signal()

    def __init__(self, model: BookFormViewModel) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.NEAR)
        self._title = Text("", Type.HEADING)
        layout.addWidget(self._title)
        layout.addWidget(self._make_paste())
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._said)
        self._scroll = ScrollColumn(t("Fields of the entry"))
        self._scroll.add(self._make_fields())
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._make_foot())
        model.begun.connect(self._show_texts)
        model.changed.connect(self.update_view)

    @property
    def said_text(self) -> str:
        """What it says of the whole."""
        return self._said.text()

    def begin(self) -> None:
        """The keyboard goes to the line for anything, or to the name of somebody who is there."""
        self._show_texts()
        self.update_view()
        first = self.anything if self._model.is_new else self.name.edit
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter reads what was pasted, or saves; in the notes it is Ctrl+Enter. Escape leaves."""
        focused = self.window().focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_sent = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if is_enter and focused is self.anything and self.anything.text().strip():
            self._model.paste(self.anything.text(), is_whole=True)
        elif is_enter and isinstance(focused, Button):
            focused.click()
        elif is_enter and (is_sent or isinstance(focused, QLineEdit)):
            self._save()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.text():
            event.accept()
        else:
            super().keyPressEvent(event)

    def update_view(self) -> None:
        """What is wrong where, and what is said."""
        if not self.isVisible():
            return
        model = self._model
        self._title.setText(t("Somebody new") if model.is_new else t("Change the entry"))
        self.name.show_said(model.name_problem, "")
        for reach, line in self.fields.items():
            line.show_said(model.problem_of(reach), "")
        name = model.identifier
        self.ask_button.setVisible(name is not None)
        if name is not None:
            domain = words.line(name.domain)
            self.ask_button.set_label(t("Ask {domain} for their npub", domain=domain))
        self.ask_button.setEnabled(not model.is_asking)
        self._said.setText(model.said.text)
        self._said.set_tone(model.said.tone)
        self._said.setVisible(bool(model.said.text))

    def _make_paste(self) -> QWidget:
        holder = Panel("sunken")
        across = row(spacing=Space.SNUG)
        across.setContentsMargins(Space.NEAR, Space.SNUG, Space.NEAR, Space.SNUG)
        holder.setLayout(across)
        self.anything = QLineEdit()
        self.anything.setFixedHeight(_HIGH)
        self.anything.setMaxLength(20_000)
        self.anything.setPlaceholderText(t("Paste anything that leads to them"))
        self.anything.setAccessibleName(
            t("Paste an npub, a lightning address, a \u20bf name, an offer or a node's key")
        )
        self.anything.setToolTip(
            t("An npub, a profile link, a lightning address, a \u20bf name, lno1, a node's key")
        )
        self.anything.textChanged.connect(self._pasted)
        self.paste_button = Button(t("Paste"), icon="copy")
        self.paste_button.clicked.connect(self._paste)
        across.addWidget(self.anything, 1)
        across.addWidget(self.paste_button)
        return holder

    def _make_fields(self) -> QWidget:
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        self.name = FieldLine(t("Name"), t("What you call them"), t("What you call them"))
        self.name.written.connect(self._written)
        inner.addWidget(self.name)
        self.fields: dict[Reach, FieldLine] = {}
        asking = row()
        asking.setContentsMargins(LABEL + Space.SNUG, 0, 0, 0)
        self.ask_button = Button("", icon="search", small=True, name=t("Ask for their npub"))
        self.ask_button.clicked.connect(self._model.look_up)
        asking.addWidget(self.ask_button)
        asking.addStretch(1)
        hints = _hints()
        for reach, label in way_labels().items():
            line = FieldLine(label, label, hints[reach])
            line.written.connect(lambda text, r=reach: self._model.write(r, text))
            if isinstance(line.edit, QLineEdit):
                line.edit.setMaxLength(20_000)
                line.edit.editingFinished.connect(lambda r=reach: self._model.check(r))
            self.fields[reach] = line
            inner.addWidget(line)
            if reach is Reach.NIP05:
                inner.addLayout(asking)
        inner.addWidget(self._make_usual())
        self.notes = FieldLine(t("Notes"), t("Notes"), t("Only you see them"), lines=True)
        self.notes.written.connect(self._written)
        inner.addWidget(self.notes)
        return holder

    def _make_usual(self) -> QWidget:
        holder = QWidget()
        across = row(spacing=Space.SNUG)
        holder.setLayout(across)
        label = Text(t("Usual amount"), Type.SMALL, "soft", wrap=True)
        label.setFixedWidth(LABEL)
        self.usual = AmountEdit(t("Usual amount"))
        self.usual.amount_changed.connect(self._written)
        across.addWidget(label)
        across.addWidget(self.usual, 1)
        return holder

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        line = row(spacing=Space.SNUG)
        line.setContentsMargins(0, 0, 0, Space.NEAR)
        foot.setLayout(line)
        self.leave_button = Button(t("Cancel"))
        self.leave_button.clicked.connect(self.left)
        self.save_button = Button(t("Save"), icon="check", look=Look.PRIMARY)
        self.save_button.clicked.connect(self._save)
        line.addStretch(1)
        for button in (self.leave_button, self.save_button):
            button.setFixedHeight(_HIGH)
            line.addWidget(button)
        return foot

    def _paste(self) -> None:
        self._model.paste(QGuiApplication.clipboard().text(), is_whole=True)

    def _pasted(self, text: str) -> None:
        self._model.paste(text)

    def _written(self, _: object = None) -> None:
        self._model.write_rest(name=self.name.text, notes=self.notes.text, usual=self.usual.amount)

    def _save(self) -> None:
        self._model.save()

    def _show_texts(self) -> None:
        wish = self._model.wish
        self.anything.blockSignals(True)  # noqa: FBT003 (Qt's signature)
        self.anything.clear()
        self.anything.blockSignals(False)  # noqa: FBT003
        self.name.show_text(wish.name)
        self.notes.show_text(wish.notes)
        for reach, line in self.fields.items():
            line.show_text(wish.ways.get(reach, ""))
        if self.usual.amount != wish.usual_amount:
            self.usual.set_amount(wish.usual_amount)


def _hints() -> dict[Reach, str]:
    return {
        Reach.NPUB: "npub1\u2026",
        Reach.NIP05: "ana@example.com",
        Reach.ADDRESS: "ana@example.com",
        Reach.PAYMENT_NAME: "ana@example.com",
        Reach.OFFER: "lno1\u2026",
        Reach.NODE: "02\u2026",
    }
