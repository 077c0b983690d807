"""A chain of block headers, each checked for its link, time, target and work; most work wins.

Headers are kept as the bytes they came in, in pages of a retarget period each: half a million
of them are 40 megabytes, and a new block makes one new page. A header from the future is not
told from an honest one, as nothing here knows the time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from typing import Final, Self

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import BlockHash
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.targets import PERIOD, SPACING_SECONDS, HeaderRules, expand, retarget, work_of

MAX_CHUNK: Final = PERIOD
MAX_HEADERS: Final = 2_000_000
HEADER_BYTES: Final = 80
MEDIAN_SPAN: Final = 11
_SLOW: Final = 2 * SPACING_SECONDS
_EARLIEST: Final = 600
_TIME_AND_BITS: Final = Struct("<II")
_AT_TIME: Final = 68


class HeadersRefused(BackendError):
    """A server's headers break a rule."""


class NoWork(HeadersRefused):
    """A header's hash does not meet its target."""

    def __init__(self, height: int) -> None:
        super().__init__(f"the header at height {height} has no proof of work")
        self.height = height


class WrongTarget(HeadersRefused):
    """A header's target is not the one that the network demands there."""

    def __init__(self, height: int, *, bits: int, wanted: int) -> None:
        super().__init__(f"the header at height {height} has bits {bits:08x}, not {wanted:08x}")
        self.height = height
        self.bits = bits
        self.wanted = wanted


class WrongTime(HeadersRefused):
    """A header is no later than the median of the eleven before it, or breaks BIP 94's rule."""

    def __init__(self, height: int, *, time: int, earliest: int) -> None:
        super().__init__(f"the header at height {height} is of {time}, before {earliest}")
        self.height = height
        self.time = time
        self.earliest = earliest


class BrokenLink(HeadersRefused):
    """A header in the middle of a batch does not build on the one before it."""

    def __init__(self, height: int) -> None:
        super().__init__(f"the header at height {height} does not build on the one below it")
        self.height = height


class TooManyHeaders(HeadersRefused):
    """More headers than were asked for, or than any chain has."""


@dataclass(frozen=True, slots=True)
class Page:
    """Up to 2016 headers as bytes, and the work behind them."""

    raw: bytes
    work: int


@dataclass(frozen=True, slots=True)
class HeaderChain:
    """Headers above the one that the rules begin with: every page but the last is full."""

    rules: HeaderRules
    pages: tuple[Page, ...] = ()

    @property
    def base(self) -> int:
        """Height of the lowest header."""
        return self.rules.base_height

    @property
    def height(self) -> int:
        """Height of the tip."""
        if not self.pages:
            return self.base
        full = (len(self.pages) - 1) * PERIOD
        return self.base + full + len(self.pages[-1].raw) // HEADER_BYTES

    @property
    def work(self) -> int:
        """The work behind all headers above the base."""
        return sum(page.work for page in self.pages)

    def raw(self, height: int) -> bytes:
        """The 80 bytes at a height from `base` to `height`; `IndexError` otherwise."""
        if height == self.base:
            return self.rules.base.serialize()
        page, place = divmod(height - self.base - 1, PERIOD)
        if page < 0:
            raise IndexError(height)
        found = self.pages[page].raw[place * HEADER_BYTES : (place + 1) * HEADER_BYTES]
        if not found:
            raise IndexError(height)
        return found

    def at(self, height: int) -> Header | None:
        """The header at a height from `base` to `height`, None otherwise."""
        return Header.parse(self.raw(height)) if self.base <= height <= self.height else None

    def hash_at(self, height: int) -> BlockHash | None:
        """The block hash at a height, None where there is no header."""
        if not self.base <= height <= self.height:
            return None
        return BlockHash(_hash(self.raw(height)))

    def links(self, start: int, header: Header) -> bool:
        """Whether `header`, said to be at height `start`, builds on this chain."""
        return self.hash_at(start - 1) == header.previous

    def median_time_past(self, height: int) -> int:
        """BIP-113: the median of the eleven times that end at `height` (fewer near the base)."""
        lowest = max(self.base, height + 1 - MEDIAN_SPAN)
        return _median([_time_and_bits(self.raw(at))[0] for at in range(lowest, height + 1)])

    def connect(self, start: int, batch: Sequence[Header]) -> Self:
        """With a batch that begins at height `start` and links; self if that is not more work.

        Raises a `HeadersRefused` that says which rule is broken.
        """
        return self.connect_raw(start, b"".join(header.serialize() for header in batch))

    def connect_raw(self, start: int, data: bytes) -> Self:
        """As `connect`, from the bytes of whole headers."""
        count = len(data) // HEADER_BYTES
        if count > MAX_CHUNK or start + count > MAX_HEADERS:
            raise TooManyHeaders(f"{count} headers from height {start}")
        if not self.base < start <= self.height + 1:
            raise BrokenLink(start)
        candidate = type(self)(self.rules, _grown(self.pages, start - self.base - 1, data))
        _check(candidate, start)
        return candidate if candidate.work > self.work else self


