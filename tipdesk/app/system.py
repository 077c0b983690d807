"""The real clock and the real source of randomness."""

import os
import time

from tipdesk.base.clock import Instant


class SystemClock:
    """The machine's clock."""

    def now(self) -> Instant:
        """The present moment."""
        return Instant(time.time_ns() // 1_000_000)


class SystemEntropy:
    """The operating system's randomness."""

    def random_bytes(self, count: int) -> bytes:
        """`count` fresh random bytes."""
        return os.urandom(count)
