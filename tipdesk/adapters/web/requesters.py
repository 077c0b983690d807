"""Who asks for invoices, and how often: so that one who asks too much is told, and nobody else."""

import ipaddress
from typing import Final

from tipdesk.base.clock import Clock

AT_ONCE: Final = 30
"""Invoices that one requester may ask for in a row."""
REFILL_MS: Final = 5_000
"""Then one in so long: 120 open ones at the most, as each lives for ten minutes."""
MAX_REQUESTERS: Final = 10_000
"""Remembered at a time; beyond it the one not heard of for longest is forgotten."""


class Requesters:
    """An allowance for each address (an IPv6 network of 64 bits counts as one)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._owed: dict[str, int] = {}
        """For each requester until when, in Unix milliseconds, what it asked for is paid off."""

    def may_ask(self, remote: str | None, forwarded_for: str) -> bool:
        """Whether a request is within the allowance; it is counted if so.

        `remote` is who is connected to us. On loopback that is our reverse proxy, which adds whom
        it serves to the end of `forwarded_for`, or ourselves, if it is empty.
        """
        who = _requester(remote, forwarded_for)
        if who is None:
            return True
        now = self._clock.now().ms
        owed = max(now, self._owed.pop(who, now))
        if owed - now > (AT_ONCE - 1) * REFILL_MS:
            self._owed[who] = owed
            return False
        self._owed[who] = owed + REFILL_MS
        if len(self._owed) > MAX_REQUESTERS:
            del self._owed[next(iter(self._owed))]
        return True


def _requester(remote: str | None, forwarded_for: str) -> str | None:
    address = _address(remote or "")
    if address is not None and address.is_loopback:
        if not forwarded_for:
            return None
        # What stands before the last entry was written by the requester.
        last = forwarded_for.rsplit(",", 1)[-1].strip()
        address = _address(last)
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text[:64])
    except ValueError:
        return None
