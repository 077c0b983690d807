"""Transactions waiting for a block: accepted as Bitcoin Core's relay policy would accept them.

Not kept across a restart: whoever cares for a transaction sends it again, as on every network.
Package relay and the kernel's policy-only script flags (low s and the like) are not here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut
from tipdesk.practice.chain import Block, Chain
from tipdesk.practice.index import Index
from tipdesk.practice.judge import ScriptRefused, verify_transaction
from tipdesk.practice.policy import (
    NotFinal,
    TransactionRefused,
    check_lock_time,
    check_standard,
    relative_lock,
)

MAX_ANCESTORS: Final = 25
MAX_REPLACED: Final = 100
MAX_TEMPLATE_WEIGHT: Final = 1_000_000
COINBASE_MATURITY: Final = 100


class AlreadyKnown(TransactionRefused):
    """The transaction is in the mempool or in a block."""


class MissingInputs(TransactionRefused):
    """An input spends what does not exist, or what a block has spent."""


class ImmatureCoinbase(TransactionRefused):
    """A block reward is spent before its hundredth confirmation."""


class FeeTooLow(TransactionRefused):
    """The fee is negative or below the relay minimum of 1 sat/vB."""


class ReplacementRefused(TransactionRefused):
    """A conflict with a waiting transaction that does not pay enough more (BIP-125)."""


class ChainTooLong(TransactionRefused):
    """More than 25 transactions would wait on each other."""


class ScriptFailed(TransactionRefused):
    """An input's signature or script is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A waiting transaction."""

    transaction: Transaction
    fee: Sat
    spent: tuple[TxOut, ...]
    parents: frozenset[Txid]

    def pays_more_than(self, other: "Entry") -> bool:
        """Whether its feerate is the higher one."""
        mine, theirs = self.transaction.weight, other.transaction.weight
        return self.fee.value * theirs > other.fee.value * mine


