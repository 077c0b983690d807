"""Drafts survive, a post is signed once, every relay's word is kept, and what failed goes again."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.fakes import CREATOR, FAN, RELAY, FakeRelays, sign, until
from tests.picturing import picture_service, view
from tests.unit.services.conftest import POST, Fan
from tipdesk.adapters.net.upload import UploadClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.writing import WRITING_SCHEMA, MoneyWritingStore
from tipdesk.base.ids import EventId
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import Image, parse_post
from tipdesk.nostr.nip10 import thread_of
from tipdesk.ports.relays import PublishResult
from tipdesk.ports.writing import LongPart, PostDraft, RelayOutcome, RelayState
from tipdesk.practice.media import PracticeMedia
from tipdesk.services import writing
from tipdesk.services.composing import MAX_NOTE_CHARS
from tipdesk.services.events import PostingChanged
from tipdesk.services.pictures import PictureGone
from tipdesk.services.writing import Progress, WritingService
from tipdesk.services.writing_errors import (
    AlreadyPublished,
    NoRelayChosen,
    NotAPicture,
    NothingWritten,
    NotOurs,
    NotUploaded,
    PictureMissing,
    TitleMissing,
    TooLong,
    TooManyDrafts,
    TooManyPictures,
    VersionUnknown,
)

THEIRS = "ws://127.0.0.1:7999"


@dataclass
class Relays(FakeRelays):
    """Each relay answers as `says` has it; without an entry it takes all."""

    says: dict[str, PublishResult] = field(default_factory=dict)
    holds: asyncio.Event | None = None

    async def publish(
        self, event: Event, urls: Sequence[str] | None = None, *, timeout: float = 10.0
    ) -> Mapping[str, PublishResult]:
        if self.holds is not None:
            await self.holds.wait()
        taken = await super().publish(event, urls, timeout=timeout)
        return {url: self.says.get(url, result) for url, result in taken.items()}


class Desk:
    """The service over a real database; `open` is a start of the app."""

    def __init__(self, fan: Fan, folder: Path) -> None:
        self.fan = fan
        self.folder = folder
        self.relays = Relays()
        self.pictures = picture_service(folder, fan.clock, fan.entropy)
        self.open()

    def open(self) -> None:
        self.database = MoneyDatabase(self.folder / "writing.db", (WRITING_SCHEMA,))
        self.service = WritingService(
            signer=KeySigner(FAN, self.fan.entropy),
            lists=self.fan.lists,
            relay_lists=self.fan.relay_lists,
            relays=self.relays,
            store=MoneyWritingStore(self.database),
            pictures=self.pictures,
            feeds=self.fan.feed,
            bus=self.fan.bus,
            clock=self.fan.clock,
            entropy=self.fan.entropy,
        )

    def files(self) -> set[str]:
        return {path.name for path in (self.folder / "draft-pictures").iterdir()}

    def restart(self) -> None:
        self.database.close()
        self.open()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.service.run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def posted(self, text: str = "tiles #blue") -> EventId:
        draft = self.service.keep(replace(self.service.new_draft(), text=text))
        return (await self.service.publish(draft)).event.id

    def outcomes(self, event_id: EventId) -> tuple[RelayOutcome, ...]:
        posting = self.service.posting(event_id)
        assert posting is not None
        return posting.relays

    def is_done(self, event_id: EventId) -> bool:
        posting = self.service.posting(event_id)
        return posting is not None and not posting.is_waiting


@pytest.fixture
def desk(fan: Fan, tmp_path: Path) -> Desk:
    return Desk(fan, tmp_path)


def test_drafts_are_there_again_after_a_crash_and_go_when_they_are_discarded(desk: Desk) -> None:
    one = desk.service.keep(replace(desk.service.new_draft(), text="one", warning=""))
    desk.fan.clock.pass_ms(1_000)
    two = desk.service.keep(replace(desk.service.new_draft(), text="two", without=(RELAY,)))
    desk.restart()
    assert desk.service.drafts() == (two, one)
    desk.service.discard(one.id)
    assert desk.service.drafts() == (two,)
    assert desk.relays.published == []


def test_drafts_are_bounded_and_those_that_are_there_can_still_be_written_on(desk: Desk) -> None:
    kept = [
        desk.service.keep(replace(desk.service.new_draft(), text="x"))
        for _ in range(writing.MAX_DRAFTS)
    ]
    with pytest.raises(TooManyDrafts):
        desk.service.keep(replace(desk.service.new_draft(), text="x"))
    desk.service.keep(replace(kept[0], text="more"))


async def test_a_post_is_in_the_feed_at_once_and_marked_until_a_relay_took_it(desk: Desk) -> None:
    desk.relays.holds = asyncio.Event()
    async with desk.running():
        event_id = await desk.posted()
        assert desk.service.drafts() == ()
        view = desk.fan.feed.post(event_id)
        assert view is not None
        assert (view.post.text, view.post.hashtags) == ("tiles #blue", ("blue",))
        posting = desk.service.posting(event_id)
        assert posting is not None
        assert posting.event.is_authentic()
        assert (posting.is_taken, posting.is_waiting) == (False, True)
        desk.relays.holds.set()
        await until(lambda: desk.is_done(event_id))
        assert desk.outcomes(event_id) == (RelayOutcome(RELAY, RelayState.ACCEPTED),)
        assert PostingChanged(event_id) in desk.fan.events


async def test_what_a_relay_said_is_kept_and_the_same_event_is_sent_again(desk: Desk) -> None:
    hostile = "blocked: <b>no</b>\u202e\nplease" + "x" * 500
    desk.relays.says[RELAY] = PublishResult(accepted=False, message=hostile)
    async with desk.running():
        event_id = await desk.posted()
        await until(lambda: desk.is_done(event_id))
        [outcome] = desk.outcomes(event_id)
        assert outcome.state is RelayState.REFUSED
        assert outcome.message.startswith("blocked: <b>no</b> please")
        assert len(outcome.message) == writing.MAX_WORD_CHARS
        desk.relays.says[RELAY] = PublishResult(accepted=False, message="", answered=False)
        desk.service.send_again(event_id)
        await until(lambda: desk.is_done(event_id))
        assert desk.outcomes(event_id)[0].state is RelayState.SILENT
        del desk.relays.says[RELAY]
        desk.service.send_again(event_id)
        await until(lambda: desk.is_done(event_id))
    assert desk.outcomes(event_id)[0].state is RelayState.ACCEPTED
    assert len({event for event, _ in desk.relays.published}) == 1
    desk.service.send_again(event_id)
    assert len(desk.relays.published) == 3


async def test_what_a_crash_left_is_sent_at_the_next_start_and_not_signed_anew(desk: Desk) -> None:
    event_id = await desk.posted()  # Nobody runs: the process ended here.
    assert desk.relays.published == []
    desk.restart()
    async with desk.running():
        await until(lambda: desk.is_done(event_id))
    assert [event.id for event, _ in desk.relays.published] == [event_id]


async def test_a_draft_is_published_once(desk: Desk) -> None:
    draft = desk.service.keep(replace(desk.service.new_draft(), text="once"))
    async with desk.running():
        results = await asyncio.gather(
            desk.service.publish(draft), desk.service.publish(draft), return_exceptions=True
        )
        assert [type(one) for one in results][1] is AlreadyPublished
        await asyncio.sleep(0.01)
    assert len(desk.relays.published) == 1


async def test_nothing_is_published_without_words_relays_or_measure(desk: Desk) -> None:
    service = desk.service
    for draft, error in (
        (replace(service.new_draft(), text=" \n"), NothingWritten),
        (replace(service.new_draft(), text="x" * (MAX_NOTE_CHARS + 1)), TooLong),
        (replace(service.new_draft(), text="x", without=(RELAY,)), NoRelayChosen),
    ):
        with pytest.raises(error):
            await service.publish(service.keep(draft))
        assert draft.id in [one.id for one in service.drafts()]
    assert desk.relays.published == []


async def test_a_reply_stands_under_its_post_and_reaches_where_its_author_reads(desk: Desk) -> None:
    async with desk.fan.running(), desk.running():
        desk.fan.meet_ana()
        lists = (("r", THEIRS, "read"), ("r", "ws://127.0.0.1:7998", "write"))
        desk.fan.relay_lists.learn(sign(CREATOR, 10_002, "", tags=lists))
        draft = replace(desk.service.new_answer(POST.id), text="so good", warning=" tears ")
        assert draft.answered is not None
        assert draft.answered.excerpt == "a song"
        assert desk.service.readers_relays(draft) == (THEIRS,)
        preview = desk.service.preview(draft)
        assert preview is not None
        assert (preview.reply_to, preview.warning) == (POST.id, "tears")
        kept = desk.service.keep(draft)
        desk.restart()
        assert desk.service.new_answer(POST.id) == kept
    async with desk.running():
        posting = await desk.service.publish(kept)
        await until(lambda: desk.is_done(posting.event.id))
    assert [one.url for one in posting.relays] == [RELAY, THEIRS]
    thread = thread_of(posting.event)
    assert thread is not None
    assert thread.reply.id == POST.id
    assert posting.event.values("p") == (CREATOR.x_only.hex(),)


async def test_our_own_post_is_deleted_here_at_once_and_stays_gone(desk: Desk) -> None:
    async with desk.fan.running(), desk.running():
        event_id = await desk.posted()
        deletion = await desk.service.delete(event_id)
        assert desk.fan.feed.post(event_id) is None
        await until(lambda: desk.is_done(deletion.event.id))
        assert deletion.event.values("e") == (event_id.hex(),)
        desk.fan.meet_ana()
        with pytest.raises(NotOurs):
            await desk.service.delete(POST.id)
        posting = desk.service.posting(event_id)
        assert posting is not None
        desk.fan.feed.take_own(posting.event)
        assert desk.fan.feed.post(event_id) is None


async def test_our_own_posts_are_in_the_feed_after_a_restart(desk: Desk) -> None:
    async with desk.fan.running(), desk.running():
        event_id = await desk.posted()
        await asyncio.sleep(0.05)
    desk.fan.close()
    desk.fan.open()
    async with desk.fan.running():
        await until(lambda: desk.fan.feed.post(event_id) is not None)


async def published_long(desk: Desk) -> Event:
    long = LongPart(title="The canal", summary="A year", picture="https://img.example/a.jpg")
    draft = replace(desk.service.new_draft(30_023), text="# One #walks", long=long)
    return (await desk.service.publish(desk.service.keep(draft))).event


async def test_a_long_post_has_an_identifier_and_an_edit_replaces_it(desk: Desk) -> None:
    async with desk.fan.running(), desk.running():
        first = await published_long(desk)
        identifier = first.first("d")
        assert identifier is not None
        assert identifier.startswith("the-canal-")
        assert (first.first("summary"), first.first("t")) == ("A year", "walks")
        assert first.first("image") == "https://img.example/a.jpg"
        other = sign(
            FAN,
            30_023,
            "By another client",
            created_at=first.created_at + 600,
            tags=(*(tag for tag in first.tags if tag[0] != "t"), ("zap", "x")),
        )
        desk.relays.stored[RELAY] = [other]
        draft = await desk.service.edit(first.id)
        assert draft.text == "By another client"
        kept = desk.service.keep(replace(draft, text="Second"))
        assert await desk.service.edit(first.id) == kept
    desk.restart()
    assert desk.service.drafts() == (kept,)
    async with desk.fan.running(), desk.running():
        second = (await desk.service.publish(kept)).event
        assert (second.first("d"), second.first("published_at")) == (
            identifier,
            str(first.created_at),
        )
        assert second.created_at == other.created_at + 1
        assert second.values("zap") == ("x",)
        assert desk.fan.feed.post(first.id) is None
        assert desk.fan.feed.post(second.id) is not None


async def test_a_long_post_without_title_or_with_a_bad_picture_stays_a_draft(desk: Desk) -> None:
    for long, error in (
        (LongPart(title=" "), TitleMissing),
        (LongPart(title="T", picture="my picture"), NotAPicture),
    ):
        draft = desk.service.keep(replace(desk.service.new_draft(30_023), text="x", long=long))
        with pytest.raises(error):
            await desk.service.publish(draft)
        assert draft in desk.service.drafts()


async def test_an_edit_waits_for_a_relay_that_knows_what_is_published(desk: Desk) -> None:
    event = sign(FAN, 30_023, "x", tags=(("d", "elsewhere"), ("title", "T")))
    desk.fan.feed.take_own(event)
    desk.relays.silent = {RELAY}
    with pytest.raises(VersionUnknown):
        await desk.service.edit(event.id)
    assert desk.service.drafts() == ()


async def pictured(desk: Desk, *seeds: str, kind: int = 1) -> PostDraft:
    pictures = tuple([await desk.pictures.take(view(seed)) for seed in seeds])
    return desk.service.keep(replace(desk.service.new_draft(kind), pictures=pictures))


async def test_a_note_with_pictures_names_them_below_its_text_and_says_what_they_show(
    desk: Desk,
) -> None:
    async with uploads(desk) as media, desk.fan.running(), desk.running():
        draft = await pictured(desk, "one", "two")
        first, second = draft.pictures
        draft = replace(draft, text="Tiles", pictures=(replace(first, alt="Blue\ntiles"), second))
        told: list[Progress] = []
        draft = await desk.service.upload(desk.service.keep(draft), told.append)
        assert told[-1] == Progress(number=2, count=2, percent=100)
        event = (await desk.service.publish(draft)).event
        urls = [f"{media.url}/{one.hash}.png" for one in draft.pictures]
        assert event.content == "Tiles\n\n" + "\n".join(urls)
        assert event.tags[0] == (
            "imeta",
            f"url {urls[0]}",
            "m image/png",
            f"x {first.hash}",
            "dim 60x40",
            "alt Blue tiles",
        )
        post = parse_post(event)
        assert post is not None
        assert post.text == "Tiles"
        assert post.images == (Image(urls[0], "Blue tiles", 60, 40), Image(urls[1], "", 60, 40))


async def test_a_picture_post_has_its_title_and_can_be_found_by_its_pictures(desk: Desk) -> None:
    async with uploads(desk), desk.fan.running(), desk.running():
        draft = await pictured(desk, "one", kind=20)
        draft = replace(draft, title="First\nlight", text="Fog #hills")
        draft = await desk.service.upload(desk.service.keep(draft), lambda _: None)
        event = (await desk.service.publish(draft)).event
        [picture] = draft.pictures
        assert (event.kind, event.first("title"), event.content) == (
            20,
            "First light",
            "Fog #hills",
        )
        assert (event.first("x"), event.first("m")) == (picture.hash, "image/png")
        assert event.first("t") == "hills"
        post = desk.fan.feed.post(event.id)
        assert post is not None
        assert [one.url for one in post.post.images] == [picture.url]


async def test_nothing_is_published_before_every_picture_is_up_and_none_goes_up_twice(
    desk: Desk,
) -> None:
    async with uploads(desk) as media, desk.fan.running(), desk.running():
        draft = replace(await pictured(desk, "one", "two"), text="Tiles")
        with pytest.raises(NotUploaded):
            await desk.service.publish(draft)
        await desk.pictures.forget(frozenset({draft.pictures[1].hash}))
        with pytest.raises(PictureGone):
            await desk.service.upload(draft, lambda _: None)
        [kept] = desk.service.drafts()
        assert [bool(one.url) for one in kept.pictures] == [True, False]
        assert desk.relays.published == []
        await desk.pictures.take(view("two"))
        done = await desk.service.upload(kept, lambda _: None)
        assert media.uploads == [one.hash for one in done.pictures]


async def test_what_cannot_be_published_is_not_uploaded(desk: Desk) -> None:
    async with uploads(desk) as media:
        plain = replace(desk.service.new_draft(20), title="Light", text="x")
        for draft, error in (
            (plain, PictureMissing),
            (replace(await pictured(desk, *map(str, range(11))), text="x"), TooManyPictures),
            (replace(await pictured(desk, "a"), without=(RELAY,)), NoRelayChosen),
        ):
            with pytest.raises(error):
                await desk.service.upload(draft, lambda _: None)
        assert media.uploads == []


async def test_the_preview_shows_pictures_that_are_on_this_machine_alone(desk: Desk) -> None:
    draft = await pictured(desk, "one")
    preview = desk.service.preview(draft)
    assert preview is not None
    assert preview.images == (Image(draft.pictures[0].local_url, "", 60, 40),)
    as_picture = desk.service.preview(replace(draft, kind=20, title="Light"))
    assert as_picture is not None
    assert (as_picture.kind, len(as_picture.images)) == (20, 1)
    # Only a person's own draft can point there.
    stranger = sign(CREATOR, 20, "", tags=(("imeta", f"url {draft.pictures[0].local_url}"),))
    assert parse_post(stranger) is None


async def test_pictures_of_drafts_survive_a_restart_and_go_with_the_last_draft_that_has_them(
    desk: Desk,
) -> None:
    one, two = await pictured(desk, "shared", "own"), await pictured(desk, "shared")
    await desk.pictures.take(view("of a draft that a crash cut off"))
    desk.pictures = picture_service(desk.folder, desk.fan.clock, desk.fan.entropy)
    desk.restart()
    assert set(desk.service.drafts()) == {one, two}
    shared = two.pictures[0].hash
    async with desk.running():
        await until(lambda: desk.files() == {shared, one.pictures[1].hash})
        desk.service.discard(one.id)
        await until(lambda: desk.files() == {shared})
        desk.service.discard(two.id)
        await until(lambda: desk.files() == set())


async def test_a_long_post_has_its_picture_as_its_cover(desk: Desk) -> None:
    async with uploads(desk), desk.fan.running(), desk.running():
        draft = await pictured(desk, "cover", kind=30_023)
        draft = replace(draft, text="A year", long=LongPart(title="The canal"))
        draft = await desk.service.upload(desk.service.keep(draft), lambda _: None)
        event = (await desk.service.publish(draft)).event
        assert event.first("image") == draft.pictures[0].url
        assert "imeta" not in [tag[0] for tag in event.tags]


@asynccontextmanager
async def uploads(desk: Desk) -> AsyncIterator[PracticeMedia]:
    """A media server, which the person chose."""
    media = PracticeMedia(desk.folder / "media", desk.fan.clock)
    await media.start()
    try:
        async with UploadClient(Network.REGTEST, WayOut()) as client:
            desk.pictures = picture_service(
                desk.folder, desk.fan.clock, desk.fan.entropy, server=media.url, client=client
            )
            desk.restart()
            yield media
    finally:
        await media.stop()
