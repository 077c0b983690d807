"""What the services keep. Writes take effect together at the next `commit`, or not at all.

Called on the loop's thread only; every method may raise `StorageError`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, Txid, XOnlyPubkey
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.nostr.event import Event
from tipdesk.ports.wallet import ArrivedTx
from tipdesk.tips.history import HistoryRecord
from tipdesk.tips.incoming import IncomingRecord
from tipdesk.tips.ledger import LedgerEntry
from tipdesk.tips.receipt import JudgedReceipt, UnverifiedReceipt
from tipdesk.tips.tip import Tip


class TipLedgerStore(Protocol):
    """Tips and their ledger."""

    def save_tip(self, tip: Tip) -> None:
        """A new tip, or one that moved on. No two tips may have one payment hash."""
        ...

    def tips(self) -> list[Tip]:
        """Every tip, oldest first."""
        ...

    def append(self, entry: LedgerEntry) -> None:
        """One more entry; a tip has one that reserves and one that closes at the most."""
        ...

    def used_since(
        self, at: Instant, *, recipient: XOnlyPubkey | None = None, app: str | None = None
    ) -> Msat:
        """What tips begun since then hold and have spent: all of them, or those to somebody, or
        those that an app asked for (an empty name: the person themselves)."""
        ...

    def entries(self) -> list[LedgerEntry]:
        """The whole ledger, in the order of appending."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKey:
    """A key that somebody's payment server said it signs zap receipts with."""

    recipient: XOnlyPubkey
    provider: XOnlyPubkey
    first_seen: Instant
    last_seen: Instant


class ReceiptStore(Protocol):
    """Verdicts on receipts, kept as they were when first seen, and the keys they rest on."""

    def save_receipt(self, receipt: JudgedReceipt) -> None:
        """A verdict; one for the same payment hash is replaced."""
        ...

    def receipts(self) -> list[JudgedReceipt]:
        """Every receipt of grade A to C."""
        ...

    def save_unverified(self, receipt: UnverifiedReceipt, *, keep: int) -> None:
        """A receipt of grade D; of all of them the latest `keep` stay."""
        ...

    def forget_unverified(self, receipt: EventId) -> None:
        """It is worth something after all."""
        ...

    def unverified(self) -> list[UnverifiedReceipt]:
        """Receipts of grade D, the one seen first at the head."""
        ...

    def save_provider(self, key: ProviderKey) -> None:
        """A key, or when it was last seen."""
        ...

    def providers(self) -> list[ProviderKey]:
        """Every key ever seen, the one seen last first."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class IncomingTipStore(Protocol):
    """Invoices given out over LNURL, and the tips they became."""

    def save_incoming(self, record: IncomingRecord) -> None:
        """A new record, or one that moved on."""
        ...

    def incoming(self, payment_hash: PaymentHash) -> IncomingRecord | None:
        """The record of that payment hash."""
        ...

    def paid(self) -> list[IncomingRecord]:
        """Those that were paid, oldest first."""
        ...

    def owing(self) -> list[IncomingRecord]:
        """Those whose receipt is still to be brought to a relay."""
        ...

    def unpaid(self) -> list[IncomingRecord]:
        """Those that were not paid so far."""
        ...

    def last_unasked_at(self) -> Instant:
        """When the latest tip came that no invoice was given out for; the epoch if none did."""
        ...

    def forget_unpaid(self, before: Instant) -> None:
        """Drops what was not paid and expired before that moment."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class HistoryStore(Protocol):
    """The wallet's history, beside the tips."""

    def save_payment(self, record: HistoryRecord) -> None:
        """A new line, or one that moved on."""
        ...

    def history(self) -> list[HistoryRecord]:
        """Every line, oldest first."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class SettingsStore(Protocol):
    """Small choices of the person, by name."""

    def setting(self, name: str) -> str | None:
        """The value, None if it was never set."""
        ...

    def put_setting(self, name: str, value: str) -> None:
        """Sets it, durably."""
        ...


class SentOnchainStore(Protocol):
    """What was sent on chain, as lines of the one history. Durable when a method returns."""

    def begun(self, txid: Txid, address: str, amount: Sat, fee: Sat, at: Instant) -> None:
        """A payment that will be published; told once more it changes nothing."""
        ...

    def settled(self, txid: Txid, amount: Sat, fee: Sat, at: Instant) -> None:
        """It is final, with what really left the wallet."""
        ...

    def refused(self, txid: Txid) -> None:
        """The network did not take it."""
        ...

    def under_way(self) -> tuple[Txid, ...]:
        """Those that are neither final nor refused."""
        ...


class Arrival(Enum):
    """What became of a transaction of others that pays our wallet."""

    UNDER_WAY = auto()
    SETTLED = auto()
    CANCELLED = auto()
    NO_DEPOSIT = auto()
    """It was ours before: it came out of a channel, or was there before the history was."""


class ArrivalStore(Protocol):
    """What came in on chain, as lines of the one history. Durable when a method returns."""

    def begun(self, now: Instant) -> Instant:
        """When this history began: now, if it has not yet."""
        ...

    def states(self) -> dict[Txid, Arrival]:
        """All that was ever put."""
        ...

    def put(self, tx: ArrivedTx, state: Arrival, at: Instant) -> None:
        """It is this now; what is no deposit stays none, and what is one stays one."""
        ...

    def is_gone(self, txid: Txid) -> None:
        """Another transaction took the coins of one that was under way."""
        ...

    def is_of_channel(self, outpoint: OutPoint) -> bool:
        """Whether whoever spends it takes money out of a channel of ours."""
        ...


class FeedStore(Protocol):
    """Events as they were signed, so that a feed stands before any relay answers.

    It is bounded, and it may be lost: a store that cannot be used keeps nothing and says nothing.
    """

    def save(self, events: Sequence[Event]) -> None:
        """Keeps authentic events; of what can be replaced, the latest."""
        ...

    def load(self) -> Iterator[Event]:
        """What is kept: profiles and deletions first, then posts, the newest first."""
        ...
