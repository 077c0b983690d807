"""What is Esplora's own: pages, limits on asking, and fields that must make a hash."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.contract.esplora_server import EsploraServer
from tipdesk.adapters.chain.esplora import EsploraSource
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script
from tipdesk.ports.chain import BroadcastRefused, SourceMisbehaved, SourceRefused, SourceUnreachable
from tipdesk.practice.regtest import Regtest

MINE = p2wsh(script(Op.TRUE))


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


@asynccontextmanager
async def connected(folder: Path) -> AsyncIterator[tuple[Regtest, EsploraServer, EsploraSource]]:
    regtest = Regtest(folder, Now())
    server, client = EsploraServer(regtest), ChosenServerClient(WayOut())
    url = f"http://127.0.0.1:{await server.start()}/api"
    source = EsploraSource(client, url, Network.REGTEST, seconds=60, timeout=2)
    await source.connect(lambda _: None)
    try:
        yield regtest, server, source
    finally:
        await source.close()
        await client.close()
        await server.stop()
        regtest.close()


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (400, SourceRefused),
        (404, SourceRefused),
        (429, SourceUnreachable),
        (500, SourceUnreachable),
        (503, SourceUnreachable),
    ],
)
async def test_a_server_that_has_enough_is_away_and_not_wrong(
    tmp_path: Path, status: int, wanted: type[Exception]
) -> None:
    async with connected(tmp_path) as (_, server, source):
        server.spoilt["tip_hash"] = lambda: web.Response(status=status, text="slow\u202e down")
        with pytest.raises(wanted) as said:
            await source.ping()
        assert "\u202e" not in str(said.value)


@pytest.mark.parametrize("field", ["nonce", "timestamp", "version", "bits"])
async def test_a_header_whose_fields_do_not_make_its_hash_is_refused(
    tmp_path: Path, field: str
) -> None:
    async with connected(tmp_path) as (_, server, source):
        blocks = [server._block(height) for height in range(110, 100, -1)]
        blocks[3][field] = int(str(blocks[3][field])) ^ 1
        server.spoilt["blocks"] = lambda: web.json_response(blocks)
        with pytest.raises(SourceMisbehaved, match="do not make its hash"):
            await source.headers(101, 10)


async def test_missing_headers_are_refused_and_a_break_ends_them(tmp_path: Path) -> None:
    async with connected(tmp_path) as (regtest, server, source):
        blocks = [server._block(height) for height in range(110, 100, -1)]
        server.spoilt["blocks"] = lambda: web.json_response([*blocks[:4], *blocks[5:]])
        with pytest.raises(SourceMisbehaved, match="missing"):
            await source.headers(101, 10)
        # The chain changed between two pages.
        moved = [{**block, "height": 211 - int(str(block["height"]))} for block in blocks]
        server.spoilt["blocks"] = lambda: web.json_response(moved)
        assert len(await source.headers(101, 10)) == 1
        assert regtest.chain.height == 110


async def test_pages_that_repeat_themselves_end(tmp_path: Path) -> None:
    async with connected(tmp_path) as (regtest, server, source):
        page = [
            server._transaction(regtest.chain.block_at(height).transactions[0], height)
            for height in range(60, 35, -1)
        ]
        server.spoilt["history"] = lambda: web.json_response(page)
        assert len(await source.script_history(MINE)) == 25
        assert sum("/txs" in path for path in server.asked) == 2


async def test_a_history_without_end_is_cut_off(tmp_path: Path) -> None:
    async with connected(tmp_path) as (_, server, source):
        asked: list[int] = []

        def endless() -> web.Response:
            asked.append(1)
            page = [
                {
                    "txid": f"{len(asked) * 25 + number:064x}",
                    "status": {"confirmed": True, "block_height": 5},
                }
                for number in range(25)
            ]
            return web.json_response(page)

        server.spoilt["history"] = endless
        with pytest.raises(SourceMisbehaved, match="more than 5000"):
            await source.script_history(MINE)
        assert len(asked) == 201


async def test_fees_are_asked_for_once_for_all_targets(tmp_path: Path) -> None:
    async with connected(tmp_path) as (_, server, source):
        rates = [await source.estimate_fee(target) for target in (1, 2, 6, 12, 144, 1_000)]
        assert rates == [4_123, 4_123, 2_000, 2_000, 1_000, 1_000]
        assert server.asked.count("/api/fee-estimates") == 1


async def test_a_long_reason_is_cut(tmp_path: Path) -> None:
    async with connected(tmp_path) as (regtest, server, source):
        server.spoilt["broadcast"] = lambda: web.Response(status=400, text="no " * 5_000)
        with pytest.raises(BroadcastRefused) as refused:
            await source.broadcast(regtest.faucet.pay(MINE, Sat(1_000)))
        assert len(refused.value.reason) <= 300
