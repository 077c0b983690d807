"""Whom one follows, to be chosen for the book of people."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedLayout, QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.book_import import BookImportViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.people_following import second_line
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.panel import Panel, column, line, row, stack
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.text import Elided, Text

_HIGH = 40
_FACE = 34


class ImportPane(QWidget):
    """`left` when nobody is to come over."""

    left = Signal()

    def __init__(self, model: BookImportViewModel, images: Images) -> None:
        super().__init__()
        self._model, self._images = model, images
        layout = column(self, spacing=Space.NEAR)
        layout.addWidget(Text(t("Whom you follow"), Type.HEADING))
        said = t("Choose who is to stand in your people. Nobody learns of it.")
        layout.addWidget(Text(said, Type.SMALL, "soft", wrap=True))
        self.search = QLineEdit()
        self.search.setFixedHeight(36)
        self.search.setMaxLength(100)
        self.search.setPlaceholderText(t("Search names"))
        self.search.setAccessibleName(t("Search whom you follow by name"))
        self.search.textChanged.connect(model.search)
        layout.addWidget(self.search)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        self._stack.addWidget(self._make_list())
        self._empty = EmptyState("people", "", "")
        self._empty.action.clicked.connect(model.ask_relays)
        self._stack.addWidget(self._empty)
        layout.addWidget(holder, 1)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        layout.addWidget(self._make_foot())
        model.changed.connect(self.update_view)

    @property
    def empty_text(self) -> str:
        """What stands in the place of a list."""
        return "" if self._stack.currentIndex() == 0 else self._empty.title_text

    def begin(self) -> None:
        """Everybody, and nobody chosen."""
        self.search.clear()
        self._model.begin()
        self.update_view()
        first = self.search if self._model.listed else self._empty.action
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves, Ctrl+Enter brings over, Enter presses; letters do nothing else."""
        focused = self.window().focusWidget()
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.bring_button.click()
        elif is_enter and isinstance(focused, Button | CheckBox):
            focused.click()
        elif not event.text():
            super().keyPressEvent(event)

    def update_view(self) -> None:
        """Who is there, who is chosen, and what is wrong."""
        if not self.isVisible():
            return
        model = self._model
        self._stack.setCurrentIndex(0 if model.listed else 1)
        self._show_rows()
        self._show_empty()
        chosen = len(model.chosen)
        self.search.setVisible(bool(model.count))
        self.bring_button.setEnabled(chosen > 0)
        self.bring_button.set_label(
            tn(chosen, "Add {count} person", "Add {count} people") if chosen else t("Add")
        )
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem) and model.count > 0)

    def _make_list(self) -> QWidget:
        self._card = Panel("card")
        self._column = column(self._card, spacing=0)
        self.rows: list[_Row] = []
        scroll = ScrollColumn(t("Whom you follow"))
        scroll.add(self._card)
        return scroll

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        across = row(spacing=Space.SNUG)
        across.setContentsMargins(0, 0, 0, Space.NEAR)
        foot.setLayout(across)
        self.leave_button = Button(t("Cancel"))
        self.leave_button.clicked.connect(self.left)
        self.bring_button = Button(t("Add"), icon="check", look=Look.PRIMARY)
        self.bring_button.clicked.connect(self._model.bring)
        across.addStretch(1)
        for button in (self.leave_button, self.bring_button):
            button.setFixedHeight(_HIGH)
            across.addWidget(button)
        return foot

    def _show_rows(self) -> None:
        people = self._model.listed
        while len(self.rows) < len(people):
            added = _Row(self._images, is_first=not self.rows)
            added.chosen.connect(self._choose)
            self._column.addWidget(added)
            self.rows.append(added)
        for place, shown in enumerate(self.rows):
            shown.setVisible(place < len(people))
            if place < len(people):
                one = people[place]
                shown.show_person(one, is_chosen=self._model.is_chosen(one.pubkey))

    def _show_empty(self) -> None:
        model = self._model
        if model.is_asking:
            self._empty.show_words(
                "relay", t("Asking your relays \u2026"), t("They know whom you follow elsewhere.")
            )
        elif model.problem and not model.count:
            self._empty.show_words(
                "alert",
                t("Whom you follow is not known"),
                model.problem,
                action=t("Ask again"),
            )
        elif model.is_searching and model.count:
            self._empty.show_words("search", t("Nobody fits"), t("Search for another name."))
        elif model.follows_nobody:
            self._empty.show_words(
                "people",
                t("You follow nobody here"),
                t("Your relays may know whom you follow in your other Nostr apps."),
                action=t("Ask your relays"),
            )
        else:
            self._empty.show_words(
                "check", t("Everybody is there"), t("All whom you follow are in your people.")
            )

    def _choose(self, pubkey: XOnlyPubkey, is_wanted: bool) -> None:  # noqa: FBT001 (a slot)
        self._model.choose(pubkey, wanted=is_wanted)


class _Row(QWidget):
    """`chosen` with who it is, and whether they are."""

    chosen = Signal(object, bool)

    def __init__(self, images: Images, *, is_first: bool) -> None:
        super().__init__()
        self.profile: ProfileView | None = None
        outer = column(self, spacing=0)
        if not is_first:
            outer.addWidget(line())
        holder = QWidget()
        across = row(spacing=Space.NEAR)
        across.setContentsMargins(Space.NEAR, Space.SNUG, Space.NEAR, Space.SNUG)
        holder.setLayout(across)
        self._avatar = Avatar(_FACE, images)
        self._name, self._line = Elided(step=Type.STRONG), Elided(step=Type.SMALL, tone="soft")
        self.box = CheckBox("")
        self.box.clicked.connect(self._tell)
        across.addWidget(self._avatar)
        across.addWidget(stack(self._name, self._line), 1)
        across.addWidget(self.box)
        outer.addWidget(holder)

    def show_person(self, profile: ProfileView, *, is_chosen: bool) -> None:
        """Somebody, and whether they are chosen."""
        self.profile = profile
        name = words.name(profile.title)
        self._avatar.show_profile(profile)
        self._name.setText(name)
        self._line.setText(second_line(profile))
        self.box.setChecked(is_chosen)
        self.box.setAccessibleName(t("Add {name}", name=name))

    def _tell(self) -> None:
        if self.profile is not None:
            self.chosen.emit(self.profile.pubkey, self.box.isChecked())
