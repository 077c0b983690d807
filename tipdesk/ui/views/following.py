"""The panel of whom one follows: one field that searches and adds, and the list of them."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.people_following import (
    MAX_SHOWN,
    FollowingViewModel,
    second_line,
)
from tipdesk.ui.widgets.ask_line import AskLine
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.face_button import FaceButton
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.people_list import PeopleList
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.text import Text

_WIDTH = 420
_LIST = 296
_HINT = Phrase("Search, or add: npub, link, name@domain")
_ROW = 49


class FollowingPanel(Popover):
    """`person` when somebody in it is to be looked at, `follow` when they are to be followed."""

    person = Signal(object, QRect)
    follow = Signal(object)

    def __init__(self, model: FollowingViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("Following"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        self.bring_button = Button(t("Bring over"), icon="refresh", small=True)
        self.bring_button.setToolTip(t("Follows here whom you follow in your other Nostr apps"))
        self.bring_button.clicked.connect(model.bring_over)
        layout.addLayout(self.head(t("Following"), self.bring_button))
        self.field = QLineEdit()
        self.field.setFixedHeight(40)
        self.field.setPlaceholderText(say(_HINT))
        self.field.setAccessibleName(t("Search whom you follow, or add somebody"))
        self.field.textChanged.connect(model.look_for)
        layout.addWidget(self.field)
        self.ask = AskLine()
        self.ask.asked.connect(model.look_up)
        layout.addWidget(self.ask)
        layout.addWidget(self._make_found(images))
        self._said = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._said)
        self._count = Text("", Type.SMALL, "faint", tabular=True, wrap=True)
        layout.addWidget(self._count)
        self.list = PeopleList(images)
        self.list.person.connect(self.person)
        self._scroll = ScrollColumn(t("Whom you follow"))
        self._scroll.add(self.list)
        layout.addWidget(self._scroll)
        model.changed.connect(self._update)

    @property
    def said_text(self) -> str:
        """What it says of what was typed, or brought over."""
        return self._said.text()

    @property
    def count_text(self) -> str:
        """What it says of the list."""
        return self._count.text()

    def open_for(self, anchor: QRect, back: QWidget | None) -> None:
        """Everybody, and the keyboard in the field."""
        self.field.clear()
        self._model.begin()
        self._update()
        self.open_at(anchor, back)
        self.field.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter looks a name up, then follows whom it found; Down goes into the list."""
        focused = self.window().focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, Button | FaceButton):
                focused.click()
            else:
                self._go_on()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 (Qt's signature)
        """What gets the keyboard is brought on the screen."""
        moved = super().focusNextPrevChild(forward)
        focused = self.window().focusWidget()
        if focused is not None and self.list.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused, 0, Space.WIDE)
        return moved

    def _make_found(self, images: Images) -> QWidget:
        self._found = Panel("sunken")
        line = row(spacing=Space.SNUG)
        line.setContentsMargins(Space.TIGHT, Space.TIGHT, Space.NEAR, Space.TIGHT)
        self._found.setLayout(line)
        self.found_person = FaceButton(images, side=40)
        self.found_person.person.connect(self.person)
        self.follow_button = Button(t("Follow"), icon="plus", look=Look.PRIMARY)
        self.follow_button.clicked.connect(self._follow)
        line.addWidget(self.found_person, 1)
        line.addWidget(self.follow_button)
        return self._found

    def _go_on(self) -> None:
        if self.ask.isVisible():
            self._model.look_up()
        elif self.follow_button.isVisible():
            self._follow()

    def _follow(self) -> None:
        if self._model.found is not None:
            self.follow.emit(self._model.found.pubkey)

    def _update(self) -> None:
        model = self._model
        found = model.found
        self.ask.show_name(None if found else model.identifier, is_asking=model.is_asking)
        self._found.setVisible(found is not None)
        if found is not None:
            self.found_person.show_person(found, second_line(found))
        self.follow_button.setVisible(found is not None and not model.follows_found)
        self._said.setText(model.said.text)
        self._said.set_tone(model.said.tone)
        self._said.setVisible(bool(model.said.text))
        self.bring_button.setEnabled(not model.is_importing)
        self._show_list()
        if self.isVisible():
            self.fit()

    def _show_list(self) -> None:
        model = self._model
        people = model.brought or model.people
        self.list.show_people(people[:MAX_SHOWN])
        high = min(_LIST, _ROW * min(len(people), MAX_SHOWN) + Space.ROOM + 2)
        self._scroll.setFixedHeight(high)
        self._scroll.setVisible(bool(people))
        self._count.setText(self._counted(len(people)))

    def _counted(self, shown: int) -> str:
        model = self._model
        if model.brought:
            return t("Who came and who left:")
        if model.is_searching:
            return tn(
                model.count, "{shown} of {count} person", "{shown} of {count} people", shown=shown
            )
        if not model.count:
            return t(
                "You follow nobody yet. Write a name above, or bring over whom you follow in your "
                "other Nostr apps."
            )
        said = tn(model.count, "{count} person", "{count} people")
        if model.count > MAX_SHOWN:
            said = t(
                "{people}, the first {most} here: search for the others",
                people=said,
                most=MAX_SHOWN,
            )
        waiting = len(model.pending)
        return (
            t("{people} · {waiting} not in your public list yet", people=said, waiting=waiting)
            if waiting
            else said
        )
