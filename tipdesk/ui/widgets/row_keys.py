"""The keys that move among the rows of a list."""

from PySide6.QtCore import Qt


def row_after(key: int, start: int, *, page: int, last: int) -> int | None:
    """Where a key leads to from a row; None if it does not move."""
    match key:
        case Qt.Key.Key_J | Qt.Key.Key_Down:
            return min(last, start + 1)
        case Qt.Key.Key_K | Qt.Key.Key_Up:
            return max(0, start - 1)
        case Qt.Key.Key_PageDown:
            return min(last, start + page)
        case Qt.Key.Key_PageUp:
            return max(0, start - page)
        case Qt.Key.Key_Home:
            return 0
        case Qt.Key.Key_End:
            return last
        case _:
            return None
