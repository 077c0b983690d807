"""BOLT 4, "`payload` format": what a hop is told, as values and as TLV streams."""

from dataclasses import dataclass

from tipdesk.base.buffer import Reader, ShortRead
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import PaymentSecret, Point, Preimage, ShortChannelId
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.wire.codec import bigsize, read_tu, tu
from tipdesk.lightning.wire.tlv import TlvOutOfOrder, TlvRecord, read_stream, write_stream

AMT_TO_FORWARD = 2
OUTGOING_CLTV_VALUE = 4
SHORT_CHANNEL_ID = 6
PAYMENT_DATA = 8
ENCRYPTED_RECIPIENT_DATA = 10
CURRENT_PATH_KEY = 12
PAYMENT_METADATA = 16
TOTAL_AMOUNT_MSAT = 18
KEYSEND_PREIMAGE = 5482373484

_KNOWN = frozenset(
    {
        AMT_TO_FORWARD,
        OUTGOING_CLTV_VALUE,
        SHORT_CHANNEL_ID,
        PAYMENT_DATA,
        PAYMENT_METADATA,
        KEYSEND_PREIMAGE,
    }
)
"""Of a hop outside blinded routes: there the records of blinded ones are refused as unknown."""

_KNOWN_BLINDED = frozenset(
    {
        AMT_TO_FORWARD,
        OUTGOING_CLTV_VALUE,
        ENCRYPTED_RECIPIENT_DATA,
        CURRENT_PATH_KEY,
        TOTAL_AMOUNT_MSAT,
    }
)


