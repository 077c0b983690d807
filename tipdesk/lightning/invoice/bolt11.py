"""BOLT 11: invoices, read and written.

`decode` gives a value whose every rule was checked; nothing here knows the time (`is_expired` is
told) or what the payer is willing to pay. Where a field stands twice the first one counts.

A `p`, `h`, `s` or `n` of a wrong length is passed over, as one of the document's own examples has
it; where no right one stands beside it the invoice fails, as the reader's requirements ask.
"""

import re
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, PaymentSecret, ShortChannelId
from tipdesk.base.phrase import in_words
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.bitcoin import script
from tipdesk.bitcoin.network import Network
from tipdesk.crypto import bech32
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import (
    InvalidPoint,
    InvalidSignature,
    PrivateKey,
    check_point,
    is_low_s,
    recover,
    verify_ecdsa,
)
from tipdesk.lightning.features import ALWAYS_REQUIRED, Feature, FeatureBits
from tipdesk.lightning.invoice import errors

MAX_LENGTH: Final = 7089
"""Characters: what the largest QR code holds."""

DEFAULT_EXPIRY_S: Final = 3600
DEFAULT_MIN_FINAL_CLTV_EXPIRY_DELTA: Final = CltvDelta(18)

KNOWN_FEATURES: Final = frozenset({*ALWAYS_REQUIRED, Feature.BASIC_MPP, Feature.PAYMENT_METADATA})
"""What an invoice may require of us; blinded paths, for one, we cannot pay to."""

_NO_FEATURES = FeatureBits()
_MAX_AMOUNT = Msat(21_000_000 * 100_000_000_000)
_TIMESTAMP_WORDS = 7
_SIGNATURE_WORDS = 104
_HINT_HOP_BYTES = 51
_CURRENCIES = {
    "bc": Network.MAINNET,
    "tb": Network.TESTNET,
    "tbs": Network.SIGNET,
    "bcrt": Network.REGTEST,
}
_PREFIXES = {network: "ln" + currency for currency, network in _CURRENCIES.items()}
_PICO_PER_UNIT = {"": 10**12, "m": 10**9, "u": 10**6, "n": 10**3, "p": 1}
_FIXED_WORDS = {"p": 52, "h": 52, "s": 52, "n": 53}
_KNOWN_LETTERS = frozenset("pshdmnxcfr9")
_P2PKH_VERSION, _P2SH_VERSION = 17, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class HintHop:
    """BOLT 11, `r`: one channel on the way from a public node to the payee."""

    node_id: NodeId
    """The start of the channel."""
    short_channel_id: ShortChannelId
    fee_base_msat: int
    fee_proportional_millionths: int
    cltv_expiry_delta: CltvDelta


@dataclass(frozen=True, slots=True)
class UnknownField:
    """A field we do not understand, kept as its 5-bit words."""

    letter: str
    words: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsignedInvoice:
    """All that an invoice says, before its payee signs it."""

    network: Network
    payment_hash: PaymentHash
    payment_secret: PaymentSecret
    timestamp: int
    """Unix seconds."""
    amount_msat: Msat | None = None
    """None leaves the amount to the payer."""
    expiry: int = DEFAULT_EXPIRY_S
    """Seconds after `timestamp`."""
    description: str | None = None
    """Written by the payee: plain text, never markup."""
    description_hash: bytes | None = None
    min_final_cltv_expiry_delta: CltvDelta = DEFAULT_MIN_FINAL_CLTV_EXPIRY_DELTA
    features: FeatureBits = _NO_FEATURES
    route_hints: tuple[tuple[HintHop, ...], ...] = ()
    fallback_scripts: tuple[bytes, ...] = ()
    """Output scripts of the on-chain addresses, the preferred one first."""
    payment_metadata: bytes | None = None
    unknown_fields: tuple[UnknownField, ...] = ()

    @property
    def expires_at(self) -> Instant:
        """The moment from which it should neither be paid nor accepted."""
        return Instant.from_unix_seconds(self.timestamp + self.expiry)

    def is_expired(self, now: Instant) -> bool:
        """BOLT 11, "Payer / Payee Requirements": whether `timestamp` plus `expiry` has passed."""
        return now >= self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Bolt11Invoice(UnsignedInvoice):
    """An invoice with a valid signature."""

    payee: NodeId


