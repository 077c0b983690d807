"""Time as an argument: the pure layers are told what time it is."""

from dataclasses import dataclass
from typing import Final, Protocol

BLOCK_MS: Final = 600_000
"""How long a block takes, on average and by design; one of them may take an hour."""


@dataclass(frozen=True, slots=True, order=True)
class Instant:
    """A moment, in milliseconds since the Unix epoch."""

    ms: int

    @property
    def unix_seconds(self) -> int:
        """Whole seconds since the Unix epoch, as Nostr and invoices count."""
        return self.ms // 1000

    def plus_ms(self, ms: int) -> "Instant":
        """The moment `ms` milliseconds later."""
        return Instant(self.ms + ms)

    def since(self, earlier: "Instant") -> int:
        """Milliseconds from `earlier` to this moment."""
        return self.ms - earlier.ms

    @classmethod
    def from_unix_seconds(cls, seconds: int) -> "Instant":
        """From whole seconds since the Unix epoch."""
        return cls(seconds * 1000)


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> Instant:
        """The present moment."""
        ...
