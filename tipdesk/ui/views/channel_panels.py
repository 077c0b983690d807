"""The panels that open and close a channel; both say what happens to the money."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLineEdit, QWidget

from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.theme.fonts import Type, monospace
from tipdesk.ui.theme.roles import Space
from tipdesk.ui.viewmodels.channels import ChannelsViewModel
from tipdesk.ui.widgets.amount_edit import AmountEdit
from tipdesk.ui.widgets.button import Button, Look
from tipdesk.ui.widgets.check_box import CheckBox
from tipdesk.ui.widgets.panel import Popover, column, row
from tipdesk.ui.widgets.text import Text

_WIDTH = 380


class OpenPanel(Popover):
    """Asks for the peer and the amount."""

    def __init__(self, model: ChannelsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._channels = model
        self.setAccessibleName(t("Open a channel"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        layout.addLayout(self.head(t("Open a channel")))
        self.peer = QLineEdit()
        self.peer.setFixedHeight(40)
        self.peer.setMaxLength(400)
        self.peer.setFont(monospace(Type.SMALL))
        self.peer.setPlaceholderText("node_id@host:port")
        self.peer.setAccessibleName(t("The other node, as node_id@host:port"))
        self.amount = AmountEdit(t("Amount of the channel"))
        self.amount.amount_changed.connect(lambda _: self._update())
        self._free = Text("", Type.SMALL, "soft", wrap=True, tabular=True)
        self._small = Text("", Type.SMALL, "accent", wrap=True, tabular=True)
        self.announce = CheckBox(t("Announce it, so that others may route through it"))
        self._problem = Text("", Type.SMALL, "bad", wrap=True)
        self.button = Button(t("Open"), icon="plus", look=Look.PRIMARY)
        self.button.setFixedHeight(42)
        self.button.clicked.connect(self._open)
        parts = (self.peer, self.amount, self._free, self._small, self.announce)
        for part in (*parts, self._problem, self.button):
            layout.addWidget(part)
        self._was_opening = False
        self.peer.textChanged.connect(lambda _: self._update())
        for field in (self.peer, self.amount):
            field.returnPressed.connect(self.button.click)
        model.changed.connect(self._update)

    def begin(self) -> None:
        """A new channel."""
        self.peer.clear()
        self.amount.clear()
        self._channels.open_problem = ""
        self.peer.setFocus()
        self._update()

    def _open(self) -> None:
        amount = self.amount.amount
        if amount is not None:
            announce = self.announce.isChecked()
            self._channels.open(self.peer.text().strip(), amount.to_sat_floor(), announce=announce)

    def _amount_problem(self) -> str:
        amount = self.amount.amount
        if amount is None:
            return self.amount.problem
        if amount.value % 1_000:
            return t("A channel holds whole sats.")
        if amount >= self._channels.onchain_free.to_msat():
            return t("That is more than you have on chain. Write less, or receive on chain first.")
        return ""

    def _update(self) -> None:
        model, amount = self._channels, self.amount.amount
        self._free.setText(
            t(
                "{free} are free on chain. Opening costs about {fee} now, and closing about as "
                "much again. The channel can be used after its confirmations, mostly within an "
                "hour. About 1 % of it stays as its reserve while it is open.",
                free=model.onchain_free,
                fee=model.usual_fee,
            )
        )
        small = amount is not None and amount < model.least.to_msat()
        self._small.setText(
            t(
                "Less than {least} is mostly fees: a larger channel serves you longer.",
                least=model.least,
            )
        )
        self._small.setVisible(small and not self._amount_problem())
        whole = amount is not None and amount.value % 1_000 == 0
        problem = model.open_problem or self._amount_problem()
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        ready = whole and not self._amount_problem() and bool(self.peer.text().strip())
        self.button.setEnabled(ready and not model.is_opening)
        self.button.set_label(t("Opening …") if model.is_opening else t("Open"))
        if self._was_opening and not model.is_opening and not model.open_problem:
            self.dismiss()
        self._was_opening = model.is_opening
        if self.isVisible():
            self.fit()


class ClosePanel(Popover):
    """Asks before closing, and says where the money goes."""

    def __init__(self, model: ChannelsViewModel, window: QWidget) -> None:
        super().__init__(window, width=_WIDTH)
        self._channels = model
        self._channel: ChannelView | None = None
        self.setAccessibleName(t("Close the channel"))
        layout = column(self, margin=self.margin + Space.ROOM, spacing=Space.NEAR)
        self._title = Text("", Type.HEADING, wrap=True)
        self._text = Text("", Type.BODY, "soft", wrap=True, tabular=True)
        self._warning = Text("", Type.SMALL, "bad", wrap=True)
        self.force = CheckBox(t("Close alone, without the other side"))
        self.force.toggled.connect(lambda _: self._update())
        keep = Button(t("Keep it"))
        keep.clicked.connect(self.dismiss)
        self.button = Button(t("Close the channel"), look=Look.DANGER)
        self.button.clicked.connect(self._close)
        for part in (self._title, self._text, self.force, self._warning):
            layout.addWidget(part)
        line = row()
        line.addWidget(keep, 1)
        line.addWidget(self.button, 1)
        layout.addLayout(line)

    def open_for(self, channel: ChannelView, anchor: QRect, back: QWidget) -> None:
        """Asks about a channel."""
        self._channel = channel
        online = channel.status is ChannelStatus.ONLINE
        self.force.setChecked(not online)
        self.force.setEnabled(online)
        self._update()
        self.open_at(anchor, back)
        self.button.setFocus()

    def _update(self) -> None:
        channel = self._channel
        if channel is None:
            return
        alias = words.name(channel.peer_alias) or words.short_key(channel.peer)
        self._title.setText(t("Close the channel with {peer}?", peer=alias))
        flight = channel.in_flight
        said = [
            t(
                "By agreement your {ours} go to your wallet on chain, less a network fee of about "
                "{fee}. They are yours to use after a block or two.",
                ours=channel.ours,
                fee=self._channels.usual_fee,
            )
        ]
        if flight:
            said.append(t("{amount} are in flight and settle first.", amount=flight))
        self._text.setText(" ".join(said))
        alone = self.force.isChecked()
        self._warning.setText(self._channels.free_alone(channel))
        self._warning.setVisible(alone)
        if self.isVisible():
            self.fit()

    def _close(self) -> None:
        if self._channel is not None:
            self._channels.close_channel(self._channel.channel_id, force=self.force.isChecked())
            self.dismiss()
