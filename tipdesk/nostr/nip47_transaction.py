"""NIP-47: one invoice or payment, as wallets tell of it in results, lists and notifications.

Amounts are in msats, times in Unix seconds. Nothing here is to be believed: a preimage is checked
by whoever knows the payment hash.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Self

from tipdesk.base.ids import FixedBytes, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.nostr.nip47_fields import (
    Fields,
    MalformedField,
    hex_of,
    msat_of,
    required,
    without_empty,
)

Object = Mapping[str, object]

MAX_INVOICE_CHARS: Final = 7_089
MAX_METADATA_CHARS: Final = 4_096
"""NWC-06: longer metadata is dropped."""
MAX_DESCRIPTION_CHARS: Final = 700
_MAX_TYPE: Final = 2**64 - 1
_MAX_RECORDS: Final = 100
_MAX_RECORD_HEX: Final = 2_600


class DescriptionHash(FixedBytes):
    """SHA-256 of what an invoice commits to."""

    LENGTH = 32


class TransactionType(Enum):
    """Which way the money goes."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"


class TransactionState(Enum):
    """How it stands with an invoice or a payment."""

    PENDING = "pending"
    SETTLED = "settled"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """An invoice of the wallet's, or a payment that it made: its word on it."""

    type: TransactionType | None
    """None if it was left out, or is a word that is not known."""
    state: TransactionState | None = None
    """None from older wallets, which do not tell, and for a word that is not known."""
    invoice: str = ""
    description: str = ""
    description_hash: bytes | None = None
    preimage: Preimage | None = None
    payment_hash: PaymentHash | None
    amount: Msat
    fees_paid: Msat | None = None
    created_at: int | None = None
    expires_at: int | None = None
    settled_at: int | None = None
    metadata: Object = field(default_factory=dict)

    def to_object(self) -> dict[str, object]:
        """As results and notifications hold it."""
        return without_empty(
            {
                "type": self.type and self.type.value,
                "state": self.state and self.state.value,
                "invoice": self.invoice,
                "description": self.description,
                "description_hash": hex_of(self.description_hash),
                "preimage": hex_of(self.preimage),
                "payment_hash": hex_of(self.payment_hash),
                "amount": self.amount.value,
                "fees_paid": msat_of(self.fees_paid),
                "created_at": self.created_at,
                "expires_at": self.expires_at,
                "settled_at": self.settled_at,
                "metadata": self.metadata,
            }
        )

    @classmethod
    def read(cls, value: object) -> Self:
        """From a result, a notification, or an entry of a list."""
        fields = Fields.of(value, "transaction")
        return cls(
            type=fields.one_of("type", TransactionType),
            state=fields.one_of("state", TransactionState),
            invoice=fields.raw("invoice", MAX_INVOICE_CHARS) or "",
            description=fields.text("description", MAX_DESCRIPTION_CHARS),
            description_hash=fields.fixed("description_hash", DescriptionHash),
            preimage=fields.fixed("preimage", Preimage),
            payment_hash=fields.fixed("payment_hash", PaymentHash),
            amount=fields.amount("amount") or Msat(0),
            fees_paid=fields.amount("fees_paid"),
            created_at=fields.time("created_at"),
            expires_at=fields.time("expires_at"),
            settled_at=fields.time("settled_at"),
            metadata=read_metadata(fields),
        )


def records_object(records: tuple[tuple[int, bytes], ...]) -> dict[str, object]:
    """Custom records as `tlv_records` of params or metadata; nothing for none."""
    listed = [{"type": number, "value": value.hex()} for number, value in records]
    return {"tlv_records": listed} if listed else {}


def read_records(values: Object) -> tuple[tuple[int, bytes], ...]:
    """The custom records in `tlv_records` of params or metadata: a stranger's bytes."""
    found: dict[int, bytes] = {}
    for entry in Fields(values).items("tlv_records", _MAX_RECORDS):
        number, data = _record(Fields.of(entry, "tlv_records"))
        found.setdefault(number, data)
    return tuple(found.items())


def _record(fields: Fields) -> tuple[int, bytes]:
    number = required("type", lambda name: fields.number(name, _MAX_TYPE))
    try:
        return number, bytes.fromhex(fields.raw("value", _MAX_RECORD_HEX) or "")
    except ValueError:
        raise MalformedField("value") from None


def read_metadata(fields: Fields) -> Object:
    """What stands beside a payment or an invoice; nothing of one that is too long."""
    metadata = fields.table("metadata")
    try:
        return metadata if len(json.dumps(metadata)) <= MAX_METADATA_CHARS else {}
    except RecursionError:
        return {}
