"""One history: everything that moved money, or tried to, as lines of one kind."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId, EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.fiat import Fiat, Rate
from tipdesk.tips.person import PersonId

NO_RATE: Final = Phrase("no rate was known")
MAX_NOTE_CHARS: Final = 1_000
MAX_PERSONS: Final = 500


class LineKind(Enum):
    """What a line is about; the value is what a person reads."""

    TIP_SENT = Phrase("tip sent")
    TIP_RECEIVED = Phrase("tip received")
    PAYMENT_SENT = Phrase("payment sent")
    PAYMENT_RECEIVED = Phrase("payment received")
    ONCHAIN_SENT = Phrase("sent on chain")
    ONCHAIN_RECEIVED = Phrase("received on chain")
    CHANNEL_OPENED = Phrase("channel opened")
    CHANNEL_CLOSED = Phrase("channel closed")

    @property
    def is_tip(self) -> bool:
        """Whether it is a tip, sent or received."""
        return self in (LineKind.TIP_SENT, LineKind.TIP_RECEIVED)

    @property
    def is_payment(self) -> bool:
        """Whether it went or came over Lightning and is no tip."""
        return self in (LineKind.PAYMENT_SENT, LineKind.PAYMENT_RECEIVED)

    @property
    def is_sent(self) -> bool:
        """Whether money went to somebody else."""
        return self in (LineKind.TIP_SENT, LineKind.PAYMENT_SENT, LineKind.ONCHAIN_SENT)

    @property
    def is_received(self) -> bool:
        """Whether money came from somebody else."""
        return self in (
            LineKind.TIP_RECEIVED,
            LineKind.PAYMENT_RECEIVED,
            LineKind.ONCHAIN_RECEIVED,
        )

    @property
    def is_on_chain(self) -> bool:
        """Whether its text is an address and a transaction."""
        return self in (LineKind.ONCHAIN_SENT, LineKind.ONCHAIN_RECEIVED)


class LineState(Enum):
    """How it ended, if it has; the value is what a person reads."""

    UNDER_WAY = Phrase("under way")
    SETTLED = Phrase("settled")
    FAILED = Phrase("failed")
    CANCELLED = Phrase("taken back")


@dataclass(frozen=True, slots=True)
class SettledRate:
    """The rate that held when a line was settled, and what the line was worth by it."""

    rate: Rate
    amount: Fiat
    fee: Fiat | None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a line stands in the history: by its time, lines of one moment by their number."""

    at: Instant
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. What is not known is None: the fee of a channel on chain always is."""

    place: Place
    """`at` is when it was settled, or else when it was begun."""
    kind: LineKind
    state: LineState
    amount: Msat | None
    """For a channel opened its capacity; for one closed what was ours in it."""
    fee: Msat | None
    """What it cost to send; None also for all that was received."""
    person: XOnlyPubkey | None
    """Whom it was for, or who signed it."""
    post: EventId | None
    payment_hash: PaymentHash | None
    receipt: EventId | None
    channel_id: ChannelId | None
    text: str
    """The comment or description; what came in is a stranger's. On chain: address, transaction."""
    note: str
    """The person's own."""
    rate: SettledRate | None
    """None: no rate was known when it was settled, or it is not settled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What lines are wanted: all conditions together; None and empty ask for nothing."""

    words: str = ""
    """Each a word, or the start of one, in text or note."""
    persons: tuple[XOnlyPubkey, ...] | None = None
    """Any of these, `MAX_PERSONS` at most."""
    entry: PersonId | None = None
    """With somebody of the book of people: tips from and to their npub, and payments that were
    noted to be theirs."""
    post: EventId | None = None
    payment_hash: PaymentHash | None = None
    least: Msat | None = None
    most: Msat | None = None
    since: Instant | None = None
    until: Instant | None = None
    """The first moment that is no longer wanted."""
    kinds: frozenset[LineKind] = frozenset()
    state: LineState | None = None


EVERYTHING: Final = Search()


@dataclass(frozen=True, slots=True, kw_only=True)
class FiatTotals:
    """Sums in one currency over the lines whose rate was known in it."""

    received: Fiat
    sent: Fiat
    fees: Fiat
    """Paid for what was sent."""
    card_for_sent: Fiat
    """What a card would have taken of the same payments: beside `fees`."""
    card_for_received: Fiat


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Sums over settled tips and payments; channels move nobody's money."""

    received: Msat = Msat(0)
    sent: Msat = Msat(0)
    """Without the fees."""
    fees: Msat = Msat(0)
    count_received: int = 0
    count_sent: int = 0
    without_rate: int = 0
    """Of these, how many are in no fiat sum, as no rate was known."""
    fiat: tuple[FiatTotals, ...] = field(default=())


class TooManyPersons(RequestError):
    """A name that fits too many people."""

    def __init__(self, count: int) -> None:
        super().__init__(Phrase("{count} people fit: give more of the name.", count=count))
        self.count = count
