"""Bug classes that lie between two modules: each rule is shown where it would be broken."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import tipdesk
from tests.channels import FUNDING, Pair, hash_of, preimage_of
from tests.classes.gossip import CHAIN, NOW, channel, update
from tests.forging import receive, sent
from tests.judged import terms_of
from tests.onchain import busy_pair, due, preimages, resolve, take
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, PaymentSecret, ShortChannelId, Signature, Txid
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.lightning.channel import action, errors
from tipdesk.lightning.channel.commitments import signed_local_commitment
from tipdesk.lightning.channel.htlc import Direction
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.sync import (
    MAX_SCIDS_PER_REPLY,
    MAX_WANTED_SCIDS,
    GossipSession,
    UnknownScidEncoding,
    encode_scids,
)
from tipdesk.lightning.gossip.verify import Ignored
from tipdesk.lightning.sphinx.errors import create_failure, wrap_failure
from tipdesk.lightning.wire.failures import Failure, FailureCode, encode
from tipdesk.lightning.wire.gossip import GossipTimestampFilter, ReplyChannelRange
from tipdesk.lightning.wire.message import MAX_MESSAGE_BYTES
from tipdesk.lightning.wire.message import encode as encode_message
from tipdesk.lightning.wire.updates import (
    CommitmentSigned,
    UpdateFailHtlc,
    UpdateFulfillHtlc,
)
from tipdesk.ports.stores import StoredInvoice

BIG = Msat(5_000_000)


def test_class_18_htlcs_alike_in_hash_amount_and_expiry_are_told_apart_by_their_ids() -> None:
    """One of two twins fails, the other is fulfilled: neither stands for the other."""
    pair = Pair(Msat(400_000_000))
    pair.open()
    for _ in range(2):
        pair.alice.add(1, BIG)
    pair.bob.add(1, BIG)
    pair.deliver()
    twins = {h.id: h for h in pair.bob.committed_incoming()}
    assert sorted(twins) == [0, 1]
    pair.bob.fail(twins[0])
    pair.bob.fulfill(twins[1], 1)
    pair.deliver()
    alice = pair.alice
    failed = [e.htlc.id for e in alice.events if isinstance(e, action.HtlcFailed)]
    fulfilled = [e.htlc.id for e in alice.events if isinstance(e, action.HtlcFulfilled)]
    assert (failed, fulfilled) == ([0], [1])
    # What Bob offered with the same hash is untouched.
    assert [h.key for h in alice.commitments.htlcs.values()] == [(Direction.INCOMING, 0)]
    assert alice.commitments.local_balance == FUNDING.to_msat() - Msat(400_000_000) - BIG


def test_class_18_a_preimage_for_one_twin_does_not_remove_the_other() -> None:
    pair = Pair(Msat(400_000_000))
    pair.open()
    for _ in range(2):
        pair.alice.add(1, BIG)
    pair.deliver()
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    message = sent(pair.bob, UpdateFulfillHtlc)
    receive(pair.alice, message)
    with pytest.raises(errors.UnknownHtlc):
        receive(pair.alice, message)
    removed = {h.id for h in pair.alice.commitments.htlcs.values() if h.removal is not None}
    assert removed == {message.id}


def test_class_21_whatever_a_peer_makes_us_say_fits_into_a_message() -> None:
    signed = CommitmentSigned(
        channel_id=ChannelId(bytes(32)),
        signature=Signature(bytes(64)),
        htlc_signatures=(Signature(bytes(64)),) * 966,
        funding_txid=Txid(bytes(32)),
    )
    reply = ReplyChannelRange(
        chain_hash=CHAIN,
        first_blocknum=0,
        number_of_blocks=1,
        sync_complete=1,
        encoded_short_ids=encode_scids([1] * MAX_SCIDS_PER_REPLY),
    )
    # The longest reason that reaches us is not longer when it leaves us.
    longest = MAX_MESSAGE_BYTES - len(
        encode_message(UpdateFailHtlc(channel_id=ChannelId(bytes(32)), id=0, reason=b""))
    )
    wrapped = UpdateFailHtlc(
        channel_id=ChannelId(bytes(32)), id=0, reason=wrap_failure(bytes(32), bytes(longest))
    )
    for message in (signed, reply, wrapped):
        assert len(encode_message(message)) <= MAX_MESSAGE_BYTES


def test_class_26_the_preimage_of_an_unpaid_invoice_is_not_ours_to_use(tmp_path: Path) -> None:
    """Not on chain either: a part of a payment would take it for less than the whole."""
    database = MoneyDatabase(tmp_path / "money.db", MIGRATIONS)
    store = SqliteNodeStore(database)
    invoice = StoredInvoice(
        payment_hash=hash_of(1),
        preimage=preimage_of(1),
        payment_secret=PaymentSecret(bytes(32)),
        amount=BIG,
        invoice="",
        description="",
        label="",
        created_at=Instant(0),
        expires_at=Instant(1),
    )
    store.save_invoice(invoice)
    assert store.known_preimage(hash_of(1)) is None
    store.save_invoice(replace(invoice, received=BIG, settled_at=Instant(1)))
    assert store.known_preimage(hash_of(1)) == preimage_of(1)
    store.commit()
    database.close()


def test_class_26_without_its_preimage_an_incoming_htlc_is_not_claimed_on_chain() -> None:
    pair = busy_pair()
    for side in pair.sides:
        transaction = signed_local_commitment(side.commitments, terms_of(side), side.signer)
        for observer in pair.sides:
            found = due(resolve(observer, transaction), 10_000)
            assert all(c.output.htlc is None or c.output.htlc.by_us for c in found)


def test_class_33_nobody_reads_the_channel_update_inside_a_failure() -> None:
    """Kept or told on, it would show the network who pays: only its codec knows the field."""
    readers = {
        path.name
        for path in Path(tipdesk.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "channel_update"
    }
    assert readers == set()


def test_class_33_every_short_failure_is_as_long_as_any_other() -> None:
    lengths = {
        len(create_failure(bytes(32), encode(failure)))
        for failure in (
            Failure(code=FailureCode.MPP_TIMEOUT),
            Failure(code=FailureCode.TEMPORARY_CHANNEL_FAILURE),
            Failure(code=FailureCode.FINAL_INCORRECT_HTLC_AMOUNT, incoming_htlc_amt=BIG),
        )
    }
    assert len(lengths) == 1


def test_class_43_no_claim_hangs_on_another_ones_input() -> None:
    """A conflict over one output strands that one: every claim spends exactly one of ours."""
    pair = busy_pair()
    for side in pair.sides:
        transaction = signed_local_commitment(side.commitments, terms_of(side), side.signer)
        for observer in pair.sides:
            resolution = resolve(observer, transaction)
            taken = [
                [
                    i.outpoint
                    for i in take(observer, claim).inputs
                    if i.outpoint in resolution.outputs
                ]
                for claim in due(resolution, 10_000, preimages(1, 2, 11, 12))
            ]
            assert len(taken) >= 5
            assert all(len(ours) == 1 for ours in taken)
            assert len({ours[0] for ours in taken}) == len(taken)


def a_transaction(**changes: object) -> Transaction:
    txin = TxIn(OutPoint(Txid(b"\x01" * 32), 0))
    return replace(Transaction(2, (txin,), (TxOut(Sat(1), b""),)), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "odd",
    [
        # What btcd refused in 2022: a witness item, and a count of items, beyond its own limits.
        a_transaction().with_witness(0, (bytes(3_900_000),)),
        a_transaction().with_witness(0, (b"",) * 500_000),
        a_transaction(version=-1),
        a_transaction(outputs=(TxOut(Sat(0), bytes(200_000)),)),
        a_transaction(inputs=(TxIn(OutPoint(Txid(bytes(32)), 0xFFFFFFFF), 0, bytes(100_000)),)),
        a_transaction(outputs=(TxOut(Sat(0), b"\x6a"),) * 50_000),
    ],
    ids=["huge witness", "many witness items", "version", "script", "input script", "outputs"],
)
def test_class_48_whatever_a_block_may_hold_can_be_read(odd: Transaction) -> None:
    assert Transaction.parse(odd.serialize()) == odd


def test_class_51_filters_one_after_another_leave_one_backlog() -> None:
    """Each replaces the one before; what they ask for is dealt out in small pieces."""
    graph = Graph(CHAIN)
    for number in range(100, 1_300):
        graph.apply_channel(channel(number, 1, 2), None)
        graph.apply_update(update(number), NOW)
    session = GossipSession(graph)
    everything = GossipTimestampFilter(
        chain_hash=CHAIN, first_timestamp=0, timestamp_range=0xFFFFFFFF
    )
    for _ in range(1_000):
        assert len(session.next_batch(10)) <= 10 + 4
        assert session.receive(everything) == []
    told = 0
    while session.has_more:
        told += len(session.next_batch(200))
    assert told == 2 * 1_200


def test_class_53_gossip_with_a_timestamp_of_zero_or_the_end_of_time_is_passed_over() -> None:
    graph = Graph(CHAIN)
    graph.apply_channel(channel(100, 1, 2), None)
    for timestamp, reason in ((0, Ignored.TOO_OLD), (0xFFFFFFFF, Ignored.TOO_NEW)):
        assert graph.apply_update(replace(update(100), timestamp=timestamp), NOW) is reason
    session = GossipSession(graph)
    for first, span in ((0, 0), (0xFFFFFFFF, 0xFFFFFFFF), (0, 0xFFFFFFFF)):
        session.receive(
            GossipTimestampFilter(chain_hash=CHAIN, first_timestamp=first, timestamp_range=span)
        )
        while session.has_more:
            session.next_batch(10)
    assert graph.apply_update(update(100), NOW) is None


def test_class_55_ids_from_range_replies_are_bounded_and_never_unpacked() -> None:
    """No zlib, and no more than so many ids wait, however many replies a peer sends."""
    session = GossipSession(Graph(CHAIN))
    session.start(peer_offers_queries=True)
    block = 0
    for _ in range(MAX_WANTED_SCIDS // MAX_SCIDS_PER_REPLY + 10):
        scids = [ShortChannelId.of(block + n, 0, 0) for n in range(MAX_SCIDS_PER_REPLY)]
        block += MAX_SCIDS_PER_REPLY
        session.receive(
            ReplyChannelRange(
                chain_hash=CHAIN,
                first_blocknum=0,
                number_of_blocks=1,
                sync_complete=0,
                encoded_short_ids=encode_scids(scids),
            )
        )
    assert len(session._wanted) <= MAX_WANTED_SCIDS
    with pytest.raises(UnknownScidEncoding):
        session.receive(
            ReplyChannelRange(
                chain_hash=CHAIN,
                first_blocknum=0,
                number_of_blocks=1,
                sync_complete=0,
                encoded_short_ids=b"\x01" + bytes(100),
            )
        )


def test_class_58_what_came_too_early_does_not_keep_out_what_comes_later() -> None:
    """An update for a channel not yet known, with the newest time, leaves no trace."""
    graph = Graph(CHAIN)
    early = replace(update(100), timestamp=NOW.unix_seconds + 3_600, fee_base_msat=9)
    assert graph.apply_update(early, NOW) is Ignored.UNKNOWN_CHANNEL
    graph.apply_channel(channel(100, 1, 2), None)
    assert graph.apply_update(update(100), NOW) is None
    policy = graph.policy(ShortChannelId.of(100, 1, 0), 0)
    assert policy is not None
    assert policy.fee_base_msat == update(100).fee_base_msat
