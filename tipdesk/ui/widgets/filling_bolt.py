"""The bolt that fills while a tip can still be taken back: full, it is gone."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from tipdesk.base.clock import Instant
from tipdesk.ui import format as words
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.theme import Motion, roles, theme
from tipdesk.ui.widgets.button import Button

_SECOND_MS = 1_000


def part_gone(until: Instant, now: Instant, window_ms: int) -> float:
    """How much of the time to undo is over, 0 to 1; in whole seconds where motion is reduced."""
    left = max(0, until.since(now))
    if theme().motion is Motion.REDUCED:
        left = words.seconds_left(until, now) * _SECOND_MS
    return 1.0 - min(1.0, left / window_ms) if window_ms else 1.0


def draw_filling(painter: QPainter, rect: QRectF, part: float) -> None:
    """The bolt's line, and from its foot upwards as much of its body as is `part` of the whole."""
    colours = roles()
    draw(painter, "bolt", rect, colours.ink_soft)
    painter.save()
    painter.setClipRect(rect.adjusted(0, rect.height() * (1.0 - part), 0, 0))
    draw(painter, "bolt-solid", rect, colours.accent_ink)
    painter.restore()


class UndoButton(Button):
    """Takes a tip back while its bolt fills."""

    def __init__(self, text: str) -> None:
        super().__init__(text, icon="bolt")
        self._part = 0.0

    @property
    def part(self) -> float:
        """How full the bolt is, 0 to 1."""
        return self._part

    def show_part(self, part: float) -> None:
        """Fills it so far."""
        if part != self._part:
            self._part = part
            self.update()

    def paint_icon(self, painter: QPainter, rect: QRectF, ink: str) -> None:
        """The bolt as it is now."""
        draw_filling(painter, rect, self._part)
