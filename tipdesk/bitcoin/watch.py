"""What we ask of a chain, and what it tells us: watches and the events that answer them."""

from dataclasses import dataclass

from tipdesk.base.ids import Txid
from tipdesk.base.units import BlockHeight
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.tx import OutPoint, Transaction


@dataclass(frozen=True, slots=True)
class WatchConfirmed:
    """Tell me when a transaction that pays `script_pubkey` has `depth` confirmations (1: mined)."""

    txid: Txid
    script_pubkey: bytes
    depth: int


@dataclass(frozen=True, slots=True)
class WatchSpent:
    """Tell me when `outpoint`, locked by `script_pubkey`, is spent."""

    outpoint: OutPoint
    script_pubkey: bytes


Watch = WatchConfirmed | WatchSpent


@dataclass(frozen=True, slots=True)
class NewTip:
    """The best chain has another tip."""

    height: BlockHeight
    header: Header


@dataclass(frozen=True, slots=True)
class TxConfirmed:
    """The watched transaction is as deep as was asked, proven to be in that block."""

    watch: WatchConfirmed
    transaction: Transaction
    height: BlockHeight
    position: int


@dataclass(frozen=True, slots=True)
class OutputSpent:
    """The watched output is spent: `height` None in the mempool, sent again once proven mined."""

    watch: WatchSpent
    transaction: Transaction
    height: BlockHeight | None


@dataclass(frozen=True, slots=True)
class WatchReorged:
    """What was told as confirmed has lost its block; the watch goes on."""

    watch: Watch


ChainEvent = NewTip | TxConfirmed | OutputSpent | WatchReorged
