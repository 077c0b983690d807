"""The head of the feed: what is shown, and the field that searches; below, what is to be known."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QWidget

from tipdesk.services.selection import OfHashtag, OfSearch
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.browse import BrowseViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.text import Text

_MOST_TYPED = 5_000
_FIELD = 34
_WIDEST = 360


class FeedBar(QWidget):
    """A button with everything that can be shown, a way back, and the field."""

    def __init__(self, model: BrowseViewModel) -> None:
        super().__init__()
        self._model = model
        line = row(spacing=Space.SNUG)
        self.setLayout(line)
        self.button = Button(t("Following"), icon="chevron-down", small=True)
        self.button.clicked.connect(self._open)
        self.back_button = Button(
            icon="close", look=Look.GHOST, small=True, name=t("Back to those you follow")
        )
        self.back_button.clicked.connect(model.back)
        self.field = QLineEdit()
        self.field.setFont(font(Type.BODY))
        self.field.setFixedHeight(_FIELD)
        self.field.setMaximumWidth(_WIDEST)
        self.field.setMaxLength(_MOST_TYPED)
        self.field.setPlaceholderText(t("Search: words, #hashtag, npub, name@domain"))
        self.field.setAccessibleName(t("Search posts and people"))
        self.field.setToolTip(t("Press / to search, Escape to come back"))
        self.field.returnPressed.connect(lambda: model.search(self.field.text()))
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.menu_shown: QMenu | None = None
        line.addWidget(self.button)
        line.addWidget(self.back_button)
        line.addWidget(self.field, 10)
        line.addStretch(1)

    def begin_search(self) -> None:
        """The keyboard is in the field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def update_view(self) -> None:
        """What is shown now; the field keeps what was searched for."""
        model = self._model
        self.button.set_label(model.title, t("The feed shows: {what}", what=model.title))
        self.back_button.setVisible(not model.is_following)
        if not self.field.hasFocus():
            match model.selection:
                case OfSearch(query):
                    self.field.setText(query)
                case OfHashtag(tag):
                    self.field.setText(f"#{tag}")
                case _:
                    self.field.clear()

    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName(t("What the feed shows"))
        choices = self._model.choices
        for selection in choices:
            # An ampersand would mark a key.
            action = menu.addAction(self._model.title_of(selection).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(selection == self._model.selection)
            action.triggered.connect(lambda _=False, s=selection: self._model.choose(s))
        if len(choices) == 1:
            hint = menu.addAction(QIcon(), t("Lists you make in other Nostr apps appear here"))
            hint.setEnabled(False)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu_shown = menu
        menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height() + 2)))


class FeedWords(QWidget):
    """A line with what is to be known, and a button that goes on; nothing while all is well."""

    def __init__(self, model: BrowseViewModel) -> None:
        super().__init__()
        self._model = model
        line = row(spacing=Space.NEAR)
        self.setLayout(line)
        self.label = Text("", Type.SMALL, "soft", wrap=True)
        self.button = Button("", look=Look.QUIET, small=True, name=t("Ask again"))
        self.button.clicked.connect(self._go_on)
        line.addWidget(self.label, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)

    def update_view(self, *, is_empty: bool) -> bool:
        """What is said now, and whether it is anything; an empty page says the rest."""
        model, said = self._model, self._model.said
        self.label.setText(said.text)
        self.label.set_tone(said.tone or "soft")
        action = ""
        if model.identifier is not None:
            action = t("Ask {domain}", domain=model.identifier.domain)
        elif model.can_ask_again and not is_empty:
            action = t("Ask again")
        self.button.set_label(action, action or t("Ask again"))
        self.button.setVisible(bool(action))
        return bool(said.text)

    def _go_on(self) -> None:
        if self._model.identifier is not None:
            self._model.look_up()
        else:
            self._model.ask_again()
