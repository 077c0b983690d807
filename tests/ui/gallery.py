"""Every page and state as a picture: python -m tests.ui.gallery [--keep] [NAME ...].

Written to build/screenshots, in both themes and at both sizes, and compared with what is kept:
a sheet of four small pictures for each state (`tests/ui/kept`). With --keep the new ones are kept,
and so are the large ones that the manual shows (`resources/help`).
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from tests.ui import (
    book_pictures,
    desk_pictures,
    fan_pictures,
    front_pictures,
    private_pictures,
    reading_pictures,
    writing_pictures,
)
from tests.ui import settings_pictures as settings
from tests.ui.stage import Stage, make_stage
from tests.ui.stage_front import StageDoor
from tipdesk.ui.loop import run, send_errors_to
from tipdesk.ui.main import close_window, open_window
from tipdesk.ui.program import application
from tipdesk.ui.theme.theme import Contrast, Mode, Motion, theme
from tipdesk.ui.viewmodels.front import FrontViewModel
from tipdesk.ui.views.front import FrontWindow
from tipdesk.ui.views.main_window import MainWindow
from tipdesk.ui.views.rail import PageName

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).parent / "kept"
HELP = ROOT / "resources" / "help"
SIZES = (QSize(1_280, 800), QSize(1_024, 700))
MODES = (Mode.LIGHT, Mode.DARK)
TILE = QSize(128, 80)
"""A state in small: enough to see what moved, went, or changed its colour."""
BLOCK = 16
MOST_ON_AVERAGE = 4.0
"""Of 255: fonts differ from machine to machine, and times of day with them."""
MOST_IN_A_BLOCK = 42.0
STILL_S = 0.04
MOST_LOOKS = 25
SHOWN_IN_HELP = (
    *("page-feed", "page-wallet", "page-channels", "page-history", "page-tips", "desk-income"),
    *("desk-alerts", "messages", "thread", "panel", "send-person", "palette", "front-welcome"),
    *("first-sats", "settings-0", "channels-open", "backups"),
)
"""At the larger size, the odd ones dark."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One state in one theme at one size."""

    name: str
    mode: Mode
    size: QSize

    @property
    def file_name(self) -> str:
        return f"{self.name}-{self.mode.value}-{self.size.width()}x{self.size.height()}.png"

    @property
    def place(self) -> QPoint:
        """Where it is on the sheet that is kept of its state."""
        column, row = SIZES.index(self.size), MODES.index(self.mode)
        return QPoint(column * TILE.width(), row * TILE.height())


def page(name: PageName) -> fan_pictures.Play:
    """A page as it is found."""

    async def play(window: MainWindow, stage: Stage) -> None:
        window.open_page(name)

    return play


PLAYS: dict[str, fan_pictures.Play] = {
    **{f"page-{name.name.lower()}": page(name) for name in PageName},
    **fan_pictures.PLAYS,
    **reading_pictures.PLAYS,
    **settings.PLAYS,
    **desk_pictures.PLAYS,
    **writing_pictures.PLAYS,
    **book_pictures.PLAYS,
    **private_pictures.PLAYS,
}
NAMES = (*PLAYS, *(f"front-{name}" for name in front_pictures.NAMES))


def shots(names: tuple[str, ...]) -> Iterator[Shot]:
    """Each state in all four ways."""
    return (Shot(name, mode, size) for mode in MODES for name in names for size in SIZES)


async def render(shot: Shot) -> QImage:
    """The window as it is then. The theme stays: changing it takes longer than the picture."""
    QApplication.setCursorFlashTime(0)
    theme().motion = Motion.REDUCED
    if (theme().mode, theme().contrast) != (shot.mode, Contrast.NORMAL):
        theme().use(shot.mode, Contrast.NORMAL)
    return await visit(shot.name, shot.size, lambda _: None)


async def visit(name: str, size: QSize, see: Callable[[QWidget], None]) -> QImage:
    """Brings a window to a state, and shows it; its picture."""
    return await (_visit_front if name.startswith("front-") else _visit_window)(name, size, see)


async def _visit_window(name: str, size: QSize, see: Callable[[QWidget], None]) -> QImage:
    stage = make_stage()
    window = open_window(stage)
    try:
        window.resize(size)
        await asyncio.sleep(STILL_S)
        await PLAYS[name](window, stage)
        picture = await stand_still(window)
        see(window)
        return picture
    finally:
        close_window(window)


