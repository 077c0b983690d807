"""Channels: shown, opened, closed."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import ChannelId
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.services.events import BalanceChanged, ChannelsChanged
from tipdesk.ui import format as words
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows

_LIVE = (ChannelStatus.ONLINE, ChannelStatus.OFFLINE)


class ChannelsViewModel(ViewModel):
    """The page of channels. `told` with a sentence on what was begun."""

    told = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.rows: Rows[ChannelView] = Rows(lambda c: c.channel_id, describe, self)
        self.open_problem = ""
        self.is_opening = False
        self.listen(ChannelsChanged, self.touch)
        self.listen(BalanceChanged, self.touch)
        self.refresh()

    @property
    def node_uri(self) -> str:
        """Where others reach our node."""
        return self._app.status().node_uri

    @property
    def onchain_free(self) -> Sat:
        """What a channel can be opened with."""
        return self._app.wallet.summary().onchain_confirmed

    @property
    def ours(self) -> Msat:
        """Our balances in channels that work."""
        return sum((c.ours for c in self._live()), Msat(0))

    @property
    def theirs(self) -> Msat:
        """The other sides' balances in channels that work."""
        return sum((c.theirs for c in self._live()), Msat(0))

    def refresh(self) -> None:
        """Reads the channels anew."""
        self.rows.replace(self._app.channels.channels())

    def open(self, peer: str, amount: Sat, *, announce: bool) -> None:
        """Opens a channel; `open_problem` says if it could not be."""
        if not self.is_opening:
            self.is_opening = True
            self.open_problem = ""
            self.changed.emit()
            spawn(self._open(peer, amount, announce=announce), self)

    def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        """Begins to close a channel; `told` says what came of it."""
        spawn(self._close(channel_id, force=force), self)

    def _live(self) -> tuple[ChannelView, ...]:
        return tuple(c for c in self._app.channels.channels() if c.status in _LIVE)

    async def _open(self, peer: str, amount: Sat, *, announce: bool) -> None:
        try:
            await self._app.channels.open(peer, amount, announce)
            self.told.emit("The channel is being opened: it waits for confirmations now.")
        except (RequestError, BackendError) as error:
            self.open_problem = sentence(error)
        finally:
            self.is_opening = False
        self.touch()

    async def _close(self, channel_id: ChannelId, *, force: bool) -> None:
        try:
            await self._app.channels.close(channel_id, force)
            self.told.emit("The channel is closing.")
        except (RequestError, BackendError) as error:
            self.told.emit(f"The channel was not closed. {sentence(error)}")
        self.touch()


def describe(channel: ChannelView) -> str:
    """A channel as a sentence for screen readers."""
    return (
        f"Channel with {channel.peer_alias or words.short_key(channel.peer)}, "
        f"{channel.status.value}. Capacity {words.amount(channel.capacity)}, "
        f"ours {words.amount(channel.ours)}, theirs {words.amount(channel.theirs)}."
    )
