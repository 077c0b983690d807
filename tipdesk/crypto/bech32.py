"""bech32 (BIP-173) and bech32m (BIP-350) without the 90-character cap, which invoices exceed."""

from functools import reduce
from operator import xor

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32 = 1
BECH32M = 0x2BC830A3

_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FOLDED = [
    reduce(xor, (g for bit, g in enumerate(_GENERATORS) if top >> bit & 1), 0) for top in range(32)
]
"""What the five bits that are shifted out bring back in: an invoice has three hundred words."""


class Bech32Error(DecodeError):
    """Text that is not bech32: its message says in what."""


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value ^ _FOLDED[checksum >> 25]
    return checksum


def _expand(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def encode(prefix: str, words: list[int], constant: int = BECH32) -> str:
    """Text of 5-bit words under a lower-case prefix."""
    checksum = _polymod([*_expand(prefix), *words, 0, 0, 0, 0, 0, 0]) ^ constant
    tail = [checksum >> shift & 31 for shift in (25, 20, 15, 10, 5, 0)]
    return prefix + "1" + "".join(ALPHABET[word] for word in [*words, *tail])


def decode(text: str, *, maximum: int, constant: int = BECH32) -> tuple[str, list[int]]:
    """Prefix in lower case and 5-bit words of a text of at most `maximum` characters.

    Raises `Bech32Error` for mixed case, a missing separator, a foreign character, a wrong checksum.
    """
    if len(text) > maximum:
        raise Bech32Error(Phrase("longer than {maximum} characters", maximum=maximum))
    if text.lower() != text and text.upper() != text:
        raise Bech32Error(Phrase("mixes upper and lower case"))
    text = text.lower()
    prefix, separator, payload = text.rpartition("1")
    if not separator or not prefix or len(payload) < 6:
        raise Bech32Error(Phrase("has no separator, no prefix or no checksum"))
    if not all(33 <= ord(letter) <= 126 for letter in prefix):
        raise Bech32Error(Phrase("has a character outside printable ASCII"))
    try:
        words = [_VALUE[letter] for letter in payload]
    except KeyError as error:
        raise Bech32Error(
            Phrase("has the character {letter}", letter=f"{error.args[0]!a}")
        ) from None
    if _polymod([*_expand(prefix), *words]) != constant:
        raise Bech32Error(Phrase("has a wrong checksum: a letter is missing or mistyped"))
    return prefix, words[:-6]


def to_words(data: bytes) -> list[int]:
    """Bytes as 5-bit words, the last one padded with zero bits."""
    bits = int.from_bytes(data, "big")
    count = (len(data) * 8 + 4) // 5
    bits <<= count * 5 - len(data) * 8
    return [bits >> 5 * (count - 1 - i) & 31 for i in range(count)]


def from_words(words: list[int], *, strict: bool = True) -> bytes:
    """5-bit words as bytes; strict refuses five or more padding bits and any that is not zero."""
    bits = 0
    for word in words:
        bits = bits << 5 | word
    count, padding = divmod(len(words) * 5, 8)
    if strict and (padding >= 5 or bits & ((1 << padding) - 1)):
        raise Bech32Error(Phrase("has wrong padding"))
    return (bits >> padding).to_bytes(count, "big")
