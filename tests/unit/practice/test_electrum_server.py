"""The server answers the Electrum protocol, and every kind of nonsense with an error."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tipdesk.base.units import Sat
from tipdesk.bitcoin.block import Header, merkle_root
from tipdesk.bitcoin.script import Op, electrum_script_hash, p2wpkh, p2wsh, script
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.practice.electrum_server import MAX_LINE, ElectrumServer
from tipdesk.practice.regtest import Regtest

MINE = p2wpkh(PrivateKey(b"\x03" * 32).point)
HASH = electrum_script_hash(MINE)


class Wire:
    """A client that knows nothing but lines of JSON."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def raw(self, line: bytes) -> Any:
        self.writer.write(line + b"\n")
        return await self.next()

    async def next(self) -> Any:
        return json.loads(await asyncio.wait_for(self.reader.readline(), 5))

    async def call(self, method: str, *params: object) -> Any:
        answer = await self.raw(json.dumps({"id": 7, "method": method, "params": params}).encode())
        assert answer["id"] == 7
        return answer["result"]

    async def code(self, method: str, *params: object) -> int:
        answer = await self.raw(json.dumps({"id": 8, "method": method, "params": params}).encode())
        code: int = answer["error"]["code"]
        return code


@asynccontextmanager
async def connected(regtest: Regtest) -> AsyncIterator[Wire]:
    server = ElectrumServer(regtest)
    port = await server.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=MAX_LINE * 2)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        await server.stop()


async def test_the_version_is_negotiated(regtest: Regtest) -> None:
    async with connected(regtest) as wire:
        assert await wire.call("server.version", "test", "1.4") == ["TipDesk practice", "1.4"]
        assert (await wire.call("server.version", "test", ["1.1", "1.4.2"]))[1] == "1.4"
        assert await wire.code("server.version", "test", "1.5") == 1
        assert await wire.code("server.version", "test", "x") == -32602


async def test_the_small_methods_answer(regtest: Regtest) -> None:
    async with connected(regtest) as wire:
        assert "worth nothing" in await wire.call("server.banner")
        assert await wire.call("server.donation_address") == ""
        assert await wire.call("server.peers.subscribe") == []
        assert await wire.call("server.ping") is None
        assert (await wire.call("server.features"))["genesis_hash"].startswith("0f9188f1")
        assert await wire.call("blockchain.relayfee") == 0.00001
        assert await wire.call("blockchain.estimatefee", 6) >= 0.00001012
        assert await wire.call("mempool.get_fee_histogram") == []


async def test_headers_come_in_chunks_with_proofs(regtest: Regtest) -> None:
    async with connected(regtest) as wire:
        tip = await wire.call("blockchain.headers.subscribe")
        assert tip["height"] == 110
        assert await wire.call("blockchain.block.header", 110) == tip["hex"]
        chunk = await wire.call("blockchain.block.headers", 100, 50)
        assert (chunk["count"], chunk["max"]) == (11, 2016)
        assert chunk["hex"].endswith(tip["hex"])
        proof = await wire.call("blockchain.block.header", 5, 110)
        leaf = Header.parse(bytes.fromhex(proof["header"])).hash
        branch = [bytes.fromhex(node)[::-1] for node in proof["branch"]]
        assert merkle_root(leaf, branch, 5)[::-1].hex() == proof["root"]
        assert await wire.code("blockchain.block.header", 111) == -32602
        assert (await wire.call("blockchain.block.headers", 111, 5))["count"] == 0


async def test_a_payment_is_seen_waiting_then_confirmed_then_spent(regtest: Regtest) -> None:
    async with connected(regtest) as wire:
        assert await wire.call("blockchain.headers.subscribe")
        assert await wire.call("blockchain.scripthash.subscribe", HASH) is None
        txid = str(regtest.fund(MINE, Sat(5_000)))
        status = sha256(f"{txid}:0:".encode()).hex()
        assert (await wire.next())["params"] == [HASH, status]
        waiting = await wire.call("blockchain.scripthash.get_mempool", HASH)
        assert waiting == [{"tx_hash": txid, "height": 0, "fee": 338}]
        assert await wire.call("blockchain.scripthash.get_balance", HASH) == {
            "confirmed": 0,
            "unconfirmed": 5_000,
        }
        assert (await wire.call("mempool.get_fee_histogram"))[0][1] > 100
        regtest.mine()
        assert (await wire.next())["params"][0]["height"] == 111
        status = sha256(f"{txid}:111:".encode()).hex()
        assert (await wire.next())["params"] == [HASH, status]
        history = await wire.call("blockchain.scripthash.get_history", HASH)
        assert history == [{"tx_hash": txid, "height": 111}]
        (unspent,) = await wire.call("blockchain.scripthash.listunspent", HASH)
        assert (unspent["value"], unspent["height"]) == (5_000, 111)
        assert await wire.call("blockchain.scripthash.unsubscribe", HASH) is True
        assert await wire.call("blockchain.scripthash.unsubscribe", HASH) is False


