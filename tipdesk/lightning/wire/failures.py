"""BOLT 4, "Failure Messages": every failure code, its fields, and what it means to a person.

A failure travels inside a failure onion (`sphinx/errors`), not as a message of its own.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

from tipdesk.base.buffer import Reader
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import BlockHeight, Msat
from tipdesk.lightning.wire.codec import (
    Codec,
    Exactly,
    Prefixed,
    Unsigned,
    bigsize,
    codec_for,
    read_bigsize,
)

BADONION: Final = 0x8000
PERM: Final = 0x4000
NODE: Final = 0x2000
UPDATE: Final = 0x1000


class FailureCode(IntEnum):
    """BOLT 4's names, with their flags."""

    TEMPORARY_NODE_FAILURE = NODE | 2
    PERMANENT_NODE_FAILURE = PERM | NODE | 2
    REQUIRED_NODE_FEATURE_MISSING = PERM | NODE | 3
    INVALID_ONION_VERSION = BADONION | PERM | 4
    INVALID_ONION_HMAC = BADONION | PERM | 5
    INVALID_ONION_KEY = BADONION | PERM | 6
    TEMPORARY_CHANNEL_FAILURE = UPDATE | 7
    PERMANENT_CHANNEL_FAILURE = PERM | 8
    REQUIRED_CHANNEL_FEATURE_MISSING = PERM | 9
    UNKNOWN_NEXT_PEER = PERM | 10
    AMOUNT_BELOW_MINIMUM = UPDATE | 11
    FEE_INSUFFICIENT = UPDATE | 12
    INCORRECT_CLTV_EXPIRY = UPDATE | 13
    EXPIRY_TOO_SOON = UPDATE | 14
    INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS = PERM | 15
    FINAL_INCORRECT_CLTV_EXPIRY = 18
    FINAL_INCORRECT_HTLC_AMOUNT = 19
    CHANNEL_DISABLED = UPDATE | 20
    EXPIRY_TOO_FAR = 21
    INVALID_ONION_PAYLOAD = PERM | 22
    MPP_TIMEOUT = 23
    INVALID_ONION_BLINDING = BADONION | PERM | 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure with those fields that its code has (`fields_of`); the others stay None."""

    code: int
    """A `FailureCode`, or a number that we do not know; its flags hold all the same."""
    sha256_of_onion: bytes | None = None
    htlc_msat: Msat | None = None
    incoming_htlc_amt: Msat | None = None
    cltv_expiry: BlockHeight | None = None
    height: BlockHeight | None = None
    disabled_flags: int | None = None
    type: int | None = None
    """The TLV record at fault."""
    offset: int | None = None
    channel_update: bytes = b""
    """Never to be taken for gossip (BOLT 4, "Receiving Failure Codes"); we leave it empty."""

    @property
    def is_bad_onion(self) -> bool:
        """The peer of the reporting node could not read the onion."""
        return bool(self.code & BADONION)

    @property
    def is_permanent(self) -> bool:
        """Trying the same again is of no use."""
        return bool(self.code & PERM)

    @property
    def concerns_node(self) -> bool:
        """The whole node failed, not one of its channels."""
        return bool(self.code & NODE)

    @property
    def concerns_terms(self) -> bool:
        """The channel's terms (fee, delay, limits) were not met."""
        return bool(self.code & UPDATE)

    @property
    def sentence(self) -> str:
        """For the person who pays."""
        row = _ROWS.get(self.code)
        return (
            row.sentence
            if row
            else Phrase("The payment failed on its way (code {code}).", code=str(self.code))
        )


class _BigSize:
    def write(self, value: int) -> bytes:
        return bigsize(value)

    def read(self, reader: Reader) -> int:
        return read_bigsize(reader)


class _Row(NamedTuple):
    sentence: str
    fields: tuple[str, ...] = ()


_CODECS: dict[str, Codec] = {
    "sha256_of_onion": Exactly(32),
    "htlc_msat": codec_for(Msat),
    "incoming_htlc_amt": codec_for(Msat),
    "cltv_expiry": codec_for(BlockHeight),
    "height": codec_for(BlockHeight),
    "disabled_flags": Unsigned(2),
    "type": _BigSize(),
    "offset": Unsigned(2),
    "channel_update": Prefixed(),
}

