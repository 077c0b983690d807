"""What a creator's desk keeps and reaches: tips by time and person, alerts, triggers, the page.

Stores are called on the loop's thread only; every method of theirs may raise `StorageError`, and
what is written takes effect at the next `commit`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.alert import Fate

PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif"})
SOUNDS: Final = frozenset({".mp3", ".ogg", ".wav", ".m4a"})
MAX_MEDIA_BYTES: Final = 20_000_000
MAX_AMOUNT: Final = Msat((1 << 63) - 1)
LAST_INSTANT: Final = Instant((1 << 63) - 1)


@dataclass(frozen=True, slots=True)
class PrivateWords:
    """What a tip's sender wrote to the creator alone: the seal proves who wrote it (NIP-59)."""

    sender: XOnlyPubkey
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedTip:
    """A tip that our own wallet settled, as it is kept for searching and summing.

    `sender` signed for it; None if nobody did or if they chose a key of that moment. `claimed_name`
    is what the payer called themselves without signing.
    """

    payment_hash: PaymentHash
    amount: Msat
    at: Instant
    sender: XOnlyPubkey | None
    claimed_name: str
    target: EventId | None
    comment: str
    is_published: bool = False
    """Whether its receipt is out."""
    awaits_receipt: bool = False
    """Whether one is owed and not out yet: a plain payment never has any."""
    note: str = ""
    """The creator's own words about it."""
    words: PrivateWords | None = None


@dataclass(frozen=True, slots=True)
class Income:
    """How many tips, and what they come to."""

    count: int
    total: Msat


@dataclass(frozen=True, slots=True, kw_only=True)
class TipSearch:
    """Which tips are looked for: all that keep every condition."""

    text: str = ""
    """In the comment, the names and npub of the sender, or the note; capitals do not matter."""
    least: Msat = Msat(0)
    most: Msat = MAX_AMOUNT
    since: Instant = Instant(0)  # noqa: RUF009 - a frozen value
    before: Instant = LAST_INSTANT


class DeskTipStore(Protocol):
    """Tips that came in, ready to be asked about: no answer reads the whole history."""

    def unfiled(self) -> list[PaymentHash]:
        """Paid tips that `file` was not called for."""
        ...

    def file(self, tip: ReceivedTip) -> bool:
        """Keeps it; False if it was there already."""
        ...

    def put_words(self, payment_hash: PaymentHash, words: PrivateWords, names: str) -> bool:
        """What came for a tip in private, found by `names` too; False if it has such, or is none.

        They are in no list of senders: what is drawn from those may be shown to everybody.
        """
        ...

    def tip(self, payment_hash: PaymentHash) -> ReceivedTip | None:
        """One of them."""
        ...

    def tips(self, limit: int, offset: int = 0) -> list[ReceivedTip]:
        """Newest first."""
        ...

    def since(self, moment: Instant) -> list[ReceivedTip]:
        """Those that settled then or later, oldest first."""
        ...

    def largest(self) -> ReceivedTip | None:
        """The largest; the first of several."""
        ...

    def everything(self) -> Income:
        """All of them together."""
        ...

    def incomes(self, bounds: Sequence[Instant]) -> list[Income]:
        """Between each bound and the next: one fewer than there are bounds."""
        ...

    def tippers(
        self, since: Instant, before: Instant, limit: int
    ) -> list[tuple[XOnlyPubkey | None, Income]]:
        """Who gave the most; all who are nobody known count as one (None)."""
        ...

    def posts(
        self, since: Instant, before: Instant, limit: int
    ) -> list[tuple[EventId | None, Income]]:
        """Which posts brought the most; None is tips for no post."""
        ...

    def search(self, wanted: TipSearch, limit: int, offset: int = 0) -> list[ReceivedTip]:
        """Newest first."""
        ...

    def name_sender(self, sender: XOnlyPubkey, names: str) -> bool:
        """By which words a sender is found; False if they never tipped or it says so already."""
        ...

    def put_note(self, payment_hash: PaymentHash, note: str) -> None:
        """The creator's words about a tip; empty ones take them away."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class AlertLog(Protocol):
    """What became of each tip as an alert."""

    def fate(self, payment_hash: PaymentHash) -> Fate | None:
        """None if it never came to that."""
        ...

    def keep(self, payment_hash: PaymentHash, fate: Fate, at: Instant) -> None:
        """What became of it, lately."""
        ...

    def mark_seen(self, payment_hash: PaymentHash) -> None:
        """A page said that it shows it."""
        ...

    def is_seen(self, payment_hash: PaymentHash) -> bool:
        """Whether any page said so."""
        ...

    def give_up_waiting(self, at: Instant) -> None:
        """Those that waited when the last run ended will not come by themselves."""
        ...

    def missed(self, limit: int, offset: int = 0) -> list[tuple[PaymentHash, Fate]]:
        """Those that were not fired and may still be shown, newest first."""
        ...

    def fateless(self, since: Instant) -> list[PaymentHash]:
        """Tips that settled then or later, and that no alert was ever thought of for."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class JobState(Enum):
    """Where a trigger stands with one tip."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerJob:
    """A trigger that a tip set off: one for each of both."""

    rule: str
    payment_hash: PaymentHash
    state: JobState
    attempts: int
    due_at: Instant
    problem: str = ""


class TriggerLog(Protocol):
    """Triggers that were set off."""

    def add_job(self, job: TriggerJob) -> bool:
        """A new job; False if that rule had one for that payment."""
        ...

    def save_job(self, job: TriggerJob) -> None:
        """A job that moved on."""
        ...

    def unfinished(self) -> list[TriggerJob]:
        """Those that wait or were begun, the one due first first."""
        ...

    def jobs(self, limit: int) -> list[TriggerJob]:
        """The latest, newest first."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class OverlayPage(Enum):
    """The pages that can be put into a stream."""

    ALERTS = "alerts"
    GOAL = "goal"
    TOP = "top"
    LAST = "last"


