"""BOLT 12, the issuer's side: offers of ours, and an invoice for each proper request.

What an offer says stands in it under a tag that only our seed can make: it is answered from the
seed alone, also after a restore, and nobody alters it. The store keeps which offers there are, and
which of them were closed. An invoice is stored before it leaves, and forgotten soon if nobody pays.
"""

import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, Preimage
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, CltvDelta, Msat
from tipdesk.crypto.hashes import hmac_sha256, same, sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import invoice_error, invoice_request, offer
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice, InvoiceTerms, PaymentPath, invoice_for
from tipdesk.lightning.invoice.bolt12_errors import Bolt12Error
from tipdesk.lightning.invoice.bolt12_fields import Field
from tipdesk.lightning.invoice.invoice_error import InvoiceErrorMessage
from tipdesk.lightning.invoice.invoice_request import Bolt12InvoiceRequest
from tipdesk.lightning.invoice.offer import Offer, OfferTerms, chains_of
from tipdesk.lightning.onion_message.message import Content, Kind, Received
from tipdesk.lightning.payment.own_paths import PathHop, payment_path
from tipdesk.lightning.sphinx.blinding import BlindedPath, blinded_key
from tipdesk.lightning.wire.tlv import write_stream
from tipdesk.node.config import NodeConfig
from tipdesk.node.onion_messages import Messenger
from tipdesk.node.turn import Turn
from tipdesk.ports.offers import OwnOffer
from tipdesk.ports.stores import NodeStore, StoredInvoice, StoredOffer

MAX_PATHS: Final = 3
EXPIRY_SECONDS: Final = 3_600
MAX_OPEN: Final = 1_000
"""Invoices that wait for their payment at once: strangers ask for them, and each fills a row."""
MAX_ANSWERING: Final = 20
USABLE_FOR: Final = CltvDelta(4 * 144)
"""Blocks in which a path of an invoice may be begun with: a day, for the hour that it is open, and
the three more that a payer adds to hide where it sits (BOLT 7; LDK adds so many)."""
MAX_DESCRIPTION: Final = 500
_NONCE = 16

_log = logging.getLogger(__name__)


