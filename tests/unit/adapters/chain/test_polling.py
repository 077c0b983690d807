"""A poller looks again and again, more seldom while it fails, and gives up in the end."""

import asyncio

import pytest

from tipdesk.adapters.chain.polling import MAX_FAILURES, Poller
from tipdesk.ports.chain import SourceUnreachable


class Looking:
    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.times: list[float] = []
        self.lost = 0
        self.poller = Poller(self.look, self.gone, 0.01)

    async def look(self) -> None:
        self.times.append(asyncio.get_running_loop().time())
        if self.failures:
            self.failures -= 1
            raise SourceUnreachable("away")

    def gone(self) -> None:
        self.lost += 1


async def test_it_looks_until_it_is_stopped() -> None:
    looking = Looking()
    looking.poller.start()
    await asyncio.sleep(0.1)
    await looking.poller.stop()
    seen = len(looking.times)
    assert 3 <= seen <= 11
    await asyncio.sleep(0.05)
    assert (len(looking.times), looking.lost) == (seen, 0)
    await looking.poller.stop()


async def test_failures_make_it_wait_longer_and_end_it() -> None:
    looking = Looking(failures=99)
    looking.poller.start()
    await asyncio.sleep(0.6)
    assert (len(looking.times), looking.lost) == (MAX_FAILURES, 1)
    pauses = [
        after - before for before, after in zip(looking.times, looking.times[1:], strict=False)
    ]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 5 * pauses[0]
    await looking.poller.stop()


async def test_a_success_forgives_failures_and_it_can_begin_again() -> None:
    looking = Looking(failures=MAX_FAILURES - 1)
    looking.poller.start()
    await asyncio.sleep(0.4)
    assert looking.lost == 0
    assert len(looking.times) > MAX_FAILURES
    await looking.poller.stop()
    looking.times.clear()
    looking.poller.start()
    looking.poller.wake()
    await asyncio.sleep(0.005)
    assert len(looking.times) == 1
    await looking.poller.stop()


async def test_a_bug_is_told_and_raised() -> None:
    looking = Looking()

    async def wrong() -> None:
        raise ZeroDivisionError

    looking.poller = Poller(wrong, looking.gone, 0.01)
    looking.poller.start()
    await asyncio.sleep(0.05)
    assert looking.lost == 1
    with pytest.raises(ZeroDivisionError):
        await looking.poller.stop()
