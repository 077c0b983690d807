"""A window comes to the front, wherever it was."""

from PySide6.QtWidgets import QWidget


def bring_forward(window: QWidget) -> None:
    """On the screen, not minimised, in front."""
    window.showNormal() if window.isMinimized() else window.show()
    window.raise_()
    window.activateWindow()
