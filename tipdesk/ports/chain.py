"""Where we learn about the block chain, and through which we publish to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.errors import BackendError
from tipdesk.base.ids import Txid
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.block import Header
from tipdesk.bitcoin.facts import HistoryItem, MerkleProof
from tipdesk.bitcoin.headers import HeaderChain
from tipdesk.bitcoin.tx import Transaction


class SourceUnreachable(BackendError):
    """No connection to the chain server, or it was lost, or it did not answer in time."""


class SourceMisbehaved(BackendError):
    """The chain server answered what no such server answers."""


class SourceRefused(BackendError):
    """The chain server answered a question with an error; the text is its own, made safe."""


class CertificateChanged(BackendError):
    """A server shows another certificate than the one it is known by: it is not asked anything."""

    def __init__(self, place: str, *, expected: str, seen: str, by_settings: bool = False) -> None:
        way_on = (
            Phrase("If that is right, change the digest in the settings")
            if by_settings
            else Phrase(
                "If you know that it was renewed, delete the line of {place} in the profile's "
                "file pins, and it will be met anew",
                place=place,
            )
        )
        super().__init__(
            Phrase(
                "The chain server {place} shows another certificate ({seen}...) than the one it "
                "is known by ({expected}...). Somebody may stand in between. {way_on}. No money "
                "moved.",
                place=place,
                seen=seen[:16],
                expected=expected[:16],
                way_on=way_on,
            )
        )
        self.place = place
        self.expected = expected
        self.seen = seen


class BroadcastRefused(BackendError):
    """The network's rules do not let a transaction in; the text is the server's, made safe."""

    def __init__(self, txid: Txid, reason: str) -> None:
        super().__init__(
            Phrase("transaction {txid} was refused: {reason}", txid=txid, reason=reason)
        )
        self.txid = txid
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ChainTip:
    """The server's best block."""

    height: int
    header: Header


@dataclass(frozen=True, slots=True)
class ScriptChanged:
    """A subscribed script has another history than before."""

    script_pubkey: bytes


@dataclass(frozen=True, slots=True)
class SourceLost:
    """The connection ended; every call fails until `connect` succeeds again."""


Notice = ChainTip | ScriptChanged | SourceLost


class ChainSource(Protocol):
    """A server of one network. Every method may raise a `BackendError`.

    Answers are parsed and bounded, a transaction has the id that was asked for, and nothing
    more is checked: proofs and work are the tracker's.
    """

    async def connect(self, listener: Callable[[Notice], None]) -> None:
        """Connects; from now on `listener` is called on the loop with what the server tells."""
        ...

    async def close(self) -> None:
        """Ends the connection, if there is one."""
        ...

    async def ping(self) -> None:
        """Shows that the server still answers."""
        ...

    def checked_headers(self) -> HeaderChain | None:
        """After `connect`: headers that it has checked by our own rules; None if it checks none."""
        ...

    async def subscribe_headers(self) -> ChainTip:
        """The tip now; later ones come as notices."""
        ...

    async def headers(self, start: int, count: int) -> tuple[Header, ...]:
        """At most `count` headers from a height on, fewer where the chain ends."""
        ...

    async def subscribe_script(self, script_pubkey: bytes) -> None:
        """From now on changes of the script's history come as notices."""
        ...

    async def unsubscribe_script(self, script_pubkey: bytes) -> None:
        """Ends that."""
        ...

    async def script_history(self, script_pubkey: bytes) -> tuple[HistoryItem, ...]:
        """Every transaction that pays or spends a script, in blocks and in the mempool."""
        ...

    async def transaction(self, txid: Txid) -> Transaction:
        """A transaction by its id."""
        ...

    async def merkle_proof(self, txid: Txid, height: int) -> MerkleProof:
        """The proof that the block at `height` holds a transaction."""
        ...

    async def transaction_at(self, height: int, position: int) -> tuple[Txid, MerkleProof] | None:
        """The id of a block's transaction with its proof, None if the block has no such place."""
        ...

    async def broadcast(self, transaction: Transaction) -> None:
        """Publishes a transaction; one that is known already is no error."""
        ...

    async def estimate_fee(self, target: int) -> int | None:
        """Sat per 1000 vbytes to be mined within `target` blocks, None if the server cannot say."""
        ...

    async def minimum_fee(self) -> int | None:
        """Sat per 1000 vbytes below which nothing is taken in now, None if it cannot say."""
        ...


class HeaderStore(Protocol):
    """Keeps headers from one start to the next."""

    def load(self) -> HeaderChain:
        """What was kept, checked again; the bare base if nothing was."""
        ...

    def save(self, chain: HeaderChain) -> None:
        """Keeps a chain. It may fail silently: headers can always be asked for again."""
        ...
