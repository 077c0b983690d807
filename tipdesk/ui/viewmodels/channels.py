"""Channels: shown, opened, closed."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import BLOCK_MS, Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import ChannelId
from tipdesk.base.units import BlockHeight, Msat, Sat
from tipdesk.ports.channels import ChannelStatus, ChannelView
from tipdesk.services.events import BalanceChanged, ChannelsChanged
from tipdesk.services.holdings import expected_at
from tipdesk.services.onchain import Speed
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows

_LEAST = Sat(50_000)
_FEES_WORTH = 20
"""A channel of less than so many fees is mostly fees."""
_LOW_PART = 20
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
        self._away: dict[ChannelId, Instant] = {}
        """Since when, as this window knows, a channel's peer was not reached."""
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
        channels, now = self._all(), self._app.clock.now()
        self._away = {
            c.channel_id: self._away.get(c.channel_id, now)
            for c in channels
            if c.status is ChannelStatus.OFFLINE
        }
        self.rows.replace(channels)

    @property
    def open_again(self) -> str:
        """By when TipDesk has to run again if it is closed now; empty without channels."""
        by = self._app.status().open_again_before
        if by is None:
            return ""
        return t(
            "If you close TipDesk, open it again before {day}, {time}: only a running node can "
            "answer a peer that cheats.",
            day=words.short_day(by),
            time=words.clock_time(by),
        )

    @property
    def room(self) -> str:
        """What can come in, and how to have more come in."""
        most = sum(
            (c.receivable for c in self._live() if c.status is ChannelStatus.ONLINE), Msat(0)
        )
        return t(
            "You can receive up to {most}. To receive more, spend some, or have somebody open a "
            "channel to your node:",
            most=most,
        )

    @property
    def least(self) -> Sat:
        """A smaller channel is mostly fees."""
        return max(_LEAST, self.usual_fee * _FEES_WORTH)

    @property
    def usual_fee(self) -> Sat:
        """About what a transaction on chain costs now."""
        return self._app.onchain.usual_fee(Speed.NORMAL)

    def is_own(self, channel: ChannelView) -> bool:
        """Whether it is our own node's, and can be closed here."""
        return channel in self._app.channels.channels()

    def elsewhere(self, channel: ChannelView) -> str:
        """The name of the wallet whose it is; empty for our own."""
        other = self._app.wallet.summary().elsewhere
        return "" if other is None or self.is_own(channel) else other.name

    def health(self, channel: ChannelView) -> str:
        """How it stands with a channel, and what can be done with it."""
        match channel.status:
            case ChannelStatus.ONLINE:
                return self._usable(channel)
            case ChannelStatus.OFFLINE:
                since = self._away.get(channel.channel_id, self._app.clock.now())
                return t(
                    "Not reached since {time}. TipDesk goes on calling; nothing is lost.",
                    time=words.clock_time(since),
                )
            case ChannelStatus.CLOSING if channel.free_at is not None:
                return self._coming(channel, channel.free_at)
            case _:
                return words.line(channel.detail)

    def free_alone(self, channel: ChannelView) -> str:
        """When the money is free again if we close a channel without its peer."""
        delay = channel.own_delay
        if delay is None:
            return t("Closing alone takes days until your money is free, and costs more.")
        at = self._app.clock.now().plus_ms(delay.value * BLOCK_MS)
        return t(
            "Closing alone costs two or more network fees of about {fee}, and your money waits "
            "{blocks} blocks: until about {day}. Do it only if the other side stays away.",
            fee=self.usual_fee,
            blocks=delay.value,
            day=words.date(at),
        )

    def _usable(self, channel: ChannelView) -> str:
        send, receive = channel.spendable, channel.receivable
        low = channel.capacity.to_msat().value // _LOW_PART
        parts = [t("send up to {send}", send=send), t("receive up to {receive}", receive=receive)]
        if send.value < low:
            parts[0] = t("little left to send: {send}", send=send)
        elif receive.value < low:
            parts[1] = t("little room to receive: {receive}", receive=receive)
        if channel.in_flight:
            parts.insert(0, t("{amount} in flight", amount=channel.in_flight))
        parts.append(t("reserve {reserve}", reserve=channel.our_reserve))
        return " · ".join(parts)

    def _coming(self, channel: ChannelView, free_at: BlockHeight) -> str:
        height = self._app.status().chain_height
        if height is None:
            return words.line(channel.detail)
        at = expected_at(free_at, BlockHeight(height), self._app.clock.now())
        return t(
            "{coming} usable from block {height}, about {day}",
            coming=channel.coming,
            height=free_at.value,
            day=words.date(at),
        )

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
        return tuple(c for c in self._all() if c.status in _LIVE)

    def _all(self) -> tuple[ChannelView, ...]:
        """Our own node's, then those that the wallet shows which pays instead of it."""
        other = self._app.wallet.summary().elsewhere
        return (*self._app.channels.channels(), *(() if other is None else other.channels))

    async def _open(self, peer: str, amount: Sat, *, announce: bool) -> None:
        try:
            await self._app.channels.open(peer, amount, announce)
            self.told.emit(t("The channel is being opened: it waits for confirmations now."))
        except (RequestError, BackendError) as error:
            self.open_problem = sentence(error)
        finally:
            self.is_opening = False
        self.touch()

    async def _close(self, channel_id: ChannelId, *, force: bool) -> None:
        try:
            await self._app.channels.close(channel_id, force)
            self.told.emit(t("The channel is closing."))
        except (RequestError, BackendError) as error:
            self.told.emit(t("The channel was not closed. {why}", why=sentence(error)))
        self.touch()


def describe(channel: ChannelView) -> str:
    """A channel as a sentence for screen readers."""
    return t(
        "Channel with {peer}, {state}. Capacity {capacity}, ours {ours}, theirs {theirs}.",
        peer=channel.peer_alias or words.short_key(channel.peer),
        state=channel.status.value,
        capacity=channel.capacity,
        ours=channel.ours,
        theirs=channel.theirs,
    )
