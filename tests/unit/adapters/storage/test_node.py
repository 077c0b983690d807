"""`NodeStore` over a real file: what goes in comes out, and only what changed is written."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.channels import P2WPKH, Pair, Side, hash_of, preimage_of
from tests.judged import terms_of
from tipdesk.adapters.storage.database import MIGRATIONS, MoneyDatabase
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, NodeId, PaymentSecret, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey
from tipdesk.lightning.channel.state import Closing, Live, Opening, inner
from tipdesk.lightning.routing.query import Hop, Route
from tipdesk.ports.stores import (
    Forward,
    HtlcPlace,
    PaymentStatus,
    PeerAddress,
    StoredAttempt,
    StoredInvoice,
    StoredPayment,
    TakenWay,
)
from tipdesk.tips.payment import FailureReason

CHANNEL, OTHER = ChannelId(b"\x01" * 32), ChannelId(b"\x02" * 32)


def node(number: int) -> NodeId:
    return NodeId(PrivateKey(sha256(bytes([number]))).point)


ROUTE = Route(
    source=node(0),
    hops=tuple(
        Hop(
            node_id=node(number),
            short_channel_id=ShortChannelId.of(100 + number, 1, 0),
            amount=Msat(21_000 + number),
            cltv_delta=CltvDelta(80 * number),
        )
        for number in (1, 2, 3)
    ),
)


class Disk:
    """The store on its file, which can be left and opened again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reopen()

    def reopen(self) -> None:
        self.database = MoneyDatabase(self.path, MIGRATIONS)
        self.store = SqliteNodeStore(self.database)
        self.statements: list[str] = []
        connection = self.database._connection
        assert isinstance(connection, sqlite3.Connection)
        connection.set_trace_callback(self.statements.append)

    def restart(self) -> None:
        """The process ends properly and starts again."""
        self.store.commit()
        self.database.close()
        self.reopen()

    def lose_power(self) -> None:
        """The process ends without a commit."""
        self.database._connection.close()
        self.reopen()

    def written(self) -> list[str]:
        """The tables written to since the last call, in order."""
        words = [s.split() for s in self.statements]
        self.statements.clear()
        verbs = {"INSERT": 4, "UPDATE": 1, "DELETE": 2}
        return [w[0] + " " + w[verbs[w[0]]] for w in words if w[0] in verbs]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    opened = Disk(tmp_path / "money.db")
    yield opened
    opened.database.close()


def opened() -> Pair:
    pair = Pair(Msat(400_000_000))
    pair.open()
    return pair


def live(side: Side) -> Live:
    assert not isinstance(side.state, Opening)
    return side.state


def htlcs(side: Side) -> dict[HtlcKey, Htlc]:
    return dict(inner(live(side)).commitments.htlcs)


# Channels


def test_a_channel_comes_back_whole(disk: Disk) -> None:
    pair = opened()
    for number in range(5):
        pair.alice.add(number, Msat(5_000_000))
        pair.bob.add(number, Msat(21_000))
    pair.deliver()
    disk.store.save_channel(live(pair.alice), None, ())
    disk.restart()
    assert disk.store.channels() == [live(pair.alice)]


def test_only_rows_that_changed_are_written(disk: Disk) -> None:
    pair = opened()
    for number in range(5):
        pair.alice.add(number, Msat(5_000_000))
    pair.deliver()
    disk.store.save_channel(live(pair.alice), None, ())
    assert disk.written() == ["INSERT channels"] + ["INSERT htlcs"] * 5
    before = htlcs(pair.alice)
    disk.store.save_channel(live(pair.alice), before, ())
    assert disk.written() == ["UPDATE channels"]
    pair.alice.add(7, Msat(21_000))
    pair.alice.sign()
    disk.store.save_channel(live(pair.alice), before, ())
    assert disk.written() == ["UPDATE channels", "INSERT htlcs"]
    disk.restart()
    assert disk.store.channels() == [live(pair.alice)]


def test_a_finished_htlc_is_history_and_no_longer_part_of_the_channel(disk: Disk) -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    pair.deliver()
    before = htlcs(pair.alice)
    disk.store.save_channel(live(pair.alice), None, ())
    pair.bob.fulfill(pair.bob.committed_incoming()[0], 1)
    pair.deliver()
    finished = tuple(before.values())
    disk.store.save_channel(live(pair.alice), before, finished)
    disk.restart()
    assert disk.store.channels() == [live(pair.alice)]
    assert list(disk.database.read("SELECT outgoing, id, finished FROM htlcs")) == [(1, 0, 1)]


