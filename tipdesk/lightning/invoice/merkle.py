"""BOLT 12, "Signature Calculation": the Merkle tree over a TLV stream, and signatures of its root.

Each record is a leaf, paired with a nonce that only who knows the stream's first record can tell:
so a branch may be given away as its hash alone (payer proofs) and nobody can guess what it hides.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Point
from tipdesk.crypto.hashes import sha256, tagged_hash
from tipdesk.crypto.secp256k1 import PrivateKey, verify_schnorr
from tipdesk.lightning.wire.codec import bigsize
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

SIGNATURE_TYPES: Final = range(240, 1001)
"""Records that sign the others, and are no leaves."""


class WrongNumberOfHashes(DecodeError):
    """A tree of which parts are hidden lacks hashes of them, or has some to spare."""


def without_signatures(records: Sequence[TlvRecord]) -> tuple[TlvRecord, ...]:
    """The records that are leaves."""
    return tuple(record for record in records if record.type not in SIGNATURE_TYPES)


def signatures_among(records: Sequence[TlvRecord]) -> tuple[TlvRecord, ...]:
    """The others."""
    return tuple(record for record in records if record.type in SIGNATURE_TYPES)


def nonces(first: TlvRecord, types: Sequence[int]) -> tuple[bytes, ...]:
    """The nonce beside the leaf of each type, in a stream that begins with `first`."""
    # The tag is another one for each stream: a cache of tags would grow without end.
    tag = sha256(b"LnNonce" + write_stream([first]))
    return tuple(sha256(tag + tag + bigsize(record_type)) for record_type in types)


def leaf(record: TlvRecord, nonce: bytes) -> bytes:
    """A record and its nonce, as one node of the tree."""
    return branch(tagged_hash("LnLeaf", write_stream([record])), nonce)


def branch(left: bytes, right: bytes) -> bytes:
    """An inner node: the lesser hash comes first, so that nobody need know which side is which."""
    return tagged_hash("LnBranch", min(left, right) + max(left, right))


def leaves_of(records: Sequence[TlvRecord]) -> tuple[bytes, ...]:
    """The leaves of a whole stream, in order of their types; signatures have none."""
    signed = without_signatures(records)
    if not signed:
        return ()
    beside = nonces(signed[0], [record.type for record in signed])
    return tuple(leaf(record, nonce) for record, nonce in zip(signed, beside, strict=True))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves, of which there is one at least."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [branch(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def merkle_root(records: Sequence[TlvRecord]) -> bytes:
    """The root over a stream with one record at least that is no signature."""
    return root_of(leaves_of(records))


def hidden_hashes(leaves: Sequence[bytes], shown: Sequence[bool]) -> tuple[bytes, ...]:
    """What somebody needs who sees only the `shown` leaves: the hash of each branch beside them.

    In the order in which `root_with_hidden` meets them: depth first, the lower types first.
    """
    if len(leaves) == 1:
        return ()
    middle = _middle(len(leaves))
    halves = ((leaves[:middle], shown[:middle]), (leaves[middle:], shown[middle:]))
    deeper = [found for half in halves for found in hidden_hashes(*half)]
    here = [root_of(half) for half, visible in halves if any(shown) and not any(visible)]
    return (*deeper, *here)


def root_with_hidden(leaves: Sequence[bytes | None], hidden: Sequence[bytes]) -> bytes:
    """The root of a tree of which some leaves are None; `WrongNumberOfHashes` if it cannot be."""
    left = iter(hidden)
    root = _root_with_hidden(leaves, left)
    if root is None or next(left, None) is not None:
        raise WrongNumberOfHashes("the hashes are not as many as the hidden branches")
    return root


def _root_with_hidden(leaves: Sequence[bytes | None], hidden: Iterator[bytes]) -> bytes | None:
    if len(leaves) <= 1:
        return leaves[0] if leaves else None
    middle = _middle(len(leaves))
    low = _root_with_hidden(leaves[:middle], hidden)
    high = _root_with_hidden(leaves[middle:], hidden)
    if low is None and high is None:
        return None
    beside = next(hidden, None) if low is None or high is None else b""
    if beside is None:
        raise WrongNumberOfHashes("a hidden branch has no hash")
    return branch(low or beside, high or beside)


def _middle(count: int) -> int:
    # The deepest tree is on the leaves of the lowest types: the largest power of two below all.
    return 1 << (count - 1).bit_length() - 1


def signature_digest(message: str, field: str, root: bytes) -> bytes:
    """What is signed: the root, under the names of the stream and of the signature's field."""
    return tagged_hash(f"lightning{message}{field}", root)


def sign(
    records: Sequence[TlvRecord],
    key: PrivateKey,
    *,
    message: str,
    field: str = "signature",
    entropy: bytes,
) -> bytes:
    """The BIP-340 signature of a stream; `entropy` is 32 fresh random bytes."""
    return key.sign_schnorr(signature_digest(message, field, merkle_root(records)), entropy)


def verify(
    records: Sequence[TlvRecord],
    key: Point,
    signature: bytes,
    *,
    message: str,
    field: str = "signature",
) -> bool:
    """Whether `key` signed the stream; a stream of signatures alone is signed by nobody."""
    if not without_signatures(records):
        return False
    return is_signed(merkle_root(records), key, signature, message=message, field=field)


def is_signed(
    root: bytes, key: Point, signature: bytes, *, message: str, field: str = "signature"
) -> bool:
    """Whether `key` signed the stream that has this root."""
    return verify_schnorr(key[1:], signature, signature_digest(message, field, root))
