"""Our own lightning address: set, kept, answered for, given up."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.fakes import (
    CREATOR,
    PROVIDER,
    FakeClock,
    FakeEntropy,
    FakeRelays,
    FakeWallet,
)
from tests.ui.stage_keys import StageSettings
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.records import MoneyIncomingStore
from tipdesk.app.core import SCHEMA
from tipdesk.bitcoin.network import Network
from tipdesk.ports.http import PortInUse
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice
from tipdesk.services.own_address import (
    BadOwnAddress,
    OwnAddress,
    OwnAddressService,
    kept_address,
    receiving_address,
)
from tipdesk.services.receiving import ReceiveService

ONION = "pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion"


class Server:
    """Listens on paper."""

    def __init__(self) -> None:
        self.port = 0
        self.is_open = False
        self.taken: set[int] = set()

    async def start(self, port: int) -> None:
        if port in self.taken:
            raise PortInUse(host="127.0.0.1", port=port)
        self.port, self.is_open = port or 41_234, True

    async def stop(self) -> None:
        self.is_open = False


@dataclass
class Creator:
    receiving: ReceiveService
    bus: Bus
    server: Server = field(default_factory=Server)
    settings: StageSettings = field(default_factory=StageSettings)
    heard: list[Notice] = field(default_factory=list)

    def service(self, now: OwnAddress | None = None) -> OwnAddressService:
        return OwnAddressService(
            server=self.server,
            receiving=self.receiving,
            recipient=CREATOR.x_only,
            title=lambda: "Ana",
            settings=self.settings,
            now=kept_address(self.settings, now),
            network=Network.MAINNET,
            bus=self.bus,
        )

    async def terms(self, user: str) -> dict[str, str]:
        answer = await self.receiving.lnurl_params(user)
        assert answer is not None
        return dict(json.loads(answer))


@pytest.fixture
def creator(tmp_path: Path) -> Iterator[Creator]:
    database, clock, bus = MoneyDatabase(tmp_path / "money.db", SCHEMA), FakeClock(), Bus()
    made = Creator(
        ReceiveService(
            address=receiving_address(None, CREATOR.x_only, "Ana"),
            wallet=FakeWallet(clock),
            signer=KeySigner(PROVIDER, FakeEntropy()),
            relays=FakeRelays(),
            store=MoneyIncomingStore(database),
            bus=bus,
            clock=clock,
        ),
        bus,
    )
    bus.subscribe(Notice, made.heard.append)
    yield made
    database.close()


async def test_without_an_address_nobody_is_answered_and_nothing_listens(creator: Creator) -> None:
    service = creator.service()
    await service.open()
    assert not creator.server.is_open
    assert await creator.receiving.lnurl_params("ana") is None


@pytest.mark.parametrize(
    ("domain", "callback"),
    [
        ("tips.example", "https://tips.example/lnurlp/ana/callback"),
        (ONION, f"http://{ONION}/lnurlp/ana/callback"),
    ],
)
async def test_an_address_is_answered_for_at_once_and_after_a_restart(
    creator: Creator, domain: str, callback: str
) -> None:
    made = await creator.service().use(" Ana ", domain.upper())
    assert made == OwnAddress("ana", domain, 41_234)
    assert (await creator.terms("ana"))["callback"] == callback
    assert f"ana@{domain}" in (await creator.terms("ana"))["metadata"]
    creator.server.port, creator.server.is_open = 0, False
    later = creator.service()
    await later.open()
    assert (later.now, creator.server.port) == (made, 41_234)


@pytest.mark.parametrize(
    ("user", "domain"),
    [("", "tips.example"), ("ana", ""), ("ana", "127.0.0.1"), ("a b", "tips.example")],
)
async def test_what_cannot_be_an_address_changes_nothing(
    creator: Creator, user: str, domain: str
) -> None:
    service = creator.service()
    with pytest.raises(BadOwnAddress, match=r"Nothing was changed\.$"):
        await service.use(user, domain)
    assert service.now is None
    assert not creator.server.is_open


async def test_a_port_that_is_taken_is_said_and_stops_nothing(creator: Creator) -> None:
    creator.server.taken.add(3_000)
    service = creator.service(OwnAddress("ana", "tips.example", 3_000))
    await service.open()
    (notice,) = creator.heard
    assert "Nobody can reach your lightning address ana@tips.example." in notice.text
    with pytest.raises(PortInUse):
        await service.open(must=True)


async def test_an_address_that_is_given_up_is_gone_for_good(creator: Creator) -> None:
    first = OwnAddress("bea", "old.example", 3_000)
    service = creator.service(first)
    await service.open()
    await service.use("ana", "tips.example")
    assert creator.server.port == 3_000, "what stands before it keeps its port"
    await service.give_up()
    assert not creator.server.is_open
    assert creator.service(first).now is None


def test_text_that_cannot_be_read_counts_as_never_set(creator: Creator) -> None:
    first = OwnAddress("bea", "old.example", 3_000)
    creator.settings.put_setting("own_address", "{")
    assert kept_address(creator.settings, first) == first
    creator.settings.put_setting("own_address", '{"user":"a","domain":1,"port":true}')
    assert kept_address(creator.settings, first) is None
