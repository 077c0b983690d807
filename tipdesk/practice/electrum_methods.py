"""The answers of the Electrum protocol 1.4, worked out from the practice chain.

Transport, subscriptions and error frames are electrum_server's; nothing here waits.
"""

from collections.abc import Callable, Sequence
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.bitcoin.block import merkle_branch, merkle_root
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import electrum_script_hash
from tipdesk.bitcoin.tx import Transaction
from tipdesk.crypto.hashes import sha256
from tipdesk.practice.index import Located
from tipdesk.practice.mempool import Entry
from tipdesk.practice.policy import TransactionRefused
from tipdesk.practice.regtest import Regtest

PROTOCOL: Final = "1.4"
SOFTWARE: Final = "TipDesk practice"
MAX_HEADERS: Final = 2016
MAX_TRANSACTION_HEX: Final = 2_000_000
BAD_REQUEST: Final = 1
REFUSED: Final = 1
ESTIMATE_BTC_PER_KB: Final = 0.00002
RELAY_BTC_PER_KB: Final = 0.00001

Method = Callable[..., object]


class RpcError(Exception):
    """An answer that is an error: a JSON-RPC code and a sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid_parameters(detail: str) -> RpcError:
    """The error for parameters that do not fit the method."""
    return RpcError(-32602, f"invalid parameters: {detail}")


def check_script_hash(value: object) -> str:
    """64 lower-case hexadecimal digits."""
    if isinstance(value, str) and len(value) == 64 and not value.strip("0123456789abcdef"):
        return value
    raise invalid_parameters("a script hash is 64 hexadecimal digits")


def check_txid(value: object) -> Txid:
    """64 hexadecimal digits, reversed."""
    try:
        if isinstance(value, str):
            return Txid.from_display(value)
    except ValueError:
        pass
    raise invalid_parameters("a transaction id is 64 hexadecimal digits")


def check_number(value: object, most: int) -> int:
    """A whole number from 0 to `most`."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    raise invalid_parameters(f"a number from 0 to {most} is needed")


