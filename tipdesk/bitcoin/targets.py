"""How much work each network demands of a header: its start, its limit, its retargets.

A chain begins at a header that is known in full. Where that is not genesis it is the first of a
retarget period, and its 80 bytes hash to an identifier that is public knowledge.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.network import Network

PERIOD: Final = 2016
"""Headers between two retargets."""
SPACING_SECONDS: Final = 600
_TIMESPAN: Final = PERIOD * SPACING_SECONDS
_SIGN: Final = 0x00800000


@dataclass(frozen=True, slots=True)
class HeaderRules:
    """What a network's headers must obey."""

    base: Header
    """The first header that is taken on knowledge alone."""
    base_height: int
    limit_bits: int
    """The easiest target there is."""
    retargets: bool = True
    slow_blocks_are_easy: bool = False
    """Testnet: a header more than twenty minutes after the last one has the easiest target."""
    bip94: bool = False
    """Retargets count from a period's first target; its first time is ten minutes early at most."""


def expand(bits: int) -> int:
    """The target that compact bits stand for; 0 for bits that are no target."""
    exponent, mantissa = bits >> 24, bits & 0x7FFFFF
    if bits & _SIGN or exponent > 34:
        return 0
    return mantissa << 8 * (exponent - 3) if exponent >= 3 else mantissa >> 8 * (3 - exponent)


def compact(target: int) -> int:
    """The compact bits of a target, its low digits lost."""
    size = (target.bit_length() + 7) // 8
    mantissa = target << 8 * (3 - size) if size <= 3 else target >> 8 * (size - 3)
    if mantissa & _SIGN:
        mantissa >>= 8
        size += 1
    return size << 24 | mantissa


@lru_cache(maxsize=1024)
def work_of(bits: int) -> int:
    """The expected number of hashes behind a header with these bits."""
    return (1 << 256) // (expand(bits) + 1)


def retarget(bits: int, *, seconds: int, limit_bits: int) -> int:
    """The bits of a new period: `bits` scaled by how long the old one took, fourfold at most."""
    clamped = min(max(seconds, _TIMESPAN // 4), _TIMESPAN * 4)
    return compact(min(expand(bits) * clamped // _TIMESPAN, expand(limit_bits)))


def rules_of(network: Network) -> HeaderRules:
    """The rules of a network.

    Signet's blocks are signed too, which their headers do not show: whoever mines at its low
    difficulty could make us believe another signet chain. Its coins are worth nothing.
    """
    return _RULES[network]


def _header(text: str) -> Header:
    return Header.parse(bytes.fromhex(text))


# Satoshi's coinbase is in three of the genesis blocks.
_NO_PREVIOUS = "01000000" + "00" * 32
_NEWSPAPER = "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
# Block 481,824 is where segwit begins: no channel is older.
_SEGWIT = (
    "02000020801b81629334be8e7af5ebfb9df09c18e1f833b5f0efcb000000000000000000"
    "40d1ca077fefe7fb797711baa0c063eca9b8ed9469ae0128982b44ad0c253864"
    "91329e59e93c011822ff5422"
)
_TESTNET4 = (
    _NO_PREVIOUS
    + "4e7b2b9128fe0291db0693af2ae418b767e657cd407e80cb1434221eaea7a07a"
    + "046f3566ffff001dbb0c7817"
)
_SIGNET = _NO_PREVIOUS + _NEWSPAPER + "008f4d5fae77031e8ad22203"
_REGTEST = _NO_PREVIOUS + _NEWSPAPER + "dae5494dffff7f2002000000"

_RULES = {
    Network.MAINNET: HeaderRules(_header(_SEGWIT), 481_824, 0x1D00FFFF),
    Network.TESTNET: HeaderRules(
        _header(_TESTNET4), 0, 0x1D00FFFF, slow_blocks_are_easy=True, bip94=True
    ),
    Network.SIGNET: HeaderRules(_header(_SIGNET), 0, 0x1E0377AE),
    Network.REGTEST: HeaderRules(_header(_REGTEST), 0, 0x207FFFFF, retargets=False),
}
