"""BIP-143 digests beside wallycore's."""

import pytest
import wallycore
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.bitcoin import transactions
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import p2pkh_code
from tipdesk.bitcoin.sighash import SigHash, segwit_v0
from tipdesk.bitcoin.tx import Transaction


@given(
    transactions,
    st.integers(0, 10),
    st.binary(min_size=1, max_size=300),
    st.integers(0, 10**15),
    st.sampled_from(SigHash),
)
def test_a_digest_is_the_one_that_wallycore_signs(
    transaction: Transaction, place: int, code: bytes, amount: int, flag: SigHash
) -> None:
    index = place % len(transaction.inputs)
    theirs = wallycore.tx_from_bytes(transaction.serialize(), wallycore.WALLY_TX_FLAG_USE_WITNESS)
    expected = wallycore.tx_get_btc_signature_hash(
        theirs, index, code, amount, int(flag), wallycore.WALLY_TX_FLAG_USE_WITNESS
    )
    assert segwit_v0(transaction, index, code, Sat(amount), flag) == expected


def test_the_native_p2wpkh_example_of_bip_143() -> None:
    transaction = Transaction.parse(
        bytes.fromhex(
            "0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000"
            "eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ff"
            "ffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d"
            "000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac11000000"
        )
    )
    point = bytes.fromhex("025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357")
    digest = segwit_v0(transaction, 1, p2pkh_code(point), Sat(600_000_000))
    assert digest.hex() == "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670"


@given(transactions, st.sampled_from(SigHash))
def test_the_amount_is_always_signed_for(transaction: Transaction, flag: SigHash) -> None:
    first = segwit_v0(transaction, 0, b"\x51", Sat(1), flag)
    assert segwit_v0(transaction, 0, b"\x51", Sat(2), flag) != first


def test_an_input_that_is_not_there_is_a_bug_of_ours() -> None:
    with pytest.raises(IndexError):
        segwit_v0(Transaction(2, (), ()), 0, b"", Sat(0))
