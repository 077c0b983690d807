"""A channel in a list: peer, state, the bar, and what each side can still do."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.channels import ChannelsViewModel, describe
from tipdesk.ui.viewmodels.copies import Copied, channel_copied
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.channel_bar import ChannelBar
from tipdesk.ui.widgets.panel import column, row
from tipdesk.ui.widgets.pill import Pill
from tipdesk.ui.widgets.row_card import RowCard
from tipdesk.ui.widgets.text import Elided, Text

_HEIGHT = 116
_WORKS = (ChannelStatus.ONLINE, ChannelStatus.OFFLINE)


class ChannelRow(RowCard):
    """Shows a `ChannelView`."""

    close_wanted = Signal(object)

    def __init__(self, model: ChannelsViewModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._channel: ChannelView | None = None
        layout = column(self, margin=Space.ROOM, spacing=Space.SNUG)
        head = row(spacing=Space.NEAR)
        self._peer = Text(step=Type.STRONG)
        self._key = Elided(step=Type.SMALL, tone="faint")
        self._key.setFont(monospace(Type.SMALL))
        self._pill = Pill()
        self._capacity = Text(step=Type.SMALL, tone="soft", tabular=True)
        self.button = Button(t("Close"), look=Look.GHOST, small=True)
        self.button.clicked.connect(lambda: self.close_wanted.emit(self._channel))
        head.addWidget(self._peer)
        head.addWidget(self._key, 1)
        head.addWidget(self._capacity)
        head.addWidget(self._pill)
        head.addWidget(self.button)
        layout.addLayout(head)
        layout.addStretch()
        self._bar = ChannelBar()
        layout.addWidget(self._bar)
        foot = row()
        self._ours = Text(step=Type.SMALL_STRONG, tone="accent", tabular=True)
        self._theirs = Text(step=Type.SMALL_STRONG, tone="soft", tabular=True)
        self._note = Elided(step=Type.SMALL, tone="faint", tabular=True)
        foot.addWidget(self._ours)
        foot.addWidget(self._note, 1)
        foot.addWidget(self._theirs)
        layout.addLayout(foot)

    @property
    def channel(self) -> ChannelView | None:
        """What it shows."""
        return self._channel

    def show_row(self, view: ChannelView) -> None:
        """Shows a channel."""
        self._channel = view
        self._peer.setText(words.name(view.peer_alias) or t("Unnamed node"))
        self._key.setText(words.short_key(view.peer))
        self._pill.show_state(view.status)
        elsewhere = self._model.elsewhere(view)
        self._capacity.setText(
            t("{amount} capacity, in {wallet}", amount=view.capacity, wallet=elsewhere)
            if elsewhere
            else t("{amount} capacity", amount=view.capacity)
        )
        self._ours.setText(t("Ours {amount}", amount=view.ours))
        self._theirs.setText(t("Theirs {amount}", amount=view.theirs))
        self._note.setText(self._model.health(view))
        works = view.status in _WORKS
        self._bar.show_channel(view, is_live=view.status is ChannelStatus.ONLINE)
        can_close = works or view.status is ChannelStatus.FAILED
        self.button.setVisible(can_close and not elsewhere)
        alias = words.name(view.peer_alias) or words.short_key(view.peer)
        self.button.set_label(t("Close"), t("Close the channel with {peer}", peer=alias))
        self.setAccessibleName(describe(view))

    def copied(self) -> Copied | None:
        """How other nodes know it."""
        one = self._channel
        return None if one is None else channel_copied(one.peer, one.short_channel_id)

    def arrange(self, width: int) -> int:
        """Every row is as high as the others."""
        return _HEIGHT
