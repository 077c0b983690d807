"""Threads: what is answered, replies depth first, comments on long posts; all of it bounded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, sign, until
from tests.unit.services.conftest import Fan
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.nip19 import AddressPointer, EventPointer
from tipdesk.nostr.nip51 import Mute, MuteKind
from tipdesk.services.events import PostingChanged
from tipdesk.services.threads import MAX_DEPTH, PAGE, ThreadService, ThreadView

T = START.unix_seconds
HINT = "ws://127.0.0.1:7002"


def note(text: str, *answered: Event, at: int = 0) -> Event:
    """A reply by NIP-10: the first answered is the root, the last the one replied to."""
    tags: Tags = ()
    if answered:
        tags = (("e", answered[0].id.hex(), "", "root"), ("e", answered[-1].id.hex(), "", "reply"))
    return sign(STRANGER, 1, text, tags=tags, created_at=T - 1_000 + at)


ROOT = note("root")
ONE = note("one", ROOT, at=1)
TWO = note("two", ROOT, at=2)
UNDER = note("under one", ROOT, ONE, at=3)
LEAF = note("leaf", ROOT, UNDER, at=4)


class ThreadReader:
    def __init__(self, fan: Fan) -> None:
        self.fan = fan
        self.threads = ThreadService(
            feeds=fan.feed,
            relays=fan.relays,
            relay_lists=fan.relay_lists,
            people=fan.people,
            bus=fan.bus,
            practice=True,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self.fan.running():
            task = asyncio.ensure_future(self.threads.run())
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def read(self, event: Event) -> ThreadView:
        assert self.fan.feed.put_on_shelf(event) is not None
        self.threads.open(event.id)
        await until(lambda: not self.threads.view().is_asking)
        return self.threads.view()


@pytest.fixture
def reader(fan: Fan) -> ThreadReader:
    return ThreadReader(fan)


def replies(view: ThreadView) -> list[tuple[str, int]]:
    return [(line.view.post.text, line.depth) for line in view.replies]


def above(view: ThreadView) -> list[str]:
    return [one.post.text for one in view.above]


async def test_replies_come_depth_first_and_indented(reader: ThreadReader) -> None:
    reader.fan.relays.stored[RELAY] = [LEAF, UNDER, TWO, ONE, ROOT]
    async with reader.running():
        view = await reader.read(ROOT)
        assert replies(view) == [("one", 0), ("under one", 1), ("leaf", 2), ("two", 0)]
        assert (view.count, above(view), view.is_cut) == (4, [], False)


async def test_a_reply_shows_what_it_answers_and_its_own_replies(reader: ThreadReader) -> None:
    reader.fan.relays.stored[RELAY] = [LEAF, UNDER, TWO, ONE, ROOT]
    async with reader.running():
        view = await reader.read(UNDER)
        assert above(view) == ["root", "one"]
        assert replies(view) == [("leaf", 0)]


async def test_what_is_missing_above_is_said(reader: ThreadReader) -> None:
    reader.fan.relays.stored[RELAY] = [UNDER]
    async with reader.running():
        view = await reader.read(UNDER)
        assert (above(view), view.is_cut, view.no_answer) == ([], True, False)


async def test_older_notes_without_markers_have_a_place(reader: ThreadReader) -> None:
    tags = (("e", ROOT.id.hex()), ("e", ONE.id.hex()))
    old = sign(STRANGER, 1, "old client", tags=tags, created_at=T)
    reader.fan.relays.stored[RELAY] = [ROOT, ONE, old]
    async with reader.running():
        view = await reader.read(ROOT)
        assert replies(view) == [("one", 0), ("old client", 1)]


async def test_a_mention_is_no_reply(reader: ThreadReader) -> None:
    mention = sign(STRANGER, 1, "look", tags=(("e", ROOT.id.hex(), "", "mention"),))
    reader.fan.relays.stored[RELAY] = [ROOT, mention]
    async with reader.running():
        assert (await reader.read(ROOT)).count == 0


async def test_comments_on_a_long_post_are_its_replies(reader: ThreadReader) -> None:
    essay = sign(CREATOR, 30_023, "essay", tags=(("d", "x"),), created_at=T - 9)
    address = f"30023:{CREATOR.x_only.hex()}:x"
    first = sign(STRANGER, 1_111, "good", tags=(("A", address), ("a", address), ("k", "30023")))
    tags = (("A", address), ("e", first.id.hex()), ("k", "1111"))
    second = sign(STRANGER, 1_111, "indeed", tags=tags, created_at=T + 1)
    reader.fan.relays.stored[RELAY] = [essay, first, second]
    async with reader.running():
        assert replies(await reader.read(essay)) == [("good", 0), ("indeed", 1)]
        assert above(await reader.read(second)) == ["essay", "good"]


async def test_muted_replies_go_with_what_answers_them(reader: ThreadReader) -> None:
    reader.fan.relays.stored[RELAY] = [LEAF, UNDER, TWO, ONE, ROOT]
    reader.fan.feed.muted.set((Mute(MuteKind.WORD, "under"),))
    async with reader.running():
        assert replies(await reader.read(ROOT)) == [("one", 0), ("two", 0)]


async def test_depth_and_page_are_bounded(reader: ThreadReader) -> None:
    chain = [ROOT]
    for number in range(MAX_DEPTH + 5):
        chain.append(note(f"{number}", ROOT, chain[-1], at=10 + number))
    wide = [note(f"w{number}", ROOT, at=100 + number) for number in range(PAGE)]
    reader.fan.relays.stored[RELAY] = [*chain, *wide]
    async with reader.running():
        view = await reader.read(ROOT)
        assert max(line.depth for line in view.replies) == MAX_DEPTH
        assert len(view.replies) == PAGE
        assert view.count == PAGE + MAX_DEPTH + 5
        reader.threads.show_more()
        assert len(reader.threads.view().replies) == view.count


async def test_silent_relays_are_told_from_no_replies(reader: ThreadReader) -> None:
    reader.fan.relays.silent.add(RELAY)
    async with reader.running():
        view = await reader.read(ROOT)
        assert (view.count, view.no_answer) == (0, True)


async def test_a_link_is_looked_for_where_it_says(reader: ThreadReader) -> None:
    reader.fan.relays.stored[HINT] = [ONE]
    async with reader.running():
        assert await reader.threads.find(EventPointer(ONE.id, (HINT,))) == ONE.id
        assert await reader.threads.find(EventPointer(EventId(bytes(32)), (HINT,))) is None
        nowhere = AddressPointer("x", CREATOR.x_only, 30_023)
        assert await reader.threads.find(nowhere) is None


async def test_a_thread_that_was_left_is_not_asked_on(reader: ThreadReader) -> None:
    async with reader.running():
        await reader.read(ROOT)
        reader.threads.close()
        assert reader.threads.view() == ThreadView()


async def test_a_reply_of_ours_stands_in_the_open_thread_at_once(reader: ThreadReader) -> None:
    async with reader.running():
        await reader.read(ROOT)
        ours = sign(FAN, 1, "mine", tags=(("e", ROOT.id.hex(), "", "root"),), created_at=T)
        other = sign(FAN, 1, "elsewhere", created_at=T)
        for event in (ours, other):
            reader.fan.feed.take_own(event)
            reader.fan.bus.publish(PostingChanged(event.id))
        assert replies(reader.threads.view()) == [("mine", 0)]


async def test_a_comment_of_ours_stands_under_the_long_post(reader: ThreadReader) -> None:
    async with reader.running():
        essay = sign(CREATOR, 30_023, "x", tags=(("d", "a"), ("title", "T")), created_at=T - 9)
        await reader.read(essay)
        address = f"30023:{CREATOR.x_only.hex()}:a"
        tags = (("A", address, ""), ("a", address, ""), ("e", essay.id.hex()))
        ours = sign(FAN, 1_111, "mine", tags=tags, created_at=T)
        reader.fan.feed.take_own(ours)
        reader.fan.bus.publish(PostingChanged(ours.id))
        assert replies(reader.threads.view()) == [("mine", 0)]
        assert not reader.fan.feed.is_in_feed(ours.id)
