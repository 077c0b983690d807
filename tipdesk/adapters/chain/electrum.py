"""A client of the Electrum protocol 1.4: newline JSON over TCP, with or without TLS.

It holds no policy: who reconnects, what is watched and what is believed is the chain driver's.
"""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from tipdesk.adapters.chain import answers
from tipdesk.adapters.chain.pins import PinnedTls
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.ids import Txid
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import one_line
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.facts import HistoryItem, MerkleProof
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import electrum_script_hash
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
from tipdesk.ports.way_out import WayBarred

PROTOCOL: Final = "1.4"
MAX_LINE: Final = 12_000_000
MAX_HISTORY: Final = 20_000
MAX_REASON: Final = 300
MAX_IN_FLIGHT: Final = 64
_SAT_PER_BTC: Final = 100_000_000


class _Connection(asyncio.Protocol):
    """Frames and pending calls of one TCP connection."""

    def __init__(self, notify: Callable[[str, object], None], lost: Callable[[], None]) -> None:
        self._notify = notify
        self._lost = lost
        self._buffer = bytearray()
        self._pending: dict[int, asyncio.Future[object]] = {}
        self._next_id = 0
        self._transport: asyncio.Transport | None = None
        self.closed = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        for future in self._pending.values():
            if not future.done():
                future.set_exception(
                    SourceUnreachable(Phrase("the chain server closed the connection"))
                )
        self._pending.clear()
        self._transport = None
        if not self.closed.done():
            self.closed.set_result(None)
        self._lost()

    def data_received(self, data: bytes) -> None:
        searched = len(self._buffer)
        self._buffer += data
        while (end := self._buffer.find(b"\n", searched)) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            searched = 0
            self._frame(line)
        if len(self._buffer) > MAX_LINE:
            self.abort()

    def abort(self) -> None:
        """Drops the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def request(self, method: str, params: tuple[object, ...]) -> asyncio.Future[object]:
        """Sends a request; the future holds its result or a `BackendError`."""
        if self._transport is None:
            raise SourceUnreachable(Phrase("there is no connection to the chain server"))
        self._next_id += 1
        identifier = self._next_id
        future = asyncio.get_running_loop().create_future()
        self._pending[identifier] = future
        future.add_done_callback(lambda _: self._pending.pop(identifier, None))
        frame = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params}
        self._transport.write(json.dumps(frame).encode() + b"\n")
        return future

    def _frame(self, line: bytes) -> None:
        try:
            frame = answers.parse(line)
        except SourceMisbehaved:
            self.abort()
            return
        if not isinstance(frame, dict):
            self.abort()
        elif isinstance(method := frame.get("method"), str):
            self._notify(method, frame.get("params"))
        elif isinstance(identifier := frame.get("id"), int):
            self._answer(identifier, frame)

    def _answer(self, identifier: int, frame: dict[str, object]) -> None:
        # A call that timed out is gone: its late answer is dropped.
        future = self._pending.get(identifier)
        if future is None or future.done():
            return
        error = frame.get("error")
        if error is None:
            future.set_result(frame.get("result"))
            return
        message = error.get("message") if isinstance(error, dict) else error
        text = one_line(message if isinstance(message, str) else "", maximum=MAX_REASON)
        future.set_exception(SourceRefused(text or Phrase("an error without words")))


class ElectrumSource:
    """`ChainSource` over one Electrum server."""

    def __init__(
        self,
        host: str,
        port: int,
        network: Network,
        way: WayOut,
        *,
        tls: PinnedTls | None = None,
        timeout: float = 15,
    ) -> None:
        self._host = host
        self._port = port
        self._network = network
        self._way = way
        self._tls = tls
        self._timeout = timeout
        self._in_flight = asyncio.Semaphore(MAX_IN_FLIGHT)
        self._connection: _Connection | None = None
        self._scripts: dict[str, bytes] = {}
        self._listener: Callable[[Notice], None] = lambda _: None

    async def connect(self, listener: Callable[[Notice], None]) -> None:
        """Connects, agrees on the protocol and checks that the server follows our network."""
        await self.close()
        self._listener = listener
        self._scripts.clear()
        try:
            async with asyncio.timeout(self._timeout + self._way.extra_seconds(self._host)):
                self._connection = await self._open()
        except WayBarred as error:
            raise SourceUnreachable(in_words(error)) from error
        except (OSError, TimeoutError) as error:
            place = f"{self._host}:{self._port}"
            raise SourceUnreachable(
                Phrase("the chain server {place} cannot be reached", place=place)
            ) from error
        await self._call("server.version", "TipDesk", PROTOCOL)
        features = answers.table(await self._call("server.features"))
        if features.get("genesis_hash") != self._network.chain_hash[::-1].hex():
            raise SourceMisbehaved(
                Phrase("the chain server does not follow {network}", network=self._network.value)
            )

    async def _open(self) -> _Connection:
        def factory() -> _Connection:
            return _Connection(self._on_notification, self._on_lost)

        if self._tls is not None:
            return (await self._tls.connect(factory, self._host, self._port))[1]
        sock = await self._way.open(self._host, self._port)
        return (await asyncio.get_running_loop().create_connection(factory, sock=sock))[1]

    async def close(self) -> None:
        """Ends the connection, if there is one; its listener hears no more."""
        self._listener = lambda _: None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.abort()
            await connection.closed

    async def ping(self) -> None:
        """Shows that the server still answers."""
        await self._call("server.ping")

    def checked_headers(self) -> HeaderChain | None:
        """None: it hands on what it is told."""
        return None

    async def subscribe_headers(self) -> ChainTip:
        """`blockchain.headers.subscribe`."""
        return _tip(await self._call("blockchain.headers.subscribe"))

    async def headers(self, start: int, count: int) -> tuple[Header, ...]:
        """`blockchain.block.headers`."""
        answer = answers.table(await self._call("blockchain.block.headers", start, count))
        raw = answers.raw(answer.get("hex"))
        if len(raw) % 80 or len(raw) > 80 * count:
            raise SourceMisbehaved(Phrase("headers of a wrong length"))
        return tuple(Header.parse(raw[at : at + 80]) for at in range(0, len(raw), 80))

    async def subscribe_script(self, script_pubkey: bytes) -> None:
        """`blockchain.scripthash.subscribe`."""
        script_hash = electrum_script_hash(script_pubkey)
        self._scripts[script_hash] = script_pubkey
        await self._call("blockchain.scripthash.subscribe", script_hash)

    async def unsubscribe_script(self, script_pubkey: bytes) -> None:
        """Changes are no longer told; the server may go on telling us."""
        # Protocol 1.4 before 1.4.2 has no call for it, and a server that lacks it answers an error.
        self._scripts.pop(electrum_script_hash(script_pubkey), None)

    async def script_history(self, script_pubkey: bytes) -> tuple[HistoryItem, ...]:
        """`blockchain.scripthash.get_history`."""
        script_hash = electrum_script_hash(script_pubkey)
        answer = answers.items(await self._call("blockchain.scripthash.get_history", script_hash))
        if len(answer) > MAX_HISTORY:
            raise SourceMisbehaved(Phrase("a history of {count} transactions", count=len(answer)))
        items = map(answers.table, answer)
        return tuple(
            HistoryItem(answers.txid(i.get("tx_hash")), answers.height(i.get("height")))
            for i in items
        )

    async def transaction(self, txid: Txid) -> Transaction:
        """`blockchain.transaction.get`."""
        raw = answers.raw(await self._call("blockchain.transaction.get", str(txid)))
        return answers.transaction(txid, raw)

    async def merkle_proof(self, txid: Txid, height: int) -> MerkleProof:
        """`blockchain.transaction.get_merkle`."""
        method = "blockchain.transaction.get_merkle"
        answer = answers.table(await self._call(method, str(txid), height))
        position = answers.height(answer.get("pos"))
        return MerkleProof(height, position, answers.branch(answer.get("merkle")))

    async def transaction_at(self, height: int, position: int) -> tuple[Txid, MerkleProof] | None:
        """`blockchain.transaction.id_from_pos`, with its proof."""
        method = "blockchain.transaction.id_from_pos"
        try:
            answer = answers.table(await self._call(method, height, position, True))  # noqa: FBT003
        except SourceRefused:
            return None
        proof = MerkleProof(height, position, answers.branch(answer.get("merkle")))
        return answers.txid(answer.get("tx_hash")), proof

    async def broadcast(self, transaction: Transaction) -> None:
        """`blockchain.transaction.broadcast`."""
        raw = transaction.serialize().hex()
        try:
            await self._call("blockchain.transaction.broadcast", raw)
        except SourceRefused as refused:
            if not await answers.is_known(self, transaction.txid, in_words(refused)):
                raise BroadcastRefused(transaction.txid, in_words(refused)) from refused

    async def estimate_fee(self, target: int) -> int | None:
        """`blockchain.estimatefee`; a server without an estimate answers -1."""
        return _fee(await self._call("blockchain.estimatefee", target))

    async def minimum_fee(self) -> int | None:
        """`blockchain.relayfee`: the server's floor, which a full mempool may exceed."""
        return _fee(await self._call("blockchain.relayfee"))

    async def _call(self, method: str, *params: object) -> object:
        connection = self._connection
        if connection is None:
            raise SourceUnreachable(Phrase("there is no connection to the chain server"))
        async with self._in_flight:
            try:
                async with asyncio.timeout(self._timeout):
                    return await connection.request(method, params)
            except TimeoutError as error:
                raise SourceUnreachable(
                    Phrase("no answer to {method} in time", method=method)
                ) from error

    def _on_notification(self, method: str, params: object) -> None:
        try:
            if method == "blockchain.headers.subscribe":
                self._listener(_tip(answers.items(params)[0]))
            elif method == "blockchain.scripthash.subscribe":
                script_pubkey = self._scripts.get(str(answers.items(params)[0]))
                if script_pubkey is not None:
                    self._listener(ScriptChanged(script_pubkey))
        except (SourceMisbehaved, IndexError):
            if self._connection is not None:
                self._connection.abort()

    def _on_lost(self) -> None:
        self._listener(SourceLost())


def _fee(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise SourceMisbehaved(Phrase("a fee that is no number"))
    return int(value * _SAT_PER_BTC) if 0 < value < 1 else None


def _tip(value: object) -> ChainTip:
    answer = answers.table(value)
    return ChainTip(answers.height(answer.get("height")), answers.header(answer.get("hex")))
