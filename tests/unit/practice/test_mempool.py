"""The mempool takes what a standard node takes and says why it refuses the rest."""

from dataclasses import replace

import pytest

from tipdesk.base.units import Sat
from tipdesk.bitcoin.address import InvalidAddress
from tipdesk.bitcoin.script import Op, p2wpkh, p2wsh, script
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.practice import mempool as m
from tipdesk.practice.policy import DustOutput, NotFinal, NotStandard, dust_limit
from tipdesk.practice.regtest import Regtest

OPEN = script(Op.TRUE)
OPEN_OUT = p2wsh(OPEN)
ELSEWHERE = p2wpkh(PrivateKey(b"\x01" * 32).point)


def coin(regtest: Regtest, amount: int = 100_000) -> OutPoint:
    """A confirmed output that anybody can spend."""
    txid = regtest.fund(OPEN_OUT, Sat(amount))
    regtest.mine()
    outputs = regtest.index.transactions[txid].transaction.outputs
    return OutPoint(txid, [out.script_pubkey for out in outputs].index(OPEN_OUT))


def spend(outpoint: OutPoint, amount: int, **fields: int) -> Transaction:
    txin = TxIn(outpoint, fields.pop("sequence", 0xFFFFFFFD), witness=(OPEN,))
    return Transaction(fields.pop("version", 2), (txin,), (TxOut(Sat(amount), OPEN_OUT),), **fields)


def test_a_fair_transaction_waits_and_is_confirmed(regtest: Regtest) -> None:
    tx = spend(coin(regtest), 99_000)
    regtest.submit(tx)
    assert list(regtest.mempool.entries) == [tx.txid]
    height = regtest.mine()
    assert regtest.index.transactions[tx.txid].height == height
    assert not regtest.mempool.entries


def test_parents_come_first_in_a_block(regtest: Regtest) -> None:
    parent = spend(coin(regtest), 99_000)
    child = spend(parent.outpoint(0), 90_000)
    regtest.submit(parent)
    regtest.submit(child)
    regtest.mine()
    assert regtest.chain.tip.txids[1:] == [parent.txid, child.txid]


def test_a_wrong_script_is_refused(regtest: Regtest) -> None:
    tx = spend(coin(regtest), 99_000).with_witness(0, (b"\x52",))
    with pytest.raises(m.ScriptFailed):
        regtest.submit(tx)


def test_an_altered_amount_is_refused(regtest: Regtest) -> None:
    payment = regtest.faucet.pay(ELSEWHERE, Sat(10_000))
    first = replace(payment.outputs[0], amount=Sat(10_001))
    with pytest.raises(m.ScriptFailed):
        regtest.submit(replace(payment, outputs=(first, *payment.outputs[1:])))
    regtest.submit(payment)


def test_a_fee_below_one_sat_per_vbyte_is_refused(regtest: Regtest) -> None:
    source = coin(regtest)
    size = spend(source, 1).vsize
    with pytest.raises(m.FeeTooLow):
        regtest.submit(spend(source, 100_000 - size + 1))
    with pytest.raises(m.FeeTooLow):
        regtest.submit(spend(source, 100_001))
    regtest.submit(spend(source, 100_000 - size))


def test_dust_is_refused_at_the_published_limits(regtest: Regtest) -> None:
    assert dust_limit(ELSEWHERE) == Sat(294)
    assert dust_limit(OPEN_OUT) == Sat(330)
    assert dust_limit(b"\x51\x20" + bytes(32)) == Sat(330)
    assert dust_limit(b"\x76\xa9\x14" + bytes(20) + b"\x88\xac") == Sat(546)
    source = coin(regtest)
    with pytest.raises(DustOutput):
        regtest.submit(spend(source, 329))
    regtest.submit(spend(source, 330))


def test_what_does_not_exist_or_is_spent_is_refused(regtest: Regtest) -> None:
    source = coin(regtest)
    regtest.submit(spend(source, 99_000))
    regtest.mine()
    with pytest.raises(m.MissingInputs):
        regtest.submit(spend(source, 98_000))
    with pytest.raises(m.MissingInputs):
        regtest.submit(spend(replace(source, index=7), 98_000))
    with pytest.raises(m.AlreadyKnown):
        regtest.submit(spend(source, 99_000))


def test_a_replacement_must_pay_more(regtest: Regtest) -> None:
    source = coin(regtest)
    first = spend(source, 99_000)
    child = spend(first.outpoint(0), 98_000)
    regtest.submit(first)
    regtest.submit(child)
    size = first.vsize
    with pytest.raises(m.ReplacementRefused):
        regtest.submit(spend(source, 98_000 - size + 1))
    better = spend(source, 98_000 - size)
    regtest.submit(better)
    assert list(regtest.mempool.entries) == [better.txid]


def test_lock_times_are_kept(regtest: Regtest) -> None:
    source = coin(regtest)
    height = regtest.chain.height
    with pytest.raises(NotFinal):
        regtest.submit(spend(source, 99_000, locktime=height + 1))
    regtest.submit(spend(source, 99_000, locktime=height))


def test_relative_lock_times_are_kept(regtest: Regtest) -> None:
    tx = spend(coin(regtest), 99_000, sequence=3)
    for _ in range(2):
        with pytest.raises(NotFinal):
            regtest.submit(tx)
        regtest.mine()
    regtest.submit(tx)
    regtest.mine()
    assert tx.txid in regtest.index.transactions


def test_only_standard_versions_pass(regtest: Regtest) -> None:
    source = coin(regtest)
    with pytest.raises(NotStandard):
        regtest.submit(spend(source, 99_000, version=4))
    regtest.submit(spend(source, 99_000, version=3))


def test_a_chain_of_twenty_five_may_wait(regtest: Regtest) -> None:
    source = coin(regtest)
    for number in range(25):
        tx = spend(source, 99_000 - 1_000 * number)
        regtest.submit(tx)
        source = tx.outpoint(0)
    with pytest.raises(m.ChainTooLong):
        regtest.submit(spend(source, 50_000))
    regtest.mine()
    assert not regtest.mempool.entries


def test_a_young_block_reward_is_refused(regtest: Regtest) -> None:
    young = regtest.chain.block_at(regtest.chain.height - 98).transactions[0].outpoint(0)
    with pytest.raises(m.ImmatureCoinbase):
        regtest.submit(spend(young, 1_000))


def test_a_block_with_a_rival_drops_what_it_made_impossible(regtest: Regtest) -> None:
    source = coin(regtest)
    first = spend(source, 99_000)
    regtest.submit(first)
    regtest.submit(spend(first.outpoint(0), 98_000))
    rival = spend(source, 60_000)
    change = regtest.chain.mine(ELSEWHERE, [rival])
    regtest._apply(change)
    assert not regtest.mempool.entries


def test_a_reorganisation_returns_transactions_to_the_mempool(regtest: Regtest) -> None:
    parent = spend(coin(regtest), 99_000)
    regtest.submit(parent)
    regtest.mine()
    child = spend(parent.outpoint(0), 98_000)
    regtest.submit(child)
    regtest.reorganise(1)
    assert list(regtest.mempool.entries) == [parent.txid, child.txid]
    assert parent.txid not in regtest.index.transactions
    regtest.mine()
    assert not regtest.mempool.entries


def test_the_faucet_pays_many_between_two_blocks(regtest: Regtest) -> None:
    for number in range(40):
        regtest.fund(ELSEWHERE, Sat(1_000 + number))
    regtest.mine()
    assert len(regtest.chain.tip.transactions) == 41
    with pytest.raises(InvalidAddress):
        regtest.fund("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Sat(1_000))
