"""Floods: relays in processes of their own send signed notes as fast as they can, into the feed.

What counts is how many end in the feed a second (parsed, signature checked, sorted, cached), and
how long the loop was ever held: above 50 ms a window stutters.
"""

import asyncio
import gc
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from time import perf_counter

from tests.bench._flood_relay import author
from tests.bench.measure import Row, measure
from tests.fakes import FAN, FakeEntropy, FakeRelays, ScriptedHttp
from tests.practising import ROOT
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.adapters.storage.ledger import TIP_MIGRATIONS, MoneyTipStore
from tipdesk.adapters.storage.records import (
    MoneyIncomingStore,
    MoneyReceiptStore,
    MoneySettingsStore,
)
from tipdesk.app.system import SystemClock
from tipdesk.bitcoin.network import Network
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.feeds import FeedService
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.own_payments import OwnPayments
from tipdesk.services.profiles import Profiles
from tipdesk.services.providers import ProviderKeys
from tipdesk.services.receipts import ReceiptBook
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.tip_book import TipBook

NOTES = 15_000
AUTHORS = 50
ROUNDS = 3
RELAYS = (1, 4)
SWEEP_SECONDS = 0.1


@contextmanager
def relay() -> Iterator[str]:
    """A flooding relay that lives as long as this block."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench._flood_relay", str(NOTES), str(AUTHORS)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            port = process.stdout.readline() if process.stdout else ""
            yield f"ws://127.0.0.1:{int(port)}"
        finally:
            process.terminate()


def feed_over(relays: RelayPool, folder: Path) -> tuple[FeedService, MoneyDatabase, CacheFeedStore]:
    """The feed as the app builds it; close the two stores."""
    clock, bus, profiles = SystemClock(), Bus(), Profiles(Network.REGTEST)
    database = MoneyDatabase(folder / "money.db", TIP_MIGRATIONS)
    cache = CacheFeedStore(folder / "cache.db")
    signer = KeySigner(FAN, FakeEntropy())
    tips = TipBook(MoneyTipStore(database), profiles, sender=signer.pubkey)
    verdicts = MoneyReceiptStore(database)
    receipts = ReceiptBook(
        store=verdicts,
        lnurl=LnurlClient(ScriptedHttp(), Network.REGTEST),
        profiles=profiles,
        providers=ProviderKeys(verdicts, clock),
        tips=tips,
        own=OwnPayments(tips, MoneyIncomingStore(database)),
        clock=clock,
    )
    lists = OwnLists(signer=signer, relays=relays, store=cache, clock=clock, practice=True)
    feed = FeedService(
        relays=relays,
        store=cache,
        settings=MoneySettingsStore(database),
        profiles=profiles,
        relay_lists=RelayLists(lists, practice=True),
        receipts=receipts,
        tips=tips,
        bus=bus,
        clock=clock,
    )
    for number in range(AUTHORS):
        feed.follow(author(number).x_only)
    return feed, database, cache


class Pauses:
    """Asks for the loop all the time, and notes how long it had to wait."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            start = perf_counter()
            await asyncio.sleep(0)
            self.longest = max(self.longest, perf_counter() - start)
            await asyncio.sleep(0.001)


async def sweep() -> None:
    """Collects young garbage now and then, as the window does."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        gc.collect(1)


async def take_in(urls: list[str], folder: Path) -> tuple[float, float]:
    """Events a second into an empty feed, and the longest pause in ms."""
    pool = WebsocketRelayPool(urls, network=Network.REGTEST, entropy=FakeEntropy(), way=WayOut())
    feed, database, cache = feed_over(pool, folder)
    pauses = Pauses()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in (pauses.watch(), sweep(), feed.run())]
        await asyncio.sleep(0.1)
        start = perf_counter()
        pool.start(group)
        while feed.count() < NOTES:  # noqa: ASYNC110 - the feed has no event for that
            await asyncio.sleep(0.005)
        seconds = perf_counter() - start
        await pool.stop()
        for task in tasks:
            task.cancel()
    database.close()
    cache.close()
    return NOTES / seconds, pauses.longest * 1_000


async def start_again(folder: Path) -> tuple[float, float]:
    """How long until the feed stands from the cache, in ms, and the longest pause in ms."""
    feed, database, cache = feed_over(FakeRelays(), folder)
    pauses = Pauses()
    watch = asyncio.ensure_future(pauses.watch())
    start = perf_counter()
    run = asyncio.ensure_future(feed.run())
    while feed.count() < NOTES:  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    took = (perf_counter() - start) * 1_000
    for task in (run, watch):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    database.close()
    cache.close()
    return took, pauses.longest * 1_000


@measure("events")
def events() -> list[Row]:
    """One relay, then several that all send the same; then the same feed from its cache."""
    rows = []
    starts = []
    # As in the window (`ui/sweeper`): a full collection alone would hold the loop for 130 ms.
    gc.disable()
    gc.freeze()
    with ExitStack() as stack:
        urls = [stack.enter_context(relay()) for _ in range(max(RELAYS))]
        for count in RELAYS:
            runs = []
            for _ in range(ROUNDS):
                with tempfile.TemporaryDirectory() as folder:
                    runs.append(asyncio.run(take_in(urls[:count], Path(folder))))
                    if count == 1:
                        starts.append(asyncio.run(start_again(Path(folder))))
            name = "one relay" if count == 1 else f"{count} relays that send the same"
            rows.append(Row.of(f"events into the feed, {name}", "1/s", [run[0] for run in runs]))
            rows.append(Row.of(f"longest pause meanwhile, {name}", "ms", [run[1] for run in runs]))
    gc.unfreeze()
    gc.enable()
    rows.append(Row.of(f"feed of {NOTES:,} from the cache", "ms", [run[0] for run in starts]))
    rows.append(Row.of("longest pause meanwhile", "ms", [run[1] for run in starts]))
    return rows
