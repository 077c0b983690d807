"""Transactions as frozen values: parse, serialise, weigh (BIP-141, BIP-144)."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Self

from tipdesk.base.buffer import Reader
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.crypto.hashes import sha256d

MAX_MONEY: Final = Sat(21_000_000 * 100_000_000)


class MalformedTransaction(DecodeError):
    """Bytes that are not a transaction."""


def compact_size(number: int) -> bytes:
    """Bitcoin's variable-length integer."""
    if number < 0xFD:
        return bytes([number])
    if number <= 0xFFFF:
        return b"\xfd" + number.to_bytes(2, "little")
    if number <= 0xFFFFFFFF:
        return b"\xfe" + number.to_bytes(4, "little")
    return b"\xff" + number.to_bytes(8, "little")


def read_compact_size(reader: Reader) -> int:
    """Reads a minimally encoded variable-length integer."""
    first = reader.uint_le(1)
    if first < 0xFD:
        return first
    size = {0xFD: 2, 0xFE: 4, 0xFF: 8}[first]
    number = reader.uint_le(size)
    if number < {2: 0xFD, 4: 0x10000, 8: 0x100000000}[size]:
        raise MalformedTransaction("a length is not encoded minimally")
    return number


def with_length(data: bytes) -> bytes:
    """`data` behind its length."""
    return compact_size(len(data)) + data


@dataclass(frozen=True, slots=True, order=True)
class OutPoint:
    """An output of a transaction."""

    txid: Txid
    index: int

    def serialize(self) -> bytes:
        """36 bytes: txid, then the index in little-endian order."""
        return self.txid + self.index.to_bytes(4, "little")

    def __str__(self) -> str:
        return f"{self.txid}:{self.index}"


NOTHING: Final = OutPoint(Txid(bytes(32)), 0xFFFFFFFF)
"""What the input of a coinbase names."""


@dataclass(frozen=True, slots=True)
class TxIn:
    """An input: what it spends and the witness that allows it."""

    outpoint: OutPoint
    sequence: int = 0xFFFFFFFF
    script_sig: bytes = b""
    witness: tuple[bytes, ...] = ()

    def serialize(self) -> bytes:
        """Without the witness, which stands apart."""
        return (
            self.outpoint.serialize()
            + with_length(self.script_sig)
            + self.sequence.to_bytes(4, "little")
        )


@dataclass(frozen=True, slots=True)
class TxOut:
    """An output: an amount locked by a script."""

    amount: Sat
    script_pubkey: bytes

    def serialize(self) -> bytes:
        """Eight bytes of amount, then the script behind its length."""
        return self.amount.value.to_bytes(8, "little") + with_length(self.script_pubkey)


@dataclass(frozen=True)
class Transaction:
    """A transaction; its ids and sizes are worked out once, when first asked for."""

    version: int
    inputs: tuple[TxIn, ...]
    outputs: tuple[TxOut, ...]
    locktime: int = 0

    @property
    def has_witness(self) -> bool:
        """Whether any input carries a witness."""
        return any(txin.witness for txin in self.inputs)

    @property
    def is_coinbase(self) -> bool:
        """Whether it makes new coins, which may not be spent for a hundred blocks."""
        return any(txin.outpoint == NOTHING for txin in self.inputs)

    def _body(self) -> bytes:
        return (
            compact_size(len(self.inputs))
            + b"".join(txin.serialize() for txin in self.inputs)
            + compact_size(len(self.outputs))
            + b"".join(txout.serialize() for txout in self.outputs)
        )

    def serialize(self, *, with_witness: bool = True) -> bytes:
        """BIP-144 bytes; without the witness, the bytes that the txid hashes."""
        head = self.version.to_bytes(4, "little", signed=True)
        tail = self.locktime.to_bytes(4, "little")
        if not (with_witness and self.has_witness):
            return head + self._body() + tail
        witnesses = b"".join(
            compact_size(len(txin.witness)) + b"".join(with_length(item) for item in txin.witness)
            for txin in self.inputs
        )
        return head + b"\x00\x01" + self._body() + witnesses + tail

    @cached_property
    def txid(self) -> Txid:
        """The id, which no witness changes."""
        return Txid(sha256d(self.serialize(with_witness=False)))

    @cached_property
    def wtxid(self) -> Txid:
        """The id with the witness."""
        return Txid(sha256d(self.serialize()))

    @cached_property
    def weight(self) -> int:
        """BIP-141 weight units."""
        return 3 * len(self.serialize(with_witness=False)) + len(self.serialize())

    @property
    def vsize(self) -> int:
        """Virtual bytes, rounded up."""
        return (self.weight + 3) // 4

    def with_witness(self, index: int, witness: tuple[bytes, ...]) -> Self:
        """The same transaction with a witness on one input."""
        inputs = list(self.inputs)
        inputs[index] = replace(inputs[index], witness=witness)
        return replace(self, inputs=tuple(inputs))

    def outpoint(self, index: int) -> OutPoint:
        """One of its outputs, as others spend it."""
        return OutPoint(self.txid, index)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From exactly these bytes; `DecodeError` for anything else."""
        reader = Reader(data)
        transaction = cls.read(reader)
        reader.finish()
        return transaction

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """The next transaction in `reader`."""
        version = int.from_bytes(reader.take(4), "little", signed=True)
        count = read_compact_size(reader)
        witnessed = False
        if count == 0:
            if reader.uint_le(1) != 1:
                raise MalformedTransaction("no inputs, or an unknown flag")
            witnessed = True
            count = read_compact_size(reader)
        inputs = [_read_input(reader) for _ in range(_bounded(count, reader, 41))]
        count = read_compact_size(reader)
        outputs = tuple(_read_output(reader) for _ in range(_bounded(count, reader, 9)))
        if witnessed:
            inputs = [replace(txin, witness=_read_witness(reader)) for txin in inputs]
            if not any(txin.witness for txin in inputs):
                raise MalformedTransaction("marked as having a witness, and has none")
        return cls(version, tuple(inputs), outputs, reader.uint_le(4))


def _bounded(count: int, reader: Reader, least: int) -> int:
    # A count may promise no more items than the bytes left could hold: nothing is allocated for it.
    if count * least > reader.left:
        raise MalformedTransaction(f"{count} items promised, {reader.left} bytes left")
    return count


def _read_input(reader: Reader) -> TxIn:
    outpoint = OutPoint(Txid(reader.take(32)), reader.uint_le(4))
    script_sig = reader.take(read_compact_size(reader))
    return TxIn(outpoint, reader.uint_le(4), script_sig)


def _read_output(reader: Reader) -> TxOut:
    amount = Sat(reader.uint_le(8))
    if amount > MAX_MONEY:
        raise MalformedTransaction("an output of more than all money")
    return TxOut(amount, reader.take(read_compact_size(reader)))


def _read_witness(reader: Reader) -> tuple[bytes, ...]:
    count = _bounded(read_compact_size(reader), reader, 1)
    return tuple(reader.take(read_compact_size(reader)) for _ in range(count))
