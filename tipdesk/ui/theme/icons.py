"""Our own icons: SVG strokes of one weight, drawn in whatever colour the place asks for."""

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


def draw(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Paints the icon `name` into a square of a painter."""
    ratio = painter.device().devicePixelRatioF()
    pixmap = _pixmap(name, colour, round(rect.width() * ratio), ratio)
    painter.drawPixmap(rect.topLeft(), pixmap)


def names() -> tuple[str, ...]:
    """Every icon there is."""
    folder = files("tipdesk.ui") / "icons"
    return tuple(sorted(f.name[:-4] for f in folder.iterdir() if f.name.endswith(".svg")))


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, pixels: int, ratio: float) -> QPixmap:
    source = _source(name).replace("currentColor", QColor(colour).name())
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(source.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return (files("tipdesk.ui") / "icons" / f"{name}.svg").read_text(encoding="utf-8")
