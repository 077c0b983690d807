"""libsecp256k1 through coincurve: the one importer of it.

Points are 33 compressed bytes, scalars 32 bytes, ECDSA signatures 64 compact bytes with a low s.
"""

from functools import lru_cache

from coincurve import PrivateKey as _PrivateKey
from coincurve import PublicKey as _PublicKey
from coincurve import PublicKeyXOnly as _PublicKeyXOnly
from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Point, Signature, XOnlyPubkey

CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HALF_CURVE_ORDER = CURVE_ORDER // 2

_context = GLOBAL_CONTEXT.ctx


class InvalidPoint(DecodeError):
    """33 bytes that are no point of the curve."""


class InvalidScalar(DecodeError):
    """32 bytes that are zero or not below the curve's order."""


class InvalidSignature(DecodeError):
    """A signature that cannot be one, whatever it signs."""


@lru_cache(maxsize=4096)
def _public(point: bytes) -> _PublicKey:
    # Parsing decompresses the point (some 5 us); the same few keys come back all the time.
    try:
        return _PublicKey(point)
    except ValueError:
        raise InvalidPoint(f"{point.hex()} is not a point of secp256k1") from None


def check_point(point: bytes) -> Point:
    """The point itself, or `InvalidPoint`."""
    _public(bytes(point))
    return Point(point)


def check_scalar(scalar: bytes) -> bytes:
    """The scalar itself, or `InvalidScalar`."""
    if len(scalar) != 32 or not 0 < int.from_bytes(scalar, "big") < CURVE_ORDER:
        raise InvalidScalar("a secret key must be between 1 and the curve's order")
    return scalar


class PrivateKey:
    """A secret key with its public key worked out once (49 us): keep the object."""

    __slots__ = ("_key", "_point")

    def __init__(self, secret: bytes) -> None:
        try:
            self._key = _PrivateKey(check_scalar(secret))
        except ValueError:
            raise InvalidScalar("not a secret key") from None
        self._point = Point(self._key.public_key.format())

    def __repr__(self) -> str:
        return f"PrivateKey(of {self._point.hex()})"

    @property
    def secret(self) -> bytes:
        """The 32 secret bytes."""
        return self._key.secret

    @property
    def point(self) -> Point:
        """The public key."""
        return self._point

    @property
    def x_only(self) -> XOnlyPubkey:
        """The BIP-340 public key."""
        return XOnlyPubkey(self._point[1:])

    def sign_ecdsa(self, digest: bytes) -> Signature:
        """Deterministic (RFC 6979) low-s signature of a 32-byte digest."""
        return sign_ecdsa(self._key.secret, digest)

    def sign_recoverable(self, digest: bytes) -> bytes:
        """65 bytes: compact signature and recovery id (BOLT 11)."""
        return self._key.sign_recoverable(digest, hasher=None)

    def sign_schnorr(self, digest: bytes, aux: bytes = b"") -> bytes:
        """BIP-340 signature of a 32-byte digest; `aux` is fresh randomness."""
        return self._key.sign_schnorr(digest, aux)

    def ecdh(self, point: bytes) -> bytes:
        """SHA-256 of the compressed shared point (BOLT 4, BOLT 8)."""
        return self._key.ecdh(_public(bytes(point)).format())


def sign_ecdsa(secret: bytes, digest: bytes) -> Signature:
    """Signs with a secret whose public key nobody needs (which would cost as much again)."""
    signature = ffi.new("secp256k1_ecdsa_signature *")
    lib.secp256k1_ecdsa_sign(_context, signature, digest, secret, ffi.NULL, ffi.NULL)
    output = ffi.new("unsigned char[64]")
    lib.secp256k1_ecdsa_signature_serialize_compact(_context, output, signature)
    return Signature(bytes(ffi.buffer(output)))


