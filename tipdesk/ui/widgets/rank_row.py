"""A line of a ranking: who or what, how much, and its share as a bar."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from tipdesk.base.units import Msat
from tipdesk.ui import format as words
from tipdesk.ui.i18n import tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.theme.theme import roles
from tipdesk.ui.viewmodels.desk_income import Rank
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.widgets.avatar import Avatar
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.text import Elided, Text


class ShareBar(QWidget):
    """A thin bar, filled as far as `share` (0 to 1) says."""

    def __init__(self, height: int = 4) -> None:
        super().__init__()
        self._share = 0.0
        self.setFixedHeight(height)

    def show_share(self, share: float) -> None:
        """How far."""
        self._share = min(1.0, max(0.0, share))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and filling."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect, round_ = QRectF(self.rect()), self.height() / 2
        painter.setBrush(QColor(roles().sunken))
        painter.drawRoundedRect(rect, round_, round_)
        if self._share:
            rect.setWidth(max(float(self.height()), rect.width() * self._share))
            painter.setBrush(QColor(roles().accent))
            painter.drawRoundedRect(rect, round_, round_)
        painter.end()


class RankRow(QWidget):
    """Shows a `Rank`; people have their picture."""

    def __init__(self, images: Images | None) -> None:
        super().__init__()
        line = row(spacing=Space.NEAR)
        self.setLayout(line)
        self._avatar = None if images is None else Avatar(28, images)
        if self._avatar is not None:
            line.addWidget(self._avatar)
        right = QWidget()
        inner = column(right, spacing=Space.TIGHT)
        head = row()
        self._title = Elided(step=Type.SMALL_STRONG)
        self._amount = Text("", Type.SMALL_STRONG, tabular=True)
        self._count = Text("", Type.SMALL, "faint", tabular=True)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        head.addWidget(self._amount)
        self._bar = ShareBar()
        inner.addLayout(head)
        inner.addWidget(self._bar)
        line.addWidget(right, 1)

    def show_rank(self, rank: Rank, highest: Msat) -> None:
        """Shows a line; the bar is its share of the highest."""
        if self._avatar is not None:
            self._avatar.show_profile(rank.who)
        self._title.setText(rank.title)
        self._count.setText(tn(rank.count, "{count} tip", "{count} tips"))
        self._amount.setText(words.amount(rank.total))
        self._bar.show_share(rank.total.value / highest.value if highest else 0.0)
        self.setAccessibleName(f"{rank.title}: {words.amount(rank.total)}, {self._count.text()}")
