"""Randomness as an argument: the pure layers are handed their random bytes."""

from typing import Protocol


class Entropy(Protocol):
    """A source of bytes that nobody can guess."""

    def random_bytes(self, count: int) -> bytes:
        """`count` fresh random bytes."""
        ...
