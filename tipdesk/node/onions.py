"""Opens the onions of incoming HTLCs, and knows those again that were opened before."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.units import BlockHeight
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import InvalidPoint, PrivateKey
from tipdesk.lightning.channel.htlc import FailedMalformed, Htlc
from tipdesk.lightning.payment.forward import FURTHEST
from tipdesk.lightning.sphinx.blinding import blinded_key
from tipdesk.lightning.sphinx.packet import BadOnion, Peeled, UnreadablePayload, peel
from tipdesk.lightning.sphinx.payload import decode_blinded
from tipdesk.lightning.wire.failures import FailureCode

MAX_SEEN: Final = 200_000
"""Onions remembered: some 30 MB. Beyond it the oldest are forgotten."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """How the end of an HTLC that was carried on goes upstream."""

    shared_secret: bytes = field(repr=False)
    introduces: bool = False
    """We are the first node of a blinded route: no failure may tell what happened behind us."""


class Onions:
    """The node's key is used for nothing else on the way of a payment."""

    def __init__(self, node_key: PrivateKey, height: Callable[[], BlockHeight]) -> None:
        self.node_key = node_key
        self._height = height
        self._seen_secrets: dict[bytes, int] = {}

    def open(self, htlc: Htlc) -> Peeled | UnreadablePayload | FailedMalformed:
        """One layer of the HTLC's onion, or how BOLT 4 has its sender told that there is none."""
        match self._peel(htlc):
            case Peeled() | UnreadablePayload() as opened:
                return opened
            case BadOnion(failure_code, sha256_of_onion) if htlc.path_key is None:
                return FailedMalformed(sha256_of_onion, failure_code)
            case BadOnion():
                return blinding_failed(htlc)

    def way_back(self, htlc: Htlc) -> WayBack | None:
        """Nothing of it is stored: the onion is, and peels the same way again."""
        opened = self._peel(htlc)
        return None if isinstance(opened, BadOnion) else way_back_of(opened)

    def remember(self, htlc: Htlc) -> None:
        """The onion of an HTLC that an earlier process carried on: seen, like the others."""
        opened = self._peel(htlc)
        if isinstance(opened, Peeled):
            self.is_fresh(opened.shared_secret, htlc)

    def is_fresh(self, secret: bytes, htlc: Htlc) -> bool:
        """Class 24: the same onion twice is a replay. Kept until it would be refused as expired."""
        if secret in self._seen_secrets:
            return False
        # Whatever may be carried on or taken expires before FURTHEST, whatever the HTLC says.
        furthest = self._height().after(FURTHEST)
        self._seen_secrets[secret] = min(htlc.cltv_expiry, furthest).value
        if len(self._seen_secrets) > MAX_SEEN:
            del self._seen_secrets[next(iter(self._seen_secrets))]
        return True

    def new_height(self, height: BlockHeight) -> None:
        """Forgets onions whose HTLCs have expired."""
        expired = [s for s, expiry in self._seen_secrets.items() if expiry < height.value]
        for secret in expired:
            del self._seen_secrets[secret]

    def _peel(self, htlc: Htlc) -> Peeled | UnreadablePayload | BadOnion:
        key = self.node_key
        if htlc.path_key is not None:
            try:
                key = blinded_key(key, htlc.path_key)
            except InvalidPoint:
                return BadOnion(FailureCode.INVALID_ONION_BLINDING, sha256(htlc.onion))
        return peel(htlc.onion, key, htlc.payment_hash)


def way_back_of(opened: Peeled | UnreadablePayload) -> WayBack:
    """How the end of an HTLC goes upstream whose onion was opened."""
    introduces = False
    if isinstance(opened, Peeled) and opened.next_packet is not None:
        introduces = _names_path_key(opened.payload)
    return WayBack(opened.shared_secret, introduces)


def blinding_failed(htlc: Htlc) -> FailedMalformed:
    """BOLT 2, "Removing an HTLC": all that a node behind the first of a blinded route ever says."""
    return FailedMalformed(sha256(htlc.onion), FailureCode.INVALID_ONION_BLINDING)


def _names_path_key(payload: bytes) -> bool:
    try:
        blinded = decode_blinded(payload)
    except DecodeError:
        return True
    return blinded is not None and blinded.current_path_key is not None
