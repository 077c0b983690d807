"""BOLT 12 between a payer and an issuer of the tests: keys, paths, an offer, its request."""

from collections.abc import Sequence

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import merkle
from tipdesk.lightning.invoice.bolt12 import (
    BlindedPayinfo,
    Bolt12Invoice,
    InvoiceTerms,
    PaymentPath,
    invoice_for,
)
from tipdesk.lightning.invoice.bolt12_fields import Field
from tipdesk.lightning.invoice.invoice_request import (
    Bolt12InvoiceRequest,
    RequestTerms,
    payer_key,
    request_for,
)
from tipdesk.lightning.invoice.offer import Offer, OfferTerms, chains_of, make
from tipdesk.lightning.sphinx.blinding import BlindedPath, blind
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

NOW = Instant.from_unix_seconds(1_780_000_000)
NETWORK = Network.REGTEST
ENTROPY = b"\x55" * 32
METADATA = b"\x11" * 16
ISSUER = PrivateKey(sha256(b"issuer"))
INTRODUCTION = NodeId(PrivateKey(sha256(b"introduction")).point)
BASE_SECRET = sha256(b"payers")
PAYER = payer_key(BASE_SECRET, METADATA)
PREIMAGE = Preimage(sha256(b"preimage"))
PAYMENT_HASH = PaymentHash(sha256(PREIMAGE))
PAYINFO = BlindedPayinfo(
    fee_base_msat=1_000,
    fee_proportional_millionths=500,
    cltv_expiry_delta=CltvDelta(144),
    htlc_minimum_msat=Msat(1),
    htlc_maximum_msat=Msat(1_000_000_000),
)
ASKED = RequestTerms(amount=Msat(21_000))


def path(seed: bytes = b"path", hops: int = 2) -> BlindedPath:
    """A blinded path to the issuer."""
    nodes = [INTRODUCTION] * (hops - 1) + [NodeId(ISSUER.point)]
    found, _ = blind(PrivateKey(sha256(seed)), [(node, bytes(20)) for node in nodes])
    return found


TERMS = OfferTerms(
    chains=chains_of(NETWORK),
    description="Coffee",
    issuer="shop.example",
    issuer_id=NodeId(ISSUER.point),
    paths=(path(),),
)
OFFER = make(TERMS)
INVOICE_TERMS = InvoiceTerms(
    payment_hash=PAYMENT_HASH, created_at=NOW, paths=(PaymentPath(path(b"pay"), PAYINFO),)
)


def asked(offer: Offer = OFFER, terms: RequestTerms = ASKED) -> Bolt12InvoiceRequest:
    """A request for the offer."""
    return request_for(offer, terms, NETWORK, key=PAYER, metadata=METADATA, entropy=ENTROPY)


def answered(
    request: Bolt12InvoiceRequest, terms: InvoiceTerms = INVOICE_TERMS, key: PrivateKey = ISSUER
) -> Bolt12Invoice:
    """The issuer's invoice."""
    return invoice_for(request, terms, key=key, entropy=ENTROPY)


def changed(
    records: Sequence[TlvRecord], changes: dict[int, bytes | None]
) -> tuple[TlvRecord, ...]:
    """Records of which some have another value, are added, or are left out (None)."""
    values: dict[int, bytes | None] = {record.type: record.value for record in records}
    values.update(changes)
    return tuple(
        TlvRecord(number, value) for number, value in sorted(values.items()) if value is not None
    )


def signed(records: Sequence[TlvRecord], key: PrivateKey, message: str) -> bytes:
    """The stream of records with a right signature, whatever they say."""
    signature = merkle.sign(records, key, message=message, entropy=ENTROPY)
    return write_stream([*records, TlvRecord(Field.SIGNATURE, signature)])
