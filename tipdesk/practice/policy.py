"""Relay policy that the consensus code does not know: what a standard node would not pass on."""

from typing import Final

from tipdesk.base.errors import RequestError
from tipdesk.base.units import Sat
from tipdesk.bitcoin.script import Op, p2pkh, p2sh, witness_program
from tipdesk.bitcoin.tx import Transaction, TxOut

MAX_WEIGHT: Final = 400_000
MIN_STRIPPED_SIZE: Final = 65
MAX_DATA_SCRIPT: Final = 83
MAX_SCRIPT_SIG: Final = 1650
FINAL_SEQUENCE: Final = 0xFFFFFFFF
TIME_LOCK: Final = 500_000_000

_RELATIVE_DISABLED: Final = 1 << 31
_RELATIVE_TIME: Final = 1 << 22


class TransactionRefused(RequestError):
    """The mempool does not take a transaction; the sentence begins with Bitcoin Core's word."""

    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(f"{word}, {detail}" if detail else word)
        self.word = word


class NotStandard(TransactionRefused):
    """Version, size or scripts that nodes do not relay."""


class DustOutput(TransactionRefused):
    """An output that would cost more to spend than it is worth."""

    def __init__(self, index: int, *, amount: Sat, least: Sat) -> None:
        super().__init__("dust", f"output {index} is {amount.value} sat, at least {least.value}")


class NotFinal(TransactionRefused):
    """An absolute lock time (BIP-113) or a relative one (BIP-68) has not passed."""


def check_standard(transaction: Transaction) -> None:
    """Raises a `TransactionRefused` for what is not standard in the transaction alone."""
    if transaction.version not in (1, 2, 3):
        raise NotStandard("version", str(transaction.version))
    if not transaction.inputs or not transaction.outputs:
        raise NotStandard("bad-txns-vin-empty" if transaction.outputs else "bad-txns-vout-empty")
    if transaction.weight > MAX_WEIGHT:
        raise NotStandard("tx-size", f"{transaction.weight} weight units")
    if len(transaction.serialize(with_witness=False)) < MIN_STRIPPED_SIZE:
        raise NotStandard("tx-size-small")
    if len({txin.outpoint for txin in transaction.inputs}) < len(transaction.inputs):
        raise NotStandard("bad-txns-inputs-duplicate")
    if any(len(txin.script_sig) > MAX_SCRIPT_SIG for txin in transaction.inputs):
        raise NotStandard("scriptsig-size")
    for index, out in enumerate(transaction.outputs):
        _check_output(index, out)


def _check_output(index: int, out: TxOut) -> None:
    if out.script_pubkey[:1] == bytes([Op.RETURN]):
        if len(out.script_pubkey) > MAX_DATA_SCRIPT:
            raise NotStandard("scriptpubkey", f"output {index} carries too much data")
        return
    if not _is_standard_script(out.script_pubkey):
        raise NotStandard("scriptpubkey", f"output {index}")
    least = dust_limit(out.script_pubkey)
    if out.amount < least:
        raise DustOutput(index, amount=out.amount, least=least)


def _is_standard_script(code: bytes) -> bool:
    if witness_program(code) is not None:
        return True
    return code == p2pkh(code[3:23]) or code == p2sh(code[2:22])


def dust_limit(script_pubkey: bytes) -> Sat:
    """The smallest amount relayed: three times the cost, at 1 sat/vB, of making and spending it."""
    spending = 67 if witness_program(script_pubkey) is not None else 148
    return Sat(3 * (8 + 1 + len(script_pubkey) + spending))


def check_lock_time(transaction: Transaction, *, next_height: int, median_time: int) -> None:
    """`NotFinal` unless the absolute lock time allows the next block."""
    if all(txin.sequence == FINAL_SEQUENCE for txin in transaction.inputs):
        return
    bound = next_height if transaction.locktime < TIME_LOCK else median_time
    if transaction.locktime >= bound:
        raise NotFinal("non-final", f"lock time {transaction.locktime}, now {bound}")


def relative_lock(version: int, sequence: int) -> tuple[int, int]:
    """BIP-68: blocks and seconds that must have passed since the spent output was confirmed."""
    if version < 2 or sequence & _RELATIVE_DISABLED:
        return 0, 0
    amount = sequence & 0xFFFF
    return (0, amount << 9) if sequence & _RELATIVE_TIME else (amount, 0)
