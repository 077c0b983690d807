"""The overlay's address: secret, renewable, the same after a restart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes import FakeEntropy
from tipdesk.adapters.secrets.vault import FileVault
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.ledger import TIPS_SCHEMA
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.adapters.web.overlay import OverlayHandlers, OverlayServer
from tipdesk.ports.desk import OverlayPage
from tipdesk.ports.http import PortInUse
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice
from tipdesk.services.overlay import BadPort, OverlayService


class Profile:
    """What stays when TipDesk is closed."""

    def __init__(self, folder: Path, vault: FileVault) -> None:
        self.folder = folder
        self.vault = vault
        self.database = MoneyDatabase(folder / "money.db", (TIPS_SCHEMA,))
        self.notices: list[Notice] = []

    async def opened(self) -> OverlayService:
        bus = Bus()
        bus.subscribe(Notice, self.notices.append)
        handlers = OverlayHandlers(lambda _: None, lambda _: None, lambda: None)
        service = OverlayService(
            host=OverlayServer(handlers, self.folder),
            vault=self.vault,
            settings=MoneySettingsStore(self.database),
            bus=bus,
            entropy=FakeEntropy(),
        )
        await service.open()
        return service


@pytest.fixture
async def profile(tmp_path: Path) -> AsyncIterator[Profile]:
    vault = await FileVault.open_with_key_file(tmp_path / "v", tmp_path / "k", FakeEntropy())
    made = Profile(tmp_path, vault)
    yield made
    made.database.close()


async def test_the_address_in_obs_stays_right_after_a_restart(profile: Profile) -> None:
    first = await profile.opened()
    url = first.url(OverlayPage.ALERTS)
    await first.close()
    second = await profile.opened()
    assert second.url(OverlayPage.ALERTS) == url
    token = url.split("/")[4]
    assert len(token) == 43
    assert await profile.vault.get("overlay-token") == token.encode()
    assert first.connected() == dict.fromkeys(OverlayPage, 0)
    await second.close()


async def test_a_new_token_is_another_address_for_good(profile: Profile) -> None:
    service = await profile.opened()
    before = service.url(OverlayPage.ALERTS)
    await service.renew()
    after = service.url(OverlayPage.ALERTS)
    await service.close()
    again = await profile.opened()
    assert before != after == again.url(OverlayPage.ALERTS)
    await again.close()


async def test_a_port_that_was_taken_is_said_and_kept_for_later(profile: Profile) -> None:
    first = await profile.opened()
    second = await profile.opened()
    assert second.port != first.port
    assert f"The overlay is at port {second.port} for now" in profile.notices[0].text
    wanted = first.port
    await first.close()
    await second.close()
    third = await profile.opened()
    assert third.port == wanted
    await third.close()


async def test_the_port_can_be_chosen(profile: Profile) -> None:
    service, other = await profile.opened(), await profile.opened()
    with pytest.raises(PortInUse):
        await service.move(other.port)
    before, wanted = service.port, other.port
    await other.close()
    await service.move(wanted)
    assert before != service.port == wanted
    with pytest.raises(BadPort):
        await service.move(80)
    await service.close()