def _grown(pages: tuple[Page, ...], kept: int, data: bytes) -> tuple[Page, ...]:
    whole, rest = divmod(kept, PERIOD)
    grown = list(pages[:whole])
    if rest:
        last = pages[whole]
        cut = last.raw[: rest * HEADER_BYTES]
        room = (PERIOD - rest) * HEADER_BYTES
        more, data = data[:room], data[room:]
        work = last.work if cut == last.raw else _work(cut)
        grown.append(Page(cut + more, work + _work(more)))
    if data:
        grown.append(Page(data, _work(data)))
    return tuple(grown)


def _check(chain: HeaderChain, start: int) -> None:
    """Raises unless every header from `start` to the tip obeys the rules."""
    targets = _Targets(chain, start)
    lowest = max(chain.base, start - MEDIAN_SPAN)
    times = [_time_and_bits(chain.raw(height))[0] for height in range(lowest, start)]
    previous = _hash(chain.raw(start - 1))
    for height, raw in _headers_from(chain, start):
        if raw[4:36] != previous:
            raise BrokenLink(height)
        time, bits = _time_and_bits(raw)
        wanted, target = targets.at(height, time, times[-1])
        if bits != wanted:
            raise WrongTarget(height, bits=bits, wanted=wanted)
        previous = _hash(raw)
        if int.from_bytes(previous, "little") > target:
            raise NoWork(height)
        _check_time(chain.rules, height, time, times)
        times.append(time)
        del times[:-MEDIAN_SPAN]


def _check_time(rules: HeaderRules, height: int, time: int, times: list[int]) -> None:
    # Above a base that is not genesis the first ten medians are not known.
    if (len(times) == MEDIAN_SPAN or rules.base_height == 0) and time <= (last := _median(times)):
        raise WrongTime(height, time=time, earliest=last + 1)
    if rules.bip94 and height % PERIOD == 0 and time < times[-1] - _EARLIEST:
        raise WrongTime(height, time=time, earliest=times[-1] - _EARLIEST)


class _Targets:
    """The bits that each header must have, going up from a height."""

    def __init__(self, chain: HeaderChain, start: int) -> None:
        self._chain = chain
        self._rules = chain.rules
        self._start = start
        self._bits = self._last_real()
        self._target = expand(self._bits)
        self._limit = expand(self._rules.limit_bits)

    def _last_real(self) -> int:
        height = self._start - 1
        bits = _time_and_bits(self._chain.raw(height))[1]
        if self._rules.slow_blocks_are_easy:
            while bits == self._rules.limit_bits and height % PERIOD and height > self._chain.base:
                height -= 1
                bits = _time_and_bits(self._chain.raw(height))[1]
        return bits

    def at(self, height: int, time: int, previous_time: int) -> tuple[int, int]:
        """Bits and target of the header at `height`; heights come one after the other."""
        rules = self._rules
        if rules.retargets and height % PERIOD == 0:
            self._bits = self._retargeted(height, previous_time)
            self._target = expand(self._bits)
        elif rules.slow_blocks_are_easy and time > previous_time + _SLOW:
            return rules.limit_bits, self._limit
        return self._bits, self._target

    def _retargeted(self, height: int, previous_time: int) -> int:
        first_time, first_bits = _time_and_bits(self._chain.raw(height - PERIOD))
        last_bits = _time_and_bits(self._chain.raw(height - 1))[1]
        bits = first_bits if self._rules.bip94 else last_bits
        seconds = previous_time - first_time
        return retarget(bits, seconds=seconds, limit_bits=self._rules.limit_bits)


def _headers_from(chain: HeaderChain, start: int) -> Iterator[tuple[int, bytes]]:
    page, place = divmod(start - chain.base - 1, PERIOD)
    height = start
    for one in chain.pages[page:]:
        for at in range(place * HEADER_BYTES, len(one.raw), HEADER_BYTES):
            yield height, one.raw[at : at + HEADER_BYTES]
            height += 1
        place = 0


def _hash(raw: bytes) -> bytes:
    # In line: a chain of a million headers is hashed at a start.
    return sha256(sha256(raw).digest()).digest()


def _time_and_bits(raw: bytes) -> tuple[int, int]:
    time, bits = _TIME_AND_BITS.unpack_from(raw, _AT_TIME)
    return time, bits


def _median(times: list[int]) -> int:
    return sorted(times)[len(times) // 2]


def _work(data: bytes) -> int:
    places = range(_AT_TIME, len(data), HEADER_BYTES)
    return sum(work_of(_TIME_AND_BITS.unpack_from(data, at)[1]) for at in places)
