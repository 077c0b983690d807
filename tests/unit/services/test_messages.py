"""Messages reach where their recipients take them, nowhere else, once, and say how it stands."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.correspondents import Correspondent, Net
from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, sign, until
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip17 import (
    KIND_MESSAGE_RELAYS,
    MAX_MESSAGE_CHARS,
    TipClaim,
    build_message,
    read_message,
)
from tipdesk.nostr.nip59 import KIND_GIFT_WRAP
from tipdesk.ports.messages import Delivery
from tipdesk.services import message_book, message_receiving
from tipdesk.services.events import MessageChanged, MessagePlaceFound
from tipdesk.services.message_places import PlaceUnknown
from tipdesk.services.messages import (
    CannotSendAgain,
    MessageRefused,
    NoPlaceForMessages,
    NoteNotTaken,
)

FANS, ANAS, EXTRA = "ws://127.0.0.1:7001", "ws://127.0.0.1:7002", "ws://127.0.0.1:7003"
CLAIM = TipClaim(PaymentHash(b"\x07" * 32), Msat(21_000))
DAY_MS = 24 * 3_600_000


def place(key: PrivateKey, *urls: str, created_at: int = START.unix_seconds) -> Event:
    tags = tuple(("relay", url) for url in urls)
    return sign(key, KIND_MESSAGE_RELAYS, tags=tags, created_at=created_at)


@pytest.fixture
def net() -> Net:
    net = Net()
    net.stored[RELAY] = [place(FAN, FANS), place(CREATOR, ANAS)]
    return net


@pytest.fixture
def fan(tmp_path: Path, net: Net) -> Iterator[Correspondent]:
    person = Correspondent(tmp_path / "fan", FAN, net)
    yield person
    person.close()


@pytest.fixture
def ana(tmp_path: Path, net: Net) -> Iterator[Correspondent]:
    person = Correspondent(tmp_path / "ana", CREATOR, net)
    yield person
    person.close()


class _Entered:
    """Two people running, ended in order."""

    def __init__(self, *people: Correspondent) -> None:
        self._people = people
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> None:
        for person in self._people:
            await self._stack.enter_async_context(person.running())

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()


def running(*people: Correspondent) -> _Entered:
    return _Entered(*people)


def listening(person: Correspondent) -> list[tuple[str, ...] | None]:
    return [one.urls for one in person.relays.subscriptions if one.is_open]


async def test_a_message_reaches_the_recipients_relays_alone_and_a_copy_ours(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    async with running(fan, ana):
        message_id = await fan.messages.send(ana.pubkey, "hello Ana")
        await until(lambda: ana.texts(fan) == ["hello Ana"])
        await until(lambda: fan.book.message(message_id).delivery is Delivery.SENT)  # type: ignore[union-attr]
    wraps = net.all(KIND_GIFT_WRAP)
    assert sorted((url, event.first("p")) for url, event in wraps) == [
        (FANS, FAN.x_only.hex()),
        (ANAS, CREATOR.x_only.hex()),
    ]
    for _, event in wraps:
        assert "hello" not in event.to_json()
        assert event.pubkey not in (FAN.x_only, CREATOR.x_only)
    view = fan.book.message(message_id)
    assert view is not None
    assert view.sentence == "Delivered: 1 of their 1 relays took it."
    assert [(word.url, word.accepted) for word in view.relays] == [(ANAS, True)]
    (received,) = ana.book.messages(fan.pubkey)
    assert (received.is_ours, received.is_read) == (False, False)
    assert MessageChanged(fan.pubkey) in ana.events


async def test_an_answer_goes_back_and_both_see_one_conversation(
    fan: Correspondent, ana: Correspondent
) -> None:
    async with running(fan, ana):
        await fan.messages.send(ana.pubkey, "question")
        await until(lambda: ana.texts(fan))
        for person in (fan, ana):
            person.clock.pass_ms(1_000)
        first = ana.book.messages(fan.pubkey)[0].message_id
        await ana.messages.send(fan.pubkey, "answer", reply_to=first)
        await until(lambda: len(fan.texts(ana)) == 2)
        assert fan.texts(ana) == ana.texts(fan) == ["question", "answer"]
        assert fan.book.unread() == 1
        fan.book.mark_read(ana.pubkey)
        assert fan.book.unread() == 0


async def test_who_has_no_place_is_sent_nothing_and_that_is_said(
    fan: Correspondent, net: Net
) -> None:
    async with running(fan):
        with pytest.raises(NoPlaceForMessages, match="no place for private messages"):
            await fan.messages.send(STRANGER.x_only, "anybody?")
    assert net.all(KIND_GIFT_WRAP) == []
    assert fan.book.conversations() == ()


async def test_a_place_that_nobody_can_tell_of_is_not_taken_for_none(fan: Correspondent) -> None:
    fan.relays.silent.add(RELAY)
    with pytest.raises(PlaceUnknown):
        await fan.messages.send(CREATOR.x_only, "hello")
    assert fan.places.known(CREATOR.x_only) is None


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_MESSAGE_CHARS + 1)])
async def test_nothing_and_too_much_are_refused(fan: Correspondent, text: str) -> None:
    with pytest.raises(MessageRefused):
        await fan.messages.send(CREATOR.x_only, text)


async def test_the_latest_list_counts_also_where_only_the_person_publishes(
    fan: Correspondent, net: Net
) -> None:
    relays = (("r", EXTRA, "write"),)
    net.stored[RELAY] = [sign(STRANGER, 10_002, tags=relays)]
    net.stored[EXTRA] = [
        place(STRANGER, ANAS, created_at=5),
        place(STRANGER, FANS, created_at=9),
    ]
    assert await fan.places.find(STRANGER.x_only) == (FANS,)
    assert fan.places.known(STRANGER.x_only) == (FANS,)
    assert MessagePlaceFound(STRANGER.x_only) in fan.events


async def test_nowhere_is_asked_again_after_a_minute_and_somewhere_after_ten(
    fan: Correspondent, net: Net
) -> None:
    assert await fan.places.find(STRANGER.x_only) == ()
    net.stored[RELAY].append(place(STRANGER, EXTRA))
    assert await fan.places.find(STRANGER.x_only) == ()
    fan.clock.pass_ms(60_000)
    assert fan.places.known(STRANGER.x_only) is None
    assert await fan.places.find(STRANGER.x_only) == (EXTRA,)
    asked = len(fan.relays.fetched)
    fan.clock.pass_ms(599_999)
    await fan.places.find(STRANGER.x_only)
    assert len(fan.relays.fetched) == asked


async def test_places_are_found_in_the_background(fan: Correspondent) -> None:
    async with running(fan):
        fan.places.ask_about(CREATOR.x_only)
        await until(lambda: fan.places.known(CREATOR.x_only) == (ANAS,))


async def test_our_own_places_are_published_kept_and_changed(tmp_path: Path, net: Net) -> None:
    eve = Correspondent(tmp_path / "eve", STRANGER, net)
    async with running(eve):
        assert await eve.places.open_first() == (RELAY,)
        assert await eve.places.open_first() == (RELAY,)
        assert await eve.places.use_relay(EXTRA) == (RELAY, EXTRA)
        await until(lambda: listening(eve) == [(RELAY, EXTRA)])
        assert await eve.places.drop_relay(RELAY) == (EXTRA,)
        await until(lambda: listening(eve) == [(EXTRA,)])
    assert len([url for url, _ in net.all(KIND_MESSAGE_RELAYS) if url == RELAY]) == 5
    eve.close()


async def test_a_refused_message_says_why_and_goes_when_the_relay_takes_it(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    net.refusing[ANAS] = "blocked: not today"
    async with running(fan, ana):
        message_id = await fan.messages.send(ana.pubkey, "patience")

        def sentence() -> str:
            view = fan.book.message(message_id)
            assert view is not None
            return view.sentence

        await until(lambda: "not today" in sentence())
        assert sentence().startswith("Not delivered yet: No relay of theirs took it")
        del net.refusing[ANAS]
        await until(lambda: ana.texts(fan) == ["patience"])
        await until(lambda: sentence().startswith("Delivered"))
    assert len([1 for url, _ in net.all(KIND_GIFT_WRAP) if url == ANAS]) == 1


async def test_what_is_on_its_way_goes_on_after_a_restart_as_the_same_event(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    net.refusing[ANAS] = "error: full"
    async with running(fan):
        await fan.messages.send(ana.pubkey, "later")
        await until(lambda: fan.store.unfinished()[0].sending.wrap)  # type: ignore[union-attr]
    (waiting,) = fan.store.unfinished()
    assert waiting.sending is not None
    fan.close()
    del net.refusing[ANAS]
    fan.open()
    async with running(fan, ana):
        await until(lambda: ana.texts(fan) == ["later"])
        await until(lambda: not fan.store.unfinished())
    (sent,) = [event for url, event in net.all(KIND_GIFT_WRAP) if url == ANAS]
    assert sent.to_json() == waiting.sending.wrap
    done = fan.store.message(waiting.id)
    assert done is not None
    assert done.sending is not None
    assert done.sending.wrap == done.sending.copy == ""


async def test_after_a_day_it_is_given_up_and_can_be_tried_again(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    net.refusing[ANAS] = "error: full"
    async with running(fan, ana):
        message_id = await fan.messages.send(ana.pubkey, "at last")
        with pytest.raises(CannotSendAgain):
            fan.messages.retry(message_id)
        fan.clock.pass_ms(DAY_MS)
        await until(lambda: fan.book.message(message_id).can_retry)  # type: ignore[union-attr]
        view = fan.book.message(message_id)
        assert view is not None
        assert view.sentence.startswith("Not delivered: No relay of theirs took it (error: full).")
        del net.refusing[ANAS]
        fan.messages.retry(message_id)
        await until(lambda: ana.texts(fan) == ["at last"])


async def test_a_slow_second_relay_does_not_keep_a_delivered_message_open(
    fan: Correspondent, net: Net
) -> None:
    net.stored[RELAY].append(place(STRANGER, ANAS, EXTRA))
    net.refusing[EXTRA] = "error: slow"
    async with running(fan):
        message_id = await fan.messages.send(STRANGER.x_only, "hi")
        await until(lambda: not fan.store.unfinished())
    view = fan.book.message(message_id)
    assert view is not None
    assert view.sentence == "Delivered: 1 of their 2 relays took it."


async def test_our_copy_written_elsewhere_is_ours_here(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    async with running(fan):
        rumor = build_message(
            "from my phone", sender=FAN.x_only, recipient=ana.pubkey, created_at=5
        )
        net.take(await fan.wrapper.wrap(rumor, FAN.x_only), FANS)
        await until(lambda: fan.texts(ana))
        (view,) = fan.book.messages(ana.pubkey)
        assert (view.is_ours, view.sentence) == (True, "Written with another app.")
        assert [one.is_request for one in fan.book.conversations()] == [False]


async def test_one_rumor_in_many_wraps_is_one_message(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    async with running(ana):
        rumor = build_message("again", sender=FAN.x_only, recipient=ana.pubkey, created_at=5)
        for _ in range(3):
            net.take(await fan.wrapper.wrap(rumor, ana.pubkey), ANAS)
        await until(lambda: sum(1 for e in net.stored[ANAS] if ana.store.was_seen(e.id)) == 3)
        assert ana.texts(fan) == ["again"]


async def test_wraps_opened_once_are_not_opened_again_after_a_restart(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    net.take(sign(STRANGER, KIND_GIFT_WRAP, "rubbish", tags=(("p", ana.pubkey.hex()),)), ANAS)
    async with running(fan, ana):
        await fan.messages.send(ana.pubkey, "once")
        await until(lambda: ana.texts(fan))
        await until(lambda: ana.receiver.dropped)
        assert ana.receiver.dropped == {"PayloadOutOfBounds": 1}
    ana.close()
    ana.open()
    async with running(ana):
        await asyncio.sleep(0.05)
        assert not ana.receiver.dropped
        since = ana.relays.subscriptions[-1].filters[0].since
        assert since == START.unix_seconds - message_receiving.OVERLAP_SECONDS


async def test_strangers_are_apart_until_they_are_accepted_or_answered(
    fan: Correspondent, ana: Correspondent
) -> None:
    async with running(fan, ana):
        await fan.messages.send(ana.pubkey, "you do not know me")
        await until(lambda: ana.book.requests())
        assert ana.book.conversations() == ()
        assert ana.book.unread() == 0
        ana.book.accept(fan.pubkey)
        assert ana.book.requests() == ()
        assert [one.peer.pubkey for one in ana.book.conversations()] == [fan.pubkey]
        assert ana.book.unread() == 1
        ana.book.forget(fan.pubkey)
        assert ana.book.conversations() == ()


async def test_whom_we_follow_is_no_stranger(fan: Correspondent, ana: Correspondent) -> None:
    ana.follows.add(fan.pubkey)
    async with running(fan, ana):
        await fan.messages.send(ana.pubkey, "hi")
        await until(lambda: ana.book.conversations())


def test_strangers_are_bounded_each_and_all(
    ana: Correspondent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_book, "MAX_OF_STRANGER", 3)
    monkeypatch.setattr(message_book, "MAX_STRANGERS", 2)
    keys = [PrivateKey(bytes([number]) * 32) for number in (11, 12, 13)]
    for second in range(5):
        for key in keys:
            text = f"spam {second}"
            rumor = build_message(text, sender=key.x_only, recipient=ana.pubkey, created_at=second)
            assert ana.book.take(read_message(rumor))
    kept = ana.book.requests()
    assert len(kept) == 2
    assert max(len(ana.book.messages(one.peer.pubkey)) for one in kept) <= 3


async def test_a_flood_fills_only_the_queue_and_the_rest_is_asked_for_again(
    fan: Correspondent,
    ana: Correspondent,
    net: Net,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(message_receiving, "MAX_WAITING", 3)
    monkeypatch.setattr(message_receiving, "ASK_AGAIN_SECONDS", 0.01)
    for number in range(8):
        rumor = build_message(
            f"{number}", sender=FAN.x_only, recipient=ana.pubkey, created_at=number
        )
        net.take(await fan.wrapper.wrap(rumor, ana.pubkey), ANAS)
    async with running(ana):
        await until(lambda: len(ana.texts(fan)) == 8)
    assert ana.receiver.dropped["too many at once"] >= 5


async def test_a_time_in_the_future_is_when_it_came(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    late = START.unix_seconds + 10**6
    rumor = build_message("hi", sender=FAN.x_only, recipient=ana.pubkey, created_at=late)
    assert ana.book.take(read_message(rumor))
    assert ana.book.messages(fan.pubkey)[0].at == START


async def test_the_words_of_a_tip_carry_its_hash_and_are_written_once(
    fan: Correspondent, ana: Correspondent, net: Net
) -> None:
    heard = []
    ana.book.on_note(lambda note: not heard.append(note))  # type: ignore[func-returns-value]
    async with running(fan, ana):
        await fan.messages.send_note(ana.pubkey, "for the song", CLAIM)
        await fan.messages.send_note(ana.pubkey, "for the song", CLAIM)
        await until(lambda: heard)
    (note,) = heard
    assert (note.peer, note.text, note.tip) == (fan.pubkey, "for the song", CLAIM)
    assert ana.book.notes(CLAIM.payment_hash) == (note,)
    # Whose words belong to a payment that came is no stranger.
    assert [one.peer.pubkey for one in ana.book.conversations()] == [fan.pubkey]
    assert len(net.all(KIND_GIFT_WRAP)) == 2
    assert "for the song" not in json.dumps([e.to_json() for _, e in net.all(KIND_GIFT_WRAP)])


async def test_a_note_waits_through_a_restart_and_fails_after_a_day(
    fan: Correspondent, net: Net
) -> None:
    net.refusing[ANAS] = "error: full"
    async with running(fan):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await fan.messages.send_note(CREATOR.x_only, "words", CLAIM)
    fan.close()
    fan.open()
    async with running(fan):
        fan.clock.pass_ms(DAY_MS)
        with pytest.raises(NoteNotTaken, match="error: full"):
            await fan.messages.send_note(CREATOR.x_only, "words", CLAIM)
    assert len(fan.book.messages(CREATOR.x_only)) == 1
