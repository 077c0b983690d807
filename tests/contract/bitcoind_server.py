"""bitcoind's JSON-RPC over the practice chain: ours, for tests, with Core's names and codes."""

import json
from base64 import b64decode
from collections.abc import Callable

from aiohttp import web

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.bitcoin.script import electrum_script_hash
from tipdesk.bitcoin.tx import Transaction
from tipdesk.practice.chain import Block
from tipdesk.practice.mempool import AlreadyKnown
from tipdesk.practice.policy import TransactionRefused
from tipdesk.practice.regtest import Regtest

USER = "tipdesk:secret"


class RpcError(Exception):
    """Core's code and words."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class BitcoindServer:
    """Listens on loopback, without a transaction index, as bitcoind comes."""

    def __init__(self, regtest: Regtest, *, filters: bool = False) -> None:
        """With `filters` it answers `scanblocks`, as with `blockfilterindex=1`."""
        self._filters = filters
        self._regtest = regtest
        self._chain = regtest.chain
        self._runner: web.AppRunner | None = None
        self.spoilt: dict[str, Callable[[], object]] = {}
        """Results in place of the honest ones, by method."""
        self.body: Callable[[], bytes] | None = None
        """An answer to everything."""
        self.asked: list[str] = []

    async def start(self, port: int = 0) -> int:
        app = web.Application(client_max_size=1 << 23)
        app.router.add_post("/", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True)
        await site.start()
        bound: int = self._runner.addresses[0][1]
        return bound

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _answer(self, request: web.Request) -> web.Response:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Basic" or b64decode(secret).decode() != USER:
            return web.Response(status=401)
        if self.body is not None:
            return web.Response(body=self.body())
        calls = json.loads(await request.read())
        if isinstance(calls, list):
            return web.json_response([self._one(call) for call in calls])
        answer = self._one(calls)
        return web.json_response(answer, status=500 if answer["error"] else 200)

    def _one(self, call: dict[str, object]) -> dict[str, object]:
        name = str(call["method"])
        self.asked.append(name)
        try:
            if name in self.spoilt:
                result = self.spoilt[name]()
            else:
                result = getattr(self, name)(*call["params"])  # type: ignore[misc]
        except RpcError as error:
            failed = {"code": error.code, "message": str(error)}
            return {"result": None, "error": failed, "id": call["id"]}
        return {"result": result, "error": None, "id": call["id"]}

    def _block(self, block_hash: str) -> tuple[int, Block]:
        for height in range(self._chain.height, -1, -1):
            block = self._chain.block_at(height)
            if str(block.hash) == block_hash:
                return height, block
        raise RpcError(-5, "Block not found")

    def getblockcount(self) -> int:
        return self._chain.height

    def getblockhash(self, height: int) -> str:
        if not 0 <= height <= self._chain.height:
            raise RpcError(-8, "Block height out of range")
        return str(self._chain.block_at(height).hash)

    def getbestblockhash(self) -> str:
        return self.getblockhash(self._chain.height)

    def getblockheader(self, block_hash: str, verbose: bool = True) -> object:
        height, block = self._block(block_hash)
        if not verbose:
            return block.header.serialize().hex()
        return {"hash": block_hash, "height": height, "confirmations": 1}

    def getblock(self, block_hash: str, verbosity: int = 1) -> object:
        height, block = self._block(block_hash)
        if not verbosity:
            return block.serialize().hex()
        return {"hash": block_hash, "height": height, "tx": [str(txid) for txid in block.txids]}

    def scanblocks(
        self, action: str, objects: list[str], start: int, stop: int
    ) -> dict[str, object]:
        assert action == "start"
        if not self._filters:
            raise RpcError(-1, "Index is not enabled for filtertype basic")
        scripts = {bytes.fromhex(one.removeprefix("raw(").removesuffix(")")) for one in objects}
        hashes = {electrum_script_hash(script) for script in scripts}
        heights = range(start, min(stop, self._chain.height) + 1)
        found = [height for height in heights if self._scripts_at(height) & hashes]
        relevant = [self.getblockhash(height) for height in found]
        shown = {"from_height": start, "to_height": stop, "completed": True}
        return {**shown, "relevant_blocks": relevant}

    def _scripts_at(self, height: int) -> set[str]:
        transactions = self._chain.block_at(height).transactions
        return set().union(*(self._regtest.index.scripts_of(one) for one in transactions))

    def getrawmempool(self) -> list[str]:
        return [str(txid) for txid in self._regtest.mempool.entries]

    def getrawtransaction(self, txid: str, verbose: bool = False, blockhash: str = "") -> str:
        assert not verbose
        wanted = Txid.from_display(txid)
        if blockhash:
            for transaction in self._block(blockhash)[1].transactions:
                if transaction.txid == wanted:
                    return transaction.serialize().hex()
        elif wanted in self._regtest.mempool.entries:
            return self._regtest.mempool.entries[wanted].transaction.serialize().hex()
        raise RpcError(-5, "No such mempool transaction. Use -txindex or provide a block hash")

    def sendrawtransaction(self, text: str) -> str:
        try:
            transaction = Transaction.parse(bytes.fromhex(text))
        except (DecodeError, ValueError):
            raise RpcError(-22, "TX decode failed") from None
        try:
            return str(self._regtest.submit(transaction))
        except AlreadyKnown:
            if transaction.txid in self._regtest.mempool.entries:
                return str(transaction.txid)
            raise RpcError(-27, "Transaction outputs already in utxo set") from None
        except TransactionRefused as refused:
            raise RpcError(-26, str(refused)) from refused

    def estimatesmartfee(self, conf_target: int) -> dict[str, object]:
        if conf_target > 144:
            return {"errors": ["Insufficient data or no feerate found"], "blocks": conf_target}
        return {"feerate": 0.00002, "blocks": conf_target}

    def getmempoolinfo(self) -> dict[str, object]:
        return {"loaded": True, "mempoolminfee": 0.00001, "minrelaytxfee": 0.00001}
