"""Writing posts: drafts that are kept, one signature each, and what every relay made of it.

A draft becomes an event once. The signed event is kept before it is sent, stands in the feed at
once, and the very same one is sent again where a relay did not take it.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.event import Event, Tags, parse_pubkey
from tipdesk.nostr.feed import KIND_DELETION, KIND_LONG_POST, KIND_NOTE, Post
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip23 import kept_tags, published_at
from tipdesk.nostr.nip36 import warning_of
from tipdesk.nostr.relay_url import normalised
from tipdesk.nostr.replaceable import latest
from tipdesk.nostr.writing import answer_to, deletion_tags
from tipdesk.ports.relays import PublishResult, RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.writing import (
    Answered,
    LongPart,
    PostDraft,
    Posting,
    RelayOutcome,
    RelayState,
    WritingStore,
)
from tipdesk.services.bus import Bus
from tipdesk.services.composing import Composer
from tipdesk.services.events import DraftsChanged, FeedChanged, PostingChanged
from tipdesk.services.feeds import FeedService
from tipdesk.services.own_lists import FETCH_SECONDS, OwnLists
from tipdesk.services.pictures import PictureService
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.writing_errors import (
    AlreadyPublished,
    NoRelayChosen,
    NotOurs,
    NotUploaded,
    PostGone,
    TooManyDrafts,
    VersionUnknown,
)

MAX_DRAFTS: Final = 50
MAX_POSTINGS: Final = 1_000
MAX_WORD_CHARS: Final = 200
_MAX_EXCERPT: Final = 240
_MAX_READERS: Final = 5
_RELAYS_OF_ONE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far uploading is: the picture's number, of how many, and how much of it went."""

    number: int
    count: int
    percent: int


