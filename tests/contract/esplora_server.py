"""An Esplora server over the practice chain: ours, for tests, speaking the documented API.

Errors have the words and statuses of Blockstream's server; what its document leaves open is
answered as that server answers it.
"""

from collections.abc import Awaitable, Callable

from aiohttp import web

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.bitcoin.block import merkle_branch
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.practice.index import Located
from tipdesk.practice.policy import TransactionRefused
from tipdesk.practice.regtest import Regtest

MEMPOOL_PAGE, CHAIN_PAGE, BLOCKS_PAGE = 50, 25, 10
ESTIMATES = {"2": 4.123, "6": 2.0, "144": 1.0}


def missing(words: str) -> web.Response:
    return web.Response(status=404, text=words)


class EsploraServer:
    """Listens on loopback."""

    def __init__(self, regtest: Regtest) -> None:
        self._regtest = regtest
        self._chain = regtest.chain
        self._runner: web.AppRunner | None = None
        self.spoilt: dict[str, Callable[[], web.Response]] = {}
        """Answers in place of the honest ones, by the handler's name."""
        self.asked: list[str] = []

    async def start(self, port: int = 0) -> int:
        app = web.Application(client_max_size=1 << 22)
        for path, handler in (
            ("/api/blocks/tip/hash", self.tip_hash),
            ("/api/blocks/tip/height", self.tip_height),
            ("/api/blocks", self.blocks),
            ("/api/blocks/{height}", self.blocks),
            ("/api/block-height/{height}", self.block_height),
            ("/api/block/{hash}/txid/{index}", self.block_txid),
            ("/api/tx/{txid}/raw", self.raw),
            ("/api/tx/{txid}/merkle-proof", self.proof),
            ("/api/scripthash/{hash}/txs", self.history),
            ("/api/scripthash/{hash}/txs/chain/{last}", self.history),
            ("/api/fee-estimates", self.estimates),
        ):
            app.router.add_get(path, self._answering(handler))
        app.router.add_post("/api/tx", self.broadcast)
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

    def _answering(
        self, handler: Callable[[web.Request], web.Response]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            self.asked.append(request.path)
            spoilt = self.spoilt.get(handler.__name__)
            return spoilt() if spoilt else handler(request)

        return answer

    def _located(self, request: web.Request) -> Txid | None:
        try:
            return Txid.from_display(request.match_info["txid"])
        except ValueError:
            return None

    def tip_hash(self, _: web.Request) -> web.Response:
        return web.Response(text=str(self._chain.tip.hash))

    def tip_height(self, _: web.Request) -> web.Response:
        return web.Response(text=str(self._chain.height))

    def block_height(self, request: web.Request) -> web.Response:
        height = int(request.match_info["height"])
        if height > self._chain.height:
            return missing("Block not found")
        return web.Response(text=str(self._chain.block_at(height).hash))

    def blocks(self, request: web.Request) -> web.Response:
        top = int(request.match_info.get("height", self._chain.height))
        if top > self._chain.height:
            return missing("Block not found")
        heights = range(top, max(-1, top - BLOCKS_PAGE), -1)
        return web.json_response([self._block(height) for height in heights])

    def _block(self, height: int) -> dict[str, object]:
        block = self._chain.block_at(height)
        header = block.header
        return {
            "id": str(block.hash),
            "height": height,
            "version": header.version & 0xFFFFFFFF,
            "timestamp": header.time,
            "tx_count": len(block.transactions),
            "size": len(block.serialize()),
            "weight": 4 * len(block.serialize()),
            "merkle_root": header.merkle_root[::-1].hex(),
            "previousblockhash": str(header.previous) if height else None,
            "mediantime": self._chain.median_time(height),
            "nonce": header.nonce,
            "bits": header.bits,
            "difficulty": 0,
        }

    def block_txid(self, request: web.Request) -> web.Response:
        for height in range(self._chain.height, -1, -1):
            block = self._chain.block_at(height)
            if str(block.hash) == request.match_info["hash"]:
                index = int(request.match_info["index"])
                if index >= len(block.txids):
                    return missing("tx index out of range")
                return web.Response(text=str(block.txids[index]))
        return missing("Block not found")

    def raw(self, request: web.Request) -> web.Response:
        txid = self._located(request)
        if txid is None:
            return web.Response(status=400, text="Invalid hex string")
        located = self._regtest.index.transactions.get(txid)
        found = located or self._regtest.mempool.entries.get(txid)
        if found is None:
            return missing("Transaction not found")
        return web.Response(body=found.transaction.serialize())

    def proof(self, request: web.Request) -> web.Response:
        txid = self._located(request)
        located = self._regtest.index.transactions.get(txid) if txid else None
        if located is None:
            return missing("Transaction not found or is unconfirmed")
        branch = merkle_branch(self._chain.block_at(located.height).txids, located.position)
        answer = {
            "block_height": located.height,
            "merkle": [node[::-1].hex() for node in branch],
            "pos": located.position,
        }
        return web.json_response(answer)

    def history(self, request: web.Request) -> web.Response:
        wanted = request.match_info["hash"]
        mined = [
            self._transaction(located.transaction, located.height)
            for located in reversed(self._mined(wanted))
        ]
        last = request.match_info.get("last")
        if last is not None:
            seen = [one["txid"] for one in mined].index(last)
            return web.json_response(mined[seen + 1 : seen + 1 + CHAIN_PAGE])
        waiting = [self._transaction(one, None) for one in self._waiting(wanted)]
        return web.json_response(waiting[:MEMPOOL_PAGE] + mined[:CHAIN_PAGE])

    def _mined(self, wanted: str) -> list[Located]:
        # The practice index has Electrum's order of digits.
        return self._regtest.index.history(bytes.fromhex(wanted)[::-1].hex())

    def _waiting(self, wanted: str) -> list[Transaction]:
        return [
            entry.transaction
            for entry in self._regtest.mempool.entries.values()
            if any(
                sha256(out.script_pubkey).hex() == wanted
                for out in (*entry.spent, *entry.transaction.outputs)
            )
        ]

    def _transaction(self, transaction: Transaction, height: int | None) -> dict[str, object]:
        status: dict[str, object] = {"confirmed": False}
        if height is not None:
            block = self._chain.block_at(height)
            status = {
                "confirmed": True,
                "block_height": height,
                "block_hash": str(block.hash),
                "block_time": block.header.time,
            }
        return {
            "txid": str(transaction.txid),
            "version": transaction.version,
            "locktime": transaction.locktime,
            "vin": [self._input(txin) for txin in transaction.inputs],
            "vout": [_output(out) for out in transaction.outputs],
            "size": len(transaction.serialize()),
            "weight": transaction.weight,
            "fee": 0,
            "status": status,
        }

    def _input(self, txin: TxIn) -> dict[str, object]:
        spent = self._regtest.mempool.output(txin.outpoint)
        return {
            "txid": str(txin.outpoint.txid),
            "vout": txin.outpoint.index,
            "prevout": None if spent is None else _output(spent),
            "scriptsig": txin.script_sig.hex(),
            "witness": [item.hex() for item in txin.witness],
            "is_coinbase": spent is None,
            "sequence": txin.sequence,
        }

    def estimates(self, _: web.Request) -> web.Response:
        return web.json_response(ESTIMATES)

    async def broadcast(self, request: web.Request) -> web.Response:
        spoilt = self.spoilt.get("broadcast")
        if spoilt:
            return spoilt()
        try:
            transaction = Transaction.parse(bytes.fromhex(await request.text()))
        except (DecodeError, ValueError):
            return web.Response(status=400, text="Invalid hex string")
        try:
            return web.Response(text=str(self._regtest.submit(transaction)))
        except TransactionRefused as refused:
            words = f'sendrawtransaction RPC error: {{"code":-26,"message":"{refused}"}}'
            return web.Response(status=400, text=words)


def _output(out: TxOut) -> dict[str, object]:
    return {"scriptpubkey": out.script_pubkey.hex(), "value": out.amount.value}
