"""The wallet served over a real relay: apps on connections of their own, and their clients."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.fakes import FakeClock, FakeWallet, make_invoice, preimage_of
from tests.serving import Served, WireApp, code_of, relay_pool, served_over
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.app.core import SCHEMA
from tipdesk.app.system import SystemClock
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.practice.relay import PracticeRelay
from tipdesk.tips.connection import Sums, sums

REQUESTS = 100
COST = Msat(22_000)


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[str]:
    practice = PracticeRelay(tmp_path / "relay")
    yield (await practice.start()).rstrip("/")
    await practice.stop()


@pytest.fixture
def wallet() -> FakeWallet:
    made = FakeWallet(FakeClock(SystemClock().now()))
    for number in range(1, REQUESTS + 1):
        preimage = preimage_of(number)
        made.preimages[PaymentHash(sha256(preimage))] = preimage
    return made


@pytest.fixture
def database(tmp_path: Path) -> Iterator[MoneyDatabase]:
    opened = MoneyDatabase(tmp_path / "money.db", SCHEMA)
    yield opened
    opened.close()


def invoice(number: int) -> dict[str, object]:
    return {"invoice": make_invoice(number, timestamp=SystemClock().now().unix_seconds)}


async def ready(app: WireApp, served: Served, link: WalletConnectLink) -> None:
    """The first answer: both sides hear each other."""
    (answer,) = [await app.ask("get_info")]
    assert answer["result"]["alias"] == "Desk"
    assert served.book.of_client(link.key.x_only) is not None


async def test_class_36_over_a_real_relay_a_hundred_requests_do_not_pass_the_budget(
    relay: str, database: MoneyDatabase, wallet: FakeWallet
) -> None:
    async with served_over(relay, database, wallet) as serving, relay_pool(relay) as relays:
        link = serving.connect(budget=Msat(900_000))
        app = WireApp(link, relays)
        await ready(app, serving, link)
        answers = await asyncio.gather(
            *(app.ask("pay_invoice", invoice(number)) for number in range(1, REQUESTS + 1))
        )
        paid = [answer for answer in answers if not answer["error"]]
        assert {code_of(answer) for answer in answers} == {"", "QUOTA_EXCEEDED"}
        assert len(paid) == len(wallet.orders)
        assert len({answer["result"]["preimage"] for answer in paid}) == len(paid)
        spent = COST * len(paid)
        assert spent <= Msat(900_000)
        assert len(paid) >= 900_000 // 24_000
        assert sums(serving.store.entries()) == Sums(spent=spent)


async def test_an_app_and_its_wallet_find_each_other_again_after_a_restart_of_either(
    relay: str, database: MoneyDatabase, wallet: FakeWallet
) -> None:
    async with served_over(relay, database, wallet) as serving, relay_pool(relay) as relays:
        link = serving.connect()
        await ready(WireApp(link, relays), serving, link)
    async with served_over(relay, database, wallet) as serving, relay_pool(relay) as relays:
        app = WireApp(link, relays)
        await ready(app, serving, link)
        assert (await app.ask("pay_invoice", invoice(1)))["result"]["fees_paid"] == 1_000
