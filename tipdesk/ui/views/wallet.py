"""The wallet page: what can be spent and why not more, receive and send, the invoices below."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.holdings import HoldingsViewModel, Step
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.safety import SafetyViewModel
from tipdesk.ui.viewmodels.seed_words import SeedWordsViewModel
from tipdesk.ui.viewmodels.send import SendViewModel
from tipdesk.ui.viewmodels.wallet import WalletViewModel
from tipdesk.ui.views.page import WIDEST, ListOrWords, Page
from tipdesk.ui.views.receive import ReceivePanel
from tipdesk.ui.views.safety import SafetyPanel
from tipdesk.ui.views.send import SendPanel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.holdings_card import HoldingsCard
from tipdesk.ui.widgets.panel import Popover, row
from tipdesk.ui.widgets.payment_row import PaymentRow
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.virtual_list import VirtualList
from tipdesk.ui.widgets.words_reminder import WordsReminder


class WalletPage(Page):
    """What there is, and what was."""

    channel_wanted = Signal()
    """The person wants to open a channel."""
    history_wanted = Signal()
    """The person wants to see the payments in the one history."""

    def __init__(
        self,
        model: WalletViewModel,
        send: SendViewModel,
        safety: SafetyViewModel,
        holdings: HoldingsViewModel,
        seed_words: SeedWordsViewModel,
        images: Images,
    ) -> None:
        super().__init__(t("Wallet"), model)
        self._wallet, self._send, self._safety, self._images = model, send, safety, images
        self._make_header()
        self._seed_words = seed_words
        self.reminder = WordsReminder()
        self.reminder.later.connect(seed_words.snooze)
        seed_words.changed.connect(self._model_changed)
        self._reminder_line = self.add(self.reminder)
        self.card = HoldingsCard(holdings)
        self.card.stepped.connect(self._step)
        self.add(self.card)
        holdings.changed.connect(self._model_changed)
        self.add(self._make_title())
        self.body.setSpacing(Space.NEAR)
        self.list = _Payments(model)
        empty = EmptyState(
            "wallet",
            t("No payments yet"),
            t("Invoices you make and pay stand here. Tips have a page of their own."),
        )
        self._rows = ListOrWords(self.list, empty)
        self.body.addWidget(self._rows, 1)

    def _make_header(self) -> None:
        self.refresh_button = Button(icon="refresh", look=Look.GHOST, name=t("Ask the wallet anew"))
        self.refresh_button.clicked.connect(self._wallet.ask_anew)
        self.send_button = Button(t("Send"), icon="send")
        self.receive_button = Button(t("Receive"), icon="receive", look=Look.PRIMARY)
        self.send_button.clicked.connect(self.open_send)
        self.receive_button.clicked.connect(self.open_receive)
        self.safety_button = Button(t("Safety"), icon="shield", look=Look.GHOST)
        self.safety_button.clicked.connect(self.open_safety)
        self.safety_panel: SafetyPanel | None = None
        for button in (
            self.refresh_button,
            self.safety_button,
            self.send_button,
            self.receive_button,
        ):
            self.header.addWidget(button)
        self.receive_panel: ReceivePanel | None = None
        self.send_panel: SendPanel | None = None

    def open_receive(self) -> None:
        """The panel that makes an invoice."""
        if self.receive_panel is None:
            self.receive_panel = ReceivePanel(self._wallet, self.window())
        self._open(self.receive_panel, self.receive_button)
        self.receive_panel.begin()

    def open_send(self) -> None:
        """The panel that sends to whatever is pasted."""
        if self.send_panel is None:
            self.send_panel = SendPanel(self._send, self._images, self.window())
        self._open(self.send_panel, self.send_button)
        self.send_panel.begin()

    def open_send_with(self, text: str) -> None:
        """The same, with what a link from outside says: nothing is paid without a press."""
        self.open_send()
        if self.send_panel is not None:
            self.send_panel.begin(text)

    def open_safety(self) -> None:
        """The panel of limits."""
        if self.safety_panel is None:
            self.safety_panel = SafetyPanel(self._safety, self.window())
        self._open(self.safety_panel, self.safety_button)
        self.safety_panel.begin()

    def update_view(self) -> None:
        """Figures and history."""
        self._reminder_line.setVisible(self._seed_words.is_due)
        self.card.update_view()
        self._rows.show_rows(are_there=self._wallet.history.rowCount() > 0)
        self.list.refresh_visible()

    def _make_title(self) -> QHBoxLayout:
        line = row()
        line.addWidget(Text(t("Invoices"), Type.SMALL_STRONG, "soft"))
        line.addStretch()
        self.history_button = Button(
            t("All in the history"), icon="history", look=Look.GHOST, small=True
        )
        self.history_button.clicked.connect(self.history_wanted)
        line.addWidget(self.history_button)
        return line

    def _step(self, step: Step | None) -> None:
        match step:
            case Step.RECEIVE:
                self.open_receive()
            case Step.OPEN_CHANNEL:
                self.channel_wanted.emit()
            case _:
                self._wallet.ask_anew()

    def _open(self, panel: Popover, button: QWidget) -> None:
        corner = button.mapTo(self.window(), button.rect().topLeft())
        panel.open_at(button.rect().translated(corner), button)


class _Payments(VirtualList):
    """The payments; N writes a note on the one that the keyboard is on."""

    def __init__(self, model: WalletViewModel) -> None:
        self._wallet = model
        super().__init__(
            model.history, self._make, name=t("Payments"), widest=WIDEST, gap=Space.SNUG
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N writes, the others move."""
        if event.key() != Qt.Key.Key_N or event.modifiers():
            super().keyPressEvent(event)
            return
        if self.current < 0:
            self.set_current(self.first_visible)
        card = self.card(self.current)
        if isinstance(card, PaymentRow):
            card.begin_note()

    def _make(self, parent: QWidget) -> PaymentRow:
        card = PaymentRow(self._wallet, parent)
        card.noted.connect(self.setFocus)
        return card
