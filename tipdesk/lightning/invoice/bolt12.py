"""BOLT 12, "Invoices": what the issuer of an offer answers a request with; made, read, checked.

`invoice_for` makes one, `decode` or `read` gives one that is signed and complete, and
`check_invoice` compares it with the request that it answers, before anything is paid.

Left to the caller. Issuer: `allowed_features` of each path are what its payinfo says (none are
defined), and a payment that takes none of the paths is refused. Payer: the invoice came by the
reply path of its request; earlier paths are preferred; several parts are sent if `must_split`, and
only if `may_split`, never over one path more than its payinfo allows.

Invoices that nobody asked for exist nowhere: each answers a request, and has all its fields.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, PaymentHash, Point
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin import script
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import Feature, FeatureBits
from tipdesk.lightning.invoice import bolt12_invoice_errors as errors
from tipdesk.lightning.invoice import bolt12_text, invoice_request, merkle
from tipdesk.lightning.invoice.bolt12_fields import (
    MAX_AMOUNT,
    REQUEST_RANGES,
    Field,
    Fields,
    bytes_record,
    moment,
    number_record,
    paths_record,
    unknown_required,
    within,
)
from tipdesk.lightning.invoice.bolt12_text import Kind
from tipdesk.lightning.invoice.invoice_request import UnsignedInvoiceRequest
from tipdesk.lightning.invoice.offer_errors import RequestWithoutOffer
from tipdesk.lightning.sphinx.blinding import BlindedPath
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

FIELDS: Final = (
    invoice_request.FIELDS
    | {field for field in Field if field.name.startswith("INVOICE_")}
    | {Field.SIGNATURE}
)
DEFAULT_RELATIVE_EXPIRY: Final = 7200
INVOICE_FEATURES: Final = FeatureBits([Feature.BASIC_MPP + 1])
"""What our invoices say: parts are welcome."""

_KNOWN_FEATURES = 1 << Feature.BASIC_MPP
_NO_FEATURES = FeatureBits()


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedPayinfo:
    """BOLT 12, `blinded_payinfo`: what all hops of a blinded path ask for, taken together."""

    fee_base_msat: int
    fee_proportional_millionths: int
    cltv_expiry_delta: CltvDelta
    htlc_minimum_msat: Msat
    htlc_maximum_msat: Msat
    features: FeatureBits = _NO_FEATURES

    def fee(self, amount: Msat) -> Msat:
        """What carrying `amount` over the path costs, rounded down."""
        return Msat(
            self.fee_base_msat + amount.value * self.fee_proportional_millionths // 1_000_000
        )

    def encode(self) -> bytes:
        """The subtype's bytes."""
        features = self.features.to_bytes()
        return b"".join(
            (
                self.fee_base_msat.to_bytes(4, "big"),
                self.fee_proportional_millionths.to_bytes(4, "big"),
                self.cltv_expiry_delta.value.to_bytes(2, "big"),
                self.htlc_minimum_msat.value.to_bytes(8, "big"),
                self.htlc_maximum_msat.value.to_bytes(8, "big"),
                len(features).to_bytes(2, "big"),
                features,
            )
        )

    @classmethod
    def read(cls, reader: Reader) -> "BlindedPayinfo":
        """The next one of a record."""
        return cls(
            fee_base_msat=reader.uint(4),
            fee_proportional_millionths=reader.uint(4),
            cltv_expiry_delta=CltvDelta(reader.uint(2)),
            htlc_minimum_msat=Msat(reader.uint(8)),
            htlc_maximum_msat=Msat(reader.uint(8)),
            features=FeatureBits.from_bytes(reader.take(reader.uint(2))),
        )


