"""The stage's writing: drafts in memory, and relays that say what they are told to."""

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tests.ui import content
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import Post, parse_post
from tipdesk.nostr.writing import answer_to, merged, text_tags, written
from tipdesk.ports.writing import Answered, LongPart, PostDraft, Posting, RelayOutcome, RelayState
from tipdesk.services.bus import Bus
from tipdesk.services.events import DraftsChanged, PostingChanged
from tipdesk.services.writing_errors import AlreadyPublished, NotOurs

if TYPE_CHECKING:
    from tests.ui.stage import StageClock, StageFeeds

RELAYS = (
    "wss://relay.example",
    "wss://inbox.example",
    "wss://a-rather-long-name-of-a-relay.example/outbox",
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
        return parse_post(self._event(draft))

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
        text = written(draft.text)
        answer = () if draft.answered is None else draft.answered.tags
        if draft.long is not None:
            title, number = draft.long.title, draft.long.identifier or draft.id
            answer = (("d", number), ("title", title))
        cover = () if draft.warning is None else (("content-warning", draft.warning),)
        return Event(
            id=EventId(content.number(70_000 + len(self.postings))),
            pubkey=self.pubkey,
            created_at=self.clock.now().unix_seconds,
            kind=draft.kind,
            tags=merged(answer, text_tags(text), cover),
            content=text,
            sig=bytes(64),
        )
