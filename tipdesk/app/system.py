"""The real clock, the real source of randomness, and how TipDesk starts itself."""

import os
import sys
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


def own_command() -> tuple[str, ...]:
    """What starts a further process of this very TipDesk; its arguments follow."""
    if getattr(sys, "frozen", False):
        # A package: the executable is TipDesk, and there is no Python beside it.
        return (sys.executable,)
    return (sys.executable, "-m", "tipdesk")
