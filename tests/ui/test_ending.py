"""The whole program ends in order when it is asked from outside."""

import asyncio
import os
import signal
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from tests.ui import content
from tests.ui.conftest import until
from tests.ui.stage import Stage
from tests.ui.stage_front import StageDoor, StageStarts
from tests.ui.test_front import OPEN, opened, windows
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.loop import run
from tipdesk.ui.start import run_windows
from tipdesk.ui.views.main_window import MainWindow


@pytest.fixture
def door(stage: Stage) -> StageDoor:
    found = StageDoor(stage)
    found.entries.append(OPEN)
    found.preferences.change(last_profile="main")
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it(number: signal.Signals, qapp: QApplication, door: StageDoor) -> None:
    async def whole() -> None:
        running = asyncio.create_task(run_windows(door, StageStarts(), ()))
        await opened()
        os.kill(os.getpid(), number)
        async with asyncio.timeout(5):
            await running
        assert door.opened == door.closed == ["main"]

    before = signal.getsignal(signal.SIGTERM)
    run(whole)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_second_signal_does_not_wait(qapp: QApplication, door: StageDoor) -> None:
    async def whole() -> None:
        running = asyncio.create_task(run_windows(door, StageStarts(), ()))
        window = await opened()
        tip = content.tip(3_000, content.BELA, TipStatus.PAYING, 0)
        door.stage.tips.put(replace(tip, created_at=door.stage.clock.now()))
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: window.leaving.isVisible())
        assert not running.done()
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(5):
            await running

    run(whole)


def test_the_end_of_the_session_takes_back_what_has_not_left(
    qapp: QApplication, door: StageDoor
) -> None:
    async def whole() -> None:
        running = asyncio.create_task(run_windows(door, StageStarts(), ()))
        await opened()
        tip = content.tip(3_000, content.BELA, TipStatus.UNDO, 0)
        held = replace(tip, created_at=door.stage.clock.now(), can_undo=True)
        door.stage.tips.put(held)
        # There is no session manager here: the signal is what Qt gives when one asks.
        qapp.commitDataRequest.emit(None)
        assert door.stage.tips.all[tip.tip_id].state is TipStatus.CANCELLED
        async with asyncio.timeout(5):
            await running

    run(whole)


def test_a_start_at_login_without_a_tray_shows_its_window(
    qapp: QApplication, door: StageDoor
) -> None:
    async def whole() -> None:
        running = asyncio.create_task(run_windows(door, StageStarts(), (), hidden=True))
        await until(lambda: any(isinstance(one, MainWindow) for one in windows()))
        (window,) = windows()
        window.close()
        async with asyncio.timeout(5):
            await running

    run(whole)
