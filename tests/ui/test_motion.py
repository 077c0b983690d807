"""Motion: a bolt fills while a tip can be undone, one that settled travels; reduced, neither."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui.conftest import Play, until
from tests.ui.stage import Stage
from tests.ui.test_tipping_window import card_of
from tipdesk.base.clock import Instant
from tipdesk.ui.theme.theme import Motion, theme
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.widgets.filling_bolt import UndoButton, part_gone
from tipdesk.ui.widgets.travel import Travel

LEFT = Qt.MouseButton.LeftButton
WINDOW_MS = 5_000
UNTIL = Instant(10_000)


@pytest.fixture
def reduced(stage: Stage) -> None:
    """The person wants nothing to move (the window wears what the preferences say)."""
    stage.preferences.change(motion="reduced")


@pytest.fixture(autouse=True)
def full_again() -> Iterator[None]:
    yield
    theme().motion = Motion.FULL


@pytest.mark.parametrize(
    ("now", "part"), [(5_000, 0.0), (6_250, 0.25), (9_999, 0.9998), (10_000, 1.0), (12_000, 1.0)]
)
def test_the_bolt_is_as_full_as_time_is_over(now: int, part: float) -> None:
    assert part_gone(UNTIL, Instant(now), WINDOW_MS) == pytest.approx(part)


def test_with_reduced_motion_it_fills_in_whole_seconds() -> None:
    theme().motion = Motion.REDUCED
    parts = [part_gone(UNTIL, Instant(now), WINDOW_MS) for now in (5_000, 5_999, 6_000, 9_400)]
    assert parts == pytest.approx([0.0, 0.0, 0.2, 0.8])


def test_without_an_undo_window_it_is_full_at_once() -> None:
    assert part_gone(UNTIL, Instant(5_000), 0) == 1.0


def test_more_of_the_bolt_is_painted_the_later_it_is(qapp: QApplication) -> None:
    button = UndoButton("Undo")
    button.resize(button.sizeHint())

    def filled(part: float) -> int:
        button.show_part(part)
        image = button.grab().toImage()
        ink = theme().roles.accent_ink
        points = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return sum(image.pixelColor(x, y).name() == ink.lower() for x, y in points)

    painted = [filled(part) for part in (0.0, 0.35, 0.7, 1.0)]
    assert painted == sorted(set(painted))


def test_the_button_of_a_card_fills_while_its_tip_can_be_undone(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        stage.clock.run()
        QTest.mouseClick(card_of(window, 1).tip_button.segments[0], LEFT)
        button = card_of(window, 1).tip_button.undo_button
        await until(button.isVisible)
        first = button.part
        await until(lambda: button.part > first)

    play(scene)


def test_a_tip_that_settles_travels_to_the_total_and_is_gone(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await settle_a_tip(window, stage)
        travel = card_of(window, 1).travel
        await until(travel.isVisible)
        begin = travel.x()
        await until(lambda: travel.isHidden())
        # From the right, where the button is, to the total on the left.
        assert travel.x() < begin - 100

    play(scene)


def test_a_row_that_shows_another_post_takes_no_bolt_along(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await settle_a_tip(window, stage)
        card = card_of(window, 1)
        await until(card.travel.isVisible)
        card.show_row(stage.feeds.posts()[4])
        assert card.travel.isHidden()

    play(scene)


@pytest.mark.usefixtures("reduced")
def test_with_reduced_motion_nothing_travels(play: Play, stage: Stage) -> None:
    async def scene(window: MainWindow) -> None:
        await settle_a_tip(window, stage)
        card = card_of(window, 1)
        await until(lambda: card.view is not None and card.view.my_tip is not None)
        await until(lambda: bool(card.view and card.view.my_tip and card.view.my_tip.state.is_paid))
        assert card.travel.isHidden()

    play(scene)


def test_a_second_way_begins_anew(qapp: QApplication) -> None:
    place = QWidget()
    place.resize(400, 100)
    place.show()
    travel = Travel(place)
    travel.begin(QPointF(300, 50), QPointF(20, 50))
    travel.begin(QPointF(200, 50), QPointF(20, 50))
    assert travel.x() > 150
    travel.stop()
    assert travel.isHidden()


async def settle_a_tip(window: MainWindow, stage: Stage) -> None:
    QTest.mouseClick(card_of(window, 1).tip_button.segments[0], LEFT)
    button = card_of(window, 1).tip_button.undo_button
    await until(button.isVisible)
    stage.tips.settle(stage.tips.tips()[0].tip_id)