class InvalidOnionPayload(DecodeError):
    """BOLT 4, `invalid_onion_payload`: the record at fault and where it begins, 0 if unknown."""

    def __init__(self, *, record_type: int, offset: int) -> None:
        super().__init__(f"the onion's TLV record {record_type} at byte {offset} is unusable")
        self.record_type = record_type
        self.offset = offset


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardPayload:
    """What a forwarding node is told."""

    amt_to_forward: Msat
    outgoing_cltv_value: BlockHeight
    short_channel_id: ShortChannelId

    def encode(self) -> bytes:
        """The TLV stream."""
        return write_stream(
            [
                TlvRecord(AMT_TO_FORWARD, tu(self.amt_to_forward.value)),
                TlvRecord(OUTGOING_CLTV_VALUE, tu(self.outgoing_cltv_value.value)),
                TlvRecord(SHORT_CHANNEL_ID, self.short_channel_id.to_bytes(8, "big")),
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalPayload:
    """What the payee is told."""

    amt_to_forward: Msat
    outgoing_cltv_value: BlockHeight
    payment_secret: PaymentSecret | None
    total_msat: Msat
    """Of all parts; `amt_to_forward` where the sender does not say."""
    payment_metadata: bytes | None = None
    keysend_preimage: Preimage | None = None
    """bLIP 3: a payment that nobody asked for carries its own preimage."""
    unknown_records: tuple[TlvRecord, ...] = ()
    """Odd types that we do not know (bLIP 10 podcast data, for one)."""

    def encode(self) -> bytes:
        """The TLV stream."""
        records = [
            TlvRecord(AMT_TO_FORWARD, tu(self.amt_to_forward.value)),
            TlvRecord(OUTGOING_CLTV_VALUE, tu(self.outgoing_cltv_value.value)),
            *self.unknown_records,
        ]
        if self.payment_secret is not None:
            records.append(TlvRecord(PAYMENT_DATA, self.payment_secret + tu(self.total_msat.value)))
        if self.payment_metadata is not None:
            records.append(TlvRecord(PAYMENT_METADATA, self.payment_metadata))
        if self.keysend_preimage is not None:
            records.append(TlvRecord(KEYSEND_PREIMAGE, bytes(self.keysend_preimage)))
        return write_stream(records)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindedPayload:
    """What a hop of a blinded route is told by the payer; the rest is in its instructions."""

    encrypted_recipient_data: bytes
    current_path_key: Point | None = None
    """For the route's first node alone: the others have theirs with the HTLC."""
    amt_to_forward: Msat | None = None
    outgoing_cltv_value: BlockHeight | None = None
    total_amount_msat: Msat | None = None
    """Like the two before it, for the last node alone."""

    def encode(self) -> bytes:
        """The TLV stream."""
        records = [TlvRecord(ENCRYPTED_RECIPIENT_DATA, self.encrypted_recipient_data)]
        if self.current_path_key is not None:
            records.append(TlvRecord(CURRENT_PATH_KEY, self.current_path_key))
        if self.amt_to_forward is not None:
            records.append(TlvRecord(AMT_TO_FORWARD, tu(self.amt_to_forward.value)))
        if self.outgoing_cltv_value is not None:
            records.append(TlvRecord(OUTGOING_CLTV_VALUE, tu(self.outgoing_cltv_value.value)))
        if self.total_amount_msat is not None:
            records.append(TlvRecord(TOTAL_AMOUNT_MSAT, tu(self.total_amount_msat.value)))
        return write_stream(records)


class _Records:
    """The records of one payload; every complaint knows where its record begins."""

    def __init__(self, payload: bytes, known: frozenset[int] = _KNOWN) -> None:
        try:
            records = read_stream(payload)
        except TlvOutOfOrder as error:
            raise InvalidOnionPayload(record_type=error.record_type, offset=0) from None
        except DecodeError:
            raise InvalidOnionPayload(record_type=0, offset=0) from None
        self._values = {record.type: record.value for record in records}
        self._offsets: dict[int, int] = {}
        # The decrypted stream begins with the payload's length.
        position = len(bigsize(len(payload)))
        for record in records:
            self._offsets[record.type] = position
            position += len(bigsize(record.type) + bigsize(len(record.value))) + len(record.value)
        self.unknown = tuple(record for record in records if record.type not in known)
        for record in self.unknown:
            if record.type % 2 == 0:
                raise self.invalid(record.type)

    def invalid(self, record_type: int) -> InvalidOnionPayload:
        return InvalidOnionPayload(
            record_type=record_type, offset=self._offsets.get(record_type, 0)
        )

    def has(self, record_type: int) -> bool:
        return record_type in self._values

    def optional(self, record_type: int) -> bytes | None:
        return self._values.get(record_type)

    def required(self, record_type: int, size: int | None = None) -> bytes:
        value = self._values.get(record_type)
        if value is None or (size is not None and len(value) != size):
            raise self.invalid(record_type)
        return value

    def number(self, record_type: int, max_size: int) -> int:
        return self.truncated(record_type, Reader(self.required(record_type)), max_size)

    def truncated(self, record_type: int, reader: Reader, max_size: int) -> int:
        try:
            return read_tu(reader, max_size)
        except DecodeError:
            raise self.invalid(record_type) from None


def decode_blinded(payload: bytes) -> BlindedPayload | None:
    """What a payload says to a node of a blinded route; None if it is of no such route.

    `InvalidOnionPayload` for a record that does not belong there, odd ones too.
    """
    if not _is_blinded(payload):
        return None
    records = _Records(payload, _KNOWN_BLINDED)
    if records.unknown:
        raise records.invalid(records.unknown[0].type)
    key = records.optional(CURRENT_PATH_KEY)
    try:
        path_key = None if key is None else check_point(records.required(CURRENT_PATH_KEY, 33))
    except DecodeError:
        raise records.invalid(CURRENT_PATH_KEY) from None
    amount, total = AMT_TO_FORWARD, TOTAL_AMOUNT_MSAT
    expiry = OUTGOING_CLTV_VALUE
    return BlindedPayload(
        encrypted_recipient_data=records.required(ENCRYPTED_RECIPIENT_DATA),
        current_path_key=path_key,
        amt_to_forward=Msat(records.number(amount, 8)) if records.has(amount) else None,
        outgoing_cltv_value=(
            BlockHeight(records.number(expiry, 4)) if records.has(expiry) else None
        ),
        total_amount_msat=Msat(records.number(total, 8)) if records.has(total) else None,
    )


def _is_blinded(payload: bytes) -> bool:
    try:
        return any(record.type == ENCRYPTED_RECIPIENT_DATA for record in read_stream(payload))
    except DecodeError:
        return False


def decode_forward(payload: bytes) -> ForwardPayload:
    """What a payload says to a node that has to forward; `InvalidOnionPayload`."""
    records = _Records(payload)
    return ForwardPayload(
        amt_to_forward=Msat(records.number(AMT_TO_FORWARD, 8)),
        outgoing_cltv_value=BlockHeight(records.number(OUTGOING_CLTV_VALUE, 4)),
        short_channel_id=ShortChannelId(
            int.from_bytes(records.required(SHORT_CHANNEL_ID, 8), "big")
        ),
    )


def decode_final(payload: bytes) -> FinalPayload:
    """What a payload says to the node where the payment ends; `InvalidOnionPayload`."""
    records = _Records(payload)
    amount = Msat(records.number(AMT_TO_FORWARD, 8))
    secret, total = None, amount
    if records.has(PAYMENT_DATA):
        reader = Reader(records.required(PAYMENT_DATA))
        try:
            secret = PaymentSecret(reader.take(32))
        except ShortRead:
            raise records.invalid(PAYMENT_DATA) from None
        total = Msat(records.truncated(PAYMENT_DATA, reader, 8))
    preimage = None
    if records.has(KEYSEND_PREIMAGE):
        preimage = Preimage(records.required(KEYSEND_PREIMAGE, 32))
    return FinalPayload(
        amt_to_forward=amount,
        outgoing_cltv_value=BlockHeight(records.number(OUTGOING_CLTV_VALUE, 4)),
        payment_secret=secret,
        total_msat=total,
        payment_metadata=records.optional(PAYMENT_METADATA),
        keysend_preimage=preimage,
        unknown_records=records.unknown,
    )