class Mempool:
    """The waiting transactions, parents before children."""

    def __init__(self, chain: Chain, index: Index) -> None:
        self._chain = chain
        self._index = index
        self.entries: dict[Txid, Entry] = {}
        self.spends: dict[OutPoint, Txid] = {}

    def accept(self, transaction: Transaction) -> tuple[Entry, list[Entry]]:
        """Takes a transaction in, or raises the `TransactionRefused` that says why not.

        Returns it with the entries that it replaced.
        """
        txid = transaction.txid
        if txid in self.entries:
            raise AlreadyKnown("txn-already-in-mempool")
        if txid in self._index.transactions:
            raise AlreadyKnown("txn-already-known")
        check_standard(transaction)
        tip = self._chain.height
        check_lock_time(transaction, next_height=tip + 1, median_time=self._chain.median_time(tip))
        entry = self._entry(transaction)
        self._check_relative_locks(transaction)
        self._check_ancestors(entry)
        replaced = self._replaced_by(entry)
        try:
            verify_transaction(transaction, entry.spent)
        except ScriptRefused as refused:
            word = "mandatory-script-verify-flag-failed"
            raise ScriptFailed(word, f"input {refused.index}") from refused
        for loser in replaced:
            self._forget(loser)
        self.entries[txid] = entry
        self.spends.update((txin.outpoint, txid) for txin in transaction.inputs)
        return entry, replaced

    def output(self, outpoint: OutPoint) -> TxOut | None:
        """An output of the chain or of a waiting transaction, spent or not."""
        entry = self.entries.get(outpoint.txid)
        if entry is None:
            return self._index.output(outpoint)
        outputs = entry.transaction.outputs
        return outputs[outpoint.index] if outpoint.index < len(outputs) else None

    def template(self) -> list[Entry]:
        """What the next block holds, parents first."""
        chosen: dict[Txid, Entry] = {}
        weight = 0
        for txid, entry in self.entries.items():
            weight += entry.transaction.weight
            if weight > MAX_TEMPLATE_WEIGHT:
                break
            chosen[txid] = entry
        return list(chosen.values())

    def connected(self, block: Block) -> list[Entry]:
        """Drops what a block confirmed and what it made impossible; the latter is returned."""
        for txid in block.txids:
            if txid in self.entries:
                self._forget(self.entries[txid])
        losers: dict[Txid, Entry] = {}
        for transaction in block.transactions:
            for txin in transaction.inputs:
                rival = self.spends.get(txin.outpoint)
                if rival is not None:
                    losers |= self._with_descendants([rival])
        for loser in losers.values():
            self._forget(loser)
        return list(losers.values())

    def refill(self, returned: Iterable[Transaction]) -> list[Entry]:
        """After a reorganisation: judges everything anew; what no longer holds is returned."""
        before = dict(self.entries)
        candidates = [*returned, *(entry.transaction for entry in before.values())]
        self.entries.clear()
        self.spends.clear()
        for transaction in candidates:
            try:
                self.accept(transaction)
            except TransactionRefused:
                continue
        return [entry for txid, entry in before.items() if txid not in self.entries]

    def _entry(self, transaction: Transaction) -> Entry:
        spent = tuple(self._spendable(txin.outpoint) for txin in transaction.inputs)
        fee = sum(out.amount.value for out in spent)
        fee -= sum(out.amount.value for out in transaction.outputs)
        if fee < 0:
            raise FeeTooLow("bad-txns-in-belowout")
        if fee < transaction.vsize:
            detail = f"{fee} sat for {transaction.vsize} vB"
            raise FeeTooLow("min relay fee not met", detail)
        parents = {i.outpoint.txid for i in transaction.inputs if i.outpoint.txid in self.entries}
        return Entry(transaction, Sat(fee), spent, frozenset(parents))

    def _spendable(self, outpoint: OutPoint) -> TxOut:
        out = self.output(outpoint)
        if out is None or outpoint in self._index.spends:
            raise MissingInputs("bad-txns-inputs-missingorspent", str(outpoint))
        located = self._index.transactions.get(outpoint.txid)
        if located is not None and located.position == 0:
            age = self._chain.height + 1 - located.height
            if age < COINBASE_MATURITY:
                raise ImmatureCoinbase("bad-txns-premature-spend-of-coinbase", f"depth {age}")
        return out

    def _check_relative_locks(self, transaction: Transaction) -> None:
        tip = self._chain.height
        for number, txin in enumerate(transaction.inputs):
            blocks, seconds = relative_lock(transaction.version, txin.sequence)
            located = self._index.transactions.get(txin.outpoint.txid)
            height = located.height if located else tip + 1
            if height + blocks > tip + 1:
                raise NotFinal("non-BIP68-final", f"input {number} needs {blocks} blocks")
            since = self._chain.median_time(max(height - 1, 0))
            if seconds and since + seconds > self._chain.median_time(tip):
                raise NotFinal("non-BIP68-final", f"input {number} needs {seconds} s")

    def _check_ancestors(self, entry: Entry) -> None:
        ancestors, pending = set[Txid](), set(entry.parents)
        while pending:
            txid = pending.pop()
            ancestors.add(txid)
            pending |= self.entries[txid].parents - ancestors
            if len(ancestors) >= MAX_ANCESTORS:
                raise ChainTooLong("too-long-mempool-chain", f"limit {MAX_ANCESTORS}")

    def _replaced_by(self, entry: Entry) -> list[Entry]:
        inputs = entry.transaction.inputs
        rivals = {self.spends[i.outpoint] for i in inputs if i.outpoint in self.spends}
        if not rivals:
            return []
        losers = self._with_descendants(rivals)
        if len(losers) > MAX_REPLACED:
            raise ReplacementRefused("too many potential replacements", str(len(losers)))
        if entry.parents & losers.keys():
            raise ReplacementRefused("bad-txns-spends-conflicting-tx")
        if not all(entry.pays_more_than(self.entries[txid]) for txid in rivals):
            raise ReplacementRefused("insufficient fee", "the feerate is not higher")
        least = sum(loser.fee.value for loser in losers.values()) + entry.transaction.vsize
        if entry.fee.value < least:
            raise ReplacementRefused("insufficient fee", f"{entry.fee.value} sat, not {least}")
        return list(losers.values())

    def _with_descendants(self, txids: Iterable[Txid]) -> dict[Txid, Entry]:
        # Parents stand before children, so one pass finds every descendant.
        family = {txid: self.entries[txid] for txid in txids}
        for txid, entry in self.entries.items():
            if entry.parents & family.keys():
                family[txid] = entry
        return family

    def _forget(self, entry: Entry) -> None:
        txid = entry.transaction.txid
        del self.entries[txid]
        for txin in entry.transaction.inputs:
            del self.spends[txin.outpoint]