def test_an_htlc_that_never_was_leaves_no_row_and_frees_its_id(disk: Disk) -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    before = htlcs(pair.alice)
    disk.store.save_channel(live(pair.alice), None, ())
    pair.disconnect()
    disk.store.save_channel(live(pair.alice), before, ())
    assert list(disk.database.read("SELECT * FROM htlcs")) == []


def test_two_channels_are_kept_apart(disk: Disk) -> None:
    pair = opened()
    pair.alice.add(1, Msat(5_000_000))
    pair.deliver()
    first = live(pair.alice)
    second = replace(inner(first), terms=replace(terms_of(pair.alice), channel_id=OTHER))
    disk.store.save_channel(first, None, ())
    disk.store.save_channel(second, None, ())
    disk.store.save_channel(second, dict(second.commitments.htlcs), ())
    disk.restart()
    stored = {inner(c).terms.channel_id: c for c in disk.store.channels()}
    assert stored == {terms_of(pair.alice).channel_id: first, OTHER: second}


def test_a_closed_channel_is_no_longer_listed_and_not_forgotten(disk: Disk) -> None:
    pair = opened()
    disk.store.save_channel(live(pair.alice), None, ())
    pair.alice.do(command.Close(P2WPKH["alice"]))
    pair.deliver()
    assert isinstance(pair.alice.state, Closing)
    disk.store.save_channel(pair.alice.state, {}, ())
    assert disk.store.channels() == [pair.alice.state]
    pair.alice.do(command.ClosingBuried(is_final=True))
    disk.store.save_channel(live(pair.alice), {}, ())
    disk.restart()
    assert disk.store.channels() == []
    assert len(list(disk.database.read("SELECT * FROM channels"))) == 1


def test_what_was_not_committed_is_gone_after_a_crash_and_all_of_it(disk: Disk) -> None:
    pair = opened()
    disk.store.save_channel(live(pair.alice), None, ())
    disk.store.commit()
    first = live(pair.alice)
    pair.alice.add(1, Msat(5_000_000))
    pair.deliver()
    disk.store.save_channel(live(pair.alice), {}, ())
    disk.store.save_preimage(hash_of(1), preimage_of(1))
    assert disk.store.is_dirty
    disk.lose_power()
    assert not disk.store.is_dirty
    assert disk.store.channels() == [first]
    assert list(disk.database.read("SELECT * FROM preimages")) == []


# Payments, invoices, forwards, peers


PAYMENT = StoredPayment(
    payment_hash=hash_of(1),
    invoice="lnbcrt1...",
    amount=Msat(21_000),
    max_fee=Msat(3_000),
    status=PaymentStatus.UNDER_WAY,
    created_at=Instant(1_700_000_000_123),
)


def test_a_payment_comes_back_whole_at_every_status(disk: Disk) -> None:
    for payment in (
        PAYMENT,
        replace(PAYMENT, detail="second try"),
        replace(
            PAYMENT,
            status=PaymentStatus.SUCCEEDED,
            preimage=preimage_of(1),
            fee=Msat(0),
            route=ROUTE,
            parts=3,
            settled_at=Instant(1_700_000_001_000),
        ),
        *(replace(PAYMENT, status=PaymentStatus.FAILED, reason=r) for r in FailureReason),
    ):
        disk.store.save_payment(payment)
        disk.restart()
        assert disk.store.payment(payment.payment_hash) == payment
        under_way = payment.status is PaymentStatus.UNDER_WAY
        assert disk.store.payments_under_way() == ([payment] if under_way else [])
    assert disk.store.payment(hash_of(2)) is None


def test_an_invoice_comes_back_whole_before_and_after_it_is_paid(disk: Disk) -> None:
    invoice = StoredInvoice(
        payment_hash=hash_of(1),
        preimage=preimage_of(1),
        payment_secret=PaymentSecret(b"\x07" * 32),
        amount=None,
        invoice="lnbcrt1...",
        description="Für \U0001f3b8 'quotes' \"and\" ; DROP TABLE invoices",
        label="",
        created_at=Instant(1),
        expires_at=Instant(2),
    )
    paid = replace(invoice, amount=Msat(1), received=Msat(2), settled_at=Instant(3))
    unasked = replace(paid, invoice="", records=((65_536, b""), (7_629_169, b"{}")))
    for stored in (invoice, paid, unasked):
        disk.store.save_invoice(stored)
        disk.restart()
        assert disk.store.invoice(hash_of(1)) == stored
    assert disk.store.invoice(hash_of(2)) is None


