"""The overlay as OBS sees it: the page in Chromium, drawn into build/screenshots."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.browser import BINARY, Browser, Page, chromium
from tests.desks import Desk
from tests.fakes import FAN, STRANGER
from tests.interop.strangers import need
from tests.waiting import eventually
from tipdesk.adapters.web.overlay import OverlayHandlers, OverlayServer
from tipdesk.app.system import SystemClock
from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.ports.desk import OverlayPage
from tipdesk.services.alerts import AlertService
from tipdesk.services.desk_settings import Goal, PageSettings
from tipdesk.services.overlay_lists import OverlayLists
from tipdesk.tips.alert import AlertRule, AlertSettings

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
TOKEN = "t" * 43
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
STILL = "document.getAnimations().every(one => one.playState === 'finished')"
NO_CARD = "document.querySelector('.card') === null"


class Stream:
    """A creator's desk, its overlay and the browser that shows it."""

    def __init__(self, desk: Desk, browser: Browser, media: Path) -> None:
        self.desk = desk
        self.browser = browser
        handlers = OverlayHandlers(
            lambda page: self.lists.message(page), lambda n: self.alerts.shown(n), lambda: None
        )
        self.server = OverlayServer(handlers, media)
        self.server.set_token(TOKEN)
        self.alerts = AlertService(
            creator=desk.creator,
            log=desk.alert_log,
            settings=desk.settings,
            pages=self.server,
            speaker=desk.speaker,
            bus=desk.bus,
            clock=desk.told_time,
        )
        self.lists = OverlayLists(
            creator=desk.creator,
            alerts=self.alerts,
            settings=desk.settings,
            pages=self.server,
            bus=desk.bus,
            clock=desk.told_time,
        )
        self.alerts.settings = AlertSettings(
            rules=(AlertRule(min_amount=Msat(1_000), duration_ms=60_000, picture="bolt.png"),),
            spacing_ms=0,
        )

    async def tip(self, sat: int, *, sender: PrivateKey | None = FAN, comment: str) -> PaymentHash:
        self.desk.clock.time = SystemClock().now()
        return await self.desk.tip(sat, sender=sender, comment=comment)

    async def open(self, stack: AsyncExitStack, page: OverlayPage) -> Page:
        before = self.server.connected()[page]
        opened = await stack.enter_async_context(self.browser.page(self.server.url(page)))
        await eventually(lambda: self.server.connected()[page] == before + 1, "the page connects")
        return opened


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path, clock=SystemClock())
    yield made
    made.close()


@pytest.fixture
async def stream(desk: Desk, tmp_path: Path) -> AsyncIterator[Stream]:
    need("Chromium", BINARY is not None)
    media = tmp_path / "media"
    media.mkdir()
    (media / "bolt.png").write_bytes((Path(__file__).parent / "bolt.png").read_bytes())
    async with chromium(tmp_path / "browser") as browser:
        made = Stream(desk, browser, media)
        await made.server.start()
        yield made
        await made.server.stop()


async def test_an_alert_is_shown_once_in_every_tab_as_text_alone(stream: Stream) -> None:
    desk = stream.desk
    desk.learn(FAN, 'Ana \\"the fan\\" <b>')
    async with AsyncExitStack() as stack:
        tabs = [await stream.open(stack, OverlayPage.ALERTS) for _ in range(2)]
        payment_hash = await stream.tip(2_100, comment=HOSTILE)
        for tab in tabs:
            await tab.until("document.querySelectorAll('.alert').length === 1", "it is shown")
            text = await tab.evaluate("document.querySelector('.alert').innerText")
            assert text.split("\n")[-1] == HOSTILE
            assert 'Ana "the fan" <b> tipped 2,100 sat' in text
            assert await tab.evaluate("document.querySelectorAll('script').length") == 1
            assert await tab.evaluate("document.title") == "TipDesk overlay"
            assert tab.complaints == []
        await eventually(lambda: stream.alerts.was_seen(payment_hash), "the page says so")
        await tabs[0].until("document.querySelector('img').complete", "the picture is there")
        await tabs[0].until(STILL, "it stands still")
        await tabs[0].draw(SCREENSHOTS / "overlay-alert.png")
        stream.alerts.hide()
        for tab in tabs:
            await tab.until(NO_CARD, "it goes")


async def test_a_page_that_comes_back_shows_nothing_stale(stream: Stream) -> None:
    async with AsyncExitStack() as stack:
        page = await stream.open(stack, OverlayPage.ALERTS)
        await stream.tip(21, comment="hi")
        await page.until("document.querySelector('.alert') !== null", "it is shown")
        port = stream.server.port
        await stream.server.stop()
        await page.until(NO_CARD, "it goes with the connection")
        await stream.server.start(port)
        await eventually(lambda: stream.server.connected()[OverlayPage.ALERTS] == 1, "back", 20.0)
        assert await page.evaluate(NO_CARD)
        stream.server.set_token("u" * 43)
        await eventually(lambda: not stream.server.connected()[OverlayPage.ALERTS], "cut off")


async def test_names_weigh_what_vouches_for_them_and_tests_are_marked(stream: Stream) -> None:
    async with AsyncExitStack() as stack:
        page = await stream.open(stack, OverlayPage.ALERTS)
        stream.alerts.trial(Msat(21_000))
        await page.until("document.querySelector('.alert.test .mark') !== null", "marked")
        await page.until(STILL, "it stands still")
        await page.draw(SCREENSHOTS / "overlay-test.png")
        weights = (
            "['name', 'claimed'].map(kind => { const made = document.createElement('span');"
            "made.className = kind; document.body.append(made);"
            "return getComputedStyle(made).fontWeight })"
        )
        assert await page.evaluate(weights) == ["800", "400"]


async def test_who_wants_less_motion_gets_none(stream: Stream) -> None:
    async with AsyncExitStack() as stack:
        page = await stream.open(stack, OverlayPage.ALERTS)
        await page.call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-reduced-motion", "value": "reduce"}],
        )
        stream.alerts.trial(Msat(21_000))
        await page.until("document.querySelector('.alert') !== null", "it is shown")
        assert await page.evaluate("document.getAnimations().length") == 0
        stream.alerts.hide()
        await page.until(NO_CARD, "it goes")


async def test_goal_top_and_last_are_drawn(stream: Stream) -> None:
    desk = stream.desk
    desk.learn(FAN, "Ana")
    desk.learn(STRANGER, "A very long name that somebody chose to see what breaks, \u263a")
    stream.lists.settings = PageSettings(goal=Goal("A new bass", Msat(50_000_000), Instant(0)))
    for sat, sender in ((21_000, FAN), (5_000, STRANGER), (210, None)):
        await stream.tip(sat, sender=sender, comment="for the song")
    async with AsyncExitStack() as stack:
        for page, text in (
            (OverlayPage.GOAL, "26,210 sat / 50,000 sat"),
            (OverlayPage.TOP, "21,000 sat"),
            (OverlayPage.LAST, "Somebody"),
        ):
            tab = await stream.open(stack, page)
            await tab.until(f"document.body.innerText.includes('{text}')", f"{page.value} is shown")
            await tab.until(STILL, "it stands still")
            await tab.draw(SCREENSHOTS / f"overlay-{page.value}.png")
            assert tab.complaints == []
