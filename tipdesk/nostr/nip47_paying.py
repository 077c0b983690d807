"""NIP-47, NWC-04 and NWC-321: the methods that pay, for the client and for the service alike.

Every value is written with `to_object` and read with `read`, which raises `MalformedField`. Amounts
are in msats. Nothing here is to be believed: a preimage is checked by whoever knows its hash.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.nostr.nip47_fields import (
    MAX_WORD_CHARS,
    Fields,
    hex_of,
    msat_of,
    required,
    without_empty,
)
from tipdesk.nostr.nip47_transaction import (
    MAX_DESCRIPTION_CHARS,
    MAX_INVOICE_CHARS,
    Object,
    TransactionState,
    read_metadata,
    read_records,
    records_object,
)

_MAX_PAYMENT_CHARS: Final = 13_000
_MAX_SAID_CHARS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PayInvoice:
    """`pay_invoice`: the amount is for an invoice that names none."""

    invoice: str
    amount: Msat | None = None
    metadata: Object = field(default_factory=dict)

    def to_object(self) -> dict[str, object]:
        """The params."""
        return without_empty(
            {"invoice": self.invoice, "amount": msat_of(self.amount), "metadata": self.metadata}
        )

    @classmethod
    def read(cls, params: Object) -> Self:
        """From params."""
        fields = Fields(params)
        return cls(
            invoice=required("invoice", lambda name: fields.raw(name, MAX_INVOICE_CHARS)),
            amount=fields.amount("amount"),
            metadata=read_metadata(fields),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PayKeysend:
    """NWC-04, `pay_keysend`: to a node that did not ask."""

    pubkey: NodeId
    amount: Msat
    preimage: Preimage | None = None
    tlv_records: tuple[tuple[int, bytes], ...] = ()

    def to_object(self) -> dict[str, object]:
        """The params."""
        return without_empty(
            {
                "amount": self.amount.value,
                "pubkey": self.pubkey.hex(),
                "preimage": hex_of(self.preimage),
            }
        ) | records_object(self.tlv_records)

    @classmethod
    def read(cls, params: Object) -> Self:
        """From params."""
        fields = Fields(params)
        return cls(
            pubkey=required("pubkey", lambda name: fields.fixed(name, NodeId)),
            amount=required("amount", fields.amount),
            preimage=fields.fixed("preimage", Preimage),
            tlv_records=read_records(params),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What `pay_invoice` and `pay_keysend` give."""

    preimage: Preimage | None
    """None from a wallet that claims a success without a proof."""
    fees_paid: Msat | None = None

    def to_object(self) -> dict[str, object]:
        """The result."""
        return without_empty(
            {"preimage": hex_of(self.preimage), "fees_paid": msat_of(self.fees_paid)}
        )

    @classmethod
    def read(cls, result: Object) -> Self:
        """From a result."""
        fields = Fields(result)
        return cls(
            preimage=fields.fixed("preimage", Preimage), fees_paid=fields.amount("fees_paid")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """NWC-321, `pay`: an instruction in a BIP-321 URI, with the most that its way may cost."""

    payment: str
    amount: Msat | None = None
    max_fee: Msat | None = None
    payer_note: str = ""
    metadata: Object = field(default_factory=dict)

    def to_object(self) -> dict[str, object]:
        """The params."""
        return without_empty(
            {
                "payment": self.payment,
                "amount": msat_of(self.amount),
                "max_fee": msat_of(self.max_fee),
                "payer_note": self.payer_note,
                "metadata": self.metadata,
            }
        )

    @classmethod
    def read(cls, params: Object) -> Self:
        """From params."""
        fields = Fields(params)
        return cls(
            payment=required("payment", lambda name: fields.raw(name, _MAX_PAYMENT_CHARS)),
            amount=fields.amount("amount"),
            max_fee=fields.amount("max_fee"),
            payer_note=fields.text("payer_note", MAX_DESCRIPTION_CHARS),
            metadata=read_metadata(fields),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PayResult:
    """What `pay` gives: `state` is pending, settled or failed; None for a word not known."""

    state: TransactionState | None
    instruction_type: str = "bolt11"
    amount: Msat
    fees_paid: Msat | None = None
    """None: the limit may not have been kept."""
    payment_hash: PaymentHash | None = None
    preimage: Preimage | None = None
    failure_reason: str = ""
    transaction_id: str = ""
    created_at: int | None = None
    settled_at: int | None = None

    def to_object(self) -> dict[str, object]:
        """The result."""
        return without_empty(
            {
                "transaction_id": self.transaction_id,
                "state": self.state and self.state.value,
                "instruction_type": self.instruction_type,
                "amount": self.amount.value,
                "fees_paid": msat_of(self.fees_paid),
                "payment_hash": hex_of(self.payment_hash),
                "preimage": hex_of(self.preimage),
                "failure_reason": self.failure_reason,
                "created_at": self.created_at,
                "settled_at": self.settled_at,
            }
        )

    @classmethod
    def read(cls, result: Object) -> Self:
        """From a result."""
        fields = Fields(result)
        return cls(
            state=fields.one_of("state", TransactionState),
            instruction_type=fields.text("instruction_type", MAX_WORD_CHARS),
            amount=fields.amount("amount") or Msat(0),
            fees_paid=fields.amount("fees_paid"),
            payment_hash=fields.fixed("payment_hash", PaymentHash),
            preimage=fields.fixed("preimage", Preimage),
            failure_reason=fields.text("failure_reason", _MAX_SAID_CHARS),
            transaction_id=fields.text("transaction_id", MAX_WORD_CHARS),
            created_at=fields.time("created_at"),
            settled_at=fields.time("settled_at"),
        )