_UNREADABLE = Phrase("A node on the way could not read its instructions.")
_ROWS: dict[int, _Row] = {
    FailureCode.TEMPORARY_NODE_FAILURE: _Row(Phrase("A node on the way has trouble just now.")),
    FailureCode.PERMANENT_NODE_FAILURE: _Row(Phrase("A node on the way has failed for good.")),
    FailureCode.REQUIRED_NODE_FEATURE_MISSING: _Row(
        Phrase("A node on the way asks for something TipDesk does not offer.")
    ),
    FailureCode.INVALID_ONION_VERSION: _Row(_UNREADABLE, ("sha256_of_onion",)),
    FailureCode.INVALID_ONION_HMAC: _Row(_UNREADABLE, ("sha256_of_onion",)),
    FailureCode.INVALID_ONION_KEY: _Row(_UNREADABLE, ("sha256_of_onion",)),
    FailureCode.TEMPORARY_CHANNEL_FAILURE: _Row(
        Phrase("A channel on the way cannot carry this amount just now."), ("channel_update",)
    ),
    FailureCode.PERMANENT_CHANNEL_FAILURE: _Row(Phrase("A channel on the way no longer works.")),
    FailureCode.REQUIRED_CHANNEL_FEATURE_MISSING: _Row(
        Phrase("A channel on the way asks for something TipDesk does not offer.")
    ),
    FailureCode.UNKNOWN_NEXT_PEER: _Row(Phrase("A node on the way cannot reach the next one.")),
    FailureCode.AMOUNT_BELOW_MINIMUM: _Row(
        Phrase("The amount is too small for a channel on the way."), ("htlc_msat", "channel_update")
    ),
    FailureCode.FEE_INSUFFICIENT: _Row(
        Phrase("A channel on the way has become dearer."), ("htlc_msat", "channel_update")
    ),
    FailureCode.INCORRECT_CLTV_EXPIRY: _Row(
        Phrase("A channel on the way asks for more time."), ("cltv_expiry", "channel_update")
    ),
    FailureCode.EXPIRY_TOO_SOON: _Row(
        Phrase("A node on the way found the time too short."), ("channel_update",)
    ),
    FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS: _Row(
        Phrase("The receiver does not accept this payment: unknown, already paid or expired."),
        ("htlc_msat", "height"),
    ),
    FailureCode.FINAL_INCORRECT_CLTV_EXPIRY: _Row(
        Phrase("The payment reached the receiver with too little time."), ("cltv_expiry",)
    ),
    FailureCode.FINAL_INCORRECT_HTLC_AMOUNT: _Row(
        Phrase("Less than the amount reached the receiver."), ("incoming_htlc_amt",)
    ),
    FailureCode.CHANNEL_DISABLED: _Row(
        Phrase("A channel on the way is switched off."), ("disabled_flags", "channel_update")
    ),
    FailureCode.EXPIRY_TOO_FAR: _Row(
        Phrase("A node on the way found the payment's time too long.")
    ),
    FailureCode.INVALID_ONION_PAYLOAD: _Row(
        Phrase("A node on the way did not understand its instructions."), ("type", "offset")
    ),
    FailureCode.MPP_TIMEOUT: _Row(Phrase("Not all parts of the payment arrived in time.")),
    FailureCode.INVALID_ONION_BLINDING: _Row(
        Phrase("The payment failed on the hidden part of its way."), ("sha256_of_onion",)
    ),
}


def fields_of(code: int) -> tuple[str, ...]:
    """The names of the fields that a code carries."""
    row = _ROWS.get(code)
    return row.fields if row else ()


def encode(failure: Failure) -> bytes:
    """The `failuremsg`; ``ValueError`` if a field of its code is missing, which is our bug."""
    data = failure.code.to_bytes(2, "big")
    for name in fields_of(failure.code):
        value = getattr(failure, name)
        if value is None:
            raise ValueError(f"failure {failure.code:#x} lacks its {name}")
        data += _CODECS[name].write(value)
    return data


def decode(message: bytes) -> Failure:
    """What a `failuremsg` says; bytes after its fields are ignored. `DecodeError` if it is short.

    `invalid_onion_payload` may come without its two fields.
    """
    reader = Reader(message)
    code = reader.uint(2)
    if code == FailureCode.INVALID_ONION_PAYLOAD and not reader.left:
        return Failure(code=code)
    return Failure(code=code, **{name: _CODECS[name].read(reader) for name in fields_of(code)})
