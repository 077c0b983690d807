"""What everything else waits for: signatures, and one whole round of a channel's machine."""

from time import perf_counter

from tests.bench.measure import Row, measure
from tests.channels import Pair
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey, verify_ecdsa

RUNS = 500


@measure("signatures")
def signatures() -> list[Row]:
    """One ECDSA signature made, and one checked."""
    key = PrivateKey(sha256(b"bench"))
    made, checked = [], []
    for number in range(RUNS):
        digest = sha256(b"digest %d" % number)
        start = perf_counter()
        signature = key.sign_ecdsa(digest)
        middle = perf_counter()
        verify_ecdsa(key.point, signature, digest)
        made.append((middle - start) * 1e6)
        checked.append((perf_counter() - middle) * 1e6)
    return [Row.of("signature made", "us", made), Row.of("signature checked", "us", checked)]


@measure("channel")
def channel() -> list[Row]:
    """An HTLC added, committed, fulfilled and gone again: both sides, no wire and no disk."""
    rows = []
    for name, amount in (("21 sat", Msat(21_000)), ("5,000 sat", Msat(5_000_000))):
        pair = Pair()
        pair.open()
        values = []
        for number in range(60):
            start = perf_counter()
            pair.alice.add(number, amount)
            pair.deliver()
            pair.bob.fulfill(pair.bob.committed_incoming()[0], number)
            pair.deliver()
            values.append((perf_counter() - start) * 1e3)
        rows.append(Row.of(f"channel round of {name}, both sides", "ms", values))
    return rows
