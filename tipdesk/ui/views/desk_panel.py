"""What all sides of the creator's desk share."""

from abc import abstractmethod

from PySide6.QtWidgets import QWidget


class DeskPanel(QWidget):
    """A side of the desk; its page tells it when to show its view models anew."""

    @abstractmethod
    def update_view(self) -> None:
        """Shows what the view models say now."""
