"""A client of the Esplora HTTP API, as blockstream.info and mempool.space speak it.

It tells nothing unasked, so its tip and the watched scripts are looked at again and again. Ten
headers come with a request: a chain of half a million is better begun with an Electrum server.
"""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final

from tipdesk.adapters.chain import answers
from tipdesk.adapters.chain.polling import Poller
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import one_line
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.facts import HistoryItem, MerkleProof
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.hashes import sha256
from tipdesk.ports import http
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

BLOCKS_PER_PAGE: Final = 10
HISTORY_PER_PAGE: Final = 25
MAX_HISTORY: Final = 5_000
MAX_BODY: Final = 9_000_000
MAX_REASON: Final = 300
MAX_IN_FLIGHT: Final = 8
FEES_SECONDS: Final = 20.0
_NO_HASH: Final = "00" * 32
_REFUSALS: Final = frozenset({400, 404})

_Page = tuple[HistoryItem, ...]


class EsploraSource:
    """`ChainSource` over one Esplora server; `url` is its base, such as ``https://host/api``."""

    def __init__(
        self,
        client: http.PostingClient,
        url: str,
        network: Network,
        *,
        seconds: float = 15.0,
        timeout: float = 20.0,
    ) -> None:
        """It is looked at every `seconds`."""
        self._http = client
        self._url = url.rstrip("/")
        self._network = network
        self._timeout = timeout
        self._in_flight = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._poller = Poller(self._look, self._on_lost, seconds)
        self._listener: Callable[[Notice], None] = lambda _: None
        self._connected = False
        self._tip: BlockHash | None = None
        self._scripts: dict[bytes, _Page | None] = {}
        self._fees: tuple[float, dict[int, int]] | None = None

    async def connect(self, listener: Callable[[Notice], None]) -> None:
        """Checks that the server follows our network, and begins to look."""
        await self.close()
        self._connected = True
        try:
            genesis = await self._hash_at(0)
        except BackendError:
            self._connected = False
            raise
        if genesis != bytes(self._network.chain_hash):
            self._connected = False
            raise SourceMisbehaved(
                Phrase("the chain server does not follow {network}", network=self._network.value)
            )
        self._listener = listener
        self._poller.start()

    async def close(self) -> None:
        """Looks no more."""
        self._listener = lambda _: None
        self._connected = False
        self._scripts.clear()
        self._tip, self._fees = None, None
        await self._poller.stop()

    async def ping(self) -> None:
        """Asks for the tip's hash."""
        await self._get("/blocks/tip/hash")

    def checked_headers(self) -> HeaderChain | None:
        """None: it hands on what it is told."""
        return None

    async def subscribe_headers(self) -> ChainTip:
        """The newest of `/blocks`."""
        tip = (await self._blocks("/blocks"))[0]
        self._tip = tip.header.hash
        return tip

    async def headers(self, start: int, count: int) -> tuple[Header, ...]:
        """`/blocks/:height`, ten downward at a time."""
        top = answers.number(await self._json("/blocks/tip/height"), most=answers.MAX_HEIGHT)
        last = min(start + count - 1, top)
        tops = range(last, start - 1, -BLOCKS_PER_PAGE)
        pages = await asyncio.gather(*(self._blocks(f"/blocks/{height}") for height in tops))
        found = {tip.height: tip.header for page in pages for tip in page}
        if any(height not in found for height in range(start, last + 1)):
            raise SourceMisbehaved(Phrase("headers are missing"))
        return answers.linked([found[height] for height in range(start, last + 1)])

    async def subscribe_script(self, script_pubkey: bytes) -> None:
        """Its newest transactions are looked at from now on."""
        self._scripts[script_pubkey] = None
        self._scripts[script_pubkey] = await self._page(script_pubkey)

    async def unsubscribe_script(self, script_pubkey: bytes) -> None:
        """They are not."""
        self._scripts.pop(script_pubkey, None)

    async def script_history(self, script_pubkey: bytes) -> tuple[HistoryItem, ...]:
        """`/scripthash/:hash/txs`, then page after page of what is in blocks."""
        page = await self._page(script_pubkey)
        found = dict.fromkeys(page)
        mined = [item for item in page if item.height > 0]
        while len(mined) >= HISTORY_PER_PAGE:
            more = await self._page(script_pubkey, f"/chain/{mined[-1].txid}")
            if found.keys() >= set(more):
                break
            if len(found) + len(more) > MAX_HISTORY:
                raise SourceMisbehaved(
                    Phrase("a history of more than {most} transactions", most=str(MAX_HISTORY))
                )
            found.update(dict.fromkeys(more))
            mined = list(more)
        return tuple(reversed(found))

    async def transaction(self, txid: Txid) -> Transaction:
        """`/tx/:txid/raw`."""
        return answers.transaction(txid, await self._get(f"/tx/{txid}/raw"))

    async def merkle_proof(self, txid: Txid, height: int) -> MerkleProof:
        """`/tx/:txid/merkle-proof`."""
        answer = answers.table(await self._json(f"/tx/{txid}/merkle-proof"))
        if answers.height(answer.get("block_height")) != height:
            raise SourceRefused(
                Phrase("{txid} is not in block {height}", txid=txid, height=str(height))
            )
        position = answers.number(answer.get("pos"), most=answers.MAX_HEIGHT)
        return MerkleProof(height, position, answers.branch(answer.get("merkle")))

    async def transaction_at(self, height: int, position: int) -> tuple[Txid, MerkleProof] | None:
        """`/block/:hash/txid/:index`, with its proof."""
        try:
            block = await self._hash_at(height)
            text = await self._text(f"/block/{block}/txid/{position}")
        except SourceRefused:
            return None
        txid = answers.txid(text)
        proof = await self.merkle_proof(txid, height)
        return (txid, proof) if proof.position == position else None

    async def broadcast(self, transaction: Transaction) -> None:
        """`POST /tx`."""
        try:
            raw = transaction.serialize().hex().encode()
            await self._ask(lambda: self._post(raw))
        except SourceRefused as refused:
            if not await answers.is_known(self, transaction.txid, in_words(refused)):
                raise BroadcastRefused(transaction.txid, in_words(refused)) from refused
        self._poller.wake()

    async def estimate_fee(self, target: int) -> int | None:
        """`/fee-estimates`: that of the nearest target that is no slower."""
        fees = await self._estimates()
        at_most = [one for one in fees if one <= target] or list(fees)[:1]
        return fees[max(at_most)] if at_most else None

    async def minimum_fee(self) -> int | None:
        """The API does not say."""
        return None

    async def _estimates(self) -> dict[int, int]:
        now = asyncio.get_running_loop().time()
        if self._fees is None or now - self._fees[0] > FEES_SECONDS:
            answer = answers.table(await self._json("/fee-estimates"))
            fees = {
                int(target): int(rate * 1000)
                for target, rate in answer.items()
                if target.isdecimal() and len(target) < 5
                if isinstance(rate, int | Decimal) and 0 < rate < 1_000_000
            }
            self._fees = (now, dict(sorted(fees.items())))
        return self._fees[1]

    # What changes

    async def _look(self) -> None:
        if self._tip is not None and answers.block_hash(await self._text("/blocks/tip/hash")) != (
            self._tip
        ):
            self._listener(await self.subscribe_headers())
        for script_pubkey in tuple(self._scripts):
            page = await self._page(script_pubkey)
            before = self._scripts.get(script_pubkey, page)
            if script_pubkey in self._scripts:
                self._scripts[script_pubkey] = page
            if before is not None and page != before:
                self._listener(ScriptChanged(script_pubkey))

    def _on_lost(self) -> None:
        self._connected = False
        self._listener(SourceLost())

    async def _page(self, script_pubkey: bytes, rest: str = "") -> _Page:
        path = f"/scripthash/{sha256(script_pubkey).hex()}/txs{rest}"
        found = answers.items(await self._json(path))
        if len(found) > MAX_HISTORY:
            raise SourceMisbehaved(Phrase("a history of {count} transactions", count=len(found)))
        return tuple(_item(answers.table(one)) for one in found)

    async def _hash_at(self, height: int) -> BlockHash:
        return answers.block_hash(await self._text(f"/block-height/{height}"))

    async def _blocks(self, path: str) -> list[ChainTip]:
        page = answers.items(await self._json(path))
        if not 0 < len(page) <= 100:
            raise SourceMisbehaved(Phrase("a page of blocks was expected"))
        return [_block(answers.table(one)) for one in page]

    # Requests

    async def _text(self, path: str) -> str:
        return (await self._get(path)).decode("ascii", "replace").strip()

    async def _json(self, path: str) -> object:
        return answers.parse(await self._get(path))

    async def _get(self, path: str) -> bytes:
        url = self._url + path
        return await self._ask(
            lambda: self._http.get(url, max_bytes=MAX_BODY, timeout=self._timeout)
        )

    def _post(self, body: bytes) -> Awaitable[bytes]:
        return self._http.post(
            self._url + "/tx",
            body,
            headers={"Content-Type": "text/plain"},
            max_bytes=MAX_BODY,
            timeout=self._timeout,
        )

    async def _ask(self, send: Callable[[], Awaitable[bytes]]) -> bytes:
        if not self._connected:
            raise SourceUnreachable(Phrase("there is no connection to the chain server"))
        async with self._in_flight:
            try:
                return await send()
            except http.ServerError as error:
                if error.status in _REFUSALS:
                    text = error.body.decode("utf-8", "replace")
                    raise SourceRefused(one_line(text, maximum=MAX_REASON)) from error
                raise SourceUnreachable(in_words(error)) from error
            except (http.TooLarge, http.EmptyAnswer) as error:
                raise SourceMisbehaved(in_words(error)) from error
            except http.FetchFailed as error:
                raise SourceUnreachable(in_words(error)) from error


def _item(answer: dict[str, object]) -> HistoryItem:
    status = answers.table(answer.get("status"))
    height = answers.height(status.get("block_height")) if status.get("confirmed") is True else 0
    return HistoryItem(answers.txid(answer.get("txid")), height)


def _block(answer: dict[str, object]) -> ChainTip:
    version = answers.number(answer.get("version"), least=-(2**31))
    header = Header(
        version - (1 << 32) if version >= 1 << 31 else version,
        answers.block_hash(answer.get("previousblockhash") or _NO_HASH),
        answers.merkle_node(answer.get("merkle_root")),
        answers.number(answer.get("timestamp")),
        answers.number(answer.get("bits")),
        answers.number(answer.get("nonce")),
    )
    if header.hash != answers.block_hash(answer.get("id")):
        raise SourceMisbehaved(Phrase("a block whose fields do not make its hash"))
    return ChainTip(answers.height(answer.get("height")), header)
