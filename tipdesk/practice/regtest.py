"""The practice chain as one thing: blocks, index, mempool and faucet, kept in step."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.address import to_script_pubkey
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import electrum_script_hash
from tipdesk.bitcoin.tx import Transaction
from tipdesk.practice.chain import Chain, ChainChange
from tipdesk.practice.faucet import Faucet
from tipdesk.practice.index import Index
from tipdesk.practice.mempool import Entry, Mempool

FIRST_BLOCKS: Final = 110
_FIRST_SPACING: Final = 30


@dataclass(frozen=True)
class Happened:
    """Tells listeners what a block or a transaction changed."""

    new_tip: bool
    script_hashes: frozenset[str]


class Regtest:
    """Opens, or begins with 110 blocks, the chain in a folder. All calls are made on one thread."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.chain = Chain(folder, clock)
        self.index = Index()
        self.mempool = Mempool(self.chain, self.index)
        self.faucet = Faucet(self.chain, self.index, self.mempool)
        self._listeners: list[Callable[[Happened], None]] = []
        for height in range(self.chain.height + 1):
            self.index.connect(self.chain.block_at(height), height)
        now = clock.now().unix_seconds
        for left in range(FIRST_BLOCKS - self.chain.height, 0, -1):
            change = self.chain.mine(
                self.faucet.script_pubkey, time=now - (left - 1) * _FIRST_SPACING
            )
            self._apply(change)

    def close(self) -> None:
        """Lets go of the files."""
        self.chain.close()

    def listen(self, listener: Callable[[Happened], None]) -> Callable[[], None]:
        """Calls `listener` after every change; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def mine(self, count: int = 1, script_pubkey: bytes | None = None) -> int:
        """Mines blocks with all that waits, to the faucet unless told otherwise; the height."""
        for _ in range(count):
            chosen = self.mempool.template()
            fees = sum((entry.fee for entry in chosen), Sat(0))
            change = self.chain.mine(
                script_pubkey or self.faucet.script_pubkey,
                [entry.transaction for entry in chosen],
                fees,
            )
            self._tell(Happened(new_tip=True, script_hashes=frozenset(self._apply(change))))
        return self.chain.height

    def reorganise(self, depth: int) -> int:
        """Replaces the last blocks by one more, empty; what they held waits again."""
        change = self.chain.reorganise(depth, self.faucet.script_pubkey)
        self._tell(Happened(new_tip=True, script_hashes=frozenset(self._apply(change))))
        return self.chain.height

    def submit(self, transaction: Transaction) -> Txid:
        """Takes a transaction into the mempool; `TransactionRefused` says why not."""
        entry, replaced = self.mempool.accept(transaction)
        touched = set[str]().union(*map(_scripts, (entry, *replaced)))
        self._tell(Happened(new_tip=False, script_hashes=frozenset(touched)))
        return transaction.txid

    def fund(self, to: str | bytes, amount: Sat) -> Txid:
        """Sends practice coins to an address or script; they confirm with the next block.

        `InvalidAddress` for another network's address, `FaucetEmpty` when no coin is free.
        """
        script = to_script_pubkey(to, Network.REGTEST) if isinstance(to, str) else to
        return self.submit(self.faucet.pay(script, amount))

    def _apply(self, change: ChainChange) -> set[str]:
        touched = set[str]()
        for block in change.disconnected:
            touched |= self.index.disconnect(block)
        base = self.chain.height - len(change.connected)
        dropped: list[Entry] = []
        for offset, block in enumerate(change.connected, 1):
            touched |= self.index.connect(block, base + offset)
            dropped += self.mempool.connected(block)
        if change.disconnected:
            returned = [tx for b in reversed(change.disconnected) for tx in b.transactions[1:]]
            dropped += self.mempool.refill(returned)
        return touched.union(*map(_scripts, dropped))

    def _tell(self, happened: Happened) -> None:
        for listener in tuple(self._listeners):
            listener(happened)


def _scripts(entry: Entry) -> set[str]:
    outputs = (*entry.spent, *entry.transaction.outputs)
    return {electrum_script_hash(out.script_pubkey) for out in outputs}
