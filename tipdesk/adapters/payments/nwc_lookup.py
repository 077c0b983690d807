"""NIP-47: what a wallet knows under a payment hash, by `lookup_invoice` or from its list."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from tipdesk.adapters.payments import nwc_outcomes as told
from tipdesk.adapters.payments.nwc_wire import NwcWire
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip47 import ErrorCode, Method
from tipdesk.nostr.nip47_asking import PAGE, ListTransactions, LookupInvoice, Transactions
from tipdesk.nostr.nip47_transaction import Transaction, TransactionType
from tipdesk.ports.plugged import WalletAnswerUnreadable, WalletNotAllowed

MOST_PAGES: Final = 25
_PAST: Final = Phrase("asking what became of payments")

Direction = TransactionType


class NwcLookup:
    """Asks one wallet."""

    def __init__(self, wire: NwcWire, offered: Callable[[], Awaitable[frozenset[str]]]) -> None:
        self._wire = wire
        self._offered = offered

    async def find(
        self, payment_hash: PaymentHash, way: Direction = Direction.OUTGOING
    ) -> Transaction | None:
        """Its record; None if it answers that it has none."""
        offered = await self._offered()
        if Method.LOOKUP_INVOICE in offered:
            return await self._look_up(payment_hash)
        if Method.LIST_TRANSACTIONS not in offered:
            raise WalletNotAllowed(self._wire.where, _PAST)
        async for found in self.listed(ListTransactions(limit=PAGE, unpaid=True, type=way)):
            if found.payment_hash == payment_hash:
                return found
        return None

    async def listed(self, asked: ListTransactions) -> AsyncIterator[Transaction]:
        """The newest first, page by page to the end; `WalletAnswerUnreadable` if there is none."""
        offset, seen = 0, set[PaymentHash | None]()
        for _ in range(MOST_PAGES):
            page = await self._page(asked, offset)
            new = [found for found in page if found.payment_hash not in seen]
            if not new:
                return
            for found in new:
                yield found
            seen |= {found.payment_hash for found in page}
            offset += len(page)
        raise WalletAnswerUnreadable(self._wire.where, Method.LIST_TRANSACTIONS.value)

    async def can_list(self) -> bool:
        """Whether it lists what came and went."""
        return Method.LIST_TRANSACTIONS in await self._offered()

    async def _look_up(self, payment_hash: PaymentHash) -> Transaction | None:
        asked = LookupInvoice(payment_hash=payment_hash)
        response = await self._wire.ask(Method.LOOKUP_INVOICE, asked.to_object())
        if response.error is not None:
            if response.error.code is ErrorCode.NOT_FOUND:
                return None
            raise told.refusal(self._wire.where, response.error, _PAST)
        try:
            found = Transaction.read(response.result)
        except DecodeError:
            raise self._unreadable(Method.LOOKUP_INVOICE) from None
        if found.payment_hash not in (None, payment_hash):
            raise self._unreadable(Method.LOOKUP_INVOICE)
        return found

    async def _page(self, asked: ListTransactions, offset: int) -> tuple[Transaction, ...]:
        params = {**asked.to_object(), "offset": offset}
        response = await self._wire.ask(Method.LIST_TRANSACTIONS, params)
        if response.error is not None:
            raise told.refusal(self._wire.where, response.error, _PAST)
        try:
            return Transactions.read(response.result).transactions
        except DecodeError:
            raise self._unreadable(Method.LIST_TRANSACTIONS) from None

    def _unreadable(self, method: Method) -> WalletAnswerUnreadable:
        return WalletAnswerUnreadable(self._wire.where, method.value)
