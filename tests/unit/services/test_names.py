"""Names under a domain are shown only while the domain says the same."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.fakes import CREATOR, STRANGER, FakeClock, ScriptedHttp, sign, until
from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.base.errors import BackendError
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip05 import NamedPerson, NameVerdict
from tipdesk.ports import http as ports
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent, ProfileChanged
from tipdesk.services.names import Names, NameService, NoSuchName
from tipdesk.services.profiles import Profiles

ANA = CREATOR.x_only
NAME = "ana@a.example"
URL = "https://a.example/.well-known/nostr.json?name=ana"
HOUR = 3_600_000


def answer(key: str = ANA.hex()) -> bytes:
    return json.dumps({"names": {"ana": key}}).encode()


class Scene:
    """Profiles with names, over a real cache and a web by script."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.http = ScriptedHttp()
        self.http.answers[URL] = answer()
        self.open()

    def open(self) -> None:
        self.cache = CacheFeedStore(self.folder / "cache.db")
        self.events: list[AppEvent] = []
        bus = Bus()
        bus.subscribe(AppEvent, self.events.append)
        self.names = Names(self.cache, self.clock, practice=False)
        self.service = NameService(
            http=self.http, names=self.names, bus=bus, clock=self.clock, practice=False
        )
        self.profiles = Profiles(Network.REGTEST, self.names)
        self.profiles.learn(sign(CREATOR, 0, json.dumps({"name": "Ana", "nip05": NAME})))

    @property
    def shown(self) -> str | None:
        return self.profiles.view(ANA).nip05

    async def check(self) -> NameVerdict:
        return (await self.service.check(ANA, NAME)).verdict


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.cache.close()


async def test_a_name_is_shown_once_its_domain_confirmed_it_and_after_a_restart(
    scene: Scene,
) -> None:
    task = asyncio.ensure_future(scene.service.run())
    assert scene.shown is None
    await until(lambda: scene.shown == NAME)
    assert ProfileChanged(ANA) in scene.events
    assert scene.http.asked == [URL]
    task.cancel()
    scene.cache.close()
    scene.open()
    assert scene.shown == NAME


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (answer(STRANGER.x_only.hex()), NameVerdict.WRONG),
        (b'{"names":{}}', NameVerdict.WRONG),
        (b"<html>", NameVerdict.WRONG),
        (ports.RedirectRefused("a.example", reason="elsewhere"), NameVerdict.WRONG),
        (ports.ServerError("a.example", status=404, body=b""), NameVerdict.WRONG),
        (ports.ServerError("a.example", status=503, body=b""), NameVerdict.UNREACHABLE),
        (ports.TooSlow("a.example", seconds=1), NameVerdict.UNREACHABLE),
        (ports.TooLarge("a.example", max_bytes=1), NameVerdict.UNREACHABLE),
        (ports.NotReachable("a.example"), NameVerdict.UNREACHABLE),
    ],
)
async def test_no_other_answer_shows_a_name(
    scene: Scene, said: bytes | BackendError, verdict: NameVerdict
) -> None:
    scene.http.answers[URL] = said
    assert await scene.check() is verdict
    assert scene.shown is None


async def test_a_name_that_is_no_identifier_is_wrong_and_nobody_is_asked(scene: Scene) -> None:
    assert (await scene.service.check(ANA, "not a name")).verdict is NameVerdict.WRONG
    assert scene.http.asked == []


async def test_a_name_taken_away_is_not_shown_any_more(scene: Scene) -> None:
    await scene.check()
    assert scene.shown == NAME
    scene.http.answers[URL] = answer(STRANGER.x_only.hex())
    await scene.check()
    assert scene.shown is None


async def test_another_name_in_the_profile_begins_unverified(scene: Scene) -> None:
    await scene.check()
    new = json.dumps({"name": "Ana", "nip05": "ceo@bank.example"})
    scene.profiles.learn(sign(CREATOR, 0, new, created_at=1_900_000_000))
    assert scene.shown is None


async def test_a_confirmed_name_outlives_its_domains_absence_for_a_while(scene: Scene) -> None:
    await scene.check()
    scene.http.answers[URL] = ports.NotReachable("a.example")
    scene.clock.pass_ms(25 * HOUR)
    assert scene.shown == NAME
    assert await scene.check() is NameVerdict.UNREACHABLE
    assert scene.shown == NAME
    scene.clock.pass_ms(7 * 24 * HOUR)
    assert scene.shown is None
    await scene.check()
    kept = scene.names.verdict(ANA)
    assert kept is not None
    assert kept.verdict is NameVerdict.UNREACHABLE


async def test_a_domain_is_asked_again_when_its_word_is_old_and_not_before(scene: Scene) -> None:
    task = asyncio.ensure_future(scene.service.run())
    await until(lambda: scene.shown == NAME)
    scene.clock.pass_ms(23 * HOUR)
    assert scene.shown == NAME
    await asyncio.sleep(0.01)
    assert len(scene.http.asked) == 1
    scene.clock.pass_ms(2 * HOUR)
    scene.http.answers[URL] = ports.NotReachable("a.example")
    for _ in range(3):
        assert scene.shown == NAME
        await until(lambda: len(scene.http.asked) == 2)
    scene.clock.pass_ms(HOUR)
    assert scene.shown == NAME
    await until(lambda: len(scene.http.asked) == 3)
    task.cancel()


async def test_somebody_is_found_by_their_name(scene: Scene) -> None:
    assert await scene.service.find(" Ana@A.example") == NamedPerson(ANA)
    scene.http.answers[URL] = b'{"names":{}}'
    with pytest.raises(NoSuchName):
        await scene.service.find(NAME)


async def test_a_redirect_is_not_followed() -> None:
    app = web.Application()

    async def names(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/other"})

    async def other(_: web.Request) -> web.Response:
        raise AssertionError("followed")

    app.router.add_get("/.well-known/nostr.json", names)
    app.router.add_get("/other", other)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with WebClient(Network.REGTEST, WayOut(), max_redirects=0) as client:
        url = f"http://{host}:{port}/.well-known/nostr.json?name=ana"
        with pytest.raises(ports.RedirectRefused):
            await client.get(url, max_bytes=1_000, timeout=2)
    await runner.cleanup()
