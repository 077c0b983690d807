"""Rows taken out of the window: on the clipboard, or under the pointer to another program."""

from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QRect, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QDrag,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QPainter,
    QPixmap,
    QStatusTipEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.roles import Radius
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.veil import veil
from tipdesk.ui.viewmodels.copies import Copied

_HIGH, _WIDEST, _PAD = 30, 360, 12


class Carrying:
    """For one widget: it says what is pressed or copied, and passes on its mouse."""

    def __init__(self, source: QWidget) -> None:
        self._source = source
        self._held: tuple[QPoint, Copied] | None = None

    def copy(self, what: Copied | None) -> bool:
        """Puts it on the clipboard, with a notice; whether there was anything to copy."""
        if what is None:
            return False
        if self._may(what):
            QGuiApplication.clipboard().setMimeData(mime_data(what))
            self._tell(t("Copied."))
        return True

    def press(self, event: QMouseEvent, what: Copied | None) -> None:
        """Holds what is under the pointer: rows may move before it is dragged."""
        is_left = event.button() == Qt.MouseButton.LeftButton
        held = None if what is None else (event.globalPosition().toPoint(), what)
        self._held = held if is_left else None

    def release(self) -> None:
        """It was a click."""
        self._held = None

    def take_off(self, event: QMouseEvent) -> Copied | None:
        """What is to be dragged from here on, once the pointer moved far enough."""
        if self._held is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return None
        start, what = self._held
        way = event.globalPosition().toPoint() - start
        if way.manhattanLength() < QApplication.startDragDistance():
            return None
        self._held = None
        return what if self._may(what) else None

    def drag(self, what: Copied | None) -> None:
        """Follows the pointer until it is let go; Qt's own loop runs meanwhile, and so do we."""
        if what is not None:
            drag = QDrag(self._source)
            drag.setMimeData(mime_data(what))
            drag.setPixmap(_picture(what.text, self._source.devicePixelRatio()))
            drag.setHotSpot(QPoint(-_PAD, _HIGH // 2))
            run(drag)

    def _may(self, what: Copied) -> bool:
        if self._source.window().property("locked"):
            return False
        if what.has_amounts and veil().is_down:
            self._tell(t("Amounts are hidden, so this was not copied. Show them first."))
            return False
        return True

    def _tell(self, text: str) -> None:
        # Goes up to the window, as tips for a status line do.
        QCoreApplication.sendEvent(self._source, QStatusTipEvent(text))


def run(drag: QDrag) -> None:
    """A drag that copies."""
    drag.exec(Qt.DropAction.CopyAction)


def mime_data(what: Copied) -> QMimeData:
    """Plain text, and the link for those that open links."""
    data = QMimeData()
    data.setText(what.text)
    if what.link:
        data.setUrls([QUrl(what.link)])
    return data


def _picture(text: str, ratio: float) -> QPixmap:
    """The beginning of the text on a small ground."""
    face = font(Type.SMALL_STRONG, tabular=True)
    metrics = QFontMetrics(face)
    said = metrics.elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST - 2 * _PAD)
    rect = QRect(0, 0, metrics.horizontalAdvance(said) + 2 * _PAD, _HIGH)
    picture = QPixmap(rect.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(face)
    painter.setPen(QColor(roles().accent))
    painter.setBrush(QColor(roles().surface))
    edge = rect.toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(edge, float(Radius.CONTROL), float(Radius.CONTROL))
    painter.setPen(QColor(roles().ink))
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), said)
    painter.end()
    return picture
