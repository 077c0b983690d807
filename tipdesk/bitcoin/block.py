"""Block headers, their proof of work, and merkle proofs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.crypto.hashes import sha256d


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
        reader = Reader(data)
        header = cls(
            version=int.from_bytes(reader.take(4), "little", signed=True),
            previous=BlockHash(reader.take(32)),
            merkle_root=reader.take(32),
            time=reader.uint_le(4),
            bits=reader.uint_le(4),
            nonce=reader.uint_le(4),
        )
        reader.finish()
        return header

    def serialize(self) -> bytes:
        """80 bytes."""
        return (
            self.version.to_bytes(4, "little", signed=True)
            + self.previous
            + self.merkle_root
            + self.time.to_bytes(4, "little")
            + self.bits.to_bytes(4, "little")
            + self.nonce.to_bytes(4, "little")
        )

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

    @property
    def work(self) -> int:
        """The expected number of hashes behind the header."""
        return (1 << 256) // (self.target + 1)


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
