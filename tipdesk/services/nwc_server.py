"""TipDesk as a wallet that other apps use (NIP-47): it listens on relays, checks, answers.

A request acts once. It is remembered before anything is done for it, so that neither another relay
nor a restart makes it act again; one that is older than a minute does nothing. A payment whose end
is not known is never answered as failed: `pay` says that it is pending, the others hear of it once
it is certain, however late, and `lookup_invoice` says how it stands in between.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase, clause
from tipdesk.nostr import nip47
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip47 import (
    KIND_REQUEST,
    Encryption,
    ErrorCode,
    Method,
    Request,
    WalletError,
)
from tipdesk.nostr.seen import Recent
from tipdesk.ports.connections import KeptRequest
from tipdesk.ports.payments import PaymentBackend
from tipdesk.services.bus import Bus
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.services.events import ConnectionsChanged, ConnectionUsed
from tipdesk.services.nwc_methods import WalletMethods
from tipdesk.services.nwc_orders import OrderDesk
from tipdesk.services.nwc_relays import ServiceRelays
from tipdesk.services.nwc_telling import Result, outcome, transaction
from tipdesk.tips.connection import Connection, Order, OrderState, Refusal, ServedInvoice
from tipdesk.tips.payment import IncomingPayment

PATIENCE_S: Final = 60
"""How old a request may be, and how far ahead of our clock."""
AT_ONCE: Final = 128
"""Requests of one connection that wait for their answer."""
_REFUSED_AT_ONCE: Final = 64
"""More than that are told so; what comes beyond both is dropped without a word."""
_ANSWER_SECONDS: Final = 50.0
"""How long apps usually wait; after it a payment under way takes no place in the queue."""
FORGOTTEN_MS: Final = 600_000
"""After it a request is not remembered; long before, it is too old to do anything."""
_RECORDS_MS: Final = 30 * 24 * 3_600_000
_MINUTE: Final = 60.0
_REMEMBERED: Final = 20_000
_ACTING: Final = (Method.PAY_INVOICE, Method.PAY, Method.PAY_KEYSEND, Method.MAKE_INVOICE)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What the server is made of."""

    book: ConnectionBook
    orders: OrderDesk
    methods: WalletMethods
    relays: ServiceRelays
    wallet: PaymentBackend
    bus: Bus
    clock: Clock


