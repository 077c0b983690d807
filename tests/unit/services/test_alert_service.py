"""From a settled tip to the page: once for ever, in order, and never stale."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.desks import Desk
from tests.fakes import FAN, STRANGER
from tests.waiting import eventually
from tipdesk.app.system import SystemClock
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.desk import OverlayPage
from tipdesk.services.alerts import AlertService
from tipdesk.services.creator import NoSuchTip
from tipdesk.services.desk_settings import (
    ChoiceOutOfBounds,
    Goal,
    PageSettings,
    load_alerts,
    load_pages,
)
from tipdesk.services.events import AlertsChanged, Notice
from tipdesk.services.overlay_lists import OverlayLists
from tipdesk.tips.alert import AlertRule, AlertSettings, Fate, QuietHours
from tipdesk.tips.word_filter import WordFilter

SHORT = AlertSettings(
    rules=(AlertRule(min_amount=Msat(1_000), duration_ms=500, speaks=True),), spacing_ms=0
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


@asynccontextmanager
async def running(service: AlertService | OverlayLists) -> AsyncIterator[None]:
    task = asyncio.ensure_future(service.run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def lists(desk: Desk, alerts: AlertService) -> OverlayLists:
    return OverlayLists(
        creator=desk.creator,
        alerts=alerts,
        settings=desk.settings,
        pages=desk.pages,
        bus=desk.bus,
        clock=desk.clock,
    )


async def test_a_settled_tip_is_on_the_page_at_once_and_its_fate_is_durable(desk: Desk) -> None:
    desk.learn(FAN, "Bob")
    service = desk.start_alerts()
    invoice = await desk.invoice(5)
    assert desk.pages.told == []
    payment_hash = await desk.tip(21, comment="well done")
    ((page, message),) = desk.pages.told
    assert page is OverlayPage.ALERTS
    assert message["headline"] == [
        {"kind": "name", "text": "Bob"},
        {"kind": "text", "text": " tipped "},
        {"kind": "amount", "text": "21 sat"},
    ]
    assert (message["comment"], message["test"]) == ("well done", False)
    assert service.fate(payment_hash) is Fate.SHOWN
    assert service.fate(invoice) is None
    assert not desk.database.is_dirty


async def test_nobody_who_did_not_sign_has_a_name(desk: Desk) -> None:
    desk.start_alerts()
    await desk.tip(21, sender=None)
    headline = desk.pages.told[0][1]["headline"]
    assert isinstance(headline, list)
    assert headline[0] == {"kind": "text", "text": "Somebody"}


async def test_a_payment_is_shown_once_across_a_restart(desk: Desk) -> None:
    desk.start_alerts()
    payment_hash = await desk.tip(21)
    desk.close()
    desk.open()
    service = desk.start_alerts()
    desk.wallet.be_paid(payment_hash)
    assert desk.pages.kinds() == ["alert"]
    assert service.missed() == ()


async def test_what_landed_while_closed_or_waited_at_the_end_is_listed_and_can_be_shown(
    desk: Desk,
) -> None:
    desk.start_alerts()
    shown, queued = await desk.tip(21), await desk.tip(22)
    desk.close()
    desk.open()
    away = await desk.tip(23)  # the alerts were not there to hear of it
    desk.close()
    desk.clock.pass_ms(1_000)
    desk.open()
    service = desk.start_alerts()
    assert desk.pages.kinds() == ["alert"]
    assert {one.tip.payment_hash: one.fate for one in service.missed()} == {
        queued: Fate.AWAY,
        away: Fate.AWAY,
    }
    assert service.fate(shown) is Fate.SHOWN
    service.replay(away)
    assert desk.pages.kinds() == ["alert", "alert"]
    assert [one.tip.payment_hash for one in service.missed()] == [queued]
    with pytest.raises(NoSuchTip):
        service.replay(PaymentHash(bytes(32)))


async def test_a_payment_found_after_the_start_is_missed(desk: Desk) -> None:
    payment_hash = await desk.invoice(21)
    desk.wallet.be_paid(payment_hash, tell=False)
    desk.clock.pass_ms(1)
    desk.close()
    desk.open()
    service = desk.start_alerts()
    for listener in desk.wallet.listeners:
        listener(desk.wallet.settled[payment_hash])
    assert (desk.pages.told, service.fate(payment_hash)) == ([], Fate.AWAY)


async def test_history_from_before_the_first_alert_is_not_missed(desk: Desk) -> None:
    await desk.tip(21)
    desk.clock.pass_ms(1)
    assert desk.start_alerts().missed() == ()


async def test_the_queue_goes_on_by_the_clock(desk: Desk) -> None:
    service = desk.start_alerts()
    service.settings = SHORT
    async with running(service):
        await desk.tip(21)
        await desk.tip(22)
        desk.clock.pass_ms(500)
        service.skip(99)  # whoever asks, the machine looks at the clock
        await eventually(lambda: desk.pages.kinds() == ["alert", "hide", "alert"], "the next")
        await eventually(lambda: len(desk.speaker.said) == 2, "both are read aloud")
        desk.clock.pass_ms(500)
        service.hide()
    assert desk.pages.kinds()[-1] == "hide"
    assert desk.events.count(AlertsChanged()) >= 3


async def test_an_alert_ends_by_itself(tmp_path: Path) -> None:
    desk = Desk(tmp_path, clock=SystemClock())
    service = desk.start_alerts()
    service.settings = SHORT
    async with running(service):
        service.trial(Msat(21_000))
        await eventually(lambda: desk.pages.kinds() == ["alert", "hide"], "it ends", 3.0)
    desk.close()


async def test_a_voice_that_fails_is_told(desk: Desk) -> None:
    desk.speaker.fails = True
    service = desk.start_alerts()
    service.settings = SHORT
    async with running(service):
        service.trial(Msat(21_000))
        await eventually(lambda: any(isinstance(e, Notice) for e in desk.events), "told")
    (notice,) = [event for event in desk.events if isinstance(event, Notice)]
    assert notice.text == "An alert was not read aloud. The command 'said' lost its voice."


async def test_held_alerts_are_shown_on_the_creators_word(desk: Desk) -> None:
    service = desk.start_alerts()
    service.settings = replace(SHORT, holds=True)
    await desk.tip(21)
    (held,) = service.state.held
    assert desk.pages.told == []
    service.let_pass(held.number)
    assert desk.pages.kinds() == ["alert"]


async def test_a_test_counts_nowhere(desk: Desk) -> None:
    service = desk.start_alerts()
    service.trial(Msat(500_000))
    assert desk.pages.told[0][1]["test"] is True
    assert (desk.creator.count(), service.missed()) == (0, ())


async def test_a_page_that_shows_it_is_remembered(desk: Desk) -> None:
    service = desk.start_alerts()
    payment_hash = await desk.tip(21)
    number = desk.pages.told[0][1]["number"]
    assert isinstance(number, int)
    service.shown(number + 1)
    assert not service.was_seen(payment_hash)
    service.shown(number)
    service.shown(number)
    assert service.was_seen(payment_hash)


def test_choices_are_kept_and_bounded(desk: Desk) -> None:
    chosen = AlertSettings(
        is_on=False,
        rules=(
            AlertRule(
                min_amount=Msat(5),
                duration_ms=900,
                picture="a.png",
                sound="b.mp3",
                volume=3,
                speaks=True,
                template="{amount}",
            ),
        ),
        spacing_ms=7,
        holds=True,
        quiet=QuietHours(1, 2),
        words=WordFilter(("darn",)),
    )
    service = desk.start_alerts()
    service.settings = chosen
    assert load_alerts(desk.settings) == chosen
    for wrong in (
        replace(chosen, spacing_ms=-1),
        replace(chosen, quiet=QuietHours(0, 1_440)),
        replace(chosen, rules=(replace(chosen.rules[0], volume=101),)),
    ):
        with pytest.raises(ChoiceOutOfBounds):
            service.settings = wrong
    assert service.settings == chosen


@pytest.mark.parametrize("text", ["", "[]", "{", '{"rules": 1}', '{"goal": 3}', '{"goal": {}}'])
def test_what_cannot_be_read_was_never_chosen(desk: Desk, text: str) -> None:
    for name in ("desk.alerts", "desk.pages"):
        desk.settings.put_setting(name, text)
    assert load_alerts(desk.settings) == AlertSettings()
    assert load_pages(desk.settings) == PageSettings()


async def test_pages_show_the_goal_the_top_and_the_last(desk: Desk) -> None:
    alerts = desk.start_alerts()
    alerts.settings = AlertSettings(words=WordFilter(("darn",)))
    pages = lists(desk, alerts)
    assert pages.message(OverlayPage.GOAL) == {"kind": "goal", "title": ""}
    assert pages.message(OverlayPage.ALERTS) is None
    await desk.tip(100)
    desk.clock.pass_ms(1)
    pages.settings = PageSettings(goal=Goal("A bass", Msat(84_000), desk.clock.now()), rows=1)
    desk.learn(STRANGER, "Eve")
    await desk.tip(21, sender=STRANGER, comment="oh darn")
    await desk.tip(21, sender=None)
    assert pages.message(OverlayPage.GOAL) == {
        "kind": "goal",
        "title": "A bass",
        "have": "42 sat",
        "want": "84 sat",
        "percent": 50,
    }
    top = pages.message(OverlayPage.TOP)
    assert top is not None
    assert isinstance(top["rows"], list)
    assert [row["amount"] for row in top["rows"]] == ["100 sat"]
    pages.settings = replace(pages.settings, rows=2)
    assert pages.message(OverlayPage.LAST) == {
        "kind": "last",
        "rows": [
            {"name": "Somebody", "name_kind": "claimed", "amount": "21 sat", "comment": "hi"},
            {
                "name": "Eve",
                "name_kind": "name",
                "amount": "21 sat",
                "comment": "oh \u2217\u2217\u2217",
            },
        ],
    }
    assert load_pages(desk.settings) == pages.settings


async def test_open_pages_hear_of_a_tip_and_closed_ones_cost_nothing(desk: Desk) -> None:
    pages = lists(desk, desk.start_alerts())
    async with running(pages):
        await desk.tip(21)
        await eventually(lambda: desk.pages.kinds(OverlayPage.LAST) == ["last"], "told")
        assert desk.pages.kinds(OverlayPage.TOP) == ["top"]
    desk.pages.open = 0
    async with running(pages):
        await desk.tip(21)
        await asyncio.sleep(0.01)
    assert desk.pages.kinds(OverlayPage.LAST) == ["last"]