def scalar_add(left: bytes, right: bytes) -> bytes:
    """Sum modulo the curve's order."""
    total = int.from_bytes(left, "big") + int.from_bytes(right, "big")
    return (total % CURVE_ORDER).to_bytes(32, "big")


def scalar_multiply(left: bytes, right: bytes) -> bytes:
    """Product modulo the curve's order."""
    product = int.from_bytes(left, "big") * int.from_bytes(right, "big")
    return (product % CURVE_ORDER).to_bytes(32, "big")


def point_of(scalar: bytes) -> Point:
    """The public key of a secret scalar."""
    return Point(_PublicKey.from_secret(check_scalar(scalar)).format())


def point_add(*points: bytes) -> Point:
    """Sum of points; `InvalidPoint` if it is the point at infinity."""
    try:
        return Point(_PublicKey.combine_keys([_public(bytes(p)) for p in points]).format())
    except ValueError:
        raise InvalidPoint("the sum is the point at infinity") from None


def point_multiply(point: bytes, scalar: bytes) -> Point:
    """Point times scalar."""
    return Point(_public(bytes(point)).multiply(check_scalar(scalar)).format())


def point_tweak_add(point: bytes, scalar: bytes) -> Point:
    """Point plus the public key of `scalar`."""
    return Point(_public(bytes(point)).add(check_scalar(scalar)).format())


def is_low_s(signature: bytes) -> bool:
    """Whether s is in the lower half (the LOW_S policy rule; CVE-2020-26895)."""
    return int.from_bytes(signature[32:64], "big") <= HALF_CURVE_ORDER


def verify_ecdsa(point: bytes, signature: bytes, digest: bytes) -> bool:
    """Whether a compact signature is valid and its s low; a high s is refused."""
    raw = ffi.new("secp256k1_ecdsa_signature *")
    if not lib.secp256k1_ecdsa_signature_parse_compact(_context, raw, bytes(signature)):
        return False
    # libsecp256k1 itself answers no to a high s.
    key = _public(bytes(point)).public_key
    return bool(lib.secp256k1_ecdsa_verify(_context, raw, digest, key))


def recover(signature: bytes, digest: bytes) -> Point:
    """The public key behind a 65-byte recoverable signature, or `InvalidSignature`."""
    try:
        key = _PublicKey.from_signature_and_message(signature, digest, hasher=None)
    except Exception as error:  # coincurve raises the bare class here
        raise InvalidSignature("no public key can be recovered") from error
    return Point(key.format())


def verify_schnorr(x_only: bytes, signature: bytes, digest: bytes) -> bool:
    """Whether a BIP-340 signature of a 32-byte digest is valid; False for a key off the curve."""
    if len(signature) != 64 or len(x_only) != 32:
        return False
    try:
        return _PublicKeyXOnly(x_only).verify(signature, digest)
    except ValueError:
        return False


def signature_to_der(signature: bytes) -> bytes:
    """DER form for a witness, without the sighash byte."""
    raw = ffi.new("secp256k1_ecdsa_signature *")
    if not lib.secp256k1_ecdsa_signature_parse_compact(_context, raw, bytes(signature)):
        raise InvalidSignature("r or s is out of range")
    output = ffi.new("unsigned char[72]")
    length = ffi.new("size_t *", 72)
    lib.secp256k1_ecdsa_signature_serialize_der(_context, output, length, raw)
    return bytes(ffi.buffer(output, length[0]))


def signature_from_der(der: bytes) -> Signature:
    """Compact form of a DER signature; `InvalidSignature` if it does not parse."""
    raw = ffi.new("secp256k1_ecdsa_signature *")
    if not lib.secp256k1_ecdsa_signature_parse_der(_context, raw, der, len(der)):
        raise InvalidSignature("not a DER signature")
    output = ffi.new("unsigned char[64]")
    lib.secp256k1_ecdsa_signature_serialize_compact(_context, output, raw)
    return Signature(bytes(ffi.buffer(output)))
