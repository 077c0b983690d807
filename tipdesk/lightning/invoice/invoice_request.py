"""BOLT 12, "Invoice Requests": how somebody asks for an invoice of an offer; made, read, judged.

`request_for` makes one, `decode` or `read` gives one that is signed and keeps every rule which does
not need the issuer's knowledge, and `why_not_answer` is the issuer's judgement of it.

Left to the caller, as payer: `invreq_metadata` comes from a good source of chance and is never used
twice; what the offer was found by (BIP 353) stands in `RequestTerms.bip_353_name`. As issuer: a
request is passed over in silence unless it came by one of `offer_paths`, or by no blinded path at
all where the offer has none; the answer goes by the reply path; and an earlier invoice may be given
again only to the same `metadata` and only where the offer has an `issuer_id`.

No features of offers and requests are defined yet: none is set, and an even one is refused.

Requests without an offer, which promise money to whoever answers, are refused with a sentence.
"""

import re
from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChainHash, NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.crypto.secp256k1 import InvalidScalar, PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.invoice import bolt12_text, merkle, offer, offer_errors
from tipdesk.lightning.invoice.bolt12_fields import (
    MAX_AMOUNT,
    OFFER_RANGES,
    REQUEST_RANGES,
    Field,
    Fields,
    bytes_record,
    number_record,
    text_record,
    within,
)
from tipdesk.lightning.invoice.bolt12_text import Kind
from tipdesk.lightning.invoice.offer import Offer
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

FIELDS: Final = offer.FIELDS | {field for field in Field if field.name.startswith("INVREQ_")}

MIN_METADATA: Final = 16
"""Bytes: whoever can guess the metadata can guess what a payer proof hides."""

MAX_NOTE: Final = 2_000
"""Bytes of a payer's note: it travels in an onion, and comes back in the invoice."""

_LEAST = Msat(1)
_NAME = re.compile(rb"[0-9A-Za-z._-]*")


