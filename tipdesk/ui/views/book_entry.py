"""Somebody's entry: what can be done with them, how they are reached, and what was paid."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tipdesk.services.people_book import PersonView
from tipdesk.tips.person import Reach
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.book import BookViewModel, face_of, name_of, origin_of
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.ask_card import AskCard
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.copy_line import CopyLine, short_npub
from tipdesk.ui.widgets.panel import Panel, column, row, stack
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.text import Elided, Text
from tipdesk.ui.widgets.with_line import WithLine

_FACE = 56
_LABEL = 116
_ACTION = 40
_SHORT = 44


class EntryPane(QWidget):
    """`send` and `message` with whom, `ask` with whether it is a promise, `edit`, and
    `remove_wanted`; `pay` and `answer` with a message's id, `refuse` with the message.
    """

    send = Signal(int)
    ask = Signal(bool)
    pay = Signal(object)
    answer = Signal(object)
    refuse = Signal(object)
    message = Signal(object)
    edit = Signal()
    remove_wanted = Signal()

    def __init__(self, model: BookViewModel, images: Images) -> None:
        super().__init__()
        self._model = model
        layout = column(self, spacing=Space.NEAR)
        layout.addLayout(self._make_head(images))
        layout.addLayout(self._make_actions())
        self._why_not = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._why_not)
        self._scroll = ScrollColumn(t("Their entry"))
        self._asked = QWidget()
        self._asked_column = column(self._asked, spacing=Space.SNUG)
        self.asked: list[AskCard] = []
        self._scroll.add(self._asked)
        self._scroll.add(self._make_ways())
        self._scroll.add(self._make_own())
        self._scroll.add(self._make_history())
        layout.addWidget(self._scroll, 1)

    @property
    def name_text(self) -> str:
        """Their name, as it is shown."""
        return self._name.text()

    @property
    def origin_text(self) -> str:
        """Whose word the name is."""
        return self._origin.text()

    @property
    def sums_text(self) -> str:
        """What went each way."""
        return self._sums.text()

    def update_view(self) -> None:
        """The entry as it is now."""
        view = self._model.entry
        if view is None:
            return
        self.setAccessibleName(t("Entry of {name}", name=name_of(view)))
        self._avatar.show_profile(face_of(view))
        self._name.setText(name_of(view))
        origin = origin_of(view)
        self._origin.setText(origin)
        self._origin.setVisible(bool(origin))
        self.send_button.setEnabled(self._model.can_send)
        has_npub = view.person.npub is not None
        self.message_button.setEnabled(has_npub)
        self._why_not.setText(_why_not(can_send=self._model.can_send, has_npub=has_npub))
        self._why_not.setVisible(bool(self._why_not.text()))
        self.ask_button.setEnabled(has_npub)
        may_offer = has_npub and not self._model.can_send
        self.promise_button.setVisible(may_offer)
        self.send_button.setVisible(not may_offer)
        self._show_asks(view)
        self._show_ways(view)
        self._show_own(view)
        self._show_history()

    def _make_head(self, images: Images) -> QHBoxLayout:
        head = row(spacing=Space.NEAR)
        self._avatar = Avatar(_FACE, images)
        self._name = Elided(step=Type.HEADING)
        self._origin = Elided(step=Type.SMALL, tone="soft")
        self.edit_button = Button(t("Edit"), icon="write", look=Look.GHOST, small=True)
        self.edit_button.clicked.connect(self.edit)
        self.remove_button = Button(
            t("Remove"), look=Look.GHOST, small=True, name=t("Remove from your people")
        )
        self.remove_button.clicked.connect(self.remove_wanted)
        head.addWidget(self._avatar)
        head.addWidget(stack(self._name, self._origin), 1)
        for button in (self.edit_button, self.remove_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _make_actions(self) -> QHBoxLayout:
        actions = row(spacing=Space.SNUG)
        self.send_button = Button(t("Send"), icon="send", look=Look.PRIMARY)
        self.send_button.clicked.connect(self._send)
        self.message_button = Button(t("Message"), icon="comment")
        self.message_button.clicked.connect(self._write)
        self.promise_button = Button(t("Offer to send"), icon="send", look=Look.PRIMARY)
        self.promise_button.clicked.connect(lambda: self.ask.emit(True))  # noqa: FBT003
        self.ask_button = Button(t("Ask for money"), icon="receive")
        self.ask_button.clicked.connect(lambda: self.ask.emit(False))  # noqa: FBT003
        for button in (
            self.send_button,
            self.promise_button,
            self.ask_button,
            self.message_button,
        ):
            button.setFixedHeight(_ACTION)
            actions.addWidget(button, 1)
        return actions

    def _make_ways(self) -> QWidget:
        card, inner = _card(t("How to reach them"))
        self.ways: dict[Reach, CopyLine] = {}
        for reach, label in way_labels().items():
            line = CopyLine(label, label, wide=_LABEL)
            self.ways[reach] = line
            inner.addWidget(line)
        self._no_way = Text("", Type.SMALL, "soft", wrap=True)
        self._no_way.setText(t("No way to reach them is written down yet: edit the entry."))
        inner.addWidget(self._no_way)
        return card

    def _make_own(self) -> QWidget:
        self._own, inner = _card(t("Your own words"))
        self._usual = Text("", Type.SMALL, "soft", wrap=True, tabular=True)
        self._notes = Text("", Type.BODY, wrap=True)
        inner.addWidget(self._usual)
        inner.addWidget(self._notes)
        return self._own

    def _make_history(self) -> QWidget:
        card, inner = _card(t("What was paid"))
        self._sums = Text("", Type.SMALL, "soft", wrap=True, tabular=True)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        inner.addWidget(self._sums)
        inner.addWidget(self._problem)
        holder = QWidget()
        self._lines = column(holder, spacing=Space.HAIR)
        inner.addWidget(holder)
        self.lines: list[WithLine] = []
        self.more_button = Button(t("Show more"), look=Look.GHOST, small=True)
        self.more_button.clicked.connect(self._model.show_more)
        inner.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def _show_ways(self, view: PersonView) -> None:
        for reach, line in self.ways.items():
            value = view.person.way(reach)
            line.show_value(value, _shortened(reach, value))
        self._no_way.setVisible(not any(view.person.way(reach) for reach in Reach))

    def _show_asks(self, view: PersonView) -> None:
        asked = self._model.asked
        while len(self.asked) < len(asked):
            card = AskCard()
            card.pay.connect(self.pay)
            card.answer.connect(self.answer)
            card.refuse.connect(self.refuse)
            self._asked_column.addWidget(card)
            self.asked.append(card)
        for place, card in enumerate(self.asked):
            card.setVisible(place < len(asked))
            if place < len(asked):
                card.show_ask(asked[place], name_of(view), self._model.now)
        self._asked.setVisible(bool(asked))

    def _show_own(self, view: PersonView) -> None:
        usual, notes = view.person.usual_amount, view.person.notes
        said = "" if usual is None else t("You usually send {amount}.", amount=usual)
        self._usual.setText(said)
        self._usual.setVisible(bool(said))
        self._notes.setText(words.many(notes, len(notes) + 1))
        self._notes.setVisible(bool(notes))
        self._own.setVisible(bool(said or notes))

    def _show_history(self) -> None:
        model = self._model
        totals, lines = model.totals, model.lines
        self._sums.setText(
            t("You sent {sent}; they sent {came}.", sent=totals.sent, came=totals.received)
            if lines
            else t("Nothing yet. Tips to and from their npub stand here, and what you send them.")
        )
        self._sums.setVisible(not model.problem)
        self._problem.setText(model.problem)
        self._problem.setVisible(bool(model.problem))
        while len(self.lines) < len(lines):
            added = WithLine()
            self._lines.addWidget(added)
            self.lines.append(added)
        for place, shown in enumerate(self.lines):
            shown.setVisible(place < len(lines))
            if place < len(lines):
                shown.show_line(lines[place], model.now)
        self.more_button.setVisible(model.has_more)

    def _send(self) -> None:
        if self._model.entry is not None:
            self.send.emit(self._model.entry.person.id)

    def _write(self) -> None:
        entry = self._model.entry
        if entry is not None and entry.person.npub is not None:
            self.message.emit(entry.person.npub)


def way_labels() -> dict[Reach, str]:
    """What each way is called."""
    return {
        Reach.NPUB: t("npub"),
        Reach.NIP05: t("Nostr name"),
        Reach.ADDRESS: t("Lightning address"),
        Reach.PAYMENT_NAME: t("Payment name"),
        Reach.OFFER: t("Offer"),
        Reach.NODE: t("Node"),
    }


def _card(title: str) -> tuple[QWidget, QVBoxLayout]:
    card = Panel("card")
    inner = column(card, margin=Space.ROOM, spacing=Space.SNUG)
    inner.addWidget(Text(title, Type.SMALL_STRONG, "soft"))
    return card, inner


def _why_not(*, can_send: bool, has_npub: bool) -> str:
    if not can_send and not has_npub:
        return t("Add a way to reach them to send money, and their npub to write to them.")
    if not can_send:
        return t(
            "No way to pay them is known. Offer to send, and they can answer with an invoice; or "
            "add a lightning address, an offer or a node."
        )
    return "" if has_npub else t("With their npub you can write to them too.")


def _shortened(reach: Reach, value: str) -> str:
    if reach is Reach.NPUB and value:
        return short_npub(value)
    return words.line(value if len(value) <= _SHORT else words.ends(value))
