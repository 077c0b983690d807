"""Mutes: gone from the feed at once, private by default, no list overwritten unread."""

import json

import pytest

from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, sign
from tests.unit.services.conftest import POST, Fan
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.nip51 import KIND_MUTES, Mute, MuteKind, read_private, write_private
from tipdesk.services.events import MutesChanged
from tipdesk.services.mute_rules import MuteRules
from tipdesk.services.mutes import Muted, MuteService

T = START.unix_seconds
ANA = Mute(MuteKind.PERSON, CREATOR.x_only.hex())
COIN = Mute(MuteKind.WORD, "coin")


class Muter:
    def __init__(self, fan: Fan) -> None:
        self.fan = fan
        self.signer = KeySigner(FAN, fan.entropy)
        self.open()

    def open(self) -> None:
        self.mutes = MuteService(
            feeds=self.fan.feed,
            lists=self.fan.lists,
            signer=self.signer,
            settings=MoneySettingsStore(self.fan.database),
            bus=self.fan.bus,
        )

    async def stored(self, public: Tags = (), private: Tags = (), *, content: str = "") -> Event:
        if private:
            content = await self.signer.encrypt(FAN.x_only, write_private(private))
        event = sign(FAN, KIND_MUTES, content, tags=public, created_at=T - 50)
        self.fan.relays.stored[RELAY] = [event]
        return event

    async def published(self) -> tuple[Tags, Tags]:
        event, _ = self.fan.relays.published[-1]
        assert event.kind == KIND_MUTES
        private = await self.signer.decrypt(FAN.x_only, event.content) if event.content else "[]"
        return event.tags, read_private(private)


@pytest.fixture
def muter(fan: Fan) -> Muter:
    return Muter(fan)


async def test_who_is_muted_vanishes_at_once_and_stands_in_the_private_part(muter: Muter) -> None:
    await muter.stored((("p", "ab" * 32),), (("word", "x"),))
    async with muter.fan.running():
        muter.fan.meet_ana()
        assert muter.fan.feed.is_in_feed(POST.id)
        assert await muter.mutes.mute(ANA) == ""
        assert not muter.fan.feed.is_in_feed(POST.id)
        assert muter.fan.feed.order() == []
        assert muter.fan.feed.post(POST.id) is not None, "a tip of ours still shows its post"
        public, private = await muter.published()
        assert public == (("p", "ab" * 32),)
        assert private == (("word", "x"), ("p", ANA.value))
        assert MutesChanged() in muter.fan.events
        assert await muter.mutes.unmute(ANA) == ""
        assert muter.fan.feed.is_in_feed(POST.id)
        assert (await muter.published())[1] == (("word", "x"),)


async def test_a_public_mute_stands_in_the_tags(muter: Muter) -> None:
    await muter.stored()
    await muter.mutes.mute(COIN, private=False)
    assert await muter.published() == ((("word", "coin"),), ())
    assert muter.mutes.all() == (Muted(COIN, is_private=False, is_waiting=False),)


async def test_a_list_that_no_relay_shows_is_not_overwritten(muter: Muter) -> None:
    muter.fan.relays.silent.add(RELAY)
    problem = await muter.mutes.mute(COIN)
    assert "So far on this computer only." in problem
    assert muter.fan.relays.published == []
    assert muter.mutes.all() == (Muted(COIN, is_private=True, is_waiting=True),)
    muter.open()
    assert muter.mutes.all() == (Muted(COIN, is_private=True, is_waiting=True),), "it is kept"


async def test_a_private_part_that_cannot_be_read_is_left_alone(muter: Muter) -> None:
    for content in ("garbage", "AAAA?iv=BBBB", await muter.signer.encrypt(FAN.x_only, "no tags")):
        await muter.stored(content=content)
        problem = await muter.mutes.mute(COIN)
        assert "nothing was published" in problem
        assert muter.fan.relays.published == []


async def test_what_another_client_muted_counts_here(muter: Muter) -> None:
    await muter.stored((("t", "Ads"),), (("p", ANA.value),))
    await muter.mutes.mute(COIN)
    assert {one.mute.value: one.is_private for one in muter.mutes.all()} == {
        "ads": False,
        ANA.value: True,
        "coin": True,
    }


async def test_unmuting_takes_it_out_of_both_parts(muter: Muter) -> None:
    await muter.stored((("p", ANA.value), ("x", "kept")), (("p", ANA.value),))
    assert await muter.mutes.unmute(ANA) == ""
    assert await muter.published() == ((("x", "kept"),), ())
    assert not muter.mutes.is_muted(ANA)


def hides(mute: Mute, event: Event) -> bool:
    from tipdesk.nostr.feed import parse_post

    rules = MuteRules()
    rules.set((mute,))
    post = parse_post(event)
    assert post is not None
    return rules.hides(post)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("Buy COIN now", True), ("coincidence", False), ("a coin", True), ("münzen", False)],
)
def test_words_are_whole_and_in_any_case(text: str, *, hidden: bool) -> None:
    assert hides(COIN, sign(STRANGER, 1, text)) == hidden
    assert hides(COIN, sign(STRANGER, 30_023, "x", tags=(("title", text), ("d", "")))) == hidden


def test_a_thread_is_muted_with_its_replies_and_a_hashtag_in_any_case() -> None:
    thread = Mute(MuteKind.THREAD, POST.id.hex())
    assert hides(thread, POST)
    assert hides(thread, sign(STRANGER, 1, "re", tags=(("e", POST.id.hex(), "", "root"),)))
    assert not hides(thread, sign(STRANGER, 1, "else"))
    assert hides(Mute(MuteKind.HASHTAG, "sea"), sign(STRANGER, 1, "x", tags=(("t", "SEA"),)))


def test_settings_hold_what_was_muted_as_json(muter: Muter) -> None:
    text = MoneySettingsStore(muter.fan.database).setting("mutes")
    assert json.loads(text or "[]") == []
