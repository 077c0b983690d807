"""Opens channels for the person who asks: from the peer's address to a broadcast funding."""

import asyncio
from collections.abc import Awaitable, Callable

from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import ChannelId, NodeId
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat, Sat
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.channel import command, limits
from tipdesk.lightning.channel.context import ChannelContext
from tipdesk.lightning.channel.state import Opening, OpenParameters
from tipdesk.node.book import ChannelBook
from tipdesk.node.channels import ChannelDriver
from tipdesk.ports.stores import PeerAddress

OPEN_SECONDS = 60.0


class InvalidPeerAddress(RequestError):
    """Not of the form `node_id@host:port`."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "A peer is written as node_id@host:port, with 66 hexadecimal digits before the @. "
                "No money moved."
            )
        )
        self.text = text


class ChannelNotOpened(RequestError):
    """The channel could not be opened; the text says why."""

    def __init__(self, why: str) -> None:
        super().__init__(Phrase("The channel was not opened: {why}. No money moved.", why=why))
        self.why = why


class AmountOutOfRange(RequestError):
    """An amount that no channel of ours may have."""

    def __init__(self, *, amount: Sat, minimum: Sat, maximum: Sat) -> None:
        super().__init__(
            Phrase(
                "A channel holds {least} to {most}, not {amount}. No money moved.",
                least=minimum,
                most=maximum,
                amount=amount,
            )
        )
        self.amount = amount
        self.minimum = minimum
        self.maximum = maximum


def parse_peer(text: str) -> PeerAddress:
    """A peer's address as people paste it; `InvalidPeerAddress` otherwise."""
    node, at, place = text.strip().partition("@")
    host, colon, port = place.rpartition(":")
    host = host.strip("[]")
    try:
        node_id = NodeId(check_point(bytes.fromhex(node)))
        number = int(port)
    except (ValueError, DecodeError):
        raise InvalidPeerAddress(text) from None
    if not at or not colon or not host or len(host) > 253 or not 0 < number < 65536:
        raise InvalidPeerAddress(text)
    return PeerAddress(node_id, host, number)


class OpeningDesk:
    """Openings that we asked for and that are not done yet."""

    def __init__(
        self,
        *,
        book: ChannelBook,
        entropy: Entropy,
        connect: Callable[[PeerAddress], Awaitable[None]],
        new_channel: Callable[[NodeId], ChannelDriver],
        context: Callable[[ChannelDriver], ChannelContext],
    ) -> None:
        self._book = book
        self._entropy = entropy
        self._connect = connect
        self._new_channel = new_channel
        self._context = context
        self._waiting: dict[ChannelDriver, asyncio.Future[ChannelId]] = {}

    async def open(
        self, address: PeerAddress, amount: Sat, *, push: Msat, announce: bool
    ) -> ChannelId:
        """Opens a channel; returns once its funding is on its way, or raises a `RequestError`."""
        try:
            await self._connect(address)
        except BackendError as error:
            raise ChannelNotOpened(in_words(error)) from error
        channel = self._new_channel(address.node_id)
        context = self._context(channel)
        bounds = context.limits
        if not bounds.minimum_funding <= amount <= bounds.maximum_funding:
            raise AmountOutOfRange(
                amount=amount, minimum=bounds.minimum_funding, maximum=bounds.maximum_funding
            )
        parameters = OpenParameters(
            channel_key_id=channel.key_id,
            temporary_channel_id=self._entropy.random_bytes(32),
            funding=amount,
            push=push,
            feerate=context.feerate,
            announce=announce,
            local=limits.local_side(context, amount),
        )
        done: asyncio.Future[ChannelId] = asyncio.get_running_loop().create_future()
        self._waiting[channel] = done
        self._book.add_opening(channel, parameters.temporary_channel_id)
        channel.handle(command.Open(parameters))
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                return await done
        except TimeoutError:
            channel.handle(command.PeerDisconnected())
            raise ChannelNotOpened(Phrase("the peer did not answer in time")) from None
        finally:
            self._waiting.pop(channel, None)

    def channel_changed(self, channel: ChannelDriver) -> None:
        """Tells who waits for a channel that is live now."""
        done = self._waiting.get(channel)
        if done is not None and not done.done() and not isinstance(channel.state, Opening):
            done.set_result(channel.channel_id)

    def failed(self, channel: ChannelDriver, reason: str) -> None:
        """Tells who waits that it came to nothing."""
        self._book.drop_opening(channel)
        done = self._waiting.get(channel)
        if done is not None and not done.done():
            done.set_exception(ChannelNotOpened(reason))
