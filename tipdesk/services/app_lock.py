"""The app lock: a passphrase for the window, of which only a costly check is kept.

It keeps out whoever comes to the desk while one is away. It encrypts nothing: the vault does that.
"""

import asyncio
import math
import time
import unicodedata
from collections.abc import Callable
from typing import Final

from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.crypto.hashes import same
from tipdesk.crypto.stretching import MAX_COST, USUAL_COST, stretch
from tipdesk.ports.secrets import SecretVault

LEAST_CHARS: Final = 6
MOST_CHARS: Final = 256
LONGEST_WAIT_S: Final = 60
LOCK_ENTRY: Final = "app-lock"
_VERSION: Final = 1
_SALT_BYTES: Final = 16
_CHECK_BYTES: Final = 32


class WrongLockPassphrase(RequestError):
    """Another passphrase was set."""

    def __init__(self) -> None:
        super().__init__(Phrase("That is not the passphrase of this lock. Try again."))


class LockAsksToWait(RequestError):
    """Too many wrong ones in a row."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            Phrase.counted(
                seconds,
                "After a wrong passphrase TipDesk waits: try again in {count} second.",
                "After a wrong passphrase TipDesk waits: try again in {count} seconds.",
            )
        )
        self.seconds = seconds


class PassphraseOutOfBounds(RequestError):
    """Too short to keep anybody out, or longer than is read."""

    def __init__(self, *, least: int, most: int) -> None:
        super().__init__(
            Phrase(
                "A passphrase for the lock has {least} to {most} characters. Nothing was changed.",
                least=least,
                most=most,
            )
        )


class LockEntryUnreadable(RequestError):
    """The vault holds something else than a lock under its name."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "What the lock checks a passphrase by cannot be read. Open it with your words: "
                "the lock is taken away then."
            )
        )


class NotTheseWords(RequestError):
    """They are not the words of the profile that is open."""

    def __init__(self) -> None:
        super().__init__(Phrase("Those are not the words of this profile. The lock stays."))


class AppLock:
    """Whether a passphrase is set, and whether this is it. `load` once before anything else."""

    def __init__(
        self,
        vault: SecretVault,
        entropy: Entropy,
        *,
        owns: Callable[[str], bool],
        cost: int = USUAL_COST,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self._entropy = entropy
        self._owns = owns
        self._cost = cost
        self._seconds = seconds
        self._entry: bytes | None = None
        self._failures = 0
        self._free_at = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def load(self) -> None:
        """Reads from the vault whether there is a lock."""
        self._entry = await self._vault.get(LOCK_ENTRY)

    @property
    def is_set(self) -> bool:
        """Whether a passphrase is asked for."""
        return self._entry is not None

    @property
    def wait_s(self) -> int:
        """Whole seconds until the next attempt is heard."""
        return max(0, math.ceil(self._free_at - self._seconds()))

    async def check(self, passphrase: str) -> None:
        """Returns if it is the one; `WrongLockPassphrase` or `LockAsksToWait` if not.

        Without a lock any is.
        """
        async with self._one_at_a_time:
            await self._check(passphrase)

    async def set(self, new: str, *, old: str = "") -> None:
        """A new passphrase; `old` is that of the lock that is there."""
        if not LEAST_CHARS <= len(new) <= MOST_CHARS:
            raise PassphraseOutOfBounds(least=LEAST_CHARS, most=MOST_CHARS)
        async with self._one_at_a_time:
            await self._check(old)
            salt = self._entropy.random_bytes(_SALT_BYTES)
            check = await asyncio.to_thread(_checked_by, new, salt, self._cost)
            entry = bytes((_VERSION, self._cost)) + salt + check
            await self._vault.put(LOCK_ENTRY, entry)
            self._entry = entry

    async def remove(self, old: str) -> None:
        """No lock any more."""
        async with self._one_at_a_time:
            await self._check(old)
            await self._forget()

    async def remove_with_words(self, words: str) -> None:
        """No lock any more for whoever has the profile's words; `NotTheseWords` otherwise."""
        async with self._one_at_a_time:
            self._ask_to_wait()
            if not self._owns(words):
                self._count_failure()
                raise NotTheseWords
            await self._forget()

    async def _check(self, passphrase: str) -> None:
        if self._entry is None:
            return
        self._ask_to_wait()
        salt, check, cost = _parts(self._entry)
        found = await asyncio.to_thread(_checked_by, passphrase[:MOST_CHARS], salt, cost)
        if not same(found, check):
            self._count_failure()
            raise WrongLockPassphrase
        self._failures = 0

    def _ask_to_wait(self) -> None:
        if self.wait_s:
            raise LockAsksToWait(self.wait_s)

    def _count_failure(self) -> None:
        """1, 2, 4 seconds, and so on."""
        wait = min(LONGEST_WAIT_S, 1 << min(self._failures, 10))
        self._failures += 1
        self._free_at = self._seconds() + wait

    async def _forget(self) -> None:
        await self._vault.delete(LOCK_ENTRY)
        self._entry = None
        self._failures = 0


def _checked_by(passphrase: str, salt: bytes, cost: int) -> bytes:
    # The same letters may reach us composed in different ways from different keyboards.
    typed = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return stretch(typed, salt, cost=cost, length=_CHECK_BYTES)


def _parts(entry: bytes) -> tuple[bytes, bytes, int]:
    """Salt, what the passphrase must give, cost."""
    long_enough = len(entry) == 2 + _SALT_BYTES + _CHECK_BYTES
    if not long_enough or entry[0] != _VERSION or not 1 <= entry[1] <= MAX_COST:
        raise LockEntryUnreadable
    return entry[2 : 2 + _SALT_BYTES], entry[2 + _SALT_BYTES :], entry[1]
