"""`EventSigner` with a key in memory, lent by the vault."""

from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip04, nip44
from tipdesk.nostr.event import Event, UnsignedEvent


class KeySigner:
    """Signs, encrypts and decrypts with one secret key."""

    def __init__(self, key: PrivateKey, entropy: Entropy) -> None:
        self._key = key
        self._entropy = entropy

    def __repr__(self) -> str:
        return f"KeySigner(of {self.pubkey})"

    @property
    def pubkey(self) -> XOnlyPubkey:
        """Whose events it signs."""
        return self._key.x_only

    async def sign(self, unsigned: UnsignedEvent) -> Event:
        """See `EventSigner.sign`."""
        return nip01.sign(unsigned, self._key, self._entropy.random_bytes(32))

    async def encrypt(self, to: XOnlyPubkey, text: str) -> str:
        """See `EventSigner.encrypt`."""
        nonce = self._entropy.random_bytes(nip44.NONCE_BYTES)
        return nip44.encrypt(text, nip44.conversation_key(self._key, to), nonce)

    async def decrypt(self, sender: XOnlyPubkey, payload: str) -> str:
        """See `EventSigner.decrypt`."""
        return nip44.decrypt(payload, nip44.conversation_key(self._key, sender))

    async def decrypt_old(self, sender: XOnlyPubkey, payload: str) -> str:
        """See `EventSigner.decrypt_old`."""
        return nip04.decrypt(payload, self._key, sender)


def one_time_signer(entropy: Entropy) -> KeySigner:
    """With a key that is forgotten after its one event."""
    return KeySigner(PrivateKey(entropy.random_bytes(32)), entropy)
