"""The page of channels: a row each, with panels to open and to close."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from tipdesk.ports.channels import ChannelView
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.channels import ChannelsViewModel
from tipdesk.ui.views.channel_panels import ClosePanel, OpenPanel
from tipdesk.ui.views.page import WIDEST, ListOrWords, Page
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.channel_bar import ChannelBar
from tipdesk.ui.widgets.channel_row import ChannelRow
from tipdesk.ui.widgets.empty_state import EmptyState
from tipdesk.ui.widgets.icon import Icon
from tipdesk.ui.widgets.panel import Panel, column, row
from tipdesk.ui.widgets.text import Elided, Text
from tipdesk.ui.widgets.virtual_list import VirtualList


class ChannelsPage(Page):
    """Channels, ours and theirs."""

    def __init__(self, model: ChannelsViewModel) -> None:
        super().__init__(t("Channels"), model)
        self._channels = model
        self.open_panel: OpenPanel | None = None
        self.close_panel: ClosePanel | None = None
        self.open_button = Button(t("Open a channel"), icon="plus", look=Look.PRIMARY)
        self.open_button.clicked.connect(self.ask_open)
        self.header.addWidget(self.open_button)
        self.add(self._make_sum())

        def make(parent: QWidget) -> ChannelRow:
            card = ChannelRow(model, parent)
            card.close_wanted.connect(self.ask_close)
            return card

        self.list = VirtualList(model.rows, make, name=t("Channels"), widest=WIDEST, gap=Space.SNUG)
        empty = EmptyState(
            "channels",
            t("No channels yet"),
            t(
                "A channel holds the money that tips are paid from. Open one with a node that is "
                "well connected."
            ),
        )
        self._rows = ListOrWords(self.list, empty)
        self.body.addWidget(self._rows, 1)

    def ask_open(self) -> None:
        """The panel that opens a channel."""
        if self.open_panel is None:
            self.open_panel = OpenPanel(self._channels, self.window())
        button = self.open_button
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.open_panel.open_at(button.rect().translated(corner), button)
        self.open_panel.begin()

    def ask_close(self, channel: ChannelView) -> None:
        """The panel that asks before closing."""
        if self.close_panel is None:
            self.close_panel = ClosePanel(self._channels, self.window())
        cards = (card for card in self.list.cards().values() if isinstance(card, ChannelRow))
        button = next((c.button for c in cards if c.channel == channel), self.open_button)
        corner = button.mapTo(self.window(), button.rect().topLeft())
        self.close_panel.open_for(channel, button.rect().translated(corner), self.list)

    def update_view(self) -> None:
        """Sums, our address, the rows."""
        model = self._channels
        self._sum.setVisible(model.rows.rowCount() > 0)
        self._ours.setText(t("Ours {amount}", amount=model.ours))
        self._theirs.setText(t("Theirs {amount}", amount=model.theirs))
        self._again.setText(model.open_again)
        self._again_line.setVisible(bool(model.open_again))
        self._room.setText(model.room)
        self._room.setVisible(bool(model.node_uri))
        self._bar.show_sum(model.ours, model.theirs)
        self._uri.setText(model.node_uri)
        self._uri_line.setVisible(bool(model.node_uri))
        self._rows.show_rows(are_there=model.rows.rowCount() > 0)
        self.list.refresh_visible()

    def _make_sum(self) -> QWidget:
        holder = QWidget()
        layout = column(holder, spacing=Space.NEAR)
        self._sum = Panel()
        inner = column(self._sum, margin=Space.ROOM, spacing=Space.SNUG)
        line = row()
        self._ours = Text("", Type.STRONG, "accent", tabular=True)
        self._theirs = Text("", Type.STRONG, "soft", tabular=True)
        line.addWidget(self._ours)
        line.addStretch()
        line.addWidget(self._theirs)
        inner.addLayout(line)
        self._bar = ChannelBar()
        inner.addWidget(self._bar)
        layout.addWidget(self._sum)
        self._again_line = QWidget()
        again = row(spacing=Space.SNUG)
        self._again_line.setLayout(again)
        self._again = Text("", Type.SMALL, "soft", wrap=True, tabular=True)
        again.addWidget(Icon("clock", "ink_soft", 16), 0, Qt.AlignmentFlag.AlignTop)
        again.addWidget(self._again, 1)
        layout.addWidget(self._again_line)
        self._room = Text("", Type.SMALL, "soft", wrap=True, tabular=True)
        layout.addWidget(self._room)
        self._uri_line = QWidget()
        uri = row()
        self._uri_line.setLayout(uri)
        self._uri = Elided(step=Type.SMALL, tone="faint")
        self._uri.setFont(monospace(Type.SMALL))
        copy = Button(
            t("Copy"), icon="copy", look=Look.GHOST, small=True, name=t("Copy our address")
        )
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._uri.text()))
        uri.addWidget(Text(t("Our node"), Type.SMALL, "soft"))
        uri.addWidget(self._uri, 1)
        uri.addWidget(copy)
        layout.addWidget(self._uri_line)
        return holder
