"""A regtest chain whose every block Bitcoin Core's consensus code has accepted.

Blocks are kept in our own log and replayed at start: the kernel flushes nothing before a clean
close, so its own folder is thrown away each time. The kernel does not raise for a block that
breaks a rule; that its tip did not move is what tells.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Final, Self

import pbk
import pbk.capi.bindings as kernel

from tipdesk.base.buffer import Reader
from tipdesk.base.clock import Clock
from tipdesk.base.errors import RequestError, StorageError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.block import Header, merkle_root
from tipdesk.bitcoin.script import Op, push, push_number, script
from tipdesk.bitcoin.tx import (
    OutPoint,
    Transaction,
    TxIn,
    TxOut,
    compact_size,
    read_compact_size,
)
from tipdesk.crypto.hashes import sha256d
from tipdesk.practice.block_log import BlockLog

_BITS: Final = 0x207FFFFF
_HALVING: Final = 150
_SUBSIDY: Final = 50 * 100_000_000
_GENESIS_TIME: Final = 1296688602
_MEDIAN_SPAN: Final = 11
_NO_FEES: Final = Sat(0)


class BlockRefused(RequestError):
    """The consensus code did not accept a block."""

    def __init__(self, block_hash: BlockHash) -> None:
        super().__init__(f"block {block_hash} breaks a consensus rule")
        self.block_hash = block_hash


class ReplayFailed(StorageError):
    """The block log holds a block that the consensus code does not accept."""


@dataclass(frozen=True)
class Block:
    """A header and its transactions, the coinbase first."""

    header: Header
    transactions: tuple[Transaction, ...]

    @property
    def hash(self) -> BlockHash:
        """The block's hash."""
        return self.header.hash

    @cached_property
    def txids(self) -> list[Txid]:
        """The ids in the block's order."""
        return [transaction.txid for transaction in self.transactions]

    def serialize(self) -> bytes:
        """As peers send it, with witnesses."""
        return (
            self.header.serialize()
            + compact_size(len(self.transactions))
            + b"".join(transaction.serialize() for transaction in self.transactions)
        )

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From exactly these bytes; `DecodeError` for anything else."""
        reader = Reader(data)
        header = Header.parse(reader.take(80))
        count = read_compact_size(reader)
        transactions = tuple(Transaction.read(reader) for _ in range(min(count, reader.left)))
        reader.finish()
        return cls(header, transactions)


@dataclass(frozen=True)
class ChainChange:
    """What the active chain lost (tip first) and gained (lowest first)."""

    disconnected: tuple[Block, ...]
    connected: tuple[Block, ...]


class Chain:
    """The active chain, from genesis (height 0) to its tip."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Opens the chain kept in `folder`, or begins one there; `StorageError` if it cannot."""
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._kernel = _empty_kernel(folder / "kernel")
        self._log = BlockLog(folder / "blocks.log")
        self._active = [_genesis()]
        self._known = {block.hash: block for block in self._active}
        self._heights = {block.hash: height for height, block in enumerate(self._active)}
        self._replay()

    def close(self) -> None:
        """Lets go of the files. Nothing is lost without it."""
        self._log.close()

    @property
    def height(self) -> int:
        """Height of the tip."""
        return len(self._active) - 1

    @property
    def tip(self) -> Block:
        """The highest block."""
        return self._active[-1]

    def block_at(self, height: int) -> Block:
        """The block at a height from 0 to `height`; `IndexError` otherwise."""
        if height < 0:
            raise IndexError(height)
        return self._active[height]

    def height_of(self, block_hash: BlockHash) -> int | None:
        """Where a block stands in the active chain, None if it does not."""
        return self._heights.get(block_hash)

    def median_time(self, height: int) -> int:
        """BIP-113 median time of the eleven blocks that end at `height`."""
        span = self._active[max(0, height + 1 - _MEDIAN_SPAN) : height + 1]
        return sorted(block.header.time for block in span)[len(span) // 2]

    def mine(
        self,
        script_pubkey: bytes,
        transactions: Sequence[Transaction] = (),
        fees: Sat = _NO_FEES,
        time: int | None = None,
    ) -> ChainChange:
        """One block on the tip, its reward to `script_pubkey`, durable when this returns.

        `transactions` stand in an order in which parents come first; `fees` is what they pay.
        `time` (Unix seconds) defaults to now, and is moved up if the median time demands it.
        """
        seconds = self._clock.now().unix_seconds if time is None else time
        block = build_block(
            self.tip.header,
            self.height + 1,
            TxOut(_subsidy(self.height + 1) + fees, script_pubkey),
            transactions,
            time=max(seconds, self.median_time(self.height) + 1),
        )
        return self.extend([block])

    def reorganise(self, depth: int, script_pubkey: bytes) -> ChainChange:
        """Replaces the last `depth` blocks by `depth + 1` empty ones."""
        base = self.height - depth
        parent, branch = self.block_at(base), list[Block]()
        for height in range(base + 1, self.height + 2):
            time = max(self.tip.header.time, self.median_time(self.height)) + 1 + len(branch)
            reward = TxOut(_subsidy(height), script_pubkey)
            parent = build_block(parent.header, height, reward, (), time=time, extra=depth)
            branch.append(parent)
        return self.extend(branch)

    def extend(self, blocks: Sequence[Block]) -> ChainChange:
        """Adds a branch that becomes the active chain; `BlockRefused` if it does not."""
        for block in blocks:
            self._offer(block)
        if self._kernel_tip() != blocks[-1].hash:
            raise BlockRefused(blocks[-1].hash)
        self._log.append(block.serialize() for block in blocks)
        self._known.update((block.hash, block) for block in blocks)
        return self._follow_kernel()

    def _offer(self, block: Block) -> None:
        try:
            self._kernel.process_block(pbk.Block(block.serialize()))
        except (pbk.ProcessBlockException, RuntimeError):
            raise BlockRefused(block.hash) from None

    def _kernel_tip(self) -> BlockHash:
        chain = self._kernel.get_active_chain()
        return BlockHash(bytes(chain.block_tree_entries[chain.height].block_hash))

    def _follow_kernel(self) -> ChainChange:
        connected = [self._known[self._kernel_tip()]]
        while connected[-1].header.previous not in self._heights:
            connected.append(self._known[connected[-1].header.previous])
        connected.reverse()
        fork = self._heights[connected[0].header.previous]
        disconnected = self._active[:fork:-1]
        for block in disconnected:
            del self._heights[block.hash]
        self._active[fork + 1 :] = connected
        self._heights.update((block.hash, fork + 1 + n) for n, block in enumerate(connected))
        return ChainChange(tuple(disconnected), tuple(connected))

    def _replay(self) -> None:
        for record in self._log.records:
            block = Block.parse(record)
            try:
                self._offer(block)
            except BlockRefused as refused:
                raise ReplayFailed(str(refused)) from refused
            self._known[block.hash] = block
        self._log.records.clear()
        if self._kernel_tip() not in self._heights:
            self._follow_kernel()


@cache
def _silence_kernel() -> None:
    # Left alone the kernel hoards its log in memory; asked twice for silence it aborts.
    kernel.btck_logging_disable()


def _empty_kernel(folder: Path) -> pbk.ChainstateManager:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    _silence_kernel()
    context = pbk.make_context(pbk.ChainType.REGTEST)
    options = pbk.ChainstateManagerOptions(context, str(folder), str(folder / "blocks"))
    options.update_block_tree_db_in_memory(1)
    options.update_chainstate_db_in_memory(1)
    options.set_worker_threads_num(0)
    manager = pbk.ChainstateManager(options)
    manager.import_blocks([])
    return manager


def _subsidy(height: int) -> Sat:
    return Sat(_SUBSIDY >> (height // _HALVING))


def _root(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        if len(leaves) % 2:
            leaves.append(leaves[-1])
        leaves = [sha256d(leaves[i] + leaves[i + 1]) for i in range(0, len(leaves), 2)]
    return leaves[0]


def build_block(
    parent: Header,
    height: int,
    reward: TxOut,
    transactions: Sequence[Transaction],
    *,
    time: int,
    extra: int = 0,
) -> Block:
    """A block with its work done; `extra` tells two otherwise equal coinbases apart."""
    # BIP-141: the coinbase commits to every witness, its own counted as zero.
    witness_root = _root([bytes(32), *(bytes(tx.wtxid) for tx in transactions)])
    commitment = script(Op.RETURN, b"\xaa\x21\xa9\xed" + sha256d(witness_root + bytes(32)))
    entry = TxIn(
        OutPoint(Txid(bytes(32)), 0xFFFFFFFF),
        script_sig=push_number(height) + push(extra.to_bytes(4, "little")),
        witness=(bytes(32),),
    )
    coinbase = Transaction(2, (entry,), (reward, TxOut(Sat(0), commitment)))
    every = (coinbase, *transactions)
    root = _root([bytes(tx.txid) for tx in every])
    header = Header(0x20000000, parent.hash, root, time, _BITS, 0)
    while not header.has_work:
        header = replace(header, nonce=header.nonce + 1)
    return Block(header, every)


def _genesis() -> Block:
    # Satoshi's coinbase, with the time and bits of regtest.
    newspaper = b"The Times 03/Jan/2009 Chancellor on brink of second bailout for banks"
    key = bytes.fromhex(
        "04678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb6"
        "49f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5f"
    )
    entry = TxIn(
        OutPoint(Txid(bytes(32)), 0xFFFFFFFF),
        script_sig=push(0x1D00FFFF.to_bytes(4, "little")) + b"\x01\x04" + push(newspaper),
    )
    coinbase = Transaction(1, (entry,), (TxOut(Sat(_SUBSIDY), push(key) + bytes([Op.CHECKSIG])),))
    root = merkle_root(coinbase.txid, [], 0)
    header = Header(1, BlockHash(bytes(32)), root, _GENESIS_TIME, _BITS, 2)
    return Block(header, (coinbase,))
