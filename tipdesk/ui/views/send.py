"""Sending: whatever is pasted is read, what it is and costs is shown, then it is sent."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.viewmodels.send import Form, SendViewModel
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.found_line import FoundLine
from tipdesk.ui.widgets.invoice_form import InvoiceForm
from tipdesk.ui.widgets.onchain_form import OnchainForm
from tipdesk.ui.widgets.page_form import PageForm
from tipdesk.ui.widgets.panel import Popover, column
from tipdesk.ui.widgets.scan_line import ScanLine
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.tip_form import TipForm

_WIDTH = 380
_HIGH, _LOW = 78, 56


def _hint() -> str:
    return t(
        "An invoice, a lightning address, an npub, an address on chain, an LNURL or a node's key. "
        "Nothing is sent before you press the button."
    )


class SendPanel(Popover):
    """One box for all; an invoice is paid, all else is a tip."""

    def __init__(self, model: SendViewModel, images: Images, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._model = model
        self.setAccessibleName(t("Send"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        paste = Button(t("Paste"), icon="copy", look=Look.GHOST, small=True)
        paste.clicked.connect(self._paste)
        layout.addLayout(self.head(t("Send"), paste))
        self.text = QPlainTextEdit()
        self.text.setFont(monospace(Type.SMALL))
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(t("Whom, or what, to pay"))
        self.text.setAccessibleName(t("Whom, or what, to pay"))
        self.text.textChanged.connect(self._text_changed)
        self.text.installEventFilter(self)
        layout.addWidget(self.text)
        self._hint = Text(_hint(), Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._hint)
        self.scan = ScanLine()
        self.scan.read.connect(self._take_code)
        layout.addWidget(self.scan)
        self.setAcceptDrops(True)
        self.text.setAcceptDrops(False)
        self.found = FoundLine(images)
        layout.addWidget(self.found)
        self._note = Text("", Type.SMALL, "soft", wrap=True)
        layout.addWidget(self._note)
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        layout.addWidget(self._problem)
        self.invoice = InvoiceForm(model.wallet)
        self.tip = TipForm(model.draft, t("Send"), of=t("the payment"))
        self.onchain, self.page = OnchainForm(model.onchain), PageForm(model.page)
        for form in (self.invoice, self.tip, self.onchain, self.page):
            form.resized.connect(self._resized)
            layout.addWidget(form)
        model.changed.connect(self._update)
        model.draft.sent.connect(self.dismiss)
        model.wallet.paid.connect(self.dismiss)
        model.done.connect(self.dismiss)
        model.wants_amount.connect(self._ask_amount)
        model.wallet_wanted.connect(self._give_away)
        model.offer_wanted.connect(lambda _: self._give_away())

    @property
    def button(self) -> Button:
        """Sends, pays, takes or logs in, as it fits what was pasted."""
        match self._model.form:
            case Form.TIP:
                return self.tip.button
            case Form.ONCHAIN:
                return self.onchain.button
            case Form.PAGE:
                return self.page.button
            case _:
                return self.invoice.button

    def begin(self, text: str = "") -> None:
        """A new payment, to what a link from outside says if there is one."""
        self.text.setPlainText(text)
        self.text.setFocus()
        if text:
            self._go_on()
        self._update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on to the button, and does not pay by itself."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._go_on()
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is pasted is one line: Enter is for the panel."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        is_press = watched is self.text and event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in keys:
            if self._model.is_unknown:
                self.page.button.click()
            else:
                self._go_on()
            return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture may be dropped, and so may text."""
        if self.scan.takes(event.mimeData()) or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Reads the code in a picture, or takes the text."""
        event.acceptProposedAction()
        if self.scan.takes(event.mimeData()):
            self.scan.take(event.mimeData())
        else:
            self._take_code(event.mimeData().text())

    def _give_away(self) -> None:
        """Another page goes on with it. What connects a wallet is secret, and stays nowhere."""
        self.text.clear()
        self.dismiss()

    def _take_code(self, text: str) -> None:
        self.text.setPlainText(text.strip())
        self._go_on()

    def _paste(self) -> None:
        data = QGuiApplication.clipboard().mimeData()
        if not data.hasText() and self.scan.takes(data):
            self.scan.take(data)
            return
        self.text.setPlainText(QGuiApplication.clipboard().text().strip())
        self._go_on()

    def _go_on(self) -> None:
        """To the next thing that is to be written or pressed."""
        tabbed = Qt.FocusReason.TabFocusReason
        if self.button.isVisible() and self.button.isEnabled():
            self.button.setFocus(tabbed)
        elif self._model.is_tip:
            self.tip.amount.setFocus(tabbed)
        elif self._model.form is Form.ONCHAIN:
            self.onchain.amount.setFocus(tabbed)
        elif self.invoice.own_amount.isVisible():
            self.invoice.own_amount.setFocus(tabbed)

    def _ask_amount(self) -> None:
        self.tip.begin(None)
        self.tip.amount.setFocus(Qt.FocusReason.TabFocusReason)

    def _text_changed(self) -> None:
        self.scan.clear()
        self._model.look_at(self.text.toPlainText())
        if self._model.is_tip:
            self.tip.begin(None)
        elif self._model.form is Form.ONCHAIN:
            self.onchain.begin()

    def _update(self) -> None:
        model = self._model
        is_found = model.found is not None
        self.text.setFixedHeight(_LOW if is_found else _HIGH)
        self._hint.setVisible(not is_found and not model.problem)
        self.scan.setVisible(not is_found)
        self.found.show_found(model.found)
        problem = "" if model.is_invoice else model.problem
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.invoice.setVisible(model.is_invoice or bool(model.wallet.send_problem))
        self.tip.setVisible(model.is_tip)
        self.onchain.setVisible(model.form is Form.ONCHAIN)
        self.page.setVisible(model.form is Form.PAGE)
        self._note.setText(model.note)
        self._note.setVisible(bool(model.note))
        self._resized()

    def _resized(self) -> None:
        if self.isVisible():
            self.fit()
