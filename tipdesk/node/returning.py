"""Gives incoming HTLCs back, settled or failed, and says how long they were held (BOLT 4).

Of one that came inside a blinded route nothing is said: neither why it failed, nor any time.
"""

from collections.abc import Callable

from tipdesk.base.clock import Clock
from tipdesk.base.ids import NodeId, Preimage
from tipdesk.lightning.channel.htlc import FailedWith, Fulfilled, Htlc
from tipdesk.lightning.sphinx.attribution import add_hold_time
from tipdesk.lightning.sphinx.errors import failure_packet, wrap_failure
from tipdesk.lightning.wire.failures import Failure, encode
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.onions import blinding_failed


class Returner:
    """Whoever takes or carries on an HTLC ends it here, with the secret of its onion."""

    def __init__(self, clock: Clock, attributes: Callable[[NodeId], bool]) -> None:
        self._clock = clock
        self._attributes = attributes

    def settle(
        self,
        channel: ChannelDriver,
        htlc: Htlc,
        shared_secret: bytes,
        preimage: Preimage,
        downstream: bytes = b"",
    ) -> None:
        """Gives the preimage; `downstream` is the attribution data that came with it."""
        attribution = self._attribution(channel, htlc, shared_secret, b"", downstream)
        channel.remove(htlc.id, Fulfilled(preimage), attribution)

    def fail(
        self, channel: ChannelDriver, htlc: Htlc, shared_secret: bytes, failure: Failure
    ) -> None:
        """A failure of our own."""
        packet = failure_packet(shared_secret, encode(failure))
        self.pass_back(channel, htlc, shared_secret, packet)

    def pass_back(
        self,
        channel: ChannelDriver,
        htlc: Htlc,
        shared_secret: bytes,
        packet: bytes,
        downstream: bytes = b"",
    ) -> None:
        """A failure packet that this node has not wrapped yet, with what came beside it."""
        if htlc.path_key is not None:
            channel.remove(htlc.id, blinding_failed(htlc))
            return
        attribution = self._attribution(channel, htlc, shared_secret, packet, downstream)
        channel.remove(htlc.id, FailedWith(wrap_failure(shared_secret, packet)), attribution)

    def _attribution(
        self,
        channel: ChannelDriver,
        htlc: Htlc,
        shared_secret: bytes,
        packet: bytes,
        downstream: bytes,
    ) -> bytes:
        if htlc.path_key is not None or not self._attributes(channel.peer):
            return b""
        # BOLT 4: zero is the word of who does not know.
        held = 0 if htlc.came_at is None else self._clock.now().since(htlc.came_at)
        return add_hold_time(shared_secret, held, packet, downstream)
