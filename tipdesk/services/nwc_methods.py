"""The methods of NIP-47: what each gives, within what a connection made and paid itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.phrase import Phrase, clause, in_words
from tipdesk.base.text import one_line
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.invoice import bolt11
from tipdesk.nostr.nip47 import (
    PAYMENT_RECEIVED,
    PAYMENT_SENT,
    ErrorCode,
    Method,
    Request,
    WalletError,
)
from tipdesk.nostr.nip47_asking import (
    PAGE,
    BalanceResult,
    InfoResult,
    ListTransactions,
    LookupInvoice,
    MakeInvoice,
)
from tipdesk.nostr.nip47_paying import Pay, PayInvoice, PayKeysend
from tipdesk.nostr.nip47_transaction import TransactionType
from tipdesk.ports.connections import KeptRequest, Wanted
from tipdesk.ports.payments import PaymentBackend
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.services.nwc_orders import AskedPayment, History, OrderDesk
from tipdesk.services.nwc_reading import MAX_DESCRIPTION, PaymentReader
from tipdesk.services.nwc_telling import Result, page_of, transaction, waiting_line
from tipdesk.tips.connection import Connection, Order, Permission, ServedInvoice
from tipdesk.tips.payment import Capability, CreatedInvoice, IncomingPayment, InvoiceRequest

_DEFAULT_EXPIRY_S: Final = 3_600
_LONGEST_EXPIRY_S: Final = 7 * 24 * 3_600
_MAX_DESCRIPTION_BYTES: Final = 639
"""BOLT 11: what a field of an invoice holds."""


_PAYING: Final = (Method.PAY_INVOICE, Method.PAY, Method.PAY_KEYSEND)
_LAST_OFFSET: Final = 2**53


class WalletMethods:
    """Answers what a connection asks, within what it made and paid itself."""

    def __init__(
        self,
        *,
        book: ConnectionBook,
        orders: OrderDesk,
        wallet: PaymentBackend,
        history: History,
        network: Network,
        facts: Callable[[], InfoResult],
        clock: Clock,
        entropy: Entropy,
        brings_tip: Callable[[CreatedInvoice, MakeInvoice], None] = lambda *_: None,
    ) -> None:
        """`brings_tip` hears of each invoice that a provider of tips had made."""
        self._book = book
        self._orders = orders
        self._wallet = wallet
        self._history = history
        self._network = network
        self._facts = facts
        self._clock = clock
        self._entropy = entropy
        self._brings_tip = brings_tip
        self._reader = PaymentReader(wallet, network, self._node_id)

    def _node_id(self) -> NodeId | None:
        return self._facts().pubkey

    def offered(self, connection: Connection) -> tuple[Method, ...]:
        """What the connection may call and the wallet can do; nothing once it has ended."""
        if not connection.is_live(self._clock.now()):
            return ()
        can = self._wallet.capabilities
        return tuple(
            one
            for one in connection.methods
            if one is not Method.PAY_KEYSEND or Capability.KEYSEND in can
        )

    def notifications(self, connection: Connection) -> tuple[str, ...]:
        """What it is told unasked: of its own invoices and payments alone."""
        offered = self.offered(connection)
        received = (PAYMENT_RECEIVED,) if Method.MAKE_INVOICE in offered else ()
        sends = any(Method(one) in _PAYING for one in offered)
        return (*received, *((PAYMENT_SENT,) if sends else ()))

    # -- paying ---------------------------------------------------------------------------------

    async def order(
        self, connection: Connection, kept: KeptRequest, request: Request
    ) -> Order | WalletError:
        """The order of a request to pay; `DecodeError` if its params cannot be read."""
        asked = self._read(Method(request.method), request.params)
        if isinstance(asked, WalletError):
            return asked
        return await self._orders.order(connection, kept, asked)

    def _read(self, method: Method, params: Mapping[str, object]) -> AskedPayment | WalletError:
        now = self._clock.now()
        if method is Method.PAY_INVOICE:
            return self._reader.invoice(PayInvoice.read(params), now)
        if method is Method.PAY:
            return self._reader.instruction(Pay.read(params), now)
        fresh = Preimage(self._entropy.random_bytes(32))
        return self._reader.keysend(PayKeysend.read(params), fresh, now)

    # -- asking ---------------------------------------------------------------------------------

    async def answer(self, connection: Connection, request: Request) -> Result:
        """What a method that pays nothing gives; `DecodeError` if its params cannot be read."""
        try:
            match request.method:
                case Method.GET_INFO:
                    return self._info(connection)
                case Method.GET_BALANCE:
                    return await self._balance(connection)
                case Method.MAKE_INVOICE:
                    return await self._make_invoice(connection, MakeInvoice.read(request.params))
                case Method.LOOKUP_INVOICE:
                    return self._look_up(connection, LookupInvoice.read(request.params))
                case _:
                    return self._list(connection, ListTransactions.read(request.params))
        except BackendError as error:
            return WalletError(ErrorCode.INTERNAL, in_words(error))
        except RequestError as error:
            return WalletError(ErrorCode.OTHER, in_words(error))

    def _info(self, connection: Connection) -> Result:
        facts = self._facts()
        # Who makes invoices shows the node's key in them; nobody else needs it.
        shows_key = Permission.INVOICE in connection.permissions
        return replace(
            facts,
            pubkey=facts.pubkey if shows_key else None,
            network=self._network,
            methods=self.offered(connection),
            notifications=self.notifications(connection),
        ).to_object()

    async def _balance(self, connection: Connection) -> Result:
        """What it could pay now: of a wallet with more, no app learns more than its budget."""
        spendable = (await self._wallet.balance()).spendable
        left = self._book.spending(connection).left if connection.spends else None
        return BalanceResult(spendable if left is None else min(spendable, left)).to_object()

    async def _make_invoice(self, connection: Connection, params: MakeInvoice) -> Result:
        words = params.description or ""
        if params.description_hash is None and len(words.encode()) > _MAX_DESCRIPTION_BYTES:
            why = Phrase("An invoice cannot hold so long a description.")
            return WalletError(ErrorCode.BAD_REQUEST, why)
        now = self._clock.now()
        created = await self._wallet.create_invoice(
            InvoiceRequest(
                amount=params.amount or None,
                description=words if params.description_hash is None else None,
                description_hash=params.description_hash,
                expiry_seconds=min(params.expiry or _DEFAULT_EXPIRY_S, _LONGEST_EXPIRY_S),
            )
        )
        made = ServedInvoice(
            connection_id=connection.id,
            payment_hash=created.payment_hash,
            invoice=created.invoice,
            description=one_line(words, maximum=MAX_DESCRIPTION),
            description_hash=params.description_hash,
            amount=params.amount or None,
            at=now,
            expires_at=created.expires_at,
        )
        self._book.store.save_invoice(made)
        if Permission.TIPS in connection.permissions:
            # A tip has its own line in the history.
            self._brings_tip(created, params)
        else:
            self._history.note(waiting_line(made, connection.name))
        self._book.store.commit()
        return transaction(made, now).to_object()

    def _look_up(self, connection: Connection, params: LookupInvoice) -> Result:
        payment_hash = params.payment_hash
        if payment_hash is None:
            try:
                payment_hash = bolt11.decode(params.invoice).payment_hash
            except DecodeError as error:
                why = Phrase("The invoice cannot be read: {why}.", why=clause(error))
                return WalletError(ErrorCode.BAD_REQUEST, why)
        found = self._own(connection, payment_hash)
        if found is None:
            why = Phrase("This connection has no such invoice or payment.")
            return WalletError(ErrorCode.NOT_FOUND, why)
        return transaction(found, self._clock.now()).to_object()

    def _own(
        self, connection: Connection, payment_hash: PaymentHash
    ) -> Order | ServedInvoice | None:
        invoice = self._book.store.invoice(payment_hash)
        if invoice is not None and invoice.connection_id == connection.id:
            return invoice
        return self._book.store.order_of(payment_hash, connection.id)

    def _list(self, connection: Connection, params: ListTransactions) -> Result:
        now = self._clock.now()
        found = self._book.store.history(
            Wanted(
                connection_id=connection.id,
                limit=min(params.limit or PAGE, PAGE),
                offset=min(params.offset, _LAST_OFFSET),
                since=None if params.from_ is None else Instant.from_unix_seconds(params.from_),
                # The whole of that second.
                until=None if params.until is None else Instant(params.until * 1_000 + 999),
                incoming=params.type is not TransactionType.OUTGOING,
                outgoing=params.type is not TransactionType.INCOMING,
                unsettled=params.unpaid,
            )
        )
        return page_of([transaction(one, now) for one in found])

    # -- what came in ----------------------------------------------------------------------------

    async def catch_up(self) -> list[ServedInvoice]:
        """Invoices that were paid while nobody listened, kept as paid now."""
        found = []
        for invoice in self._book.store.unpaid_invoices():
            try:
                payment = await self._wallet.received(invoice.payment_hash)
            except BackendError:
                continue
            if payment is not None and (paid := self.received(payment)) is not None:
                found.append(paid)
        return found

    def received(self, payment: IncomingPayment) -> ServedInvoice | None:
        """The invoice that was paid now, kept as that; None if no app had it made."""
        made = self._book.store.invoice(payment.payment_hash)
        if made is None or made.settled_at is not None:
            return None
        paid = replace(
            made,
            preimage=payment.preimage,
            received=payment.amount,
            settled_at=payment.settled_at,
        )
        self._book.store.save_invoice(paid)
        self._book.store.commit()
        return paid
