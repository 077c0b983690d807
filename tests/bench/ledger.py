"""What the one history costs at 100,000 lines: each kind of question, and each line written."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from tests.bench.measure import Row, measure
from tests.fakes import START, FakeClock, preimage_of
from tests.histories import RATE, SCHEMA, hash_of, incoming, payment, tip, zap
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.export_file import ReplacingFile
from tipdesk.adapters.storage.ledger import MoneyTipStore
from tipdesk.adapters.storage.records import MoneyHistoryStore, MoneyIncomingStore
from tipdesk.adapters.storage.timeline import MoneyRateStore, MoneyTimelineStore
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.services.bus import Bus
from tipdesk.services.profiles import Profiles
from tipdesk.services.timeline import Surroundings, TimelineService
from tipdesk.tips.export import ExportFormat
from tipdesk.tips.target import Target
from tipdesk.tips.timeline import EVERYTHING, LineKind, Place, Search
from tipdesk.tips.tip import Tip, TipStatus

LINES = 100_000
PEOPLE = 500
RUNS = 30
WRITTEN = 2_000
APART_MS = 60_000
STAGES = (TipStatus.DRAFT, TipStatus.UNDO, TipStatus.QUOTING, TipStatus.PAYING, TipStatus.PAID)


def _person(number: int) -> XOnlyPubkey:
    return XOnlyPubkey(preimage_of(number % PEOPLE))


def _tip(number: int, status: TipStatus) -> Tip:
    made = tip(number, status=status)
    post = EventId(preimage_of(number % 5_000))
    target = Target(ZapTarget(recipient=_person(number), event_id=post, kind=1), "a@b.c")
    at = START.plus_ms(number * APART_MS)
    paid = made.settlement and replace(made.settlement, settled_at=at)
    words = f"thank you for post {number}, {'wonderful' if number % 1_000 == 7 else 'nice'}"
    return replace(made, target=target, created_at=at, comment=words, settlement=paid)


def _fill(database: MoneyDatabase) -> None:
    """Half of the lines are tips, the rest is tips that came in and the wallet's payments."""
    tips, incomings = MoneyTipStore(database), MoneyIncomingStore(database)
    wallet, rates = MoneyHistoryStore(database), MoneyRateStore(database)
    request = zap(0)
    for number in range(LINES):
        at = START.plus_ms(number * APART_MS)
        rates.put_rate(replace(RATE, at=at, received_at=at, price=5_000_000 + number))
        if number % 2:
            tips.save_tip(_tip(number, TipStatus.PAID))
        elif number % 4:
            record = incoming(number, request)
            assert record.settlement is not None
            incomings.save_incoming(replace(record, settlement=replace(record.settlement, at=at)))
        else:
            wallet.save_payment(replace(payment(number), at=at, amount=Msat(number + 1)))
    database.commit()


def _timed(run: Callable[[], object]) -> list[float]:
    values = []
    for _ in range(RUNS):
        start = perf_counter()
        run()
        values.append((perf_counter() - start) * 1_000)
    return values


def _questions(store: MoneyTimelineStore) -> list[Row]:
    middle = START.plus_ms(LINES // 2 * APART_MS)
    searches = {
        "any line": EVERYTHING,
        "a word in half of them": Search(words="thank"),
        "a word in 50 of them": Search(words="wonderful"),
        "a word in none": Search(words="nowhere"),
        "two words": Search(words="wonder post"),
        "a sign, without the index": Search(words="\u2764"),
        "a person": Search(persons=(_person(3),)),
        "50 persons": Search(persons=tuple(_person(n) for n in range(50))),
        "a post": Search(post=EventId(preimage_of(7))),
        "a payment hash": Search(payment_hash=hash_of(501)),
        "an amount that is rare": Search(least=Msat(99_000), most=Msat(99_100)),
        "a kind in a time": Search(kinds=frozenset({LineKind.PAYMENT_SENT}), until=middle),
    }
    rows = [
        Row.of(f"page: {name}", "ms", _timed(partial(_page, store, search)))
        for name, search in searches.items()
    ]
    deep = Place(middle, 0)
    rows.append(
        Row.of(
            "page: from the middle on",
            "ms",
            _timed(lambda: store.lines(EVERYTHING, before=deep, limit=50)),
        )
    )
    for name, search in {
        "of all": EVERYTHING,
        "of half the time": Search(since=middle),
        "of a person": Search(persons=(_person(3),)),
        "of a word in half of them": Search(words="thank"),
    }.items():
        rows.append(Row.of(f"totals {name}", "ms", _timed(partial(store.totals, search))))
    return rows


def _page(store: MoneyTimelineStore, search: Search) -> None:
    store.lines(search, before=None, limit=50)


def _written(database: MoneyDatabase, first: int) -> list[float]:
    """Milliseconds a tip through its stages, one commit each."""
    store = MoneyTipStore(database)
    values = []
    for number in range(first, first + WRITTEN // len(STAGES)):
        start = perf_counter()
        for status in STAGES:
            store.save_tip(_tip(number, status))
            store.commit()
        values.append((perf_counter() - start) * 1_000)
    return values


async def _export(store: MoneyTimelineStore, folder: Path) -> tuple[float, list[float]]:
    """Seconds that it took to write all lines, and milliseconds of each turn of the loop."""
    profiles = Profiles(Network.REGTEST)
    service = TimelineService(
        store=store,
        surroundings=Surroundings(
            profile=profiles.view,
            name=lambda _: "",
            channels=tuple,
            note_received=lambda _hash, _text: None,
            open_file=ReplacingFile,
        ),
        bus=Bus(),
        clock=FakeClock(),
    )
    turns: list[float] = []

    async def count() -> None:
        while True:
            before = perf_counter()
            await asyncio.sleep(0)
            turns.append((perf_counter() - before) * 1_000)

    async with asyncio.TaskGroup() as group:
        counting = group.create_task(count())
        start = perf_counter()
        await service.export(folder / "history.csv", ExportFormat.CSV)
        took = perf_counter() - start
        counting.cancel()
    return took, turns


@measure("ledger")
def ledger() -> list[Row]:
    """The cost of one history."""
    with tempfile.TemporaryDirectory() as folder:
        bare = MoneyDatabase(Path(folder) / "bare.db", SCHEMA[:-3])
        bare_ms = _written(bare, LINES)
        bare.close()
        database = MoneyDatabase(Path(folder) / "money.db", SCHEMA)
        store = MoneyTimelineStore(database)
        _fill(database)
        rows = _questions(store)
        took, turns = asyncio.run(_export(store, Path(folder)))
        full_ms = _written(database, LINES + 1)
        database.close()
    return [
        *rows,
        Row.of("all lines written to a CSV file", "s", [took]),
        Row.of("a turn of the loop meanwhile", "ms", turns),
        Row.of("the longest of them", "ms", [max(turns)]),
        Row.of("a tip through 5 commits, no history kept", "ms", bare_ms),
        Row.of("a tip through 5 commits, after 100,000 lines", "ms", full_ms),
    ]
