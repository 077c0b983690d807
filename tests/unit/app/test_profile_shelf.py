"""The profiles of a machine, and that removing one takes what it says and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.channels import Pair
from tests.keyrings import MemoryKeyring
from tipdesk.adapters.secrets.keyring import KeyringIsLocked, SystemKeyring
from tipdesk.adapters.storage.database import ProfileInUse
from tipdesk.adapters.storage.node import SqliteNodeStore
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.app.container import App
from tipdesk.app.core import open_money
from tipdesk.app.front import FrontDoor
from tipdesk.app.profile_shelf import (
    NotToBeRemoved,
    OtherAmount,
    ProfileShelf,
    StillThere,
    WordsNotChecked,
)
from tipdesk.base.units import Sat
from tipdesk.bitcoin.network import Network
from tipdesk.lightning.channel.state import Normal
from tipdesk.services.front import NewWallet, ProfileEntry, ProfileLoss, Servers
from tipdesk.services.preferences import PreferenceKeeper, Preferences
from tipdesk.services.seed_words import CHECKED

pytestmark = pytest.mark.usefixtures("cheap_vaults")

SERVERS = Servers(chain=("tcp://127.0.0.1:50001",), relays=("ws://127.0.0.1:7777",))


@asynccontextmanager
async def nobody(_progress: object) -> AsyncIterator[App]:
    raise AssertionError("nobody practises here")
    yield


@pytest.fixture
async def entries(tmp_path: Path, keyring: MemoryKeyring) -> tuple[ProfileEntry, ...]:
    """One that is open, one in the keyring, one in a file."""
    door = FrontDoor(tmp_path, PreferenceKeeper(Preferences()), nobody)
    for passphrase in ("", "", "long enough"):
        await door.create(NewWallet(network="signet", servers=SERVERS, passphrase=passphrase))
    return door.profiles()


@pytest.fixture
def shelf(tmp_path: Path) -> ProfileShelf:
    return ProfileShelf(tmp_path / "profiles" / "main")


def fill(folder: Path, *, channels: bool = False, checked: bool = False) -> None:
    """A database as a profile leaves it."""
    database = open_money(folder, Network.SIGNET)
    store = SqliteNodeStore(database)
    if channels:
        pair = Pair()
        pair.open()
        state = pair.alice.state
        assert isinstance(state, Normal)
        store.save_channel(state, None, ())
    if checked:
        MoneySettingsStore(database).put_setting(CHECKED, "1")
    store.commit()
    database.commit()
    database.close()


async def test_all_profiles_are_listed_with_their_size_and_last_use(
    tmp_path: Path, shelf: ProfileShelf, entries: tuple[ProfileEntry, ...]
) -> None:
    await asyncio.to_thread(fill, tmp_path / "profiles" / "main-2")
    found = await shelf.all()
    assert [one.entry for one in found] == list(entries)
    assert [one.is_open for one in found] == [True, False, False]
    assert [one.used_at is not None for one in found] == [False, True, False]
    assert all(one.size > 0 for one in found)


async def test_a_profile_from_a_folder_of_its_own_is_listed_as_open(
    tmp_path: Path, entries: tuple[ProfileEntry, ...]
) -> None:
    shelf = ProfileShelf(tmp_path / "elsewhere" / "fan")
    assert [one.entry.name for one in await shelf.all() if one.is_open] == ["fan"]


async def test_a_profile_is_removed_with_its_secrets_and_no_other_is_touched(
    tmp_path: Path,
    shelf: ProfileShelf,
    entries: tuple[ProfileEntry, ...],
    keyring: MemoryKeyring,
) -> None:
    services = {service for service, _ in keyring.entries}
    for entry in entries[1:]:
        assert await shelf.loss(entry) == ProfileLoss(
            channels=0, in_channels=Sat(0), words_checked=False, is_practice=False
        )
        assert await shelf.remove(entry, None) == ""
    assert [one.entry for one in await shelf.all()] == [entries[0]]
    assert list((tmp_path / "removed").iterdir()) == []
    left = {service for service, _ in keyring.entries}
    assert services - left == {f"tipdesk:{tmp_path / 'profiles' / 'main-2'}"}


async def test_with_channels_the_words_have_to_be_checked_and_the_amount_typed(
    tmp_path: Path, shelf: ProfileShelf, entries: tuple[ProfileEntry, ...]
) -> None:
    entry, folder = entries[1], tmp_path / "profiles" / "main-2"
    await asyncio.to_thread(fill, folder, channels=True)
    loss = await shelf.loss(entry)
    assert (loss.channels, loss.is_refused) == (1, True)
    assert loss.in_channels > Sat(0)
    with pytest.raises(WordsNotChecked, match="Nothing was removed"):
        await shelf.remove(entry, loss.in_channels)
    await asyncio.to_thread(fill, folder, checked=True)
    (folder / "channels.backup").write_bytes(b"sealed")
    for typed in (None, Sat(0), loss.in_channels + Sat(1)):
        with pytest.raises(OtherAmount):
            await shelf.remove(entry, typed)
    kept = Path(await shelf.remove(entry, loss.in_channels))
    assert await asyncio.to_thread(kept.read_bytes) == b"sealed"
    assert list((tmp_path / "removed").iterdir()) == [kept]
    assert not folder.exists()


async def test_a_profile_that_somebody_has_open_is_not_removed(
    tmp_path: Path, shelf: ProfileShelf, entries: tuple[ProfileEntry, ...]
) -> None:
    database = open_money(tmp_path / "profiles" / "main-2", Network.SIGNET)
    try:
        with pytest.raises(ProfileInUse):
            await shelf.remove(entries[1], None)
    finally:
        database.close()
    for entry in (
        entries[0],
        ProfileEntry(name="..", network="signet"),
        ProfileEntry(name="practice", network="regtest", is_practice=True),
    ):
        with pytest.raises(NotToBeRemoved):
            await shelf.remove(entry, None)


async def test_nothing_is_removed_where_the_keyring_or_the_disk_says_no(
    tmp_path: Path,
    shelf: ProfileShelf,
    entries: tuple[ProfileEntry, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def locked(_keyring: SystemKeyring, _name: str) -> bytes | None:
        raise KeyringIsLocked

    def refused(_path: Path, _target: Path) -> Path:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(SystemKeyring, "get", locked)
        with pytest.raises(KeyringIsLocked):
            await shelf.remove(entries[1], None)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refused)
        with pytest.raises(StillThere, match="Permission denied"):
            await shelf.remove(entries[1], None)
    assert [one.entry for one in await shelf.all()] == list(entries)
