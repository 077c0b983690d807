"""Follows the chain through a `ChainSource` and tells the node what happens to what it watches.

The tracker decides; this driver asks the server what the tracker wants to know, reconnects when
the server is lost, and sends unconfirmed transactions of ours again.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final, assert_never

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import ShortChannelId, Txid
from tipdesk.base.units import BlockHeight, Sat
from tipdesk.bitcoin.facts import (
    Fact,
    HeadersSeen,
    HistorySeen,
    HistoryStale,
    ProofSeen,
    Query,
    TipSeen,
    TransactionSeen,
    WantHeaders,
    WantHistory,
    WantProof,
    WantTransaction,
    WatchAdded,
    WatchRemoved,
)
from tipdesk.bitcoin.feerates import TARGETS, Feerates
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import rules_of
from tipdesk.bitcoin.tracker import Tracker, check_proof, step
from tipdesk.bitcoin.tx import Transaction
from tipdesk.bitcoin.watch import ChainEvent, NewTip, TxConfirmed, Watch, WatchConfirmed
from tipdesk.ports.chain import (
    BroadcastRefused,
    ChainSource,
    ChainTip,
    Notice,
    ScriptChanged,
    SourceLost,
    SourceUnreachable,
)

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 30.0
KEEP_ALIVE: Final = 60.0
BURIED: Final = 6
MAX_PUBLISHED: Final = 1_000
MAX_ASKED_AT_ONCE: Final = 100
MAX_LOOKUPS: Final = 16
MAX_REMEMBERED: Final = 20_000

_log = logging.getLogger(__name__)


class ChainDriver:
    """Owns the tracker. Call from the loop's thread only; `run` belongs to a task of the caller.

    `deliver` gets every event, in order and each once while the process lives; `caught_up` is
    called when all has been told that the chain says up to a new tip. Neither may raise.
    """

    def __init__(
        self,
        source: ChainSource,
        network: Network,
        deliver: Callable[[ChainEvent], None],
        caught_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._source = source
        self._deliver = deliver
        self._caught_up = caught_up
        self._tracker = Tracker(HeaderChain(rules_of(network)))
        self._queries: tuple[Query, ...] = ()
        self._inbox: list[Fact] = []
        self._wake = asyncio.Event()
        self._lost = False
        self._pause = FIRST_PAUSE
        self._fresh_tip = False
        self._asked: set[Watch] = set()
        self._published: dict[Txid, Transaction] = {}
        self._feerates = Feerates()
        self._height: BlockHeight | None = None
        self._lookups = asyncio.Semaphore(MAX_LOOKUPS)
        self._outputs: OrderedDict[ShortChannelId, tuple[bytes, Sat]] = OrderedDict()

    @property
    def height(self) -> BlockHeight | None:
        """Height of the best chain, None until the server's headers are here."""
        return self._height

    @property
    def feerates(self) -> Feerates:
        """The last estimates; the floor until there are any."""
        return self._feerates

    def watch(self, watch: Watch) -> None:
        """Begins to watch; what has happened already is told too."""
        if watch not in self._asked:
            self._asked.add(watch)
            self._put(WatchAdded(watch))

    def unwatch(self, watch: Watch) -> None:
        """Stops watching; nothing more is told about it."""
        if watch in self._asked:
            self._asked.discard(watch)
            self._put(WatchRemoved(watch))

    async def broadcast(self, transaction: Transaction) -> None:
        """Publishes a transaction, and again with every block until it is six deep.

        `BroadcastRefused` if the network does not take it now, another `BackendError` if the
        server cannot be asked: it is tried again in either case, until `forget`.
        """
        if transaction.txid not in self._published:
            while len(self._published) >= MAX_PUBLISHED:
                self.forget(next(iter(self._published)))
            self._published[transaction.txid] = transaction
            self._put(WatchAdded(_burial(transaction)))
        await self._source.broadcast(transaction)

    def forget(self, txid: Txid) -> None:
        """Stops publishing a transaction."""
        transaction = self._published.pop(txid, None)
        if transaction is not None:
            self._put(WatchRemoved(_burial(transaction)))

    async def funding_script_at(self, channel: ShortChannelId) -> tuple[bytes, Sat] | None:
        """Script and amount of the output a `short_channel_id` names, proven (BOLT 7); or None.

        None also when the block is above our tip. Whether it is unspent is not asked.
        """
        known = self._outputs.get(channel)
        if known is not None:
            self._outputs.move_to_end(channel)
            return known
        async with self._lookups:
            found = await self._look_up(channel)
        if found is not None:
            self._outputs[channel] = found
            if len(self._outputs) > MAX_REMEMBERED:
                self._outputs.popitem(last=False)
        return found

    async def run(self) -> None:
        """Follows the chain until it is cancelled."""
        try:
            while True:
                try:
                    await self._connect()
                    await self._follow()
                except BackendError as error:
                    _log.info("the chain server is away: %s", error)
                await self._source.close()
                await asyncio.sleep(self._pause)
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
        finally:
            await self._source.close()

    async def _connect(self) -> None:
        self._lost = False
        await self._source.connect(self._hear)
        known = self._source.checked_headers()
        if known is not None and known.work > self._tracker.chain.work:
            self._tracker = replace(self._tracker, chain=known)
        tip = await self._source.subscribe_headers()
        self._put(TipSeen(tip.height, tip.header))
        self._put(HistoryStale(None))
        self._fresh_tip = True

    async def _follow(self) -> None:
        subscribed: set[bytes] = set()
        while True:
            await self._settle(subscribed)
            if self._fresh_tip:
                self._fresh_tip = False
                await self._estimate()
                await self._publish_again()
                self._caught_up()
            if self._lost:
                raise SourceUnreachable("the connection ended")
            self._pause = FIRST_PAUSE
            if not self._inbox:
                await self._sleep()

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(KEEP_ALIVE):
                await self._wake.wait()
        except TimeoutError:
            await self._source.ping()

    async def _settle(self, subscribed: set[bytes]) -> None:
        while True:
            self._wake.clear()
            while self._inbox:
                self._learn(self._inbox.pop(0))
            await self._subscribe(subscribed)
            if self._inbox:
                continue
            if not self._queries:
                return
            asked = self._queries[:MAX_ASKED_AT_ONCE]
            for fact in await asyncio.gather(*map(self._ask, asked)):
                self._learn(fact)

    async def _subscribe(self, subscribed: set[bytes]) -> None:
        wanted = {watch.script_pubkey for watch in self._tracker.watches}
        missing, ended = wanted - subscribed, subscribed - wanted
        await _all(map(self._source.subscribe_script, missing))
        await _all(map(self._source.unsubscribe_script, ended))
        subscribed |= missing
        subscribed -= ended

    async def _ask(self, query: Query) -> Fact:
        match query:
            case WantHeaders(start, count):
                return HeadersSeen(start, await self._source.headers(start, count))
            case WantHistory(script_pubkey):
                items = await self._source.script_history(script_pubkey)
                return HistorySeen(script_pubkey, items)
            case WantTransaction(txid):
                return TransactionSeen(await self._source.transaction(txid))
            case WantProof(txid, height):
                return ProofSeen(txid, await self._source.merkle_proof(txid, height))
            case _:
                assert_never(query)

    def _learn(self, fact: Fact) -> None:
        after = step(self._tracker, fact)
        self._tracker, self._queries = after.tracker, after.queries
        for event in after.events:
            self._tell(event)

    def _tell(self, event: ChainEvent) -> None:
        if isinstance(event, NewTip):
            self._height = event.height
            self._fresh_tip = True
            self._deliver(event)
            return
        if event.watch in self._asked:
            self._deliver(event)
        if isinstance(event, TxConfirmed) and event.watch.depth == BURIED:
            self.forget(event.transaction.txid)

    def _put(self, fact: Fact) -> None:
        if isinstance(fact, WatchRemoved) and self._is_needed(fact.watch):
            return
        self._inbox.append(fact)
        self._wake.set()

    def _is_needed(self, watch: Watch) -> bool:
        # A caller and the publishing of a transaction may want the very same watch.
        published = self._published.values()
        return watch in self._asked or any(watch == _burial(one) for one in published)

    def _hear(self, notice: Notice) -> None:
        match notice:
            case ChainTip(height, header):
                self._put(TipSeen(height, header))
            case ScriptChanged(script_pubkey):
                self._put(HistoryStale(script_pubkey))
            case SourceLost():
                self._lost = True
                self._wake.set()
            case _:
                assert_never(notice)

    async def _estimate(self) -> None:
        least = await self._source.minimum_fee()
        estimates = {target: await self._source.estimate_fee(target) for target in TARGETS}
        self._feerates = Feerates.from_sat_per_kb(estimates, least)

    async def _publish_again(self) -> None:
        for txid, transaction in tuple(self._published.items()):
            if self._tracker.place_of(txid) is None:
                try:
                    await self._source.broadcast(transaction)
                except BroadcastRefused as refused:
                    _log.info("not taken again: %s", refused)

    async def _look_up(self, channel: ShortChannelId) -> tuple[bytes, Sat] | None:
        header = self._tracker.chain.at(channel.block_height)
        if header is None:
            return None
        place = (channel.block_height, channel.transaction_index)
        found = await self._source.transaction_at(*place)
        if found is None:
            return None
        txid, proof = found
        transaction = await self._source.transaction(txid)
        check_proof(header, transaction, proof)
        if channel.output_index >= len(transaction.outputs):
            return None
        out = transaction.outputs[channel.output_index]
        return out.script_pubkey, out.amount


async def _all(calls: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*calls)


def _burial(transaction: Transaction) -> WatchConfirmed:
    return WatchConfirmed(transaction.txid, transaction.outputs[0].script_pubkey, BURIED)
