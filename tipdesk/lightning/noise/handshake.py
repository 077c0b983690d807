"""BOLT 8, "Authenticated Key Agreement Handshake": acts one to three, both roles."""

from typing import Final

from tipdesk.base.ids import NodeId
from tipdesk.crypto.aead import AuthenticationFailed, SealingKey
from tipdesk.crypto.hashes import hkdf_two_keys, sha256
from tipdesk.crypto.secp256k1 import InvalidPoint, PrivateKey, check_point
from tipdesk.lightning.noise.cipher import DirectionCipher, nonce_of
from tipdesk.lightning.noise.errors import (
    BadActKey,
    BadActTag,
    BadActThreeCiphertext,
    BadActVersion,
)

ACT_ONE_BYTES: Final = 50
ACT_TWO_BYTES: Final = 50
ACT_THREE_BYTES: Final = 66

_PROTOCOL = sha256(b"Noise_XK_secp256k1_ChaChaPoly_SHA256")
_VERSION = b"\x00"


class _Symmetric:
    """What both sides agree on so far: handshake digest, chaining key, temporary key."""

    __slots__ = ("chaining_key", "digest", "temporary")

    def __init__(self, responder: NodeId) -> None:
        self.chaining_key = _PROTOCOL
        self.digest = sha256(sha256(_PROTOCOL + b"lightning") + responder)
        self.temporary: SealingKey

    def mix_digest(self, data: bytes) -> None:
        self.digest = sha256(self.digest + data)

    def mix_key(self, shared_secret: bytes) -> None:
        self.chaining_key, temporary = hkdf_two_keys(self.chaining_key, shared_secret)
        self.temporary = SealingKey(temporary)

    def seal(self, number: int, plaintext: bytes) -> bytes:
        sealed = self.temporary.seal(nonce_of(number), plaintext, self.digest)
        self.mix_digest(sealed)
        return sealed

    def open(self, number: int, sealed: bytes) -> bytes:
        plaintext = self.temporary.open(nonce_of(number), sealed, self.digest)
        self.mix_digest(sealed)
        return plaintext

    def ciphers(self) -> tuple[DirectionCipher, DirectionCipher]:
        """From initiator to responder, and back."""
        forward, backward = hkdf_two_keys(self.chaining_key, b"")
        return (
            DirectionCipher(forward, self.chaining_key),
            DirectionCipher(backward, self.chaining_key),
        )

    def write_ephemeral(self, ephemeral: PrivateKey, remote: NodeId) -> bytes:
        """An act of version, ephemeral key and tag (acts one and two)."""
        self.mix_digest(ephemeral.point)
        self.mix_key(ephemeral.ecdh(remote))
        return _VERSION + ephemeral.point + self.seal(0, b"")

    def read_ephemeral(self, act: int, message: bytes, key: PrivateKey) -> NodeId:
        """The peer's ephemeral key out of act one or two."""
        _check_version(act, message)
        remote = _point(act, message[1:34])
        self.mix_digest(remote)
        self.mix_key(key.ecdh(remote))
        try:
            self.open(0, message[34:])
        except AuthenticationFailed:
            raise BadActTag(act=act) from None
        return remote


def _check_version(act: int, message: bytes) -> None:
    if message[:1] != _VERSION:
        raise BadActVersion(act=act, version=message[0])


def _point(act: int, key: bytes) -> NodeId:
    try:
        return NodeId(check_point(key))
    except InvalidPoint:
        raise BadActKey(act=act, key=key) from None


class InitiatorHandshake:
    """The side that connects and knows whom it calls."""

    __slots__ = ("_ephemeral", "_remote", "_static", "_symmetric")

    def __init__(self, static: PrivateKey, ephemeral: PrivateKey, remote: NodeId) -> None:
        self._static = static
        self._ephemeral = ephemeral
        self._remote = remote
        self._symmetric = _Symmetric(remote)

    def act_one(self) -> bytes:
        """BOLT 8, "Act One", sender; `InvalidPoint` if the remote key is none."""
        return self._symmetric.write_ephemeral(self._ephemeral, self._remote)

    def act_three(self, act_two: bytes) -> bytes:
        """BOLT 8, "Act Two", receiver, and "Act Three", sender."""
        remote_ephemeral = self._symmetric.read_ephemeral(2, act_two, self._ephemeral)
        sealed_key = self._symmetric.seal(1, self._static.point)
        self._symmetric.mix_key(self._static.ecdh(remote_ephemeral))
        return _VERSION + sealed_key + self._symmetric.seal(0, b"")

    def ciphers(self) -> tuple[DirectionCipher, DirectionCipher]:
        """For sending and for receiving."""
        return self._symmetric.ciphers()


class ResponderHandshake:
    """The side that is called and learns by whom in act three."""

    __slots__ = ("_ephemeral", "_static", "_symmetric")

    def __init__(self, static: PrivateKey, ephemeral: PrivateKey) -> None:
        self._static = static
        self._ephemeral = ephemeral
        self._symmetric = _Symmetric(NodeId(static.point))

    def act_two(self, act_one: bytes) -> bytes:
        """BOLT 8, "Act One", receiver, and "Act Two", sender."""
        remote_ephemeral = self._symmetric.read_ephemeral(1, act_one, self._static)
        return self._symmetric.write_ephemeral(self._ephemeral, remote_ephemeral)

    def finish(self, act_three: bytes) -> NodeId:
        """BOLT 8, "Act Three", receiver: who is calling."""
        _check_version(3, act_three)
        try:
            key = self._symmetric.open(1, act_three[1:50])
        except AuthenticationFailed:
            raise BadActThreeCiphertext from None
        remote = _point(3, key)
        self._symmetric.mix_key(self._ephemeral.ecdh(remote))
        try:
            self._symmetric.open(0, act_three[50:])
        except AuthenticationFailed:
            raise BadActTag(act=3) from None
        return remote

    def ciphers(self) -> tuple[DirectionCipher, DirectionCipher]:
        """For sending and for receiving."""
        forward, backward = self._symmetric.ciphers()
        return backward, forward
