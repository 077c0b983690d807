"""The creator's side of LNURL-pay: terms, invoices that commit to zaps, receipts that get through.

An invoice is remembered before it is handed out, its payment before anybody is told, and the
signed receipt before it is published: after a crash nothing is forgotten and nothing done twice.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError, RequestError, StorageError
from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl import serve
from tipdesk.lnurl.pay import PayParams
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import accept_zap_request, build_zap_receipt, read_zap_request
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import IncomingTipStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import IncomingTipSeen
from tipdesk.tips.incoming import IncomingRecord, Settlement, unasked
from tipdesk.tips.payment import CreatedInvoice, IncomingPayment, InvoiceRequest

INVOICE_SECONDS: Final = 600
MAX_OPEN_INVOICES: Final = 20_000
"""Unpaid invoices that have not expired; the web server bounds what one stranger may ask for."""
RECEIPT_LIFETIME_MS: Final = 24 * 3_600_000
"""A receipt that no relay took within this time is given up."""
_FORGET_AFTER_MS: Final = 24 * 3_600_000
_RETRY_SECONDS: Final = (2.0, 5.0, 15.0, 60.0, 300.0)
_COMMENT_LABEL: Final = "comment:"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivingAddress:
    """Whose tips come in, where invoices are asked for, and the amounts taken."""

    user: str
    recipient: XOnlyPubkey
    identifier: str
    """The lightning address, ``user@domain``."""
    callback: str
    description: str
    min_sendable: Msat = Msat(1_000)
    max_sendable: Msat = Msat(10_000_000_000)


class ReceiveService:
    """Answers payers' wallets and sees to receipts; `signer` is the key that signs those."""

    def __init__(
        self,
        *,
        address: ReceivingAddress,
        wallet: PaymentBackend,
        signer: EventSigner,
        relays: RelayPool,
        store: IncomingTipStore,
        bus: Bus,
        clock: Clock,
        retry_seconds: tuple[float, ...] = _RETRY_SECONDS,
    ) -> None:
        self._address = address
        self._wallet = wallet
        self._signer = signer
        self._relays = relays
        self._store = store
        self._bus = bus
        self._clock = clock
        self._retry_seconds = retry_seconds
        self._open = {record.payment_hash: record.expires_at for record in store.unpaid()}
        self._publishing: set[PaymentHash] = set()
        self._group: asyncio.TaskGroup | None = None
        self._listeners: list[Callable[[IncomingRecord], None]] = []
        wallet.on_received(self._on_received)

    def move(self, address: ReceivingAddress) -> None:
        """Answers for another address from now on; what was given out stays good."""
        self._address = address

    def expect(self, record: IncomingRecord) -> None:
        """An invoice that a provider gives out for us: what it brings is a tip as well."""
        self._open[record.payment_hash] = record.expires_at
        self._store.save_incoming(record)
        self._store.commit()

    def on_change(self, listener: Callable[[IncomingRecord], None]) -> None:
        """Calls `listener` with each paid tip, and again once its receipt is out."""
        self._listeners.append(listener)

    async def lnurl_params(self, user: str) -> str | None:
        """LUD-06, step 3, as JSON text; None for a user that is not ours."""
        return serve.render_params(self._params()) if user == self._address.user else None

    async def lnurl_invoice(self, user: str, query: Mapping[str, str]) -> str | None:
        """LUD-06, step 5, as JSON text: an invoice or the reason why not; None for a stranger."""
        if user != self._address.user:
            return None
        try:
            created = await self._invoice(query)
        except (RequestError, BackendError, DecodeError) as error:
            return serve.render_error(str(error))
        return serve.render_invoice(created.invoice)

    async def run(self) -> None:
        """Finds payments that came while TipDesk was away, and publishes receipts that are owed."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for record in self._store.owing():
                    self._owe(record)
                await self._reconcile()
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None
                self._publishing.clear()

    def _params(self) -> PayParams:
        return serve.offered_params(
            callback=self._address.callback,
            min_sendable=self._address.min_sendable,
            max_sendable=self._address.max_sendable,
            description=self._address.description,
            identifier=self._address.identifier,
            nostr_pubkey=self._signer.pubkey,
        )

    async def _invoice(self, query: Mapping[str, str]) -> CreatedInvoice:
        amount = self._amount(query.get("amount", ""))
        self._make_room()
        zap_request, comment = query.get("nostr", ""), ""
        if zap_request:
            accept_zap_request(
                zap_request,
                asked=amount,
                recipient=self._address.recipient,
                provider=self._signer.pubkey,
            )
            committed, label = zap_request, zap_request
        else:
            comment = many_lines(query.get("comment", ""), maximum=serve.MAX_COMMENT_CHARS)
            committed, label = self._params().metadata, _COMMENT_LABEL + comment
        created = await self._wallet.create_invoice(
            InvoiceRequest(
                amount=amount,
                description_hash=sha256(committed.encode()),
                committed=committed,
                expiry_seconds=INVOICE_SECONDS,
                label=label,
            )
        )
        self._remember(created, amount, zap_request, comment)
        return created

    def _amount(self, text: str) -> Msat:
        if not (text.isascii() and text.isdigit() and len(text) <= 19):
            raise AmountRefused(self._address)
        amount = Msat(int(text))
        if not self._address.min_sendable <= amount <= self._address.max_sendable:
            raise AmountRefused(self._address)
        return amount

    def _make_room(self) -> None:
        if len(self._open) < MAX_OPEN_INVOICES:
            return
        now = self._clock.now()
        self._open = {key: end for key, end in self._open.items() if end > now}
        self._store.forget_unpaid(now.plus_ms(-_FORGET_AFTER_MS))
        if len(self._open) >= MAX_OPEN_INVOICES:
            raise TooManyInvoices(len(self._open))

    def _remember(
        self, created: CreatedInvoice, amount: Msat, zap_request: str, comment: str
    ) -> None:
        self._open[created.payment_hash] = created.expires_at
        self._store.save_incoming(
            IncomingRecord(
                payment_hash=created.payment_hash,
                invoice=created.invoice,
                amount=amount,
                zap_request=zap_request,
                comment=comment,
                created_at=self._clock.now(),
                expires_at=created.expires_at,
            )
        )
        self._store.commit()

    async def _reconcile(self) -> None:
        self._store.forget_unpaid(self._clock.now().plus_ms(-_FORGET_AFTER_MS))
        self._store.commit()
        for record in self._store.unpaid():
            try:
                payment = await self._wallet.received(record.payment_hash)
            except BackendError as error:
                log.info("the wallet cannot be asked what came in: %s", error)
                return
            if payment is not None:
                self._on_received(payment)
        try:
            missed = await self._wallet.unasked_since(self._store.last_unasked_at())
        except BackendError as error:
            log.info("the wallet cannot be asked what came unasked: %s", error)
            return
        for payment in missed:
            self._on_received(payment)

    def _on_received(self, payment: IncomingPayment) -> None:
        """An invoice was paid; one that did not come from here is none of ours.

        What came without an invoice is a tip as well: nobody asked for it.
        """
        record = self._store.incoming(payment.payment_hash)
        if record is None and not payment.invoice:
            record = unasked(payment)
        if record is None or record.settlement is not None:
            return
        self._open.pop(payment.payment_hash, None)
        settlement = Settlement(payment.preimage, payment.amount, payment.settled_at)
        paid = replace(record, settlement=settlement)
        self._keep(paid)
        self._owe(paid)

    def _keep(self, record: IncomingRecord) -> None:
        self._store.save_incoming(record)
        self._store.commit()
        for listener in self._listeners:
            listener(record)
        self._bus.publish(IncomingTipSeen(record.payment_hash))

    def _owe(self, record: IncomingRecord) -> None:
        if not record.owes_receipt or record.payment_hash in self._publishing:
            return
        if self._group is not None:
            self._publishing.add(record.payment_hash)
            name = f"receipt for {record.payment_hash}"
            self._group.create_task(self._supervised(record), name=name)

    async def _supervised(self, record: IncomingRecord) -> None:
        """A bug over one receipt, or a relay that a payer chose for it, stops no other."""
        try:
            await self._publish(record)
        except StorageError:
            raise
        except Exception:
            log.exception("the receipt for %s stays owed until the next start", record.payment_hash)

    async def _publish(self, record: IncomingRecord) -> None:
        """Signs once, then tries each relay until it takes the receipt or its time is over."""
        if record.settlement is None:
            return
        ends = record.settlement.at.plus_ms(RECEIPT_LIFETIME_MS)
        record = await self._signed(record, record.settlement)
        receipt = nip01.parse(record.receipt)
        wanted = read_zap_request(record.zap_request).relays
        attempt = 0
        while True:
            after = await self._offered(record, receipt, wanted)
            if self._clock.now() >= ends:
                after = replace(after, is_given_up=True)
            if after != record:
                self._keep(after)
            if not after.owes_receipt:
                return
            record = after
            await asyncio.sleep(self._retry_seconds[min(attempt, len(self._retry_seconds) - 1)])
            attempt += 1

    async def _offered(
        self, record: IncomingRecord, receipt: Event, wanted: tuple[str, ...]
    ) -> IncomingRecord:
        """Every relay that lacks the receipt is asked once to take it.

        Ours are asked too, for our own followers; they alone where the payer named none.
        """
        ours = tuple(relay.url for relay in self._relays.status())
        relays = dict.fromkeys((*wanted, *ours))
        missing = tuple(url for url in relays if url not in record.taken_by)
        results = await self._relays.publish(receipt, missing)
        taken_by = (*record.taken_by, *(url for url in missing if results[url].accepted))
        missed = set(wanted or ours).difference(taken_by)
        return replace(
            record,
            taken_by=taken_by,
            is_published=len(missed) < len(set(wanted or ours)),
            is_delivered=bool(taken_by) and not missed,
        )

    async def _signed(self, record: IncomingRecord, settlement: Settlement) -> IncomingRecord:
        if record.receipt:
            return record
        unsigned = build_zap_receipt(
            read_zap_request(record.zap_request),
            invoice=record.invoice,
            preimage=settlement.preimage,
            provider=self._signer.pubkey,
            paid_at=settlement.at.unix_seconds,
        )
        event = await self._signer.sign(unsigned)
        signed = replace(record, receipt=event.to_json())
        self._store.save_incoming(signed)
        self._store.commit()
        return signed


class AmountRefused(RequestError):
    """No amount, or one that the creator does not take."""

    def __init__(self, address: ReceivingAddress) -> None:
        super().__init__(
            Phrase(
                "the amount must be from {least} to {most}",
                least=address.min_sendable,
                most=address.max_sendable,
            )
        )


class TooManyInvoices(RequestError):
    """Somebody asks for invoices and does not pay them."""

    def __init__(self, count: int) -> None:
        super().__init__(Phrase("too many invoices are open; try again in some minutes"))
        self.count = count