class ElectrumMethods:
    """Every method that needs no connection, by name in `table`."""

    def __init__(self, regtest: Regtest) -> None:
        self._regtest = regtest
        self._chain = regtest.chain
        self._index = regtest.index
        self._mempool = regtest.mempool
        self.table: dict[str, Method] = {
            "server.banner": lambda: "The TipDesk practice network. Its coins are worth nothing.",
            "server.donation_address": lambda: "",
            "server.features": self._features,
            "server.peers.subscribe": self.peers,
            "server.ping": lambda: None,
            "blockchain.block.header": self._block_header,
            "blockchain.block.headers": self._block_headers,
            "blockchain.estimatefee": self._estimate_fee,
            "blockchain.relayfee": lambda: RELAY_BTC_PER_KB,
            "blockchain.scripthash.get_balance": self._balance,
            "blockchain.scripthash.get_history": self._history,
            "blockchain.scripthash.get_mempool": self._waiting,
            "blockchain.scripthash.listunspent": self._unspent,
            "blockchain.transaction.broadcast": self._broadcast,
            "blockchain.transaction.get": self._transaction,
            "blockchain.transaction.get_merkle": self._merkle,
            "blockchain.transaction.id_from_pos": self._id_from_position,
            "mempool.get_fee_histogram": self._fee_histogram,
        }

    def peers(self) -> list[object]:
        """`server.peers.subscribe`: there is no other server on this network."""
        return []

    def tip(self) -> dict[str, object]:
        """What `blockchain.headers.subscribe` answers and notifies."""
        return {
            "height": self._chain.height,
            "hex": self._chain.tip.header.serialize().hex(),
        }

    def status(self, script_hash: str) -> str | None:
        """The protocol's status of a script: a hash over its history, None for no history."""
        items = self._history(script_hash)
        text = "".join(f"{item['tx_hash']}:{item['height']}:" for item in items)
        return sha256(text.encode()).hex() if text else None

    def _features(self) -> dict[str, object]:
        return {
            "genesis_hash": Network.REGTEST.chain_hash[::-1].hex(),
            "hosts": {},
            "protocol_max": PROTOCOL,
            "protocol_min": PROTOCOL,
            "pruning": None,
            "server_version": SOFTWARE,
            "hash_function": "sha256",
        }

    def _block_header(self, height: object, cp_height: object = 0) -> object:
        at = check_number(height, self._chain.height)
        header = self._chain.block_at(at).header.serialize().hex()
        if cp_height == 0:
            return header
        return {"header": header, **self._checkpoint_proof(at, cp_height)}

    def _block_headers(self, start_height: object, count: object, cp_height: object = 0) -> object:
        first = check_number(start_height, 2**31)
        wanted = min(check_number(count, 2**31), MAX_HEADERS)
        heights = range(first, min(first + wanted, self._chain.height + 1))
        joined = b"".join(self._chain.block_at(at).header.serialize() for at in heights)
        answer = {"hex": joined.hex(), "count": len(heights), "max": MAX_HEADERS}
        if cp_height == 0 or not heights:
            return answer
        return {**answer, **self._checkpoint_proof(heights[-1], cp_height)}

    def _checkpoint_proof(self, height: int, cp_height: object) -> dict[str, object]:
        checkpoint = check_number(cp_height, self._chain.height)
        if height > checkpoint:
            raise invalid_parameters("the checkpoint is below the header")
        leaves = [Txid(self._chain.block_at(at).hash) for at in range(checkpoint + 1)]
        branch = merkle_branch(leaves, height)
        root = merkle_root(leaves[height], branch, height)
        return {"branch": _reversed_hex(branch), "root": root[::-1].hex()}

    def _estimate_fee(self, number: object) -> float:
        check_number(number, 2016)
        return ESTIMATE_BTC_PER_KB

    def _confirmed(self, scripthash: object) -> list[Located]:
        return self._index.history(check_script_hash(scripthash))

    def _entries(self, scripthash: object) -> list[Entry]:
        wanted = check_script_hash(scripthash)
        return [
            entry
            for entry in self._mempool.entries.values()
            if any(
                electrum_script_hash(out.script_pubkey) == wanted
                for out in (*entry.spent, *entry.transaction.outputs)
            )
        ]

    def _history(self, scripthash: object) -> list[dict[str, object]]:
        confirmed = [
            {"tx_hash": str(located.transaction.txid), "height": located.height}
            for located in self._confirmed(scripthash)
        ]
        return confirmed + self._waiting(scripthash)

    def _waiting(self, scripthash: object) -> list[dict[str, object]]:
        return [
            {
                "tx_hash": str(entry.transaction.txid),
                "height": -1 if entry.parents else 0,
                "fee": entry.fee.value,
            }
            for entry in self._entries(scripthash)
        ]

    def _unspent(self, scripthash: object) -> list[dict[str, object]]:
        wanted = check_script_hash(scripthash)
        places = [(place.transaction, place.height) for place in self._confirmed(wanted)]
        places += [(entry.transaction, 0) for entry in self._entries(wanted)]
        return [
            {
                "tx_hash": str(transaction.txid),
                "tx_pos": position,
                "height": height,
                "value": out.amount.value,
            }
            for transaction, height in places
            for position, out in enumerate(transaction.outputs)
            if electrum_script_hash(out.script_pubkey) == wanted
            and transaction.outpoint(position) not in self._index.spends
            and transaction.outpoint(position) not in self._mempool.spends
        ]

    def _balance(self, scripthash: object) -> dict[str, int]:
        wanted = check_script_hash(scripthash)
        confirmed = unconfirmed = 0
        for place in self._confirmed(wanted):
            for position, out in enumerate(place.transaction.outputs):
                unspent = place.transaction.outpoint(position) not in self._index.spends
                if unspent and electrum_script_hash(out.script_pubkey) == wanted:
                    confirmed += out.amount.value
        for entry in self._entries(wanted):
            for sign, outs in ((1, entry.transaction.outputs), (-1, entry.spent)):
                for out in outs:
                    if electrum_script_hash(out.script_pubkey) == wanted:
                        unconfirmed += sign * out.amount.value
        return {"confirmed": confirmed, "unconfirmed": unconfirmed}

    def _broadcast(self, raw_tx: object) -> str:
        if not isinstance(raw_tx, str) or len(raw_tx) > MAX_TRANSACTION_HEX:
            raise invalid_parameters("a transaction in hexadecimal is needed")
        try:
            transaction = Transaction.parse(bytes.fromhex(raw_tx))
        except (DecodeError, ValueError):
            raise RpcError(REFUSED, "TX decode failed") from None
        try:
            return str(self._regtest.submit(transaction))
        except TransactionRefused as refused:
            sentence = f"the transaction was rejected by network rules.\n\n{refused}"
            raise RpcError(REFUSED, sentence) from refused

    def _transaction(self, tx_hash: object, verbose: object = False) -> object:  # noqa: FBT002 (wire)
        wanted = check_txid(tx_hash)
        located = self._index.transactions.get(wanted)
        entry = self._mempool.entries.get(wanted)
        if located is None and entry is None:
            raise RpcError(2, f"no transaction {wanted}")
        raw = (located or entry).transaction.serialize().hex()  # type: ignore[union-attr]
        if not verbose:
            return raw
        answer: dict[str, object] = {"txid": str(wanted), "hex": raw, "confirmations": 0}
        if located is not None:
            block = self._chain.block_at(located.height)
            answer |= {
                "blockhash": str(block.hash),
                "blocktime": block.header.time,
                "time": block.header.time,
                "confirmations": self._chain.height + 1 - located.height,
            }
        return answer

    def _merkle(self, tx_hash: object, height: object = None) -> dict[str, object]:
        wanted = check_txid(tx_hash)
        located = self._index.transactions.get(wanted)
        if located is None or height not in (None, located.height):
            raise RpcError(BAD_REQUEST, f"{wanted} is not in that block")
        branch = merkle_branch(self._chain.block_at(located.height).txids, located.position)
        return {
            "block_height": located.height,
            "merkle": _reversed_hex(branch),
            "pos": located.position,
        }

    def _id_from_position(
        self,
        height: object,
        tx_pos: object,
        merkle: object = False,  # noqa: FBT002 (wire)
    ) -> object:
        txids = self._chain.block_at(check_number(height, self._chain.height)).txids
        at = check_number(tx_pos, 2**31)
        if at >= len(txids):
            raise RpcError(BAD_REQUEST, f"no transaction {at} in block {height}")
        if not merkle:
            return str(txids[at])
        return {"tx_hash": str(txids[at]), "merkle": _reversed_hex(merkle_branch(txids, at))}

    def _fee_histogram(self) -> list[list[float]]:
        sizes: dict[int, int] = {}
        for entry in self._mempool.entries.values():
            size = entry.transaction.vsize
            rate = entry.fee.value // size
            sizes[rate] = sizes.get(rate, 0) + size
        return [[rate, sizes[rate]] for rate in sorted(sizes, reverse=True)]


def _reversed_hex(branch: Sequence[bytes]) -> list[str]:
    return [node[::-1].hex() for node in branch]
