"""What a creator's desk answers from the database: sums, ranks, searches, notes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import CREATOR, FAN, START, STRANGER, preimage_of
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.records import MoneyIncomingStore
from tipdesk.app.core import SCHEMA
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.desk import LAST_INSTANT, DeskTipStore, Income, ReceivedTip, TipSearch
from tipdesk.tips.incoming import IncomingRecord, Settlement

SONG, PHOTO = EventId(b"\x11" * 32), EventId(b"\x12" * 32)
ALWAYS = (Instant(0), LAST_INSTANT)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[MoneyDatabase]:
    made = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    yield made
    made.close()


@pytest.fixture
def store(database: MoneyDatabase) -> DeskTipStore:
    return MoneyDeskStore(database)


def tip(number: int, **more: object) -> ReceivedTip:
    """Tip 1 is of 1 sat at `START`, each next one of a sat more and a minute later."""
    plain = ReceivedTip(
        payment_hash=PaymentHash(number.to_bytes(32, "big")),
        amount=Msat(number * 1_000),
        at=START.plus_ms((number - 1) * 60_000),
        sender=FAN.x_only,
        claimed_name="",
        target=SONG,
        comment=f"thanks {number}",
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def test_a_tip_reads_back_whole_and_is_filed_once(store: DeskTipStore) -> None:
    named = tip(2, sender=None, claimed_name="Zo\u00eb", target=None)
    assert store.file(tip(1))
    assert store.file(named)
    assert not store.file(tip(1, comment="again"))
    assert (store.tip(named.payment_hash), store.tips(10)) == (named, [named, tip(1)])
    assert store.tips(1, 1) == [tip(1)]
    assert store.since(named.at) == [named]
    assert store.tip(PaymentHash(bytes(32))) is None


def test_the_largest_is_the_first_of_several(store: DeskTipStore) -> None:
    assert store.largest() is None
    for number in (1, 2, 3):
        store.file(tip(number, amount=Msat(5 if number == 1 else 9)))
    assert store.largest() == tip(2, amount=Msat(9))


def test_only_paid_invoices_are_to_be_filed(store: DeskTipStore, database: MoneyDatabase) -> None:
    invoices = MoneyIncomingStore(database)
    for number in (1, 2):
        invoices.save_incoming(
            IncomingRecord(
                payment_hash=tip(number).payment_hash,
                invoice="",
                amount=Msat(1),
                zap_request="",
                comment="",
                created_at=START,
                expires_at=START,
                settlement=Settlement(preimage_of(1), Msat(1), START) if number == 1 else None,
            )
        )
    assert store.unfiled() == [tip(1).payment_hash]
    store.file(tip(1))
    assert store.unfiled() == []
    database.write("UPDATE incoming_tips SET is_published = 1")
    filed = store.tip(tip(1).payment_hash)
    assert filed is not None
    assert filed.is_published


def test_income_between_bounds_counts_each_tip_in_one(store: DeskTipStore) -> None:
    for number in (1, 2, 3):
        store.file(tip(number))
    bounds = [START.plus_ms(ms) for ms in (-60_000, 0, 60_000, 60_001, 90_000)]
    assert store.incomes(bounds) == [
        Income(0, Msat(0)),
        Income(1, Msat(1_000)),
        Income(1, Msat(2_000)),
        Income(0, Msat(0)),
    ]
    assert store.incomes(ALWAYS) == [store.everything()] == [Income(3, Msat(6_000))]
    assert store.incomes([START]) == []


def test_many_spans_stay_in_their_order(store: DeskTipStore) -> None:
    store.file(tip(1))
    bounds = [START.plus_ms(n - 11) for n in range(30)]
    assert [income.count for income in store.incomes(bounds)] == [0] * 11 + [1] + [0] * 17


def test_tippers_and_posts_are_ranked_and_nobody_known_is_one(store: DeskTipStore) -> None:
    store.file(tip(1))
    store.file(tip(2, sender=None, target=PHOTO))
    store.file(tip(3, sender=None, claimed_name="x", target=None))
    store.file(tip(4, sender=STRANGER.x_only))
    assert store.tippers(*ALWAYS, 10) == [
        (None, Income(2, Msat(5_000))),
        (STRANGER.x_only, Income(1, Msat(4_000))),
        (FAN.x_only, Income(1, Msat(1_000))),
    ]
    assert store.posts(*ALWAYS, 2) == [
        (SONG, Income(2, Msat(5_000))),
        (None, Income(1, Msat(3_000))),
    ]
    assert store.tippers(tip(2).at, tip(3).at, 10) == [(None, Income(1, Msat(2_000)))]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (TipSearch(), [4, 3, 2, 1]),
        (TipSearch(text="MERCI"), [2]),
        (TipSearch(text="  danke   sch\u00f6n "), [3]),
        (TipSearch(text="bob"), [4]),
        (TipSearch(text="Ana"), [2, 1]),
        (TipSearch(text="50%_"), [1]),
        (TipSearch(text="for tax"), [3]),
        (TipSearch(text="nothing of the kind"), []),
        (TipSearch(least=Msat(2_000), most=Msat(3_000)), [3, 2]),
        (TipSearch(since=tip(2).at, before=tip(4).at), [3, 2]),
        (TipSearch(text="ana", least=Msat(2_000)), [2]),
    ],
)
def test_a_search_keeps_every_condition(
    store: DeskTipStore, wanted: TipSearch, found: list[int]
) -> None:
    store.file(tip(1, comment="50%_'; DROP"))
    store.file(tip(2, comment="Merci\nbien"))
    store.file(tip(3, sender=CREATOR.x_only, comment="Danke Sch\u00f6n"))
    store.file(tip(4, sender=None, claimed_name="Bob", comment=""))
    store.name_sender(FAN.x_only, "Ana npub1")
    store.put_note(tip(3).payment_hash, "For tax")
    store.commit()
    assert [one.amount.value // 1_000 for one in store.search(wanted, 10)] == found
    assert len(store.search(wanted, 1)) == min(1, len(found))


def test_names_are_kept_of_tippers_only_and_written_when_they_change(store: DeskTipStore) -> None:
    store.file(tip(1))
    assert not store.name_sender(STRANGER.x_only, "Eve")
    assert store.name_sender(FAN.x_only, "Ana")
    assert not store.name_sender(FAN.x_only, "ANA")


def test_a_note_can_be_changed_and_taken_away(store: DeskTipStore) -> None:
    store.file(tip(1))
    for note in ("a", "b", ""):
        store.put_note(tip(1).payment_hash, note)
        assert store.tips(1)[0].note == note
