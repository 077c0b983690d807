"""What servers answer, parsed and bounded; anything unexpected is `SourceMisbehaved`."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NoReturn

from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import BlockHash, Txid
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.tx import Transaction
from tipdesk.ports.chain import ChainSource, SourceMisbehaved

MAX_BRANCH: Final = 32
MAX_HEIGHT: Final = 2**31
_ALREADY_KNOWN: Final = ("txn-already", "already in", "already known", "already have")
_INPUTS_GONE: Final = ("missingorspent", "missing inputs", "missing-inputs")


def parse(text: bytes | str) -> object:
    """JSON, its fractions exact."""
    try:
        value: object = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SourceMisbehaved(Phrase("the chain server's answer is not JSON")) from error
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def table(value: object) -> dict[str, object]:
    """A JSON object."""
    if not isinstance(value, dict):
        raise SourceMisbehaved(Phrase("an object was expected"))
    return value


def items(value: object) -> list[object]:
    """A JSON list."""
    if not isinstance(value, list):
        raise SourceMisbehaved(Phrase("a list was expected"))
    return value


def raw(value: object) -> bytes:
    """Bytes from hexadecimal digits."""
    try:
        if isinstance(value, str):
            return bytes.fromhex(value)
    except ValueError:
        pass
    raise SourceMisbehaved(Phrase("hexadecimal digits were expected"))


def _reversed_hash(value: object) -> bytes:
    data = raw(value)
    if len(data) != 32:
        raise SourceMisbehaved(Phrase("32 bytes were expected"))
    return data[::-1]


def txid(value: object) -> Txid:
    """A transaction's id, from the order in which people write it."""
    return Txid(_reversed_hash(value))


def block_hash(value: object) -> BlockHash:
    """A block's hash, likewise."""
    return BlockHash(_reversed_hash(value))


def merkle_node(value: object) -> bytes:
    """A node of a merkle tree, likewise."""
    return _reversed_hash(value)


def number(value: object, *, most: int = 2**32 - 1, least: int = 0) -> int:
    """A whole number within bounds."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise SourceMisbehaved(Phrase("a whole number was expected"))
    return value


def height(value: object) -> int:
    """A height or position; -1 is Electrum's word for waiting on what waits."""
    return number(value, least=-1, most=MAX_HEIGHT)


def branch(value: object) -> tuple[bytes, ...]:
    """The nodes of a merkle proof, in internal byte order."""
    nodes = items(value)
    if len(nodes) > MAX_BRANCH:
        raise SourceMisbehaved(Phrase("a merkle branch was expected"))
    return tuple(merkle_node(node) for node in nodes)


def transaction(wanted: Txid, data: bytes) -> Transaction:
    """The transaction of that id and no other."""
    try:
        found = Transaction.parse(data)
    except DecodeError as error:
        raise SourceMisbehaved(
            Phrase("{wanted} came as bytes that are no transaction", wanted=wanted)
        ) from error
    if found.txid != wanted:
        raise SourceMisbehaved(
            Phrase("{found} came in place of {wanted}", found=found.txid, wanted=wanted)
        )
    return found


def header(value: object) -> Header:
    """80 bytes in hexadecimal."""
    data = raw(value)
    if len(data) != 80:
        raise SourceMisbehaved(Phrase("a block header was expected"))
    return Header.parse(data)


def linked(headers: Sequence[Header]) -> tuple[Header, ...]:
    """The first headers as far as each builds on the one before: the chain may change meanwhile."""
    for at in range(1, len(headers)):
        if headers[at].previous != headers[at - 1].hash:
            return tuple(headers[:at])
    return tuple(headers)


async def is_known(source: ChainSource, wanted: Txid, reason: str) -> bool:
    """Whether a refused transaction is there already, in a mempool or a block."""
    words = reason.lower()
    if any(known in words for known in _ALREADY_KNOWN):
        return True
    if not any(gone in words for gone in _INPUTS_GONE):
        return False
    # Its inputs are spent, by itself perhaps.
    try:
        await source.transaction(wanted)
    except BackendError:
        return False
    return True
