"""Channels: shown, opened, closed."""

import re

from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Sat
from tipdesk.ports.channels import ChannelAdmin, ChannelView
from tipdesk.services.bus import Bus
from tipdesk.services.events import ChannelsChanged

_PEER = re.compile(r"0[23][0-9a-f]{64}@\S{1,253}:[0-9]{1,5}")


class NotAPeer(RequestError):
    """Text that names no node."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "A node is written as its key of 66 digits, an @, its host, a colon and its port: "
                "02ab...@example.com:9735."
            )
        )
        self.text = text


class AmountMissing(RequestError):
    """A channel of nothing."""

    def __init__(self) -> None:
        super().__init__(Phrase("A channel needs an amount."))


class ChannelService:
    """A wallet's channels; every change is told on the bus."""

    def __init__(self, admin: ChannelAdmin, bus: Bus) -> None:
        self._admin = admin
        admin.on_change(lambda: bus.publish(ChannelsChanged()))

    @property
    def node_id(self) -> str:
        """Our node's key, as others write it."""
        return self._admin.node_id.hex()

    def channels(self) -> tuple[ChannelView, ...]:
        """All channels that are not history."""
        return self._admin.channels()

    async def open(
        self,
        peer_text: str,
        amount: Sat,
        announce: bool = True,  # noqa: FBT001, FBT002
    ) -> ChannelId:
        """Opens a channel; returns once its funding is broadcast. `RequestError` otherwise."""
        peer = peer_text.strip().lower()
        if not _PEER.fullmatch(peer):
            raise NotAPeer(peer_text)
        if amount <= Sat(0):
            raise AmountMissing
        return await self._admin.open_channel(peer, amount, announce=announce)

    async def close(
        self,
        channel_id: ChannelId,
        force: bool = False,  # noqa: FBT001, FBT002
    ) -> None:
        """Begins to close; by agreement, or alone if `force`."""
        await self._admin.close_channel(channel_id, force=force)
