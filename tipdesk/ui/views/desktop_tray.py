"""TipDesk's icon in the tray, its menu, and what it says."""

import sys
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from tipdesk.ports.desktop import Told
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.icons import draw
from tipdesk.ui.theme.roles import DARK, LIGHT
from tipdesk.ui.viewmodels.desktop import DesktopViewModel

_SIDES = (16, 20, 22, 24, 32, 40, 44, 48, 64)
_CORNER, _BOLT_MARGIN, _DOT = 9 / 32, 6 / 32, 7 / 32


class Trayed(Protocol):
    """What the tray's menu does with the window."""

    def is_shown(self) -> bool:
        """Whether it is on the screen."""
        ...

    def come_forward(self) -> None:
        """Shows it in front of others."""
        ...

    def go_away(self) -> None:
        """Leaves the icon only."""
        ...

    def open_tips(self) -> None:
        """The tips that came in."""
        ...

    def open_send(self) -> None:
        """Where money is sent."""
        ...

    def open_receive(self) -> None:
        """Where an invoice is made."""
        ...

    def lock_up(self) -> None:
        """Locks the window."""
        ...

    def quit(self) -> None:
        """Ends the program."""
        ...


class Tray(QObject):
    """The icon, until it is taken away. A dot in its corner: a tip came that nobody saw."""

    def __init__(self, model: DesktopViewModel, window: Trayed, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._window = model, window
        self.menu = QMenu()
        self.toggle = self._entry(self._toggle)
        self.menu.addSeparator()
        self.today = self._entry(window.open_tips)
        self.send = self._entry(window.open_send, t("Send"))
        self.receive = self._entry(window.open_receive, t("Receive"))
        self.menu.addSeparator()
        self.lock = self._entry(window.lock_up, t("Lock"))
        self.quit = self._entry(window.quit, t("Quit TipDesk"))
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self._pressed: Callable[[], None] = lambda: None
        self.icon.messageClicked.connect(lambda: self._pressed())
        self.icon.activated.connect(self._activated)
        self.menu.aboutToShow.connect(self.update_view)
        self._has_dot: bool | None = None
        model.changed.connect(self.update_view)
        self.update_view()
        self.icon.show()

    def update_view(self) -> None:
        """What it says now."""
        model = self._model
        has_dot = model.unseen > 0
        if has_dot is not self._has_dot:
            self._has_dot = has_dot
            self.icon.setIcon(bolt_icon(has_dot=has_dot))
        self.icon.setToolTip(model.state)
        shown = self._window.is_shown()
        self.toggle.setText(t("Hide TipDesk") if shown else t("Show TipDesk"))
        # An ampersand would be a key of the menu's.
        self.today.setText(model.today.replace("&", "&&"))
        for entry in (self.today, self.send, self.receive):
            entry.setEnabled(not model.is_locked)
        self.lock.setVisible(model.can_lock)

    def tell(self, told: Told, pressed: Callable[[], None]) -> None:
        """A notification by way of the icon, where the desktop has no other."""
        self._pressed = pressed
        self.icon.showMessage(told.title, told.body, self.icon.icon())

    def take_away(self) -> None:
        """No icon any more."""
        self.icon.hide()
        self.menu.deleteLater()

    def _entry(self, act: object, text: str = "") -> QAction:
        entry = QAction(text, self.menu)
        entry.triggered.connect(lambda: act())  # type: ignore[operator]
        self.menu.addAction(entry)
        return entry

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        # On a Mac a press opens the menu; it would do both.
        if reason is QSystemTrayIcon.ActivationReason.Trigger and sys.platform != "darwin":
            self._toggle()

    def _toggle(self) -> None:
        if self._window.is_shown():
            self._window.go_away()
        else:
            self._window.come_forward()
        self.update_view()


def tray_is_there() -> bool:
    """Whether this desktop shows icons of programs."""
    return QSystemTrayIcon.isSystemTrayAvailable()


def bolt_icon(*, has_dot: bool) -> QIcon:
    """Our mark on its own ground, which is seen on light and on dark panels alike.

    On a Mac, where icons of the bar are masks, the bolt alone.
    """
    icon = QIcon()
    is_mask = sys.platform == "darwin"
    for side in _SIDES:
        icon.addPixmap(_bolt(side, has_dot=has_dot, is_mask=is_mask))
    icon.setIsMask(is_mask)
    return icon


def _bolt(side: int, *, has_dot: bool, is_mask: bool) -> QPixmap:
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    margin = round(side * _BOLT_MARGIN)
    inner = QRectF(margin, margin, side - 2 * margin, side - 2 * margin)
    if is_mask:
        draw(painter, "bolt-solid", QRectF(0, 0, side, side), "#000000")
    else:
        painter.setBrush(QColor(DARK.accent))
        painter.drawRoundedRect(QRectF(0, 0, side, side), side * _CORNER, side * _CORNER)
        draw(painter, "bolt-solid", inner, DARK.on_accent)
    if has_dot:
        radius = side * _DOT
        centre = QPointF(side - radius, radius)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        painter.drawEllipse(centre, radius * 1.25, radius * 1.25)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setBrush(QColor("#000000" if is_mask else LIGHT.bad))
        painter.drawEllipse(centre, radius * 0.95, radius * 0.95)
    painter.end()
    return pixmap
