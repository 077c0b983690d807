"""The process's one `QApplication`, in our look."""

import sys

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tipdesk.base.app_id import APP_ID
from tipdesk.ui.theme.theme import Mode, theme


def application() -> QApplication:
    """The process's one `QApplication`, in our look."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    # X11 and Wayland take these for the window's class, by which desktops find icon and name.
    QCoreApplication.setApplicationName(APP_ID)
    QGuiApplication.setDesktopFileName(APP_ID)
    QGuiApplication.setApplicationDisplayName("TipDesk")
    QCoreApplication.setOrganizationName("TipDesk")
    result = QApplication(sys.argv[:1])
    result.setStyle("Fusion")
    theme().changed.connect(lambda: result.setStyleSheet(theme().stylesheet))
    theme().use(Mode.SYSTEM)
    theme().follow_system()
    return result
