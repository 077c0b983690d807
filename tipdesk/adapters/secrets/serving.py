"""The wallet's keys towards connected apps (NIP-47): one for each, derived from the seed."""

from typing import Final

from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.base.entropy import Entropy
from tipdesk.crypto.bip32 import HARDENED, ExtendedKey

_PURPOSE: Final = HARDENED + 13_194
"""The kind of the event in which a wallet service says what it can do: nothing else of the seed
lies there."""


class ServiceKeys:
    """See `ConnectionSigners`. Holds a branch of the seed and shows none of its keys."""

    def __init__(self, seed: bytes, entropy: Entropy) -> None:
        self._branch = ExtendedKey.of_seed(seed).along((_PURPOSE,))
        self._entropy = entropy

    def __repr__(self) -> str:
        return "ServiceKeys(...)"

    def signer(self, connection_id: int) -> KeySigner:
        """See `ConnectionSigners.signer`."""
        return KeySigner(self._branch.along((HARDENED + connection_id,)).key, self._entropy)
