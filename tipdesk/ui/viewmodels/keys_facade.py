"""What the window asks about keys and the lock."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tipdesk.base.units import Sat
from tipdesk.ports.secrets import SecretsPlace
from tipdesk.services.front import ProfileEntry, ProfileFacts, ProfileLoss
from tipdesk.services.seed_words import Revealed


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


class Words(Protocol):
    """The words that the money hangs on."""

    @property
    def is_checked(self) -> bool:
        """Whether somebody once knew them by what they had written down."""
        ...

    @property
    def is_due(self) -> bool:
        """Whether to remind of them."""
        ...

    def snooze(self) -> None:
        """Does not remind for a day."""
        ...

    async def reveal(self, passphrase: str) -> Revealed:
        """The words; a `RequestError` if the lock has another passphrase."""
        ...

    def answer(self, chosen: Mapping[int, str]) -> bool:
        """Whether these words stand at these places; that is remembered if they do."""
        ...


class NostrKey(Protocol):
    """The key of one's Nostr identity."""

    @property
    def npub(self) -> str:
        """The public half."""
        ...

    async def reveal(self, passphrase: str) -> str:
        """The ``nsec``; a `RequestError` if the lock has another passphrase."""
        ...


class Secrets(Protocol):
    """Where the words and keys are kept; both moves leave them in one place or the other."""

    @property
    def place(self) -> SecretsPlace:
        """Where they are now."""
        ...

    async def move_into_file(self, passphrase: str) -> bool:
        """Into a file under a passphrase; whether the keyring has forgotten all of them.

        Errors with a sentence: nothing was changed then.
        """
        ...

    async def move_into_keyring(self, passphrase: str) -> None:
        """Into the system's keyring, for the file's passphrase; errors as above."""
        ...


class Keys(Protocol):
    """What only the owner of the profile may see or do."""

    @property
    def lock(self) -> Lock:
        """The passphrase of the window."""
        ...

    @property
    def words(self) -> Words:
        """The words that the money hangs on."""
        ...

    @property
    def nostr(self) -> NostrKey:
        """The key of one's Nostr identity."""
        ...

    @property
    def secrets(self) -> Secrets:
        """Where all of them are kept."""
        ...


class Diagnostics(Protocol):
    """The report for when something is wrong."""

    def report(self) -> str:
        """All of it, as it would be saved."""
        ...

    async def save(self, path: Path, text: str) -> None:
        """Writes what was shown; a `BackendError` with a sentence if it cannot."""
        ...


class ProfileShelf(Protocol):
    """All profiles of this machine."""

    async def all(self) -> tuple[ProfileFacts, ...]:
        """Every one, with how large it is and when it was last used."""
        ...

    async def loss(self, entry: ProfileEntry) -> ProfileLoss:
        """What would be lost with one; an error with a sentence if a process has it open."""
        ...

    async def remove(self, entry: ProfileEntry, typed: Sat | None) -> str:
        """Removes one for good; `typed` is what is in its channels, if there are any.

        Where its sealed channel backup is kept, or empty. Errors: nothing was removed.
        """
        ...
