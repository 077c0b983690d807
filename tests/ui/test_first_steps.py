"""The way to the first tip: what is done is ticked, the next step is one press away."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tipdesk.base.units import Sat
from tipdesk.ports.channels import ChannelStatus
from tipdesk.services.events import ChannelsChanged, TipChanged
from tipdesk.tips.tip import TipStatus
from tipdesk.ui.viewmodels.first_steps import Step
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def beginner(stage: Stage) -> Stage:
    """Nothing here yet."""
    stage.tips.all.clear()
    stage.channels.views = []
    stage.wallet.confirmed = stage.wallet.unconfirmed = Sat(0)
    stage.follows.now.clear()
    return stage


def done(window: MainWindow) -> list[bool]:
    return [state.is_done for state in window.models.first_steps.states]


def test_the_steps_are_ticked_one_after_the_other(play: Play, beginner: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        card = window.pages.feed.first_steps
        assert card.isVisible()
        assert card.button.text() == "Get sats"
        beginner.wallet.confirmed = Sat(200_000)
        opening = replace(content.channels()[0], status=ChannelStatus.CONFIRMING)
        beginner.channels.views = [opening]
        beginner.bus.publish(ChannelsChanged())
        await until(lambda: "A channel, being opened" in texts(card))
        assert done(window) == [True, False, False, False]
        beginner.channels.views = [replace(opening, status=ChannelStatus.ONLINE)]
        beginner.bus.publish(ChannelsChanged())
        await until(lambda: card.button.text() == "Follow somebody")
        beginner.follows.now.append(content.ANA.pubkey)
        beginner.bus.publish(ChannelsChanged())
        await until(lambda: card.button.text() == "Show me a post")
        QTest.mouseClick(card.button, LEFT)
        assert window.focusWidget() is window.pages.feed.list
        paid = content.tip(1, content.ANA, TipStatus.PAID, 0)
        beginner.tips.all[paid.tip_id] = paid
        beginner.bus.publish(TipChanged(paid.tip_id))
        await until(lambda: not card.isVisible())

    play(scene)


def test_each_step_opens_where_it_is_taken(play: Play, beginner: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        card = window.pages.feed.first_steps
        QTest.mouseClick(card.button, LEFT)
        assert window.first_sats.isVisible()
        card.taken.emit(Step.CHANNEL)
        assert window.page is PageName.CHANNELS
        window.open_page(PageName.FEED)
        card.taken.emit(Step.FOLLOW)
        assert window.people.following.isVisible()

    play(scene)


def test_whoever_has_tipped_never_sees_the_steps(play: Play) -> None:
    async def scene(window: MainWindow) -> None:
        assert not window.pages.feed.first_steps.isVisible()

    play(scene)


def test_the_steps_can_be_put_away_for_good(play: Play, beginner: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        card = window.pages.feed.first_steps
        QTest.mouseClick(card.close_button, LEFT)
        await until(lambda: not card.isVisible())
        assert not beginner.preferences.now.show_first_steps

    play(scene)


def test_sellers_are_opened_by_the_person_alone(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)

    async def scene(window: MainWindow) -> None:
        window.open_first_sats()
        panel = window.first_sats
        for region in panel.region.buttons:
            panel.region.buttons[region].click()
            assert panel.buttons
            await until(lambda: all(b.isVisible() for b in panel.buttons))
            shown = texts(panel)
            for button in panel.buttons:
                address = button.accessibleName().split()[1]
                assert address.startswith("https://")
                assert address in shown
        assert opened == []
        QTest.mouseClick(panel.buttons[0], LEFT)
        assert opened == ["https://learn.robosats.org"]
        QTest.mouseClick(panel.receive, LEFT)
        assert window.page is PageName.WALLET
        assert window.pages.wallet.receive_panel is not None
        assert window.pages.wallet.receive_panel.isVisible()

    play(scene)