async def test_a_transaction_is_proven_by_its_merkle_branch(regtest: Regtest) -> None:
    txids = [regtest.fund(MINE, Sat(5_000 + n)) for n in range(4)]
    regtest.mine()
    root = regtest.chain.tip.header.merkle_root
    async with connected(regtest) as wire:
        for txid in txids:
            proof = await wire.call("blockchain.transaction.get_merkle", str(txid), 111)
            branch = [bytes.fromhex(node)[::-1] for node in proof["merkle"]]
            assert merkle_root(txid, branch, proof["pos"]) == root
            by_place = await wire.call("blockchain.transaction.id_from_pos", 111, proof["pos"])
            assert by_place == str(txid)
            both = await wire.call("blockchain.transaction.id_from_pos", 111, proof["pos"], True)
            assert both == {"tx_hash": str(txid), "merkle": proof["merkle"]}
        raw = await wire.call("blockchain.transaction.get", str(txids[0]))
        assert Transaction.parse(bytes.fromhex(raw)).txid == txids[0]
        full = await wire.call("blockchain.transaction.get", str(txids[0]), True)
        assert (full["confirmations"], full["hex"]) == (1, raw)
        assert await wire.code("blockchain.transaction.get", "00" * 32) == 2
        assert await wire.code("blockchain.transaction.get_merkle", str(txids[0]), 110) == 1
        assert await wire.code("blockchain.transaction.id_from_pos", 111, 9) == 1


async def test_broadcast_says_why_not(regtest: Regtest) -> None:
    lock = script(Op.TRUE)
    txid = regtest.fund(p2wsh(lock), Sat(5_000))
    place = [out.amount for out in regtest.mempool.entries[txid].transaction.outputs]
    source = OutPoint(txid, place.index(Sat(5_000)))
    child = Transaction(2, (TxIn(source, witness=(lock,)),), (TxOut(Sat(4_000), MINE),))
    async with connected(regtest) as wire:
        bad = child.with_witness(0, (b"\x00",)).serialize().hex()
        refusal = await wire.raw(
            json.dumps(
                {"id": 1, "method": "blockchain.transaction.broadcast", "params": [bad]}
            ).encode()
        )
        assert "mandatory-script-verify-flag-failed" in refusal["error"]["message"]
        assert await wire.code("blockchain.transaction.broadcast", "zz") == 1
        good = child.serialize().hex()
        assert await wire.call("blockchain.transaction.broadcast", good) == str(child.txid)
        (waiting,) = await wire.call("blockchain.scripthash.get_history", HASH)
        assert (waiting["height"], waiting["fee"]) == (-1, 1_000)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"nonsense", -32700),
        (b"[" * 100_000, -32700),
        (b"3", -32600),
        (b"[]", -32600),
        (b'{"id":1}', -32600),
        (b'{"id":1,"method":"no.such"}', -32601),
        (b'{"id":1,"method":"server.ping","params":[1]}', -32602),
        (b'{"id":1,"method":"server.ping","params":7}', -32602),
        (b'{"id":1,"method":"blockchain.scripthash.subscribe","params":["00"]}', -32602),
        (b'{"id":1,"method":"blockchain.block.header","params":[true]}', -32602),
    ],
)
async def test_nonsense_is_answered_with_an_error(regtest: Regtest, line: bytes, code: int) -> None:
    async with connected(regtest) as wire:
        assert (await wire.raw(line))["error"]["code"] == code
        assert await wire.call("server.ping") is None


async def test_batches_are_answered_in_order_and_bounded(regtest: Regtest) -> None:
    ping = {"method": "server.ping"}
    async with connected(regtest) as wire:
        batch = [{"id": n, "method": "blockchain.block.header", "params": [n]} for n in range(3)]
        answers = await wire.raw(json.dumps([*batch, ping]).encode())
        assert [one["id"] for one in answers] == [0, 1, 2]
        assert (await wire.raw(json.dumps([ping] * 501).encode()))["error"]["code"] == -32600


async def test_a_line_beyond_the_limit_ends_the_connection(regtest: Regtest) -> None:
    async with connected(regtest) as wire:
        wire.writer.write(b"x" * (MAX_LINE * 2))
        wire.writer.write(b"\n")
        with suppress(ConnectionError):
            assert await asyncio.wait_for(wire.reader.read(), 5) == b""
