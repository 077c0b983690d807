"""The wallet on the chain: it funds channels and receives what their closing pays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import Txid
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut


class NotEnoughOnchain(RequestError):
    """The coins that are free do not cover the amount and the fee."""

    def __init__(self, *, needed: Sat, available: Sat) -> None:
        super().__init__(
            Phrase("{needed} are needed on chain, {free} are free", needed=needed, free=available)
        )
        self.needed = needed
        self.available = available


class AmountBelowDust(RequestError):
    """An output too small to be passed on by the network."""

    def __init__(self, amount: Sat) -> None:
        super().__init__(Phrase("{amount} is too little to send on chain", amount=amount))
        self.amount = amount


class InvalidWords(RequestError):
    """Backup words that are not a BIP 39 sentence; the text says what is wrong."""


class WalletServerFailed(BackendError):
    """The wallet's chain server could not be reached, or answered nonsense."""


class WalletFailed(BackendError):
    """The wallet could not do what it was asked, for a reason nobody can mend by asking again."""


@dataclass(frozen=True, slots=True)
class OnchainBalance:
    """Coins that are free: what is reserved for a transaction of ours is in neither sum."""

    confirmed: Sat
    unconfirmed: Sat


@dataclass(frozen=True, slots=True)
class TxStanding:
    """A transaction as the wallet sees it."""

    depth: int
    """In how many blocks it is buried, its own among them; 0 while it is in none."""
    left: Sat
    """What went out of the wallet, the fee and all; what came back to it is taken off."""
    fee: Sat


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivedTx:
    """A transaction that pays the wallet and spends none of its coins."""

    txid: Txid
    amount: Sat
    address: str
    """The first of ours that it pays."""
    spends: tuple[OutPoint, ...]
    depth: int
    confirmed_at: Instant | None
    """What the block says of its time; None while it is in none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRequest:
    """A transaction for whose fee the wallet adds inputs and change, behind what stands there."""

    base: Transaction
    """Its inputs are others' to sign; it may have no outputs yet."""
    spent: tuple[TxOut, ...]
    """What the inputs of `base` spend."""
    witness_weight: int
    """Of the witnesses that `base` will carry."""
    feerate: FeeratePerKw
    parent_weight: int = 0
    """Of an unconfirmed parent that is to be paid for too."""
    parent_fee: Sat = Sat(0)
    """What the parent pays by itself."""
    replaces: Transaction | None = None
    """The answer to an earlier request: its coins are used again, its fee is exceeded."""


Locks = Mapping[Txid, tuple[OutPoint, ...]]


class WalletChangeStore(Protocol):
    """Keeps the wallet's state. Called on the loop's thread; durable when a method returns."""

    def load(self) -> list[bytes]:
        """Every change, oldest first."""
        ...

    def append(self, change: bytes) -> None:
        """Adds one."""
        ...

    def replace(self, change: bytes) -> None:
        """Puts one that says the same in place of all, in one commit."""
        ...

    def load_locks(self) -> Locks:
        """The outputs that are reserved, by the transaction they are reserved for."""
        ...

    def save_locks(self, locks: Locks) -> None:
        """Replaces them."""
        ...


class OnchainWallet(Protocol):
    """Every input it spends is segwit. `start` comes first; calls may overlap."""

    async def start(self) -> None:
        """Opens the wallet from its store, or makes it. Does not need the server."""
        ...

    async def sync(self) -> None:
        """Learns what happened on the chain; `WalletServerFailed` if the server is away."""
        ...

    async def balance(self) -> OnchainBalance:
        """As of the last sync."""
        ...

    async def new_address(self) -> str:
        """An address that nobody has paid yet."""
        ...

    async def new_script_pubkey(self) -> bytes:
        """An output script never given out before, for what a closing channel pays."""
        ...

    async def fund(
        self,
        script_pubkey: bytes,
        amount: Sat,
        feerate: FeeratePerKw,
        *,
        keep: Sat = Sat(0),
    ) -> Transaction:
        """A complete signed transaction that pays exactly `amount` to a script.

        It leaves at least `keep` free in the wallet, and is not published here. Its inputs are
        reserved, across restarts too, until `release` or its confirmation. `NotEnoughOnchain` or
        `AmountBelowDust` if it cannot be made.
        """
        ...

    async def send_to(
        self, address: str, amount: Sat, feerate: FeeratePerKw, *, keep: Sat = Sat(0)
    ) -> Transaction:
        """As `fund`, to an address; `InvalidAddress` if it is none of this network."""
        ...

    async def fee_of(
        self, address: str, amount: Sat, feerate: FeeratePerKw, *, keep: Sat = Sat(0)
    ) -> Sat:
        """What `send_to` would cost now, with the same refusals; nothing is reserved or signed."""
        ...

    async def pay_fee(self, request: FeeRequest) -> Transaction:
        """The transaction with the wallet's inputs and change, these inputs signed.

        The inputs are reserved as by `fund`, those of a replaced transaction are taken over.
        `NotEnoughOnchain` if no confirmed coins cover the fee.
        """
        ...

    async def unpublished(self) -> tuple[Txid, ...]:
        """Transactions for which outputs are reserved, and that no chain or mempool has shown."""
        ...

    async def standing(self, txid: Txid) -> TxStanding | None:
        """How a transaction that spends coins of ours stands, as of the last sync; None if the
        wallet never saw it.
        """
        ...

    async def arrived(self) -> tuple[ArrivedTx, ...]:
        """All that came in by others' transactions, as of the last sync."""
        ...

    async def release(self, txid: Txid) -> None:
        """Frees the inputs of a transaction that was not and will not be published."""
        ...
