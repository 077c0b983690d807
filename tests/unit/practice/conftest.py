"""A clock that is set by hand, and a fresh practice chain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tipdesk.base.clock import Instant
from tipdesk.practice.regtest import Regtest

NOW = Instant.from_unix_seconds(1_790_000_000)


class SetClock:
    """Shows one moment."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> Instant:
        return self.instant


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def regtest(tmp_path: Path, clock: SetClock) -> Iterator[Regtest]:
    chain = Regtest(tmp_path, clock)
    yield chain
    chain.close()
