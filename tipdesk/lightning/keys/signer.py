"""What a channel needs signed, and the signer that keeps a channel's keys in memory."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Protocol

from tipdesk.base.ids import Point, Signature
from tipdesk.crypto.hashes import hmac_sha256
from tipdesk.crypto.secp256k1 import PrivateKey, point_of, sign_ecdsa
from tipdesk.lightning.keys.derivation import (
    derive_private_key,
    derive_revocation_private_key,
)
from tipdesk.lightning.keys.shachain import derive_secret, index_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Basepoints:
    """The public keys that a side names when a channel is opened (BOLT 2, `open_channel`)."""

    funding_pubkey: Point
    revocation_basepoint: Point
    payment_basepoint: Point
    delayed_payment_basepoint: Point
    htlc_basepoint: Point


class ChannelSigner(Protocol):
    """Holds one channel's secrets; signs, and reveals a commitment's secret when told to."""

    @property
    def basepoints(self) -> Basepoints:
        """The channel's public keys."""
        ...

    def per_commitment_point(self, commitment_number: int) -> Point:
        """The point of one of our commitments."""
        ...

    def release_per_commitment_secret(self, commitment_number: int) -> bytes:
        """The secret that revokes one of our commitments: never ask for the latest."""
        ...

    def sign_funding(self, digest: bytes) -> Signature:
        """Signs with the funding key: commitments and closing transactions."""
        ...

    def sign_htlc(self, digest: bytes, per_commitment_point: Point) -> Signature:
        """Signs with the HTLC key of a commitment, ours or the peer's."""
        ...

    def sign_delayed(self, digest: bytes, per_commitment_point: Point) -> Signature:
        """Signs with the delayed key of one of our commitments (BOLT 5: sweeping `to_local`)."""
        ...

    def sign_payment(self, digest: bytes) -> Signature:
        """Signs with the payment key, which no commitment changes: `to_remote` of the peer's."""
        ...

    def sign_revocation(self, digest: bytes, per_commitment_secret: bytes) -> Signature:
        """Signs with the key that a revoked commitment of the peer's has given us."""
        ...


class InMemorySigner:
    """A signer whose keys come from the node's seed and the channel's key id.

    Every key is an HMAC of the key id and a label, so that the words and the key id (which the
    channel backup keeps) bring all of them back.
    """

    def __init__(self, node_seed: bytes, channel_key_id: bytes) -> None:
        def secret(label: bytes) -> bytes:
            # An HMAC is a valid scalar but for one chance in 2^127.
            return hmac_sha256(node_seed, b"tipdesk channel " + label + channel_key_id)

        self._funding = PrivateKey(secret(b"funding"))
        self._revocation = PrivateKey(secret(b"revocation"))
        self._payment = PrivateKey(secret(b"payment"))
        self._delayed = PrivateKey(secret(b"delayed"))
        self._htlc = PrivateKey(secret(b"htlc"))
        self._commitment_seed = secret(b"commitment seed")
        self._point = lru_cache(maxsize=8)(self._work_out_point)

    def __repr__(self) -> str:
        return f"InMemorySigner({self.basepoints.funding_pubkey})"

    @cached_property
    def basepoints(self) -> Basepoints:
        """The channel's public keys."""
        return Basepoints(
            funding_pubkey=self._funding.point,
            revocation_basepoint=self._revocation.point,
            payment_basepoint=self._payment.point,
            delayed_payment_basepoint=self._delayed.point,
            htlc_basepoint=self._htlc.point,
        )

    def _work_out_point(self, commitment_number: int) -> Point:
        return point_of(derive_secret(self._commitment_seed, index_of(commitment_number)))

    def per_commitment_point(self, commitment_number: int) -> Point:
        """The point of one of our commitments."""
        return self._point(commitment_number)

    def release_per_commitment_secret(self, commitment_number: int) -> bytes:
        """The secret that revokes one of our commitments."""
        return derive_secret(self._commitment_seed, index_of(commitment_number))

    def sign_funding(self, digest: bytes) -> Signature:
        """Signs with the funding key."""
        return self._funding.sign_ecdsa(digest)

    def sign_htlc(self, digest: bytes, per_commitment_point: Point) -> Signature:
        """Signs with the HTLC key of a commitment."""
        secret = derive_private_key(self._htlc.secret, self._htlc.point, per_commitment_point)
        return sign_ecdsa(secret, digest)

    def sign_delayed(self, digest: bytes, per_commitment_point: Point) -> Signature:
        """Signs with the delayed key of one of our commitments."""
        base = self._delayed
        return sign_ecdsa(derive_private_key(base.secret, base.point, per_commitment_point), digest)

    def sign_payment(self, digest: bytes) -> Signature:
        """Signs with the payment key."""
        return self._payment.sign_ecdsa(digest)

    def sign_revocation(self, digest: bytes, per_commitment_secret: bytes) -> Signature:
        """Signs with the revocation key of a commitment whose secret the peer gave up."""
        base = self._revocation
        point = point_of(per_commitment_secret)
        secret = derive_revocation_private_key(
            base.secret, base.point, per_commitment_secret, point
        )
        return sign_ecdsa(secret, digest)
