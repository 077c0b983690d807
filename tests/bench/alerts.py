"""A creator's desk with a long history: how soon an alert is there, how fast every answer."""

import asyncio
import random
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import perf_counter

import aiohttp

from tests.bench.measure import Row, measure
from tests.desks import Desk, zap
from tests.fakes import START
from tipdesk.adapters.desk.programs import ProgramRunner, SystemSpeaker
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.web.overlay import OverlayHandlers, OverlayServer
from tipdesk.base.clock import Instant
from tipdesk.base.units import Msat
from tipdesk.ports.desk import LAST_INSTANT, OverlayPage, TipSearch
from tipdesk.services.alerts import AlertService
from tipdesk.services.periods import Period

TIPS = 100_000
PEOPLE = 5_000
POSTS = 300
RUNS = 30
YEARS_MS = 2 * 365 * 86_400_000
BEGAN = START.plus_ms(-YEARS_MS)
WORDS = ("the quick brown fox jumps over lazy", "thanks for the song", "lovely work", "merci")


def _fill(database: MoneyDatabase) -> None:
    """Rows of the kind that are made when tips are paid, spread over two years."""
    chance = random.Random(1)
    people = [chance.randbytes(32) for _ in range(PEOPLE)]
    posts = [chance.randbytes(32) for _ in range(POSTS)]
    for number in range(TIPS):
        key, at = chance.randbytes(32), BEGAN.ms + number * YEARS_MS // TIPS
        words = " ".join(chance.choices(WORDS, k=chance.randint(0, 3)))
        amount = chance.choice((1_000, 21_000, 100_000, 5_000_000))
        sender = chance.choice(people) if chance.random() < 0.8 else None
        target = chance.choice(posts) if chance.random() < 0.7 else None
        database.write(
            "INSERT INTO incoming_tips (payment_hash, invoice, amount_msat, zap_request, comment, "
            "created_at_ms, expires_at_ms, preimage, received_msat, settled_at_ms, receipt, "
            "is_published, is_given_up) VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?, ?, 1, 0)",
            (key, "x" * 300, amount, words, at, at, key, amount, at, "x" * 1_200),
        )
        database.write(
            "INSERT INTO desk_tips VALUES (NULL, ?, ?, ?, ?, ?, '', ?, ?)",
            (key, at, amount, sender, target, words, words),
        )
        database.write("INSERT INTO desk_alerts VALUES (?, 'SHOWN', ?, 1)", (key, at))
    for person in people:
        database.write(
            "INSERT INTO desk_senders VALUES (?, ?)", (person, f"name {person.hex()[:8]}")
        )
    database.commit()


def _timed(name: str, ask: Callable[[], object]) -> Row:
    took = []
    for _ in range(RUNS):
        began = perf_counter()
        ask()
        took.append((perf_counter() - began) * 1_000)
    return Row.of(f"{name}, {TIPS:,} tips", "ms", took)


def _questions(desk: Desk) -> list[Row]:
    creator, now = desk.creator, START
    always = (Instant(0), LAST_INSTANT)
    searches = {
        "search, found": TipSearch(text="merci"),
        "search, not found": TipSearch(text="nothing of the kind"),
        "search by name": TipSearch(text="name 0"),
        "search by amount": TipSearch(least=Msat(5_000_001)),
    }
    return [
        _timed("chart by day, two years", lambda: creator.chart(Period.DAY, BEGAN, now)),
        _timed("chart by month, two years", lambda: creator.chart(Period.MONTH, BEGAN, now)),
        _timed(
            "chart by hour, a month",
            lambda: creator.chart(Period.HOUR, now.plus_ms(-30 * 86_400_000), now),
        ),
        _timed("top tippers of all time", lambda: creator.top_tippers(*always)),
        _timed("income of posts", lambda: creator.post_incomes(*always)),
        _timed("last 50 tips", lambda: creator.incoming(50)),
        *(_timed(name, partial(creator.search, wanted)) for name, wanted in searches.items()),
    ]


async def _latencies(desk: Desk) -> list[float]:
    """From the wallet's word that a tip is settled to the page's having the alert."""
    server = OverlayServer(
        OverlayHandlers(lambda _: None, lambda _: None, lambda: None), Path("/nonexistent")
    )
    server.set_token("t" * 43)
    await server.start()
    service = AlertService(
        creator=desk.creator,
        log=desk.alert_log,
        settings=desk.settings,
        pages=server,
        speaker=SystemSpeaker(ProgramRunner()),
        bus=desk.bus,
        clock=desk.clock,
    )
    running = asyncio.ensure_future(service.run())
    headers = {"Origin": f"http://127.0.0.1:{server.port}"}
    url = server.url(OverlayPage.ALERTS) + "/socket"
    took = []
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers=headers) as page,
    ):
        for number in range(RUNS):
            payment_hash = await desk.invoice(21, nostr=zap(21, comment=f"tip {number}"))
            began = perf_counter()
            desk.wallet.be_paid(payment_hash)
            message = await page.receive_json(timeout=5)
            took.append((perf_counter() - began) * 1_000)
            if message["kind"] != "alert" or message["comment"] != f"tip {number}":
                raise RuntimeError(f"not the alert: {message}")
            desk.clock.pass_ms(20_000)
            service.hide()
            await page.receive_json(timeout=5)
            desk.clock.pass_ms(20_000)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await server.stop()
    return took


async def _measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        _fill(desk.database)
        desk.close()
        starts = []
        for _ in range(5):
            desk.open()
            began = perf_counter()
            desk.file_tips()
            starts.append((perf_counter() - began) * 1_000)
            desk.close()
        desk.open()
        rows = [
            Row.of("settled tip to the overlay's socket", "ms", await _latencies(desk)),
            Row.of(f"start of a creator's desk, {TIPS:,} tips", "ms", starts),
            *_questions(desk),
        ]
        desk.close()
    return rows


@measure("alerts")
def alerts() -> list[Row]:
    """Alerts and a creator's questions."""
    return asyncio.run(_measure())
