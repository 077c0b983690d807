"""What is kept of messages is read again, bounded, and what is on its way is never trimmed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import CREATOR, START, STRANGER
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.messages import MESSAGES_SCHEMA, MoneyMessageStore
from tipdesk.adapters.storage.payment_asks import ASKS_SCHEMA
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip17 import TipClaim
from tipdesk.ports.messages import Delivery, MessageStore, RelayWord, Sending, StoredMessage

ANA, EVE = CREATOR.x_only, STRANGER.x_only
HASH = PaymentHash(b"\x07" * 32)
SENDING = Sending(
    state=Delivery.WAITING,
    ends_at=START.plus_ms(1_000),
    wrap="{}",
    copy="{...}",
    relays=(RelayWord("ws://one", True), RelayWord("ws://two", False, "busy \u2026")),
    copies=(RelayWord("ws://own", False),),
    problem="nobody",
)


def message(number: int, peer: XOnlyPubkey = ANA, **more: object) -> StoredMessage:
    made = StoredMessage(
        id=EventId(number.to_bytes(32, "big")),
        peer=peer,
        text=f"number {number}",
        sent_at=START.plus_ms(number),
        seen_at=START.plus_ms(number),
    )
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "money.db"


@pytest.fixture
def store(path: Path) -> Iterator[MessageStore]:
    database = MoneyDatabase(path, (MESSAGES_SCHEMA, ASKS_SCHEMA))
    yield MoneyMessageStore(database)
    database.close()


def test_messages_come_back_as_they_were_after_a_restart(path: Path) -> None:
    kept = [
        message(1, is_read=False),
        message(2, reply_to=EventId(bytes(32)), tip=TipClaim(HASH, Msat(21_000))),
        message(3, sending=SENDING),
        message(4, tip=TipClaim(HASH, None)),
    ]
    database = MoneyDatabase(path, (MESSAGES_SCHEMA, ASKS_SCHEMA))
    for one in kept:
        MoneyMessageStore(database).save(one)
    database.commit()
    database.close()
    database = MoneyDatabase(path, (MESSAGES_SCHEMA, ASKS_SCHEMA))
    store = MoneyMessageStore(database)
    assert store.messages(ANA, 10) == kept[::-1]
    assert store.messages(ANA, 2, 1) == [kept[2], kept[1]]
    assert store.message(kept[2].id) == kept[2]
    assert store.about(HASH) == [kept[1], kept[3]]
    assert store.unfinished() == [kept[2]]
    database.close()


def test_a_message_of_ours_moves_on_and_its_words_do_not(store: MessageStore) -> None:
    store.save(message(1, sending=SENDING))
    done = replace(SENDING, state=Delivery.SENT, is_over=True, wrap="", copy="")
    store.save(message(1, sending=done, text="other"))
    assert store.message(message(1).id) == message(1, sending=done)
    assert store.unfinished() == []


def test_people_are_listed_with_what_is_unread_the_latest_first(store: MessageStore) -> None:
    for number, peer in ((1, ANA), (2, EVE), (3, ANA)):
        store.save(message(number, peer, is_read=False))
    store.accept(EVE)
    ana, eve = store.people()
    assert (ana.peer, ana.is_accepted, ana.unread, ana.latest.id) == (ANA, False, 2, message(3).id)
    assert (eve.peer, eve.is_accepted, eve.unread) == (EVE, True, 1)
    assert store.mark_read(ANA)
    assert not store.mark_read(ANA)
    assert [one.unread for one in store.people()] == [0, 1]
    assert store.is_accepted(EVE)
    assert not store.is_accepted(ANA)


def test_accepting_stays_when_more_is_written(store: MessageStore) -> None:
    store.accept(ANA)
    store.save(message(1))
    assert store.is_accepted(ANA)


def test_trimming_spares_the_latest_and_what_is_on_its_way(store: MessageStore) -> None:
    store.save(message(1, sending=SENDING))
    for number in (2, 3, 4):
        store.save(message(number))
    store.save(message(5, EVE))
    store.trim(ANA, 1)
    assert [one.id for one in store.messages(ANA, 9)] == [message(4).id, message(1).id]
    store.trim_all(1)
    assert [one.id for one in store.messages(ANA, 9)] == [message(1).id]
    assert len(store.messages(EVE, 9)) == 1


def test_who_is_forgotten_is_a_stranger_again(store: MessageStore) -> None:
    store.save(message(1, sending=replace(SENDING, is_over=True)))
    store.accept(ANA)
    store.forget(ANA)
    assert store.people() == []
    assert not store.is_accepted(ANA)
    assert store.message(message(1).id) is None


def test_wraps_are_remembered_and_the_oldest_forgotten(store: MessageStore) -> None:
    assert store.last_seen_at() is None
    for number in (1, 2, 3, 3):
        store.mark_seen(message(number).id, START.plus_ms(number), keep=2)
    assert [store.was_seen(message(number).id) for number in (1, 2, 3)] == [False, True, True]
    assert store.last_seen_at() == START.plus_ms(3)
