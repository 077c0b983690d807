"""The wallet: what there is, being paid, paying, and what was."""

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Msat
from tipdesk.services.events import BalanceChanged, ChannelsChanged, PaymentChanged
from tipdesk.services.views import InvoicePreview, PaymentView, WalletSummary
from tipdesk.tips.payment import CreatedInvoice, Failed, InFlight, PaymentUpdate, Quote, Succeeded
from tipdesk.ui import format as words
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows


class WalletViewModel(ViewModel):
    """The wallet page. Problems are sentences, empty when there is none."""

    paid = Signal(str)
    """A payment was settled; the words say so."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.history: Rows[PaymentView] = Rows(lambda p: p.payment_hash, describe, self)
        self.history.wants_more.connect(self.refresh)
        self.created: CreatedInvoice | None = None
        self.created_amount: Msat | None = None
        self.address = ""
        self.receive_problem = ""
        self.preview: InvoicePreview | None = None
        self.quote: Quote | None = None
        self.send_problem = ""
        self.is_paying = False
        for kind in (BalanceChanged, ChannelsChanged, PaymentChanged):
            self.listen(kind, self.touch)
        self.refresh()

    @property
    def summary(self) -> WalletSummary:
        """What there is."""
        return self._app.wallet.summary()

    @property
    def now(self) -> Instant:
        """The time."""
        return self._app.clock.now()

    def refresh(self) -> None:
        """Reads the history anew."""
        self.history.replace(self._app.wallet.payments(self.history.limit))

    def ask_anew(self) -> None:
        """Asks the wallet and the chain."""
        spawn(self._refresh(), self)

    def receive(self, amount: Msat | None, description: str) -> None:
        """Makes an invoice: `created` when it is there."""
        spawn(self._receive(amount, description), self)

    def receive_on_chain(self) -> None:
        """Makes an address: `address` when it is there."""
        spawn(self._address(), self)

    def forget_invoice(self) -> None:
        """Clears what was created."""
        self.created, self.created_amount, self.address = None, None, ""
        self.changed.emit()

    def look_at(self, text: str) -> None:
        """Reads an invoice that was pasted: `preview`, or `send_problem`."""
        self.preview, self.quote, self.send_problem = None, None, ""
        if text.strip():
            try:
                self.preview = self._app.wallet.preview(text.strip())
            except RequestError as error:
                self.send_problem = sentence(error)
        self.changed.emit()
        self._ask_quote()

    def set_amount(self, amount: Msat | None) -> None:
        """The payer's amount, for an invoice that leaves it open."""
        if self.preview is not None and amount is not None:
            self.preview = replace(self.preview, amount=amount)
            self._ask_quote()

    def pay(self) -> None:
        """Pays what is previewed."""
        if self.preview is not None and self.preview.amount is not None and not self.is_paying:
            self.is_paying = True
            self.changed.emit()
            spawn(self._pay(self.preview), self)

    def _ask_quote(self) -> None:
        if self.preview is not None and self.preview.amount is not None:
            spawn(self._quote(self.preview), self)

    async def _refresh(self) -> None:
        try:
            await self._app.wallet.refresh()
        except BackendError as error:
            self.receive_problem = sentence(error)
        self.touch()

    async def _receive(self, amount: Msat | None, description: str) -> None:
        self.receive_problem = ""
        try:
            self.created = await self._app.wallet.create_invoice(amount, description)
            self.created_amount = amount
        except (RequestError, BackendError) as error:
            self.receive_problem = sentence(error)
        self.changed.emit()

    async def _address(self) -> None:
        self.receive_problem = ""
        try:
            self.address = await self._app.wallet.new_address()
        except (RequestError, BackendError) as error:
            self.receive_problem = sentence(error)
        self.changed.emit()

    async def _quote(self, preview: InvoicePreview) -> None:
        try:
            quote = await self._app.wallet.quote(preview)
        except (RequestError, BackendError) as error:
            self.send_problem = sentence(error)
        else:
            if self.preview != preview:
                return
            self.quote = quote if isinstance(quote, Quote) else None
            self.send_problem = quote.reason.value if isinstance(quote, Failed) else ""
        self.changed.emit()

    async def _pay(self, preview: InvoicePreview) -> None:
        try:
            self._take(preview, await self._app.wallet.pay(preview))
        except (RequestError, BackendError) as error:
            self.send_problem = sentence(error)
        finally:
            self.is_paying = False
        self.touch()

    def _take(self, preview: InvoicePreview, update: PaymentUpdate) -> None:
        match update:
            case Succeeded():
                self.preview, self.quote, self.send_problem = None, None, ""
                self.paid.emit(f"Paid {words.amount(update.amount)}, {words.fee(update.fee)}.")
            case Failed():
                self.send_problem = f"{update.reason.value} No money moved."
            case InFlight():
                self._now_in_flight()
            case _:
                self._now_in_flight()

    def _now_in_flight(self) -> None:
        self.preview, self.quote = None, None
        self.send_problem = (
            "The payment is in flight: it may still arrive. Do not pay it a second time; "
            "its outcome will stand in the history below."
        )


def describe(payment: PaymentView) -> str:
    """A payment as a sentence for screen readers."""
    amount = "any amount" if payment.amount is None else words.amount(payment.amount)
    return (
        f"{amount} {payment.direction.value}. {payment.status.value}. "
        f"{words.line(payment.description)}"
    )
