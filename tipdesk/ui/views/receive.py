"""Being paid: an amount, then a code for any wallet; and whether it came."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.wallet import Code, WalletViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.copy_line import CopyLine
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.qr_code import QrCode
from tipdesk.ui.widgets.segments import Segments
from tipdesk.ui.widgets.text import Text

_WIDTH = 348
_CODE = 316


class ReceivePanel(Popover):
    """Asks for an amount, then shows what to hand over, then that it came."""

    def __init__(self, model: WalletViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._wallet = model
        self.setAccessibleName(t("Receive"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Receive")))
        self._form, self._result = self._make_form(), self._make_result()
        self._came = self._make_arrival()
        for part in (self._form, self._came, self._result):
            layout.addWidget(part)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        model.changed.connect(self._update)

    def begin(self) -> None:
        """A new invoice is asked for."""
        self._wallet.forget_invoice()
        self.amount.clear()
        self.description.clear()
        self.amount.setFocus()
        self._update()

    @property
    def arrival_text(self) -> str:
        """What came; empty while nothing did."""
        return "" if self._came.isHidden() else self._arrived.text()

    def _make_form(self) -> QWidget:
        form = QWidget()
        layout = column(form, spacing=Space.NEAR)
        self.amount = AmountEdit(t("Amount to receive"))
        self.amount.setPlaceholderText(t("Any amount"))
        self.amount.amount_changed.connect(lambda _: self._update())
        self.description = QLineEdit()
        self.description.setFixedHeight(40)
        self.description.setMaxLength(200)
        self.description.setPlaceholderText(t("What it is for"))
        self.description.setAccessibleName(t("What the payment is for"))
        self.make_button = Button(t("Make an invoice"), icon="bolt-solid", look=Look.PRIMARY)
        self.make_button.setFixedHeight(42)
        self.make_button.clicked.connect(self._make)
        self.offer_button = Button(
            t("An offer, to be paid again and again"), icon="refresh", look=Look.GHOST
        )
        self.offer_button.clicked.connect(self._make_offer)
        self.chain_button = Button(t("Address on chain"), icon="chain", look=Look.GHOST)
        self.chain_button.clicked.connect(self._wallet.receive_on_chain)
        self._room = Text("", Type.SMALL, "soft", wrap=True, tabular=True)
        self.own_address = CopyLine(t("Your address"), t("your lightning address"), wide=84)
        for field in (self.amount, self.description):
            field.returnPressed.connect(self.make_button.click)
        parts = (
            self.amount,
            self.description,
            self._room,
            self.make_button,
            self.offer_button,
            self.chain_button,
        )
        for part in (*parts, self.own_address):
            layout.addWidget(part)
        return form

    def _make_result(self) -> QWidget:
        result = QWidget()
        layout = column(result, spacing=Space.NEAR)
        self.kind = Segments(
            t("Code"),
            {
                Code.LIGHTNING.name: t("Lightning"),
                Code.BOTH.name: t("Any wallet"),
                Code.CHAIN.name: t("On chain"),
                Code.OFFER.name: t("Offer"),
            },
        )
        self.kind.chosen.connect(lambda name: self._wallet.show_code(Code[name]))
        self.code = QrCode(_CODE)
        self._what = Text("", Type.STRONG, tabular=True)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text = QLineEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(t("Invoice"))
        self.text.setFixedHeight(38)
        self.text.setFont(monospace(Type.SMALL))
        self.copy_button = Button(t("Copy"), icon="copy", look=Look.PRIMARY)
        self.copy_button.setFixedHeight(42)
        self.copy_button.clicked.connect(self._copy)
        layout.addWidget(self.kind)
        layout.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        self._about = Text("", Type.SMALL, "soft", wrap=True)
        self._about.setText(
            t(
                "Anybody can pay it as often as they like while TipDesk is running here. It does "
                "not say who you are."
            )
        )
        self.close_button = Button(t("Close this offer"), look=Look.GHOST, small=True)
        self.close_button.clicked.connect(self._wallet.close_offer)
        for part in (self._what, self.text, self.copy_button, self._about):
            layout.addWidget(part)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignHCenter)
        return result

    def _make_arrival(self) -> QWidget:
        came = Panel("sunken")
        line = row(spacing=Space.NEAR)
        line.setContentsMargins(Space.NEAR, Space.NEAR, Space.NEAR, Space.NEAR)
        came.setLayout(line)
        self._arrived = Text("", Type.STRONG, tabular=True, wrap=True)
        line.addWidget(Icon("check", "good", 22))
        line.addWidget(self._arrived, 1)
        another = Button(t("Another"), small=True, name=t("Receive another payment"))
        another.clicked.connect(self.begin)
        line.addWidget(another)
        return came

    def _make(self) -> None:
        self._wallet.receive(self.amount.amount, self.description.text().strip())

    def _make_offer(self) -> None:
        self._wallet.receive_by_offer(self.amount.amount, self.description.text().strip())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.text())
        self.copy_button.set_label(t("Copied"))
        self.copy_button.set_icon("check")

    def _update(self) -> None:
        model = self._wallet
        shown, came = model.code_text, model.arrived
        self._form.setVisible(not shown)
        self._result.setVisible(bool(shown) and came is None)
        self._came.setVisible(came is not None)
        if came is not None:
            self._arrived.setText(t("{amount} arrived.", amount=came))
        problem = model.receive_problem or self.amount.problem
        self.make_button.setEnabled(not self.amount.problem)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._room.setText(model.receive_limit(self.amount.amount))
        self.own_address.show_value(model.own_address)
        for name, button in self.kind.buttons.items():
            button.setVisible(Code[name] in model.codes)
        self.kind.setVisible(len(model.codes) > 1)
        for part in (self._about, self.close_button):
            part.setVisible(model.offer is not None)
        if shown and shown != self.text.text():
            self._show(shown)
        elif not shown:
            self.text.clear()
        if self.isVisible():
            self.fit()

    def _show(self, shown: str) -> None:
        model = self._wallet
        self.kind.choose(model.code.name)
        amount = model.created_amount
        name = {
            Code.LIGHTNING: t("Invoice"),
            Code.BOTH: t("Invoice and address"),
            Code.CHAIN: t("Address on chain"),
            Code.OFFER: t("Offer"),
        }[model.code]
        any_amount = t("{name}, any amount", name=name)
        self._what.setText(any_amount if amount is None else words.exact_amount(amount))
        self.text.setText(shown)
        self.text.setCursorPosition(0)
        self.text.setAccessibleName(name)
        self.code.show_text(shown, t("{name} as a QR code", name=name))
        self.copy_button.set_label(t("Copy"), t("Copy: {name}", name=name))
        self.copy_button.set_icon("copy")
        if not self.kind.isAncestorOf(self.window().focusWidget() or self):
            self.copy_button.setFocus()
