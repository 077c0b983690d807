"""What an invoice asks and costs, an amount where it leaves that open, and the button that pays."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from tipdesk.base.phrase import Phrase
from tipdesk.services.views import InvoicePreview
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.wallet import WalletViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.typed_again import TypedAgain

_FACTS = (Phrase("For"), Phrase("To"), Phrase("Fee"), Phrase("Expires"))


class InvoiceForm(QWidget):
    """Shows the wallet's preview and pays it. `resized` when it needs another height."""

    resized = Signal()

    def __init__(self, wallet: WalletViewModel) -> None:
        super().__init__()
        self._wallet = wallet
        self._shown = ""
        layout = column(self, spacing=Space.NEAR)
        layout.addWidget(self._make_preview())
        self._question = TypedAgain()
        self.again = self._question.edit
        layout.addWidget(self._question)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.button = Button(t("Pay"), icon="send", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(lambda: wallet.pay(self.again.amount))
        layout.addWidget(self.button)
        wallet.changed.connect(self.update_view)
        self.update_view()

    def update_view(self) -> None:
        """The preview as it is now."""
        model, preview = self._wallet, self._wallet.preview
        self._preview.setVisible(preview is not None)
        open_problem = self.own_amount.problem if preview is not None else ""
        problem = model.send_problem or open_problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        can_pay = preview is not None and preview.amount is not None and not model.is_paying
        self.button.setEnabled(can_pay and not open_problem)
        self.button.setVisible(preview is not None)
        self.button.set_label(t("Paying …") if model.is_paying else t("Pay"))
        if preview is not None:
            self._show(preview)
        self._question.ask(model.question)
        self.resized.emit()

    def _make_preview(self) -> QWidget:
        self._preview = Panel("sunken")
        layout = column(self._preview, margin=Space.NEAR, spacing=6)
        self._amount = Text("", Type.TITLE, tabular=True)
        self.own_amount = AmountEdit(t("Amount to pay"))
        self.own_amount.amount_changed.connect(self._wallet.set_amount)
        layout.addWidget(self._amount)
        layout.addWidget(self.own_amount)
        self._facts: dict[str, Text] = {}
        for name in _FACTS:
            line = row()
            label = Text(say(name), Type.SMALL, "faint")
            label.setFixedWidth(_label_width())
            self._facts[name] = Text("", Type.SMALL, "soft", tabular=True, wrap=True)
            line.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(self._facts[name], 1, Qt.AlignmentFlag.AlignTop)
            layout.addLayout(line)
        return self._preview

    def _show(self, preview: InvoicePreview) -> None:
        open_amount = preview.amount is None or not self.own_amount.isHidden()
        if self._shown != preview.invoice:
            self._shown = preview.invoice
            open_amount = preview.amount is None
            self.own_amount.clear()
        self.own_amount.setVisible(open_amount)
        self._amount.setVisible(not open_amount)
        if preview.amount is not None:
            self._amount.setText(words.exact_amount(preview.amount))
            if not self._wallet.is_paying:
                self.button.set_label(t("Pay {amount}", amount=words.exact_amount(preview.amount)))
        self._facts["For"].setText(words.line(preview.description) or t("no description"))
        self._facts["To"].setText(words.short_key(preview.payee))
        self._facts["Fee"].setText(self._fee(preview))
        self._facts["Expires"].setText(self._expiry(preview))

    def _fee(self, preview: InvoicePreview) -> str:
        other = self._wallet.summary.elsewhere
        most = t("at most {amount}", amount=words.exact_amount(preview.fee_limit))
        if other is not None and not other.keeps_fee_limit:
            most = t("what {wallet} decides", wallet=words.line(other.name))
        quote = self._wallet.quote
        if quote is None:
            return most
        likely = words.exact_amount(quote.fee) if quote.fee else t("nothing")
        return t(
            "likely {likely} over {channels}, {most}",
            likely=likely,
            channels=tn(quote.channels, "{count} channel", "{count} channels"),
            most=most,
        )

    def _expiry(self, preview: InvoicePreview) -> str:
        left = preview.expires_at.since(self._wallet.now)
        return t("in {time}", time=words.took(left)) if left > 0 else t("has expired")


def _label_width() -> int:
    """The widest name of a fact, within reason."""
    metrics = QFontMetrics(font(Type.SMALL))
    return min(120, max(54, *(metrics.horizontalAdvance(say(name)) + 2 for name in _FACTS)))
