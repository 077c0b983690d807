"""The proxy that is chosen: kept, told, and never lost in favour of showing more."""

from collections.abc import Callable

import pytest

from tests.picturing import Settings
from tipdesk.ports.way_out import (
    BadProxyAddress,
    ProxyChoice,
    ProxyScope,
    ProxyUnreachable,
    WayBarred,
)
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent, Notice, ProxyChanged
from tipdesk.services.proxy import ProxyService, kept_proxy

DEAD = ProxyUnreachable("a.example", place="127.0.0.1:9050")
TOR = ProxyChoice(ProxyScope.EVERYTHING)


class Switch:
    """A way out that goes nowhere."""

    def __init__(self) -> None:
        self.choice = ProxyChoice()
        self.checked = 0
        self.tell: Callable[[WayBarred | None], None] = lambda _: None

    def use(self, choice: ProxyChoice) -> None:
        self.choice = choice
        self.tell(None)

    def listen(self, on_problem: Callable[[WayBarred | None], None]) -> None:
        self.tell = on_problem

    async def check(self) -> None:
        self.checked += 1


class Desk:
    def __init__(self) -> None:
        self.way, self.settings, self.bus = Switch(), Settings(), Bus()
        self.remembered: list[ProxyChoice] = []
        self.events: list[AppEvent] = []
        for kind in (ProxyChanged, Notice):
            self.bus.subscribe(kind, self.events.append)
        self.service = ProxyService(
            way=self.way,
            settings=self.settings,
            remember=self.remembered.append,
            bus=self.bus,
        )


def test_a_choice_holds_at_once_and_is_kept() -> None:
    desk = Desk()
    assert kept_proxy(desk.settings) is None
    desk.service.use(ProxyScope.EVERYTHING, "127.0.0.1:9150")
    chosen = ProxyChoice(ProxyScope.EVERYTHING, "127.0.0.1", 9150)
    assert desk.service.choice == desk.way.choice == kept_proxy(desk.settings) == chosen
    assert desk.remembered == [chosen]
    assert ProxyChanged() in desk.events
    desk.service.use(ProxyScope.OFF, "[::1]:9150")
    assert kept_proxy(desk.settings) == ProxyChoice(ProxyScope.OFF, "::1", 9150)


def test_an_address_that_is_none_changes_nothing() -> None:
    desk = Desk()
    with pytest.raises(BadProxyAddress):
        desk.service.use(ProxyScope.EVERYTHING, "tor")
    assert (desk.way.choice, kept_proxy(desk.settings)) == (ProxyChoice(), None)
    assert (desk.events, desk.remembered) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"scope":"off"}',
        '{"scope":"half","address":"127.0.0.1:9050"}',
        "x" * 2_000,
    ],
)
def test_a_choice_that_cannot_be_read_becomes_none_that_shows_more(text: str) -> None:
    desk = Desk()
    desk.settings.put_setting("proxy", text)
    assert kept_proxy(desk.settings) == TOR


def test_the_person_is_told_when_the_proxy_dies_and_when_it_answers_again() -> None:
    desk = Desk()
    desk.service.use(ProxyScope.EVERYTHING, "127.0.0.1:9050")
    desk.events.clear()
    desk.way.tell(DEAD)
    assert desk.service.problem is DEAD
    (dead, _) = desk.events
    assert isinstance(dead, Notice)
    assert dead.serious
    assert "goes no other way" in dead.text
    desk.events.clear()
    desk.way.tell(None)
    assert desk.service.problem is None
    assert desk.events == [Notice("The proxy answers again.", serious=False), ProxyChanged()]


def test_a_proxy_that_is_not_used_any_more_is_not_praised() -> None:
    desk = Desk()
    desk.service.use(ProxyScope.ONION, "127.0.0.1:9050")
    desk.way.tell(DEAD)
    desk.events.clear()
    desk.service.use(ProxyScope.OFF, "127.0.0.1:9050")
    assert set(desk.events) == {ProxyChanged()}
    assert desk.service.problem is None


async def test_the_proxy_is_greeted_on_demand() -> None:
    desk = Desk()
    await desk.service.check()
    assert desk.way.checked == 1