class NwcServer:
    """Serves every connection of the book while it runs."""

    def __init__(self, parts: Serving) -> None:
        self._book, self._store = parts.book, parts.book.store
        self._orders, self._methods, self._relays = parts.orders, parts.methods, parts.relays
        self._bus, self._clock = parts.bus, parts.clock
        self._group: asyncio.TaskGroup | None = None
        self._seen = Recent[None](_REMEMBERED)
        self._waiting: Counter[int] = Counter()
        parts.wallet.on_received(self._on_received)
        parts.bus.subscribe(ConnectionsChanged, lambda _: self._refresh())

    async def run(self) -> None:
        """Follows what was left, listens, and speaks, until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            self._waiting.clear()
            try:
                self._orders.start(group)
                for kept in self._store.owed():
                    group.create_task(self._make_good(kept))
                group.create_task(self._relays.announce(self._methods))
                self._refresh()
                for paid in await self._methods.catch_up():
                    self._tell(paid)
                while True:
                    await asyncio.sleep(_MINUTE)
                    self._tidy_up()
            finally:
                self._group = None
                self._relays.stop_listening()

    def _tidy_up(self) -> None:
        now = self._clock.now()
        self._store.forget(requests=now.plus_ms(-FORGOTTEN_MS), records=now.plus_ms(-_RECORDS_MS))
        self._store.commit()
        # What has expired meanwhile is not offered any more.
        self._refresh()

    def _refresh(self) -> None:
        if self._group is not None:
            self._relays.listen(self._book.connections(), self._on_event)

    # -- requests -------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        """An authentic event of one of our apps: what may be answered goes to a task."""
        connection = self._book.of_client(event.pubkey)
        if connection is None or self._group is None or event.kind != KIND_REQUEST:
            return
        is_ours = event.first("p") == self._relays.service_key(connection).hex()
        if not is_ours or event.id in self._seen or self._is_out_of_date(event):
            return
        self._seen.add(event.id, None)
        waiting = self._waiting[connection.id]
        if waiting >= AT_ONCE + _REFUSED_AT_ONCE:
            log.info("a connected app floods us")
            return
        self._waiting[connection.id] += 1
        self._group.create_task(
            self._serve(connection, event, is_too_much=waiting >= AT_ONCE),
            name=f"request {event.id}",
        )

    def _is_out_of_date(self, event: Event) -> bool:
        """What its client does not wait for any more, or what we may have forgotten by then."""
        now = self._clock.now()
        try:
            expiration = nip47.expiration_of(event)
        except DecodeError:
            return True
        if expiration is not None and now.unix_seconds > expiration:
            return True
        return abs(now.unix_seconds - event.created_at) > FORGOTTEN_MS // 1_000 - PATIENCE_S

    async def _serve(self, connection: Connection, event: Event, *, is_too_much: bool) -> None:
        place = _Place(self._waiting, connection.id)
        try:
            request = await self._open(connection, event)
            if isinstance(request, WalletError):
                await self._relays.respond(connection, event.id, _UNREAD, request)
            elif request is not None:
                # As it is now: it may have been revoked since the request came in.
                current = self._book.connection(connection.id) or connection
                await self._answer(current, request, place, is_too_much=is_too_much)
        finally:
            place.leave()

    async def _answer(
        self, connection: Connection, request: Request, place: "_Place", *, is_too_much: bool
    ) -> None:
        acts = request.method in _ACTING
        if acts and self._store.request(request.id) is not None:
            # It acted, or was refused, before a restart: an answer that is owed is on its way.
            return
        refused = _TOO_MANY if is_too_much else self._why_not(connection, request)
        if acts and refused is None:
            await self._act(connection, self._kept(connection, request), request, place)
            return
        if acts:
            self._remember(self._kept(connection, request))
        result = refused or await self._ask(connection, request)
        await self._relays.respond(connection, request.id, request.method, result)

    def _kept(self, connection: Connection, request: Request) -> KeptRequest:
        # One from the future must be remembered until it is too old as well.
        at = max(self._clock.now(), Instant.from_unix_seconds(request.created_at))
        return KeptRequest(id=request.id, connection_id=connection.id, method=request.method, at=at)

    def _remember(self, kept: KeptRequest) -> None:
        """Before it is said: what was refused does nothing after a restart either."""
        self._store.save_request(kept)
        self._store.commit()

    async def _open(self, connection: Connection, event: Event) -> Request | WalletError | None:
        """What an event asks; None for what cannot be read."""
        encryption = nip47.encryption_of(event)
        # Some clients leave the tag out, and encrypt as NIP-44 has it all the same.
        if encryption is None or (encryption is Encryption.NIP04 and "?iv=" in event.content):
            return _OLD_ENCRYPTION
        try:
            text = await self._relays.signer(connection).decrypt(event.pubkey, event.content)
            return nip47.read_request(event, text)
        except DecodeError as error:
            log.info("a connected app sent what cannot be read: %s", error)
            return None

    def _why_not(self, connection: Connection, request: Request) -> WalletError | None:
        now = self._clock.now()
        if abs(now.unix_seconds - request.created_at) > PATIENCE_S:
            return _TOO_OLD
        refusal = connection.why_not(request.method, now)
        if refusal is not None:
            return WalletError(_REFUSALS[refusal], refusal.value)
        if request.method not in self._methods.offered(connection):
            return WalletError(ErrorCode.NOT_IMPLEMENTED, Refusal.UNKNOWN_METHOD.value)
        self._book.used(connection)
        return None

    async def _ask(self, connection: Connection, request: Request) -> Result:
        try:
            return await self._methods.answer(connection, request)
        except DecodeError as error:
            return _bad_request(error)

    # -- what acts ------------------------------------------------------------------------------

    async def _act(
        self, connection: Connection, kept: KeptRequest, request: Request, place: "_Place"
    ) -> None:
        """Once for each request, however often it comes."""
        if request.method != Method.MAKE_INVOICE:
            await self._pay(connection, kept, request, place)
            return
        self._store.save_request(kept)
        result = await self._ask(connection, request)
        self._store.commit()
        await self._relays.respond(connection, kept.id, kept.method, result)

    async def _pay(
        self, connection: Connection, kept: KeptRequest, request: Request, place: "_Place"
    ) -> None:
        try:
            order = await self._methods.order(connection, kept, request)
        except DecodeError as error:
            order = _bad_request(error)
        if isinstance(order, WalletError):
            self._remember(kept)
            await self._relays.respond(connection, kept.id, kept.method, order)
            return
        self._bus.publish(ConnectionUsed())
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                order = await self._orders.wait(order)
        except TimeoutError:
            place.leave()
        await self._answer_order(connection, replace(kept, order_id=order.id), order)

    async def _answer_order(self, connection: Connection, kept: KeptRequest, order: Order) -> None:
        """Says what is true of an order now, or else once it is certain."""
        result = outcome(order, kept.method)
        if result is None:
            order = await self._orders.wait(order)
            result = outcome(order, kept.method)
        if result is not None and await self._relays.respond(
            connection, kept.id, kept.method, result
        ):
            self._store.save_request(replace(kept, is_answered=True))

    async def _make_good(self, kept: KeptRequest) -> None:
        """The answer that an earlier process owed."""
        connection = self._book.connection(kept.connection_id)
        order = None if kept.order_id is None else self._store.order(kept.order_id)
        if connection is None or order is None:
            return
        self._seen.add(kept.id, None)
        if order.state is OrderState.UNDER_WAY:
            order = await self._orders.wait(order)
        await self._answer_order(connection, kept, order)

    # -- what is told unasked -------------------------------------------------------------------

    def order_ended(self, order: Order) -> None:
        """An app's order has come to its end."""
        self._bus.publish(ConnectionUsed())
        if order.state is OrderState.PAID:
            self._tell(order)

    def _on_received(self, payment: IncomingPayment) -> None:
        paid = self._methods.received(payment)
        if paid is not None:
            self._bus.publish(ConnectionUsed())
            self._tell(paid)

    def _tell(self, record: Order | ServedInvoice) -> None:
        """The app whose payment or invoice it is, and no other."""
        connection = self._book.connection(record.connection_id)
        if connection is None or self._group is None:
            return
        is_order = isinstance(record, Order)
        kind = nip47.PAYMENT_SENT if is_order else nip47.PAYMENT_RECEIVED
        if kind in self._methods.notifications(connection):
            told = transaction(record, self._clock.now()).to_object()
            self._group.create_task(
                self._relays.notify(connection, kind, told),
                name=f"notification of {record.payment_hash}",
            )


