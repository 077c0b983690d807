"""Every state looks as it was kept, within what fonts and times change."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from tests.ui import gallery
from tests.ui.gallery import KEPT, MODES, NAMES, SIZES, Shot
from tipdesk.ui.loop import run
from tipdesk.ui.theme.theme import Mode, theme

PARTS = 12
"""Each test renders so many states one after the other: a window for each."""


def way(number: int) -> Shot:
    """One of the four ways, light or dark by the part; all of them: `make screenshots`."""
    return Shot(NAMES[number], MODES[number % PARTS % 2], SIZES[number // PARTS % 2])


@pytest.fixture(autouse=True)
def look_afterwards() -> Iterator[None]:
    """Other tests find the theme as it was."""
    before = theme().mode, theme().contrast, theme().motion
    yield
    theme().motion = before[2]
    theme().use(before[0], before[1])


@pytest.mark.parametrize("part", range(PARTS))
def test_every_state_looks_as_it_was_kept(qapp: QApplication, part: int) -> None:
    async def whole() -> dict[str, str]:
        found = {}
        for number in range(part, len(NAMES), PARTS):
            shot = way(number)
            found[shot.file_name] = gallery.verdict(shot, await gallery.render(shot))
        return found

    seen = run(whole)
    assert {name: said for name, said in seen.items() if said} == {}, (
        "look at them with `make screenshots`; if they are right, keep them with ARGS=--keep"
    )


def test_nothing_is_kept_of_states_that_are_gone() -> None:
    assert {path.stem for path in KEPT.glob("*.png")} == set(NAMES)


def test_what_the_manual_shows_is_there_and_nothing_else() -> None:
    assert set(gallery.SHOWN_IN_HELP) <= set(NAMES)
    assert {path.stem for path in gallery.HELP.glob("*.png")} == set(gallery.SHOWN_IN_HELP)


def test_a_picture_in_which_something_is_missing_is_told(qapp: QApplication) -> None:
    shot = Shot("page-wallet", Mode.LIGHT, SIZES[0])
    before = gallery.kept(shot)
    assert before is not None
    assert gallery.differences(before, before) == (0.0, 0.0)
    painted = QImage(before)
    for x in range(30, 62):
        for y in range(12, 30):
            painted.setPixelColor(x, y, QColor("#000000"))
    _, worst = gallery.differences(before, painted)
    assert worst > gallery.MOST_IN_A_BLOCK
