"""Block headers, their proof of work, and merkle proofs."""

from dataclasses import dataclass
from functools import cached_property
from struct import Struct
from typing import Final, Self

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.crypto.hashes import sha256d

# Version, previous hash, merkle root, time, bits, nonce.
_LAYOUT: Final = Struct("<i32s32sIII")


class MalformedHeader(DecodeError):
    """Bytes that are not a block header, or one without its work."""


@dataclass(frozen=True)
class Header:
    """The 80 bytes that a block's hash covers."""

    version: int
    previous: BlockHash
    merkle_root: bytes
    time: int
    bits: int
    nonce: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From exactly 80 bytes."""
        if len(data) != _LAYOUT.size:
            raise MalformedHeader(f"a header has {_LAYOUT.size} bytes, not {len(data)}")
        version, previous, root, time, bits, nonce = _LAYOUT.unpack(data)
        return cls(version, BlockHash(previous), root, time, bits, nonce)

    def serialize(self) -> bytes:
        """80 bytes."""
        start = (self.version, self.previous, self.merkle_root)
        return _LAYOUT.pack(*start, self.time, self.bits, self.nonce)

    @cached_property
    def hash(self) -> BlockHash:
        """The block's hash."""
        return BlockHash(sha256d(self.serialize()))

    @property
    def target(self) -> int:
        """What the hash must not exceed; `MalformedHeader` for bits that are no target."""
        exponent, mantissa = self.bits >> 24, self.bits & 0x7FFFFF
        if self.bits & 0x800000 or exponent > 34:
            raise MalformedHeader("the bits are no target")
        return mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)

    @property
    def has_work(self) -> bool:
        """Whether the hash meets the header's own target."""
        return self.target > 0 and int.from_bytes(self.hash, "little") <= self.target


def merkle_root(txid: Txid, branch: list[bytes], position: int) -> bytes:
    """The root that a proof leads to: `branch` in internal byte order, from the leaf upward."""
    node = bytes(txid)
    for sibling in branch:
        node = sha256d(sibling + node) if position & 1 else sha256d(node + sibling)
        position >>= 1
    return node


def merkle_branch(txids: list[Txid], position: int) -> list[bytes]:
    """The proof that `txids[position]` is in the block."""
    branch, level = [], [bytes(txid) for txid in txids]
    while len(level) > 1:
        if len(level) % 2:
            level.append(level[-1])
        branch.append(level[position ^ 1])
        level = [sha256d(level[i] + level[i + 1]) for i in range(0, len(level), 2)]
        position >>= 1
    return branch