def test_only_what_expired_unpaid_is_forgotten_and_not_more_than_is_asked_for(disk: Disk) -> None:
    def invoice(number: int) -> StoredInvoice:
        return StoredInvoice(
            payment_hash=hash_of(number),
            preimage=preimage_of(number),
            payment_secret=PaymentSecret(bytes(32)),
            amount=None,
            invoice="",
            description="",
            label="",
            created_at=Instant(0),
            expires_at=Instant(number),
        )

    for number in range(1, 6):
        disk.store.save_invoice(invoice(number))
    paid = replace(invoice(2), received=Msat(1), settled_at=Instant(2))
    disk.store.save_invoice(paid)
    assert disk.store.forget_unpaid_invoices(Instant(5), 2) == 2
    assert disk.store.forget_unpaid_invoices(Instant(5), 2) == 1
    assert disk.store.forget_unpaid_invoices(Instant(5), 2) == 0
    disk.restart()
    left = [number for number in range(1, 6) if disk.store.invoice(hash_of(number)) is not None]
    assert left == [2, 5]


def test_a_forward_is_kept_until_it_is_settled_upstream(disk: Disk) -> None:
    first = Forward(incoming=HtlcPlace(CHANNEL, 0), outgoing=HtlcPlace(OTHER, 7))
    second = Forward(incoming=HtlcPlace(OTHER, 0), outgoing=HtlcPlace(CHANNEL, 7))
    for forward in (first, second, first):
        disk.store.save_forward(forward)
    disk.restart()
    assert sorted(disk.store.forwards(), key=lambda f: f.incoming.channel_id) == [first, second]
    disk.store.delete_forward(first.outgoing)
    disk.restart()
    assert disk.store.forwards() == [second]


def test_an_attempt_is_open_until_its_end_is_known(disk: Disk) -> None:
    attempts = [
        StoredAttempt(
            payment_hash=hash_of(1),
            place=HtlcPlace(CHANNEL, number),
            session_key=bytes([number]) * 32,
            route=ROUTE,
            sent_at=sent_at,
        )
        for number, sent_at in ((1, Instant(1_700_000_000_000)), (2, None))
    ]
    for attempt in attempts:
        disk.store.save_attempt(attempt)
    disk.restart()
    assert disk.store.open_attempts() == attempts
    disk.store.close_attempt(attempts[0].place)
    disk.restart()
    assert disk.store.open_attempts() == attempts[1:]


def test_the_ways_of_a_payment_are_kept_and_the_oldest_of_very_many_forgotten(disk: Disk) -> None:
    ways = [
        TakenWay(
            payment_hash=hash_of(number // 2),
            route=ROUTE,
            sent_at=Instant(1_000) if number else None,
            settled_at=Instant(1_034 + number),
            hold_times=(300, 200)[:number],
        )
        for number in range(6)
    ]
    for way in ways:
        disk.store.save_way(way)
    disk.restart()
    assert disk.store.ways(hash_of(1)) == ways[2:4]
    assert disk.store.forget_ways(6, 2) == 0
    assert disk.store.forget_ways(2, 3) == 3
    assert disk.store.ways(hash_of(0)) == []
    assert disk.store.ways(hash_of(1)) == ways[3:4]
    assert (disk.store.forget_ways(2, 3), disk.store.forget_ways(2, 3)) == (1, 0)
    assert disk.store.ways(hash_of(2)) == ways[4:]


def test_a_preimage_is_kept_and_never_replaced(disk: Disk) -> None:
    disk.store.save_preimage(hash_of(1), preimage_of(1))
    disk.store.save_preimage(hash_of(1), preimage_of(2))
    disk.restart()
    rows = list(disk.database.read("SELECT * FROM preimages"))
    assert rows == [(bytes(hash_of(1)), bytes(preimage_of(1)))]


def test_the_newest_address_of_a_peer_is_kept(disk: Disk) -> None:
    disk.store.save_peer(PeerAddress(node(1), "127.0.0.1", 9735))
    disk.store.save_peer(PeerAddress(node(1), "::1", 9736))
    disk.restart()
    assert disk.store.peers() == [PeerAddress(node(1), "::1", 9736)]
