"""Posts of a thread one under the other, with a heading."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from tipdesk.services.views import PostView
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.widgets.panel import column
from tipdesk.ui.widgets.reply_row import ReplyRow
from tipdesk.ui.widgets.text import Text

MakeRow = Callable[[PostView, int], ReplyRow]


class ThreadBox(QWidget):
    """Rows keep their place and the keyboard while the thread grows around them."""

    opened = Signal(object)
    followed = Signal(object, QRect)

    def __init__(self, make: MakeRow) -> None:
        super().__init__()
        self._make = make
        self.rows: list[ReplyRow] = []
        self._column = column(self, spacing=0)
        self.heading = Text("", Type.SMALL_STRONG, "soft", wrap=True)
        self.heading.setContentsMargins(0, 0, 0, Space.TIGHT)
        self._column.addWidget(self.heading)

    def show_posts(self, heading: str, posts: Sequence[tuple[PostView, int]]) -> None:
        """These, each with how far it is indented."""
        self.heading.setText(heading)
        self.heading.setVisible(bool(heading))
        known = {(row.view.post.id, row.indent): row for row in self.rows}
        rows: list[ReplyRow] = []
        for view, depth in posts:
            row = known.pop((view.post.id, depth), None)
            if row is None:
                row = self._made(view, depth)
            elif row.view != view:
                row.show_post(view)
            rows.append(row)
        for gone in known.values():
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for place, row in enumerate(rows, start=1):
            if self._column.indexOf(row) != place:
                self._column.insertWidget(place, row)
        self.rows = rows
        self.setVisible(bool(heading or rows))
        self._arrange()

    def wanted_height(self, width: int) -> int:
        """What it takes at a width."""
        if self.isHidden():
            return 0
        for row in self.rows:
            row.arrange(width)
        return sum(row.height() for row in self.rows) + self.heading.heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are as wide as there is room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        for row in self.rows:
            row.arrange(self.width())

    def _made(self, view: PostView, depth: int) -> ReplyRow:
        row = self._make(view, depth)
        row.opened.connect(self.opened)
        row.followed.connect(self.followed)
        return row
