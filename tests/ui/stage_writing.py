"""The stage's writing: drafts in memory, and relays that say what they are told to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.ui import content
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import Post, parse_post
from tipdesk.nostr.writing import answer_to
from tipdesk.ports.pictures import Attachment, StrippedPicture
from tipdesk.ports.writing import Answered, LongPart, PostDraft, Posting, RelayOutcome, RelayState
from tipdesk.services.bus import Bus
from tipdesk.services.composing import Composer
from tipdesk.services.events import DraftsChanged, PostingChanged
from tipdesk.services.pictures import NotAMediaServer
from tipdesk.services.writing import Progress
from tipdesk.services.writing_errors import AlreadyPublished, NotOurs

if TYPE_CHECKING:
    from tests.ui.stage import StageClock, StageFeeds

RELAYS = (
    "wss://relay.example",
    "wss://inbox.example",
    "wss://a-rather-long-name-of-a-relay.example/outbox",
)


class StagePictures:
    """Keeps what it is given; a server is chosen by its address alone."""

    def __init__(self) -> None:
        self.server = ""
        self.taken: list[StrippedPicture] = []

    def use_server(self, text: str) -> None:
        if text and not text.startswith("https://"):
            raise NotAMediaServer(text)
        self.server = text

    async def take(self, picture: StrippedPicture) -> Attachment:
        self.taken.append(picture)
        return Attachment(
            hash=sha256(picture.data).hex(),
            media_type=picture.media_type,
            width=picture.width,
            height=picture.height,
            size=len(picture.data),
        )


@dataclass
class StageWriting:
    """Relays answer when `answer` says so."""

    bus: Bus
    clock: "StageClock"
    feeds: "StageFeeds"
    kept: dict[str, PostDraft] = field(default_factory=dict)
    postings: dict[EventId, Posting] = field(default_factory=dict)
    sent_again: list[EventId] = field(default_factory=list)
    deleted: list[EventId] = field(default_factory=list)
    readers: tuple[str, ...] = ()
    pictures: StagePictures = field(default_factory=StagePictures)
    upload_gate: asyncio.Event | None = None
    """Uploading waits for it after half of the first picture, if it is there."""
    refusal: RequestError | BackendError | None = None

    @property
    def pubkey(self) -> XOnlyPubkey:
        return content.ME.pubkey

    def relays(self) -> tuple[str, ...]:
        return RELAYS

    def readers_relays(self, draft: PostDraft) -> tuple[str, ...]:
        return self.readers if draft.answered is not None else ()

    def drafts(self) -> tuple[PostDraft, ...]:
        return tuple(sorted(self.kept.values(), key=lambda one: one.changed_at, reverse=True))

    def new_draft(self) -> PostDraft:
        count = len(self.kept) + len(self.postings)
        return PostDraft(id=f"draft {count}", kind=1, changed_at=self.clock.now())

    def new_answer(self, event_id: EventId) -> PostDraft:
        post = self.feeds.find(event_id)
        assert post is not None
        answer = answer_to(post, None)
        answered = Answered(
            post=event_id,
            author=post.author,
            excerpt=post.title or post.text,
            kind=answer.kind,
            tags=answer.tags,
        )
        return replace(self.new_draft(), kind=answer.kind, answered=answered)

    async def edit(self, event_id: EventId) -> PostDraft:
        await asyncio.sleep(0.01)
        post = self.feeds.find(event_id)
        if post is None or post.author != self.pubkey:
            raise NotOurs
        long = LongPart(title=post.title, identifier="kept", published_at=1, after=post.created_at)
        return replace(self.new_draft(), kind=30_023, text=post.text, long=long)

    def keep(self, draft: PostDraft) -> PostDraft:
        self.kept[draft.id] = replace(draft, changed_at=self.clock.now())
        self.bus.publish(DraftsChanged())
        return self.kept[draft.id]

    def discard(self, draft_id: str) -> None:
        self.kept.pop(draft_id, None)
        self.bus.publish(DraftsChanged())

    def preview(self, draft: PostDraft) -> Post | None:
        return Composer(self.pubkey, self.clock).preview(draft)

    async def upload(self, draft: PostDraft, progress: Callable[[Progress], None]) -> PostDraft:
        missing = [one for one in draft.pictures if not one.url]
        if missing:
            progress(Progress(number=1, count=len(draft.pictures), percent=50))
        if missing and self.upload_gate is not None:
            await self.upload_gate.wait()
        if missing and self.refusal is not None:
            raise self.refusal
        up = (replace(one, url=f"https://m.example/{one.hash}") for one in draft.pictures)
        return self.keep(replace(draft, pictures=tuple(up)))

    async def publish(self, draft: PostDraft) -> Posting:
        await asyncio.sleep(0.01)
        if draft.id not in self.kept:
            raise AlreadyPublished
        event = self._event(draft)
        outcomes = tuple(RelayOutcome(url) for url in RELAYS if url not in draft.without)
        posting = Posting(event=event, at=self.clock.now(), relays=outcomes)
        self.postings[event.id] = posting
        post = parse_post(event)
        assert post is not None
        self.feeds.add(post)
        self.discard(draft.id)
        return posting

    async def delete(self, event_id: EventId) -> Posting:
        await asyncio.sleep(0.01)
        post = self.feeds.find(event_id)
        if post is None or post.author != self.pubkey:
            raise NotOurs
        self.deleted.append(event_id)
        self.feeds.remove(event_id)
        return self.postings[event_id]

    def posting(self, event_id: EventId) -> Posting | None:
        return self.postings.get(event_id)

    def send_again(self, event_id: EventId) -> None:
        self.sent_again.append(event_id)

    def answer(self, event_id: EventId, *states: tuple[RelayState, str]) -> None:
        """The relays say this, in their order."""
        before = self.postings[event_id]
        pairs = zip(before.relays, states, strict=True)
        relays = tuple(RelayOutcome(one.url, *said) for one, said in pairs)
        self.postings[event_id] = replace(before, relays=relays)
        self.bus.publish(PostingChanged(event_id))

    def _event(self, draft: PostDraft) -> Event:
        unsigned = Composer(self.pubkey, self.clock).unsigned(draft)
        return Event(
            id=EventId(content.number(70_000 + len(self.postings))),
            pubkey=self.pubkey,
            created_at=unsigned.created_at,
            kind=unsigned.kind,
            tags=unsigned.tags,
            content=unsigned.content,
            sig=bytes(64),
        )
