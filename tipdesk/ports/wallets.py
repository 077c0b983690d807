"""Which wallets a profile has beside its own node, and which of them holds which payment."""

from dataclasses import dataclass
from typing import Final, NewType, Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.ports.plugged import PluggedWallet, WalletFacts
from tipdesk.tips.any_link import WalletLink
from tipdesk.tips.wallet_link import WalletKind

WalletId = NewType("WalletId", int)
"""Given once, never again: what is under way stays with the wallet that holds it."""

OWN: Final = WalletId(0)
"""TipDesk's own node."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletRow:
    """A wallet that was connected. Its link, which is secret, lies in the vault in its slot."""

    wallet: WalletId
    slot: int
    kind: WalletKind
    name: str
    """What the person calls it."""
    where: str
    """The server's address, or the relays: nothing secret."""
    facts: WalletFacts
    """What it said of itself when it was last asked."""
    added_at: Instant


@dataclass(frozen=True, slots=True)
class Order:
    """A payment that was handed to a plugged wallet, or is about to be."""

    payment_hash: PaymentHash
    wallet: WalletId
    begun_at: Instant
    expires_at: Instant
    """After that nobody pays the invoice any more."""
    has_failed: bool = False
    """Whether it certainly came to nothing."""


@dataclass(frozen=True, slots=True)
class GivenInvoice:
    """An invoice of ours that a plugged wallet made, not known to be paid."""

    payment_hash: PaymentHash
    wallet: WalletId
    expires_at: Instant


class WalletStore(Protocol):
    """Durable when a method returns."""

    def wallets(self) -> list[WalletRow]:
        """Those that are connected, in the order in which they were."""
        ...

    def add(self, row: WalletRow) -> WalletId:
        """A new one; `row.wallet` is not looked at."""
        ...

    def change(self, row: WalletRow) -> None:
        """Another name, or newer facts."""
        ...

    def remove(self, wallet: WalletId, at: Instant) -> None:
        """It is connected no more; what it was ordered to do is still known."""
        ...

    def begin(self, order: Order) -> Order:
        """Keeps an order before it leaves, unless there is one that did not fail; that one then."""
        ...

    def order(self, payment_hash: PaymentHash) -> Order | None:
        """Who was told to pay that; None if no plugged wallet was."""
        ...

    def ended(self, payment_hash: PaymentHash, *, paid: bool) -> None:
        """The end of a payment is known."""
        ...

    def under_way(self, wallet: WalletId) -> int:
        """How many of its orders have no end yet."""
        ...

    def gave(self, invoice: GivenInvoice) -> None:
        """Keeps an invoice before anybody sees it."""
        ...

    def given(self, payment_hash: PaymentHash) -> WalletId | None:
        """Who made that invoice; None if no plugged wallet did."""
        ...

    def unpaid(self) -> list[GivenInvoice]:
        """Invoices that are not known to be paid, oldest first."""
        ...

    def paid(self, payment_hash: PaymentHash) -> None:
        """The payment of one of them was told to everybody."""
        ...


class WalletOpener(Protocol):
    """Makes the adapter for a link."""

    def __call__(self, link: WalletLink, facts: WalletFacts | None) -> PluggedWallet:
        """Nothing is asked yet; with `facts` its capabilities are those kept from last time."""
        ...


class LinkVault(Protocol):
    """Where links lie. Raises as `SecretVault` does."""

    async def get(self, slot: int) -> WalletLink | None:
        """The link in a slot."""
        ...

    async def put(self, slot: int, link: WalletLink) -> None:
        """Keeps it; once this returns it is on disk."""
        ...

    async def delete(self, slot: int) -> None:
        """Forgets it."""
        ...
