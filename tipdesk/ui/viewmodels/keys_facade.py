"""What the window asks about keys and the lock."""

from typing import Protocol


class Lock(Protocol):
    """The passphrase of the window."""

    @property
    def is_set(self) -> bool:
        """Whether a passphrase is asked for."""
        ...

    @property
    def wait_s(self) -> int:
        """Whole seconds until the next attempt is heard."""
        ...

    async def check(self, passphrase: str) -> None:
        """Returns if it is the one; a `RequestError` with a sentence if not."""
        ...

    async def set(self, new: str, *, old: str = "") -> None:
        """A new passphrase; `old` is that of the lock that is there."""
        ...

    async def remove(self, old: str) -> None:
        """No lock any more."""
        ...

    async def remove_with_words(self, words: str) -> None:
        """No lock any more for whoever has the profile's words."""
        ...


class Keys(Protocol):
    """What only the owner of the profile may see or do."""

    @property
    def lock(self) -> Lock:
        """The passphrase of the window."""
        ...
