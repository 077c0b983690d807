"""BOLT 12, the payer's side: asks for an invoice, under a key that is used only this once.

The key follows from our seed and from random bytes in the request, which the invoice mirrors: what
was paid can be proved later from the invoice alone, and no two requests have anything in common.
"""

from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, Point, Preimage
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.lightning.invoice import bolt12, invoice_error
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice, check_invoice
from tipdesk.lightning.invoice.invoice_request import (
    Bip353Name,
    Bolt12InvoiceRequest,
    RequestTerms,
    payer_key,
    request_for,
)
from tipdesk.lightning.invoice.offer import Offer, check_offer
from tipdesk.lightning.invoice.payer_proof import prove
from tipdesk.lightning.onion_message.message import Content, Kind
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.node.onion_messages import Messenger, NoAnswer, NoWayForMessages
from tipdesk.ports.offers import OfferRefused

ATTEMPTS: Final = 3
SECONDS: Final = 8.0
"""For each attempt."""
MAX_WORDS: Final = 200


class NotOurRequest(RequestError):
    """A proof is asked for of an invoice that another wallet asked for."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("The invoice was not asked for by this wallet: it has no proof to give.")
        )


class InvoiceAsker:
    """Asks, and believes no answer that is not exactly what was asked for."""

    def __init__(
        self,
        *,
        network: Network,
        seed: bytes,
        messenger: Messenger,
        clock: Clock,
        entropy: Entropy,
        seconds: Callable[[], float] = lambda: SECONDS,
    ) -> None:
        self._network = network
        self._payer_secret = hmac_sha256(seed, b"tipdesk payer keys")
        self._messenger = messenger
        self._clock = clock
        self._entropy = entropy
        self._seconds = seconds

    async def ask(
        self, asked: Offer, amount: Msat | None, note: str, name: Bip353Name | None = None
    ) -> Bolt12Invoice:
        """An invoice that may be paid; a `RequestError`, `DecodeError` or `BackendError` if none.

        Tries the offer's paths one after the other; the same request never leads to two payments,
        as only one answer is waited for.
        """
        check_offer(asked, self._network, self._clock.now())
        metadata = self._entropy.random_bytes(32)
        terms = RequestTerms(
            amount=amount,
            quantity=None if asked.quantity_max is None else 1,
            payer_note=note or None,
            bip_353_name=name,
        )
        request = request_for(
            asked,
            terms,
            self._network,
            key=payer_key(self._payer_secret, metadata),
            metadata=metadata,
            entropy=self._entropy.random_bytes(32),
        )
        return await self._ask(request)

    async def _ask(self, request: Bolt12InvoiceRequest) -> Bolt12Invoice:
        content = Content(Kind.INVOICE_REQUEST, request.to_bytes())
        failed: NoAnswer | NoWayForMessages = NoWayForMessages()
        for attempt in range(ATTEMPTS):
            to, signer = _receiver(request.offer, attempt)
            try:
                answer = await self._messenger.ask(to, content, self._seconds(), attempt)
            except (NoAnswer, NoWayForMessages) as error:
                failed = failed if isinstance(failed, NoAnswer) else error
                continue
            return self._checked(answer, request, signer)
        raise failed

    def _checked(
        self, answer: Content, request: Bolt12InvoiceRequest, signer: Point
    ) -> Bolt12Invoice:
        if answer.kind is not Kind.INVOICE:
            raise OfferRefused(words=_words(answer))
        invoice = bolt12.read(answer.data)
        now = self._clock.now()
        check_invoice(invoice, request, now, self._network, asked=(signer,))
        return invoice

    def prove(self, invoice: Bolt12Invoice, preimage: Preimage, note: str) -> str:
        """A payer proof (`lnp1...`) of what was paid, with a note for who asked for it."""
        key = payer_key(self._payer_secret, invoice.request.metadata)
        if key.point != invoice.request.payer_id:
            raise NotOurRequest
        entropy = self._entropy.random_bytes(32)
        return prove(invoice, preimage, key=key, entropy=entropy, note=note or None).to_text()


def _receiver(asked: Offer, attempt: int) -> tuple[NodeId | BlindedPath, Point]:
    """Where the request goes, and whose signature the answer must have."""
    if asked.paths:
        path = asked.paths[attempt % len(asked.paths)]
        return path, asked.issuer_id or path.path[-1].blinded_node_id
    if asked.issuer_id is None:
        raise TypeError("an offer names its issuer or a path")
    return asked.issuer_id, asked.issuer_id


def _words(answer: Content) -> str:
    """A stranger's words, for a person."""
    try:
        return one_line(invoice_error.read(answer.data).error, maximum=MAX_WORDS)
    except DecodeError:
        return ""
