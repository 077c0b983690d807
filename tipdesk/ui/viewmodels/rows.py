"""Lists of frozen values under keys, told to views as the smallest change."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

V = TypeVar("V")
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
    """A list that is given whole each time: new rows on top are inserted, others compared."""

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

    def rowCount(self, parent: Index | None = None) -> int:
        """How many rows."""
        return len(self._rows)

    def view(self, row: int) -> V:
        """The value of a row."""
        return self._rows[row]

    def words(self, row: int) -> str:
        """What a screen reader may say of a row."""
        return self._words(self._rows[row])

    def replace(self, rows: Sequence[V]) -> None:
        """The list is now this one."""
        before, after = self._rows, tuple(rows)
        new = len(after) - len(before)
        same = new >= 0 and all(
            self._key(old) == self._key(now) for old, now in zip(before, after[new:], strict=True)
        )
        if not same:
            self.beginResetModel()
            self._rows = after
            self.endResetModel()
            return
        if new:
            self.beginInsertRows(QModelIndex(), 0, new - 1)
            self._rows = after
            self.endInsertRows()
        self._rows = after
        for row, old in enumerate(before, start=new):
            if old != after[row]:
                self.tell_row(row)