def decode(text: str) -> Bolt11Invoice:
    """The invoice in `text`, without a `lightning:`; an `InvoiceError` names the broken rule."""
    try:
        prefix, words = bech32.decode(text, maximum=MAX_LENGTH)
    except bech32.Bech32Error as error:
        raise errors.InvoiceNotBech32(problem=in_words(error)) from None
    network, amount = _parse_prefix(prefix)
    if len(words) < _TIMESTAMP_WORDS + _SIGNATURE_WORDS:
        raise errors.InvoiceTooShort(words=len(words))
    signed, signature = words[:-_SIGNATURE_WORDS], words[-_SIGNATURE_WORDS:]
    fields = _split_fields(signed[_TIMESTAMP_WORDS:])
    first = dict(reversed(fields))
    if "p" not in first:
        raise errors.MissingPaymentHash
    if "s" not in first:
        raise errors.MissingPaymentSecret
    description, description_hash = _parse_description(first)
    return Bolt11Invoice(
        network=network,
        amount_msat=amount,
        timestamp=_number(signed[:_TIMESTAMP_WORDS]),
        payment_hash=PaymentHash(_bytes("p", first["p"])),
        payment_secret=PaymentSecret(_bytes("s", first["s"])),
        description=description,
        description_hash=description_hash,
        expiry=_parse_number("x", first, DEFAULT_EXPIRY_S),
        min_final_cltv_expiry_delta=CltvDelta(
            _parse_number("c", first, DEFAULT_MIN_FINAL_CLTV_EXPIRY_DELTA.value)
        ),
        features=_parse_features(first),
        route_hints=tuple(_parse_hint(value) for letter, value in fields if letter == "r"),
        fallback_scripts=_parse_fallbacks(fields),
        payment_metadata=_bytes("m", first["m"]) if "m" in first else None,
        unknown_fields=tuple(
            UnknownField(letter, bytes(value))
            for letter, value in fields
            if letter not in _KNOWN_LETTERS
        ),
        payee=_check_signature(prefix, signed, signature, first.get("n")),
    )


def encode_and_sign(invoice: UnsignedInvoice, key: PrivateKey) -> str:
    """The invoice as text in lower case, signed with the payee's node key.

    Raises `InvoiceFieldTooLong` (a description above 639 bytes, say) and `TwoDescriptions` or
    `MissingDescription`. The payee is left to key recovery: no `n` field.
    """
    if invoice.description is None and invoice.description_hash is None:
        raise errors.MissingDescription
    if invoice.description is not None and invoice.description_hash is not None:
        raise errors.TwoDescriptions
    prefix = _PREFIXES[invoice.network] + _format_amount(invoice.amount_msat)
    words = [invoice.timestamp >> shift & 31 for shift in (30, 25, 20, 15, 10, 5, 0)]
    for letter, value in _fields_of(invoice):
        if len(value) > 1023:
            raise errors.InvoiceFieldTooLong(letter=letter, length=len(value))
        words += [bech32.ALPHABET.index(letter), len(value) >> 5, len(value) & 31, *value]
    signature = key.sign_recoverable(_signed_digest(prefix, words))
    return bech32.encode(prefix, words + bech32.to_words(signature))


def _parse_prefix(prefix: str) -> tuple[Network, Msat | None]:
    match = re.fullmatch(r"ln([a-z]+)(\d.*)?", prefix)
    if match is None or match[1] not in _CURRENCIES:
        raise errors.UnknownPrefix(prefix=prefix)
    return _CURRENCIES[match[1]], None if match[2] is None else _parse_amount(match[2])


