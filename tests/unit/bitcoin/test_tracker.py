"""Watches fire on proof, each once, and are taken back when their block is lost."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tipdesk.base.ids import Txid
from tipdesk.base.units import BlockHeight, Sat
from tipdesk.bitcoin import facts as f
from tipdesk.bitcoin import tracker as t
from tipdesk.bitcoin.block import merkle_branch
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.targets import rules_of
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
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
from tipdesk.practice.chain import Block, _genesis, build_block

SCRIPT = b"\x00\x20" + b"\x05" * 32
FUNDING = Transaction(2, (TxIn(OutPoint(Txid(b"\x09" * 32), 0)),), (TxOut(Sat(50_000), SCRIPT),))
CLOSE = Transaction(2, (TxIn(FUNDING.outpoint(0)),), (TxOut(Sat(49_000), b"\x51"),))
BUMPED = replace(CLOSE, outputs=(TxOut(Sat(48_000), b"\x51"),))


class Server:
    """An honest server: blocks and a mempool, and answers to a tracker's questions."""

    def __init__(self) -> None:
        self.blocks: list[Block] = [_genesis()]
        self.mempool: list[Transaction] = []
        self.tracker = t.Tracker(HeaderChain(rules_of(Network.REGTEST)))

    def mine(self, *transactions: Transaction, extra: int = 0) -> None:
        parent, height = self.blocks[-1].header, len(self.blocks)
        reward = TxOut(Sat(height), b"\x51")
        filler = Transaction(2, (TxIn(OutPoint(Txid(bytes([extra]) * 32), height)),), (reward,))
        every = (filler, *transactions)
        time = parent.time + 1
        self.blocks.append(build_block(parent, height, reward, every, time=time, extra=extra))

    def drop(self, depth: int) -> None:
        del self.blocks[-depth:]

    def tell(self, fact: f.Fact) -> list[ChainEvent]:
        """Feeds a fact, then answers every question until none is left."""
        events: list[ChainEvent] = []
        facts = [fact]
        while facts:
            for one in facts:
                step = t.step(self.tracker, one)
                self.tracker = step.tracker
                events += step.events
            facts = [self.answer(query) for query in step.queries]
        return events

    def tell_tip(self) -> list[ChainEvent]:
        events = self.tell(f.TipSeen(len(self.blocks) - 1, self.blocks[-1].header))
        return events + self.tell(f.HistoryStale(None))

    def watch(self, watch: Watch) -> list[ChainEvent]:
        return self.tell(f.WatchAdded(watch))

    def places(self) -> dict[Txid, tuple[int, int]]:
        return {
            txid: (height, position)
            for height, block in enumerate(self.blocks)
            for position, txid in enumerate(block.txids)
        }

    def answer(self, query: f.Query) -> f.Fact:
        match query:
            case f.WantHeaders(start, count):
                blocks = self.blocks[start : start + count]
                return f.HeadersSeen(start, tuple(block.header for block in blocks))
            case f.WantHistory(script_pubkey):
                places = self.places()
                items = [
                    f.HistoryItem(tx.txid, places.get(tx.txid, (0, 0))[0])
                    for tx in (FUNDING, CLOSE, BUMPED)
                    if tx.txid in places or tx in self.mempool
                ]
                return f.HistorySeen(script_pubkey, tuple(items))
            case f.WantTransaction(txid):
                (found,) = [tx for tx in (FUNDING, CLOSE, BUMPED) if tx.txid == txid]
                return f.TransactionSeen(found)
            case f.WantProof(txid, height):
                return f.ProofSeen(txid, self.proof(txid, height))

    def proof(self, txid: Txid, height: int) -> f.MerkleProof:
        txids = self.blocks[height].txids
        position = txids.index(txid)
        return f.MerkleProof(height, position, tuple(merkle_branch(txids, position)))


def quiet(events: Sequence[ChainEvent]) -> list[ChainEvent]:
    return [event for event in events if not isinstance(event, NewTip)]


def mined_server(*transactions: Transaction) -> Server:
    server = Server()
    server.mine()
    server.mine(*transactions)
    server.tell_tip()
    return server


CONFIRMED = WatchConfirmed(FUNDING.txid, SCRIPT, 3)
SPENT = WatchSpent(FUNDING.outpoint(0), SCRIPT)


def test_a_watch_fires_at_its_depth_and_once() -> None:
    server = mined_server(FUNDING)
    assert server.watch(CONFIRMED) == []
    server.mine()
    assert quiet(server.tell_tip()) == []
    server.mine()
    assert server.tell_tip() == [
        NewTip(BlockHeight(4), server.blocks[4].header),
        TxConfirmed(CONFIRMED, FUNDING, BlockHeight(2), 2),
    ]
    server.mine()
    assert quiet(server.tell_tip()) == []


