"""The one history as it is kept, and the files it is written to.

Called on the loop's thread only; every method may raise `StorageError`.
"""

from typing import Protocol

from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.tips.timeline import Line, Place, Search, Totals


class TimelineStore(Protocol):
    """Reads what the other stores wrote; writes notes and what became of channels."""

    def lines(self, search: Search, *, before: Place | None, limit: int) -> list[Line]:
        """At most `limit` lines, newest first, those that stand before a place in time."""
        ...

    def lines_after(self, search: Search, *, after: Place | None, limit: int) -> list[Line]:
        """At most `limit` lines, oldest first, those that stand after a place in time."""
        ...

    def count(self, search: Search) -> int:
        """How many lines there are."""
        ...

    def totals(self, search: Search) -> Totals:
        """The sums over what settled among these lines."""
        ...

    def put_note(self, number: int, note: str) -> None:
        """The person's note on the line of that number; empty takes it away. Durable.

        Not for tips that came in: their notes are those of the creator's desk.
        """
        ...

    def payment_note(self, payment_hash: PaymentHash) -> str:
        """The person's note on a payment beside the tips, also before it is a line; or nothing."""
        ...

    def put_payment_note(self, payment_hash: PaymentHash, note: str) -> None:
        """The same note as its line will have; empty takes it away. Durable."""
        ...

    def channel_opened(
        self, channel_id: ChannelId, peer: NodeId, name: str, capacity: Msat, at: Instant
    ) -> None:
        """A channel was opened; told once more it changes nothing."""
        ...

    def channel_closed(self, channel_id: ChannelId, ours: Msat | None, at: Instant) -> None:
        """A channel that was opened is closed; told once more it changes nothing."""
        ...

    def open_channels(self) -> frozenset[ChannelId]:
        """Channels that were opened and whose closing was not told yet."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...


class ExportFailed(RequestError):
    """The file cannot be written."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            Phrase(
                "{path} cannot be written: {why}. What was there before is untouched.",
                path=path,
                why=why,
            )
        )
        self.path = path


class ExportFile(Protocol):
    """A file that takes the place of its older self only once it is complete.

    Every method but `discard` may raise `ExportFailed`.
    """

    def write(self, text: str) -> None:
        """Appends."""
        ...

    def finish(self) -> None:
        """It is complete: it takes its place. Waits for the disk: called on another thread."""
        ...

    def discard(self) -> None:
        """It will not be complete: nothing is left of it. After `finish` without effect."""
        ...