async def _visit_front(name: str, size: QSize, see: Callable[[QWidget], None]) -> QImage:
    door = StageDoor(make_stage())
    model = FrontViewModel(door)
    window = FrontWindow(model)
    try:
        window.resize(size)
        front_pictures.show_step(name.removeprefix("front-"), model, door)
        window.show()
        picture = await stand_still(window)
        see(window)
        return picture
    finally:
        send_errors_to(None, window)
        window.close()
        window.deleteLater()


async def stand_still(window: QWidget) -> QImage:
    """Until two looks at it are the same: what is loaded and laid out late is there then."""
    now = before = QImage()
    for _ in range(MOST_LOOKS):
        await asyncio.sleep(STILL_S)
        now = window.grab().toImage()
        if now == before:
            break
        before = now
    return now


def small(image: QImage) -> QImage:
    """As it is kept."""
    return image.scaled(
        TILE, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    ).convertToFormat(QImage.Format.Format_RGB888)


def kept(shot: Shot) -> QImage | None:
    """What was kept of it; None if nothing was."""
    sheet = QImage(str(KEPT / f"{shot.name}.png"))
    if sheet.isNull():
        return None
    return sheet.copy(QRect(shot.place, TILE)).convertToFormat(QImage.Format.Format_RGB888)


def differences(one: QImage, other: QImage) -> tuple[float, float]:
    """The mean difference of two small pictures, and that of the worst block; 0 to 255."""
    width, height = TILE.width(), TILE.height()
    blocks: dict[tuple[int, int], list[int]] = {}
    for y in range(height):
        left, right = (bytes(cast("memoryview", i.constScanLine(y))) for i in (one, other))
        for x in range(width):
            at = 3 * x
            change = sum(abs(left[at + i] - right[at + i]) for i in range(3)) // 3
            blocks.setdefault((x // BLOCK, y // BLOCK), []).append(change)
    means = [sum(block) / len(block) for block in blocks.values()]
    return sum(means) / len(means), max(means)


def verdict(shot: Shot, image: QImage) -> str:
    """What is to be said of a picture; empty if it is as it was."""
    before = kept(shot)
    if before is None:
        return "nothing is kept of it"
    mean, worst = differences(small(image), before)
    if mean <= MOST_ON_AVERAGE and worst <= MOST_IN_A_BLOCK:
        return ""
    return f"differs by {mean:.1f} on average, {worst:.0f} where it is most"


def keep(name: str, images: dict[Shot, QImage]) -> None:
    """The sheet of a state, and what the manual shows of it."""
    sheet = QImage(
        TILE.width() * len(SIZES), TILE.height() * len(MODES), QImage.Format.Format_RGB888
    )
    painter = QPainter(sheet)
    for shot, image in images.items():
        painter.drawImage(shot.place, small(image))
    painter.end()
    KEPT.mkdir(exist_ok=True)
    sheet.save(str(KEPT / f"{name}.png"))
    for shot, image in images.items():
        if is_shown(shot):
            HELP.mkdir(parents=True, exist_ok=True)
            image.save(str(HELP / f"{name}.png"))


def is_shown(shot: Shot) -> bool:
    """Whether the manual has this very picture."""
    if shot.name not in SHOWN_IN_HELP:
        return False
    return shot == Shot(shot.name, MODES[SHOWN_IN_HELP.index(shot.name) % 2], SIZES[0])


async def main(names: tuple[str, ...], folder: Path, *, keeps: bool) -> int:
    """Renders all of it; how many are not as they were."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    others, seen = 0, dict[Shot, QImage]()
    for shot in shots(names):
        image = await render(shot)
        image.save(str(folder / shot.file_name))
        said = "" if keeps else verdict(shot, image)
        if said:
            others += 1
            print(f"{shot.file_name}: {said}")  # noqa: T201 - the command's answer
        if keeps:
            # Large ones of all states would take two gigabytes.
            seen[shot] = image if is_shown(shot) else small(image)
    for name in names if keeps else ():
        keep(name, {shot: image for shot, image in seen.items() if shot.name == name})
    return others


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--keep", action="store_true", help="what is seen now is as it should be")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "screenshots")
    arguments = parser.parse_args()
    application()
    wanted = tuple(arguments.names) or NAMES
    sys.exit(min(1, run(lambda: main(wanted, arguments.folder, keeps=arguments.keep))))
