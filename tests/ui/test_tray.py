"""The tray: what waits, what can still be done, parts of one tip together, what came back."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_pages import texts
from tests.ui.test_tip_panel import row_of, view_of
from tipdesk.base.units import Msat
from tipdesk.services.views import TipView
from tipdesk.tips.tip import Reward, TipStatus
from tipdesk.ui import format as words
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName
from tipdesk.ui.widgets.tip_row import TipRow

LEFT = Qt.MouseButton.LeftButton
EVIL_TEXT = "<b>Your code</b> is \u202e<img src=x> 4711"


class Opened(QObject):
    """Remembers what would have been opened in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Opens nothing."""
        self.urls.append(url.toString())


@pytest.fixture
def opened(qapp: object) -> Iterator[Opened]:
    """Links go here for the time of a test."""
    handler = Opened()
    QDesktopServices.setUrlHandler("https", handler, "take")  # type: ignore[arg-type]
    yield handler
    QDesktopServices.unsetUrlHandler("https")


def share(window: MainWindow, stage: Stage) -> list[TipView]:
    """A tip to the post that is shared among three; its parts."""
    window.models.tips.send(view_of(stage, row_of(stage, "Market day")), Msat(100_000))
    return sorted((t for t in stage.tips.tips() if t.gift), key=lambda t: -t.amount.value)


def test_the_parts_of_a_shared_tip_are_one_bar_and_undone_at_once(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        parts = share(window, stage)
        bar = window.tray.bars[0]
        await until(lambda: bar.isVisible())
        assert not window.tray.bars[1].isVisible()
        assert bar.accessibleName() == "Tipping 100 sat to 3 people. 3 on the way"
        assert {p.recipient.title for p in parts} <= set(texts(bar))
        QTest.mouseClick(bar.button, LEFT)
        assert {stage.tips.all[p.tip_id].state for p in parts} == {TipStatus.CANCELLED}

    play(scene)


def test_only_the_part_that_failed_is_paid_again(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        first, second, third = share(window, stage)
        stage.tips.settle(first.tip_id)
        stage.tips.settle(third.tip_id)
        failed = content.tip(0, content.ANA, TipStatus.FAILED, 0, amount=second.amount)
        stage.tips.put(replace(failed, tip_id=second.tip_id, gift=second.gift))
        bar = window.tray.bars[0]
        await until(lambda: bar.button.text() == "Pay the rest again")
        assert "2 paid, 1 not paid" in bar.accessibleName()
        begun = len(stage.tips.intents)
        QTest.mouseClick(bar.button, LEFT)
        assert [i.amount for i in stage.tips.intents[begun:]] == [second.amount]
        await until(lambda: "2 paid, 1 on the way" in bar.accessibleName())
        assert not window.tray.bars[1].isVisible()

    play(scene)


def test_what_is_long_in_flight_is_counted_and_found_by_its_button(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        assert window.tray.more_button.text() == "1 tip in flight"
        assert not window.tray.bars[0].isVisible()
        QTest.mouseClick(window.tray.more_button, LEFT)
        assert window.page is PageName.TIPS

    play(scene)


def test_a_tip_in_flight_offers_nothing_and_says_what_will_become_of_it(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        stage.tips.put(content.tip(3_000, content.BELA, TipStatus.IN_FLIGHT, 0))
        bar = window.tray.bars[0]
        await until(lambda: bar.isVisible())
        assert "It will arrive, or come back to you." in bar.accessibleName()
        assert bar.button.isHidden()
        flying = content.tip(3_000, content.BELA, TipStatus.IN_FLIGHT, 0)
        ends_by = content.NOW.plus_ms(30 * 24 * content.HOUR)
        stage.tips.put(replace(flying, ends_by=ends_by))
        when = f"{words.clock_time(ends_by)} on {words.short_day(ends_by)}"
        said = f"It will arrive, or comes back by about {when} at the latest."
        await until(lambda: said in bar.accessibleName())
        window.open_page(PageName.TIPS)
        assert said in texts(window.pages.tips)
        stage.clock.offset_ms += 61_000
        window.models.tips.touch()
        await until(lambda: window.tray.more_button.text() == "2 tips in flight")

    play(scene)


def test_what_came_back_stays_until_it_is_seen_is_copied_and_found_again(
    play: Play, stage: Stage
) -> None:
    async def scene(window: MainWindow) -> None:
        tip = content.tip(3_000, content.BELA, TipStatus.PAYING, 0)
        stage.tips.put(tip)
        stage.tips.settle(tip.tip_id, reward=Reward(EVIL_TEXT))
        bar, panel = window.tray.bars[0], window.of_tip.reward
        await until(lambda: bar.button.text() == "See what came back")
        stage.clock.offset_ms += 60_000
        window.models.tips.touch()
        await asyncio.sleep(0.02)
        assert bar.isVisible()
        QTest.mouseClick(bar.button, LEFT)
        assert panel.isVisible()
        assert panel.shown_text == "<b>Your code</b> is <img src=x> 4711"
        assert panel.open_button.isHidden()
        QTest.mouseClick(panel.copy_button, LEFT)
        assert QGuiApplication.clipboard().text() == panel.shown_text
        await until(lambda: not bar.isVisible())
        panel.dismiss()
        window.open_page(PageName.TIPS)
        row = window.pages.tips.list.card(0)
        assert isinstance(row, TipRow)
        assert row.button.text() == "What came back"
        QTest.mouseClick(row.button, LEFT)
        assert panel.isVisible()

    play(scene)


def test_a_link_shows_its_whole_address_and_opens_only_when_pressed(
    play: Play, stage: Stage, opened: Opened
) -> None:
    url = "https://pictures.example/order?token=" + "abc123" * 30

    async def scene(window: MainWindow) -> None:
        tip = content.tip(3_000, content.BELA, TipStatus.PAYING, 0)
        stage.tips.put(tip)
        stage.tips.settle(tip.tip_id, reward=Reward("Your print", url))
        await until(lambda: window.tray.bars[0].button.text() == "See what came back")
        QTest.mouseClick(window.tray.bars[0].button, LEFT)
        assert window.of_tip.reward.shown_address == url
        assert opened.urls == []
        QTest.mouseClick(window.of_tip.reward.open_button, LEFT)
        assert opened.urls == [url]

    play(scene)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "https://x.example/\u202egpj.exe", "https://x.example/" + "a" * 3_000],
)
def test_a_link_that_is_not_shown_as_it_is_cannot_be_opened(
    play: Play, stage: Stage, url: str
) -> None:
    async def scene(window: MainWindow) -> None:
        tip = content.tip(3_000, content.BELA, TipStatus.PAYING, 0)
        stage.tips.put(tip)
        stage.tips.settle(tip.tip_id, reward=Reward("Your print", url))
        await until(lambda: window.tray.bars[0].button.text() == "See what came back")
        QTest.mouseClick(window.tray.bars[0].button, LEFT)
        assert window.of_tip.reward.isVisible()
        assert window.of_tip.reward.open_button.isHidden()

    play(scene)


def test_what_is_done_leaves_the_tray_by_itself(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        parts = share(window, stage)
        for part in parts:
            stage.tips.settle(part.tip_id)
        await until(lambda: window.tray.bars[0].accessibleName().startswith("Tipped 100 sat"))
        stage.clock.offset_ms += 5_000
        window.models.tips.touch()
        await until(lambda: not window.tray.bars[0].isVisible())

    play(scene)
