"""What is being written, and what was: drafts, and signed events on their way to relays."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event, Tags
from tipdesk.ports.pictures import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a draft replies to: kept with it, as the post may not be here at the next start."""

    post: EventId
    author: XOnlyPubkey
    excerpt: str
    kind: int
    """The kind that the reply is of."""
    tags: Tags


@dataclass(frozen=True, slots=True, kw_only=True)
class LongPart:
    """What a long post (NIP-23) has besides its text."""

    title: str = ""
    summary: str = ""
    picture: str = ""
    identifier: str = ""
    """Empty until it is published first; the same replaces what was published."""
    published_at: int = 0
    """When that was first, in Unix seconds; 0: not yet."""
    after: int = 0
    """The time of the version that it is to replace."""
    kept: Tags = ()
    """Tags of that version that are not ours to touch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """Something that is being written; nobody but its writer has seen it."""

    id: str
    kind: int
    changed_at: Instant
    text: str = ""
    warning: str | None = None
    """NIP-36: why it is to be covered, empty without a reason; None: it is not."""
    answered: Answered | None = None
    without: tuple[str, ...] = ()
    """Relays of ours that it is not sent to."""
    long: LongPart | None = None
    """Of a long post alone."""
    title: str = ""
    """Of a picture post alone."""
    pictures: tuple[Attachment, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is lost with it."""
        titles = self.title if self.long is None else self.long.title
        return not (self.text.strip() or titles.strip() or self.pictures)


class RelayState(Enum):
    """What a relay made of an event of ours."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SILENT = "silent"
    """No answer: it may have it or not."""


@dataclass(frozen=True, slots=True)
class RelayOutcome:
    """How it stands with one relay; `message` is its reason, or why there was no answer."""

    url: str
    state: RelayState = RelayState.WAITING
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An event of ours as it was signed, and what each relay said; it is never signed anew."""

    event: Event
    at: Instant
    relays: tuple[RelayOutcome, ...]

    @property
    def is_taken(self) -> bool:
        """Whether a relay has it."""
        return any(one.state is RelayState.ACCEPTED for one in self.relays)

    @property
    def is_waiting(self) -> bool:
        """Whether a relay is still to answer."""
        return any(one.state is RelayState.WAITING for one in self.relays)

    @property
    def missing(self) -> tuple[str, ...]:
        """Relays that did not take it."""
        lacking = (RelayState.REFUSED, RelayState.SILENT)
        return tuple(one.url for one in self.relays if one.state in lacking)


class WritingStore(Protocol):
    """Drafts and postings of one profile. Writes take effect together at `commit`."""

    def save_draft(self, draft: PostDraft) -> None:
        """A new draft, or one that was written on."""
        ...

    def drop_draft(self, draft_id: str) -> None:
        """Forgets a draft."""
        ...

    def drafts(self) -> list[PostDraft]:
        """Every draft, the one changed last first."""
        ...

    def save_posting(self, posting: Posting, *, keep: int) -> None:
        """A posting, or what relays said since; of all the latest `keep` stay."""
        ...

    def posting(self, event_id: EventId) -> Posting | None:
        """One of them."""
        ...

    def unfinished(self) -> list[Posting]:
        """Those that a relay is still to answer, oldest first."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...
