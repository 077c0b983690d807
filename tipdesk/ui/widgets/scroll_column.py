"""A column of panels that scrolls when it is longer than the page."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.virtual_list import GUTTER


def side_by_side(*parts: QWidget) -> QWidget:
    """One of several columns: as wide as the others, whatever its words would like."""
    holder = QWidget()
    holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    inner = column(holder, spacing=Space.NEAR)
    for part in parts:
        inner.addWidget(part)
    inner.addStretch()
    return holder


class ScrollColumn(QScrollArea):
    """`add` puts panels one under the other; the scroll bar has its place beside them.

    A `tight` one, in a panel, keeps that place free only while there is a bar.
    """

    def __init__(self, name: str, *, tight: bool = False) -> None:
        super().__init__()
        self._tight = tight
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inner = QWidget()
        inner.setObjectName("column")
        self._inner = inner
        self._column = column(inner, spacing=Space.NEAR)
        self._column.addStretch()
        self.setWidget(inner)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self._fit())

    def add(self, part: QWidget) -> None:
        """One more under the others."""
        self._column.insertWidget(self._column.count() - 1, part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The content ends where it did with or without a scroll bar."""
        super().resizeEvent(event)
        self._fit()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001 (Qt's signature)
        """What gets the keyboard is brought on the screen."""
        moved = super().focusNextPrevChild(forward)
        widget = self.window().focusWidget()
        if widget is not None and self._inner.isAncestorOf(widget):
            self.ensureWidgetVisible(widget, 0, Space.WIDE)
        return moved

    def _fit(self) -> None:
        bar = self.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() > 0 else 0
        if self._tight:
            self._column.setContentsMargins(0, 0, Space.TIGHT if taken else 0, 0)
        else:
            self._column.setContentsMargins(0, 2, max(0, GUTTER - taken), Space.ROOM)
