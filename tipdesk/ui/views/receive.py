"""Being paid: an amount, then a code and an invoice to copy; or an address on chain."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.wallet import WalletViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.qr_code import QrCode
from tipdesk.ui.widgets.text import Text

_WIDTH = 348
_CODE = 316


class ReceivePanel(Popover):
    """Asks for an amount, then shows what to hand over."""

    def __init__(self, model: WalletViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._wallet = model
        self.setAccessibleName("Receive")
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head("Receive"))
        self._form, self._result = self._make_form(), self._make_result()
        layout.addWidget(self._form)
        layout.addWidget(self._result)
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

    def _make_form(self) -> QWidget:
        form = QWidget()
        layout = column(form, spacing=Space.NEAR)
        self.amount = AmountEdit("Amount to receive")
        self.amount.setPlaceholderText("Any amount")
        self.amount.amount_changed.connect(lambda _: self._update())
        self.description = QLineEdit()
        self.description.setFixedHeight(40)
        self.description.setMaxLength(200)
        self.description.setPlaceholderText("What it is for")
        self.description.setAccessibleName("What the payment is for")
        self.make_button = Button("Make an invoice", icon="bolt-solid", look=Look.PRIMARY)
        self.make_button.setFixedHeight(42)
        self.make_button.clicked.connect(self._make)
        on_chain = Button("Address on chain", icon="chain", look=Look.GHOST)
        on_chain.clicked.connect(self._wallet.receive_on_chain)
        for field in (self.amount, self.description):
            field.returnPressed.connect(self.make_button.click)
        for part in (self.amount, self.description, self.make_button, on_chain):
            layout.addWidget(part)
        return form

    def _make_result(self) -> QWidget:
        result = QWidget()
        layout = column(result, spacing=Space.NEAR)
        self.code = QrCode(_CODE)
        self._what = Text("", Type.STRONG, tabular=True)
        self._what.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text = QLineEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Invoice")
        self.text.setFixedHeight(38)
        self.text.setFont(monospace(Type.SMALL))
        self.copy_button = Button("Copy", icon="copy", look=Look.PRIMARY)
        self.copy_button.setFixedHeight(42)
        self.copy_button.clicked.connect(self._copy)
        layout.addWidget(self.code, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._what)
        layout.addWidget(self.text)
        layout.addWidget(self.copy_button)
        return result

    def _make(self) -> None:
        self._wallet.receive(self.amount.amount, self.description.text().strip())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.text())
        self.copy_button.set_label("Copied")
        self.copy_button.set_icon("check")

    def _update(self) -> None:
        model = self._wallet
        shown = model.created.invoice if model.created is not None else model.address
        self._form.setVisible(not shown)
        self._result.setVisible(bool(shown))
        problem = model.receive_problem or self.amount.problem
        self.make_button.setEnabled(not self.amount.problem)
        if not shown and not problem:
            problem = model.receive_limit(self.amount.amount)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if shown and shown != self.text.text():
            self._show(shown)
        elif not shown:
            self.text.clear()
        if self.isVisible():
            self.fit()

    def _show(self, shown: str) -> None:
        is_invoice = self._wallet.created is not None
        amount = self._wallet.created_amount
        what = "Invoice over any amount" if is_invoice else "Address on chain"
        self._what.setText(words.amount(amount) if is_invoice and amount is not None else what)
        self.text.setText(shown)
        self.text.setCursorPosition(0)
        name = "Invoice" if is_invoice else "Address"
        self.text.setAccessibleName(name)
        self.code.show_text(shown, f"{name} as a QR code")
        self.copy_button.set_label("Copy", f"Copy the {name.lower()}")
        self.copy_button.set_icon("copy")
        self.copy_button.setFocus()
