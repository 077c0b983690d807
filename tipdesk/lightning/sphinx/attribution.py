"""BOLT 4, "Returning Errors", `attribution_data`: how long each hop held an HTLC, by its own word.

It goes back beside a preimage or a failure packet: twenty hold times, newest first, and under each
of the last twenty nodes its HMACs, one for every place in a route that it may have. A node that
alters anything breaks its own HMAC or its neighbour's, so that the origin knows the pair to blame.
"""

from collections.abc import Sequence
from typing import Final

from tipdesk.crypto.hashes import hmac_sha256, same
from tipdesk.lightning.sphinx.keys import key_of, xor_stream

MAX_HOPS: Final = 20
HOLD_TIME_UNIT_MS: Final = 100

_TIME = 4
_HMAC = 4
_TIMES: Final = MAX_HOPS * _TIME
_HMACS: Final = MAX_HOPS * (MAX_HOPS + 1) // 2 * _HMAC

ATTRIBUTION_BYTES: Final = _TIMES + _HMACS
_NOTHING = bytes(ATTRIBUTION_BYTES)
_MOST = (1 << 8 * _TIME) - 1
_ROUNDS = 27
_DUMMY_SECRET = bytes(32)

_STARTS: Final = tuple(
    _HMAC * sum(MAX_HOPS - before for before in range(node)) for node in range(MAX_HOPS + 1)
)
"""Where each node's HMACs begin: 20 of the newest, the farthest position first, then 19, ..."""

_BEHIND: Final = tuple(
    tuple(start + _HMAC * (MAX_HOPS - 1 - position) for start in _STARTS[1 : position + 1])
    for position in range(MAX_HOPS)
)
"""The HMACs that a node covers that stands `position` hops before the last: one a node behind it,
each for the place that the node then has."""


def add_hold_time(
    shared_secret: bytes, hold_time_ms: int, packet: bytes, downstream: bytes = b""
) -> bytes:
    """What the node with `shared_secret` sends upstream beside `packet`.

    The packet is the failure before this node's own wrapping, empty beside a preimage. Nothing
    usable from downstream (the node ends the payment, or the next one does not know of this) is
    as good as zeroes.
    """
    below = downstream if len(downstream) == ATTRIBUTION_BYTES else _NOTHING
    held = min(max(0, hold_time_ms) // HOLD_TIME_UNIT_MS, _MOST)
    times = held.to_bytes(_TIME, "big") + below[: _TIMES - _TIME]
    hmacs = bytes(MAX_HOPS * _HMAC) + _shifted(below[_TIMES:])
    key = key_of(b"um", shared_secret)
    own = b"".join(_hmac(key, packet, times, hmacs, place) for place in range(MAX_HOPS)[::-1])
    return xor_stream(b"ammagext", shared_secret, times + own + hmacs[len(own) :])


def read_hold_times(
    shared_secrets: Sequence[bytes], attribution: bytes, packet: bytes | None = None
) -> tuple[int, ...]:
    """The hold times in milliseconds of the first hops, as far as their HMACs are right.

    Beside a preimage a shorter answer than the route has hops means: from there on it is not told,
    or was altered. Beside a failure it ends with the node that failed, or before the pair to blame.
    With a failure at least 27 hops are walked, so that the time does not tell how long the way is.
    """
    if len(attribution) != ATTRIBUTION_BYTES or len(shared_secrets) > MAX_HOPS:
        return ()
    found: list[int] = []
    rounds = len(shared_secrets) if packet is None else _ROUNDS
    for index in range(rounds):
        real = index < len(shared_secrets)
        secret = shared_secrets[index] if real else _DUMMY_SECRET
        attribution = xor_stream(b"ammagext", secret, attribution)
        packet = b"" if packet is None else xor_stream(b"ammag", secret, packet)
        times, hmacs = attribution[:_TIMES], attribution[_TIMES:]
        place = max(0, len(shared_secrets) - 1 - index)
        at = _HMAC * (MAX_HOPS - 1 - place)
        genuine = same(
            _hmac(key_of(b"um", secret), packet, times, hmacs, place), hmacs[at : at + _HMAC]
        )
        if real and genuine and len(found) == index:
            found.append(int.from_bytes(times[:_TIME], "big") * HOLD_TIME_UNIT_MS)
        attribution = times[_TIME:] + bytes(_TIME) + _unshifted(hmacs)
    return tuple(found)


def _hmac(key: bytes, packet: bytes, times: bytes, hmacs: bytes, place: int) -> bytes:
    behind = [hmacs[at : at + _HMAC] for at in _BEHIND[place]]
    return hmac_sha256(key, packet + times[: _TIME * (place + 1)] + b"".join(behind))[:_HMAC]


def _shifted(hmacs: bytes) -> bytes:
    """One node farther: of each node the HMAC falls away for a place that it cannot have now."""
    return b"".join(
        hmacs[_STARTS[node] + _HMAC : _STARTS[node + 1]] for node in range(MAX_HOPS - 1)
    )


def _unshifted(hmacs: bytes) -> bytes:
    """The inverse, with zeroes for what fell away: no place in this route needs it."""
    nodes = range(1, MAX_HOPS + 1)
    return b"".join(
        bytes(_HMAC) + hmacs[_STARTS[node] : _STARTS[min(node + 1, MAX_HOPS)]] for node in nodes
    )
