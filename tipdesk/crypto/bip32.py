"""BIP 32: private keys derived from a seed along a path."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from tipdesk.crypto.hashes import hmac_sha512
from tipdesk.crypto.secp256k1 import PrivateKey, point_of, scalar_add

HARDENED: Final = 0x8000_0000


@dataclass(frozen=True, slots=True, repr=False)
class ExtendedKey:
    """A private key with its chain code."""

    secret: bytes
    chain_code: bytes

    def __repr__(self) -> str:
        return "ExtendedKey(...)"

    @classmethod
    def of_seed(cls, seed: bytes) -> Self:
        """The master key."""
        whole = hmac_sha512(b"Bitcoin seed", seed)
        return cls(whole[:32], whole[32:])

    def along(self, path: Iterable[int]) -> "ExtendedKey":
        """The key at the end of a path; `HARDENED` is added to a step that is hardened."""
        key = self
        for step in path:
            key = key._child(step)
        return key

    @property
    def key(self) -> PrivateKey:
        """To sign with."""
        return PrivateKey(self.secret)

    def _child(self, step: int) -> "ExtendedKey":
        parent = b"\0" + self.secret if step >= HARDENED else bytes(point_of(self.secret))
        whole = hmac_sha512(self.chain_code, parent + step.to_bytes(4, "big"))
        return ExtendedKey(scalar_add(whole[:32], self.secret), whole[32:])