class WritingService:
    """Drafts and postings; `run` sends what waits, also what the last run left."""

    def __init__(
        self,
        *,
        signer: EventSigner,
        lists: OwnLists,
        relay_lists: RelayLists,
        relays: RelayPool,
        store: WritingStore,
        pictures: PictureService,
        feeds: FeedService,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._signer = signer
        self._lists = lists
        self._relay_lists = relay_lists
        self._relays = relays
        self._store = store
        self.pictures = pictures
        self._composer = Composer(signer.pubkey, clock)
        self._feeds = feeds
        self._bus = bus
        self._clock = clock
        self._entropy = entropy
        self._one_at_a_time = asyncio.Lock()
        self._group: asyncio.TaskGroup | None = None

    @property
    def pubkey(self) -> XOnlyPubkey:
        """Who writes."""
        return self._signer.pubkey

    def relays(self) -> tuple[str, ...]:
        """Where we publish."""
        return self._lists.write_relays()

    def drafts(self) -> tuple[PostDraft, ...]:
        """Every draft, the one changed last first."""
        return tuple(self._store.drafts())

    def new_draft(self, kind: int = KIND_NOTE) -> PostDraft:
        """An empty one, which is kept with its first words."""
        return PostDraft(
            id=self._entropy.random_bytes(8).hex(),
            kind=kind,
            changed_at=self._clock.now(),
            long=LongPart() if kind == KIND_LONG_POST else None,
        )

    def new_answer(self, event_id: EventId) -> PostDraft:
        """An empty reply to a post that is here; the draft of one if there is one.

        Raises `RootUnknown` if the post's thread begins nowhere that is known.
        """
        for draft in self._store.drafts():
            if draft.answered is not None and draft.answered.post == event_id:
                return draft
        post = self._feeds.find(event_id)
        if post is None:
            raise PostGone
        root = None if post.root is None else self._feeds.find(post.root)
        if root is None and post.root_address:
            root = self._feeds.at(post.root_address)
        relay = next(iter(self._relay_lists.writes(post.author)), "")
        answer = answer_to(post, root, relay=relay)
        answered = Answered(
            post=event_id,
            author=post.author,
            excerpt=one_line(post.title or post.text, maximum=_MAX_EXCERPT),
            kind=answer.kind,
            tags=answer.tags,
        )
        return replace(self.new_draft(answer.kind), answered=answered)

    async def edit(self, event_id: EventId) -> PostDraft:
        """A draft that replaces a long post of ours, begun from its latest version.

        The one that was begun before, if there is one. Raises `NotOurs` and `VersionUnknown`.
        """
        post = self._feeds.find(event_id)
        if post is None or post.author != self.pubkey or post.kind != KIND_LONG_POST:
            raise NotOurs
        identifier = (post.address or "").partition(":")[2].partition(":")[2]
        for draft in self._store.drafts():
            if draft.long is not None and draft.long.identifier == identifier:
                return draft
        wanted = Filter(authors=(self.pubkey,), kinds=(post.kind,), tags={"d": (identifier,)})
        urls = self._lists.write_relays()
        found = await self._relays.fetch([wanted], urls=urls, timeout=FETCH_SECONDS)
        known = self._store.posting(event_id)
        version = latest(event for event in (*found.events, known and known.event) if event)
        if version is None:
            raise VersionUnknown
        return replace(
            self.new_draft(KIND_LONG_POST),
            text=version.content,
            warning=warning_of(version),
            long=LongPart(
                title=version.first("title") or "",
                summary=version.first("summary") or "",
                picture=version.first("image") or "",
                identifier=identifier,
                published_at=published_at(version),
                after=version.created_at,
                kept=kept_tags(version),
            ),
        )

    def keep(self, draft: PostDraft) -> PostDraft:
        """Keeps what is written so far, durably; nothing leaves this machine."""
        known = {one.id for one in self._store.drafts()}
        if draft.id not in known and len(known) >= MAX_DRAFTS:
            raise TooManyDrafts(MAX_DRAFTS)
        draft = replace(draft, changed_at=self._clock.now())
        self._store.save_draft(draft)
        self._store.commit()
        if draft.id not in known:
            self._bus.publish(DraftsChanged())
        return draft

    def discard(self, draft_id: str) -> None:
        """Forgets a draft, and pictures that no other one has."""
        gone = next((one for one in self._store.drafts() if one.id == draft_id), None)
        self._store.drop_draft(draft_id)
        self._store.commit()
        if gone is not None:
            self._forget_pictures(gone)
        self._bus.publish(DraftsChanged())

    def preview(self, draft: PostDraft) -> Post | None:
        """The post that others would see; None while there is nothing to show."""
        return self._composer.preview(draft)

    def readers_relays(self, draft: PostDraft) -> tuple[str, ...]:
        """Where those read who are named in it, beyond our own relays (NIP-65)."""
        return self._readers_relays(self._composer.unsigned(draft).tags)

    async def upload(self, draft: PostDraft, progress: Callable[[Progress], None]) -> PostDraft:
        """Uploads what the draft shows and nobody has yet; each is kept in it as it arrives.

        What could not be published anyway is not uploaded. Raises as `publish`, and what
        `PictureService.upload` raises.
        """
        self._checked(draft)
        for place, picture in enumerate(draft.pictures):
            if not picture.url:
                tell = partial(_tell, progress, place, len(draft.pictures), picture.size)
                done = await self.pictures.upload(picture, tell)
                pictures = (*draft.pictures[:place], done, *draft.pictures[place + 1 :])
                draft = self.keep(replace(draft, pictures=pictures))
        return draft

    async def publish(self, draft: PostDraft) -> Posting:
        """Signs it once and begins to send it; the draft is gone in the commit that keeps it.

        Raises what `Composer.check` does, `NotUploaded`, `NoRelayChosen`, `AlreadyPublished`.
        """
        async with self._one_at_a_time:
            if draft.id not in {one.id for one in self._store.drafts()}:
                raise AlreadyPublished
            urls = self._checked(draft)
            missing = sum(not one.url for one in draft.pictures)
            if missing:
                raise NotUploaded(missing)
            event = await self._signer.sign(self._composer.unsigned(draft))
            posting = self._posting(event, urls)
            self._store.drop_draft(draft.id)
            self._begin(posting)
        self._forget_pictures(draft)
        self._bus.publish(DraftsChanged())
        return posting

    async def delete(self, event_id: EventId) -> Posting:
        """NIP-09: asks relays to delete a post of ours; it is gone here at once.

        Relays may keep it, and others may have copies. Raises `NotOurs`.
        """
        post = self._feeds.find(event_id)
        if post is None or post.author != self.pubkey:
            raise NotOurs
        before = self._store.posting(event_id)
        sent_to = () if before is None else (one.url for one in before.relays)
        urls = tuple(dict.fromkeys((*self._lists.write_relays(), *sent_to)))
        unsigned = self._composer.event(KIND_DELETION, deletion_tags(post), "")
        posting = self._posting(await self._signer.sign(unsigned), urls)
        self._begin(posting)
        self._bus.publish(FeedChanged((), frozenset({event_id})))
        return posting

    def posting(self, event_id: EventId) -> Posting | None:
        """How it stands with something of ours that was published here."""
        return self._store.posting(event_id)

    def send_again(self, event_id: EventId) -> None:
        """Sends the same event to the relays that did not take it."""
        posting = self._store.posting(event_id)
        if posting is not None and not posting.is_waiting:
            self._keep_posting(
                replace(
                    posting,
                    relays=tuple(
                        one if one.state is RelayState.ACCEPTED else RelayOutcome(one.url)
                        for one in posting.relays
                    ),
                )
            )
            self._send(event_id)

    async def run(self) -> None:
        """Takes up what the last run left, then sends until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                group.create_task(self._tidy(), name="pictures of no draft")
                for posting in self._store.unfinished():
                    self._feeds.take_own(posting.event)
                    self._send(posting.event.id)
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    def _checked(self, draft: PostDraft) -> tuple[str, ...]:
        self._composer.check(draft)
        return self._targets(draft)

    def _targets(self, draft: PostDraft) -> tuple[str, ...]:
        """Where it goes."""
        ours = tuple(url for url in self._lists.write_relays() if url not in draft.without)
        if not ours:
            raise NoRelayChosen
        return tuple(dict.fromkeys((*ours, *self.readers_relays(draft))))

    def _readers_relays(self, tags: Tags) -> tuple[str, ...]:
        ours = set(map(normalised, self._lists.write_relays()))
        named = (parse_pubkey(tag[1]) for tag in tags if tag[0] == "p")
        people = [person for person in dict.fromkeys(named) if person != self.pubkey]
        urls = (
            url
            for person in people[:_MAX_READERS]
            for url in self._relay_lists.reads(person)[:_RELAYS_OF_ONE]
        )
        return tuple(url for url in dict.fromkeys(urls) if url not in ours)

    def _posting(self, event: Event, urls: Iterable[str]) -> Posting:
        outcomes = tuple(RelayOutcome(url) for url in urls)
        return Posting(event=event, at=self._clock.now(), relays=outcomes)

    def _begin(self, posting: Posting) -> None:
        self._store.save_posting(posting, keep=MAX_POSTINGS)
        self._store.commit()
        self._feeds.take_own(posting.event)
        self._bus.publish(PostingChanged(posting.event.id))
        self._send(posting.event.id)

    def _send(self, event_id: EventId) -> None:
        posting = self._store.posting(event_id)
        if self._group is None or posting is None:
            return  # The next run takes it up.
        for outcome in posting.relays:
            if outcome.state is RelayState.WAITING:
                self._group.create_task(
                    self._send_to(posting.event, outcome.url), name=f"post to {outcome.url}"
                )

    async def _send_to(self, event: Event, url: str) -> None:
        results = await self._relays.publish(event, (url,))
        posting = self._store.posting(event.id)
        if posting is None:
            return
        outcome = _outcome(url, results.get(url))
        relays = tuple(outcome if one.url == url else one for one in posting.relays)
        self._keep_posting(replace(posting, relays=relays))

    async def _tidy(self) -> None:
        """Pictures of a draft that a crash cut off before it was kept."""
        left = await self.pictures.left()
        await self.pictures.forget(left - self._used())

    def _forget_pictures(self, draft: PostDraft) -> None:
        unused = frozenset(one.hash for one in draft.pictures) - self._used()
        if unused and self._group is not None:  # Otherwise the next run tidies up.
            self._group.create_task(self.pictures.forget(unused), name="pictures of a draft")

    def _used(self) -> frozenset[str]:
        return frozenset(one.hash for draft in self._store.drafts() for one in draft.pictures)

    def _keep_posting(self, posting: Posting) -> None:
        self._store.save_posting(posting, keep=MAX_POSTINGS)
        self._store.commit()
        self._bus.publish(PostingChanged(posting.event.id))


def _tell(
    progress: Callable[[Progress], None], place: int, count: int, size: int, sent: int
) -> None:
    progress(Progress(number=place + 1, count=count, percent=100 * sent // max(1, size)))


def _outcome(url: str, result: PublishResult | None) -> RelayOutcome:
    """A relay's words are a stranger's: one line, bounded."""
    if result is None:
        return RelayOutcome(url, RelayState.SILENT)
    state = RelayState.SILENT
    if result.answered:
        state = RelayState.ACCEPTED if result.accepted else RelayState.REFUSED
    return RelayOutcome(url, state, one_line(result.message, maximum=MAX_WORD_CHARS))
