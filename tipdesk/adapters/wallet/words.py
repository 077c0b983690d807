"""The backup words (BIP 39, English), and the seed that they stand for."""

import hashlib
from typing import Final

import bdkpython as bdk

from tipdesk.ports.wallet import InvalidWords

_ROUNDS: Final = 2048
_LONGEST: Final = 24


def new_words(entropy: bytes) -> list[str]:
    """12 to 24 words for 16 to 32 bytes of fresh randomness (a multiple of four)."""
    try:
        return str(bdk.Mnemonic.from_entropy(entropy)).split()
    except bdk.Bip39Error as error:
        raise InvalidWords("words are made from 16, 20, 24, 28 or 32 bytes") from error


def check_words(words: list[str]) -> str:
    """The sentence in its normal form, or `InvalidWords` with what is wrong with it."""
    cleaned = [word.strip().lower() for word in words[: _LONGEST + 1]]
    try:
        return str(bdk.Mnemonic.from_string(" ".join(cleaned)))
    except bdk.Bip39Error.UnknownWord as error:
        place = int(error.index)
        raise InvalidWords(f"word {place + 1} is not in the list of backup words") from None
    except bdk.Bip39Error.BadWordCount:
        raise InvalidWords(f"backup words are 12, 15, 18, 21 or 24, not {len(words)}") from None
    except bdk.Bip39Error.InvalidChecksum:
        raise InvalidWords("the words do not fit together: one is wrong or out of place") from None
    except bdk.Bip39Error:
        raise InvalidWords("these are not backup words") from None


def seed_from_words(words: list[str]) -> bytes:
    """The 64-byte BIP 39 seed (no passphrase); `InvalidWords` if they are not a sentence."""
    sentence = check_words(words)
    return hashlib.pbkdf2_hmac("sha512", sentence.encode(), b"mnemonic", _ROUNDS)
