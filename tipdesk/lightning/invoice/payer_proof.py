"""BOLT 12, "Payer Proofs" (lightning/bolts #1346): that we paid an invoice, and what for.

The payer gives away the preimage, the invoice's signature and those of its fields that they choose;
of the others only hashes, so that the signature can still be checked. A signature of the payer's
own, over all of it and a note, says that it is they who show it: somebody may ask for a note of
their choice, which a copy of an older proof would not have.

Written from the rules as Core Lightning and LDK keep them, and checked with the pull request's own
vectors; its merged text was not at hand. After the highest number below those of signatures, the
list of hidden fields goes on with the first one above those of proofs.

A proof shows that the holder of the payer's key knows the preimage of an invoice which the issuer
signed: it names nobody. Whose the payer's key is has to be shown otherwise; who the issuer is says
`is_for`; and anybody can pay an invoice of their own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt12, bolt12_text, merkle
from tipdesk.lightning.invoice import payer_proof_errors as errors
from tipdesk.lightning.invoice.bolt12 import Bolt12Invoice
from tipdesk.lightning.invoice.bolt12_fields import (
    INVOICE_RANGES,
    OFFER_RANGES,
    Field,
    Fields,
    bytes_record,
    moment,
    text_record,
    within,
)
from tipdesk.lightning.invoice.bolt12_text import Kind
from tipdesk.lightning.invoice.offer import Offer
from tipdesk.lightning.wire.codec import bigsize, read_bigsize
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

FIELDS: Final = bolt12.FIELDS | {field for field in Field if field.name.startswith("PROOF_")}

ALWAYS_SHOWN: Final = frozenset(
    {
        Field.INVREQ_PAYER_ID,
        Field.INVOICE_PAYMENT_HASH,
        Field.INVOICE_FEATURES,
        Field.INVOICE_NODE_ID,
    }
)
USUALLY_SHOWN: Final = frozenset(
    {
        Field.OFFER_DESCRIPTION,
        Field.OFFER_ISSUER_ID,
        Field.INVOICE_CREATED_AT,
        Field.INVOICE_AMOUNT,
    }
)
"""What a proof is mostly asked for: what was paid, whom, when and how much."""

_RANGES = (range(1, 4_000_000_000),)
_FIRST_ABOVE = INVOICE_RANGES[1].start
_LAST_BELOW = INVOICE_RANGES[0].stop - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerProof:
    """A proof that holds; what its payer hides is None."""

    payer_id: NodeId
    """Whose proof it is."""
    node_id: NodeId
    """Who signed the invoice."""
    payment_hash: PaymentHash
    preimage: Preimage
    note: str | None
    """Written by the payer for who asked for the proof: plain text, never markup."""
    description: str | None
    issuer: str | None
    amount: Msat | None
    created_at: Instant | None
    payer_note: str | None
    records: tuple[TlvRecord, ...]
    """As they came, signatures and all."""

    def shows(self, field: int) -> bool:
        """Whether a field of the invoice is shown."""
        return any(record.type == field for record in self.records)

    def is_for(self, offer: Offer) -> bool:
        """Whether the issuer of the offer signed, and what is shown of the offer is in it.

        Two offers of one issuer are told apart by what is shown alone.
        """
        shown = set(within(self.records, OFFER_RANGES))
        return self.node_id in offer.signers and shown <= set(offer.records)

    def to_bytes(self) -> bytes:
        """The TLV stream."""
        return write_stream(self.records)

    def to_text(self) -> str:
        """`lnp1...`, in lower case."""
        return bolt12_text.encode(Kind.PAYER_PROOF, self.to_bytes())


def prove(
    invoice: Bolt12Invoice,
    preimage: Preimage,
    *,
    key: PrivateKey,
    entropy: bytes,
    show: Collection[int] = USUALLY_SHOWN,
    note: str | None = None,
) -> PayerProof:
    """A proof that shows the fields in `show` and those it cannot do without; or `CannotProve`.

    `key` is that of the request (`invoice_request.payer_key`), `entropy` are 32 random bytes. The
    request's metadata are never shown: they keep what is hidden from being guessed.
    """
    if sha256(preimage) != invoice.payment_hash:
        raise errors.PreimageUnknown
    if key.point != invoice.request.payer_id:
        raise errors.KeyOfOther
    visible = [_is_shown(record, show) for record in invoice.records]
    types = [record.type for record in invoice.records]
    shown = [record for record, seen in zip(invoice.records, visible, strict=True) if seen]
    markers = _markers(types, visible)
    hidden = merkle.hidden_hashes(merkle.leaves_of(invoice.records), visible)
    nonces = merkle.nonces(invoice.records[0], [record.type for record in shown])
    records = [
        *shown,
        *bytes_record(Field.SIGNATURE, invoice.signature),
        *bytes_record(Field.PROOF_PREIMAGE, preimage),
        *bytes_record(Field.PROOF_OMITTED_TLVS, b"".join(map(bigsize, markers)) or None),
        *bytes_record(Field.PROOF_MISSING_HASHES, b"".join(hidden)),
        *bytes_record(Field.PROOF_LEAF_HASHES, b"".join(nonces)),
        *text_record(Field.PROOF_NOTE, note),
    ]
    records.sort(key=lambda record: record.type)
    signature = merkle.sign(
        records, key, message="payer_proof", field="proof_signature", entropy=entropy
    )
    return read(write_stream([*records, TlvRecord(Field.PROOF_SIGNATURE, signature)]))


def decode(text: str) -> PayerProof:
    """The proof in `text`, which holds; a `Bolt12Error` names the broken rule."""
    return read(bolt12_text.decode(Kind.PAYER_PROOF, text))


def read(stream: bytes) -> PayerProof:
    """The proof in a TLV stream, which holds."""
    fields = Fields.of_stream(stream, FIELDS)
    fields.only_within(_RANGES)
    created_at = fields.number(Field.INVOICE_CREATED_AT)
    proof = PayerProof(
        payer_id=fields.need(Field.INVREQ_PAYER_ID, fields.point),
        node_id=fields.need(Field.INVOICE_NODE_ID, fields.point),
        payment_hash=PaymentHash(fields.need(Field.INVOICE_PAYMENT_HASH, fields.hash)),
        preimage=Preimage(fields.need(Field.PROOF_PREIMAGE, fields.hash)),
        note=fields.text(Field.PROOF_NOTE),
        description=fields.text(Field.OFFER_DESCRIPTION),
        issuer=fields.text(Field.OFFER_ISSUER),
        amount=fields.amount(Field.INVOICE_AMOUNT),
        created_at=None if created_at is None else moment(created_at),
        payer_note=fields.text(Field.INVREQ_PAYER_NOTE),
        records=fields.records,
    )
    if sha256(proof.preimage) != proof.payment_hash:
        raise errors.PreimageOfOther
    _check_invoice_signature(fields, proof.node_id)
    signature = fields.need(Field.PROOF_SIGNATURE, fields.signature)
    if not merkle.verify(
        fields.records, proof.payer_id, signature, message="payer_proof", field="proof_signature"
    ):
        raise errors.NotThePayersProof
    return proof


def _is_shown(record: TlvRecord, show: Collection[int]) -> bool:
    if not within([record], INVOICE_RANGES):
        raise errors.UnprovableField(record_type=record.type)
    return record.type != Field.INVREQ_METADATA and (
        record.type in show or record.type in ALWAYS_SHOWN
    )


def _markers(types: Sequence[int], visible: Sequence[bool]) -> list[int]:
    # How many fields are hidden between two that are shown is told, not which: the numbers are
    # the next ones after the last that is known. The first field, the metadata, goes without.
    last, markers = 0, []
    for record_type, seen in zip(types, visible, strict=True):
        if seen:
            last = record_type
        elif record_type != Field.INVREQ_METADATA:
            last = _next_marker(last)
            markers.append(last)
    return markers


def _next_marker(last: int) -> int:
    return _FIRST_ABOVE if last == _LAST_BELOW else last + 1


def _check_markers(markers: Sequence[int], shown: Sequence[TlvRecord]) -> None:
    types = {record.type for record in shown}
    follows_shown = {_next_marker(record_type) for record_type in types}
    last = 0
    for marker in markers:
        is_next = marker == _next_marker(last) or marker in follows_shown
        in_range = any(marker in span for span in INVOICE_RANGES)
        if marker <= last or marker in types or not is_next or not in_range:
            raise errors.WrongMarker(marker=marker)
        last = marker


def _check_invoice_signature(fields: Fields, node_id: NodeId) -> None:
    shown = within(fields.records, INVOICE_RANGES)
    markers = fields.repeated(Field.PROOF_OMITTED_TLVS, read_bigsize) or ()
    _check_markers(markers, shown)
    nonces = fields.need(Field.PROOF_LEAF_HASHES, fields.hashes)
    if len(nonces) != len(shown):
        raise errors.WrongLeafHashes(hashes=len(nonces), fields=len(shown))
    leaves: dict[int, bytes | None] = dict.fromkeys((Field.INVREQ_METADATA, *markers))
    for record, nonce in zip(shown, nonces, strict=True):
        leaves[record.type] = merkle.leaf(record, nonce)
    hidden = fields.need(Field.PROOF_MISSING_HASHES, fields.hashes)
    try:
        root = merkle.root_with_hidden([leaves[number] for number in sorted(leaves)], hidden)
    except merkle.WrongNumberOfHashes:
        raise errors.WrongMissingHashes(hashes=len(hidden)) from None
    signature = fields.need(Field.SIGNATURE, fields.signature)
    if not merkle.is_signed(root, node_id, signature, message="invoice"):
        raise errors.NotTheIssuersInvoice
