"""All that is known of one line of the history, and the person's own note on it."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.routes import RouteTaken
from tipdesk.services.timeline import LineView
from tipdesk.services.views import ProfileView
from tipdesk.tips.timeline import MAX_NOTE_CHARS, LineState
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.history_rows import kind_words, on_chain, title, worth
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.copy_line import CopyLine
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.route_card import RouteCard
from tipdesk.ui.widgets.sender_box import SenderBox
from tipdesk.ui.widgets.text import Text

_WIDTH = 420
_LABEL = 84


class LinePanel(Popover):
    """`noted` with the line and the words to keep, `proof_wanted` with it and words to prove,
    `tell_wanted` with the line whose receiver is to know who sent it.
    """

    noted = Signal(object, str)
    proof_wanted = Signal(object, str)
    tell_wanted = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._view: LineView | None = None
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        head = row(spacing=Space.NEAR)
        self._title = Text("", Type.HEADING, wrap=True)
        close = Button(icon="close", look=Look.GHOST, name=t("Close"), small=True)
        close.clicked.connect(self.dismiss)
        head.addWidget(self._title, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(head)
        holder = QWidget()
        self._facts = column(holder, spacing=Space.SNUG)
        layout.addWidget(holder)
        self._lines: list[tuple[QWidget, Text, Text]] = []
        self.address = CopyLine(t("Address"), t("the address"), wide=_LABEL)
        self.transaction = CopyLine(t("Transaction"), t("the transaction's id"), wide=_LABEL)
        layout.addWidget(self.address)
        layout.addWidget(self.transaction)
        self.route = RouteCard()
        layout.addWidget(self.route)
        self.sent_by = SenderBox()
        self.sent_by.tell.connect(self._tell)
        for leads_away in (self.sent_by.reply, self.sent_by.send_back):
            leads_away.connect(self.dismiss)
        layout.addWidget(self.sent_by)
        layout.addWidget(self._make_proof())
        self.note = QLineEdit()
        self.note.setFixedHeight(40)
        self.note.setMaxLength(MAX_NOTE_CHARS)
        self.note.setPlaceholderText(t("A note of your own, to find it again"))
        self.note.setAccessibleName(t("A note of your own"))
        layout.addWidget(self.note)
        foot = row(spacing=Space.SNUG)
        self.copy_button = Button(t("Copy its hash"), icon="copy", name=t("Copy the payment hash"))
        self.copy_button.clicked.connect(self._copy)
        self.save_button = Button(t("Keep the note"), icon="check", look=Look.PRIMARY)
        self.save_button.clicked.connect(self._keep)
        foot.addWidget(self.copy_button, 1)
        foot.addWidget(self.save_button, 1)
        layout.addLayout(foot)

    def open_for(
        self,
        view: LineView,
        anchor: QRect,
        back: QWidget | None,
        route: RouteTaken | None = None,
        *,
        can_prove: bool = False,
        sender: ProfileView | None = None,
        to_tell: ProfileView | None = None,
    ) -> None:
        """Shows a line; `route` is the way of a payment of ours, None if it is not known.

        `sender` proved that they sent it; `to_tell` does not know that we did.
        """
        self._view = view
        self._title.setText(title(view))
        self.setAccessibleName(f"{kind_words(view.line.kind)}: {title(view)}")
        self._show_facts(facts(view))
        address, txid = on_chain(view.line) if view.line.kind.is_on_chain else ("", "")
        self.address.show_value(address)
        self.transaction.show_value(txid, words.ends(txid))
        self.route.setVisible(_went_out(view))
        self.route.show_route(route)
        self.sent_by.show_for(sender, to_tell)
        self._proof.setVisible(can_prove)
        self.asked_words.clear()
        self.proof_button.set_label(t("Copy a proof"))
        self.note.setText(view.line.note)
        self.copy_button.setVisible(view.line.payment_hash is not None)
        self.open_at(anchor, back)
        self.note.setFocus()

    def show_proof(self, proof: str) -> None:
        """It is made: into the clipboard."""
        QGuiApplication.clipboard().setText(proof)
        self.proof_button.set_label(t("Copied"))

    def _make_proof(self) -> QWidget:
        self._proof = QWidget()
        inner = column(self._proof, spacing=Space.SNUG)
        inner.addWidget(
            Text(
                t(
                    "You can prove that this payment was yours. The proof shows amount, date and "
                    "what it was for, not your message."
                ),
                Type.SMALL,
                "soft",
                wrap=True,
            )
        )
        line = row(spacing=Space.SNUG)
        self.asked_words = QLineEdit()
        self.asked_words.setFixedHeight(36)
        self.asked_words.setMaxLength(200)
        self.asked_words.setPlaceholderText(t("Words they asked for, if any"))
        self.asked_words.setAccessibleName(t("Words for the proof"))
        self.proof_button = Button(t("Copy a proof"), icon="shield")
        self.proof_button.clicked.connect(self._want_proof)
        line.addWidget(self.asked_words, 1)
        line.addWidget(self.proof_button)
        inner.addLayout(line)
        return self._proof

    def _want_proof(self) -> None:
        if self._view is not None:
            self.proof_wanted.emit(self._view, self.asked_words.text().strip())

    def _tell(self) -> None:
        if self._view is not None:
            self.tell_wanted.emit(self._view)
            self.dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter keeps the note."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._keep()
            event.accept()
            return
        super().keyPressEvent(event)

    def _show_facts(self, shown: tuple[tuple[str, str], ...]) -> None:
        while len(self._lines) < len(shown):
            self._add_line()
        for place, (holder, label, value) in enumerate(self._lines):
            holder.setVisible(place < len(shown))
            if place < len(shown):
                label.setText(shown[place][0])
                value.setText(shown[place][1])

    def _add_line(self) -> None:
        holder = QWidget()
        line = row()
        holder.setLayout(line)
        label, value = Text("", Type.SMALL, "faint"), Text("", Type.SMALL, tabular=True, wrap=True)
        label.setFixedWidth(_LABEL)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(holder)
        self._lines.append((holder, label, value))

    def _keep(self) -> None:
        if self._view is not None:
            self.noted.emit(self._view, self.note.text().strip())
            self.dismiss()

    def _copy(self) -> None:
        if self._view is not None and self._view.line.payment_hash is not None:
            QGuiApplication.clipboard().setText(self._view.line.payment_hash.hex())
            self.copy_button.set_label(t("Copied"))


def _went_out(view: LineView) -> bool:
    """Whether a payment of ours arrived: only that has a way."""
    line = view.line
    sent = line.kind.is_sent and not line.kind.is_on_chain
    return sent and line.state is LineState.SETTLED and line.payment_hash is not None


def facts(view: LineView) -> tuple[tuple[str, str], ...]:
    """What is known, as names and words; what is not is left out."""
    line = view.line
    found = [
        (t("What"), f"{kind_words(line.kind)}, {say(line.state.value)}"),
        (t("When"), words.moment(line.place.at)),
        (t("Amount"), "" if line.amount is None else words.amount(line.amount)),
        (t("Fee"), "" if line.fee is None else words.amount(line.fee)),
        (t("Worth"), worth(view)),
    ]
    if line.rate is not None:
        rate = line.rate.rate
        price = words.exact_fiat(rate.currency, rate.price)
        found.append(
            (
                t("Rate"),
                t(
                    "1 BTC = {price}, {source}, {moment}",
                    price=price,
                    source=rate.source,
                    moment=words.moment(rate.at),
                ),
            )
        )
    if view.person is not None:
        npub = encode_npub(view.person.pubkey)
        found.append((t("With"), f"{words.name(view.person.title)}, {npub[:12]}…{npub[-6:]}"))
    if not line.kind.is_on_chain:
        found.append((t("Words"), words.line(view.text)))
    if line.payment_hash is not None:
        found.append((t("Payment"), words.short_key(line.payment_hash)))
    if line.receipt is not None:
        found.append((t("Receipt"), words.short_key(line.receipt)))
    return tuple((name, value) for name, value in found if value)
