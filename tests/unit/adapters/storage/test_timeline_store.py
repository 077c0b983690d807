"""One history over all that money.db knows: it agrees with its sources, and is searched safely."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import CREATOR, FAN, PROVIDER, START, STRANGER
from tests.histories import POST, RATE, SCHEMA, USD, hash_of, incoming, payment, tip, zap
from tipdesk.adapters.storage.database import MoneyDatabase, statements
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.onchain import MoneyArrivalStore, MoneySentOnchainStore
from tipdesk.adapters.storage.records import MoneyHistoryStore, MoneyIncomingStore
from tipdesk.adapters.storage.timeline import MoneyRateStore, MoneyTimelineStore
from tipdesk.adapters.storage.timeline_schema import MOST_MSAT, fiat_sql
from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, NodeId, Txid
from tipdesk.base.units import Msat, Sat
from tipdesk.nostr.nip57 import ZapTarget, accept_zap_request
from tipdesk.ports.rates import RateStore
from tipdesk.ports.stores_tips import Arrival
from tipdesk.ports.timeline import TimelineStore
from tipdesk.ports.wallet import ArrivedTx
from tipdesk.tips.card import card_fee
from tipdesk.tips.fiat import FRESH_MS, MAX_PRICE, Currency, Fiat
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.target import Target
from tipdesk.tips.timeline import (
    EVERYTHING,
    Line,
    LineKind,
    LineState,
    Place,
    Search,
    SettledRate,
    TooManyPersons,
    Totals,
)
from tipdesk.tips.tip import TipStatus


@pytest.fixture
def database(tmp_path: Path) -> Iterator[MoneyDatabase]:
    opened = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    yield opened
    opened.close()


@pytest.fixture(params=[True, False], ids=["FTS5", "LIKE"])
def store(database: MoneyDatabase, request: pytest.FixtureRequest) -> TimelineStore:
    return MoneyTimelineStore(database, use_words=request.param)


def texts(store: TimelineStore, search: Search) -> list[str]:
    return [line.text for line in store.lines(search, before=None, limit=100)]


def disagreements(database: MoneyDatabase) -> list[tuple[object, ...]]:
    """Lines that only the table has, and lines that only its sources have."""
    columns = ", ".join(
        name for (_, name, *_) in database.read("PRAGMA table_info(timeline)") if name != "number"
    )
    table, sources = (f"SELECT {columns} FROM {name}" for name in ("timeline", "timeline_sources"))
    return [
        *database.read(f"{table} EXCEPT {sources}"),
        *database.read(f"{sources} EXCEPT {table}"),
    ]


def test_every_source_becomes_a_line(database: MoneyDatabase, store: TimelineStore) -> None:
    rates: RateStore = MoneyRateStore(database)
    rates.put_rate(RATE)
    MoneyTipStore(database).save_tip(tip(1, status=TipStatus.PAID))
    MoneyIncomingStore(database).save_incoming(incoming(2, zap(0, "for you")))
    MoneyHistoryStore(database).save_payment(payment(3))
    store.channel_opened(
        ChannelId(bytes(32)), NodeId(b"\x02" * 33), "Router", Msat(9_000), START.plus_ms(4)
    )
    store.commit()
    channel, paid, received, sent = store.lines(EVERYTHING, before=None, limit=10)
    assert sent == Line(
        place=Place(START.plus_ms(1), sent.place.number),
        kind=LineKind.TIP_SENT,
        state=LineState.SETTLED,
        amount=Msat(21_000),
        fee=Msat(1_000),
        person=CREATOR.x_only,
        post=POST,
        payment_hash=hash_of(1),
        receipt=None,
        channel_id=None,
        text="hi",
        note="",
        rate=SettledRate(RATE, Fiat(USD, 1), Fiat(USD, 0)),
    )
    assert (received.person, received.post, received.text) == (FAN.x_only, POST, "for you")
    assert (received.amount, received.fee, received.kind) == (
        Msat(50_001),
        None,
        LineKind.TIP_RECEIVED,
    )
    assert received.rate == SettledRate(RATE, Fiat(USD, 3), None)
    assert (paid.kind, paid.amount, paid.fee) == (LineKind.PAYMENT_SENT, Msat(7_000), Msat(20))
    assert (channel.kind, channel.amount, channel.fee) == (
        LineKind.CHANNEL_OPENED,
        Msat(9_000),
        None,
    )
    assert channel.text == "Router " + "02" * 33
    assert channel.rate is None


def test_a_plain_tip_that_came_in_has_its_comment_and_no_person(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    MoneyIncomingStore(database).save_incoming(incoming(1, comment="no name"))
    MoneyIncomingStore(database).save_incoming(incoming(2, paid=False))
    (line,) = store.lines(EVERYTHING, before=None, limit=10)
    assert (line.person, line.post, line.text) == (None, None, "no name")


def test_invoices_that_nobody_paid_are_no_history(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    waiting = payment(1, Direction.IN, PaymentState.WAITING)
    MoneyHistoryStore(database).save_payment(waiting)
    assert texts(store, EVERYTHING) == []
    MoneyHistoryStore(database).save_payment(replace(waiting, state=PaymentState.SUCCEEDED))
    assert texts(store, EVERYTHING) == ["coffee"]


def test_a_profile_with_a_past_is_taken_over_whole(tmp_path: Path) -> None:
    old = MoneyDatabase(tmp_path / "money.db", SCHEMA[:-3])
    MoneyTipStore(old).save_tip(tip(1, status=TipStatus.PAID))
    MoneyIncomingStore(old).save_incoming(incoming(2, zap(1)))
    MoneyHistoryStore(old).save_payment(payment(3))
    old.close()
    new = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    store = MoneyTimelineStore(new)
    lines = store.lines(EVERYTHING, before=None, limit=10)
    assert [line.kind for line in lines] == [
        LineKind.PAYMENT_SENT,
        LineKind.TIP_RECEIVED,
        LineKind.TIP_SENT,
    ]
    assert [line.rate for line in lines] == [None] * 3
    assert texts(store, Search(words="coffee")) == ["coffee"]
    new.close()


@pytest.mark.parametrize("seed", range(5))
def test_after_any_operations_the_table_is_what_its_sources_say(
    database: MoneyDatabase, seed: int
) -> None:
    chance = random.Random(seed)
    store, rates = MoneyTimelineStore(database), MoneyRateStore(database)
    tips, incomings = MoneyTipStore(database), MoneyIncomingStore(database)
    wallet, desk = MoneyHistoryStore(database), MoneyDeskStore(database)
    for _ in range(300):
        number = chance.randrange(20)
        match chance.randrange(9):
            case 0:
                tips.save_tip(tip(number, status=chance.choice(list(TipStatus))))
            case 1:
                request = chance.choice(["", zap(number), zap(number, "x", False)])
                incomings.save_incoming(incoming(100 + number, request, "c", chance.random() < 0.7))
            case 2:
                incomings.forget_unpaid(START.plus_ms(chance.randrange(2_000)))
            case 3:
                direction = chance.choice(list(Direction))
                state = chance.choice(list(PaymentState))
                amount = chance.choice([None, 5, 10**9])
                wallet.save_payment(payment(200 + number, direction, state, "p", amount))
            case 4:
                changed = replace(RATE, price=chance.randrange(1, MAX_PRICE))
                rates.put_rate(chance.choice([None, changed]))
            case 5:
                store.put_note(chance.randrange(1, 30), chance.choice(["", "mine"]))
                desk.put_note(hash_of(100 + number), chance.choice(["", "theirs"]))
            case 6:
                channel = ChannelId(bytes([number]) * 32)
                store.channel_opened(channel, NodeId(b"\x02" * 33), "R", Msat(9), START)
            case 7:
                happen_on_chain(database, number, chance)
            case _:
                store.channel_closed(ChannelId(bytes([number]) * 32), Msat(3), START)
    assert disagreements(database) == []
    assert len(store.lines(EVERYTHING, before=None, limit=1_000)) > 20
    database.write("INSERT INTO timeline_words (timeline_words) VALUES ('integrity-check')")
    for table in ("tip_settlements", "tip_bills", "tips", "incoming_tips", "wallet_history"):
        database.write(f"DELETE FROM {table}")
    kept = [kind for kind in LineKind if kind.is_on_chain or kind.name.startswith("CHANNEL")]
    assert {line.kind for line in store.lines(EVERYTHING, before=None, limit=1_000)} <= set(kept)


def arrived(number: int) -> ArrivedTx:
    """Coins that somebody sent."""
    return ArrivedTx(
        txid=Txid(bytes([number]) * 32),
        amount=Sat(1_000 + number),
        address="bcrt1qours",
        spends=(),
        depth=0,
        confirmed_at=None,
    )


def happen_on_chain(database: MoneyDatabase, number: int, chance: random.Random) -> None:
    """Something happens to a payment on chain."""
    sends, arrivals = MoneySentOnchainStore(database), MoneyArrivalStore(database)
    txid, at = Txid(bytes([number]) * 32), START.plus_ms(chance.randrange(2_000))
    match chance.randrange(5):
        case 3:
            arrivals.put(arrived(number), chance.choice(list(Arrival)), at)
        case 4:
            arrivals.is_gone(txid)
        case 0:
            sends.begun(txid, "bcrt1q", Sat(number), Sat(200), at)
        case 1:
            sends.settled(txid, Sat(number), Sat(chance.randrange(300)), at)
        case _:
            sends.refused(txid)


def test_what_was_sent_on_chain_is_a_line_with_its_fee_once_it_is_final(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    MoneyRateStore(database).put_rate(RATE)
    sends, one, other = MoneySentOnchainStore(database), Txid(b"\x01" * 32), Txid(b"\x02" * 32)
    sends.begun(one, "bcrt1qone", Sat(30_000), Sat(700), START)
    sends.begun(other, "bcrt1qother", Sat(9_000), Sat(200), START.plus_ms(1))
    assert sends.under_way() == (one, other)
    sends.refused(other)
    (pending,) = store.lines(Search(words="bcrt1qone"), before=None, limit=5)
    assert (pending.state, pending.fee, pending.rate) == (LineState.UNDER_WAY, None, None)
    assert store.totals(EVERYTHING) == Totals()
    store.put_note(pending.place.number, "rent")
    sends.settled(one, Sat(29_999), Sat(701), START.plus_ms(5))
    sends.settled(one, Sat(1), Sat(1), START.plus_ms(6))
    sends.settled(other, Sat(1), Sat(1), START.plus_ms(6))
    (line,) = store.lines(Search(words="rent"), before=None, limit=5)
    assert (line.kind, line.state) == (LineKind.ONCHAIN_SENT, LineState.SETTLED)
    assert (line.amount, line.fee) == (Msat(29_999_000), Msat(701_000))
    assert line.place.at == START.plus_ms(5)
    assert line.text == f"bcrt1qone {one}"
    assert line.rate is not None
    assert line.rate.amount == RATE.to_fiat(Msat(29_999_000))
    totals = store.totals(EVERYTHING)
    assert (totals.sent, totals.fees, totals.count_sent) == (Msat(29_999_000), Msat(701_000), 1)
    (failed,) = store.lines(Search(state=LineState.FAILED), before=None, limit=5)
    assert (failed.amount, failed.fee) == (Msat(9_000_000), None)
    assert sends.under_way() == ()
    assert disagreements(database) == []


# -- rates ---------------------------------------------------------------------------------------


def test_what_settles_without_a_fresh_rate_has_none_for_good(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    rates, wallet = MoneyRateStore(database), MoneyHistoryStore(database)
    wallet.save_payment(payment(1))
    rates.put_rate(RATE)
    wallet.save_payment(payment(1))
    late = replace(payment(2), at=START.plus_ms(FRESH_MS))
    wallet.save_payment(late)
    assert [line.rate for line in store.lines(EVERYTHING, before=None, limit=10)] == [None, None]
    assert store.totals(EVERYTHING).without_rate == 2


def test_the_rate_of_a_settlement_never_changes(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    rates, wallet = MoneyRateStore(database), MoneyHistoryStore(database)
    incomings = MoneyIncomingStore(database)
    rates.put_rate(RATE)
    wallet.save_payment(payment(1))
    incomings.save_incoming(incoming(2))
    rates.put_rate(replace(RATE, price=1, source="other"))
    wallet.save_payment(payment(1))
    incomings.save_incoming(replace(incoming(2), receipt="{}"))
    rates.put_rate(None)
    found = store.lines(EVERYTHING, before=None, limit=10)
    assert [line.rate.rate for line in found if line.rate is not None] == [RATE, RATE]


def test_the_last_rate_reads_back(database: MoneyDatabase) -> None:
    rates = MoneyRateStore(database)
    assert rates.last_rate() is None
    rates.put_rate(RATE)
    rates.put_rate(replace(RATE, price=6))
    assert rates.last_rate() == replace(RATE, price=6)
    rates.put_rate(None)
    assert rates.last_rate() is None


@pytest.fixture(scope="module")
def calculator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MoneyDatabase]:
    opened = MoneyDatabase(tmp_path_factory.mktemp("calculator") / "money.db", ())
    yield opened
    opened.close()


@settings(max_examples=300)
@given(msat=st.integers(0, MOST_MSAT), price=st.integers(1, MAX_PRICE))
def test_sql_converts_as_the_rate_does(calculator: MoneyDatabase, msat: int, price: int) -> None:
    ((found,),) = calculator.read(
        f"SELECT {fiat_sql('msat')} FROM (SELECT ? AS msat, ? AS price)", (msat, price)
    )
    assert found == replace(RATE, price=price).to_fiat(Msat(msat)).minor


# -- strangers' JSON -----------------------------------------------------------------------------


def test_of_two_members_of_one_name_sql_takes_the_one_that_was_signed(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    honest = json.loads(zap(0, "honest"))
    others = {"pubkey": STRANGER.x_only.hex(), "content": "forged", "tags": [["e", "22" * 32]]}
    first, last = json.dumps(others)[:-1], json.dumps(honest)[1:]
    raw = f"{first}, {last}".replace('"pubkey"', '"pub\\u006bey"')
    request = accept_zap_request(
        raw, asked=Msat(50_000), recipient=CREATOR.x_only, provider=PROVIDER.x_only
    )
    MoneyIncomingStore(database).save_incoming(incoming(1, raw))
    (line,) = store.lines(EVERYTHING, before=None, limit=2)
    assert (line.person, line.post, line.text) == (request.sender, POST, "honest")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_comment_of_a_zap_is_found_as_it_was_signed(
    tmp_path_factory: pytest.TempPathFactory, comment: str
) -> None:
    database = MoneyDatabase(tmp_path_factory.mktemp("zap") / "money.db", SCHEMA)
    store = MoneyTimelineStore(database)
    MoneyIncomingStore(database).save_incoming(incoming(1, zap(0, comment)))
    (line,) = store.lines(EVERYTHING, before=None, limit=2)
    assert line.text == comment.partition("\0")[0]
    database.close()


@pytest.mark.parametrize(
    "raw",
    ["{", "[]", "7", '"x"', '{"tags": 7}', '{"tags": ["e", ["e"], {"e": 1}]}', '{"pubkey": []}',
     '{"pubkey": "xx", "tags": [["e", "yy"]], "content": null}', "[" * 3_000],
)  # fmt: skip
def test_nothing_in_a_zap_request_can_stop_a_payment(database: MoneyDatabase, raw: str) -> None:
    store = MoneyTimelineStore(database)
    MoneyIncomingStore(database).save_incoming(replace(incoming(1, raw), receipt=raw))
    (line,) = store.lines(EVERYTHING, before=None, limit=2)
    assert (line.person, line.post, line.receipt) == (None, None, None)


# -- searching -----------------------------------------------------------------------------------


@pytest.fixture
def filled(database: MoneyDatabase, store: TimelineStore) -> TimelineStore:
    wallet = MoneyHistoryStore(database)
    for number, text in enumerate(
        ["Kaffee für alle", "KAFFEEHAUS", "100% sure", "1000 sure", "tea \u2764", "\u8336\u8449"]
    ):
        wallet.save_payment(payment(number, text=text, amount=1_000 * (number + 1)))
    return store


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kaffee", ["KAFFEEHAUS", "Kaffee für alle"]),
        ("Kaffee alle", ["Kaffee für alle"]),
        ("100%", ["100% sure"]),
        ("\u2764", ["tea \u2764"]),
        ("\u8449", ["\u8336\u8449"]),
        ("_", []),
        ("\\", []),
        ("nothing", []),
        ("  ", ["\u8336\u8449", "tea \u2764", "1000 sure", "100% sure", "KAFFEEHAUS",
                "Kaffee für alle"]),
    ],
)  # fmt: skip
def test_lines_are_found_by_their_words(
    filled: TimelineStore, words: str, found: list[str]
) -> None:
    assert texts(filled, Search(words=words)) == found


@pytest.mark.parametrize(
    "words",
    ['"', "'", "a OR sure", "NOT sure", "text:sure", "sure*", "^sure", "NEAR(a b)", '" OR 1=1 --',
     "'; DROP TABLE timeline; --", "%", "a\0b", "*" * 10_000, "(" * 100, "-", "{text}: x", "+a"],
)  # fmt: skip
def test_words_are_never_anything_but_words(filled: TimelineStore, words: str) -> None:
    assert set(texts(filled, Search(words=words))) <= {"100% sure", "1000 sure"} or words == "'"
    assert len(texts(filled, EVERYTHING)) == 6


def test_words_with_accents_are_found_without_them(database: MoneyDatabase) -> None:
    store = MoneyTimelineStore(database)
    MoneyHistoryStore(database).save_payment(payment(1, text="Crème BRÛLÉE"))
    assert texts(store, Search(words="creme brul")) == ["Crème BRÛLÉE"]


def test_amount_time_kind_state_and_hash_narrow_the_search(filled: TimelineStore) -> None:
    def count(search: Search) -> int:
        return len(texts(filled, search))

    assert count(Search(least=Msat(2_000), most=Msat(3_000))) == 2
    assert count(Search(since=START.plus_ms(1), until=START.plus_ms(3))) == 2
    assert count(Search(kinds=frozenset({LineKind.PAYMENT_SENT}))) == 6
    assert count(Search(kinds=frozenset({LineKind.TIP_SENT, LineKind.TIP_RECEIVED}))) == 0
    assert count(Search(state=LineState.FAILED)) == 0
    assert texts(filled, Search(payment_hash=hash_of(1))) == ["KAFFEEHAUS"]


def test_persons_and_posts_are_found(database: MoneyDatabase, store: TimelineStore) -> None:
    tips = MoneyTipStore(database)
    tips.save_tip(tip(1))
    other = Target(ZapTarget(recipient=FAN.x_only), "x@127.0.0.1")
    tips.save_tip(replace(tip(2), target=other))
    both = (FAN.x_only, CREATOR.x_only)
    assert len(texts(store, Search(persons=both))) == 2
    assert len(texts(store, Search(persons=both[:1]))) == 1
    assert len(texts(store, Search(persons=()))) == 0
    assert len(texts(store, Search(post=POST))) == 1
    with pytest.raises(TooManyPersons):
        store.lines(Search(persons=both * 300), before=None, limit=1)


def test_a_note_on_an_open_invoice_is_on_its_line_once_it_is_paid(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    waiting = payment(1, Direction.IN, PaymentState.WAITING)
    MoneyHistoryStore(database).save_payment(waiting)
    store.put_payment_note(hash_of(1), "a print")
    assert store.lines(EVERYTHING, before=None, limit=5) == []
    MoneyHistoryStore(database).save_payment(replace(waiting, state=PaymentState.SUCCEEDED))
    (line,) = store.lines(Search(words="print"), before=None, limit=5)
    assert (line.note, store.payment_note(hash_of(1))) == ("a print", "a print")
    store.put_note(line.place.number, "two prints")
    assert store.payment_note(hash_of(1)) == "two prints"
    assert disagreements(database) == []


def test_notes_are_kept_found_and_taken_back(filled: TimelineStore) -> None:
    (line,) = filled.lines(Search(words="KAFFEEHAUS"), before=None, limit=5)
    filled.put_note(line.place.number, "with Ana")
    assert texts(filled, Search(words="ana")) == ["KAFFEEHAUS"]
    filled.put_note(line.place.number, "")
    assert texts(filled, Search(words="ana")) == []


def test_pages_follow_one_another_without_gap_or_double_whatever_is_added(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    wallet = MoneyHistoryStore(database)
    for number in range(25):
        wallet.save_payment(replace(payment(number), at=START.plus_ms(number // 10)))
    whole = store.lines(EVERYTHING, before=None, limit=100)
    seen: list[Line] = []
    place: Place | None = None
    while page := store.lines(EVERYTHING, before=place, limit=4):
        seen += page
        place = page[-1].place
        wallet.save_payment(replace(payment(1_000 + len(seen)), at=START.plus_ms(50)))
    assert seen == whole
    back: list[Line] = []
    place = None
    while page := store.lines_after(Search(until=START.plus_ms(50)), after=place, limit=7):
        back += page
        place = page[-1].place
    assert back == whole[::-1]


def test_totals_are_the_sums_of_the_lines(database: MoneyDatabase, store: TimelineStore) -> None:
    rates, wallet = MoneyRateStore(database), MoneyHistoryStore(database)
    prices = [("USD", 2, 5_000_000), ("JPY", 0, 9_000_000), ("KWD", 3, 20_000_000)]
    for number in range(40):
        code, digits, price = prices[number % 3]
        rate = replace(RATE, currency=Currency(code, digits), price=price + number)
        rates.put_rate(None if number % 5 == 0 else rate)
        direction = Direction.IN if number % 4 == 0 else Direction.OUT
        wallet.save_payment(payment(number, direction, amount=10**7 * number + number))
    wallet.save_payment(payment(99, state=PaymentState.FAILED))
    store.channel_opened(ChannelId(bytes(32)), NodeId(b"\x02" * 33), "R", Msat(9), START)
    lines = [
        line
        for line in store.lines(Search(state=LineState.SETTLED), before=None, limit=100)
        if line.amount is not None and line.kind is not LineKind.CHANNEL_OPENED
    ]
    totals = store.totals(EVERYTHING)
    assert totals.received == sum(
        (x.amount for x in lines if x.kind.is_received and x.amount), Msat(0)
    )
    assert totals.sent == sum((x.amount for x in lines if x.kind.is_sent and x.amount), Msat(0))
    assert totals.fees == sum((x.fee for x in lines if x.fee), Msat(0))
    assert (totals.count_received, totals.count_sent, totals.without_rate) == (10, 30, 8)
    for one in totals.fiat:
        known = [x.rate for x in lines if x.rate and x.rate.amount.currency == one.sent.currency]
        cards = sum(card_fee(rate.amount).minor for rate in known)
        assert one.card_for_sent.minor + one.card_for_received.minor == cards
        assert one.sent.minor + one.received.minor == sum(rate.amount.minor for rate in known)
        assert one.fees.minor == sum(rate.fee.minor for rate in known if rate.fee)
    assert [one.sent.currency.code for one in totals.fiat] == ["JPY", "KWD", "USD"]
    assert store.totals(Search(words="nothing")) == Totals()


# -- channels, and SQLite without FTS5 -----------------------------------------------------------


def test_a_channel_opens_once_and_closes_once(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    channel, peer = ChannelId(b"\x07" * 32), NodeId(b"\x02" * 33)
    store.channel_closed(channel, Msat(1), START)
    for moment in (START, START.plus_ms(1)):
        store.channel_opened(channel, peer, "R", Msat(9_000), moment)
    assert store.open_channels() == {channel}
    for moment in (START.plus_ms(5), START.plus_ms(6)):
        store.channel_closed(channel, Msat(4_000), moment)
    assert store.open_channels() == frozenset()
    closed, opened = store.lines(EVERYTHING, before=None, limit=5)
    assert (closed.kind, closed.amount, closed.place.at) == (
        LineKind.CHANNEL_CLOSED,
        Msat(4_000),
        START.plus_ms(5),
    )
    assert (opened.channel_id, opened.place.at) == (channel, START)


def test_a_sqlite_without_fts5_leaves_the_index_alone_and_one_with_it_makes_it_again(
    tmp_path: Path,
) -> None:
    def opened(*, use_words: bool) -> tuple[MoneyDatabase, MoneyTimelineStore]:
        database = MoneyDatabase(tmp_path / "money.db", SCHEMA)
        return database, MoneyTimelineStore(database, use_words=use_words)

    for use_words, number in ((True, 1), (False, 2), (True, 3)):
        database, store = opened(use_words=use_words)
        MoneyHistoryStore(database).save_payment(payment(number, text=f"coffee {number}"))
        database.close()
    database, store = opened(use_words=True)
    assert texts(store, Search(words="coffee")) == ["coffee 3", "coffee 2", "coffee 1"]
    database.close()


def test_a_script_is_cut_between_its_statements_and_not_inside_a_trigger() -> None:
    script = "CREATE TABLE a (x); CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END;"
    assert [text.split()[1] for text in statements(script + " CREATE INDEX i ON a (x)")] == [
        "TABLE",
        "TRIGGER",
        "INDEX",
    ]


def test_a_moment_at_which_the_rate_did_not_hold_gives_none(
    database: MoneyDatabase, store: TimelineStore
) -> None:
    MoneyRateStore(database).put_rate(RATE)
    wallet = MoneyHistoryStore(database)
    moments = {RATE.valid_from.plus_ms(-1): False, RATE.valid_from: True}
    moments |= {RATE.valid_until.plus_ms(-1): True, RATE.valid_until: False}
    for number, moment in enumerate(moments):
        wallet.save_payment(replace(payment(number), at=moment))
    lines = store.lines_after(EVERYTHING, after=None, limit=9)
    assert [line.rate is not None for line in lines] == list(moments.values())
    assert [line.place.at for line in lines] == sorted(moments)
    assert isinstance(lines[0].place.at, Instant)
