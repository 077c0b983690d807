"""`SecretVault` in the keyring of the operating system.

Only keyrings that protect what they hold are used: the system's own, named below. A plain-text
file, a null keyring or whatever else is installed is as good as none.
"""

import asyncio
import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import TypeVar

from keyring.backend import KeyringBackend, get_all_keyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from tipdesk.base.errors import StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.ports.secrets import VaultUnavailable

TRUSTED = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Modules of the `keyring` package whose backends encrypt and ask for the person's consent."""

_LOCKED = {KeyringLocked.__name__, "LockedException"}
_DENIED = {"PromptDismissedException", "KeychainDenied"}
"""Of `keyring`, and of libraries under it, whose errors it lets through."""
_MAC_DENIALS = ("-128,", "-25293,", "-25308,")
"""Security framework: cancelled by the user, not allowed, may not ask."""

Answer = TypeVar("Answer")


class KeyringUnavailable(VaultUnavailable):
    """The keyring gives nothing now; what it holds is not lost by that."""


class KeyringMissing(KeyringUnavailable):
    """There is none that protects what it holds."""

    def __init__(self) -> None:
        super().__init__(Phrase("This system has no keyring that TipDesk can trust."))


class KeyringIsLocked(KeyringUnavailable):
    """It asked to be unlocked, and was not."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The keyring of this system is locked. Unlock it when it asks, and open TipDesk "
                "again. Nothing was changed."
            )
        )


class KeyringDenied(KeyringUnavailable):
    """The person, or the system, said no."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The keyring of this system did not let TipDesk in. Allow it when you are asked, "
                "and open TipDesk again. Nothing was changed."
            )
        )


class KeyringSilent(KeyringUnavailable):
    """No answer in good time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            Phrase.counted(
                round(seconds),
                "The keyring does not answer: {count} second went by. It may wait for its password "
                "in another window. Nothing was changed.",
                "The keyring does not answer: {count} seconds went by. It may wait for its "
                "password in another window. Nothing was changed.",
            )
        )
        self.seconds = seconds


class KeyringBroken(KeyringUnavailable):
    """It failed in a way that has no better name."""

    def __init__(self, kind: str, why: str) -> None:
        super().__init__(
            Phrase("The keyring cannot be used: {why}. Nothing was changed.", why=why or kind)
        )
        self.kind = kind


class DamagedKeyringEntry(StorageError):
    """The keyring holds something under our name that we did not put there."""


class SystemKeyring:
    """Keeps secrets under one service name. Opening does not unlock: the first use may ask."""

    def __init__(self, backend: KeyringBackend, *, service: str, timeout: float) -> None:
        self._backend = backend
        self._service = service
        self._timeout = timeout

    @classmethod
    async def open(cls, *, service: str = "TipDesk", timeout: float = 60.0) -> "SystemKeyring":
        """The system's keyring, or `KeyringUnavailable`. `timeout` in seconds for each call.

        It leaves time for the person to type the keyring's password.
        """
        backend = await _in_thread(trusted_backend, timeout)
        if backend is None:
            raise KeyringMissing
        return cls(backend, service=service, timeout=timeout)

    async def get(self, name: str) -> bytes | None:
        """See `SecretVault.get`."""
        text = await self._call(lambda: self._backend.get_password(self._service, name))
        if text is None:
            return None
        try:
            return b64decode(text, validate=True)
        except binascii.Error:
            raise DamagedKeyringEntry(
                Phrase(
                    "The keyring's entry {service}/{name} is not one of TipDesk's.",
                    service=self._service,
                    name=name,
                )
            ) from None

    async def put(self, name: str, secret: bytes) -> None:
        """See `SecretVault.put`."""
        text = b64encode(secret).decode()
        await self._call(lambda: self._backend.set_password(self._service, name, text))

    async def delete(self, name: str) -> None:
        """See `SecretVault.delete`."""

        def forget() -> None:
            try:
                self._backend.delete_password(self._service, name)
            except PasswordDeleteError:
                # What keyrings say when there is nothing to delete, and when it did not work.
                if self._backend.get_password(self._service, name) is not None:
                    raise

        await self._call(forget)

    async def _call(self, function: Callable[[], Answer]) -> Answer:
        return await _in_thread(function, self._timeout)


def trusted_backend() -> KeyringBackend | None:
    """The best of the trusted keyrings that work here. Blocks."""
    usable = [backend for backend in get_all_keyring() if type(backend).__module__ in TRUSTED]
    return max(usable, key=lambda backend: backend.priority, default=None)


async def _in_thread(function: Callable[[], Answer], timeout: float) -> Answer:
    try:
        async with asyncio.timeout(timeout):
            return await asyncio.to_thread(function)
    except TimeoutError:
        raise KeyringSilent(timeout) from None
    except Exception as error:
        # Backends let the errors of a dozen libraries through, which have no class in common.
        raise _trouble(error) from error


def _trouble(error: Exception) -> KeyringUnavailable:
    # The package calls it locked as well when somebody said no.
    kinds = {type(error).__name__, type(error.__cause__).__name__}
    if kinds & _DENIED or any(code in str(error) for code in _MAC_DENIALS):
        return KeyringDenied()
    if kinds & _LOCKED:
        return KeyringIsLocked()
    return KeyringBroken(type(error).__name__, str(error))
