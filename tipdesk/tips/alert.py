"""What alerts are made of: the creator's rules, a tip that landed, what is shown, what may happen.

`tips.alerts` is the machine over these.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.tips.word_filter import WordFilter

MAX_NAME_CHARS: Final = 60
MAX_COMMENT_CHARS: Final = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """How tips from `min_amount` on are shown; the rule with the highest that fits is taken.

    `picture` and `sound` are names of files in the overlay's folder, empty for none; `volume` is
    in hundredths; `template` may hold ``{name}`` and ``{amount}``.
    """

    min_amount: Msat
    duration_ms: int = 8_000
    picture: str = ""
    sound: str = ""
    volume: int = 70
    speaks: bool = False
    template: str = "{name} tipped {amount}"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Minutes of the local day, from the first until before the second; they may cross midnight."""

    begin: int
    end: int

    def holds(self, minute: int) -> bool:
        """Whether it is quiet at that minute of the day."""
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """What the creator chose."""

    is_on: bool = True
    rules: tuple[AlertRule, ...] = (AlertRule(min_amount=Msat(1_000)),)
    spacing_ms: int = 2_000
    """From the end of one alert to the next."""
    holds: bool = False
    """Whether each waits until the creator lets it pass."""
    quiet: QuietHours | None = None
    words: WordFilter = field(default_factory=WordFilter)

    def rule_for(self, amount: Msat) -> AlertRule | None:
        """The rule that shows this amount."""
        fitting = [rule for rule in self.rules if rule.min_amount <= amount]
        return max(fitting, key=lambda rule: rule.min_amount, default=None)


class Fate(Enum):
    """What became of a tip as an alert; kept for ever."""

    HELD = Phrase("It waits until you let it pass.")
    QUEUED = Phrase("It waits its turn.")
    SHOWN = Phrase("It was shown.")
    SKIPPED = Phrase("You skipped it.")
    TOO_SMALL = Phrase("It is below every rule.")
    QUIET = Phrase("It landed in quiet hours, or while alerts were off.")
    AWAY = Phrase("It landed while TipDesk was closed.")
    CROWDED = Phrase("Too many alerts were waiting.")

    @property
    def is_missed(self) -> bool:
        """Whether it is listed for the creator, who may still show it."""
        return self in (Fate.QUIET, Fate.AWAY, Fate.CROWDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedTip:
    """A tip that our own wallet settled. `name` is vouched for by a signature if `is_signed`."""

    payment_hash: PaymentHash
    amount: Msat
    at: Instant
    name: str = ""
    is_signed: bool = False
    comment: str = ""


class PartKind(Enum):
    """How a piece of the headline is set; a claimed name is set in grey."""

    TEXT = "text"
    NAME = "name"
    CLAIMED_NAME = "claimed"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the headline."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What is shown. `number` tells alerts of one run apart; a test has no payment hash."""

    number: int
    payment_hash: PaymentHash | None
    amount: Msat
    headline: tuple[Part, ...]
    comment: str
    rule: AlertRule

    @property
    def is_test(self) -> bool:
        """Whether no money stands behind it."""
        return self.payment_hash is None

    @property
    def spoken(self) -> str:
        """What is read aloud."""
        headline = "".join(part.text for part in self.headline)
        return one_line(f"{headline}. {self.comment}", maximum=MAX_COMMENT_CHARS + 100)


@dataclass(frozen=True, slots=True)
class Showing:
    """The alert on the page."""

    alert: Alert
    since: Instant

    @property
    def until(self) -> Instant:
        """When its time is over."""
        return self.since.plus_ms(self.alert.rule.duration_ms)


@dataclass(frozen=True, slots=True)
class Landed:
    """A tip was settled."""

    tip: LandedTip


@dataclass(frozen=True, slots=True)
class ReplayAsked:
    """The creator wants this tip shown, again or after all."""

    tip: LandedTip


@dataclass(frozen=True, slots=True)
class TrialAsked:
    """The creator wants to see an alert of this amount. It is marked, and counts nowhere."""

    amount: Msat


@dataclass(frozen=True, slots=True)
class Passed:
    """A held alert may be shown."""

    number: int


@dataclass(frozen=True, slots=True)
class SkipAsked:
    """A held, queued or shown alert shall not be seen (any longer)."""

    number: int


@dataclass(frozen=True, slots=True)
class HideAsked:
    """Whatever is on the page goes, now."""


@dataclass(frozen=True, slots=True)
class ClockStruck:
    """The moment that `Wake` named has come."""


AlertEvent = Landed | ReplayAsked | TrialAsked | Passed | SkipAsked | HideAsked | ClockStruck


@dataclass(frozen=True, slots=True)
class Keep:
    """Remember what became of a tip; durable before the next action."""

    payment_hash: PaymentHash
    fate: Fate


@dataclass(frozen=True, slots=True)
class Show:
    """Put the alert on every page that is connected now."""

    showing: Showing


@dataclass(frozen=True, slots=True)
class Hide:
    """Take the alert off every page. `is_asked`: the creator's word, which ends its voice too."""

    alert: Alert
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Speak:
    """Read aloud."""

    text: str


@dataclass(frozen=True, slots=True)
class Wake:
    """Say `ClockStruck` at that moment; an earlier `Wake` is void."""

    at: Instant


AlertAction = Keep | Show | Hide | Speak | Wake
