"""BOLT 3, "Per-commitment Secret Requirements": 2^48 secrets from one seed, kept in 49 places."""

from dataclasses import dataclass
from typing import Final, Self

from tipdesk.crypto.hashes import same, sha256

FIRST_INDEX: Final = (1 << 48) - 1
"""The index of commitment 0's secret; indices count down."""


def index_of(commitment_number: int) -> int:
    """The index at which a commitment's secret stands."""
    return FIRST_INDEX - commitment_number


def derive_secret(base: bytes, index: int, bits: int = 48) -> bytes:
    """The secret at `index`, from one that shares all but its last `bits` bits."""
    value = bytearray(base)
    for bit in range(bits - 1, -1, -1):
        if index >> bit & 1:
            value[bit // 8] ^= 1 << bit % 8
            value = bytearray(sha256(bytes(value)))
    return bytes(value)


def _trailing_zeros(index: int) -> int:
    return 48 if index == 0 else (index & -index).bit_length() - 1


@dataclass(frozen=True, slots=True)
class ShachainStore:
    """The secrets a peer has revealed, from which every earlier one can be derived."""

    known: tuple[tuple[int, bytes] | None, ...] = ()
    """At place b: the latest index with b trailing zero bits, and its secret."""

    def insert(self, index: int, secret: bytes) -> Self | None:
        """The store with one more secret; None if it contradicts those before it."""
        place = _trailing_zeros(index)
        for bit in range(min(place, len(self.known))):
            entry = self.known[bit]
            if entry is not None and not same(derive_secret(secret, entry[0], place), entry[1]):
                return None
        known = list(self.known) + [None] * (place + 1 - len(self.known))
        known[place] = (index, secret)
        return type(self)(tuple(known))

    def secret(self, index: int) -> bytes | None:
        """The secret at `index`, None if the peer has not revealed it yet."""
        for place, entry in enumerate(self.known):
            if entry is not None and entry[0] == index & ~((1 << place) - 1):
                return derive_secret(entry[1], index, place)
        return None
