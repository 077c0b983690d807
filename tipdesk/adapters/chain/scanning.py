"""Finds what touches watched scripts in blocks and in the mempool, without anybody's index.

Bytes are searched for scripts and outpoints first; only what holds one of them is parsed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.facts import HistoryItem
from tipdesk.bitcoin.headers import HEADER_BYTES
from tipdesk.bitcoin.tx import OutPoint, Transaction, read_compact_size
from tipdesk.ports.chain import SourceMisbehaved

MAX_POOL_BYTES: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class _Owned:
    """An output that pays a watched script, and the height of its block."""

    script_pubkey: bytes
    height: int


class Scanner:
    """What blocks hold of the scripts in `scripts`. It knows no server."""

    def __init__(self) -> None:
        self.scripts: set[bytes] = set()
        self._mined: dict[bytes, list[HistoryItem]] = {}
        self._owned: dict[OutPoint, _Owned] = {}

    def add(self, script_pubkey: bytes) -> None:
        """Looks for a script from now on; the caller shows it the blocks that have passed."""
        self.scripts.add(script_pubkey)

    def remove(self, script_pubkey: bytes) -> None:
        """Forgets a script and all that was found."""
        self.scripts.discard(script_pubkey)
        self._mined.pop(script_pubkey, None)
        owned = self._owned.items()
        self._owned = {o: one for o, one in owned if one.script_pubkey != script_pubkey}

    def mined(self, script_pubkey: bytes) -> list[HistoryItem]:
        """What blocks hold of a script, in their order."""
        return sorted(self._mined.get(script_pubkey, ()), key=lambda item: item.height)

    def owner_of(self, outpoint: OutPoint) -> bytes | None:
        """The watched script that a mined output pays."""
        owned = self._owned.get(outpoint)
        return owned.script_pubkey if owned else None

    def needles(self, scripts: set[bytes]) -> list[bytes]:
        """Bytes, one of which is in whatever touches these scripts."""
        owned = self._owned.items()
        outpoints = [o.serialize() for o, one in owned if one.script_pubkey in scripts]
        return [*scripts, *outpoints]

    def block(self, height: int, raw: bytes, scripts: set[bytes]) -> list[Txid]:
        """Takes in a block for some scripts; the transactions that touch them."""
        if not any(needle in raw for needle in self.needles(scripts)):
            return []
        found: list[Txid] = []
        for transaction in read_block(raw):
            touched = self._touched(transaction, scripts)
            for index, out in enumerate(transaction.outputs):
                if out.script_pubkey in scripts:
                    owned = _Owned(out.script_pubkey, height)
                    self._owned[transaction.outpoint(index)] = owned
            for script_pubkey in touched:
                items = self._mined.setdefault(script_pubkey, [])
                item = HistoryItem(transaction.txid, height)
                if item not in items:
                    # A look that broke off is begun again.
                    items.append(item)
            if touched:
                found.append(transaction.txid)
        return found

    def rewind(self, height: int) -> None:
        """Forgets what blocks above a height held."""
        for items in self._mined.values():
            items[:] = [item for item in items if item.height <= height]
        self._owned = {o: one for o, one in self._owned.items() if one.height <= height}

    def _touched(self, transaction: Transaction, scripts: set[bytes]) -> set[bytes]:
        paid = {out.script_pubkey for out in transaction.outputs}
        spent = {self.owner_of(txin.outpoint) for txin in transaction.inputs}
        return (paid | {one for one in spent if one is not None}) & scripts


class Pool:
    """The mempool's transactions as bytes, and which of them touch a scanner's scripts."""

    def __init__(self) -> None:
        self._raw: dict[Txid, bytes] = {}
        self._size = 0

    def raw(self, txid: Txid) -> bytes | None:
        """The bytes of a waiting transaction."""
        return self._raw.get(txid)

    def missing(self, txids: Iterable[Txid]) -> list[Txid]:
        """Forgets what waits no more; what has to be asked for, until the memory is full."""
        present = set(txids)
        self._raw = {txid: raw for txid, raw in self._raw.items() if txid in present}
        self._size = sum(map(len, self._raw.values()))
        return sorted(present - self._raw.keys()) if self._size < MAX_POOL_BYTES else []

    def add(self, txid: Txid, raw: bytes) -> None:
        """Takes in a transaction."""
        self._raw[txid] = raw
        self._size += len(raw)

    def touching(self, scanner: Scanner) -> dict[bytes, list[Txid]]:
        """The waiting transactions of each watched script."""
        owned: dict[OutPoint, bytes] = {}
        found: dict[bytes, list[Txid]] = {}
        for transaction in self._holding(scanner.scripts):
            for index, out in enumerate(transaction.outputs):
                if out.script_pubkey in scanner.scripts:
                    owned[transaction.outpoint(index)] = out.script_pubkey
                    found.setdefault(out.script_pubkey, []).append(transaction.txid)
        outpoints = [*scanner.needles(scanner.scripts), *(one.serialize() for one in owned)]
        for transaction in self._holding(outpoints):
            for txin in transaction.inputs:
                owner = owned.get(txin.outpoint) or scanner.owner_of(txin.outpoint)
                if owner is not None:
                    found.setdefault(owner, []).append(transaction.txid)
        return {script: sorted(set(txids)) for script, txids in found.items()}

    def _holding(self, needles: Iterable[bytes]) -> Iterator[Transaction]:
        wanted = list(needles)
        for raw in self._raw.values():
            if any(needle in raw for needle in wanted):
                yield Transaction.parse(raw)


def read_block(raw: bytes) -> Iterator[Transaction]:
    """The transactions of a block; `SourceMisbehaved` if it is none."""
    try:
        reader = Reader(raw)
        reader.take(HEADER_BYTES)
        for _ in range(read_compact_size(reader)):
            yield Transaction.read(reader)
        reader.finish()
    except DecodeError as error:
        raise SourceMisbehaved(Phrase("bytes that are no block")) from error