@dataclass(frozen=True, slots=True)
class Bip353Name:
    """BIP 353: `user@domain`, by which an offer was found."""

    user: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTerms:
    """What a payer wants to ask for."""

    amount: Msat | None = None
    """For all items together; None where the offer's own amount, in msat, is to be paid."""
    quantity: int | None = None
    payer_note: str | None = None
    """What the issuer is told; it comes back in the invoice."""
    bip_353_name: Bip353Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedInvoiceRequest:
    """All that a request says; an invoice mirrors it without its signature."""

    offer: Offer
    metadata: bytes
    payer_id: NodeId
    chain: ChainHash | None = None
    """None means bitcoin."""
    amount: Msat | None = None
    features: FeatureBits
    quantity: int | None = None
    payer_note: str | None = None
    """Written by the payer: plain text, never markup."""
    paths: tuple[BlindedPath, ...] = ()
    bip_353_name: Bip353Name | None = None
    records: tuple[TlvRecord, ...]
    """As they came, without signatures: an invoice mirrors those that we do not know, too."""

    @property
    def expected_amount(self) -> Msat | None:
        """What the invoice is to be for: what the payer names, or else what the offer asks for."""
        return self.offer.expected_amount(self.quantity) if self.amount is None else self.amount

    def is_for(self, network: Network) -> bool:
        """Whether it is to be paid there."""
        return network.chain_hash == (self.chain or Network.MAINNET.chain_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bolt12InvoiceRequest(UnsignedInvoiceRequest):
    """A request with a valid signature of its payer's key."""

    signatures: tuple[TlvRecord, ...]
    """The payer's, and any that we do not know."""

    def to_bytes(self) -> bytes:
        """The TLV stream."""
        return write_stream([*self.records, *self.signatures])

    def to_text(self) -> str:
        """`lnr1...`, in lower case."""
        return bolt12_text.encode(Kind.INVOICE_REQUEST, self.to_bytes())


def payer_key(base_secret: bytes, metadata: bytes) -> PrivateKey:
    """The payer's key for one request: fresh as the metadata is, and found again by them.

    BOLT 12, Rationale, with a hash under `base_secret` in place of a tweak: from the metadata,
    which the issuer sees, nothing follows without the secret, and no two keys show that they have
    it in common. `base_secret` is made for this alone; it is never a node's key.
    """
    seed = hmac_sha256(base_secret, b"tipdesk payer key" + metadata)
    while True:
        try:
            return PrivateKey(seed)
        except InvalidScalar:
            seed = hmac_sha256(base_secret, seed)


def request_for(
    asked: Offer,
    terms: RequestTerms,
    network: Network,
    *,
    key: PrivateKey,
    metadata: bytes,
    entropy: bytes,
) -> Bolt12InvoiceRequest:
    """A signed request; `RequestTermsError` if the offer has no invoice for such `terms`.

    `check_offer` comes first; for a network that the offer is not for there is no request at all.
    `metadata` are fresh random bytes, 16 or more, `key` is `payer_key` of them, and `entropy` are
    32 random bytes for the signature.
    """
    if len(metadata) < MIN_METADATA:
        raise ValueError(f"metadata of {len(metadata)} bytes can be guessed")
    if not asked.is_for(network):
        raise offer_errors.OfferForOtherNetwork(network=network.value)
    _check_terms(asked, terms)
    records = (
        TlvRecord(Field.INVREQ_METADATA, metadata),
        *asked.records,
        *_chain_record(network),
        *number_record(Field.INVREQ_AMOUNT, None if terms.amount is None else terms.amount.value),
        *number_record(Field.INVREQ_QUANTITY, terms.quantity),
        TlvRecord(Field.INVREQ_PAYER_ID, bytes(key.point)),
        *text_record(Field.INVREQ_PAYER_NOTE, terms.payer_note),
        *bytes_record(Field.INVREQ_BIP_353_NAME, _name_bytes(terms.bip_353_name)),
    )
    records = tuple(sorted(records, key=lambda record: record.type))
    signature = merkle.sign(records, key, message="invoice_request", entropy=entropy)
    return read(write_stream([*records, TlvRecord(Field.SIGNATURE, signature)]))


def decode(text: str) -> Bolt12InvoiceRequest:
    """The request in `text`; a `Bolt12Error` names the broken rule."""
    return read(bolt12_text.decode(Kind.INVOICE_REQUEST, text))


def read(stream: bytes) -> Bolt12InvoiceRequest:
    """The request in a TLV stream."""
    fields = Fields.of_stream(stream, FIELDS | {Field.SIGNATURE})
    unsigned = from_fields(Fields(merkle.without_signatures(fields.records)))
    signature, key = fields.need(Field.SIGNATURE, fields.signature), unsigned.payer_id
    if not merkle.verify(unsigned.records, key, signature, message="invoice_request"):
        raise offer_errors.WrongRequestSignature
    values = {name: getattr(unsigned, name) for name in UnsignedInvoiceRequest.__slots__}
    return Bolt12InvoiceRequest(**values, signatures=merkle.signatures_among(fields.records))


def from_fields(fields: Fields) -> UnsignedInvoiceRequest:
    """The request that consists of these fields and no others; none of them is a signature."""
    fields.only_within(REQUEST_RANGES)
    if fields.raw(Field.OFFER_ISSUER_ID) is None and fields.raw(Field.OFFER_PATHS) is None:
        raise offer_errors.RequestWithoutOffer
    chain = fields.hash(Field.INVREQ_CHAIN)
    return UnsignedInvoiceRequest(
        offer=offer.from_fields(Fields(within(fields.records, OFFER_RANGES))),
        metadata=fields.need(Field.INVREQ_METADATA, fields.raw),
        payer_id=fields.need(Field.INVREQ_PAYER_ID, fields.point),
        chain=None if chain is None else ChainHash(chain),
        amount=fields.amount(Field.INVREQ_AMOUNT),
        features=fields.features(Field.INVREQ_FEATURES),
        quantity=fields.number(Field.INVREQ_QUANTITY),
        payer_note=fields.text(Field.INVREQ_PAYER_NOTE),
        paths=fields.paths(Field.INVREQ_PATHS),
        bip_353_name=_read_name(fields),
        records=fields.records,
    )


def why_not_answer(
    request: Bolt12InvoiceRequest, ours: Offer, network: Network, now: Instant
) -> offer_errors.InvoiceRequestError | None:
    """BOLT 12, reader: the rule that keeps the issuer of `ours` from answering, None if none does.

    More than the offer asks for is welcome.
    """
    if request.offer.records != ours.records:
        return offer_errors.OtherOffer()
    if ours.expires_at is not None and now > ours.expires_at:
        return offer_errors.RequestAfterExpiry(expired_at=ours.expires_at)
    if not request.is_for(network) or not ours.is_for(network):
        return offer_errors.RequestForOtherNetwork(network=network.value)
    if not ours.takes_quantity(request.quantity):
        return offer_errors.UnusableQuantity(quantity=request.quantity, maximum=ours.quantity_max)
    return _why_not_amount(request)


def _why_not_amount(request: Bolt12InvoiceRequest) -> offer_errors.InvoiceRequestError | None:
    ours = request.offer
    if ours.currency is not None:
        return offer_errors.NoRateForOffer(currency=ours.currency)
    expected = ours.expected_amount(request.quantity)
    if expected is not None and expected > MAX_AMOUNT:
        return offer_errors.UnusableQuantity(quantity=request.quantity, maximum=ours.quantity_max)
    amount = request.expected_amount
    if amount is None or amount < _LEAST:
        return offer_errors.AmountLeftOut()
    if expected is not None and amount < expected:
        return offer_errors.LessThanOffered(amount=amount, expected=expected)
    return None


def _check_terms(asked: Offer, terms: RequestTerms) -> None:
    if not asked.takes_quantity(terms.quantity):
        raise offer_errors.QuantityNotOffered(quantity=terms.quantity, maximum=asked.quantity_max)
    expected = asked.expected_amount(terms.quantity)
    amount = expected if terms.amount is None else terms.amount
    if amount is None or amount < _LEAST:
        raise offer_errors.AmountNeeded
    if expected is not None and amount < expected:
        raise offer_errors.AmountTooSmall(amount=amount, expected=expected)
    size = len((terms.payer_note or "").encode())
    if size > MAX_NOTE:
        raise offer_errors.NoteTooLong(size=size, maximum=MAX_NOTE)


def _chain_record(network: Network) -> list[TlvRecord]:
    chains = offer.chains_of(network)
    return bytes_record(Field.INVREQ_CHAIN, chains[0] if chains else None)


def _name_bytes(name: Bip353Name | None) -> bytes | None:
    if name is None:
        return None
    parts = (name.user.encode(), name.domain.encode())
    return b"".join(bytes([len(part)]) + part for part in parts)


def _read_name(fields: Fields) -> Bip353Name | None:
    def read_parts(reader: Reader) -> tuple[bytes, bytes]:
        return reader.take(reader.uint(1)), reader.take(reader.uint(1))

    parts = fields.read(Field.INVREQ_BIP_353_NAME, read_parts)
    if parts is None:
        return None
    name, domain = parts
    if not (_NAME.fullmatch(name) and _NAME.fullmatch(domain)):
        raise offer_errors.UnusableName(name=name, domain=domain)
    return Bip353Name(name.decode(), domain.decode())
