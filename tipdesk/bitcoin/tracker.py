"""What the chain holds of what we watch, as a pure machine over a server's answers.

Nothing is believed without a merkle proof against headers whose work was checked (BOLT 3 and 5
leave that to the node); only a spend in the mempool is reported on the server's word. Facts go
in; the events they cause and the questions they leave open come out. A reorganisation makes
proofs void, and what they proved is taken back with `WatchReorged`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, assert_never

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.base.units import BlockHeight
from tipdesk.bitcoin.block import Header, merkle_root
from tipdesk.bitcoin.facts import (
    Fact,
    HeadersSeen,
    HistoryItem,
    HistorySeen,
    HistoryStale,
    MerkleProof,
    ProofSeen,
    Query,
    TipSeen,
    TransactionSeen,
    WantHeaders,
    WantHistory,
    WantProof,
    WantTransaction,
    WatchAdded,
    WatchRemoved,
)
from tipdesk.bitcoin.headers import MAX_CHUNK, HeaderChain
from tipdesk.bitcoin.tx import Transaction
from tipdesk.bitcoin.watch import (
    ChainEvent,
    NewTip,
    OutputSpent,
    TxConfirmed,
    Watch,
    WatchConfirmed,
    WatchReorged,
    WatchSpent,
)

MAX_BRANCH: Final = 32


class ProofRefused(BackendError):
    """A merkle proof that does not lead to the header we hold."""

    def __init__(self, txid: Txid, height: int) -> None:
        super().__init__(f"the server did not prove that {txid} is in block {height}")
        self.txid = txid
        self.height = height


class UnrelatedHeaders(BackendError):
    """Headers that do not build on our genesis block, or leave our chain too far below its tip."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a transaction is: in a proven block, or (height None) in the mempool."""

    transaction: Transaction
    height: int | None = None
    position: int = 0
    block: BlockHash | None = None


@dataclass(frozen=True, slots=True)
class Tracker:
    """Headers, what the server said about watched scripts, and what we have reported."""

    chain: HeaderChain
    watches: Mapping[Watch, Place | None] = field(default_factory=dict)
    histories: Mapping[bytes, tuple[HistoryItem, ...]] = field(default_factory=dict)
    stale: frozenset[bytes] = frozenset()
    transactions: Mapping[Txid, Transaction] = field(default_factory=dict)
    places: Mapping[Txid, Place] = field(default_factory=dict)
    behind: WantHeaders | None = None
    told: BlockHash | None = None

    def place_of(self, txid: Txid) -> Place | None:
        """Where a transaction is proven to be in the best chain."""
        place = self.places.get(txid)
        return place if place and self.holds(place) else None

    def holds(self, place: Place) -> bool:
        """Whether a proven place is still in the best chain."""
        return place.height is not None and self.chain.hash_at(place.height) == place.block


@dataclass(frozen=True, slots=True)
class Step:
    """The next tracker, the events that became true in order, the questions still open."""

    tracker: Tracker
    events: tuple[ChainEvent, ...]
    queries: tuple[Query, ...]


def step(tracker: Tracker, fact: Fact) -> Step:
    """Takes one fact in.

    Raises a `BackendError` (`HeadersRefused`, `ProofRefused`, `UnrelatedHeaders`) for what an
    honest server does not say; the tracker is then as it was.
    """
    after = _learn(tracker, fact)
    if after.chain.hash_at(tracker.chain.height) != tracker.chain.hash_at(tracker.chain.height):
        # The heights of the histories are those of another chain.
        after = replace(after, stale=after.stale | _scripts(after))
    events: list[ChainEvent] = []
    tip = after.chain.at(after.chain.height)
    if after.behind is None and tip is not None and after.told != tip.hash:
        events.append(NewTip(BlockHeight(after.chain.height), tip))
        after = replace(after, told=tip.hash)
    reported: dict[Watch, Place | None] = {}
    for watch, before in after.watches.items():
        reported[watch] = _report(after, watch, before, events)
    after = replace(after, watches=reported)
    return Step(after, tuple(events), _wanted(after))


