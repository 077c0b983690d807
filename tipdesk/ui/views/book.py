"""The page of people: the book on the left; an entry, a form, or whom one follows on the right."""

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.payment_asks import AskToPay
from tipdesk.services.views import MessageView
from tipdesk.tips.person import PersonId
from tipdesk.tips.way import Offered
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.asks import AsksViewModel
from tipdesk.ui.viewmodels.book import Pane
from tipdesk.ui.viewmodels.book_models import BookModels
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.views.book_entry import EntryPane
from tipdesk.ui.views.book_form import EntryForm
from tipdesk.ui.views.book_import import ImportPane
from tipdesk.ui.views.book_remove import RemovePanel
from tipdesk.ui.views.page import ListOrWords, Page
from tipdesk.ui.views.private_send import PrivateSendPane
from tipdesk.ui.widgets.book_row import HEIGHT, BookRow
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.choice_list import ChoiceList, SearchLine
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.virtual_list import GUTTER

_LEFT = 270
_TYPING_MS = 120


class BookPage(Page):
    """`send_wanted` with a `PersonId` who is reached on Nostr alone, `message_wanted` with a key,
    `sent` with what is said of a send and whether to mind it.
    """

    send_wanted = Signal(int)
    sent = Signal(str, bool)
    message_wanted = Signal(object)
    ask_wanted = Signal(object, bool, QRect)
    """A `PersonView`, whether it is a promise, and where the button is."""
    refuse_wanted = Signal(object, QRect)
    later_wanted = Signal(object, object, str, QRect)
    """A `PersonView` who could not be paid now, the amount, the words, and where the button is."""

    def __init__(
        self,
        models: BookModels,
        asks: AsksViewModel,
        images: Images,
    ) -> None:
        super().__init__(t("People"), models.book, widest=1_280)
        model, form, bringing = models.book, models.form, models.bringing
        self._book, self._form, self._bringing = model, form, bringing
        self._sending = models.sending
        self._asks = asks
        self.remove_panel: RemovePanel | None = None
        self.body.setSpacing(Space.NEAR)
        self._make_header()
        across = row(spacing=Space.ROOM)
        across.addWidget(self._make_left(images))
        across.addWidget(self._make_right(images), 1)
        across.setContentsMargins(0, 0, GUTTER, 0)
        self.body.addLayout(across, 1)
        self.starts_at = self.list
        model.opened.connect(self._opened)
        form.saved.connect(self._saved)
        bringing.done.connect(self._brought)
        models.sending.done.connect(self._sent)

    def open_person(self, person_id: PersonId) -> None:
        """Somebody's entry."""
        self._book.open(person_id)

    def add_person(self) -> None:
        """An empty form."""
        self._form.begin()
        self._book.show_pane(Pane.FORM)
        self.form.begin()

    def add_with_npub(self, npub: XOnlyPubkey) -> None:
        """A form with somebody's key in it."""
        self._form.begin_with_npub(npub)
        self._book.show_pane(Pane.FORM)
        self.form.begin()

    def open_offer(self, offered: Offered) -> None:
        """A send to whoever made an offer; a form with it, if they are not in the book yet."""
        known = self._book.with_offer(offered.text)
        if known is not None:
            self.send_to(known)
            return
        self._form.begin_with_offer(offered)
        self._book.show_pane(Pane.FORM)
        self.form.begin()

    def edit_person(self) -> None:
        """The form of who is open."""
        if self._book.entry is not None:
            self._form.begin(self._book.entry)
            self._book.show_pane(Pane.FORM)
            self.form.begin()

    def bring_over(self) -> None:
        """Whom one follows."""
        self._book.show_pane(Pane.IMPORT)
        self.bringing.begin()

    def send_to(self, person_id: int) -> None:
        """Money and a message to somebody of the book, privately if any way of theirs allows."""
        if not self._sending.has_way(PersonId(person_id)):
            self.send_wanted.emit(person_id)
            return
        self.open_person(PersonId(person_id))
        self._book.show_pane(Pane.SEND)
        self.sending.begin(PersonId(person_id))

    def send_back(self, npub: XOnlyPubkey) -> None:
        """A send to who proved that they sent something; a form for them, if they are not here."""
        known = self._book.with_npub(npub)
        if known is None:
            self.add_with_npub(npub)
        else:
            self.send_to(known)

    def pay_ask(self, asked: AskToPay) -> None:
        """What somebody asked for by an offer; they need not be in the book."""
        if asked.person_id is not None:
            self.open_person(asked.person_id)
        self._book.show_pane(Pane.SEND)
        self.sending.begin_ask(asked)

    def ask_remove(self) -> None:
        """Asks whether they are to leave the book."""
        if self.remove_panel is None:
            self.remove_panel = RemovePanel(self._book, self.window())
        button = self.pane.remove_button
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.remove_panel.begin(button.rect().translated(corner), button)

    def take_keyboard(self) -> None:
        """The list has it, or what leads on from an empty book."""
        others = self.search if self._book.count else self._words.action
        first = self.list if self._book.rows.rowCount() else others
        first.setFocus()

    def update_view(self) -> None:
        """The list, and what is open beside it."""
        model = self._book
        self._rows.show_rows(are_there=model.rows.rowCount() > 0)
        self._nobody.setText(t("Nobody fits.") if model.is_searching else t("Nobody yet."))
        self.search.setEnabled(model.count > 0)
        self.list.refresh_visible()
        self._show_words()
        self._right.setCurrentIndex(list(Pane).index(model.pane))
        if model.pane is Pane.ENTRY:
            self.pane.update_view()

    def showEvent(self, event: QShowEvent) -> None:
        """Reads from now on."""
        self._book.set_shown(shown=True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Reads no more."""
        super().hideEvent(event)
        self._book.set_shown(shown=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N adds somebody, / searches, Escape goes back to the list."""
        match event.key():
            case Qt.Key.Key_N:
                self.add_person()
            case Qt.Key.Key_Slash:
                self.search.setFocus()
            case Qt.Key.Key_Escape:
                self.take_keyboard()
            case _:
                super().keyPressEvent(event)

    def _make_header(self) -> None:
        self.bring_button = Button(t("From whom you follow"), icon="profiles", look=Look.GHOST)
        self.bring_button.clicked.connect(self.bring_over)
        self.add_button = Button(t("Add somebody"), icon="plus")
        self.add_button.clicked.connect(self.add_person)
        self.header.addWidget(self.bring_button)
        self.header.addWidget(self.add_button)

    def _make_left(self, images: Images) -> QWidget:
        model = self._book
        left = QWidget()
        left.setFixedWidth(_LEFT)
        inner = column(left, spacing=Space.SNUG)
        self.search = SearchLine(
            t("Search people"), name=t("Search people by name, address or notes"), most=200
        )
        self.search.left.connect(self._searched)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(lambda: model.search(self.search.text()))
        self.search.textChanged.connect(lambda _: self._typing.start())
        holder = QWidget()
        above = column(holder)
        above.setContentsMargins(0, 0, GUTTER, 0)
        above.addWidget(self.search)
        inner.addWidget(holder)
        self.list = ChoiceList(
            model.rows, lambda parent: BookRow(model, images, parent), name=t("People"), high=HEIGHT
        )
        self.list.chosen.connect(lambda view: self.open_person(view.person.id))
        self._nobody = Text("", Type.SMALL, "soft", wrap=True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._nobody.setContentsMargins(Space.ROOM, Space.FAR, Space.ROOM + GUTTER, 0)
        self._rows = ListOrWords(self.list, self._nobody)
        inner.addWidget(self._rows, 1)
        return left

    def _make_right(self, images: Images) -> QWidget:
        right = QWidget()
        self._right = QStackedLayout(right)
        self._words = EmptyState("people", "", "")
        self._words.action.clicked.connect(self.add_person)
        self.pane = EntryPane(self._book, images)
        self.pane.send.connect(self.send_to)
        self.pane.message.connect(self.message_wanted)
        self.pane.ask.connect(self._ask)
        self.pane.pay.connect(self._asks.begin_paying)
        self.pane.answer.connect(self._asks.answer)
        self.pane.refuse.connect(self._refuse)
        self.pane.edit.connect(self.edit_person)
        self.pane.remove_wanted.connect(self.ask_remove)
        self.form = EntryForm(self._form)
        self.bringing = ImportPane(self._bringing, images)
        self.sending = PrivateSendPane(self._sending)
        self.form.left.connect(self._leave)
        self.bringing.left.connect(self._leave)
        self.sending.left.connect(self._leave)
        self.sending.later.connect(self._tell_them)
        for part in (self._words, self.pane, self.form, self.bringing, self.sending):
            self._right.addWidget(part)
        return right

    def _ask(self, is_promise: bool) -> None:  # noqa: FBT001 (a slot)
        if self._book.entry is not None:
            button = self.pane.promise_button if is_promise else self.pane.ask_button
            self.ask_wanted.emit(self._book.entry, is_promise, _place(button))

    def _tell_them(self) -> None:
        model, place = self._sending, _place(self.sending.later_button)
        if model.person is not None:
            self.later_wanted.emit(model.person, model.amount, model.message, place)

    def _refuse(self, view: MessageView) -> None:
        card = next((one for one in self.pane.asked if one.view == view), None)
        if card is not None:
            self.refuse_wanted.emit(view, _place(card.refuse_button))

    def _show_words(self) -> None:
        if self._book.count:
            self._words.show_words(
                "people",
                t("Your people"),
                t("Choose somebody on the left to send to them, or to see what was paid."),
            )
        else:
            self._words.show_words(
                "people",
                t("Nobody is here yet"),
                t(
                    "Keep the people you send money to, with every way to reach them. The book "
                    "stays on this computer."
                ),
                action=t("Add somebody"),
            )

    def _searched(self) -> None:
        self._typing.stop()
        self._book.search(self.search.text())
        self.take_keyboard()

    def _leave(self) -> None:
        self._bringing.end()
        self._book.close_pane()
        self.take_keyboard()

    def _opened(self) -> None:
        self.update_view()
        self.list.viewport().update()
        if self._book.pane is Pane.NOBODY:
            self.take_keyboard()

    def _saved(self, person_id: int) -> None:
        self._book.refresh()
        self.open_person(PersonId(person_id))
        self.pane.send_button.setFocus(Qt.FocusReason.TabFocusReason)

    def _sent(self, said: str, is_warning: bool) -> None:  # noqa: FBT001 (a signal's)
        self._book.refresh()
        self._book.close_pane()
        self.sent.emit(said, is_warning)

    def _brought(self, said: str) -> None:
        self._bringing.end()
        self._book.refresh()
        self._book.close_pane()
        self.take_keyboard()
        self._book.told.emit(said)


def _place(button: QWidget) -> QRect:
    """Where it is in the window."""
    return button.rect().translated(button.mapTo(button.window(), QPoint(0, 0)))
