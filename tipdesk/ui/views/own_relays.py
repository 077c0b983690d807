"""One's own public list of relays, as a side of the panel of one's profile."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.own_profile import Own
from tipdesk.ui.viewmodels.own_relays import OwnRelaysViewModel
from tipdesk.ui.widgets.button import Button
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.relay_row import RelayRow
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.state_line import StateLine
from tipdesk.ui.widgets.text import Text

_LIST, _ROW = 292, 44
_ABOUT = Phrase(
    "Others find what you write where you write, and leave what names you where you read. "
    "Everybody can see this list; two to four of each are enough."
)
_NONE = Phrase(
    "You have no public list yet: others look for you wherever they happen to be. Add the relays "
    "that you use."
)


class OwnRelays(QWidget):
    """What is changed is published at once; `resized` when it is higher or lower than before."""

    resized = Signal()

    def __init__(self, model: OwnRelaysViewModel) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.NEAR)
        layout.addWidget(Text(say(_ABOUT), Type.SMALL, "soft", wrap=True))
        self.state = StateLine(t("Asking your relays for your list …"))
        self.state.again.clicked.connect(model.look)
        layout.addWidget(self.state)
        self._none = Text(say(_NONE), Type.SMALL_STRONG, wrap=True)
        layout.addWidget(self._none)
        self._ground = Panel("sunken")
        self._rows = column(self._ground, spacing=0)
        self.rows: list[RelayRow] = []
        self._scroll = ScrollColumn(t("Your relays"), tight=True)
        self._scroll.add(self._ground)
        layout.addWidget(self._scroll)
        layout.addWidget(self._make_add())
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._said)
        layout.addStretch(1)
        model.changed.connect(self.update_view)

    @property
    def said_text(self) -> str:
        """What became of the last change."""
        return self._said.text()

    def begin(self) -> None:
        """Asks for the latest list."""
        self.address.clear()
        self._model.look()
        self.address.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the field adds."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.window().focusWidget() is self.address:
            self._add()
            event.accept()
        else:
            super().keyPressEvent(event)

    def update_view(self) -> None:
        """The list as it is."""
        model = self._model
        is_there = model.state is Own.THERE
        self.state.show_state(is_there=is_there, problem=model.problem)
        self._none.setVisible(is_there and not model.relays)
        while len(self.rows) < len(model.relays):
            self._add_row()
        for place, line in enumerate(self.rows):
            line.setVisible(place < len(model.relays))
            if place < len(model.relays):
                line.show_use(model.relays[place])
        self._scroll.setVisible(is_there and bool(model.relays))
        self._scroll.setFixedHeight(min(_LIST, _ROW * len(model.relays)))
        self._adding.setVisible(is_there)
        self._said.setText(model.said.text)
        self._said.set_tone(model.said.tone)
        self._said.setVisible(is_there and bool(model.said.text))
        if model.said.tone == "good" and model.lists(self.address.text()):
            self.address.clear()
        self.resized.emit()

    def _make_add(self) -> QWidget:
        self._adding = QWidget()
        line = row(spacing=Space.SNUG)
        self._adding.setLayout(line)
        self.address = QLineEdit()
        self.address.setFixedHeight(36)
        self.address.setMaxLength(500)
        self.address.setPlaceholderText("wss://relay.example")
        self.address.setAccessibleName(t("Address of a relay to add"))
        self.add_button = Button(t("Add"), icon="plus")
        self.add_button.setEnabled(False)
        self.address.textChanged.connect(self._typed)
        self.add_button.clicked.connect(self._add)
        line.addWidget(self.address, 1)
        line.addWidget(self.add_button)
        return self._adding

    def _add_row(self) -> None:
        added = RelayRow()
        added.setFixedHeight(_ROW)
        added.wanted.connect(self._model.set_use)
        added.dropped.connect(self._drop)
        self.rows.append(added)
        self._rows.addWidget(added)

    def _typed(self, text: str) -> None:
        self.add_button.setEnabled(bool(text.strip()))

    def _add(self) -> None:
        if self.address.text().strip():
            self._model.add(self.address.text())

    def _drop(self, url: str) -> None:
        self._model.drop(url)
        # The row goes away, and the keyboard must not go with it.
        self.address.setFocus()