class _Place:
    """A request's place among those that wait; left once."""

    def __init__(self, waiting: Counter[int], connection_id: int) -> None:
        self._waiting = waiting
        self._connection_id = connection_id
        self._is_left = False

    def leave(self) -> None:
        """Somebody else may have it."""
        if not self._is_left:
            self._is_left = True
            self._waiting[self._connection_id] -= 1


_UNREAD: Final = "unknown"
"""The method of what was not decrypted."""
_REFUSALS: Final = {
    Refusal.REVOKED: ErrorCode.UNAUTHORIZED,
    Refusal.EXPIRED: ErrorCode.UNAUTHORIZED,
    Refusal.UNKNOWN_METHOD: ErrorCode.NOT_IMPLEMENTED,
    Refusal.NOT_ALLOWED: ErrorCode.RESTRICTED,
}
_TOO_MANY: Final = WalletError(
    ErrorCode.RATE_LIMITED,
    Phrase("Too many requests wait for their answer. Nothing was done for this one."),
)
_TOO_OLD: Final = WalletError(
    ErrorCode.OTHER,
    Phrase("The request's time is more than a minute away from ours. Nothing was done for it."),
)
_OLD_ENCRYPTION: Final = WalletError(
    ErrorCode.UNSUPPORTED_ENCRYPTION,
    Phrase("TipDesk speaks NIP-44 only. Nothing was done for this request."),
)


def _bad_request(error: DecodeError) -> WalletError:
    why = Phrase("Nothing was done: {why}.", why=clause(error))
    return WalletError(ErrorCode.BAD_REQUEST, why)
