"""Paying: an invoice is pasted, what it asks and costs is shown, then it is paid."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tipdesk.services.views import InvoicePreview
from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.wallet import WalletViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, Popover, column, row
from tipdesk.ui.widgets.text import Text

_WIDTH = 380
_FACTS = ("For", "To", "Fee", "Expires")


class SendPanel(Popover):
    """Pastes, previews, pays."""

    def __init__(self, model: WalletViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._wallet = model
        self.setAccessibleName("Send")
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        paste = Button("Paste", icon="copy", look=Look.GHOST, small=True)
        paste.clicked.connect(self._paste)
        layout.addLayout(self.head("Send", paste))
        self.text = QPlainTextEdit()
        self.text.setFixedHeight(78)
        self.text.setFont(monospace(Type.SMALL))
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText("Paste a Lightning invoice")
        self.text.setAccessibleName("Lightning invoice to pay")
        self.text.textChanged.connect(self._text_changed)
        self.text.installEventFilter(self)
        layout.addWidget(self.text)
        layout.addWidget(self._make_preview())
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button("Pay", icon="send", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(model.pay)
        layout.addWidget(self.button)
        model.changed.connect(self._update)

    def begin(self) -> None:
        """A new payment."""
        self.text.clear()
        self.text.setFocus()
        self._update()

    def _paste(self) -> None:
        self.text.setPlainText(QGuiApplication.clipboard().text().strip())
        self._to_button()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the button, and does not pay by itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._to_button()
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """An invoice is one line: Enter is for the panel."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_press = watched is self.text and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in keys:
            self._to_button()
            return True
        return super().eventFilter(watched, event)

    def _to_button(self) -> None:
        if self.button.isEnabled():
            self.button.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.own_amount.isVisible():
            self.own_amount.setFocus(Qt.FocusReason.TabFocusReason)

    def _text_changed(self) -> None:
        self._wallet.look_at(self.text.toPlainText())

    def _make_preview(self) -> QWidget:
        self._preview = Panel("sunken")
        layout = column(self._preview, margin=Space.NEAR, spacing=6)
        self._amount = Text("", Type.TITLE, tabular=True)
        self.own_amount = AmountEdit("Amount to pay")
        self.own_amount.amount_changed.connect(self._wallet.set_amount)
        layout.addWidget(self._amount)
        layout.addWidget(self.own_amount)
        self._facts: dict[str, Text] = {}
        for name in _FACTS:
            line = row()
            label = Text(name, Type.SMALL, "faint")
            label.setFixedWidth(54)
            self._facts[name] = Text("", Type.SMALL, "soft", tabular=True, wrap=True)
            line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(self._facts[name], 1, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(line)
        return self._preview

    def _update(self) -> None:
        model = self._wallet
        preview = model.preview
        self._preview.setVisible(preview is not None)
        open_problem = self.own_amount.problem if preview is not None else ""
        problem = model.send_problem or open_problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        can_pay = preview is not None and preview.amount is not None and not model.is_paying
        can_pay = can_pay and not open_problem
        self.button.setEnabled(can_pay)
        self.button.set_label("Paying …" if model.is_paying else "Pay")
        if preview is not None:
            self._show(preview)
        if self.isVisible():
            self.fit()

    def _show(self, preview: InvoicePreview) -> None:
        open_amount = preview.amount is None or not self.own_amount.isHidden()
        is_new = self._facts["To"].property("invoice") != preview.invoice
        if is_new:
            self._facts["To"].setProperty("invoice", preview.invoice)
            open_amount = preview.amount is None
            self.own_amount.clear()
        self.own_amount.setVisible(open_amount)
        self._amount.setVisible(not open_amount)
        if preview.amount is not None:
            self._amount.setText(words.amount(preview.amount))
            if not self._wallet.is_paying:
                self.button.set_label(f"Pay {words.amount(preview.amount)}")
        self._facts["For"].setText(words.line(preview.description) or "no description")
        self._facts["To"].setText(words.short_key(preview.payee))
        self._facts["Fee"].setText(self._fee(preview))
        self._facts["Expires"].setText(self._expiry(preview))

    def _fee(self, preview: InvoicePreview) -> str:
        most = f"at most {words.amount(preview.fee_limit)}"
        quote = self._wallet.quote
        if quote is None:
            return most
        likely = words.amount(quote.fee) if quote.fee else "nothing"
        return f"likely {likely} over {words.counted(quote.channels, 'channel')}, {most}"

    def _expiry(self, preview: InvoicePreview) -> str:
        left = preview.expires_at.since(self._wallet.now)
        return f"in {words.took(left)}" if left > 0 else "has expired"