@dataclass(frozen=True, slots=True)
class PaymentPath:
    """A way to be paid, and its terms."""

    path: BlindedPath
    payinfo: BlindedPayinfo

    @property
    def unknown_feature(self) -> int | None:
        """BOLT 12: the lowest feature that the path requires of its payer (we know none)."""
        return unknown_required(self.payinfo.features.to_bytes())


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTerms:
    """What an issuer adds to a request."""

    payment_hash: PaymentHash
    created_at: Instant
    paths: tuple[PaymentPath, ...]
    """One at least, the preferred ones first."""
    relative_expiry: int = DEFAULT_RELATIVE_EXPIRY
    """Seconds after `created_at`."""
    features: FeatureBits = INVOICE_FEATURES
    fallback_scripts: tuple[bytes, ...] = ()
    """Output scripts of on-chain addresses, the preferred one first; only those of segwit are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bolt12Invoice(InvoiceTerms):
    """An invoice with a valid signature; whether it is the right one says `check_invoice`."""

    request: UnsignedInvoiceRequest
    """What it says that it answers."""
    amount: Msat
    node_id: NodeId
    """Who signed it."""
    records: tuple[TlvRecord, ...]
    """As they came, without signatures."""
    signatures: tuple[TlvRecord, ...]
    """The issuer's, and any that we do not know."""

    @property
    def expires_at(self) -> Instant:
        """The moment after which it should not be paid."""
        return moment(self.created_at.unix_seconds + self.relative_expiry)

    @property
    def usable_paths(self) -> tuple[PaymentPath, ...]:
        """BOLT 12: the paths that require no feature unknown to us; one at least."""
        return tuple(path for path in self.paths if path.unknown_feature is None)

    @property
    def may_split(self) -> bool:
        """BOLT 12, "Invoice Features": whether it may be paid in parts."""
        return self.features.offers(Feature.BASIC_MPP)

    @property
    def must_split(self) -> bool:
        """BOLT 12, "Invoice Features": whether it has to be paid over more than one path."""
        return self.features.requires(Feature.BASIC_MPP)

    def is_expired(self, now: Instant) -> bool:
        """BOLT 12: whether `created_at` plus `relative_expiry` has passed."""
        return now > self.expires_at

    @property
    def signature(self) -> bytes:
        """The issuer's."""
        return next(one.value for one in self.signatures if one.type == Field.SIGNATURE)

    def to_bytes(self) -> bytes:
        """The TLV stream."""
        return write_stream([*self.records, *self.signatures])

    def to_text(self) -> str:
        """`lni1...`, in lower case."""
        return bolt12_text.encode(Kind.INVOICE, self.to_bytes())


def invoice_for(
    request: UnsignedInvoiceRequest, terms: InvoiceTerms, *, key: PrivateKey, entropy: bytes
) -> Bolt12Invoice:
    """The signed answer to a request that `why_not_answer` has nothing against.

    `key` is that of the offer's `issuer_id`, or else of the last, blinded node of the path that
    the request came by: `WrongInvoiceKey`. `entropy` are 32 random bytes for the signature.
    """
    signers, amount = request.offer.signers, request.expected_amount
    if key.point not in signers:
        raise errors.WrongInvoiceKey(key=key.point, signers=signers)
    if amount is None or amount > MAX_AMOUNT:
        raise errors.AmountUnknown
    expiry = terms.relative_expiry
    records = (
        *request.records,
        *paths_record(Field.INVOICE_PATHS, [path.path for path in terms.paths]),
        *bytes_record(
            Field.INVOICE_BLINDEDPAY, b"".join(path.payinfo.encode() for path in terms.paths)
        ),
        *number_record(Field.INVOICE_CREATED_AT, terms.created_at.unix_seconds),
        *number_record(
            Field.INVOICE_RELATIVE_EXPIRY, None if expiry == DEFAULT_RELATIVE_EXPIRY else expiry
        ),
        *bytes_record(Field.INVOICE_PAYMENT_HASH, terms.payment_hash),
        *number_record(Field.INVOICE_AMOUNT, amount.value),
        *bytes_record(Field.INVOICE_FALLBACKS, _fallback_bytes(terms.fallback_scripts) or None),
        *bytes_record(Field.INVOICE_FEATURES, terms.features.to_bytes() or None),
        *bytes_record(Field.INVOICE_NODE_ID, key.point),
    )
    records = tuple(sorted(records, key=lambda record: record.type))
    signature = merkle.sign(records, key, message="invoice", entropy=entropy)
    return read(write_stream([*records, TlvRecord(Field.SIGNATURE, signature)]))


def decode(text: str) -> Bolt12Invoice:
    """The invoice in `text`; a `Bolt12Error` names the broken rule."""
    return read(bolt12_text.decode(Kind.INVOICE, text))


