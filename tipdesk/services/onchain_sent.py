"""What was sent on chain: written down before it is published, followed until it is final."""

import asyncio
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.ports.stores_tips import SentOnchainStore
from tipdesk.ports.wallet import OnchainWallet
from tipdesk.services.bus import Bus
from tipdesk.services.events import BalanceChanged, TimelineChanged

FINAL_DEPTH: Final = 3
"""So many blocks, its own among them, and a transaction counts as final."""
LOOK_SECONDS: Final = 30.0


class SentOnchain:
    """Only the wallet says what left it: when a payment is final, its figures are the wallet's."""

    def __init__(
        self, *, store: SentOnchainStore, wallet: OnchainWallet, bus: Bus, clock: Clock
    ) -> None:
        self._store = store
        self._wallet = wallet
        self._bus = bus
        self._clock = clock
        self._stale = asyncio.Event()
        bus.subscribe(BalanceChanged, lambda _: self._stale.set())

    def begun(self, txid: Txid, address: str, amount: Sat, fee: Sat) -> None:
        """It is signed, and will be published now."""
        self._store.begun(txid, address, amount, fee, self._clock.now())
        self._bus.publish(TimelineChanged())

    def refused(self, txid: Txid) -> None:
        """The network did not take it."""
        self._store.refused(txid)
        self._bus.publish(TimelineChanged())

    async def look(self) -> None:
        """Writes down which have become final."""
        for txid in self._store.under_way():
            standing = await self._wallet.standing(txid)
            if standing is not None and standing.depth >= FINAL_DEPTH:
                paid = standing.left - standing.fee
                self._store.settled(txid, paid, standing.fee, self._clock.now())
                self._bus.publish(TimelineChanged())

    async def run(self) -> None:
        """Looks whenever the wallet's figures moved, and now and then."""
        while True:
            self._stale.clear()
            await self.look()
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._stale.wait()
            except TimeoutError:
                continue
