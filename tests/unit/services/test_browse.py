"""What the feed shows: whom one follows, a list, one person, a hashtag, a search."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, sign, until
from tests.unit.services.conftest import POST, Fan
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.nip51 import KIND_FOLLOW_SET, write_private
from tipdesk.nostr.nip65 import KIND_RELAY_LIST
from tipdesk.ports.http import NotReachable
from tipdesk.services.browse import PAGE, Asking, BrowseService
from tipdesk.services.events import FeedChanged, SelectionChanged
from tipdesk.services.follow_sets import FollowSets
from tipdesk.services.search_relays import (
    MAX_NAMED,
    NotASearchRelay,
    SearchRelays,
    TooManySearchRelays,
)
from tipdesk.services.selection import (
    Following,
    OfHashtag,
    OfList,
    OfPerson,
    OfSearch,
    read_query,
)

T = START.unix_seconds
OUTBOX = "ws://127.0.0.1:7001"
FINDER = "ws://127.0.0.1:7050"


class Reader:
    """A fan who browses; what the relays hold is in `stored`."""

    def __init__(self, fan: Fan) -> None:
        self.fan = fan
        self.signer = KeySigner(FAN, fan.entropy)
        self.stored = fan.relays.stored
        self.sets = FollowSets(signer=self.signer, lists=fan.lists, relays=fan.relays)
        self.search = SearchRelays(
            relays=fan.relays,
            http=fan.http,
            settings=MoneySettingsStore(fan.database),
            practice=True,
        )
        fan.http.answers["http://127.0.0.1:7777"] = b'{"supported_nips": [1, 11]}'
        asking = Asking(fan.relays, fan.relay_lists, fan.people, self.search, self.sets)
        self.browse = BrowseService(feeds=fan.feed, asking=asking, bus=fan.bus)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self.fan.running():
            self.fan.meet_ana()
            task = asyncio.ensure_future(self.browse.run())
            try:
                yield
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def settled(self) -> None:
        await until(lambda: not self.browse.standing.is_asking)

    def shown(self) -> list[str]:
        views = (self.fan.feed.post(event_id) for _, event_id in self.browse.order())
        return [view.post.text for view in views if view is not None]


@pytest.fixture
def reader(fan: Fan) -> Reader:
    return Reader(fan)


def note(text: str, *, age: int = 0, tags: Tags = ()) -> Event:
    return sign(STRANGER, 1, text, tags=tags, created_at=T - age)


async def test_those_one_follows_are_shown_at_first(reader: Reader) -> None:
    async with reader.running():
        assert reader.browse.selection == Following()
        assert reader.shown() == ["a song"]
        assert reader.browse.holds(POST.id)
        assert not reader.browse.standing.is_asking


async def test_a_person_is_read_where_they_write_and_marked_as_a_stranger(reader: Reader) -> None:
    places = sign(STRANGER, KIND_RELAY_LIST, tags=(("r", OUTBOX),))
    reader.stored[RELAY] = [places, note("on our relay")]
    reader.stored[OUTBOX] = [note("on theirs", age=9)]
    async with reader.running():
        reader.browse.choose(OfPerson(STRANGER.x_only))
        assert reader.browse.standing.is_asking
        await reader.settled()
        assert reader.shown() == ["on our relay", "on theirs"]
        (_, first), *_ = reader.browse.order()
        view = reader.fan.feed.post(first)
        assert view is not None
        assert view.is_strangers
        assert reader.browse.holds(first)
        assert not reader.browse.holds(POST.id)
        assert any(isinstance(e, FeedChanged) and first in e.added for e in reader.fan.events)


async def test_older_posts_come_page_by_page_until_there_are_none(reader: Reader) -> None:
    reader.stored[RELAY] = [note(str(n), age=n) for n in range(PAGE + 30)]
    async with reader.running():
        reader.browse.choose(OfPerson(STRANGER.x_only))
        await reader.settled()
        assert len(reader.browse.order()) == PAGE
        assert reader.browse.standing.has_older
        reader.browse.ask_older()
        await reader.settled()
        assert len(reader.browse.order()) == PAGE + 30
        reader.browse.ask_older()
        await reader.settled()
        assert not reader.browse.standing.has_older


async def test_a_hashtag_is_found_here_at_once_and_then_at_relays(reader: Reader) -> None:
    mine = sign(CREATOR, 1, "here", tags=(("t", "Sea"),), created_at=T - 5)
    reader.stored[RELAY] = [note("there", tags=(("t", "sea"),)), note("no", tags=(("t", "land"),))]
    async with reader.running():
        reader.fan.relays.deliver(mine)
        reader.browse.choose(OfHashtag("sea"))
        assert reader.shown() == ["here"]
        await reader.settled()
        assert reader.shown() == ["there", "here"]


async def test_words_go_to_search_relays_only(reader: Reader) -> None:
    reader.search.add(FINDER)
    reader.stored[RELAY] = [note("a song of the sea")]
    reader.stored[FINDER] = [note("songs of the land", age=3)]
    async with reader.running():
        reader.browse.choose(OfSearch("SONG"))
        await reader.settled()
        assert reader.shown() == ["songs of the land", "a song"]
        asked = [urls for filters, urls in reader.fan.relays.fetched if filters[0].search]
        assert asked == [(FINDER,)]
        assert reader.browse.standing.problem is None


async def test_a_relay_of_ours_that_says_it_can_search_is_asked(reader: Reader) -> None:
    reader.fan.http.answers["http://127.0.0.1:7777"] = b'{"supported_nips": [1, 50, "x", true]}'
    assert await reader.search.places() == (RELAY,)
    reader.fan.http.answers["http://127.0.0.1:7777"] = b"[]"
    assert await reader.search.places() == (RELAY,), "it is asked once a run"


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b'{"supported_nips": "50"}', b"[" * 9_000])
async def test_whatever_a_document_holds_the_answer_is_no(reader: Reader, answer: bytes) -> None:
    reader.fan.http.answers["http://127.0.0.1:7777"] = answer
    assert await reader.search.places() == ()


async def test_a_document_that_does_not_come_is_asked_for_again(reader: Reader) -> None:
    reader.fan.http.answers["http://127.0.0.1:7777"] = NotReachable("127.0.0.1")
    assert await reader.search.places() == ()
    reader.fan.http.answers["http://127.0.0.1:7777"] = b'{"supported_nips": [50]}'
    assert await reader.search.places() == (RELAY,)


async def test_without_a_search_relay_it_is_said_what_was_searched(reader: Reader) -> None:
    async with reader.running():
        reader.browse.choose(OfSearch("ana song"))
        await reader.settled()
        assert reader.shown() == ["a song"], "words are found in the author's name too"
        problem = reader.browse.standing.problem
        assert problem is not None
        assert "Only what is here already was searched" in problem


async def test_a_relay_that_does_not_answer_is_named_and_asked_again(reader: Reader) -> None:
    reader.fan.relays.silent.add(RELAY)
    async with reader.running():
        reader.browse.choose(OfHashtag("sea"))
        await reader.settled()
        assert reader.browse.standing.is_offline
        assert reader.browse.standing.silent == (RELAY,)
        reader.fan.relays.silent.clear()
        reader.browse.ask_again()
        await reader.settled()
        assert not reader.browse.standing.silent
        assert not reader.browse.standing.is_offline


async def test_lists_are_read_with_their_private_members(reader: Reader) -> None:
    secret = write_private((("p", STRANGER.x_only.hex()),))
    content = await reader.signer.encrypt(FAN.x_only, secret)
    tags = (("d", "x1"), ("title", "Band\u202e <b>"), ("p", CREATOR.x_only.hex()), ("p", "zz"))
    newest = sign(FAN, KIND_FOLLOW_SET, content, tags=tags)
    older = sign(FAN, KIND_FOLLOW_SET, tags=(("d", "x1"), ("p", "00" * 32)), created_at=T - 9)
    reader.stored[RELAY] = [older, newest, note("a drum")]
    async with reader.running():
        await until(reader.browse.lists)
        (one,) = reader.browse.lists()
        assert (one.identifier, one.name) == ("x1", "Band <b>")
        assert one.members == (CREATOR.x_only, STRANGER.x_only)
        reader.browse.choose(OfList("x1"))
        await reader.settled()
        assert reader.shown() == ["a drum", "a song"]


async def test_a_list_that_is_gone_says_so(reader: Reader) -> None:
    async with reader.running():
        reader.browse.choose(OfList("gone"))
        await reader.settled()
        assert reader.shown() == []
        assert str(reader.browse.standing.problem) == "This list is not on your relays any more."


async def test_a_new_choice_ends_the_asking_for_the_former(reader: Reader) -> None:
    reader.stored[RELAY] = [note("there", tags=(("t", "sea"),))]
    async with reader.running():
        reader.browse.choose(OfHashtag("sea"))
        reader.browse.choose(Following())
        await asyncio.sleep(0.02)
        assert reader.shown() == ["a song"]
        assert not reader.browse.standing.is_asking
        assert SelectionChanged() in reader.fan.events


def test_a_search_relay_is_an_address_and_there_are_few(reader: Reader) -> None:
    for text in ("", "https://x.example", "wss://" + "x" * 300):
        with pytest.raises(NotASearchRelay):
            reader.search.add(text)
    for number in range(MAX_NAMED):
        reader.search.add(f"wss://r{number}.example/")
    with pytest.raises(TooManySearchRelays):
        reader.search.add("wss://one.more")
    reader.search.drop("wss://r0.example")
    assert reader.search.named()[0] == "wss://r1.example"


def test_what_is_typed_is_a_hashtag_or_words_or_nothing() -> None:
    assert read_query(" #Sea ") == OfHashtag("sea")
    assert read_query("the sea\u202e") == OfSearch("the sea")
    assert read_query("# sea") == OfSearch("# sea")
    assert read_query("  ") == Following()