def read(stream: bytes) -> Bolt12Invoice:
    """The invoice in a TLV stream."""
    fields = Fields.of_stream(stream, FIELDS)
    signed = Fields(merkle.without_signatures(fields.records))
    expiry = signed.number(Field.INVOICE_RELATIVE_EXPIRY, 4)
    invoice = Bolt12Invoice(
        request=_read_request(signed),
        paths=_read_paths(signed),
        created_at=moment(signed.need(Field.INVOICE_CREATED_AT, signed.number)),
        relative_expiry=DEFAULT_RELATIVE_EXPIRY if expiry is None else expiry,
        payment_hash=PaymentHash(signed.need(Field.INVOICE_PAYMENT_HASH, signed.hash)),
        amount=signed.need(Field.INVOICE_AMOUNT, signed.amount),
        fallback_scripts=_read_fallbacks(signed.raw(Field.INVOICE_FALLBACKS) or b""),
        features=signed.features(Field.INVOICE_FEATURES, _KNOWN_FEATURES),
        node_id=signed.need(Field.INVOICE_NODE_ID, signed.point),
        records=signed.records,
        signatures=merkle.signatures_among(fields.records),
    )
    signature = fields.need(Field.SIGNATURE, fields.signature)
    if not merkle.verify(signed.records, invoice.node_id, signature, message="invoice"):
        raise errors.WrongInvoiceSignature
    return invoice


def check_invoice(
    invoice: Bolt12Invoice,
    request: UnsignedInvoiceRequest,
    now: Instant,
    network: Network,
    *,
    asked: Collection[Point] = (),
) -> None:
    """BOLT 12, reader: a `Bolt12InvoiceError` if the invoice is not the answer to our request.

    `asked` are the last nodes of the paths that the request went by; where the offer has no
    `issuer_id`, one of them has to have signed (none named: any of the offer's paths).
    """
    mirrored = within(invoice.records, REQUEST_RANGES)
    if mirrored != request.records:
        differing = set(mirrored) ^ set(request.records)
        raise errors.OtherThanRequested(record_type=min(record.type for record in differing))
    signers = request.offer.signers
    if request.offer.issuer_id is None and asked:
        signers = tuple(signer for signer in signers if signer in asked)
    if invoice.node_id not in signers:
        raise errors.InvoiceByOther(node_id=invoice.node_id, expected=signers)
    expected = request.expected_amount
    if expected is None:
        raise errors.AmountNeverAgreed(amount=invoice.amount)
    if invoice.amount != expected:
        raise errors.OtherAmount(amount=invoice.amount, expected=expected)
    if not request.is_for(network):
        raise errors.InvoiceForOtherNetwork(network=network.value)
    if invoice.is_expired(now):
        raise errors.Bolt12InvoiceExpired(expired_at=invoice.expires_at)


def _read_request(fields: Fields) -> UnsignedInvoiceRequest:
    try:
        return invoice_request.from_fields(Fields(within(fields.records, REQUEST_RANGES)))
    except RequestWithoutOffer:
        raise errors.InvoiceWithoutOffer from None


def _read_paths(fields: Fields) -> tuple[PaymentPath, ...]:
    paths = fields.paths(Field.INVOICE_PATHS)
    payinfos = fields.repeated(Field.INVOICE_BLINDEDPAY, BlindedPayinfo.read) or ()
    if not paths or len(paths) != len(payinfos):
        raise errors.PayinfoPerPath(paths=len(paths), payinfos=len(payinfos))
    found = tuple(PaymentPath(*pair) for pair in zip(paths, payinfos, strict=True))
    unknown = [path.unknown_feature for path in found]
    if None not in unknown:
        raise errors.NoUsablePath(bit=min(bit for bit in unknown if bit is not None))
    return found


def _read_fallbacks(value: bytes) -> tuple[bytes, ...]:
    # BOLT 12: what is no address that we know is ignored, and never a reason to refuse.
    reader, found = Reader(value), []
    while reader.left:
        try:
            version, program = reader.uint(1), reader.take(reader.uint(2))
        except DecodeError:
            break
        if _is_address(version, program):
            found.append(script.push_number(version) + script.push(program))
    return tuple(found)


def _is_address(version: int, program: bytes) -> bool:
    known_lengths = {0: (20, 32), 1: (32,)}
    return version <= 16 and len(program) in known_lengths.get(version, range(2, 41))


def _fallback_bytes(scripts: tuple[bytes, ...]) -> bytes:
    programs = [script.witness_program(script_pubkey) for script_pubkey in scripts]
    return b"".join(
        bytes([version]) + len(program).to_bytes(2, "big") + program
        for version, program in (found for found in programs if found is not None)
    )
