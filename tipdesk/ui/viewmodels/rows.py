"""Lists of frozen values under keys, told to views as the smallest change."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

V = TypeVar("V")
PAGE = 200
"""So many rows are asked of a service at first."""
VIEW_ROLE = int(Qt.ItemDataRole.UserRole)
Index = QModelIndex | QPersistentModelIndex


class ListModel(QAbstractListModel):
    """A list whose rows are values; `VIEW_ROLE` gives the value, `DisplayRole` words for it."""

    def view(self, row: int) -> Any:  # noqa: ANN401
        """The value of a row."""
        raise NotImplementedError

    def words(self, row: int) -> str:
        """What a screen reader may say of a row."""
        return ""

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        raise NotImplementedError

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:  # noqa: ANN401
        """The value or the words of a row."""
        if not 0 <= index.row() < self.rowCount():
            return None
        if role == VIEW_ROLE:
            return self.view(index.row())
        return self.words(index.row()) if role == Qt.ItemDataRole.DisplayRole else None

    def tell_row(self, row: int) -> None:
        """A row shows something else now."""
        index = self.index(row, 0)
        self.dataChanged.emit(index, index)


class Rows(ListModel, Generic[V]):
    """The newest rows of a list, given whole each time and told as the smallest change.

    It holds at most `limit`: who fills it asks for no more. A view that comes near the end calls
    `fetchMore`; then `limit` is larger and `wants_more` is emitted.
    """

    wants_more = Signal()

    def __init__(
        self,
        key: Callable[[V], Hashable],
        words: Callable[[V], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._words = words
        self._rows: tuple[V, ...] = ()
        self.limit = PAGE

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        return len(self._rows)

    def view(self, row: int) -> V:
        """The value of a row."""
        return self._rows[row]

    def words(self, row: int) -> str:
        """What a screen reader may say of a row."""
        return self._words(self._rows[row])

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be older rows than those held."""
        return len(self._rows) >= self.limit

    def fetchMore(self, parent: Index) -> None:
        """Holds twice as many from now on."""
        if self.canFetchMore(parent):
            self.limit *= 2
            self.wants_more.emit()

    def replace(self, rows: Sequence[V]) -> None:
        """The list is now this one; what it has beyond `limit` is left out."""
        before, after = self._rows, tuple(rows[: self.limit])
        new = self._count_new(before, after)
        kept = min(len(before), len(after) - new)
        same = all(
            self._key(old) == self._key(now)
            for old, now in zip(before[:kept], after[new : new + kept], strict=True)
        )
        if not same or (before and not kept):
            self.beginResetModel()
            self._rows = after
            self.endResetModel()
            return
        self._move(after, new, kept)
        for row, old in enumerate(before[:kept], start=new):
            if old != after[row]:
                self.tell_row(row)

    def _count_new(self, before: tuple[V, ...], after: tuple[V, ...]) -> int:
        """How many rows stand above the one that was the first."""
        if not before:
            return len(after)
        first = self._key(before[0])
        return next((n for n, row in enumerate(after) if self._key(row) == first), len(after))

    def _move(self, after: tuple[V, ...], new: int, kept: int) -> None:
        """Tells what went at the end, came on top, and came at the end."""
        if kept < len(self._rows):
            self.beginRemoveRows(QModelIndex(), kept, len(self._rows) - 1)
            self._rows = self._rows[:kept]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._rows = after[:new] + self._rows
            self.endInsertRows()
        if len(after) > len(self._rows):
            self.beginInsertRows(QModelIndex(), len(self._rows), len(after) - 1)
            self._rows = after
            self.endInsertRows()
        self._rows = after
