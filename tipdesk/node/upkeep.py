"""What is done once a minute: experience is kept; unpaid invoices and old ways are forgotten."""

import asyncio
from collections.abc import Callable
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.node.turn import Turn
from tipdesk.node.wayfinder import WayFinder
from tipdesk.ports.stores import NodeStore

EVERY_SECONDS: Final = 60.0
FORGET_AFTER_MS: Final = 7 * 24 * 3_600_000
"""So long after its end an unpaid invoice is forgotten; nobody asks for it any more."""
FORGET_BOLT12_AFTER_MS: Final = 3_600_000
"""Strangers ask for those: they go as soon as no payment of them can be under way."""
MAX_FORGOTTEN: Final = 500
"""In one turn: a few milliseconds. Faster than invoices can be asked for in the long run."""
MAX_WAYS: Final = 50_000
"""Of the latest parts of payments it is kept which way they took: some 20 MB."""


class Upkeep:
    """The node's small chores."""

    def __init__(
        self,
        *,
        store: NodeStore,
        turn: Turn,
        clock: Clock,
        ways: WayFinder,
        keep_scores: Callable[[bytes], None],
    ) -> None:
        self._store = store
        self._turn = turn
        self._clock = clock
        self._ways = ways
        self._keep_scores = keep_scores

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self.forget_invoices()
            self.forget_ways()
            self.keep_experience()
            await asyncio.sleep(EVERY_SECONDS)

    def forget_invoices(self) -> None:
        """Deletes a bounded number of invoices that expired unpaid long ago."""
        now = self._clock.now()
        long_ago, lately = now.plus_ms(-FORGET_AFTER_MS), now.plus_ms(-FORGET_BOLT12_AFTER_MS)
        if self._store.forget_unpaid_invoices(long_ago, MAX_FORGOTTEN):
            self._turn.touched()
        if self._store.forget_unpaid_bolt12(lately, MAX_FORGOTTEN):
            self._turn.touched()

    def forget_ways(self) -> None:
        """Deletes the oldest of the ways that payments took, once there are very many."""
        if self._store.forget_ways(MAX_WAYS, MAX_FORGOTTEN):
            self._turn.touched()

    def keep_experience(self) -> None:
        """Hands on what payments have taught since the last time."""
        news = self._ways.news()
        if news is not None:
            self._keep_scores(news)
