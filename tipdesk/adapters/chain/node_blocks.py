"""What bitcoind tells of its chain: hashes, headers, blocks, and where something may be."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final

from tipdesk.adapters.chain import answers
from tipdesk.adapters.chain.rpc import BitcoindRpc
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.headers import HEADER_BYTES
from tipdesk.ports.chain import SourceMisbehaved, SourceRefused

FILTERS_AT_ONCE: Final = 20_000
MAX_BLOCK_TXS: Final = 200_000
MAX_KEPT_BLOCKS: Final = 16


class NodeBlocks:
    """Questions about blocks. Every method may raise a `BackendError`."""

    def __init__(self, rpc: BitcoindRpc) -> None:
        self._rpc = rpc
        self._txids: OrderedDict[BlockHash, list[Txid]] = OrderedDict()

    async def height(self) -> int:
        """`getblockcount`."""
        return answers.number(await self._rpc.call("getblockcount"), most=answers.MAX_HEIGHT)

    async def hash_at(self, height: int) -> BlockHash:
        """`getblockhash`."""
        return answers.block_hash(await self._rpc.call("getblockhash", height))

    async def hashes(self, heights: Iterable[int]) -> list[BlockHash]:
        """`getblockhash` of many."""
        found = await self._rpc.all("getblockhash", [(height,) for height in heights])
        return [answers.block_hash(one) for one in found]

    async def headers(self, start: int, count: int) -> tuple[Header, ...]:
        """`getblockheader` of at most `count` blocks from a height on."""
        last = min(start + count - 1, await self.height())
        wanted = [(str(one), False) for one in await self.hashes(range(start, last + 1))]
        found = await self._rpc.all("getblockheader", wanted)
        return answers.linked([answers.header(one) for one in found])

    async def raw(self, blocks: Iterable[BlockHash]) -> list[bytes]:
        """`getblock` as bytes."""
        found = await asyncio.gather(*(self._rpc.call("getblock", str(one), 0) for one in blocks))
        return [answers.raw(one) for one in found]

    async def txids_at(self, height: int) -> list[Txid]:
        """`getblock`: the ids in the block at a height."""
        block = await self.hash_at(height)
        if block not in self._txids:
            shown = answers.table(await self._rpc.call("getblock", str(block), 1))
            listed = answers.items(shown.get("tx"))
            if not 0 < len(listed) <= MAX_BLOCK_TXS:
                raise SourceMisbehaved(Phrase("a block without transactions, or with too many"))
            self._txids[block] = [answers.txid(one) for one in listed]
            if len(self._txids) > MAX_KEPT_BLOCKS:
                self._txids.popitem(last=False)
        return self._txids[block]

    async def holding(self, first: int, last: int, scripts: set[bytes]) -> Sequence[int]:
        """`scanblocks`: the heights where a script may be; all of them without filters."""
        objects = [f"raw({script_pubkey.hex()})" for script_pubkey in sorted(scripts)]
        heights: set[int] = set()
        for start in range(first, last + 1, FILTERS_AT_ONCE):
            end = min(start + FILTERS_AT_ONCE - 1, last)
            try:
                answer = await self._rpc.call("scanblocks", "start", objects, start, end)
            except SourceRefused:
                return range(first, last + 1)
            blocks = answers.items(answers.table(answer).get("relevant_blocks"))
            wanted = [(str(answers.block_hash(one)),) for one in blocks]
            shown = await self._rpc.all("getblockheader", wanted)
            heights |= {answers.height(answers.table(one).get("height")) for one in shown}
        return sorted(heights)


def header_of(raw: bytes, block: BlockHash) -> Header:
    """The header of a block's bytes; `SourceMisbehaved` if it is not that block's."""
    header = Header.parse(raw[:HEADER_BYTES].ljust(HEADER_BYTES, b"\0"))
    if header.hash != block:
        raise SourceMisbehaved(Phrase("another block came in place of {block}", block=block))
    return header