class OverlayPages(Protocol):
    """The pages that are open now in OBS or a browser."""

    def push(self, page: OverlayPage, message: Mapping[str, object]) -> None:
        """Sends to every open page of that kind; one that does not keep up is let go."""
        ...

    def cut_off(self) -> None:
        """Ends every connection."""
        ...

    def connected(self) -> Mapping[OverlayPage, int]:
        """How many of each kind are open."""
        ...


class OverlayHost(OverlayPages, Protocol):
    """Where the pages are served."""

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        ...

    def set_token(self, token: str) -> None:
        """From now on only this token opens a page; those that are open are cut off."""
        ...

    def url(self, page: OverlayPage) -> str:
        """The address of a page, with the token in it: a secret."""
        ...

    async def start(self, port: int) -> None:
        """Listens; 0 takes a free port. `PortInUse` if that cannot be."""
        ...

    async def stop(self) -> None:
        """Stops listening."""
        ...


class AlertMedia(Protocol):
    """The creator's pictures and sounds, by the names that rules give."""

    def names(self) -> tuple[str, ...]:
        """All of them, sorted."""
        ...

    async def add(self, source: str) -> str:
        """Copies a file of the person's choice; its name from now on. `RequestError` if not."""
        ...


class Speaker(Protocol):
    """Reads aloud through the system's own command."""

    @property
    def command(self) -> str | None:
        """Its name; None where the system has none."""
        ...

    async def speak(self, text: str) -> None:
        """Returns when it was said. `CommandFailed` if it could not be."""
        ...


class CommandRunner(Protocol):
    """Starts a program of the person's choice."""

    async def run(self, command: tuple[str, ...], given: bytes, *, timeout: float) -> None:
        """Runs it without a shell, `given` on its input. `CommandFailed` unless it ends with 0."""
        ...


class CommandFailed(BackendError):
    """A program could not be started, took too long or ended with an error."""

    def __init__(self, command: str, why: str) -> None:
        super().__init__(Phrase("The command {command} {why}.", command=f"{command!a}", why=why))
        self.command = command
        self.why = why
