"""Our client understands an honest server, and gives up cleanly on any other."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tipdesk.adapters.chain.electrum import ElectrumSource
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.block import Header, merkle_root
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import p2wpkh
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.secp256k1 import PrivateKey
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
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.regtest import Regtest

MINE = p2wpkh(PrivateKey(b"\x04" * 32).point)
GENESIS = Network.REGTEST.chain_hash[::-1].hex()


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


@asynccontextmanager
async def practice(tmp_path: Path) -> AsyncIterator[tuple[Regtest, ElectrumSource, list[Notice]]]:
    regtest = Regtest(tmp_path, Now())
    server = ElectrumServer(regtest)
    source = ElectrumSource("127.0.0.1", await server.start(), Network.REGTEST, WayOut())
    notices: list[Notice] = []
    await source.connect(notices.append)
    try:
        yield regtest, source, notices
    finally:
        await source.close()
        await server.stop()
        regtest.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 (nothing tells)
            await asyncio.sleep(0.005)


async def test_everything_can_be_asked(tmp_path: Path) -> None:
    async with practice(tmp_path) as (regtest, source, _):
        txid = regtest.fund(MINE, Sat(5_000))
        (waiting,) = await source.script_history(MINE)
        assert (waiting.txid, waiting.height) == (txid, 0)
        regtest.mine()
        tip = await source.subscribe_headers()
        assert tip == ChainTip(111, regtest.chain.tip.header)
        assert (await source.headers(110, 50))[-1] == tip.header
        assert await source.headers(112, 5) == ()
        transaction = await source.transaction(txid)
        assert transaction.txid == txid
        proof = await source.merkle_proof(txid, 111)
        root = merkle_root(txid, list(proof.branch), proof.position)
        assert root == tip.header.merkle_root
        assert await source.transaction_at(111, proof.position) == (txid, proof)
        assert await source.transaction_at(111, 9) is None
        assert await source.estimate_fee(6) == 2_000
        await source.ping()


async def test_notices_come_unasked(tmp_path: Path) -> None:
    async with practice(tmp_path) as (regtest, source, notices):
        await source.subscribe_headers()
        await source.subscribe_script(MINE)
        regtest.fund(MINE, Sat(5_000))
        await until(lambda: notices == [ScriptChanged(MINE)])
        regtest.mine()
        await until(lambda: len(notices) == 3)
        assert notices[1:] == [ChainTip(111, regtest.chain.tip.header), ScriptChanged(MINE)]
        await source.unsubscribe_script(MINE)
        regtest.fund(MINE, Sat(6_000))
        await source.ping()
        assert len(notices) == 3


async def test_broadcast_tells_refused_from_known(tmp_path: Path) -> None:
    async with practice(tmp_path) as (regtest, source, _):
        payment = regtest.faucet.pay(MINE, Sat(5_000))
        await source.broadcast(payment)
        await source.broadcast(payment)
        regtest.mine()
        await source.broadcast(payment)
        rival = regtest.faucet.pay(MINE, Sat(5_000))
        with pytest.raises(BroadcastRefused, match="mandatory-script-verify-flag-failed"):
            await source.broadcast(rival.with_witness(0, (b"\x01" * 71, b"\x02" * 33)))
        with pytest.raises(SourceRefused):
            await source.transaction(Txid(bytes(32)))


async def test_another_network_is_refused(tmp_path: Path) -> None:
    async with practice(tmp_path) as (regtest, _, _):
        server = ElectrumServer(regtest)
        wrong = ElectrumSource("127.0.0.1", await server.start(), Network.SIGNET, WayOut())
        with pytest.raises(SourceMisbehaved):
            await wrong.connect(lambda _: None)
        await wrong.close()
        await server.stop()


async def test_nobody_there_is_a_backend_error() -> None:
    source = ElectrumSource("127.0.0.1", 1, Network.REGTEST, WayOut())
    with pytest.raises(SourceUnreachable):
        await source.connect(lambda _: None)
    with pytest.raises(SourceUnreachable):
        await source.ping()
    await source.close()


@asynccontextmanager
async def hostile(answer: bytes | None) -> AsyncIterator[tuple[ElectrumSource, list[Notice]]]:
    """A server that behaves until `server.ping`, then answers what it likes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            request = json.loads(line)
            if request["method"] == "server.version" or request["method"] == "server.features":
                result = {"id": request["id"], "result": {"genesis_hash": GENESIS}}
                writer.write(json.dumps(result).encode() + b"\n")
            elif answer is None:
                break
            else:
                writer.write(answer.replace(b"ID", str(request["id"]).encode()))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    source = ElectrumSource(
        "127.0.0.1", server.sockets[0].getsockname()[1], Network.REGTEST, WayOut(), timeout=0.3
    )
    notices: list[Notice] = []
    await source.connect(notices.append)
    try:
        yield source, notices
    finally:
        await source.close()
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"garbage\n",
        b"[]\n",
        b"[" * 100_000 + b"\n",
        b"\xff\n",
        b'{"id":ID,"result":NaN}\n',
        b'{"id":ID,"error":{"message":"no\\u202e!"}}\n',
        b'{"id":ID,"error":[1]}\n',
        b'{"id":ID,"result":"zz"}\n',
        b'{"id":ID,"result":{"hex":"00"}}\n',
        b'{"id":ID,"result":{"hex":"%s"}}\n' % (b"00" * 800),
        b'{"method":"blockchain.headers.subscribe","params":[]}\n',
        b'{"method":"blockchain.headers.subscribe","params":[{"hex":"00","height":1}]}\n',
    ],
)
async def test_a_hostile_answer_is_a_backend_error(answer: bytes | None) -> None:
    async with hostile(answer) as (source, _):
        with pytest.raises(BackendError):
            await source.headers(1, 5)


async def test_a_lost_connection_is_told() -> None:
    async with hostile(None) as (source, notices):
        with pytest.raises(SourceUnreachable):
            await source.ping()
        assert notices == [SourceLost()]


async def test_an_endless_line_is_cut_off() -> None:
    async with hostile(b"x" * 12_100_000) as (source, notices):
        with pytest.raises(SourceUnreachable):
            await source.ping()
        assert notices == [SourceLost()]


async def test_another_transaction_than_asked_for_is_refused() -> None:
    raw = Transaction(2, (), ()).serialize()
    answer = json.dumps({"result": raw.hex()}).replace("{", '{"id":ID,', 1).encode() + b"\n"
    async with hostile(answer) as (source, _):
        with pytest.raises(SourceMisbehaved):
            await source.transaction(Txid(bytes(32)))


def test_a_header_of_eighty_bytes_always_parses() -> None:
    assert Header.parse(b"\xff" * 80).serialize() == b"\xff" * 80
