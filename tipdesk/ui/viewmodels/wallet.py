"""The wallet: what there is, being paid, paying, and what was."""

from contextlib import suppress
from dataclasses import replace
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Msat
from tipdesk.ports.offers import OwnOffer
from tipdesk.services.events import BalanceChanged, ChannelsChanged, PaymentChanged, TimelineChanged
from tipdesk.services.pasted import payment_link
from tipdesk.services.views import InvoicePreview, PaymentView, WalletSummary
from tipdesk.tips.caution import ConfirmationNeeded, Habits
from tipdesk.tips.history import PaymentState
from tipdesk.tips.payment import CreatedInvoice, Failed, InFlight, PaymentUpdate, Quote, Succeeded
from tipdesk.tips.sentence import failure
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows


class Code(Enum):
    """What a code is for."""

    LIGHTNING = auto()
    BOTH = auto()
    CHAIN = auto()
    OFFER = auto()


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
        self.created_words = ""
        self.address = ""
        self.offer: OwnOffer | None = None
        """What is shown, if it is an offer."""
        self.code = Code.LIGHTNING
        self.arrived: Msat | None = None
        """What came for the invoice that is shown."""
        self.receive_problem = ""
        self.preview: InvoicePreview | None = None
        self.quote: Quote | None = None
        self.send_problem = ""
        self.question = ""
        self.is_paying = False
        self._names_amount = False
        for kind in (BalanceChanged, ChannelsChanged, PaymentChanged, TimelineChanged):
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
        payments = self._app.wallet.payments(self.history.limit)
        self.history.replace(payments)
        made = None if self.created is None else self.created.payment_hash
        line = next((p for p in payments if p.payment_hash == made), None)
        if line is not None and line.status is PaymentState.SUCCEEDED:
            self.arrived = line.amount

    def note(self, payment: PaymentView) -> str:
        """The person's own words about a payment."""
        return words.line(self._app.timeline.payment_note(payment.payment_hash))

    def set_note(self, payment: PaymentView, text: str) -> None:
        """Keeps them, in the history too; empty ones take them away."""
        if text.strip() != self.note(payment):
            self._app.timeline.note_payment(payment.payment_hash, text.strip())

    def ask_anew(self) -> None:
        """Asks the wallet and the chain."""
        spawn(self._refresh(), self)

    def receive_limit(self, amount: Msat | None) -> str:
        """What to know before asking for an amount; empty if it can come in by one payment."""
        room, other = self.summary.receivable, self.summary.elsewhere
        if other is not None and (room is None or amount is None or amount <= room):
            return t(
                "It comes to {wallet}. An address on chain is TipDesk's own.", wallet=other.name
            )
        if room is None:
            return ""
        if room > Msat(0) and (amount is None or amount <= room):
            return t("Up to {room} can come in over your channels now.", room=room)
        if room > Msat(0):
            return t(
                "At most {room} can come in now: what you spend makes room, and so does a channel "
                "that others open to you. An address on chain takes any amount.",
                room=room,
            )
        return t(
            "No room yet: what you spend makes room, and so does a channel that others open to "
            "you. An address on chain takes any amount."
        )

    @property
    def own_address(self) -> str:
        """Where one is paid at any time; empty if nowhere."""
        myself = self._app.status().myself
        return "" if myself is None or myself.lud16 is None else words.line(myself.lud16)

    @property
    def codes(self) -> tuple[Code, ...]:
        """What can be shown of what was made."""
        if self.offer is not None:
            return (Code.OFFER,)
        if self.created is None:
            return (Code.CHAIN,) if self.address else ()
        both = (Code.LIGHTNING, Code.BOTH, Code.CHAIN)
        return both if self.address else (Code.LIGHTNING,)

    @property
    def code_text(self) -> str:
        """What is handed over now; empty while nothing was made."""
        if self.offer is not None:
            return self.offer.text
        invoice = "" if self.created is None else self.created.invoice
        if self.code is Code.LIGHTNING or not self.address:
            return invoice or self.address
        if self.code is Code.CHAIN and self.created_amount is None:
            return self.address
        invoice = invoice if self.code is Code.BOTH else ""
        return payment_link(self.address, invoice, self.created_amount, self.created_words)

    def show_code(self, code: Code) -> None:
        """Another form of the same."""
        self.code = code
        self.changed.emit()

    def receive(self, amount: Msat | None, description: str) -> None:
        """Makes an invoice: `created` when it is there."""
        spawn(self._receive(amount, description), self)

    def receive_on_chain(self) -> None:
        """Makes an address: `address` when it is there."""
        spawn(self._address(), self)

    def receive_by_offer(self, amount: Msat | None, description: str) -> None:
        """Shows an offer for this, the one that there is already or a new one: `offer`."""
        spawn(self._offer(amount, description), self)

    def close_offer(self) -> None:
        """Nobody gets an invoice any more for the offer that is shown."""
        if self.offer is not None:
            self._app.own_offers.close(self.offer.key)
            self.forget_invoice()

    def forget_invoice(self) -> None:
        """Clears what was created."""
        self.created, self.created_amount, self.address = None, None, ""
        self.offer = None
        self.created_words, self.arrived = "", None
        self.receive_problem = ""
        self.changed.emit()

    def look_at(self, text: str) -> None:
        """Reads an invoice that was pasted: `preview`, or `send_problem`."""
        self.preview, self.quote, self.send_problem = None, None, ""
        self.question, self._names_amount = "", False
        if text.strip():
            try:
                self.preview = self._app.wallet.preview(text.strip())
                self._names_amount = self.preview.amount is not None
            except RequestError as error:
                self.send_problem = sentence(error)
        self.changed.emit()
        self._ask_quote()

    def set_amount(self, amount: Msat | None) -> None:
        """The payer's amount, for an invoice that leaves it open."""
        if self.preview is None or self._names_amount:
            return
        limit = self._app.tips.fee_limit(amount or Msat(0))
        self.preview = replace(self.preview, amount=amount, fee_limit=limit)
        self.quote, self.send_problem, self.question = None, "", ""
        self.changed.emit()
        self._ask_quote()

    def pay(self, typed_again: Msat | None = None) -> None:
        """Pays what is previewed; `question` if its amount has to be typed first."""
        preview = self.preview
        if preview is None or preview.amount is None or self.is_paying:
            return
        self.send_problem = ""
        if self.question and typed_again != preview.amount:
            self.send_problem = t("That is another amount. Type the one of the invoice.")
        elif self._is_meant(preview.amount, typed_again):
            self.is_paying = True
            spawn(self._pay(preview), self)
        self.changed.emit()

    def _is_meant(self, amount: Msat, typed_again: Msat | None) -> bool:
        """An invoice is asked about for its size alone: what tips are usual says nothing of it."""
        try:
            Habits((), self._app.allowance.retype_from).check(amount, typed_again)
        except ConfirmationNeeded as needed:
            self.question = sentence(needed)
            return False
        self.question = ""
        return True

    def _ask_quote(self) -> None:
        # The wallet quotes what an invoice names; of an open one it knows the limit only.
        if self.preview is not None and self._names_amount:
            spawn(self._quote(self.preview), self)

    async def _refresh(self) -> None:
        try:
            await self._app.wallet.refresh()
        except BackendError as error:
            self.receive_problem = sentence(error)
        self.touch()

    async def _receive(self, amount: Msat | None, description: str) -> None:
        self.receive_problem, self.code = "", Code.LIGHTNING
        try:
            self.created = await self._app.wallet.create_invoice(amount, description)
            self.created_amount, self.created_words = amount, description
        except (RequestError, BackendError) as error:
            self.receive_problem = sentence(error)
            self.changed.emit()
            return
        self.changed.emit()
        with suppress(RequestError, BackendError):
            # A code for any wallet is offered where there is an address; the invoice is enough.
            self.address = await self._app.wallet.new_address()
            self.changed.emit()

    async def _offer(self, amount: Msat | None, description: str) -> None:
        self.receive_problem, self.code = "", Code.OFFER
        offers = self._app.own_offers
        fitting = (
            one
            for one in offers.offers()
            if one.is_open
            and one.is_reachable
            and (one.amount, one.description) == (amount, description)
        )
        try:
            self.offer = next(fitting, None) or await offers.create(description, amount)
            self.created_amount = amount
        except (RequestError, BackendError) as error:
            self.receive_problem = sentence(error)
        self.changed.emit()

    async def _address(self) -> None:
        self.receive_problem, self.code = "", Code.CHAIN
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
            self.send_problem = say(failure(quote)) if isinstance(quote, Failed) else ""
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
                self.paid.emit(
                    t("Paid {amount}, {fee}.", amount=update.amount, fee=words.fee(update.fee))
                )
            case Failed():
                self.send_problem = say(failure(update))
            case InFlight():
                self._now_in_flight()
            case _:
                self._now_in_flight()

    def _now_in_flight(self) -> None:
        self.preview, self.quote = None, None
        self.send_problem = t(
            "The payment is in flight: it may still arrive. Do not pay it a second time; "
            "its outcome will stand in the history below."
        )


def describe(payment: PaymentView) -> str:
    """A payment as a sentence for screen readers."""
    amount = t("any amount") if payment.amount is None else words.amount(payment.amount)
    return (
        f"{amount} {say(payment.direction.value)}. {say(payment.status.value)}. "
        f"{words.line(payment.description)}"
    )
