"""A tip of ours: what it is for, how far it has come, and what it cost."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, Preimage, TipId, XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl.success import Link, Message, Sealed, SuccessAction
from tipdesk.tips.payment import Quote, Succeeded
from tipdesk.tips.target import Target
from tipdesk.tips.visibility import Visibility

LEAST_FEE_LIMIT: Final = Msat(3_000)
"""Three hops at the usual base fee of one satoshi: a lower limit would fail the small tips."""
HIGH_FEE_PERCENT: Final = 20


class TipStatus(Enum):
    """How far a tip has come; the value is what a person reads."""

    DRAFT = Phrase("Draft")
    UNDO = Phrase("Can be undone")
    """Inside the undo window; address, invoice and fee are being found out meanwhile."""
    QUOTING = Phrase("Preparing")
    """The window is over, the invoice or the fee is not known yet; it can still be undone."""
    PAYING = Phrase("Paying")
    IN_FLIGHT = Phrase("In flight")
    """It may have been paid and may not: only the wallet can tell, and it is asked."""
    PAID = Phrase("Paid")
    RECEIPT_SEEN = Phrase("Receipt seen")
    CANCELLED = Phrase("Cancelled")
    FAILED = Phrase("Failed")

    @property
    def may_move_money(self) -> bool:
        """Whether a payment may be under way right now."""
        return self in (TipStatus.PAYING, TipStatus.IN_FLIGHT)

    @property
    def is_paid(self) -> bool:
        """Whether the money is known to have arrived."""
        return self in (TipStatus.PAID, TipStatus.RECEIPT_SEEN)

    @property
    def can_undo(self) -> bool:
        """Whether the tip can still be taken back."""
        return self in (TipStatus.UNDO, TipStatus.QUOTING)

    @property
    def can_retry(self) -> bool:
        """Whether it is certain that no money moved and none will."""
        return self in (TipStatus.CANCELLED, TipStatus.FAILED)


class WordsState(Enum):
    """What becomes of words that go apart from the payment (see `tips.words`)."""

    NONE = Phrase("None")
    OWED = Phrase("On their way")
    SENT = Phrase("Delivered")
    LOST = Phrase("Not delivered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """The checked invoice of a tip: over the exact amount, of our network, not expired."""

    invoice: str
    payment_hash: PaymentHash
    expires_at: Instant
    fetched_at: Instant
    provider: XOnlyPubkey | None
    """Who will sign the zap receipt; None if there will be none (a payment without a zap)."""
    sender: XOnlyPubkey | None = None
    """Who signed the zap request: we, or a key made for it; None for a payment without one."""
    action: SuccessAction | None = None
    """What the recipient's server wants shown once the tip is paid."""
    preimage: Preimage | None = None
    """Ours, for a payment that nobody asked for (bLIP 3); `invoice` is empty then."""


@dataclass(frozen=True, slots=True)
class Reward:
    """What came back for a paid tip, to be shown large and kept: a stranger's text and link."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """A tip. `problem` is the sentence on why it was cancelled or failed."""

    tip_id: TipId
    target: Target
    amount: Msat
    comment: str
    fee_limit: Msat
    created_at: Instant
    undo_until: Instant
    """When the undo window ends; `created_at` when it is off."""
    visibility: Visibility = Visibility.PUBLIC
    gift: TipId | None = None
    """What was shared among several has one tip for each; this is the first one's id."""
    app: str = ""
    """The connected app that asked for it; empty for the person themselves."""
    is_held: bool = False
    """Whether the most it may cost is set aside in the ledger."""
    status: TipStatus = TipStatus.DRAFT
    bill: Bill | None = None
    quote: Quote | None = None
    is_quoted: bool = False
    """Whether the quote came; `quote` stays None if the wallet cannot quote."""
    settlement: Succeeded | None = None
    receipt: EventId | None = None
    is_receipt_overdue: bool = False
    problem: str = ""
    words: WordsState = WordsState.NONE
    words_problem: str = ""
    """Why the words were lost."""

    @property
    def has_words_apart(self) -> bool:
        """Whether its words are for the recipient alone, and must not go with the payment."""
        is_private = self.visibility is Visibility.PRIVATE
        return is_private and bool(self.comment) and self.target.recipient is not None

    @property
    def payment_hash(self) -> PaymentHash | None:
        """Known as soon as there is an invoice."""
        return None if self.bill is None else self.bill.payment_hash

    @property
    def has_window(self) -> bool:
        """Whether there is somebody who may take it back."""
        return self.undo_until > self.created_at

    @property
    def reward(self) -> Reward | None:
        """What the recipient's server gives for it, once it is paid."""
        if self.bill is None or self.bill.action is None or self.settlement is None:
            return None
        match self.bill.action:
            case Message(text):
                return Reward(text)
            case Link(description, url):
                return Reward(description, url)
            case Sealed() as sealed:
                try:
                    text = sealed.open(self.settlement.preimage)
                except DecodeError as error:
                    text = Phrase("It cannot be read: {error}.", error=in_words(error))
                return Reward(f"{sealed.description}\n{text}".strip())

    @property
    def took_ms(self) -> int | None:
        """From the end of the undo window to the preimage."""
        if self.settlement is None:
            return None
        return max(0, self.settlement.settled_at.since(self.undo_until))

    @property
    def pay_ms(self) -> int | None:
        """From the moment when the window was over and the invoice in hand, to the preimage."""
        if self.settlement is None or self.bill is None:
            return None
        began = max(self.bill.fetched_at, self.undo_until)
        return max(0, self.settlement.settled_at.since(began))


def again_of(tip_id: TipId) -> TipId:
    """The one tip that pays again for one that did not go: pressed twice it is still one."""
    return TipId(sha256(b"again:" + tip_id)[: TipId.LENGTH])


def fee_limit(amount: Msat) -> Msat:
    """The most a payment may cost beside its amount: 1 %, but 3 sat at the least."""
    return max(LEAST_FEE_LIMIT, Msat(amount.value // 100))


def is_high_fee(fee: Msat, amount: Msat) -> bool:
    """Whether a fee has to be said before it is paid: above a fifth of the tip."""
    return fee.value * 100 > amount.value * HIGH_FEE_PERCENT
