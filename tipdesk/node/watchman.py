"""At every block: which channels must go to the chain, and which will never come to be."""

import logging
from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.units import BlockHeight
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.state import (
    AwaitingReady,
    Closed,
    Closing,
    Failed,
    inner,
)
from tipdesk.lightning.onchain.deadlines import overdue
from tipdesk.node.bidding import known_preimages
from tipdesk.node.channels import ChannelDriver
from tipdesk.ports.stores import NodeStore

GRACE_MS: Final = 120_000
"""After a start peers get so long to settle what expired meanwhile (class 40)."""
FUNDING_PATIENCE: Final = 2016
"""Blocks after which a fundee forgets a channel whose funding is not mined (BOLT 2)."""

_log = logging.getLogger(__name__)


class Watchman:
    """Keeps the deadlines of all channels."""

    def __init__(
        self,
        *,
        store: NodeStore,
        clock: Clock,
        channels: Callable[[], list[ChannelDriver]],
    ) -> None:
        self._store = store
        self._clock = clock
        self._channels = channels
        self._patient_until = clock.now().plus_ms(GRACE_MS)

    def look(self, height: BlockHeight) -> None:
        """A block was found."""
        for channel in self._channels():
            live = channel.live
            if live is None:
                continue
            state = inner(live)
            if isinstance(state, AwaitingReady):
                if height.value > state.opened_at.value + FUNDING_PATIENCE:
                    channel.handle(command.FundingTimedOut())
            elif not isinstance(state, Closing | Closed | Failed):
                self._keep_deadlines(channel, height)

    def _keep_deadlines(self, channel: ChannelDriver, height: BlockHeight) -> None:
        c = channel.commitments
        if c is None or not c.htlcs:
            return
        late = overdue(c, channel.terms, height, known_preimages(c, self._store))
        if late is None or (not late.is_urgent and self._clock.now() < self._patient_until):
            return
        _log.warning("%r goes to the chain at height %d: %s", channel, height.value, late)
        channel.handle(command.ForceClose(reason=str(late)))
