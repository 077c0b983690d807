"""What a server tells the tracker (facts) and what the tracker asks it (queries)."""

from dataclasses import dataclass

from tipdesk.base.ids import Txid
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.tx import Transaction
from tipdesk.bitcoin.watch import Watch


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A transaction of a script; `height` is 0 or less while it waits in the mempool."""

    txid: Txid
    height: int


@dataclass(frozen=True, slots=True)
class MerkleProof:
    """Where in a block a transaction stands, and the branch (internal byte order) that shows it."""

    height: int
    position: int
    branch: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class WatchAdded:
    """Begin to watch."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class WatchRemoved:
    """Stop watching."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class TipSeen:
    """The server's best header."""

    height: int
    header: Header


@dataclass(frozen=True, slots=True)
class HeadersSeen:
    """The server's headers from a height on; none if its chain ends below it."""

    start: int
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class HistoryStale:
    """The server says that a script's history has changed (None: we may have missed any)."""

    script_pubkey: bytes | None


@dataclass(frozen=True, slots=True)
class HistorySeen:
    """The whole history of a script."""

    script_pubkey: bytes
    items: tuple[HistoryItem, ...]


@dataclass(frozen=True, slots=True)
class TransactionSeen:
    """A transaction that was asked for; whoever asked has checked its id."""

    transaction: Transaction


@dataclass(frozen=True, slots=True)
class ProofSeen:
    """A proof that was asked for."""

    txid: Txid
    proof: MerkleProof


Fact = (
    WatchAdded
    | WatchRemoved
    | TipSeen
    | HeadersSeen
    | HistoryStale
    | HistorySeen
    | TransactionSeen
    | ProofSeen
)


@dataclass(frozen=True, slots=True)
class WantHeaders:
    """Headers from a height on."""

    start: int
    count: int


@dataclass(frozen=True, slots=True)
class WantHistory:
    """The history of a script."""

    script_pubkey: bytes


@dataclass(frozen=True, slots=True)
class WantTransaction:
    """A transaction."""

    txid: Txid


@dataclass(frozen=True, slots=True)
class WantProof:
    """The proof that a transaction is in the block at a height."""

    txid: Txid
    height: int


Query = WantHeaders | WantHistory | WantTransaction | WantProof
