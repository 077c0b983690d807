"""A chain of block headers from genesis, with the work checked; the one with most work wins.

The rule for the target is regtest's, which never changes it. Chains that retarget need
checkpoints and the retarget rule, and are refused until they have both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import BlockHash
from tipdesk.bitcoin.block import Header

MAX_CHUNK: Final = 2016
MAX_HEADERS: Final = 2_000_000
_REGTEST_BITS: Final = 0x207FFFFF


class HeadersRefused(BackendError):
    """A server's headers break a rule."""


class NoWork(HeadersRefused):
    """A header's hash or target is not what the network demands."""

    def __init__(self, height: int) -> None:
        super().__init__(f"the header at height {height} has no proof of work")
        self.height = height


class BrokenLink(HeadersRefused):
    """A header in the middle of a batch does not build on the one before it."""

    def __init__(self, height: int) -> None:
        super().__init__(f"the header at height {height} does not build on the one below it")
        self.height = height


class TooManyHeaders(HeadersRefused):
    """More headers than were asked for, or than any chain has."""


@dataclass(frozen=True)
class HeaderChain:
    """Headers above genesis: `headers[0]` has height 1."""

    genesis: BlockHash
    headers: tuple[Header, ...] = ()

    @property
    def height(self) -> int:
        """Height of the tip; 0 when only genesis is known."""
        return len(self.headers)

    def at(self, height: int) -> Header | None:
        """The header at a height from 1 to `height`, None otherwise."""
        return self.headers[height - 1] if 0 < height <= len(self.headers) else None

    def hash_at(self, height: int) -> BlockHash | None:
        """The block hash at a height, None above the tip."""
        if height == 0:
            return self.genesis
        header = self.at(height)
        return header.hash if header else None

    def links(self, start: int, header: Header) -> bool:
        """Whether `header`, said to be at height `start`, builds on this chain."""
        return start > 0 and self.hash_at(start - 1) == header.previous

    def connect(self, start: int, batch: Sequence[Header]) -> Self:
        """With a batch that begins at height `start` and links; self if that is not more work.

        Raises `NoWork`, `BrokenLink` or `TooManyHeaders`, each a `HeadersRefused`.
        """
        if len(batch) > MAX_CHUNK or start + len(batch) > MAX_HEADERS:
            raise TooManyHeaders(f"{len(batch)} headers from height {start}")
        previous = self.hash_at(start - 1)
        for height, header in enumerate(batch, start):
            if header.previous != previous:
                raise BrokenLink(height)
            _check_work(height, header)
            previous = header.hash
        replaced = self.headers[start - 1 :]
        if sum(header.work for header in batch) <= sum(header.work for header in replaced):
            return self
        return type(self)(self.genesis, self.headers[: start - 1] + tuple(batch))


def _check_work(height: int, header: Header) -> None:
    if header.bits != _REGTEST_BITS or not header.has_work:
        raise NoWork(height)
