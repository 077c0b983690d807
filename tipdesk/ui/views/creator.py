"""The creator's page: what came in today and ever, and each tip as it lands."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tipdesk.ui import format as words
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.creator import CreatorViewModel
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.views.page import WIDEST, ListOrWords, Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.panel import row
from tipdesk.ui.widgets.stat_tile import StatTile
from tipdesk.ui.widgets.text import Elided, Text
from tipdesk.ui.widgets.tip_row import TipRow
from tipdesk.ui.widgets.virtual_list import VirtualList

_FADE_MS = 40


class CreatorPage(Page):
    """Tips that come in."""

    def __init__(self, model: CreatorViewModel, images: Images) -> None:
        super().__init__("Creator", model)
        self._creator = model
        self._address = Elided(step=Type.SMALL, tone="soft")
        self._copy = Button("Copy", icon="copy", look=Look.GHOST, small=True)
        self._copy.setAccessibleName("Copy our lightning address")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.address))
        self.header.addWidget(self._address)
        self.header.addWidget(self._copy)
        tiles = row(spacing=Space.NEAR)
        self.today = StatTile("Today", "bolt-solid", large=True)
        self.all_time = StatTile("All time", "creator")
        self.largest = StatTile("Largest tip", "arrow-up")
        for tile, share in ((self.today, 4), (self.all_time, 3), (self.largest, 3)):
            tile.setFixedHeight(116)
            tiles.addWidget(tile, share)
        self.add(tiles)

        self.add(Text("As they land", Type.SMALL_STRONG, "soft"))
        self.body.setSpacing(Space.NEAR)

        def make(parent: QWidget) -> TipRow:
            return TipRow(model, images, parent)

        self.list = VirtualList(model.rows, make, name="Tips received", widest=WIDEST, gap=8)
        empty = EmptyState(
            "creator",
            "No tips yet",
            "Tips land here the moment they are paid: from whom, for which post, "
            "and with what comment.",
        )
        self._rows = ListOrWords(self.list, empty)
        self.body.addWidget(self._rows, 1)
        self._fading = QTimer(self)
        self._fading.setInterval(_FADE_MS)
        self._fading.timeout.connect(self._glow)
        model.landed.connect(lambda _: self._fading.start())

    def _glow(self) -> None:
        for card in self.list.cards().values():
            if isinstance(card, TipRow):
                card.glow()
        if not self._creator.has_fresh:
            self._fading.stop()

    @property
    def address(self) -> str:
        """Our lightning address; empty if we have none."""
        myself = self._creator.myself
        return "" if myself is None else myself.lud16 or ""

    def update_view(self) -> None:
        """Totals and rows."""
        model = self._creator
        tips = words.counted(model.count_today, "tip")
        self.today.show_amount(model.total_today, f"{tips} since midnight")
        self.all_time.show_amount(model.total_all, words.counted(model.count, "tip"))
        largest = model.largest
        if largest is not None:
            who = "somebody" if largest.sender is None else words.name(largest.sender.title)
            self.largest.show_amount(largest.amount, f"from {who}")
        self.largest.setVisible(largest is not None)
        self._address.setText(self.address)
        self._copy.setVisible(bool(self.address))
        self._rows.show_rows(are_there=model.rows.rowCount() > 0)
        self.list.refresh_visible()
