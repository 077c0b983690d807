"""Strangers' profiles: asked for once the name is wanted, and the end of the search is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.fakes import CREATOR, RELAY, STRANGER, FakeRelays, FakeSubscription, sign, until
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.services import people
from tipdesk.services.bus import Bus
from tipdesk.services.events import AppEvent, ProfileChanged, ProfileSought
from tipdesk.services.people import PeopleService, Sought
from tipdesk.services.profiles import Profiles

ANA, SAM = CREATOR.x_only, STRANGER.x_only


@dataclass
class AnsweringRelays(FakeRelays):
    """Sends what is stored and says that this was all, unless it is silent."""

    def subscribe(
        self,
        filters: Sequence[Filter],
        on_event: Callable[[Event], None],
        on_eose: Callable[[], None] | None = None,
        *,
        urls: Sequence[str] | None = None,
    ) -> FakeSubscription:
        subscription = super().subscribe(filters, on_event, on_eose, urls=urls)
        for event in self.stored.get(RELAY, ()):
            if any(entry.matches(event) for entry in filters):
                on_event(event)
        if on_eose is not None and not self.silent:
            on_eose()
        return subscription


@dataclass
class Search:
    """The service over relays that do as they are told."""

    relays: AnsweringRelays = field(default_factory=AnsweringRelays)
    events: list[AppEvent] = field(default_factory=list)

    def __post_init__(self) -> None:
        bus = Bus()
        bus.subscribe(AppEvent, self.events.append)
        profiles = Profiles(Network.REGTEST)
        self.service = PeopleService(relays=self.relays, profiles=profiles, bus=bus)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.service.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def search(monkeypatch: pytest.MonkeyPatch) -> Search:
    monkeypatch.setattr(people, "_GATHER_SECONDS", 0.0)
    monkeypatch.setattr(people, "_ANSWER_SECONDS", 0.02)
    return Search()


async def test_one_who_has_a_profile_is_found_and_one_who_has_none_is_nowhere(
    search: Search,
) -> None:
    search.relays.stored[RELAY] = [sign(CREATOR, 0, '{"name": "Ana"}')]
    assert search.service.sought(ANA) is Sought.UNANSWERED
    search.service.ask_about(ANA)
    search.service.ask_about(SAM)
    assert search.service.sought(ANA) is Sought.ASKING
    async with search.running():
        await until(lambda: ProfileSought(SAM) in search.events)
    assert search.service.sought(ANA) is Sought.FOUND
    assert search.service.sought(SAM) is Sought.NOWHERE
    assert search.events[0] == ProfileChanged(ANA)


async def test_one_whom_the_relays_know_nothing_of_is_asked_about_once(search: Search) -> None:
    async with search.running():
        search.service.ask_about(SAM)
        await until(lambda: search.events == [ProfileSought(SAM)])
        search.service.ask_about(SAM)
        assert search.service.sought(SAM) is Sought.NOWHERE
        await asyncio.sleep(0.01)
    assert len(search.relays.subscriptions) == 1


@pytest.mark.parametrize("how", ["silent", "away"])
async def test_without_an_answer_nothing_is_said_and_it_is_asked_again(
    search: Search, how: str
) -> None:
    search.relays.silent = {RELAY} if how == "silent" else set()
    search.relays.connected = how == "silent"
    async with search.running():
        search.service.ask_about(SAM)
        await until(lambda: search.events == [ProfileSought(SAM)])
        assert search.service.sought(SAM) is Sought.UNANSWERED
        search.relays.silent, search.relays.connected = set(), True
        search.service.ask_about(SAM)
        await until(lambda: search.service.sought(SAM) is Sought.NOWHERE)
