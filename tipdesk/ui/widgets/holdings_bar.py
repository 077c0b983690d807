"""All that is ours as one bar: what can be spent first, then each part in its colour."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.services.holdings import Holdings, Place
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.theme import roles

_THICK: Final = 14
_LEAST: Final = 4.0
_GAP: Final = 2.0
_SHARES: Final = {
    Place.IN_FLIGHT: ("good", 1.0),
    Place.RESERVE: ("ink_faint", 1.0),
    Place.FEE_BUFFER: ("ink_faint", 0.65),
    Place.OVER_LIMIT: ("ink_faint", 0.4),
    Place.OFFLINE: ("accent", 0.3),
    Place.OPENING: ("accent", 0.6),
    Place.CLOSING: ("theirs", 1.0),
    Place.FROZEN: ("bad", 1.0),
    Place.KEPT_BACK: ("ink_faint", 0.65),
    Place.CHAIN: ("busy", 1.0),
    Place.CHAIN_WAITING: ("busy", 0.45),
}


def colour_of(place: Place | None) -> QColor:
    """The colour of a part; None: of what can be spent."""
    role, alpha = ("accent", 1.0) if place is None else _SHARES[place]
    colour = QColor(getattr(roles(), role))
    colour.setAlphaF(alpha)
    return colour


class HoldingsBar(QWidget):
    """The whole width is the total; the smallest part is still seen."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_THICK)
        self._shares: tuple[tuple[Place | None, Msat], ...] = ()

    def show_holdings(self, holdings: Holdings) -> None:
        """Shows others."""
        shares = [(None, holdings.spendable), *((p.place, p.amount) for p in holdings.parts)]
        self._shares = tuple((place, amount) for place, amount in shares if amount)
        self.setAccessibleName(
            t(
                "{amount} of {total} can be spent now",
                amount=holdings.spendable,
                total=holdings.total,
            )
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """One colour beside the other, with a gap between."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(0, 0, self.width(), _THICK), _THICK / 2, _THICK / 2)
        painter.setClipPath(path)
        if not self._shares:
            painter.fillRect(self.rect(), QColor(roles().hover))
        left = 0.0
        widths = _widths([amount for _, amount in self._shares], float(self.width()))
        for (place, _), width in zip(self._shares, widths, strict=True):
            painter.fillRect(QRectF(left, 0, width, _THICK), colour_of(place))
            left += width + _GAP
        painter.end()


class Swatch(QWidget):
    """The colour of a part, beside its words."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(QSize(10, 10))
        self._place: Place | None = None

    def show_place(self, place: Place | None) -> None:
        """Another part."""
        self._place = place
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(0, 0, 0, 0))
        painter.setBrush(colour_of(self._place))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.end()


def _widths(amounts: Sequence[Msat], room: float) -> list[float]:
    """In proportion, but none narrower than can be seen: the others give it to them."""
    if not amounts:
        return []
    room -= _GAP * (len(amounts) - 1)
    total = sum(amount.value for amount in amounts)
    spare = max(0.0, room - _LEAST * len(amounts))
    return [_LEAST + spare * amount.value / total for amount in amounts]


def spoken(title: str, amount: Msat, detail: str) -> str:
    """A part as a sentence for screen readers."""
    return f"{title}: {words.amount(amount)}. {detail}"