def test_each_tip_is_told_once() -> None:
    server = mined_server()
    assert server.tell_tip() == []
    assert server.tell(f.TipSeen(1, server.blocks[1].header)) == []


def test_a_spend_is_told_from_the_mempool_and_again_when_mined() -> None:
    server = mined_server(FUNDING)
    server.watch(SPENT)
    server.mempool = [CLOSE]
    assert server.tell(f.HistoryStale(SCRIPT)) == [OutputSpent(SPENT, CLOSE, None)]
    assert server.tell(f.HistoryStale(SCRIPT)) == []
    server.mine(CLOSE)
    assert quiet(server.tell_tip()) == [OutputSpent(SPENT, CLOSE, BlockHeight(3))]


def test_a_replacement_in_the_mempool_is_told() -> None:
    server = mined_server(FUNDING)
    server.mempool = [CLOSE]
    assert server.watch(SPENT) == [OutputSpent(SPENT, CLOSE, None)]
    server.mempool = [BUMPED]
    assert server.tell(f.HistoryStale(SCRIPT)) == [OutputSpent(SPENT, BUMPED, None)]


def test_a_lost_block_is_taken_back_and_the_watch_goes_on() -> None:
    server = mined_server(FUNDING)
    watch = replace(CONFIRMED, depth=1)
    assert len(server.watch(watch)) == 1
    server.drop(1)
    server.mine(extra=1)
    server.mine(extra=1)
    assert quiet(server.tell_tip()) == [WatchReorged(watch)]
    server.mine(FUNDING)
    assert quiet(server.tell_tip()) == [TxConfirmed(watch, FUNDING, BlockHeight(4), 2)]


def test_a_new_proof_is_asked_for_when_the_block_changed_at_the_same_height() -> None:
    server = mined_server(FUNDING)
    server.watch(SPENT)
    server.mine(CLOSE)
    server.tell_tip()
    server.drop(1)
    server.mine(CLOSE, extra=1)
    server.mine(extra=1)
    tip = f.TipSeen(4, server.blocks[4].header)
    assert quiet(server.tell(tip)) == [
        WatchReorged(SPENT),
        OutputSpent(SPENT, CLOSE, BlockHeight(3)),
    ]


def test_a_deep_reorganisation_is_found_step_by_step() -> None:
    server = Server()
    for _ in range(40):
        server.mine()
    server.tell_tip()
    server.drop(33)
    for _ in range(34):
        server.mine(extra=1)
    assert server.tell_tip() == [NewTip(BlockHeight(41), server.blocks[41].header)]
    assert server.tracker.chain.hash_at(41) == server.blocks[41].hash


def test_a_shorter_chain_of_the_server_changes_nothing() -> None:
    server = mined_server(FUNDING)
    before = server.tracker.chain
    server.drop(1)
    assert server.tell_tip() == []
    assert server.tracker.chain == before


def test_another_genesis_is_refused() -> None:
    server = mined_server()
    stranger = t.Tracker(HeaderChain(rules_of(Network.SIGNET)))
    stranger = t.step(stranger, f.TipSeen(2, server.blocks[2].header)).tracker
    headers = tuple(block.header for block in server.blocks[1:])
    with pytest.raises(t.UnrelatedHeaders):
        t.step(stranger, f.HeadersSeen(1, headers))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda proof: replace(proof, position=0),
        lambda proof: replace(proof, branch=proof.branch[:-1]),
        lambda proof: replace(proof, branch=(bytes(32), *proof.branch[1:])),
        lambda proof: replace(proof, position=proof.position + (1 << len(proof.branch))),
        lambda proof: replace(proof, branch=proof.branch * 20),
        lambda proof: replace(proof, height=1),
    ],
)
def test_a_wrong_proof_is_refused(spoil: Callable[[f.MerkleProof], f.MerkleProof]) -> None:
    server = mined_server(FUNDING)
    tracker = t.step(server.tracker, f.WatchAdded(replace(CONFIRMED, depth=1))).tracker
    tracker = t.step(tracker, f.TransactionSeen(FUNDING)).tracker
    proof = server.proof(FUNDING.txid, 2)
    with pytest.raises(t.ProofRefused):
        t.step(tracker, f.ProofSeen(FUNDING.txid, spoil(proof)))
    assert len(t.step(tracker, f.ProofSeen(FUNDING.txid, proof)).events) == 1


def test_what_is_no_longer_watched_is_forgotten() -> None:
    server = mined_server(FUNDING)
    server.watch(SPENT)
    server.watch(CONFIRMED)
    server.tell(f.WatchRemoved(CONFIRMED))
    assert server.tracker.transactions
    server.tell(f.WatchRemoved(SPENT))
    assert server.tracker == t.Tracker(server.tracker.chain, told=server.tracker.told)
