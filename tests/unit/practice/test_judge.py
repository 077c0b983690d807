"""The judge says yes to what is rightly signed, and no to everything else."""

from dataclasses import replace

import pytest

from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import Op, p2pkh_code, p2wpkh, p2wsh, script
from tipdesk.bitcoin.sighash import segwit_v0
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.secp256k1 import PrivateKey, signature_to_der
from tipdesk.practice.judge import PrevoutsMissing, ScriptRefused, verify_transaction

KEY = PrivateKey(b"\x07" * 32)
LOCK = script(Op.FALSE, Op.DROP, Op.TRUE)
PREVOUTS = [TxOut(Sat(50_000), p2wpkh(KEY.point)), TxOut(Sat(7), p2wsh(LOCK))]


def signed() -> Transaction:
    inputs = tuple(TxIn(OutPoint(Txid(bytes([n]) * 32), n)) for n in (1, 2))
    tx = Transaction(2, inputs, (TxOut(Sat(49_000), p2wpkh(KEY.point)),))
    digest = segwit_v0(tx, 0, p2pkh_code(KEY.point), PREVOUTS[0].amount)
    witness = (signature_to_der(KEY.sign_ecdsa(digest)) + b"\x01", bytes(KEY.point))
    return tx.with_witness(0, witness).with_witness(1, (LOCK,))


def test_a_well_signed_transaction_is_accepted() -> None:
    verify_transaction(signed(), PREVOUTS)


def test_an_altered_amount_is_refused() -> None:
    wrong = [replace(PREVOUTS[0], amount=Sat(50_001)), PREVOUTS[1]]
    with pytest.raises(ScriptRefused) as refused:
        verify_transaction(signed(), wrong)
    assert refused.value.index == 0


def test_an_altered_output_is_refused() -> None:
    tx = signed()
    greedy = replace(tx, outputs=(replace(tx.outputs[0], amount=Sat(49_001)),))
    with pytest.raises(ScriptRefused):
        verify_transaction(greedy, PREVOUTS)


def test_the_failing_input_is_named() -> None:
    with pytest.raises(ScriptRefused) as refused:
        verify_transaction(signed().with_witness(1, (b"\x51",)), PREVOUTS)
    assert refused.value.index == 1


def test_a_missing_prevout_is_an_error_of_its_own() -> None:
    with pytest.raises(PrevoutsMissing):
        verify_transaction(signed(), PREVOUTS[:1])
