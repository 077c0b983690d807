"""What the desktop is told of, and where a press leads."""

from dataclasses import replace

import pytest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_desktop import landed
from tipdesk.base.units import Msat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.events import ChannelsChanged
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.desktop import Desktop
from tipdesk.ui.viewmodels.news import THANK
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName


def dressed(window: MainWindow, stage: Stage) -> Desktop:
    desktop = Desktop(stage, has_tray=lambda: True)
    desktop.take(window)
    window.hide()
    return desktop


def titles(stage: Stage) -> list[str]:
    return [told.title for told in stage.notifications.shown]


def test_a_tip_is_told_of_and_can_be_thanked_for(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        tip = replace(
            landed(stage, 1), sender=content.ANA, amount=Msat(21_000), comment="<b>nice</b>\nset"
        )
        stage.creator.land(tip)
        await until(lambda: len(stage.notifications.shown) == 1, 5)
        (told,) = stage.notifications.shown
        assert told.title == f"{content.ANA.title} tipped you 21 sat"
        assert told.body == "<b>nice</b> set"
        assert [key for key, _ in told.actions] == ["default", "thank"]
        stage.notifications.press(1, THANK)
        assert window.isVisible()
        assert window.page is PageName.MESSAGES
        stage.notifications.press(1, "default")
        assert window.page is PageName.MESSAGES
        desktop.release()
        assert stage.notifications.heard == []

    play(scene)


def test_several_within_seconds_are_one_and_a_payment_is_told_of_once(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        for number in range(3):
            tip = replace(landed(stage, number), amount=Msat(10_000))
            stage.creator.land(tip)
            stage.wallet.settle(tip.payment_hash, tip.amount)
        await until(lambda: bool(stage.notifications.shown), 5)
        assert titles(stage) == ["3 tips came in, 30 sat"]
        desktop.release()

    play(scene)


def test_hidden_amounts_and_a_locked_window_give_no_amounts_and_names(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        window.models.lock.is_locked = True
        stage.creator.land(replace(landed(stage, 1), sender=content.ANA))
        await until(lambda: bool(stage.notifications.shown), 5)
        (told,) = stage.notifications.shown
        assert (told.title, told.body) == ("A tip came in", "")
        page = window.page
        stage.notifications.press(1, "default")
        assert window.page is page
        desktop.release()

    play(scene)


def test_a_failed_tip_a_payment_and_a_channel_are_told_of(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        failed = content.tip(1_000, content.BELA, TipStatus.FAILED, 0)
        stage.tips.put(failed)
        stage.tips.put(failed)
        stage.channels.views[0] = replace(stage.channels.views[0], status=ChannelStatus.FAILED)
        stage.bus.publish(ChannelsChanged())
        stage.bus.publish(ChannelsChanged())
        stage.wallet.add_payment(Direction.IN, PaymentState.SUCCEEDED)
        await until(lambda: len(stage.notifications.shown) == 3, 5)
        assert titles(stage)[:2] == ["A tip was not paid", "A channel needs you"]
        assert titles(stage)[2].startswith("1 payment came in, ")
        stage.notifications.press(2, "default")
        assert window.page is PageName.CHANNELS
        desktop.release()

    play(scene)


def test_nothing_is_told_where_it_is_not_wanted_and_the_tray_where_nobody_else_does(
    play: Play, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(window: MainWindow) -> None:
        desktop = dressed(window, stage)
        window.models.desktop.notify(False)
        stage.tips.put(content.tip(1_000, content.BELA, TipStatus.FAILED, 0))
        window.models.desktop.notify(True)
        stage.notifications.is_away = True
        said: list[str] = []
        assert desktop.tray is not None
        monkeypatch.setattr(desktop.tray, "tell", lambda told, _: said.append(told.title))
        stage.tips.put(content.tip(2_000, content.BELA, TipStatus.FAILED, 0))
        await until(lambda: said == ["A tip was not paid"])
        assert stage.notifications.shown == []
        desktop.release()

    play(scene)