def _learn(tracker: Tracker, fact: Fact) -> Tracker:
    match fact:
        case WatchAdded(watch):
            return replace(tracker, watches={watch: None, **tracker.watches})
        case WatchRemoved(watch):
            return _without(tracker, watch)
        case TipSeen(height, header):
            return _learn_tip(tracker, height, header)
        case HeadersSeen(start, headers):
            return _learn_headers(tracker, start, headers)
        case HistoryStale(script_pubkey):
            changed = {script_pubkey} if script_pubkey is not None else _scripts(tracker)
            return replace(tracker, stale=tracker.stale | changed)
        case HistorySeen(script_pubkey, items):
            histories = {**tracker.histories, script_pubkey: items}
            stale = tracker.stale - {script_pubkey}
            return replace(tracker, histories=histories, stale=stale)
        case TransactionSeen(transaction):
            known = {**tracker.transactions, transaction.txid: transaction}
            return replace(tracker, transactions=known)
        case ProofSeen(txid, proof):
            return _learn_proof(tracker, txid, proof)
        case _:
            assert_never(fact)


def _scripts(tracker: Tracker) -> frozenset[bytes]:
    return frozenset(watch.script_pubkey for watch in tracker.watches)


def _without(tracker: Tracker, watch: Watch) -> Tracker:
    watches = {other: place for other, place in tracker.watches.items() if other != watch}
    scripts = frozenset(other.script_pubkey for other in watches)
    histories = {s: items for s, items in tracker.histories.items() if s in scripts}
    named = {item.txid for items in histories.values() for item in items}
    return replace(
        tracker,
        watches=watches,
        histories=histories,
        stale=tracker.stale & scripts,
        transactions={t: tx for t, tx in tracker.transactions.items() if t in named},
        places={t: place for t, place in tracker.places.items() if t in named},
    )


def _learn_tip(tracker: Tracker, height: int, header: Header) -> Tracker:
    if tracker.chain.hash_at(height) == header.hash:
        return replace(tracker, behind=None)
    if tracker.chain.links(height, header):
        return replace(tracker, chain=tracker.chain.connect(height, [header]), behind=None)
    start = min(tracker.chain.height + 1, max(height, tracker.chain.base + 1))
    return replace(tracker, behind=WantHeaders(start, MAX_CHUNK))


def _learn_headers(tracker: Tracker, start: int, headers: tuple[Header, ...]) -> Tracker:
    if not headers:
        return replace(tracker, behind=None)
    if not tracker.chain.links(start, headers[0]):
        if start <= tracker.chain.base + 1:
            raise UnrelatedHeaders("the server follows another chain")
        # Each step back is twice as far from the tip as the last one.
        back = start - max(1, 2 * (tracker.chain.height + 1 - start))
        back = max(tracker.chain.base + 1, back)
        return replace(tracker, behind=WantHeaders(back, MAX_CHUNK))
    chain = tracker.chain.connect(start, headers)
    more = len(headers) == MAX_CHUNK
    end = start + len(headers)
    if more and chain.hash_at(end - 1) != headers[-1].hash:
        raise UnrelatedHeaders("the server's chain left ours too far below the tip")
    following = WantHeaders(end, MAX_CHUNK) if more else None
    return replace(tracker, chain=chain, behind=following)


def _learn_proof(tracker: Tracker, txid: Txid, proof: MerkleProof) -> Tracker:
    transaction, header = tracker.transactions.get(txid), tracker.chain.at(proof.height)
    if transaction is None or header is None:
        return tracker
    check_proof(header, transaction, proof)
    place = Place(transaction, proof.height, proof.position, header.hash)
    return replace(tracker, places={**tracker.places, txid: place})


def check_proof(header: Header, transaction: Transaction, proof: MerkleProof) -> None:
    """Raises `ProofRefused` unless `proof` shows that the block of `header` holds `transaction`."""
    # CVE-2017-12842: 64 bytes may be two hashes of the tree in place of a transaction.
    if len(transaction.serialize(with_witness=False)) == 64:
        raise ProofRefused(transaction.txid, proof.height)
    check_branch(header, transaction.txid, proof)


