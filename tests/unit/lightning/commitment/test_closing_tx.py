"""BOLT 3, "Closing Transaction": who pays, what is left out, which scripts may stand in it."""

from typing import Any

import pytest

from tests.judged import judge
from tipdesk.base.ids import Txid
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin import sighash
from tipdesk.bitcoin.script import p2pkh, p2sh, p2wsh
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey, signature_to_der
from tipdesk.lightning.commitment import scripts
from tipdesk.lightning.commitment.closing_tx import (
    build_closing,
    closing_weight,
    is_acceptable_shutdown_script,
)

LOCAL = b"\x00\x14" + b"\x0a" * 20
REMOTE = b"\x00\x14" + b"\x0b" * 20
OURS, THEIRS = PrivateKey(sha256(b"ours")), PrivateKey(sha256(b"theirs"))
FUNDING = TxOut(Sat(1_000_000), p2wsh(scripts.funding(OURS.point, THEIRS.point)))


def closing(**changes: Any) -> Transaction:
    fields: dict[str, Any] = {
        "funding_outpoint": OutPoint(Txid(b"\x01" * 32), 3),
        "to_local": Msat(600_000_999),
        "to_remote": Msat(399_999_001),
        "local_script": LOCAL,
        "remote_script": REMOTE,
        "dust_limit": Sat(354),
        "fee": Sat(1_000),
        "local_is_funder": True,
    }
    return build_closing(**(fields | changes))


def signed(transaction: Transaction) -> Transaction:
    script = scripts.funding(OURS.point, THEIRS.point)
    digest = sighash.segwit_v0(transaction, 0, script, FUNDING.amount)
    keys = sorted((OURS, THEIRS), key=lambda key: key.point)
    signatures = [signature_to_der(key.sign_ecdsa(digest)) + b"\x01" for key in keys]
    return transaction.with_witness(0, (b"", *signatures, script))


def paid(transaction: Transaction) -> dict[bytes, int]:
    return {output.script_pubkey: output.amount.value for output in transaction.outputs}


def test_the_funder_pays_the_fee_and_fractions_go_to_the_miners() -> None:
    assert paid(closing()) == {LOCAL: 599_000, REMOTE: 399_999}
    assert paid(closing(local_is_funder=False)) == {LOCAL: 600_000, REMOTE: 398_999}
    for funder in (True, False):
        judge(signed(closing(local_is_funder=funder)), FUNDING)


def test_both_sides_build_the_same_transaction() -> None:
    mirrored = closing(
        to_local=Msat(399_999_001),
        to_remote=Msat(600_000_999),
        local_script=REMOTE,
        remote_script=LOCAL,
        local_is_funder=False,
    )
    assert mirrored == closing()


def test_outputs_stand_in_the_order_of_amount_and_script() -> None:
    equal = closing(to_local=Msat(500_000_000), to_remote=Msat(499_000_000))
    assert [o.script_pubkey for o in equal.outputs] == [LOCAL, REMOTE]
    assert [o.script_pubkey for o in closing().outputs] == [REMOTE, LOCAL]


@pytest.mark.parametrize(("balance", "outputs"), [(353_999, 1), (354_000, 2), (0, 1)])
def test_an_output_below_dust_is_left_out(balance: int, outputs: int) -> None:
    transaction = closing(to_remote=Msat(balance))
    assert len(transaction.outputs) == outputs
    judge(signed(transaction), FUNDING)


def test_a_fee_above_the_funders_balance_takes_all_of_it_and_none_of_the_others() -> None:
    assert paid(closing(to_local=Msat(500_000))) == {REMOTE: 399_999}


@pytest.mark.parametrize(
    "script", [LOCAL, b"\x00\x20" + bytes(32), b"\x51\x20" + bytes(32), b"\x60\x28" + bytes(40)]
)
def test_the_expected_weight_is_never_less_than_the_real_one(script: bytes) -> None:
    transaction = signed(closing(local_script=script))
    expected = closing_weight(script, REMOTE)
    # Signatures of 71 or 72 bytes make the difference.
    assert expected - 4 <= transaction.weight <= expected + 4


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        (b"\x00\x14" + bytes(20), True),
        (b"\x00\x20" + bytes(32), True),
        (b"\x00\x15" + bytes(21), False),
        (p2pkh(bytes(20)), False),
        (p2sh(bytes(20)), False),
        (b"", False),
        (b"\x6a\x00", False),
    ],
)
def test_the_forms_of_a_shutdown_script_without_any_segwit(script: bytes, taken: bool) -> None:
    assert is_acceptable_shutdown_script(script, any_segwit=False) is taken
    assert is_acceptable_shutdown_script(script, any_segwit=True) is taken


@pytest.mark.parametrize(
    ("script", "taken"),
    [
        (b"\x51\x20" + bytes(32), True),
        (b"\x60\x02" + bytes(2), True),
        (b"\x51\x28" + bytes(40), True),
        (b"\x51\x01" + bytes(1), False),
        (b"\x51\x29" + bytes(41), False),
        (b"\x61\x20" + bytes(32), False),
        (b"\x50\x20" + bytes(32), False),
    ],
)
def test_later_segwit_versions_only_where_both_sides_know_them(script: bytes, taken: bool) -> None:
    assert is_acceptable_shutdown_script(script, any_segwit=True) is taken
    assert not is_acceptable_shutdown_script(script, any_segwit=False)