def _parse_amount(text: str) -> Msat:
    # Twenty digits of picobitcoin are all the bitcoin there will be.
    match = re.fullmatch(r"([1-9][0-9]{0,19})([munp]?)", text)
    if match is None:
        raise errors.MalformedAmount(amount=text)
    picobitcoin = int(match[1]) * _PICO_PER_UNIT[match[2]]
    if picobitcoin % 10:
        raise errors.SubMillisatoshiAmount(picobitcoin=picobitcoin)
    amount = Msat(picobitcoin // 10)
    if amount > _MAX_AMOUNT:
        raise errors.ImpossibleAmount(amount=amount)
    return amount


def _format_amount(amount: Msat | None) -> str:
    if amount is None:
        return ""
    if amount < Msat(1) or amount > _MAX_AMOUNT:
        raise errors.ImpossibleAmount(amount=amount)
    picobitcoin = amount.value * 10
    sizes = _PICO_PER_UNIT.items()
    return next(f"{picobitcoin // size}{unit}" for unit, size in sizes if not picobitcoin % size)


def _split_fields(words: list[int]) -> list[tuple[str, list[int]]]:
    fields = []
    position = 0
    while position < len(words):
        letter = bech32.ALPHABET[words[position]]
        header = words[position + 1 : position + 3]
        start = position + 3
        position = start + _number(header)
        if len(header) < 2 or position > len(words):
            left = max(0, len(words) - start)
            raise errors.TruncatedField(letter=letter, length=position - start, left=left)
        if position - start == _FIXED_WORDS.get(letter, position - start):
            fields.append((letter, words[start:position]))
    return fields


def _number(words: list[int]) -> int:
    number = 0
    for word in words:
        number = number << 5 | word
    return number


def _bytes(letter: str, words: list[int]) -> bytes:
    try:
        return bech32.from_words(words)
    except bech32.Bech32Error:
        raise errors.WrongPadding(letter=letter) from None


def _parse_description(first: dict[str, list[int]]) -> tuple[str | None, bytes | None]:
    if "d" in first and "h" in first:
        raise errors.TwoDescriptions
    if "h" in first:
        return None, _bytes("h", first["h"])
    if "d" not in first:
        raise errors.MissingDescription
    raw = _bytes("d", first["d"])
    try:
        return raw.decode(), None
    except UnicodeDecodeError:
        raise errors.DescriptionNotUtf8(raw=raw) from None


def _parse_number(letter: str, first: dict[str, list[int]], default: int) -> int:
    words = first.get(letter)
    if words is None:
        return default
    if words[:1] == [0]:
        raise errors.NonMinimalField(letter=letter)
    if len(words) > _TIMESTAMP_WORDS:
        raise errors.NumberTooLarge(letter=letter, length=len(words))
    return _number(words)


def _parse_features(first: dict[str, list[int]]) -> FeatureBits:
    words = first.get("9", [])
    if words[:1] == [0]:
        raise errors.NonMinimalField(letter="9")
    features = FeatureBits.from_bytes(_number(words).to_bytes(len(words), "big"))
    even_bits = range(0, 5 * len(words), 2)
    unknown = tuple(b for b in even_bits if features.has_bit(b) and b not in KNOWN_FEATURES)
    if unknown:
        raise errors.UnknownRequiredFeatures(bits=unknown)
    return features


def _parse_hint(words: list[int]) -> tuple[HintHop, ...]:
    data = _bytes("r", words)
    if not data or len(data) % _HINT_HOP_BYTES:
        raise errors.MalformedRouteHint(size=len(data))
    entries = (data[i : i + _HINT_HOP_BYTES] for i in range(0, len(data), _HINT_HOP_BYTES))
    try:
        return tuple(_parse_hint_hop(entry) for entry in entries)
    except InvalidPoint:
        raise errors.MalformedRouteHint(size=len(data)) from None


def _parse_hint_hop(entry: bytes) -> HintHop:
    return HintHop(
        node_id=NodeId(check_point(entry[:33])),
        short_channel_id=ShortChannelId(int.from_bytes(entry[33:41], "big")),
        fee_base_msat=int.from_bytes(entry[41:45], "big"),
        fee_proportional_millionths=int.from_bytes(entry[45:49], "big"),
        cltv_expiry_delta=CltvDelta(int.from_bytes(entry[49:51], "big")),
    )


def _parse_fallbacks(fields: list[tuple[str, list[int]]]) -> tuple[bytes, ...]:
    scripts = (_parse_fallback(words) for letter, words in fields if letter == "f")
    return tuple(script_pubkey for script_pubkey in scripts if script_pubkey is not None)


def _parse_fallback(words: list[int]) -> bytes | None:
    # None stands for an unknown version, which a reader must skip, or an impossible length.
    if not words or words[0] > _P2SH_VERSION:
        return None
    version, program = words[0], _bytes("f", words[1:])
    if version in (_P2PKH_VERSION, _P2SH_VERSION) and len(program) == 20:
        return script.p2pkh(program) if version == _P2PKH_VERSION else script.p2sh(program)
    if version == 0 and len(program) in (20, 32):
        return bytes([0, len(program)]) + program
    if 1 <= version <= 16 and 2 <= len(program) <= 40:
        return bytes([0x50 + version, len(program)]) + program
    return None


def _fallback_words(script_pubkey: bytes) -> list[int]:
    witness = script.witness_program(script_pubkey)
    if witness is not None:
        version, program = witness
    elif script_pubkey == script.p2pkh(script_pubkey[3:23]):
        version, program = _P2PKH_VERSION, script_pubkey[3:23]
    elif script_pubkey == script.p2sh(script_pubkey[2:22]):
        version, program = _P2SH_VERSION, script_pubkey[2:22]
    else:
        raise errors.UnsupportedFallback(script_pubkey=script_pubkey)
    return [version, *bech32.to_words(program)]


def _signed_digest(prefix: str, words: list[int]) -> bytes:
    # Two more words of zeros reach past the last byte's end from wherever the data stops.
    data = bech32.from_words([*words, 0, 0], strict=False)
    return sha256(prefix.encode() + data[: (len(words) * 5 + 7) // 8])


def _check_signature(
    prefix: str, signed: list[int], signature: list[int], payee: list[int] | None
) -> NodeId:
    digest = _signed_digest(prefix, signed)
    raw = bech32.from_words(signature)
    if payee is None:
        try:
            return NodeId(recover(raw, digest))
        except InvalidSignature:
            raise errors.WrongSignature from None
    key = _bytes("n", payee)
    if not is_low_s(raw):
        raise errors.HighSSignature
    try:
        valid = verify_ecdsa(key, raw[:64], digest)
    except InvalidPoint:
        raise errors.InvalidPayee(key=key) from None
    if not valid:
        raise errors.WrongSignature
    return NodeId(key)


def _minimal_words(number: int) -> list[int]:
    count = (number.bit_length() + 4) // 5
    return [number >> 5 * (count - 1 - i) & 31 for i in range(count)]


def _hint_bytes(hop: HintHop) -> bytes:
    return (
        hop.node_id
        + hop.short_channel_id.to_bytes(8, "big")
        + hop.fee_base_msat.to_bytes(4, "big")
        + hop.fee_proportional_millionths.to_bytes(4, "big")
        + hop.cltv_expiry_delta.value.to_bytes(2, "big")
    )


def _fields_of(invoice: UnsignedInvoice) -> list[tuple[str, list[int]]]:
    fields = [
        ("s", bech32.to_words(invoice.payment_secret)),
        ("p", bech32.to_words(invoice.payment_hash)),
    ]
    if invoice.description is not None:
        fields.append(("d", bech32.to_words(invoice.description.encode())))
    if invoice.description_hash is not None:
        fields.append(("h", bech32.to_words(invoice.description_hash)))
    if invoice.payment_metadata is not None:
        fields.append(("m", bech32.to_words(invoice.payment_metadata)))
    if invoice.expiry != DEFAULT_EXPIRY_S:
        fields.append(("x", _minimal_words(invoice.expiry)))
    if invoice.min_final_cltv_expiry_delta != DEFAULT_MIN_FINAL_CLTV_EXPIRY_DELTA:
        fields.append(("c", _minimal_words(invoice.min_final_cltv_expiry_delta.value)))
    fields += [("f", _fallback_words(script_pubkey)) for script_pubkey in invoice.fallback_scripts]
    for hint in invoice.route_hints:
        fields.append(("r", bech32.to_words(b"".join(_hint_bytes(hop) for hop in hint))))
    if invoice.features != _NO_FEATURES:
        bits = int.from_bytes(invoice.features.to_bytes(), "big")
        fields.append(("9", _minimal_words(bits)))
    return fields + [(field.letter, list(field.words)) for field in invoice.unknown_fields]
