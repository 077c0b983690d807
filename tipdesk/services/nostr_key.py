"""The key of one's Nostr identity: one half for everybody, the other for its owner alone."""

from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip19 import encode_npub, encode_nsec
from tipdesk.services.app_lock import AppLock


class NostrKey:
    """The one door through which the private key leaves as text."""

    def __init__(self, key: PrivateKey, lock: AppLock) -> None:
        self._key = key
        self._lock = lock
        self.npub = encode_npub(key.x_only)

    def __repr__(self) -> str:
        return "NostrKey(...)"

    async def reveal(self, passphrase: str) -> str:
        """The ``nsec``; the lock's `RequestError`s if the passphrase is another."""
        await self._lock.check(passphrase)
        return encode_nsec(self._key)
