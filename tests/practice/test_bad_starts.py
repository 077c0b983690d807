"""Profiles that cannot be started: exit code 1, one sentence on stderr, and no file is touched."""

import asyncio
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import World, world
from tests.practising import ROOT
from tipdesk.adapters.control.client import NotRunning
from tipdesk.app.config import Settings, save_settings
from tipdesk.app.remote import ask
from tipdesk.bitcoin.network import Network
from tipdesk.practice.process import MemberProcess

AS_A_PERSON = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner"]
    if os.geteuid() == 0
    else []
)
"""Root may write everywhere; without these capabilities it is refused like anybody."""


@dataclass
class Profile:
    """A profile that has run once and was ended in order."""

    folder: Path
    settings: Settings
    written_by_another: tuple[str, ...] = ()

    def set(self, **changes: object) -> None:
        save_settings(self.folder, replace(self.settings, **changes))  # type: ignore[arg-type]

    @property
    def money(self) -> Path:
        return self.folder / "money.db"

    def files(self) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in self.folder.iterdir()
            if path.is_file() and path.name not in ("log.txt", *self.written_by_another)
        }

    async def refused(self, *, before: list[str] | None = None) -> str:
        """The sentence with which `tipdesk serve` ends; the files are as they were."""
        files = self.files()
        process = await asyncio.create_subprocess_exec(
            *(before or []),
            *(sys.executable, "-m", "tipdesk", "serve", "--practice"),
            *("--profile", str(self.folder)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        async with asyncio.timeout(20):
            out, said = await process.communicate()
        text = said.decode()
        assert process.returncode == 1, text
        assert out == b""
        assert "Traceback" not in text
        assert text.startswith("tipdesk: ")
        assert text.count("\n") == 1
        assert self.files() == files
        return text

    async def starts(self) -> None:
        """It can be started, asked and ended."""
        process = MemberProcess("profile", self.folder)
        await process.start()
        await process.wait_ready()
        await process.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with world(tmp_path_factory.mktemp("chain")) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def used(chain: World, tmp_path_factory: pytest.TempPathFactory) -> Profile:
    folder = tmp_path_factory.mktemp("used") / "profile"
    folder.mkdir()
    settings = Settings(network=Network.REGTEST, electrum=f"127.0.0.1:{chain.port}")
    profile = Profile(folder, settings)
    profile.set()
    await profile.starts()
    return profile


@pytest.fixture
def profile(used: Profile, tmp_path: Path) -> Profile:
    shutil.copytree(used.folder, tmp_path / "profile")
    return replace(used, folder=tmp_path / "profile")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_second_process_on_a_profile_is_refused_and_the_first_goes_on(
    profile: Profile,
) -> None:
    first = MemberProcess("first", profile.folder)
    await first.start()
    try:
        before = await first.wait_ready()
        profile.written_by_another = ("money.db-wal", "cache.db-wal")
        assert "another" in (await profile.refused()).lower()
        assert await first.call("info") == before
    finally:
        await first.stop()
    await profile.starts()


async def test_a_database_of_a_newer_version_is_left_alone(profile: Profile) -> None:
    with sqlite3.connect(profile.money) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    assert "newer" in await profile.refused()


async def test_a_damaged_page_is_refused_and_the_words_are_named_as_the_way_back(
    profile: Profile,
) -> None:
    data = bytearray(profile.money.read_bytes())
    page = int.from_bytes(data[16:18], "big")
    # The first page and its schema stay readable: the damage is found by looking, not by luck.
    for at in range(page, len(data), page):
        data[at : at + 64] = b"\xff" * 64
    profile.money.write_bytes(data)
    assert "words" in await profile.refused()


async def test_a_file_that_is_no_database_is_refused(profile: Profile) -> None:
    profile.money.write_bytes(b"This is a shopping list. " * 400)
    await profile.refused()


@pytest.mark.skipif(sys.platform != "linux", reason="setpriv is a program of Linux")
async def test_a_folder_that_cannot_be_written_is_refused(profile: Profile) -> None:
    for path in (*profile.folder.iterdir(), profile.folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        await profile.refused(before=AS_A_PERSON)
    finally:
        profile.folder.chmod(0o755)
        for path in profile.folder.iterdir():
            path.chmod(0o644)
    await profile.starts()


async def test_a_port_of_the_node_that_is_in_use_is_named(
    profile: Profile, taken_port: int
) -> None:
    profile.set(listen_port=taken_port)
    words = await said_of_a_port(profile)
    assert str(taken_port) in words


async def test_a_port_of_the_lightning_address_that_is_in_use_is_named(
    profile: Profile, taken_port: int
) -> None:
    profile.set(receive_user="ana", receive_port=taken_port)
    assert str(taken_port) in await said_of_a_port(profile)


async def said_of_a_port(profile: Profile) -> str:
    """The node has run by then, so its files may have grown; afterwards the profile starts."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tipdesk", "serve", "--practice"),
        *("--profile", str(profile.folder)),
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    async with asyncio.timeout(20):
        _, said = await process.communicate()
    text = said.decode()
    assert process.returncode == 1, text
    assert "Traceback" not in text
    profile.set()
    await profile.starts()
    return text


async def test_mainnet_is_refused_until_its_risk_is_accepted(profile: Profile) -> None:
    profile.set(network=Network.MAINNET)
    sentence = await profile.refused()
    assert "afford to lose" in sentence
    assert "No money moved" in sentence


async def test_one_server_alone_is_refused_where_coins_are_not_practice(profile: Profile) -> None:
    profile.set(network=Network.SIGNET)
    assert "second server" in await profile.refused()


async def test_a_profile_stays_with_the_network_it_was_made_for(profile: Profile) -> None:
    profile.set(network=Network.SIGNET, one_server_accepted=True)
    sentence = await profile.refused()
    assert "regtest" in sentence


async def test_settings_that_nobody_can_read_are_refused_by_name(profile: Profile) -> None:
    path = profile.folder / "tipdesk.toml"
    path.write_text("network = \n")
    assert "tipdesk.toml" in await profile.refused()
    path.write_text('colour = "blue"\n')
    assert "'colour'" in await profile.refused()


async def test_a_vault_that_was_damaged_is_refused_and_left_alone(profile: Profile) -> None:
    vault = profile.folder / "vault"
    data = bytearray(vault.read_bytes())
    data[-1] ^= 1
    vault.write_bytes(data)
    await profile.refused()


async def test_nobody_answers_for_a_profile_that_does_not_run(profile: Profile) -> None:
    with pytest.raises(NotRunning):
        await ask(profile.folder, "info")
