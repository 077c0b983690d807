"""The wallet page: what is there, invoices given out and paid, addresses on chain."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice import bolt11
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.stores_tips import HistoryStore
from tipdesk.ports.wallet import OnchainBalance, OnchainWallet
from tipdesk.services.balance_cap import BalanceCap
from tipdesk.services.bus import Bus
from tipdesk.services.events import (
    BalanceChanged,
    ChannelsChanged,
    PaymentChanged,
    TipChanged,
    WalletsChanged,
)
from tipdesk.services.holdings import holdings, holdings_elsewhere
from tipdesk.services.views import Elsewhere, InvoicePreview, PaymentView, WalletSummary
from tipdesk.tips import sentence
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.payment import (
    CreatedInvoice,
    Failed,
    IncomingPayment,
    InFlight,
    InvoiceRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
    Succeeded,
    Unknown,
)
from tipdesk.tips.tip import fee_limit

REFRESH_SECONDS: Final = 30.0
_GATHER_SECONDS: Final = 0.1
_LOOK_UP_SECONDS: Final = 2.0
_ATTEMPTS_FOR_MS: Final = 60_000
_MAX_DESCRIPTION: Final = 500
_NO_MONEY: Final = Phrase("No money moved.")
_EMPTY: Final = WalletSummary(
    spendable=Msat(0),
    receivable=Msat(0),
    in_channels=Msat(0),
    onchain_confirmed=Sat(0),
    onchain_unconfirmed=Sat(0),
)

log = logging.getLogger(__name__)


class UnpayableInvoice(RequestError):
    """What was pasted cannot be paid; the text says why."""

    def __init__(self, why: str) -> None:
        bare = why.removesuffix(".")
        super().__init__(
            Phrase("{why}. No money moved.", why=why)
            if why == bare
            else Phrase.joined((why, _NO_MONEY))
        )


class NoOnchainWallet(RequestError):
    """The wallet has no side on the chain."""

    def __init__(self) -> None:
        super().__init__(Phrase("This wallet has no addresses on chain."))


class WalletService:
    """Snapshots that are refreshed as things happen; payments that survive restarts."""

    def __init__(
        self,
        *,
        wallet: PaymentBackend,
        onchain: OnchainWallet | None,
        store: HistoryStore,
        bus: Bus,
        clock: Clock,
        network: Network,
        cap: BalanceCap | None = None,
        channels: Callable[[], Sequence[ChannelView]] = tuple,
        elsewhere: Callable[[], Elsewhere | None] = lambda: None,
    ) -> None:
        self._cap = cap
        self._channels = channels
        self._elsewhere = elsewhere
        self._wallet = wallet
        self._onchain = onchain
        self._store = store
        self._bus = bus
        self._clock = clock
        self._network = network
        self._summary = _EMPTY
        self._history = {record.payment_hash: record for record in store.history()}
        self._group: asyncio.TaskGroup | None = None
        self._stale = asyncio.Event()
        self._stale.set()
        wallet.on_received(self._on_received)
        bus.subscribe(TipChanged, lambda _: self._stale.set())
        bus.subscribe(ChannelsChanged, lambda _: self._stale.set())
        bus.subscribe(WalletsChanged, lambda _: self._stale.set())

    def summary(self) -> WalletSummary:
        """As of the last refresh."""
        return self._summary

    def payments(self, limit: int | None = None, offset: int = 0) -> tuple[PaymentView, ...]:
        """The history beside the tips, newest first: all, or `limit` after the first `offset`."""
        end = None if limit is None else offset + limit
        wanted = islice(reversed(self._history.values()), offset, end)
        return tuple(self._view(record) for record in wanted)

    async def run(self) -> None:
        """Recovers payments under way; refreshes when something happened or some time passed."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for record in tuple(self._history.values()):
                    if record.state is PaymentState.IN_FLIGHT:
                        self._follow(record, after_restart=True)
                    elif record.state is PaymentState.WAITING:
                        await self._catch_up(record)
                while True:
                    await self.refresh()
                    await self._wait_until_stale()
            finally:
                self._group = None

    async def refresh(self) -> None:
        """Asks wallet and chain; what cannot be reached keeps its last figures."""
        self._stale.clear()
        before, chain = self._summary, await self._chain_balance()
        try:
            balance = await self._wallet.balance()
        except BackendError as error:
            log.info("the wallet does not tell its balance: %s", error)
            self._tell_problem()
            return
        elsewhere = self._elsewhere()
        known = chain or OnchainBalance(before.onchain_confirmed, before.onchain_unconfirmed)
        self._summary = WalletSummary(
            spendable=balance.spendable,
            receivable=balance.receivable,
            in_channels=balance.in_channels,
            onchain_confirmed=known.confirmed,
            onchain_unconfirmed=known.unconfirmed,
            holdings=(
                holdings(self._channels(), known.confirmed, known.unconfirmed)
                if elsewhere is None
                else holdings_elsewhere(balance, elsewhere.channels)
            ),
            elsewhere=elsewhere,
            chain_told_at=before.chain_told_at if chain is None else self._clock.now(),
            is_known=True,
        )
        if self._summary != before:
            self._bus.publish(BalanceChanged())

    def _tell_problem(self) -> None:
        """Figures of another wallet than the one that pays are not shown."""
        elsewhere, before = self._elsewhere(), self._summary
        if elsewhere != before.elsewhere:
            named = None if elsewhere is None else elsewhere.name
            was = None if before.elsewhere is None else before.elsewhere.name
            kept = before if named == was else _EMPTY
            self._summary = replace(kept, elsewhere=elsewhere)
            self._bus.publish(BalanceChanged())

    def payment(self, payment_hash: PaymentHash) -> PaymentView | None:
        """One line of the history beside the tips."""
        record = self._history.get(payment_hash)
        return None if record is None else self._view(record)

    async def create_invoice(
        self, amount: Msat | None, description: str, *, expiry_seconds: int = 3_600
    ) -> CreatedInvoice:
        """An invoice to be shown; `RequestError` if the wallet cannot make it."""
        text = one_line(description, maximum=_MAX_DESCRIPTION)
        created = await self._wallet.create_invoice(
            InvoiceRequest(amount=amount, description=text, expiry_seconds=expiry_seconds)
        )
        self._keep(
            HistoryRecord(
                payment_hash=created.payment_hash,
                direction=Direction.IN,
                invoice=created.invoice,
                amount=amount,
                description=text,
                state=PaymentState.WAITING,
                at=self._clock.now(),
                expires_at=created.expires_at,
            )
        )
        return created

    def note(self, record: HistoryRecord) -> None:
        """A payment that a connected app asked for; durable with the next commit of the store."""
        self._store.save_payment(record)
        self._history[record.payment_hash] = record
        self._bus.publish(PaymentChanged(record.payment_hash))
        if record.state is not PaymentState.WAITING:
            self._stale.set()

    def knows(self, payment_hash: PaymentHash) -> bool:
        """Whether a payment stands in the history."""
        return payment_hash in self._history

    def invoice_of(self, payment_hash: PaymentHash) -> str:
        """What a payment is or was paid by; empty for one that has none or is not known."""
        record = self._history.get(payment_hash)
        return "" if record is None else record.invoice

    def note_durably(self, record: HistoryRecord) -> None:
        """A payment that came without an invoice of this page's: into the history at once."""
        self._keep(record)
        self._stale.set()

    def preview(self, text: str) -> InvoicePreview:
        """What a pasted invoice asks for; `UnpayableInvoice` says why it cannot be paid."""
        pasted = text.strip()
        if pasted[:10].lower() == "lightning:":
            pasted = pasted[10:]
        if not pasted:
            raise UnpayableInvoice(Phrase("Paste an invoice: it begins with lnbc"))
        if not pasted.lower().startswith("ln"):
            raise UnpayableInvoice(Phrase("This is no Lightning invoice: one begins with lnbc"))
        try:
            invoice = bolt11.decode(pasted)
        except DecodeError as error:
            raise UnpayableInvoice(in_words(error)) from error
        if invoice.network is not self._network:
            raise UnpayableInvoice(
                Phrase(
                    "The invoice is for {theirs}, this wallet is on {ours}",
                    theirs=invoice.network.value,
                    ours=self._network.value,
                )
            )
        if invoice.is_expired(self._clock.now()):
            raise UnpayableInvoice(Phrase("The invoice has expired; ask for a new one"))
        amount = invoice.amount_msat
        return InvoicePreview(
            invoice=pasted,
            payment_hash=invoice.payment_hash,
            amount=amount,
            description=one_line(invoice.description or "", maximum=_MAX_DESCRIPTION),
            payee=invoice.payee,
            expires_at=invoice.expires_at,
            fee_limit=fee_limit(amount or Msat(0)),
        )

    async def quote(self, preview: InvoicePreview) -> Quote | Failed:
        """The likely fee now, or why it cannot be paid."""
        return await self._wallet.quote(preview.invoice, preview.fee_limit, preview.amount)

    async def pay(self, preview: InvoicePreview) -> PaymentUpdate:
        """Pays, and returns the final update, or `Unknown`: then it is followed to its end."""
        if preview.amount is None or preview.amount <= Msat(0):
            raise UnpayableInvoice(Phrase("The invoice leaves the amount to you: set one"))
        if self._clock.now() >= preview.expires_at:
            raise UnpayableInvoice(Phrase("The invoice has expired; ask for a new one"))
        known = self._history.get(preview.payment_hash)
        if known is not None and known.state is not PaymentState.FAILED:
            raise UnpayableInvoice(Phrase("This invoice is in your history already"))
        record = self._under_way(preview, preview.amount)
        request = self._request(preview, preview.amount)
        return await self.order(record, lambda: self._wallet.pay(request))

    async def order(
        self, record: HistoryRecord, begin: Callable[[], AsyncIterator[PaymentUpdate]]
    ) -> PaymentUpdate:
        """A payment that stands in the history before `begin` gives the order, to its end there.

        The final update, or `Unknown`: then it is followed.
        """
        self._keep(record)
        update = await self._last(record.payment_hash, begin)
        if not self._finish(record, update):
            self._follow(record, after_restart=False)
        return update

    async def new_address(self) -> str:
        """An address on chain that nobody has paid yet; `CapReached` if the profile is full."""
        if self._onchain is None:
            raise NoOnchainWallet
        if self._cap is not None:
            await self._cap.check_any()
        return await self._onchain.new_address()

    def _under_way(self, preview: InvoicePreview, amount: Msat) -> HistoryRecord:
        return HistoryRecord(
            payment_hash=preview.payment_hash,
            direction=Direction.OUT,
            invoice=preview.invoice,
            amount=amount,
            description=preview.description,
            state=PaymentState.IN_FLIGHT,
            at=self._clock.now(),
            expires_at=preview.expires_at,
        )

    def _request(self, preview: InvoicePreview, amount: Msat) -> PayRequest:
        return PayRequest(
            invoice=preview.invoice,
            payment_hash=preview.payment_hash,
            amount=amount,
            max_fee=max(preview.fee_limit, fee_limit(amount)),
            deadline=min(preview.expires_at, self._clock.now().plus_ms(_ATTEMPTS_FOR_MS)),
        )

    async def _last(
        self, payment_hash: PaymentHash, begin: Callable[[], AsyncIterator[PaymentUpdate]]
    ) -> PaymentUpdate:
        last: PaymentUpdate = Unknown(payment_hash)
        try:
            async for update in begin():
                last = update
        except BackendError as error:
            last = Unknown(payment_hash, in_words(error))
        return Unknown(payment_hash) if isinstance(last, InFlight) else last

    def _finish(self, record: HistoryRecord, update: PaymentUpdate | None) -> bool:
        """Whether that was the end of it."""
        match update:
            case Succeeded():
                self._keep(
                    replace(
                        record,
                        state=PaymentState.SUCCEEDED,
                        fee=update.fee,
                        at=update.settled_at,
                    )
                )
            case Failed():
                problem = sentence.failure(update)
                self._keep(replace(record, state=PaymentState.FAILED, problem=problem))
            case _:
                return False
        self._stale.set()
        return True

    def _follow(self, record: HistoryRecord, *, after_restart: bool) -> None:
        if self._group is not None:
            self._group.create_task(
                self._ask_until_final(record, after_restart=after_restart),
                name=f"payment {record.payment_hash}",
            )

    async def _ask_until_final(self, record: HistoryRecord, *, after_restart: bool) -> None:
        """A payment whose end is not known is asked about, never paid again.

        That the wallet has not heard of it is certain after a restart, or once it has expired.
        """
        while True:
            try:
                update = await self._wallet.lookup(record.payment_hash)
            except BackendError as error:
                update = Unknown(record.payment_hash, in_words(error))
            if update is None and (after_restart or self._clock.now() >= record.expires_at):
                problem = sentence.NEVER_BEGUN
                self._keep(replace(record, state=PaymentState.FAILED, problem=problem))
                return
            if self._finish(record, update):
                return
            await asyncio.sleep(_LOOK_UP_SECONDS)

    async def _catch_up(self, record: HistoryRecord) -> None:
        try:
            payment = await self._wallet.received(record.payment_hash)
        except BackendError as error:
            log.info("the wallet cannot be asked what came in: %s", error)
            return
        if payment is not None:
            self._on_received(payment)

    def _on_received(self, payment: IncomingPayment) -> None:
        self._stale.set()
        # What came unasked is a tip, and stands among those.
        record = self._history.get(payment.payment_hash)
        if record is None or record.state is PaymentState.SUCCEEDED:
            return
        self._keep(
            replace(
                record,
                state=PaymentState.SUCCEEDED,
                amount=payment.amount,
                at=payment.settled_at,
            )
        )

    def _keep(self, record: HistoryRecord) -> None:
        self._store.save_payment(record)
        self._store.commit()
        self._history[record.payment_hash] = record
        self._bus.publish(PaymentChanged(record.payment_hash))

    async def _chain_balance(self) -> OnchainBalance | None:
        if self._onchain is None:
            return None
        try:
            await self._onchain.sync()
            return await self._onchain.balance()
        except BackendError as error:
            log.info("the wallet on chain is not up to date: %s", error)
            return None

    async def _wait_until_stale(self) -> None:
        try:
            async with asyncio.timeout(REFRESH_SECONDS):
                await self._stale.wait()
            await asyncio.sleep(_GATHER_SECONDS)
        except TimeoutError:
            return

    def _view(self, record: HistoryRecord) -> PaymentView:
        state = record.state
        if state is PaymentState.WAITING and self._clock.now() >= record.expires_at:
            state = PaymentState.EXPIRED
        return PaymentView(
            payment_hash=record.payment_hash,
            amount=record.amount,
            fee=record.fee,
            description=record.description,
            direction=record.direction,
            status=state,
            at=record.at,
            sentence=_sentence(record, state),
        )


def _sentence(record: HistoryRecord, state: PaymentState) -> str:
    match state:
        case PaymentState.WAITING:
            return Phrase("Nobody has paid this invoice yet.")
        case PaymentState.EXPIRED:
            return Phrase("Nobody paid this invoice in time. Make a new one.")
        case PaymentState.IN_FLIGHT:
            return Phrase(
                "The payment is still on its way: it will arrive, or come back to you. "
                "TipDesk goes on asking; do not pay it again from elsewhere."
            )
        case PaymentState.FAILED:
            return record.problem
        case PaymentState.SUCCEEDED if record.fee is not None:
            return Phrase("Paid, with {fee} in fees.", fee=record.fee)
        case PaymentState.SUCCEEDED if record.invoice.startswith("lni1"):
            return Phrase("Received for your offer. It does not say who sent it.")
        case PaymentState.SUCCEEDED:
            return Phrase("Received.")
