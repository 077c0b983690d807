"""The desk's first panel: tips as they land, and what they come to."""

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QWidget

from tipdesk.ports.desk import TipSearch
from tipdesk.services.views import IncomingTip
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.theme.fonts import Type
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.creator import CreatorViewModel, sender_name
from tipdesk.ui.viewmodels.desk_income import RANKS, IncomeViewModel, Rank, Span
from tipdesk.ui.viewmodels.images import Images
from tipdesk.ui.views.desk_panel import DeskPanel
from tipdesk.ui.views.desk_panels import FilterPanel, NotePanel
from tipdesk.ui.views.page import ListOrWords
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.card import Card
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.income_chart import IncomeChart
from tipdesk.ui.widgets.income_row import IncomeRow
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.rank_row import RankRow
from tipdesk.ui.widgets.scroll_column import ScrollColumn
from tipdesk.ui.widgets.stat_tile import StatTile
from tipdesk.ui.widgets.text import Text
from tipdesk.ui.widgets.virtual_list import GUTTER, VirtualList

_FADE_MS = 40
_TYPING_MS = 120
_TILE = 104


class IncomePanel(DeskPanel):
    """Totals above; the live list on the left, chart and rankings on the right.

    `reply` with the key of somebody to write to.
    """

    reply = Signal(object)

    def __init__(self, model: CreatorViewModel, income: IncomeViewModel, images: Images) -> None:
        super().__init__()
        self._creator, self._income, self._images = model, income, images
        self.note_panel: NotePanel | None = None
        self.filter_panel: FilterPanel | None = None
        self._bounds = TipSearch()
        layout = column(self, spacing=Space.NEAR)
        layout.addLayout(self._make_tiles())
        across = row(spacing=Space.NEAR)
        across.addLayout(self._make_list(), 6)
        across.addWidget(self._make_figures(), 5)
        layout.addLayout(across, 1)
        self._fading = QTimer(self)
        self._fading.setInterval(_FADE_MS)
        self._fading.timeout.connect(self._glow)
        model.landed.connect(lambda _: self._fading.start())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """N or Return writes a note on the tip that the keyboard is on, R to who gave it."""
        card = self.list.card(self.list.current)
        keys = (Qt.Key.Key_N, Qt.Key.Key_Return)
        if event.key() in keys and self.list.hasFocus() and isinstance(card, IncomeRow):
            self.ask_note(card.tip)
        elif event.key() == Qt.Key.Key_R and self.list.hasFocus() and isinstance(card, IncomeRow):
            card.reply()
        elif event.key() == Qt.Key.Key_Slash:
            self.search.setFocus()
        else:
            super().keyPressEvent(event)

    def ask_note(self, tip: IncomingTip | None) -> None:
        """The panel with the note on a tip."""
        cards = (card for card in self.list.cards().values() if isinstance(card, IncomeRow))
        card = next((card for card in cards if card.tip == tip), None)
        if tip is None or card is None:
            return
        if self.note_panel is None:
            self.note_panel = NotePanel(self._creator, self.window())
        corner = card.button.mapTo(self.window(), card.button.rect().topLeft())
        self.note_panel.open_for(tip, card.button.rect().translated(corner), self.list)

    def ask_filter(self) -> None:
        """The panel with amounts and days."""
        if self.filter_panel is None:
            self.filter_panel = FilterPanel(self.window())
            self.filter_panel.chosen.connect(self._bound)
        corner = self.filter_button.mapTo(self.window(), self.filter_button.rect().topLeft())
        self.filter_panel.open_at(self.filter_button.rect().translated(corner), self.filter_button)
        self.filter_panel.least.setFocus()

    def update_view(self) -> None:
        """Totals, rows, chart and rankings."""
        model = self._creator
        tips = tn(model.count_today, "{count} tip since midnight", "{count} tips since midnight")
        self.today.show_amount(model.total_today, tips)
        self.all_time.show_amount(model.total_all, tn(model.count, "{count} tip", "{count} tips"))
        largest = model.largest
        if largest is not None:
            self.largest.show_amount(largest.amount, t("from {name}", name=sender_name(largest)))
        self.largest.setVisible(largest is not None)
        are_there = model.rows.rowCount() > 0
        self._found.show_rows(are_there=are_there or not model.is_searching)
        self._rows.show_rows(are_there=are_there or model.is_searching)
        self.filter_button.setChecked(replace(model.wanted, text="") != TipSearch())
        self.list.refresh_visible()
        self._show_figures()

    def _show_figures(self) -> None:
        model = self._income
        self.chart.show_bars(model.bars)
        tips = tn(model.count, "{count} tip", "{count} tips")
        self._sum.setText(f"{words.amount(model.total)} · {tips}")
        for span, button in self.spans.items():
            button.setChecked(span is model.span)
        self._rank(self.tippers, model.tippers)
        self._rank(self.posts, model.posts)
        self._tippers_card.setVisible(bool(model.tippers))
        self._posts_card.setVisible(bool(model.posts))

    def _rank(self, rows: list[RankRow], ranks: tuple[Rank, ...]) -> None:
        for place, line in enumerate(rows):
            if place < len(ranks):
                line.show_rank(ranks[place], ranks[0].total)
            line.setVisible(place < len(ranks))

    def _make_tiles(self) -> QHBoxLayout:
        tiles = row(spacing=Space.NEAR)
        tiles.setContentsMargins(0, 0, GUTTER, 0)
        self.today = StatTile(t("Today"), "bolt-solid", large=True)
        self.all_time = StatTile(t("All time"), "creator")
        self.largest = StatTile(t("Largest tip"), "arrow-up")
        for tile, share in ((self.today, 4), (self.all_time, 3), (self.largest, 3)):
            tile.setFixedHeight(_TILE)
            tiles.addWidget(tile, share)
        return tiles

    def _make_list(self) -> QHBoxLayout:
        model = self._creator
        left = row()
        holder = QWidget()
        inner = column(holder, spacing=Space.SNUG)
        self.search = QLineEdit()
        self.search.setFixedHeight(36)
        self.search.setMaxLength(200)
        self.search.setPlaceholderText(t("Search name, comment or note"))
        self.search.setAccessibleName(t("Search all tips by name, comment or note"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._look)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.filter_button = Button(
            t("Filter"), look=Look.CHOICE, name=t("Filter by amount and day")
        )
        self.filter_button.clicked.connect(self.ask_filter)
        line = row()
        line.setContentsMargins(0, 0, GUTTER, 0)
        line.addWidget(self.search, 1)
        line.addWidget(self.filter_button)
        inner.addLayout(line)

        def make(parent: QWidget) -> IncomeRow:
            card = IncomeRow(model, self._images, parent)
            card.note_wanted.connect(self.ask_note)
            card.reply_wanted.connect(self.reply)
            return card

        self.list = VirtualList(model.rows, make, name=t("Tips received"), widest=2_000, gap=8)
        nothing = EmptyState(
            "tips", t("No tip is like that"), t("Search for less, or clear the filter.")
        )
        self._found = ListOrWords(self.list, nothing)
        empty = EmptyState(
            "creator",
            t("No tips yet"),
            t(
                "Tips land here the moment they are paid. “Receiving” tells whether one would "
                "arrive."
            ),
        )
        self._rows = ListOrWords(self._found, empty)
        inner.addWidget(self._rows, 1)
        left.addWidget(holder)
        return left

    def _make_figures(self) -> QWidget:
        figures = ScrollColumn(t("Income over time, top tippers and posts"))
        figures.setMinimumWidth(330)
        self.spans: dict[Span, Button] = {}
        group = QButtonGroup(self)
        line = row(spacing=Space.TIGHT)
        for span in Span:
            button = Button(say(span.value[0]), look=Look.CHOICE, small=True)
            button.clicked.connect(lambda _=False, s=span: self._income.look_at(s))
            group.addButton(button)
            line.addWidget(button)
            self.spans[span] = button
        line.addStretch()
        chart = Card(t("Income"))
        self._sum = Text("", Type.SMALL_STRONG, "soft", tabular=True)
        chart.head.addWidget(self._sum)
        self.chart = IncomeChart()
        chart.inner.addLayout(line)
        chart.inner.addWidget(self.chart)
        figures.add(chart)
        self._tippers_card, self.tippers = self._ranking(t("Top tippers"), self._images)
        self._posts_card, self.posts = self._ranking(t("What it was for"), None)
        figures.add(self._tippers_card)
        figures.add(self._posts_card)
        return figures

    def _ranking(self, title: str, images: Images | None) -> tuple[Card, list[RankRow]]:
        card = Card(title)
        rows = [RankRow(images) for _ in range(RANKS)]
        for line in rows:
            card.inner.addWidget(line)
        return card, rows

    def _bound(self, bounds: TipSearch) -> None:
        self._bounds = bounds
        self._look()

    def _look(self) -> None:
        self._creator.search(replace(self._bounds, text=self.search.text().strip()))

    def _glow(self) -> None:
        for card in self.list.cards().values():
            if isinstance(card, IncomeRow):
                card.glow()
        if not self._creator.has_fresh:
            self._fading.stop()
