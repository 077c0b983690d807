"""The screen as it was a moment ago, on which the person draws a frame around a code."""

import asyncio

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QWidget

from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, font
from tipdesk.ui.theme.theme import roles

_HIDDEN_S = 0.35
"""So long until a window that was hidden is off the screen."""
_LEAST = 12


class ScreenRefused(RequestError):
    """The desktop shows nobody its screen."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This desktop does not let programs look at the screen. Take a picture of the code "
                "with its own tool, and paste it or drop it here."
            )
        )


class ScreenPicker(QWidget):
    """One screen. `picked` with the part inside the frame, or a null picture for none.

    Enter takes the whole screen, Escape leaves.
    """

    picked = Signal(QPixmap)

    def __init__(self, picture: QPixmap, place: QRect) -> None:
        super().__init__(
            None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        )
        self._picture = picture
        self._from = self._to = QPoint()
        self.setGeometry(place)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(self._help())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.picked.emit(QPixmap())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit(self._picture)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """One corner."""
        self._from = self._to = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The other corner, so far."""
        self._to = event.position().toPoint()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The other corner; a mere click is no frame."""
        self._to = event.position().toPoint()
        frame = self._frame()
        if min(frame.width(), frame.height()) < _LEAST:
            self.update()
            return
        ratio = self._picture.width() / max(1, self.width())
        self.picked.emit(
            self._picture.copy(
                int(frame.x() * ratio),
                int(frame.y() * ratio),
                int(frame.width() * ratio),
                int(frame.height() * ratio),
            )
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """The screen, dark but for the frame, and what to do."""
        painter = QPainter(self)
        painter.drawPixmap(self.rect(), self._picture)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 110))
        frame = self._frame()
        if not frame.isEmpty():
            ratio = self._picture.width() / max(1, self.width())
            source = QRect(frame.topLeft() * ratio, frame.size() * ratio)
            painter.drawPixmap(frame, self._picture, source)
            painter.setPen(QPen(QColor(roles().accent), 2))
            painter.drawRect(frame)
        painter.setFont(font(Type.STRONG))
        painter.setPen(QColor("#ffffff"))
        top = QRect(0, 28, self.width(), 40)
        painter.drawText(top, int(Qt.AlignmentFlag.AlignHCenter), self._help())
        painter.end()

    def _frame(self) -> QRect:
        return QRect(self._from, self._to).normalized() if self._from != self._to else QRect()

    def _help(self) -> str:
        return t("Draw a frame around the code. Enter takes the whole screen, Escape leaves.")


async def pick_from_screen(window: QWidget) -> QPixmap:
    """What the person framed, a null picture for nothing; `ScreenRefused` where it is not shown.

    Our own window is out of the way meanwhile: the code may be behind it.
    """
    if QGuiApplication.platformName().startswith("wayland"):
        raise ScreenRefused
    was_shown = window.isVisible()
    window.hide()
    try:
        await asyncio.sleep(_HIDDEN_S)
        taken = [(screen.grabWindow(0), screen.geometry()) for screen in QGuiApplication.screens()]
    finally:
        if was_shown:
            window.show()
    pictures = [(picture, place) for picture, place in taken if not picture.isNull()]
    if not pictures:
        raise ScreenRefused
    chosen: asyncio.Future[QPixmap] = asyncio.get_running_loop().create_future()

    def choose(part: QPixmap) -> None:
        if not chosen.done():
            chosen.set_result(part)

    pickers = [ScreenPicker(picture, place) for picture, place in pictures]
    try:
        for picker in pickers:
            picker.picked.connect(choose)
            picker.show()
            picker.activateWindow()
        return await chosen
    finally:
        for picker in pickers:
            picker.hide()
            picker.deleteLater()
        window.activateWindow()
