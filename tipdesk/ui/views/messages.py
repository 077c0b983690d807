"""The page of private messages: conversations on the left, the one that is open on the right."""

from PySide6.QtCore import QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QStackedLayout, QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.views import ConversationView
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.asks import AsksViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.messages import MessagesViewModel, Side
from tipdesk.ui.viewmodels.messages_new import NewMessageViewModel
from tipdesk.ui.viewmodels.messages_places import MessagePlacesViewModel
from tipdesk.ui.views.conversation import ConversationPane
from tipdesk.ui.views.message_panels import ForgetPanel, PlacesPanel
from tipdesk.ui.views.new_message import NewMessagePanel
from tipdesk.ui.views.page import ListOrWords, Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.choice_list import ChoiceList, SearchLine
from tipdesk.ui.widgets.conversation_row import HEIGHT, ConversationRow
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.virtual_list import GUTTER

_LEFT = 290
_TYPING_MS = 120


class MessagesPage(Page):
    """Conversations on the left, the one that is open on the right.

    `refuse_wanted` with the message whose request is to be refused, and where its button is.
    """

    refuse_wanted = Signal(object, QRect)
    ask_wanted = Signal(object, QRect)
    """Money is to be asked of whom the conversation is with, a `ProfileView`."""

    def __init__(
        self,
        model: MessagesViewModel,
        places: MessagePlacesViewModel,
        new: NewMessageViewModel,
        asks: AsksViewModel,
        images: Images,
    ) -> None:
        super().__init__(t("Messages"), model, widest=1_280)
        self._messages, self._places, self._new, self._images = model, places, new, images
        self._asks = asks
        self.places_panel: PlacesPanel | None = None
        self.new_panel: NewMessagePanel | None = None
        self.forget_panel: ForgetPanel | None = None
        self.body.setSpacing(Space.NEAR)
        self._make_header()
        self._banner_line = self.add(self._make_banner())
        across = row(spacing=Space.SNUG)
        across.addWidget(self._make_left(images))
        across.addWidget(self._make_right(images), 1)
        across.setContentsMargins(0, 0, GUTTER, 0)
        self.body.addLayout(across, 1)
        self.starts_at = self.list
        places.changed.connect(self._model_changed)
        model.opened.connect(self._opened)

    def open_conversation(self, pubkey: XOnlyPubkey) -> None:
        """The conversation with somebody, ready to be written in."""
        self._messages.open(pubkey)
        self.pane.write()

    def open_new(self) -> None:
        """The panel that finds somebody to write to."""
        if self.new_panel is None:
            self.new_panel = NewMessagePanel(self._new, self._images, self.window())
            self.new_panel.chosen.connect(self.open_conversation)
        self._open(self.new_panel, self.new_button)
        self.new_panel.begin()

    def open_places(self) -> None:
        """The panel of our own message relays."""
        if self.places_panel is None:
            self.places_panel = PlacesPanel(self._places, self.window())
        self._open(self.places_panel, self.places_button)
        self.places_panel.begin()

    def ask_forget(self) -> None:
        """Asks whether all that was written with them is to go."""
        if self.forget_panel is None:
            self.forget_panel = ForgetPanel(self._messages, self.window())
        self._open(self.forget_panel, self.pane.forget_button)
        self.forget_panel.begin()

    def update_view(self) -> None:
        """The list, and the conversation or the words in its place."""
        model = self._messages
        for side, button in self.sides.items():
            button.setChecked(side is model.side)
        asked = f" {model.requests}" if model.requests else ""
        self.sides[Side.REQUESTS].set_label(f"{say(Side.REQUESTS.value)}{asked}")
        self._rows.show_rows(are_there=model.people.rowCount() > 0)
        self._nobody.setText(_nobody(model))
        self.list.refresh_visible()
        self._right.setCurrentIndex(0 if model.peer is not None else 1)
        self.pane.update_view()
        self._banner_line.setVisible(not model.is_reachable)
        self.open_first_button.setEnabled(not self._places.is_busy)
        self._banner_problem.setText(self._places.problem)
        self._banner_problem.setVisible(bool(self._places.problem))

    def showEvent(self, event: QShowEvent) -> None:
        """What is on the screen is read."""
        self._messages.set_shown(shown=True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing more is marked as read."""
        super().hideEvent(event)
        self._messages.set_shown(shown=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N begins a message, / searches, Escape goes back to the list."""
        match event.key():
            case Qt.Key.Key_N:
                self.open_new()
            case Qt.Key.Key_Slash:
                self.search.setFocus()
            case Qt.Key.Key_Escape:
                self.list.setFocus()
            case _:
                super().keyPressEvent(event)

    def _make_header(self) -> None:
        self.places_button = Button(t("Where you take them"), icon="relay", look=Look.GHOST)
        self.places_button.clicked.connect(self.open_places)
        self.new_button = Button(t("New message"), icon="plus")
        self.new_button.clicked.connect(self.open_new)
        self.header.addWidget(self.places_button)
        self.header.addWidget(self.new_button)

    def _make_banner(self) -> QWidget:
        banner = Panel("sunken")
        inner = column(banner, margin=Space.NEAR, spacing=Space.SNUG)
        line = row(spacing=Space.NEAR)
        line.addWidget(Icon("info", "accent_ink", 20))
        said = t("Nobody can write to you yet: you have not said where you take messages.")
        line.addWidget(Text(said, Type.BODY, wrap=True), 1)
        self.open_first_button = Button(t("Take them where you publish"), look=Look.PRIMARY)
        self.open_first_button.clicked.connect(self._places.open_first)
        line.addWidget(self.open_first_button)
        inner.addLayout(line)
        self._banner_problem = Text("", Type.SMALL, "bad", wrap=True)
        inner.addWidget(self._banner_problem)
        return banner

    def _make_left(self, images: Images) -> QWidget:
        model = self._messages
        left = QWidget()
        left.setFixedWidth(_LEFT)
        inner = column(left, spacing=Space.SNUG)
        self.search = SearchLine(
            t("Search names and last words"),
            name=t("Search conversations by name or last words"),
            most=100,
        )
        self.search.left.connect(self.take_keyboard)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(lambda: model.search(self.search.text()))
        self.search.textChanged.connect(lambda _: self._typing.start())
        tabs = row(spacing=Space.TIGHT)
        self.sides: dict[Side, Button] = {}
        group = QButtonGroup(self)
        for side in Side:
            button = Button(say(side.value), look=Look.CHOICE, small=True)
            button.clicked.connect(lambda _=False, s=side: model.look_at(s))
            group.addButton(button)
            tabs.addWidget(button, 1)
            self.sides[side] = button
        holder = QWidget()
        above = column(holder, spacing=Space.SNUG)
        above.setContentsMargins(0, 0, GUTTER, 0)
        above.addWidget(self.search)
        above.addLayout(tabs)
        inner.addWidget(holder)
        self.list = ChoiceList(
            model.people,
            lambda parent: ConversationRow(model, images, parent),
            name=t("Conversations"),
            high=HEIGHT,
        )
        self.list.chosen.connect(self._choose)
        self._nobody = Text("", Type.SMALL, "soft", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nobody.setContentsMargins(Space.ROOM, Space.FAR, Space.ROOM + GUTTER, 0)
        self._rows = ListOrWords(self.list, self._nobody)
        inner.addWidget(self._rows, 1)
        return left

    def _make_right(self, images: Images) -> QWidget:
        right = QWidget()
        self._right = QStackedLayout(right)
        self.pane = ConversationPane(self._messages, images)
        self.pane.left.connect(self.list.setFocus)
        self.pane.forget_wanted.connect(self.ask_forget)
        self.pane.ask_button.clicked.connect(self._ask)
        self.pane.list.pay.connect(self._asks.begin_paying)
        self.pane.list.answer.connect(self._asks.answer)
        self.pane.list.refuse.connect(self.refuse_wanted)
        self._right.addWidget(self.pane)
        self._right.addWidget(
            EmptyState(
                "comment",
                t("Private messages"),
                t(
                    "Encrypted to the one you write to: relays carry them and cannot read them. "
                    "Choose somebody on the left, or begin a new message."
                ),
            )
        )
        return right

    def _ask(self) -> None:
        if self._messages.peer is not None:
            button = self.pane.ask_button
            corner = button.mapTo(self.window(), button.rect().topLeft())
            self.ask_wanted.emit(self._messages.peer, button.rect().translated(corner))

    def _choose(self, view: ConversationView) -> None:
        self.open_conversation(view.peer.pubkey)

    def _opened(self) -> None:
        self.list.viewport().update()
        if self._messages.peer is None:
            self.list.setFocus()

    def _open(self, panel: Popover, button: QWidget) -> None:
        corner = button.mapTo(self.window(), button.rect().topLeft())
        panel.open_at(button.rect().translated(corner), button)


def _nobody(model: MessagesViewModel) -> str:
    if model.is_searching:
        return t("Nobody fits.")
    if model.side is Side.REQUESTS:
        return t(
            "No requests. What people write who are unknown to you waits here, without a sound."
        )
    return t("Nobody yet. Who you write to stands here, and who writes to you with a tip.")