class NoPeerCarriesMessages(RequestError):
    """An offer would lead nowhere."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "No peer of yours carries private messages now, so nobody could use an offer. "
                "Wait until one is connected, or open a channel with a node that does."
            )
        )


class OfferDesk:
    """Makes offers, and answers who asks for an invoice."""

    def __init__(
        self,
        *,
        config: NodeConfig,
        seed: bytes,
        node_key: PrivateKey,
        store: NodeStore,
        turn: Turn,
        clock: Clock,
        entropy: Entropy,
        height: Callable[[], BlockHeight],
        messenger: Messenger,
        payment_hops: Callable[[], Sequence[PathHop]],
        spawn: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        self._config = config
        self._secret = hmac_sha256(seed, b"tipdesk offers")
        self._node_key = node_key
        self._store = store
        self._turn = turn
        self._clock = clock
        self._entropy = entropy
        self._height = height
        self._messenger = messenger
        self._payment_hops = payment_hops
        self._spawn = spawn
        self._open: deque[Instant] = deque()
        self._answering = 0
        self.admit: Callable[[Msat], Awaitable[None]] = _admit_all
        """`RequestError` if so much may not come in."""
        messenger.on_request(self._requested)

    # -- offers ----------------------------------------------------------------------------------

    def create(
        self, description: str, amount: Msat | None, expires_at: Instant | None = None
    ) -> OwnOffer:
        """A new offer; `NoPeerCarriesMessages` if nobody could reach us by it."""
        carriers = self._messenger.carriers()[:MAX_PATHS]
        if not carriers:
            raise NoPeerCarriesMessages
        terms = OfferTerms(
            chains=chains_of(self._config.network),
            amount=None if amount is None else amount.value,
            description=description[:MAX_DESCRIPTION] if description or amount else None,
            absolute_expiry=None if expires_at is None else expires_at.unix_seconds,
            paths=self._paths(carriers, bytes(32)),
        )
        nonce = self._entropy.random_bytes(_NONCE)
        metadata = nonce + self._tag(nonce, offer.make(terms))
        paths = self._paths(carriers, self._path_id(metadata))
        made = offer.make(replace(terms, metadata=metadata, paths=paths))
        stored = StoredOffer(key=nonce, text=made.to_text(), created_at=self._clock.now())
        self._store.save_offer(stored)
        self._turn.flush()
        return self._view(stored)

    def _paths(self, over: Sequence[NodeId], path_id: bytes) -> tuple[BlindedPath, ...]:
        return tuple(self._messenger.path_to_us(peer, path_id) for peer in over)

    def offers(self) -> tuple[OwnOffer, ...]:
        """All of ours, the latest first."""
        return tuple(map(self._view, self._store.offers()))

    def close(self, key: bytes) -> None:
        """No invoice is given for it any more."""
        self._store.close_offer(key)
        self._turn.flush()

    def _view(self, stored: StoredOffer) -> OwnOffer:
        made = offer.decode(stored.text)
        here = set(self._messenger.carriers())
        return OwnOffer(
            key=stored.key,
            text=stored.text,
            amount=None if made.amount is None else Msat(made.amount),
            description=made.description or "",
            created_at=stored.created_at,
            is_open=stored.is_open,
            is_reachable=any(path.first_node_id in here for path in made.paths),
        )

    def _tag(self, nonce: bytes, made: Offer) -> bytes:
        """Vouches for all that the offer says, but for how we are reached."""
        reached = (Field.OFFER_METADATA, Field.OFFER_PATHS)
        said = write_stream(record for record in made.records if record.type not in reached)
        return hmac_sha256(self._secret, b"offer" + nonce + said)

    def _path_id(self, metadata: bytes) -> bytes:
        return hmac_sha256(self._secret, b"path" + metadata)

    def _is_ours(self, asked: Offer, path_id: bytes | None) -> bool:
        """BOLT 12: an offer of ours, unaltered, and asked for by one of its own paths."""
        metadata = asked.metadata or b""
        if path_id is None or not same(path_id, self._path_id(metadata)):
            return False
        return same(metadata[_NONCE:], self._tag(metadata[:_NONCE], asked))

    # -- invoices --------------------------------------------------------------------------------

    def _requested(self, received: Received) -> None:
        """Somebody asks; who may not be answered is not told anything."""
        content, reply = received.content, received.reply_path
        if content is None or reply is None or self._answering >= MAX_ANSWERING:
            return
        try:
            request = invoice_request.read(content.data)
        except DecodeError as error:
            _log.info("an invoice request is dropped: %s", error)
            return
        if not self._is_ours(request.offer, received.path_id):
            return
        self._answering += 1
        self._spawn(self._answer(request, received))

    async def _answer(self, request: Bolt12InvoiceRequest, received: Received) -> None:
        try:
            answer = await self._invoice(request, received)
        finally:
            self._answering -= 1
        if received.reply_path is not None:
            self._messenger.answer(received.reply_path, answer)

    async def _invoice(self, request: Bolt12InvoiceRequest, received: Received) -> Content:
        now = self._clock.now()
        refusal = invoice_request.why_not_answer(request, request.offer, self._config.network, now)
        if refusal is not None:
            return _refused(invoice_error.answer_to(refusal))
        amount = request.expected_amount
        stored = self._store.offer((request.offer.metadata or b"")[:_NONCE])
        if amount is None or (stored is not None and not stored.is_open):
            return _refused(InvoiceErrorMessage(error="This offer is closed."))
        try:
            await self.admit(amount)
        except RequestError:
            return _refused(InvoiceErrorMessage(error="So much cannot be received now."))
        hops = self._payment_hops()
        if not hops or not self._has_room(now):
            return _refused(InvoiceErrorMessage(error="Payments cannot be received now."))
        key = blinded_key(self._node_key, received.path_key)
        try:
            made = self._make(request, hops, key, now)
        except (RequestError, Bolt12Error) as error:
            _log.info("no invoice is made: %s", error)
            return _refused(InvoiceErrorMessage(error="No invoice can be made for this request."))
        return Content(Kind.INVOICE, made.to_bytes())

    def _has_room(self, now: Instant) -> bool:
        while self._open and self._open[0] <= now:
            self._open.popleft()
        return len(self._open) < MAX_OPEN

    def _make(
        self,
        request: Bolt12InvoiceRequest,
        hops: Sequence[PathHop],
        key: PrivateKey,
        now: Instant,
    ) -> Bolt12Invoice:
        """The invoice, durable before it leaves."""
        preimage = Preimage(self._entropy.random_bytes(32))
        secret = PaymentSecret(self._entropy.random_bytes(32))
        terms = InvoiceTerms(
            payment_hash=PaymentHash(sha256(preimage)),
            created_at=now,
            relative_expiry=EXPIRY_SECONDS,
            paths=tuple(self._path(hop, secret) for hop in hops[:MAX_PATHS]),
        )
        entropy = self._entropy.random_bytes(32)
        made = invoice_for(request, terms, key=key, entropy=entropy)
        self._store.save_invoice(
            StoredInvoice(
                payment_hash=made.payment_hash,
                preimage=preimage,
                payment_secret=secret,
                amount=made.amount,
                invoice=made.to_text(),
                description=request.offer.description or "",
                label="",
                created_at=now,
                expires_at=made.expires_at,
            )
        )
        self._turn.flush()
        self._open.append(made.expires_at)
        return made

    def _path(self, hop: PathHop, secret: PaymentSecret) -> PaymentPath:
        return payment_path(
            PrivateKey(self._entropy.random_bytes(32)),
            [hop],
            NodeId(self._node_key.point),
            path_id=secret,
            usable_until=self._height().after(USABLE_FOR),
            final_cltv_delta=self._config.min_final_cltv_expiry_delta,
        )


async def _admit_all(_: Msat) -> None:
    """No limit."""


def _refused(error: InvoiceErrorMessage) -> Content:
    return Content(Kind.INVOICE_ERROR, error.to_bytes())
