"""Follows: in the feed at once, in the public list when that is safe, and never at others' cost."""

import asyncio

import pytest

from tests.fakes import CREATOR, FAN, PROVIDER, RELAY, START, STRANGER, sign, until
from tests.unit.services.conftest import Fan
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import nip02
from tipdesk.nostr.event import Event, Tags
from tipdesk.services import feeds, follows
from tipdesk.services.events import FollowsPublished
from tipdesk.services.follows import FollowOutcome, FollowService, ImportOutcome
from tipdesk.services.own_lists import NewestUnknown

T = START.unix_seconds
ANA, PIT, SAM = CREATOR.x_only, PROVIDER.x_only, STRANGER.x_only
LIST: Tags = (("p", ANA.hex(), "wss://hint.example", "ana"), ("x", "kept"), ("p", PIT.hex()))


def service(fan: Fan) -> FollowService:
    settings = MoneySettingsStore(fan.database)
    return FollowService(feed=fan.feed, lists=fan.lists, settings=settings, bus=fan.bus)


def listed(tags: Tags, created_at: int = T - 100) -> Event:
    return sign(FAN, 3, '{"wss://old.example":{}}', tags=tags, created_at=created_at)


async def test_a_follow_and_an_unfollow_leave_the_list_as_other_clients_wrote_it(fan: Fan) -> None:
    ours = service(fan)
    fan.relays.stored[RELAY] = [listed(LIST)]
    assert await ours.follow(SAM) == FollowOutcome(follows=True, published=True)
    assert fan.feed.follows() == (SAM,)
    followed, _ = fan.relays.published[-1]
    assert followed.tags == (*LIST, ("p", SAM.hex()))
    assert followed.content == '{"wss://old.example":{}}'
    assert await ours.unfollow(SAM) == FollowOutcome(follows=False, published=True)
    unfollowed, _ = fan.relays.published[-1]
    assert (unfollowed.tags, unfollowed.content) == (LIST, followed.content)
    assert unfollowed.created_at > followed.created_at


async def test_a_follow_stays_on_this_computer_until_a_relay_says_what_the_list_is(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follows, "TRY_AGAIN_SECONDS", 0.01)
    fan.relays.silent = {RELAY}
    outcome = await service(fan).follow(SAM)
    assert (outcome.follows, outcome.published) == (True, False)
    assert "on this computer only" in outcome.problem
    assert fan.feed.follows() == (SAM,)
    assert fan.relays.published == []
    fan.close()
    fan.open()
    fan.relays.silent = set()
    fan.relays.stored[RELAY] = [listed(LIST)]
    ours = service(fan)
    assert ours.pending() == (SAM,)
    task = asyncio.ensure_future(ours.run())
    await until(lambda: not ours.pending())
    task.cancel()
    assert FollowsPublished() in fan.events
    assert fan.relays.published[-1][0].tags == (*LIST, ("p", SAM.hex()))


async def test_follows_of_other_clients_are_brought_over_and_whom_they_left_too(fan: Fan) -> None:
    ours = service(fan)
    fan.feed.follow(SAM)  # here alone: no list says anything of it
    fan.relays.stored[RELAY] = [listed(LIST)]
    assert await ours.import_follows() == ImportOutcome(added=(ANA, PIT), removed=())
    assert fan.feed.follows() == (SAM, ANA, PIT)
    fan.relays.stored[RELAY] = [listed(LIST[1:], T - 50)]
    assert await ours.import_follows() == ImportOutcome(added=(), removed=(ANA,))
    assert fan.feed.follows() == (SAM, PIT)
    fan.relays.silent = {RELAY}
    with pytest.raises(NewestUnknown):
        await ours.import_follows()


async def test_an_import_does_not_undo_what_waits_to_be_published(fan: Fan) -> None:
    ours = service(fan)
    fan.relays.stored[RELAY] = [listed(LIST)]
    await ours.import_follows()
    fan.relays.accepts = lambda _: False
    assert not (await ours.unfollow(ANA)).published
    assert (await ours.import_follows()).added == ()
    assert fan.feed.follows() == (PIT,)


async def test_thousands_are_followed_in_questions_of_bounded_size(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nip02, "MAX_FOLLOWS", 1_500)
    monkeypatch.setattr(feeds, "MAX_FOLLOWS", 1_500)
    tags = tuple(("p", (f"{n:04x}" * 16)) for n in range(1_700))
    fan.relays.stored[RELAY] = [listed(tags)]
    async with fan.running():
        before = len(fan.relays.subscriptions)
        imported = await service(fan).import_follows()
        assert len(imported.added) == len(fan.feed.follows()) == 1_500
        groups = [one for one in fan.relays.subscriptions[before:] if one.is_open]
        assert [len(one.filters[1].authors) for one in groups] == [600, 600, 300]
        # One more or less changes one question, and the others stay.
        fan.feed.unfollow(fan.feed.follows()[700])
        assert [one.is_open for one in groups] == [True, False, True]


async def test_creators_are_read_where_they_say_they_write(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "_LISTS_SECONDS", 0.01)
    far, farther = "ws://127.0.0.1:8001", "ws://127.0.0.1:8002"

    def relays_of(key: PrivateKey, *urls: str, created_at: int = T - 9) -> Event:
        return sign(key, 10_002, tags=tuple(("r", url) for url in urls), created_at=created_at)

    def asked() -> dict[tuple[str, ...], tuple[object, ...]]:
        return {
            one.urls: one.filters[1].authors
            for one in fan.relays.subscriptions
            if one.is_open and one.urls is not None
        }

    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(relays_of(CREATOR, far, RELAY), relays_of(STRANGER, far))
        await until(asked)
        assert asked() == {(far,): (ANA,)}
        post = sign(CREATOR, 1, "only there", created_at=T - 5)
        next(one for one in fan.relays.subscriptions if one.urls == (far,)).on_event(post)
        assert fan.feed.post(post.id) is not None
        fan.relays.deliver(relays_of(CREATOR, farther, created_at=T - 8))
        await until(lambda: (farther,) in asked())
        assert asked() == {(farther,): (ANA,)}
        fan.feed.unfollow(ANA)
        await until(lambda: not asked())
    fan.close()
    fan.open()
    fan.feed.follow(ANA)
    async with fan.running():
        await until(lambda: asked() == {(farther,): (ANA,)})
