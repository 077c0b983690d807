"""The collector of garbage: off while a loop runs, and afterwards as it was found."""

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from tipdesk.ui.sweeper import Sweeper


@pytest.fixture(autouse=True)
def as_before(qapp: QApplication) -> Iterator[None]:
    """The suite freezes what it has collected."""
    yield
    gc.enable()
    gc.collect()
    gc.freeze()


def test_python_itself_collects_only_outside() -> None:
    with Sweeper():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_is_there_at_the_start_is_not_looked_at_again() -> None:
    gc.unfreeze()
    with Sweeper():
        assert gc.get_freeze_count() > 1_000
    assert gc.get_freeze_count() == 0


def test_what_somebody_froze_before_stays_frozen() -> None:
    gc.freeze()
    before = gc.get_freeze_count()
    kept = [[number] for number in range(before)]
    with Sweeper():
        assert gc.get_freeze_count() <= before
    assert gc.get_freeze_count() > before // 2
    assert len(kept) == before


def test_garbage_is_swept_without_python() -> None:
    with Sweeper() as sweeper:
        for _ in range(2 * gc.get_threshold()[0]):
            ring: list[object] = []
            ring.append(ring)
        sweeper.sweep()
        assert gc.get_count()[0] < gc.get_threshold()[0]
