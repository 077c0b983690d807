"""What several servers say of one script, side by side."""

from collections.abc import Hashable, Mapping
from typing import Final, Generic, TypeVar

from tipdesk.bitcoin.facts import HistoryItem
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import ChainSource

MAX_INPUTS: Final = 200
COINBASE: Final = 0xFFFFFFFF

_S = TypeVar("_S", bound=Hashable)


class Claims(Generic[_S]):
    """The histories of one script by server; claims that proved wrong are struck out."""

    def __init__(self, answers: Mapping[_S, tuple[HistoryItem, ...]]) -> None:
        self._answers = {server: frozenset(items) for server, items in answers.items()}
        self._struck: set[HistoryItem] = set()

    def disputed(self) -> list[HistoryItem]:
        """What is said to be in a block by some and not by all."""
        every = frozenset[HistoryItem]().union(*self._answers.values())
        common = every.intersection(*self._answers.values())
        return sorted(
            (item for item in every - common if item.height > 0), key=lambda item: item.height
        )

    def who_named(self, item: HistoryItem) -> list[_S]:
        """The servers that made a claim."""
        return [server for server, items in self._answers.items() if item in items]

    def who_left_out(self, item: HistoryItem) -> list[_S]:
        """The servers that did not."""
        return [server for server, items in self._answers.items() if item not in items]

    def strike(self, item: HistoryItem) -> None:
        """A claim was not proven."""
        self._struck.add(item)

    def merged(self) -> tuple[HistoryItem, ...]:
        """Everything that was not struck out, in the chain's order, the mempool last."""
        every = frozenset[HistoryItem]().union(*self._answers.values()) - self._struck
        mined = sorted(
            (item for item in every if item.height > 0), key=lambda i: (i.height, bytes(i.txid))
        )
        known = {item.txid for item in mined}
        waiting = {item.txid: item for item in every if item.height <= 0 and item.txid not in known}
        return (*mined, *sorted(waiting.values(), key=lambda item: bytes(item.txid)))


async def pays_or_spends(
    transaction: Transaction, script_pubkey: bytes, source: ChainSource
) -> bool:
    """Whether a transaction belongs into a script's history, as its first 200 inputs tell."""
    if any(out.script_pubkey == script_pubkey for out in transaction.outputs):
        return True
    for txin in transaction.inputs[:MAX_INPUTS]:
        if txin.outpoint.index == COINBASE:
            continue
        spent = (await source.transaction(txin.outpoint.txid)).outputs
        if [out.script_pubkey for out in spent][txin.outpoint.index :][:1] == [script_pubkey]:
            return True
    return False
