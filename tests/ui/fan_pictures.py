"""Renders the fan's side in its states: python -m tests.ui.fan_pictures DIRECTORY [NAME ...]."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui import content
from tests.ui.stage import Stage, make_stage
from tipdesk.base.units import Msat
from tipdesk.tips.visibility import Visibility
from tipdesk.ui.loop import run
from tipdesk.ui.main import application, open_window
from tipdesk.ui.theme.theme import Mode, theme
from tipdesk.ui.views.main_window import MainWindow

Play = Callable[[MainWindow, Stage], Awaitable[None]]
SIZES = ((1_280, 800), (1_024, 700))
_SETTLE_S = 0.35
SHIFT = Qt.KeyboardModifier.ShiftModifier


def go_to(window: MainWindow, stage: Stage, text: str) -> None:
    """The keyboard is on the post that begins so."""
    rows = enumerate(stage.feeds.posts())
    row = next(row for row, view in rows if view.post.text.startswith(text))
    window.feed_page.list.set_current(row)


async def feed(window: MainWindow, stage: Stage) -> None:
    """Posts with totals and what is proven of them; a picture that the keyboard is on."""
    go_to(window, stage, "Market day")
    await asyncio.sleep(_SETTLE_S)
    for _ in range(2):
        QTest.keyClick(window.feed_page.list, Qt.Key.Key_Right)


async def panel(window: MainWindow, stage: Stage) -> None:
    """One's own amount, to one person."""
    stage.messages.words.reachable.add(content.ANA.pubkey)
    QTest.keyClick(window.feed_page.list, Qt.Key.Key_J)
    QTest.keyClick(window.feed_page.list, Qt.Key.Key_T, SHIFT)
    window.tip_panel.amount.setText("2,100")
    window.tip_panel.draft.set_visibility(Visibility.PRIVATE)
    window.tip_panel.comment.setText("For the strings")


async def shared(window: MainWindow, stage: Stage) -> None:
    """A picture of a post whose tips are shared, in fiat."""
    await feed(window, stage)
    QTest.keyClick(window.feed_page.list, Qt.Key.Key_T, SHIFT)
    window.tip_panel.amount.unit.click()
    window.tip_panel.amount.setText("1.50")
    window.tip_panel.comment.setFocus()


async def again(window: MainWindow, stage: Stage) -> None:
    """An amount that has to be typed twice; no rate."""
    stage.rates.lose()
    QTest.keyClick(window.feed_page.list, Qt.Key.Key_T, SHIFT)
    window.tip_panel.amount.setText("60,000")
    window.tip_panel.form.send()
    window.tip_panel.form.again.setText("6,000")
    window.tip_panel.form.send()


async def viewer(window: MainWindow, stage: Stage) -> None:
    """A picture, large, just tipped."""
    stage.clock.run()
    view = next(v for v in stage.feeds.posts() if len(v.post.images) == 4)
    window.viewer.open_for(view, 2)
    await asyncio.sleep(_SETTLE_S)
    window.models.tips.send(view, Msat(21_000), picture=view.post.images[2].url)


PLAYS: dict[str, Play] = {
    "feed": feed,
    "panel": panel,
    "shared": shared,
    "again": again,
    "viewer": viewer,
}


async def main(directory: Path, only: list[str]) -> None:
    """Every play in both themes, at both sizes."""
    for mode in (Mode.LIGHT, Mode.DARK):
        theme().use(mode)
        for width, height in SIZES:
            for name, play in PLAYS.items():
                if only and name not in only:
                    continue
                stage = make_stage()
                window = open_window(stage)
                window.resize(width, height)
                await asyncio.sleep(_SETTLE_S)
                await play(window, stage)
                await asyncio.sleep(_SETTLE_S)
                window.grab().save(str(directory / f"fan-{name}-{mode.value}-{width}.png"))
                window.stop()
                window.close()


if __name__ == "__main__":
    application()
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    run(lambda: main(target, sys.argv[2:]))
