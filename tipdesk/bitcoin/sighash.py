"""BIP-143 digests of segwit version 0 inputs."""

from enum import IntEnum

from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import Transaction, with_length
from tipdesk.crypto.hashes import sha256d


class SigHash(IntEnum):
    """Which parts of the transaction a signature covers."""

    ALL = 0x01
    SINGLE_ANYONECANPAY = 0x83


def segwit_v0(
    transaction: Transaction,
    index: int,
    script_code: bytes,
    amount: Sat,
    sighash: SigHash = SigHash.ALL,
) -> bytes:
    """The digest that the signature of input `index`, worth `amount`, signs (BIP-143)."""
    txin = transaction.inputs[index]
    if sighash is SigHash.ALL:
        prevouts = sha256d(b"".join(i.outpoint.serialize() for i in transaction.inputs))
        sequences = sha256d(b"".join(i.sequence.to_bytes(4, "little") for i in transaction.inputs))
        outputs = sha256d(b"".join(o.serialize() for o in transaction.outputs))
    else:
        prevouts = sequences = bytes(32)
        covered = transaction.outputs[index : index + 1]
        outputs = sha256d(covered[0].serialize()) if covered else bytes(32)
    return sha256d(
        transaction.version.to_bytes(4, "little", signed=True)
        + prevouts
        + sequences
        + txin.outpoint.serialize()
        + with_length(script_code)
        + amount.value.to_bytes(8, "little")
        + txin.sequence.to_bytes(4, "little")
        + outputs
        + transaction.locktime.to_bytes(4, "little")
        + int(sighash).to_bytes(4, "little")
    )
