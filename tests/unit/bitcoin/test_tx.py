"""Transactions: bytes, ids and weights as wallycore and the genesis block have them."""

import pytest
import wallycore
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.bitcoin import transactions
from tipdesk.base.buffer import Reader, ShortRead, TrailingBytes
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import (
    MAX_MONEY,
    MalformedTransaction,
    OutPoint,
    Transaction,
    TxIn,
    TxOut,
    compact_size,
    read_compact_size,
)

GENESIS = (
    "01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff00"
    "1d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b20"
    "6f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afd"
    "b0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c"
    "384df7ba0b8d578a4c702b6bf11d5fac00000000"
)
PLAIN = Transaction(2, (TxIn(OutPoint(Txid(bytes(32)), 0)),), (TxOut(Sat(1), b"\x51"),))


def test_the_first_transaction_has_its_known_id() -> None:
    transaction = Transaction.parse(bytes.fromhex(GENESIS))
    assert transaction.outputs[0].amount == Sat(50 * 100_000_000)
    assert transaction.serialize().hex() == GENESIS
    assert str(transaction.txid) == (
        "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    )
    assert transaction.wtxid == transaction.txid
    assert transaction.weight == 4 * len(GENESIS) // 2


@given(transactions)
def test_a_transaction_is_what_wallycore_reads(transaction: Transaction) -> None:
    data = transaction.serialize()
    assert Transaction.parse(data) == transaction
    theirs = wallycore.tx_from_bytes(data, wallycore.WALLY_TX_FLAG_USE_WITNESS)
    assert transaction.txid == wallycore.tx_get_txid(theirs)
    assert transaction.weight == wallycore.tx_get_weight(theirs)
    assert transaction.vsize == wallycore.tx_get_vsize(theirs)


@given(transactions)
def test_no_witness_changes_the_id(transaction: Transaction) -> None:
    witnessed = transaction.with_witness(0, (b"anything", b""))
    assert witnessed.txid == transaction.txid
    assert witnessed.wtxid != witnessed.txid
    assert witnessed.outpoint(0) == OutPoint(transaction.txid, 0)


@given(transactions, st.integers(1, 60))
def test_a_transaction_cut_short_or_followed_by_more_is_refused(
    transaction: Transaction, count: int
) -> None:
    data = transaction.serialize()
    with pytest.raises(DecodeError):
        Transaction.parse(data[:-count])
    with pytest.raises(TrailingBytes):
        Transaction.parse(data + bytes(count))


@given(transactions, st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), max_size=3))
def test_changed_bytes_are_another_transaction_or_refused(
    transaction: Transaction, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(transaction.serialize())
    for place, value in changes:
        data[place % len(data)] = value
    try:
        found = Transaction.parse(bytes(data))
    except DecodeError:
        return
    assert found.serialize() == bytes(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_transaction_or_refused(data: bytes) -> None:
    try:
        found = Transaction.parse(data)
    except DecodeError:
        return
    assert found.serialize() == data


@pytest.mark.parametrize(
    "count", ["ffffffffffffffffff", "feffffffff", "fdffff"], ids=["u64", "u32", "u16"]
)
def test_a_count_that_the_bytes_cannot_hold_allocates_nothing(count: str) -> None:
    body = PLAIN.serialize().hex()
    for place in (8, 92):
        with pytest.raises(MalformedTransaction, match="items promised"):
            Transaction.parse(bytes.fromhex(body[:place] + count + body[place + 2 :]))


def test_an_output_of_more_than_all_money_is_refused() -> None:
    most = Transaction(2, PLAIN.inputs, (TxOut(MAX_MONEY, b""),))
    assert Transaction.parse(most.serialize()) == most
    more = Transaction(2, PLAIN.inputs, (TxOut(MAX_MONEY + Sat(1), b""),))
    with pytest.raises(MalformedTransaction, match="all money"):
        Transaction.parse(more.serialize())


def test_a_witness_that_is_announced_must_be_there() -> None:
    body = PLAIN.serialize()
    with pytest.raises(MalformedTransaction, match="marked as having a witness"):
        Transaction.parse(body[:4] + b"\x00\x01" + body[4:-4] + b"\x00" + body[-4:])
    with pytest.raises(MalformedTransaction, match="unknown flag"):
        Transaction.parse(body[:4] + b"\x00\x02" + body[4:])


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, "00"),
        (252, "fc"),
        (253, "fdfd00"),
        (65_535, "fdffff"),
        (65_536, "fe00000100"),
        (1 << 32, "ff0000000001000000"),
    ],
)
def test_a_length_is_written_in_its_shortest_form(number: int, encoded: str) -> None:
    assert compact_size(number).hex() == encoded
    assert read_compact_size(Reader(bytes.fromhex(encoded))) == number


@pytest.mark.parametrize("encoded", ["fdfc00", "feffff0000", "ffffffffff00000000"])
def test_a_length_that_could_be_shorter_is_refused(encoded: str) -> None:
    with pytest.raises(MalformedTransaction, match="minimally"):
        read_compact_size(Reader(bytes.fromhex(encoded)))
    with pytest.raises(ShortRead):
        read_compact_size(Reader(bytes.fromhex(encoded[:-2])))
