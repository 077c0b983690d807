"""Inputs and change that pay for somebody else's transaction: coin choice, and the PSBT to sign.

bdk builds only what it may sign as a whole and forgets coins that a transaction in the mempool
spends: replacing one by the same coins at a higher fee is done here.
"""

import base64
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxIn, TxOut, with_length
from tipdesk.ports.wallet import FeeRequest, NotEnoughOnchain

P2WPKH_WITNESS_WEIGHT: Final = 108
_MARKER_WEIGHT: Final = 2
_DUST: Final = Sat(294)
_RELAY: Final = FeeratePerKw(253)
_REPLACEABLE: Final = 0xFFFFFFFD


@dataclass(frozen=True, slots=True)
class Coin:
    """An output of the wallet's."""

    outpoint: OutPoint
    output: TxOut


@dataclass(frozen=True, slots=True)
class Drawn:
    """A transaction that pays its fee, unsigned, and what each of its inputs spends."""

    transaction: Transaction
    spent: tuple[TxOut, ...]


def change_of(request: FeeRequest, ours: Set[OutPoint]) -> bytes | None:
    """Where the replaced transaction sent its change: used again."""
    earlier = request.replaces
    if earlier is None or len(earlier.outputs) <= len(request.base.outputs):
        return None
    if not any(txin.outpoint in ours for txin in earlier.inputs):
        return None
    return earlier.outputs[-1].script_pubkey


def with_fee(
    request: FeeRequest, first: Sequence[Coin], free: Iterable[Coin], change_script: bytes
) -> Drawn:
    """Takes coins, those of the replaced transaction first, until the fee is covered."""
    chosen = list(first)
    waiting = [coin for coin in free if coin not in chosen]
    least = _replaced_fee(request, first)
    while True:
        drawn = _draw(request, chosen, change_script, least) if chosen else None
        if drawn is not None:
            return drawn
        if not waiting:
            needed = _fee(request, _weight(request, len(chosen) + 1, b"")) - _given(request)
            raise NotEnoughOnchain(needed=max(least, needed), available=_sum(chosen))
        chosen.append(waiting.pop(0))


def _draw(
    request: FeeRequest, coins: Sequence[Coin], change_script: bytes, least: Sat
) -> Drawn | None:
    given = _given(request) + _sum(coins)
    with_change = _weight(request, len(coins), change_script)
    change = given - max(_fee(request, with_change), _step(least, with_change))
    outputs = request.base.outputs
    if change >= _DUST:
        outputs = (*outputs, TxOut(change, change_script))
    else:
        bare = _weight(request, len(coins), b"")
        if not outputs or given < max(_fee(request, bare), _step(least, bare)):
            return None
    inputs = tuple(TxIn(coin.outpoint, sequence=_REPLACEABLE) for coin in coins)
    transaction = replace(request.base, inputs=(*request.base.inputs, *inputs), outputs=outputs)
    return Drawn(transaction, (*request.spent, *(coin.output for coin in coins)))


def _given(request: FeeRequest) -> Sat:
    """What the base brings to the fee by itself."""
    into = sum(out.amount.value for out in request.spent)
    return Sat(into - sum(out.amount.value for out in request.base.outputs))


def _sum(coins: Iterable[Coin]) -> Sat:
    return Sat(sum(coin.output.amount.value for coin in coins))


def _replaced_fee(request: FeeRequest, first: Iterable[Coin]) -> Sat:
    if request.replaces is None:
        return Sat(0)
    into = sum(out.amount.value for out in request.spent) + _sum(first).value
    return Sat(into - sum(out.amount.value for out in request.replaces.outputs))


def _step(replaced: Sat, weight: int) -> Sat:
    """BIP 125: what a replacement must pay at least."""
    return replaced + _RELAY.fee_for_weight(weight) if replaced else Sat(0)


def _fee(request: FeeRequest, weight: int) -> Sat:
    package = request.feerate.fee_for_weight(weight + request.parent_weight) - request.parent_fee
    return max(package, _RELAY.fee_for_weight(weight))


def _weight(request: FeeRequest, coins: int, change_script: bytes) -> int:
    outputs = request.base.outputs
    if change_script:
        outputs = (*outputs, TxOut(Sat(0), change_script))
    inputs = request.base.inputs + request.base.inputs[:1] * coins
    bare = replace(request.base, inputs=inputs, outputs=outputs)
    size = len(bare.serialize(with_witness=False))
    return 4 * size + _MARKER_WEIGHT + request.witness_weight + coins * P2WPKH_WITNESS_WEIGHT


def unsigned_psbt(transaction: Transaction, spent: Sequence[TxOut]) -> str:
    """BIP 174, version 0: the transaction and, for each input, the segwit output it spends."""
    parts = [b"psbt\xff", b"\x01\x00", with_length(transaction.serialize(with_witness=False))]
    parts.append(b"\x00")
    for output in spent:
        parts += [b"\x01\x01", with_length(output.serialize()), b"\x00"]
    parts += [b"\x00"] * len(transaction.outputs)
    return base64.b64encode(b"".join(parts)).decode()
