"""A client of one's own bitcoind. It needs no index: blocks are read as they come.

A script that is newly watched is looked for in the blocks from the profile's birth on: in all of
them, which takes long after a birth long ago, or with bitcoind's `blockfilterindex` in those that
may hold it. New blocks are read and told meanwhile. A
pruned node must have the blocks since the birth.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tipdesk.adapters.chain import answers
from tipdesk.adapters.chain.node_blocks import NodeBlocks, header_of
from tipdesk.adapters.chain.polling import Poller
from tipdesk.adapters.chain.rpc import BitcoindRpc
from tipdesk.adapters.chain.scanning import Pool, Scanner
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.block import Header, merkle_branch
from tipdesk.bitcoin.facts import HistoryItem, MerkleProof
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import (
    BroadcastRefused,
    ChainTip,
    Notice,
    ScriptChanged,
    SourceLost,
    SourceMisbehaved,
    SourceRefused,
    SourceUnreachable,
)

BLOCKS_AT_ONCE: Final = 8
KEPT_HASHES: Final = 300
MAX_ATTEMPTS: Final = 5
MAX_POOL: Final = 500_000
MAX_PLACES: Final = 50_000
_SAT_PER_BTC: Final = 100_000_000


class BitcoindSource:
    """`ChainSource` over a full node's RPC, looked at every `seconds`."""

    def __init__(
        self,
        rpc: BitcoindRpc,
        network: Network,
        *,
        birth: int = 0,
        seconds: float = 5.0,
        patience: float = 5.0,
    ) -> None:
        """No watched script is in a block below the height `birth`.

        A history that takes more than `patience` seconds to find is answered as far as it is
        known; the rest is told as a change.
        """
        self._rpc = rpc
        self._blocks = NodeBlocks(rpc)
        self._network = network
        self._birth = birth
        self._patience = patience
        self._poller = Poller(self._look, self._on_lost, seconds)
        self._searcher = Poller(self._search_what_is_pending, self._on_lost, seconds)
        self._searched = asyncio.Event()
        self._failure: BackendError | None = None
        self._listener: Callable[[Notice], None] = lambda _: None
        self._reading, self._searching = asyncio.Lock(), asyncio.Lock()
        self._scanner, self._pool = Scanner(), Pool()
        self._pending: set[bytes] = set()
        self._beginnings = 0
        self._scanned: OrderedDict[int, BlockHash] = OrderedDict()
        self._waiting: dict[bytes, list[Txid]] = {}
        self._tip: BlockHash | None = None
        self._told: dict[bytes, tuple[HistoryItem, ...]] = {}
        self._places: OrderedDict[Txid, BlockHash] = OrderedDict()

    async def connect(self, listener: Callable[[Notice], None]) -> None:
        """Checks that the node follows our network, and begins to look."""
        await self.close()
        self._rpc.is_open = True
        try:
            if await self._blocks.hash_at(0) != bytes(self._network.chain_hash):
                raise SourceMisbehaved(
                    Phrase("bitcoind does not follow {network}", network=self._network.value)
                )
        except BackendError:
            self._rpc.is_open = False
            raise
        self._listener = listener
        self._poller.start()
        self._searcher.start()

    async def close(self) -> None:
        """Looks no more. What blocks were found to hold is kept for the next connection."""
        self._listener = lambda _: None
        self._rpc.is_open, self._tip = False, None
        self._told.clear()
        await self._searcher.stop()
        await self._poller.stop()

    async def ping(self) -> None:
        """`getblockcount`."""
        await self._rpc.call("getblockcount")

    def checked_headers(self) -> HeaderChain | None:
        """None: it hands on what it is told."""
        return None

    async def subscribe_headers(self) -> ChainTip:
        """`getbestblockhash` and its header."""
        best = answers.block_hash(await self._rpc.call("getbestblockhash"))
        header = answers.header(await self._rpc.call("getblockheader", str(best), False))  # noqa: FBT003
        shown = answers.table(await self._rpc.call("getblockheader", str(best)))
        if header.hash != best:
            raise SourceMisbehaved(Phrase("a header that is not the best block's"))
        self._tip = best
        return ChainTip(answers.height(shown.get("height")), header)

    async def headers(self, start: int, count: int) -> tuple[Header, ...]:
        """`getblockhash` and `getblockheader`, a hundred in a request."""
        return await self._blocks.headers(start, count)

    async def subscribe_script(self, script_pubkey: bytes) -> None:
        """It is looked for from now on, and in what has passed when its history is asked for."""
        if script_pubkey not in self._scanner.scripts:
            self._scanner.add(script_pubkey)
            self._pending.add(script_pubkey)

    async def unsubscribe_script(self, script_pubkey: bytes) -> None:
        """It is forgotten."""
        self._scanner.remove(script_pubkey)
        self._pending.discard(script_pubkey)
        self._told.pop(script_pubkey, None)

    async def script_history(self, script_pubkey: bytes) -> tuple[HistoryItem, ...]:
        """From the blocks that were read, and those that are read now."""
        known = script_pubkey in self._scanner.scripts
        if not known:
            await self.subscribe_script(script_pubkey)
        await self._read_new()
        if script_pubkey in self._pending:
            await self._wait_for_search(script_pubkey)
        history = self._history(script_pubkey)
        if known:
            self._told[script_pubkey] = history
        else:
            await self.unsubscribe_script(script_pubkey)
        return history

    async def transaction(self, txid: Txid) -> Transaction:
        """`getrawtransaction`: of the mempool, or of a block that we know to hold it."""
        waiting = self._pool.raw(txid)
        if waiting is not None:
            return answers.transaction(txid, waiting)
        place = self._places.get(txid)
        params = (str(txid), False) if place is None else (str(txid), False, str(place))
        return answers.transaction(
            txid, answers.raw(await self._rpc.call("getrawtransaction", *params))
        )

    async def merkle_proof(self, txid: Txid, height: int) -> MerkleProof:
        """Worked out from the ids of the block."""
        txids = await self._blocks.txids_at(height)
        if txid not in txids:
            raise SourceRefused(
                Phrase("{txid} is not in block {height}", txid=txid, height=str(height))
            )
        position = txids.index(txid)
        return MerkleProof(height, position, tuple(merkle_branch(txids, position)))

    async def transaction_at(self, height: int, position: int) -> tuple[Txid, MerkleProof] | None:
        """As `merkle_proof`."""
        try:
            txids = await self._blocks.txids_at(height)
        except SourceRefused:
            return None
        if not 0 <= position < len(txids):
            return None
        self._place(txids[position], await self._blocks.hash_at(height))
        branch = merkle_branch(txids, position)
        return txids[position], MerkleProof(height, position, tuple(branch))

    async def broadcast(self, transaction: Transaction) -> None:
        """`sendrawtransaction`."""
        try:
            await self._rpc.call("sendrawtransaction", transaction.serialize().hex())
        except SourceRefused as refused:
            if not await answers.is_known(self, transaction.txid, in_words(refused)):
                raise BroadcastRefused(transaction.txid, in_words(refused)) from refused
        self._poller.wake()

    async def estimate_fee(self, target: int) -> int | None:
        """`estimatesmartfee`; a node that has seen too little answers without a rate."""
        answer = answers.table(await self._rpc.call("estimatesmartfee", target))
        return _fee(answer.get("feerate"))

    async def minimum_fee(self) -> int | None:
        """`getmempoolinfo`: what a full mempool demands now."""
        answer = answers.table(await self._rpc.call("getmempoolinfo"))
        return _fee(answer.get("mempoolminfee"))

    # What changes

    async def _look(self) -> None:
        best = answers.block_hash(await self._rpc.call("getbestblockhash"))
        if self._tip is not None and best != self._tip:
            self._listener(await self.subscribe_headers())
        if not self._told:
            return
        await self._read_new()
        self._tell_changes()

    def _tell_changes(self) -> None:
        for script_pubkey, before in tuple(self._told.items()):
            history = self._history(script_pubkey)
            if history != before:
                self._told[script_pubkey] = history
                self._listener(ScriptChanged(script_pubkey))

    def _on_lost(self) -> None:
        self._rpc.is_open = False
        self._listener(SourceLost())

    def _history(self, script_pubkey: bytes) -> tuple[HistoryItem, ...]:
        mined = self._scanner.mined(script_pubkey)
        known = {item.txid for item in mined}
        waiting = self._waiting.get(script_pubkey, ())
        return (*mined, *(HistoryItem(txid, 0) for txid in waiting if txid not in known))

    # Reading blocks

    async def _read_new(self) -> None:
        """Follows the node's chain for all scripts, and its mempool."""
        async with self._reading:
            for _ in range(MAX_ATTEMPTS):
                try:
                    await self._step_back()
                    height = await self._blocks.height()
                    first = next(reversed(self._scanned), height - 1) + 1
                    await self._read(first, height)
                except _ChainMoved:
                    continue
                await self._fill_pool()
                return
            raise SourceUnreachable(Phrase("the chain changed each time it was read"))

    async def _step_back(self) -> None:
        """Leaves the blocks that are no longer in the node's chain."""
        height = await self._blocks.height()
        while self._scanned:
            last = next(reversed(self._scanned))
            if last <= height and await self._blocks.hash_at(last) == self._scanned[last]:
                return
            del self._scanned[last]
            self._scanner.rewind(last - 1)
        # Nothing was read yet, or nothing of it is in the chain any more.
        self._scanner.rewind(-1)
        self._pending = set(self._scanner.scripts)
        self._beginnings += 1

    async def _read(self, first: int, last: int) -> None:
        for start in range(first, last + 1, BLOCKS_AT_ONCE):
            heights = range(start, min(start + BLOCKS_AT_ONCE, last + 1))
            blocks = await self._blocks.hashes(heights)
            for height, block, raw in zip(
                heights, blocks, await self._blocks.raw(blocks), strict=True
            ):
                previous = header_of(raw, block).previous
                if self._scanned.get(height - 1, previous) != previous:
                    raise _ChainMoved
                self._take_in(height, block, raw, self._scanner.scripts)
                self._scanned[height] = block
                if len(self._scanned) > KEPT_HASHES:
                    self._scanned.popitem(last=False)

    async def _wait_for_search(self, script_pubkey: bytes) -> None:
        """For a moment: what is found later is told as a change."""
        self._searched.clear()
        self._searcher.wake()
        try:
            async with asyncio.timeout(self._patience):
                await self._searched.wait()
        except TimeoutError:
            return
        if script_pubkey in self._pending and self._failure is not None:
            raise self._failure

    async def _search_what_is_pending(self) -> None:
        if not self._pending:
            return
        try:
            await self._search()
        except BackendError as error:
            self._failure = error
            raise
        else:
            self._failure = None
            self._tell_changes()
        finally:
            self._searched.set()

    async def _search(self) -> None:
        """Looks for newly watched scripts in all that has passed; new blocks go on being read."""
        async with self._searching:
            while self._pending:
                wanted, beginning = set(self._pending), self._beginnings
                first, last = self._birth, next(reversed(self._scanned), -1)
                # What was read meanwhile may spend what was only found now.
                while first <= last and beginning == self._beginnings:
                    await self._search_through(first, last, wanted)
                    first, last = last + 1, next(reversed(self._scanned), -1)
                if beginning == self._beginnings:
                    self._pending -= wanted
            self._waiting = self._pool.touching(self._scanner)

    async def _search_through(self, first: int, last: int, scripts: set[bytes]) -> None:
        found = await self._blocks.holding(first, last, scripts)
        for start in range(0, len(found), BLOCKS_AT_ONCE):
            part = found[start : start + BLOCKS_AT_ONCE]
            blocks = await self._blocks.hashes(part)
            for height, block, raw in zip(
                part, blocks, await self._blocks.raw(blocks), strict=True
            ):
                if self._scanned.get(height, block) == block:
                    header_of(raw, block)
                    self._take_in(height, block, raw, scripts)

    def _take_in(self, height: int, block: BlockHash, raw: bytes, scripts: set[bytes]) -> None:
        for txid in self._scanner.block(height, raw, scripts & self._scanner.scripts):
            self._place(txid, block)

    async def _fill_pool(self) -> None:
        listed = answers.items(await self._rpc.call("getrawmempool"))
        if len(listed) > MAX_POOL:
            raise SourceMisbehaved(Phrase("a mempool of {count} transactions", count=len(listed)))
        missing = self._pool.missing(map(answers.txid, listed))
        found = await self._rpc.batch("getrawtransaction", [(str(txid),) for txid in missing])
        for txid, raw in zip(missing, found, strict=True):
            if isinstance(raw, SourceRefused):
                continue
            data = answers.raw(raw)
            self._pool.add(txid, data)
        try:
            self._waiting = self._pool.touching(self._scanner)
        except DecodeError as error:
            raise SourceMisbehaved(Phrase("a waiting transaction that is none")) from error

    def _place(self, txid: Txid, block: BlockHash) -> None:
        self._places[txid] = block
        self._places.move_to_end(txid)
        if len(self._places) > MAX_PLACES:
            self._places.popitem(last=False)


class _ChainMoved(Exception):
    """A block does not build on the one read before: the node has reorganised meanwhile."""


def _fee(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return int(value * _SAT_PER_BTC) if 0 < value < 1 else None
