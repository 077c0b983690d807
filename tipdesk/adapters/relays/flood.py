"""How much one relay may say: a burst, and then so much a second."""


class FloodGate:
    """A token bucket. The clock is the caller's, in seconds."""

    def __init__(self, *, burst: int, per_second: int, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = float(burst)
        self._at = now
        self.dropped = 0

    def admits(self, now: float) -> bool:
        """Whether one more frame may pass; if not, it is counted."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            self.dropped += 1
            return False
        self._left -= 1
        return True
