"""Our own lists are written only from their latest version, and one entry at a time."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import (
    CREATOR,
    FAN,
    RELAY,
    START,
    STRANGER,
    FakeClock,
    FakeEntropy,
    FakeRelays,
    sign,
)
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.nip65 import RelayUse
from tipdesk.services.bus import Bus
from tipdesk.services.own_lists import Draft, NewestUnknown, NotPublished, OwnLists
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.publishing import ProfileLeftAlone, PublishingService
from tipdesk.services.relay_lists import NotARelay, RelayLists

T = START.unix_seconds
OTHER = "ws://127.0.0.1:8888"
THEIRS: Tags = (("p", CREATOR.x_only.hex(), "wss://hint.example", "ana"), ("x", "kept"))


@dataclass
class Desk:
    """Our lists over a real cache and relays that do as they are told."""

    relays: FakeRelays
    cache: CacheFeedStore
    lists: OwnLists
    relay_lists: RelayLists
    publishing: PublishingService
    profiles: Profiles

    @property
    def published(self) -> Event:
        return self.relays.published[-1][0]


def desk_at(path: Path) -> Desk:
    relays, cache, clock = FakeRelays(), CacheFeedStore(path / "cache.db"), FakeClock()
    signer = KeySigner(FAN, FakeEntropy())
    lists = OwnLists(signer=signer, relays=relays, store=cache, clock=clock, practice=True)
    profiles = Profiles(Network.REGTEST)
    people = PeopleService(relays=relays, profiles=profiles, bus=Bus())
    return Desk(
        relays,
        cache,
        lists,
        RelayLists(lists, practice=True),
        PublishingService(signer=signer, lists=lists, people=people, clock=clock),
        profiles,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_at(tmp_path)
    yield desk
    desk.cache.close()


def adding(*tag: str) -> Callable[[Draft], Draft]:
    return lambda draft: Draft((*draft.tags, tag), draft.content)


async def test_a_change_starts_from_the_latest_version_of_relays_and_cache(desk: Desk) -> None:
    old, new = (sign(FAN, 3, "content", tags=THEIRS[:n], created_at=T - 3 + n) for n in (1, 2))
    desk.relays.stored[RELAY] = [old]
    desk.cache.save_own(new)
    event = await desk.lists.change(3, adding("p", "b"))
    assert event == desk.published
    assert (event.tags, event.content) == ((*THEIRS, ("p", "b")), "content")
    assert event.created_at == T
    assert event.is_authentic()
    assert desk.lists.known(3) == event


async def test_a_version_from_the_future_is_replaced_all_the_same(desk: Desk) -> None:
    desk.relays.stored[RELAY] = [sign(FAN, 3, created_at=T + 500)]
    assert (await desk.lists.change(3, adding("p", "b"))).created_at == T + 501


async def test_a_change_that_changes_nothing_publishes_nothing(desk: Desk) -> None:
    known = sign(FAN, 3, tags=THEIRS)
    desk.relays.stored[RELAY] = [known]
    assert await desk.lists.change(3, lambda draft: draft) == known
    assert desk.relays.published == []


async def test_nothing_is_written_while_no_relay_answers_and_no_version_is_kept(desk: Desk) -> None:
    desk.relays.silent = {RELAY}
    with pytest.raises(NewestUnknown) as caught:
        await desk.lists.change(3, adding("p", "b"))
    assert (caught.value.asked, caught.value.answered) == (1, 0)
    assert desk.relays.published == []


async def test_a_kept_version_is_good_enough_unless_a_relay_is_needed(desk: Desk) -> None:
    desk.relays.silent = {RELAY}
    desk.cache.save_own(sign(FAN, 3, tags=THEIRS, created_at=T - 9))
    assert (await desk.lists.change(3, adding("p", "b"))).tags[:-1] == THEIRS
    with pytest.raises(NewestUnknown):
        await desk.lists.change(3, adding("p", "c"), needs_relay=True)


async def test_that_there_never_was_a_version_takes_the_word_of_every_relay(desk: Desk) -> None:
    desk.cache.save_own(sign(FAN, 10_002, tags=(("r", OTHER),)))
    desk.relays.silent = {OTHER}
    with pytest.raises(NewestUnknown):
        await desk.lists.change(3, adding("p", "b"))
    desk.relays.silent = set()
    assert (await desk.lists.change(3, adding("p", "b"))).tags == (("p", "b"),)


async def test_what_no_relay_takes_is_not_kept_as_published(desk: Desk) -> None:
    desk.relays.accepts = lambda _: False
    with pytest.raises(NotPublished):
        await desk.lists.change(3, adding("p", "b"))
    assert desk.lists.known(3) is None


async def test_we_publish_where_our_relay_list_says_we_write(desk: Desk) -> None:
    desk.cache.save_own(sign(FAN, 10_002, tags=(("r", OTHER, "write"), ("r", "ws://r.x", "read"))))
    await desk.lists.change(3, adding("p", "b"))
    assert desk.relays.published[-1][1] == (RELAY, OTHER)
    assert desk.relays.fetched[-1][1] == (RELAY, OTHER)
    await desk.publishing.post(1, "hello", ())
    assert desk.relays.published[-1][1] == (RELAY, OTHER)


async def test_another_persons_event_is_never_taken_for_ours(desk: Desk) -> None:
    desk.lists.learn(sign(STRANGER, 3, tags=THEIRS))
    assert desk.lists.known(3) is None


async def test_our_relay_list_is_changed_by_one_relay(desk: Desk) -> None:
    before: Tags = (("r", "wss://a.example/", "read"), ("x", "y"))
    desk.relays.stored[RELAY] = [sign(FAN, 10_002, tags=before, created_at=T - 1)]
    after = await desk.relay_lists.use_relay(RelayUse(OTHER, reads=False))
    assert desk.published.tags == (*before, ("r", OTHER, "write"))
    assert (after.writes, after.reads) == ((OTHER,), ("wss://a.example",))
    assert desk.relay_lists.own() == after
    assert (await desk.relay_lists.drop_relay(OTHER)).writes == ()
    assert desk.published.tags == before
    with pytest.raises(NotARelay):
        await desk.relay_lists.use_relay(RelayUse("https://a.example"))


async def test_a_profile_keeps_every_field_and_tag_of_other_clients(desk: Desk) -> None:
    content = '{"name":"Fan","website":"https://f.example","n":1.10,"lud16":"old@a.example"}'
    tags = (("i", "github:fan", "proof"),)
    desk.relays.stored[RELAY] = [sign(FAN, 0, content, tags=tags, created_at=T - 1)]
    await desk.publishing.publish_profile(
        name="", about="", picture="", lightning_address="fan@b.example"
    )
    assert desk.published.content == content.replace("old@a.example", "fan@b.example")
    assert desk.published.tags == tags
    own = await desk.publishing.own_fields()
    assert own == {"name": "Fan", "website": "https://f.example", "lud16": "fan@b.example"}


async def test_a_profile_is_not_written_while_no_relay_says_what_it_is(desk: Desk) -> None:
    desk.relays.silent = {RELAY}
    desk.cache.save_own(sign(FAN, 0, '{"name":"kept here"}'))
    with pytest.raises(NewestUnknown):
        await desk.publishing.edit_profile({"about": "x"})
    assert desk.relays.published == []


async def test_a_profile_that_cannot_be_read_is_left_alone(desk: Desk) -> None:
    desk.relays.stored[RELAY] = [sign(FAN, 0, "no json")]
    with pytest.raises(ProfileLeftAlone):
        await desk.publishing.edit_profile({"about": "x"})
    with pytest.raises(ProfileLeftAlone):
        await desk.publishing.own_fields()
    assert desk.relays.published == []


async def test_a_first_profile_is_begun(desk: Desk) -> None:
    await desk.publishing.edit_profile({"name": "Fan", "about": ""})
    assert json.loads(desk.published.content) == {"name": "Fan"}


def test_relay_lists_are_learnt_once_and_the_latest_counts(desk: Desk) -> None:
    lists = desk.relay_lists
    old, new = (
        sign(CREATOR, 10_002, tags=(("r", f"wss://{n}.example"),), created_at=n) for n in (1, 2)
    )
    assert lists.learn(new)
    assert not lists.learn(new)
    assert not lists.learn(old)
    assert lists.writes(CREATOR.x_only) == lists.reads(CREATOR.x_only) == ("wss://2.example",)
    assert lists.writes(STRANGER.x_only) == ()
    people = (CREATOR.x_only, STRANGER.x_only)
    chosen = lists.choose(people, ours=(), connected=())
    assert chosen == {"wss://2.example": (CREATOR.x_only,)}
    assert lists.choose(people, ours=("wss://2.Example/",), connected=()) == {}


async def test_the_fields_to_edit_are_those_that_the_relays_have_now(desk: Desk) -> None:
    assert await desk.publishing.own_fields() == {}
    content = '{"name":"Ana","website":"https://ana.example","bot":false,"about":"a\\nb"}'
    desk.relays.stored[RELAY] = [sign(FAN, 0, content)]
    assert await desk.publishing.own_fields() == {
        "name": "Ana",
        "website": "https://ana.example",
        "about": "a\nb",
    }
    desk.relays.stored[RELAY] = [sign(FAN, 0, "not a profile", created_at=T + 5)]
    with pytest.raises(ProfileLeftAlone, match="left as it is"):
        await desk.publishing.own_fields()
    desk.relays.silent = {RELAY}
    with pytest.raises(NewestUnknown):
        await desk.publishing.own_fields()


async def test_our_relays_are_those_that_the_relays_say_now(desk: Desk) -> None:
    assert await desk.relay_lists.newest_own() is None
    desk.relays.stored[RELAY] = [sign(FAN, 10_002, "", tags=(("r", "wss://a.example", "read"),))]
    newest = await desk.relay_lists.newest_own()
    assert newest is not None
    assert newest.relays == (RelayUse("wss://a.example", reads=True, writes=False),)
    desk.relays.silent = {RELAY}
    with pytest.raises(NewestUnknown):
        await desk.relay_lists.newest_own()


async def test_our_profile_is_shown_as_it_was_read_and_as_it_was_written(desk: Desk) -> None:
    us = FAN.x_only
    desk.relays.stored[RELAY] = [sign(FAN, 0, '{"name": "Mika"}', created_at=T - 5)]
    assert await desk.publishing.own_fields() == {"name": "Mika"}
    assert desk.profiles.view(us).title == "Mika"
    await desk.publishing.edit_profile({"name": "Mika B."})
    assert desk.profiles.view(us).title == "Mika B."