def check_branch(header: Header, txid: Txid, proof: MerkleProof) -> None:
    """Raises `ProofRefused` unless `proof` leads from `txid` to the header's root.

    Whether it is a transaction's id, and not an inner hash, is for `check_proof` to see.
    """
    branch = proof.branch
    fits = len(branch) <= MAX_BRANCH and 0 <= proof.position < 1 << len(branch)
    root = merkle_root(txid, list(branch), proof.position) if fits else b""
    if root != header.merkle_root:
        raise ProofRefused(txid, proof.height)


def _report(
    tracker: Tracker, watch: Watch, before: Place | None, events: list[ChainEvent]
) -> Place | None:
    if before is not None and before.block is not None:
        if tracker.holds(before):
            return before
        events.append(WatchReorged(watch))
        before = None
    match watch:
        case WatchConfirmed():
            return _report_confirmed(tracker, watch, events)
        case WatchSpent():
            return _report_spent(tracker, watch, before, events)
        case _:
            assert_never(watch)


def _report_confirmed(
    tracker: Tracker, watch: WatchConfirmed, events: list[ChainEvent]
) -> Place | None:
    place = tracker.place_of(watch.txid)
    if place is None or place.height is None:
        return None
    if tracker.chain.height - place.height + 1 < watch.depth:
        return None
    height = BlockHeight(place.height)
    events.append(TxConfirmed(watch, place.transaction, height, place.position))
    return place


def _report_spent(
    tracker: Tracker, watch: WatchSpent, before: Place | None, events: list[ChainEvent]
) -> Place | None:
    spends = _spends(tracker, watch)
    proven = [place for item in spends if (place := tracker.place_of(item.txid)) is not None]
    if proven:
        place = proven[0]
        height = None if place.height is None else BlockHeight(place.height)
        events.append(OutputSpent(watch, place.transaction, height))
        return place
    if before is not None and before.transaction in spends.values():
        return before
    # What is said to be mined is told once that is proven.
    waiting = [tx for item, tx in spends.items() if item.height <= 0]
    if not waiting:
        return None
    events.append(OutputSpent(watch, waiting[0], None))
    return Place(waiting[0])


def _spends(tracker: Tracker, watch: WatchSpent) -> dict[HistoryItem, Transaction]:
    known = {
        item: transaction
        for item in tracker.histories.get(watch.script_pubkey, ())
        if (transaction := tracker.transactions.get(item.txid)) is not None
    }
    return {i: tx for i, tx in known.items() if _spends_outpoint(tx, watch)}


def _spends_outpoint(transaction: Transaction, watch: WatchSpent) -> bool:
    return any(txin.outpoint == watch.outpoint for txin in transaction.inputs)


def _wanted(tracker: Tracker) -> tuple[Query, ...]:
    wanted: dict[Query, None] = {}
    if tracker.behind is not None:
        wanted[tracker.behind] = None
    for watch in tracker.watches:
        items = tracker.histories.get(watch.script_pubkey)
        if items is None or watch.script_pubkey in tracker.stale:
            wanted[WantHistory(watch.script_pubkey)] = None
            continue
        for item in items:
            query = _wanted_of(tracker, watch, item)
            if query is not None:
                wanted[query] = None
    return tuple(wanted)


def _wanted_of(tracker: Tracker, watch: Watch, item: HistoryItem) -> Query | None:
    if isinstance(watch, WatchConfirmed) and item.txid != watch.txid:
        return None
    transaction = tracker.transactions.get(item.txid)
    if transaction is None:
        return WantTransaction(item.txid)
    if isinstance(watch, WatchSpent) and not _spends_outpoint(transaction, watch):
        return None
    if not 0 < item.height <= tracker.chain.height or tracker.place_of(item.txid):
        return None
    return WantProof(item.txid, item.height)
