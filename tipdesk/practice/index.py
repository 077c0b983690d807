"""What the active chain holds, by transaction, output and script; in memory, rebuilt at start."""

from collections import defaultdict
from dataclasses import dataclass

from tipdesk.base.ids import Txid
from tipdesk.bitcoin.script import electrum_script_hash
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut
from tipdesk.practice.chain import Block


@dataclass(frozen=True, slots=True)
class Located:
    """A confirmed transaction and where it stands."""

    transaction: Transaction
    height: int
    position: int


class Index:
    """Follows the active chain block by block, forward and back."""

    def __init__(self) -> None:
        self.transactions: dict[Txid, Located] = {}
        self.spends: dict[OutPoint, Txid] = {}
        self._history: defaultdict[str, list[Txid]] = defaultdict(list)

    def connect(self, block: Block, height: int) -> set[str]:
        """Takes in the next block; the script hashes that it touches."""
        touched = set()
        for position, transaction in enumerate(block.transactions):
            scripts = self.scripts_of(transaction)
            self.transactions[transaction.txid] = Located(transaction, height, position)
            for txin in transaction.inputs:
                self.spends[txin.outpoint] = transaction.txid
            for script_hash in scripts:
                self._history[script_hash].append(transaction.txid)
            touched |= scripts
        return touched

    def disconnect(self, block: Block) -> set[str]:
        """Takes the tip back; the script hashes that it touched."""
        touched = set()
        for transaction in reversed(block.transactions):
            del self.transactions[transaction.txid]
            for txin in transaction.inputs:
                # Every coinbase has the same null outpoint.
                self.spends.pop(txin.outpoint, None)
            scripts = self.scripts_of(transaction)
            for script_hash in scripts:
                self._history[script_hash].pop()
            touched |= scripts
        return touched

    def output(self, outpoint: OutPoint) -> TxOut | None:
        """A confirmed output, spent or not."""
        located = self.transactions.get(outpoint.txid)
        if located is None or outpoint.index >= len(located.transaction.outputs):
            return None
        return located.transaction.outputs[outpoint.index]

    def scripts_of(self, transaction: Transaction) -> set[str]:
        """Script hashes that a transaction pays or spends, as far as they are confirmed."""
        scripts = {electrum_script_hash(out.script_pubkey) for out in transaction.outputs}
        for txin in transaction.inputs:
            spent = self.output(txin.outpoint)
            if spent is not None:
                scripts.add(electrum_script_hash(spent.script_pubkey))
        return scripts

    def history(self, script_hash: str) -> list[Located]:
        """Transactions that pay or spend a script, in the chain's order."""
        return [self.transactions[txid] for txid in self._history.get(script_hash, ())]
