"""Payment names: looked up once as long as it holds, kept with their proofs."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tests.picturing import Settings
from tipdesk.adapters.storage import payment_names as storage
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.payment_names import PAYMENT_NAMES_SCHEMA, MoneyPaymentNames
from tipdesk.base.clock import Instant
from tipdesk.lnurl.bip353 import NotAPaymentName
from tipdesk.ports.names import BadNameServer, NothingUnderName, PaymentName, read_name_server
from tipdesk.services.payment_names import NameServerSetting, PaymentNameService

USUAL = "https://names.example/dns-query"


class Domain:
    """What the world says of names."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.offers = {"bob@ana.example": "lno1bob"}
        self.asked: list[str] = []

    async def find(self, name: str) -> PaymentName:
        self.asked.append(name)
        if name not in self.offers:
            raise NothingUnderName(name)
        now = self.clock.now()
        offer = self.offers[name]
        return PaymentName(
            name=name,
            uri=f"bitcoin:?lno={offer}",
            offer=offer,
            proof=b"proof of " + offer.encode(),
            checked_at=now,
            expires_at=now.plus_ms(30_000),
        )

    def check(self, name: str, proof: bytes) -> PaymentName:
        raise NotImplementedError


class Desk:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.domain = Domain(self.clock)
        self.database = MoneyDatabase(folder / "money.db", (PAYMENT_NAMES_SCHEMA,))
        self.store = MoneyPaymentNames(self.database)
        self.settings = Settings()
        self.service = PaymentNameService(
            names=self.domain,
            store=self.store,
            server=NameServerSetting(self.settings, USUAL),
            clock=self.clock,
        )


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_name_is_asked_for_once_as_long_as_its_owner_allows(desk: Desk) -> None:
    for text in ("bob@ana.example", "\u20bfBob@Ana.example"):
        assert await desk.service.offer_of(text) == "lno1bob"
    assert desk.domain.asked == ["bob@ana.example"]
    desk.domain.offers["bob@ana.example"] = "lno1new"
    desk.clock.pass_ms(29_999)
    assert await desk.service.offer_of("bob@ana.example") == "lno1bob"
    desk.clock.pass_ms(1)
    assert await desk.service.offer_of("bob@ana.example") == "lno1new"


async def test_what_was_proven_is_kept_with_its_proof(desk: Desk) -> None:
    found = await desk.service.find("bob@ana.example")
    desk.clock.pass_ms(10**9)
    assert desk.service.kept("\u20bfbob@ana.example") == found
    assert found.proof == b"proof of lno1bob"
    assert desk.service.kept("rob@ana.example") is None
    desk.database.close()


async def test_what_has_expired_is_not_used_when_nothing_new_is_found(desk: Desk) -> None:
    await desk.service.find("bob@ana.example")
    desk.clock.pass_ms(30_000)
    del desk.domain.offers["bob@ana.example"]
    with pytest.raises(NothingUnderName):
        await desk.service.offer_of("bob@ana.example")
    assert desk.service.kept("bob@ana.example") is not None


async def test_what_is_no_name_is_not_asked_for(desk: Desk) -> None:
    with pytest.raises(NotAPaymentName):
        await desk.service.offer_of("bob")
    assert desk.domain.asked == []


async def test_the_latest_names_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "MOST_NAMES", 3)
    found = await desk.service.find("bob@ana.example")
    for number in range(5):
        at = Instant(found.checked_at.ms + number)
        desk.store.keep(replace(found, name=f"n{number}@ana.example", checked_at=at))
    kept = [n for n in range(5) if desk.store.kept(f"n{n}@ana.example") is not None]
    assert kept == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("https://dns.example/dns-query", "https://dns.example/dns-query"),
        (" 9.9.9.9 ", "tcp://9.9.9.9:53"),
        ("tcp://127.0.0.1:5353", "tcp://127.0.0.1:5353"),
        ("tcp://[2620:fe::fe]", "tcp://[2620:fe::fe]:53"),
        ("tcp://abc.onion:53", "tcp://abc.onion:53"),
    ],
)
def test_a_name_server_is_written_as_an_address(text: str, place: str) -> None:
    assert read_name_server(text) == place == read_name_server(place)


@pytest.mark.parametrize(
    "text",
    [
        *("", "dns.example", "tcp://dns.example:53", "http://dns.example", "udp://9.9.9.9"),
        *("https://", "https://u:p@dns.example", "https://dns.example/#x", "tcp://9.9.9.9/x"),
        *(
            "tcp://9.9.9.9:0",
            "tcp://9.9.9.9:99999",
            "https://d\u00e9.example",
            "https://" + "x" * 300,
        ),
    ],
)
def test_other_texts_are_no_name_server(text: str) -> None:
    with pytest.raises(BadNameServer, match="Nothing was changed"):
        read_name_server(text)


def test_the_name_server_is_the_usual_one_until_another_is_chosen() -> None:
    settings = Settings()
    server = NameServerSetting(settings, USUAL)
    assert server.now == USUAL
    server.use("9.9.9.9")
    assert NameServerSetting(settings, USUAL).now == "tcp://9.9.9.9:53"
    with pytest.raises(BadNameServer):
        server.use("dns.example")
    assert server.now == "tcp://9.9.9.9:53"
    server.use("  ")
    assert server.now == USUAL
