"""A private tip with words: begun where they can arrive, paid without them, followed by them."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.correspondents import Correspondent, Net
from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, preimage_of, sign, until
from tests.unit.services.conftest import POST, Fan
from tests.unit.tips.conftest import new_tip
from tipdesk.base.clock import Instant
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import PaymentHash, TipId
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip17 import KIND_MESSAGE_RELAYS, TipClaim
from tipdesk.services.tip_plan import TipIntent
from tipdesk.services.tip_words import (
    NoPlaceForWords,
    NotPaidYet,
    PlaceBeingSought,
    TipWords,
    WordsByMessage,
)
from tipdesk.tips import event as on
from tipdesk.tips.tip import Bill, Tip, TipStatus, WordsState
from tipdesk.tips.visibility import Visibility

HASH = PaymentHash(sha256(preimage_of(1)))
PLACE = "ws://127.0.0.1:7002"
DAY_MS = 24 * 3_600_000


def private(comment: str = "psst", sat: int = 21) -> TipIntent:
    amount = Msat(sat * 1_000)
    return TipIntent(CREATOR.x_only, POST.id, amount, comment, visibility=Visibility.PRIVATE)


def kept(fan: Fan, tip_id: TipId) -> Tip:
    tip = fan.book.tip(tip_id)
    assert tip is not None
    return tip


async def test_the_words_follow_the_payment_and_the_tip_says_they_arrived(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.tips.begin(private())
        await until(lambda: kept(fan, tip_id).words is WordsState.SENT)
    (sent,) = fan.words.sent
    assert (sent.tip_id, sent.status, sent.comment) == (tip_id, TipStatus.PAID, "psst")
    assert sent.payment_hash == fan.wallet.orders[0].payment_hash
    assert "psst" not in str(fan.server.queries)
    assert "Your words were delivered" in fan.view(tip_id).sentence


async def test_what_has_no_place_for_its_words_is_not_begun(fan: Fan) -> None:
    fan.words.nowhere = True
    async with fan.running():
        fan.meet_ana()
        with pytest.raises(RequestError, match="no place"):
            fan.tips.begin(private())
        assert fan.tips.tips() == ()
        wordless = fan.tips.begin(private(comment="  \n"))
        await until(lambda: kept(fan, wordless).status is TipStatus.PAID)
        public = fan.begin()
        await until(lambda: kept(fan, public).status.is_paid)
    assert fan.words.sent == []


async def test_a_tip_is_not_tried_again_once_its_words_have_no_place(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.tips.undo_window_ms = 5_000
        tip_id = fan.tips.begin(private())
        fan.tips.undo(tip_id)
        fan.words.nowhere = True
        with pytest.raises(RequestError, match="no place"):
            fan.tips.retry(tip_id)


async def test_words_that_are_owed_are_sent_after_a_restart(fan: Fan) -> None:
    fan.words.answer = None
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.tips.begin(private())
        await until(lambda: fan.words.sent)
    fan.close()
    fan.open()
    assert kept(fan, tip_id).words is WordsState.OWED
    fan.words.answer = on.NoteFailed("Nobody took it.")
    async with fan.running():
        await until(lambda: kept(fan, tip_id).words is WordsState.LOST)
    fan.close()
    fan.open()
    assert fan.view(tip_id).sentence.endswith("Your words did not arrive. Nobody took it.")
    assert len(fan.words.sent) == 2


@pytest.fixture
def net() -> Net:
    net = Net()
    tags = (("relay", PLACE),)
    net.stored[RELAY] = [sign(CREATOR, KIND_MESSAGE_RELAYS, tags=tags)]
    return net


@pytest.fixture
def writer(tmp_path: Path, net: Net) -> Iterator[Correspondent]:
    person = Correspondent(tmp_path / "writer", FAN, net)
    yield person
    person.close()


def words_of(writer: Correspondent) -> TipWords:
    return WordsByMessage(writer.messages, writer.places)


def settled() -> Tip:
    bill = Bill(
        invoice="x",
        payment_hash=HASH,
        expires_at=Instant(START.ms + 1),
        fetched_at=START,
        provider=None,
    )
    tip = new_tip()
    return Tip(
        tip_id=tip.tip_id,
        target=tip.target,
        amount=tip.amount,
        comment="for you",
        fee_limit=tip.fee_limit,
        created_at=START,
        undo_until=START,
        visibility=Visibility.PRIVATE,
        bill=bill,
    )


async def test_a_place_is_looked_for_and_then_it_can_begin(writer: Correspondent) -> None:
    words = words_of(writer)
    async with writer.running():
        with pytest.raises(PlaceBeingSought, match="Try again in a moment"):
            words.check(CREATOR.x_only)
        await until(lambda: writer.places.known(CREATOR.x_only))
        words.check(CREATOR.x_only)


async def test_who_takes_no_messages_is_named_and_the_ways_out_too(
    writer: Correspondent,
) -> None:
    await writer.places.find(STRANGER.x_only)
    with pytest.raises(NoPlaceForWords, match="without words, or publicly"):
        words_of(writer).check(STRANGER.x_only)


async def test_the_words_go_as_a_message_that_names_the_payment(writer: Correspondent) -> None:
    async with writer.running():
        assert await words_of(writer).send(settled()) == on.NoteSent()
        assert await words_of(writer).send(settled()) == on.NoteSent()
    (message,) = writer.store.messages(CREATOR.x_only, 9)
    assert message.text == "for you"
    assert message.tip == TipClaim(HASH, Msat(21_000))


async def test_words_that_nobody_took_in_a_day_say_why(writer: Correspondent, net: Net) -> None:
    net.refusing[PLACE] = "blocked: no"
    async with writer.running():
        message = writer.messages.send_note(CREATOR.x_only, "for you", TipClaim(HASH, Msat(21_000)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await message
        writer.clock.pass_ms(DAY_MS)
        answer = await words_of(writer).send(settled())
    assert answer == on.NoteFailed("No relay of theirs took it (blocked: no).")


async def test_words_of_what_was_never_billed_are_a_bug(writer: Correspondent) -> None:
    with pytest.raises(NotPaidYet):
        await words_of(writer).send(new_tip())
