"""What the window asks of writing: drafts, what became of posts of ours, deletions."""

from collections.abc import Callable
from typing import Protocol

from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.feed import Post
from tipdesk.ports.pictures import Attachment, StrippedPicture
from tipdesk.ports.writing import PostDraft, Posting
from tipdesk.services.writing import Progress


class OwnPictures(Protocol):
    """Pictures of drafts, and where they are uploaded to."""

    @property
    def server(self) -> str:
        """The media server; empty: none is chosen."""
        ...

    def use_server(self, text: str) -> None:
        """Another one, none if empty; `RequestError` if it cannot be one."""
        ...

    async def take(self, picture: StrippedPicture) -> Attachment:
        """Keeps one for a draft; `RequestError` if there is no room, `BackendError`."""
        ...


class Writing(Protocol):
    """Posts of ours."""

    @property
    def pubkey(self) -> XOnlyPubkey:
        """Who writes."""
        ...

    @property
    def pictures(self) -> OwnPictures:
        """Pictures of drafts."""
        ...

    def relays(self) -> tuple[str, ...]:
        """Where we publish."""
        ...

    def readers_relays(self, draft: PostDraft) -> tuple[str, ...]:
        """Where those read who are named in it, beyond our own relays."""
        ...

    def drafts(self) -> tuple[PostDraft, ...]:
        """Every draft, the one changed last first."""
        ...

    def new_draft(self) -> PostDraft:
        """An empty one, which is kept with its first words."""
        ...

    def new_answer(self, event_id: EventId) -> PostDraft:
        """A reply to a post, or the draft of one; `RequestError` if it would stand nowhere."""
        ...

    async def edit(self, event_id: EventId) -> PostDraft:
        """A draft that replaces a long post of ours. `RequestError`, `BackendError`."""
        ...

    def keep(self, draft: PostDraft) -> PostDraft:
        """Keeps what is written so far; `RequestError` if there is no room."""
        ...

    def discard(self, draft_id: str) -> None:
        """Forgets a draft."""
        ...

    def preview(self, draft: PostDraft) -> Post | None:
        """The post that others would see; None while there is nothing to show."""
        ...

    async def upload(self, draft: PostDraft, progress: Callable[[Progress], None]) -> PostDraft:
        """Uploads pictures that are not up yet. `RequestError`, `BackendError`."""
        ...

    async def publish(self, draft: PostDraft) -> Posting:
        """Signs a draft that was kept and begins to send it; `RequestError` if it cannot go."""
        ...

    async def delete(self, event_id: EventId) -> Posting:
        """Asks relays to delete a post of ours; `RequestError` if it is none."""
        ...

    def posting(self, event_id: EventId) -> Posting | None:
        """How it stands with something that was published here."""
        ...

    def send_again(self, event_id: EventId) -> None:
        """The same event once more, to the relays that did not take it."""
        ...
