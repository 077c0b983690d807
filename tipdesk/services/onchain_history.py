"""What was sent and what came in on chain: written down, and followed until it is final.

What comes out of a channel of ours is no deposit: it was ours before. What the wallet held before
this history began is not told either, as nobody can say any more where it came from.
"""

import asyncio
from typing import Final, Protocol

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.ports.stores_tips import Arrival, ArrivalStore, SentOnchainStore
from tipdesk.ports.wallet import ArrivedTx, TxStanding
from tipdesk.services.bus import Bus
from tipdesk.services.events import BalanceChanged, TimelineChanged

FINAL_DEPTH: Final = 3
"""So many blocks, its own among them, and a transaction counts as final."""
LOOK_SECONDS: Final = 30.0
_BLOCK_CLOCKS_MS: Final = 2 * 3_600_000
"""So far a block's time may be off."""


class WalletSight(Protocol):
    """What is asked of `OnchainWallet`."""

    async def standing(self, txid: Txid) -> TxStanding | None:
        """How a payment of ours stands."""
        ...

    async def arrived(self) -> tuple[ArrivedTx, ...]:
        """All that came in by others' transactions."""
        ...


class OnchainHistory:
    """Only the wallet says what left it and what came: when that is final, the figures are its."""

    def __init__(
        self,
        *,
        store: SentOnchainStore,
        arrivals: ArrivalStore,
        wallet: WalletSight,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._arrivals = arrivals
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
        """Writes down what came in, and what has become final."""
        await self._look_at_sent()
        await self._look_at_arrived()

    async def _look_at_arrived(self) -> None:
        begun = self._arrivals.begun(self._clock.now())
        known, arrived = self._arrivals.states(), await self._wallet.arrived()
        for tx in arrived:
            before = known.pop(tx.txid, None)
            if before in (Arrival.SETTLED, Arrival.NO_DEPOSIT):
                continue
            state = self._state_of(tx, begun) if before is None else _standing(tx)
            if state is not before:
                self._arrivals.put(tx, state, self._clock.now())
                self._bus.publish(TimelineChanged())
        for txid, state in known.items():
            if state is Arrival.UNDER_WAY:
                self._arrivals.is_gone(txid)
                self._bus.publish(TimelineChanged())

    def _state_of(self, tx: ArrivedTx, begun: Instant) -> Arrival:
        """Of one that is seen for the first time."""
        at = tx.confirmed_at
        is_old = at is not None and at < begun.plus_ms(-_BLOCK_CLOCKS_MS)
        if is_old or any(map(self._arrivals.is_of_channel, tx.spends)):
            return Arrival.NO_DEPOSIT
        return _standing(tx)

    async def _look_at_sent(self) -> None:
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


def _standing(tx: ArrivedTx) -> Arrival:
    return Arrival.SETTLED if tx.depth >= FINAL_DEPTH else Arrival.UNDER_WAY
