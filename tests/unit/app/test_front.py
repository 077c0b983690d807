"""The start of the program: making profiles, and finding them again."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tipdesk.adapters.secrets.keyring import KeyringDenied, KeyringIsLocked, KeyringMissing
from tipdesk.adapters.secrets.vault import FileVault, WrongPassphrase
from tipdesk.app import making as module
from tipdesk.app.config import InvalidSettings, MainnetRiskNotAccepted, load_settings
from tipdesk.app.container import App
from tipdesk.app.front import FrontDoor
from tipdesk.app.identity import NOSTR_KEY, WORDS, NostrKeyGone, WordsGone
from tipdesk.app.making import NotAnNsec, NotTheirBackup
from tipdesk.app.profile import PassphraseNeeded
from tipdesk.app.system import SystemEntropy
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip19 import encode_nsec
from tipdesk.ports.wallet import InvalidWords
from tipdesk.services.front import (
    LostWallet,
    Mending,
    NewWallet,
    ProfileEntry,
    Remedy,
    Servers,
)
from tipdesk.services.preferences import PreferenceKeeper, Preferences

SERVERS = Servers(chain=("tcp://127.0.0.1:50001",), relays=("ws://127.0.0.1:7777",))
WALLET = NewWallet(network="regtest", servers=SERVERS, passphrase="long enough")
SENTENCE = "abandon " * 11 + "about"
LOST = LostWallet(network="regtest", servers=SERVERS, words=SENTENCE, passphrase="long enough")


@asynccontextmanager
async def nobody(_progress: object) -> AsyncIterator[App]:
    raise AssertionError("nobody practises here")
    yield


@pytest.fixture
def door(tmp_path: Path) -> FrontDoor:
    return FrontDoor(tmp_path, PreferenceKeeper(Preferences()), nobody)


async def secrets(folder: Path, passphrase: bytes = b"long enough") -> FileVault:
    return await FileVault.open(folder / "vault", passphrase, SystemEntropy())


async def test_a_new_profile_is_listed_and_has_its_secrets(door: FrontDoor, tmp_path: Path) -> None:
    assert door.profiles() == ()
    entry = await door.create(replace(WALLET, profile_name="Robin"))
    assert entry == ProfileEntry(name="main", network="regtest", needs_passphrase=True)
    assert door.profiles() == (entry,)
    folder = tmp_path / "profiles" / "main"
    vault = await secrets(folder)
    words = await vault.get(WORDS)
    assert words is not None
    assert len(words.split()) == 12
    settings = load_settings(folder)
    assert settings.profile_name == "Robin"
    assert settings.chain_servers == SERVERS.chain
    assert settings.one_server_accepted
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
    with pytest.raises(WrongPassphrase):
        await secrets(folder, b"another")


async def test_a_second_profile_is_another_one(door: FrontDoor, tmp_path: Path) -> None:
    one, two = await door.create(WALLET), await door.create(WALLET)
    assert [entry.name for entry in door.profiles()] == ["main", "main-2"] == [one.name, two.name]
    vaults = [await secrets(tmp_path / "profiles" / name) for name in ("main", "main-2")]
    assert await vaults[0].get(WORDS) != await vaults[1].get(WORDS)


async def test_a_nostr_key_is_brought_along(door: FrontDoor, tmp_path: Path) -> None:
    key = PrivateKey(b"\x11" * 32)
    await door.create(replace(WALLET, nsec=f" {encode_nsec(key)}\n"))
    assert await (await secrets(tmp_path / "profiles" / "main")).get(NOSTR_KEY) == key.secret


async def test_a_key_that_is_none_is_refused_and_not_repeated(door: FrontDoor) -> None:
    for text in ("nsec1wrong", "npub1" + "q" * 58, "hunter2"):
        with pytest.raises(NotAnNsec) as caught:
            await door.create(replace(WALLET, nsec=text))
        assert text not in str(caught.value)
    assert door.profiles() == ()


async def test_real_money_needs_its_risk_accepted(door: FrontDoor, tmp_path: Path) -> None:
    servers = door.suggested("mainnet")
    wanted = replace(WALLET, network="mainnet", servers=servers)
    with pytest.raises(MainnetRiskNotAccepted):
        await door.create(wanted)
    assert not (tmp_path / "profiles").exists()
    entry = await door.create(replace(wanted, accepts_risk=True))
    assert entry.network == "mainnet"
    assert not load_settings(tmp_path / "profiles" / "main").one_server_accepted


@pytest.mark.parametrize(
    "servers",
    [
        Servers(chain=(), relays=()),
        Servers(chain=("gopher://x",), relays=()),
        Servers(chain=SERVERS.chain, relays=("https://relay.example",)),
    ],
)
async def test_servers_that_cannot_be_asked_are_refused(door: FrontDoor, servers: Servers) -> None:
    with pytest.raises(InvalidSettings):
        await door.create(replace(WALLET, servers=servers))
    assert door.profiles() == ()


@pytest.mark.parametrize("network", ["mainnet", "testnet4", "signet"])
def test_suggested_servers_can_be_used(door: FrontDoor, network: str) -> None:
    door.check_servers(door.suggested(network))


async def test_a_lost_profile_comes_back_from_its_words(door: FrontDoor, tmp_path: Path) -> None:
    entry = await door.restore(LOST)
    folder = tmp_path / "profiles" / entry.name
    words = await (await secrets(folder)).get(WORDS)
    assert words is not None
    assert words.decode() == SENTENCE
    assert (folder / "money.db").exists()


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (replace(LOST, words="abandon " * 12), InvalidWords),
        (replace(LOST, backup=b"no backup"), NotTheirBackup),
    ],
)
async def test_nothing_stays_of_a_restore_that_fails(
    door: FrontDoor, tmp_path: Path, wanted: LostWallet, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await door.restore(wanted)
    assert door.profiles() == ()
    assert not any((tmp_path / "profiles").iterdir())


async def test_words_in_the_keyring_of_a_folder_that_is_gone_are_left_alone(
    door: FrontDoor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's name is free, the keyring's entries under it are somebody's only words."""
    kept: dict[str, FileVault] = {}

    async def open_vault(folder: Path, *_: object, **__: object) -> FileVault:
        if folder.name not in kept:
            path = tmp_path / f"keyring-{folder.name}"
            kept[folder.name] = await FileVault.open(path, b"x", SystemEntropy(), cost=10)
        return kept[folder.name]

    monkeypatch.setattr(module, "open_vault", open_vault)
    old = await open_vault(tmp_path / "main")
    await old.put(WORDS, b"the old words")
    entry = await door.create(replace(WALLET, passphrase=""))
    assert entry.name == "main-2"
    assert await old.get(WORDS) == b"the old words"
    with pytest.raises(NotTheirBackup):
        await door.restore(replace(LOST, passphrase="", backup=b"none"))
    assert await kept["main-3"].get(WORDS) is None


async def test_a_nostr_key_that_is_gone_is_put_back(door: FrontDoor, tmp_path: Path) -> None:
    entry = await door.create(WALLET)
    folder = tmp_path / "profiles" / "main"
    await (await secrets(folder)).delete(NOSTR_KEY)
    key = PrivateKey(b"\x12" * 32)
    given = Mending(nsec=encode_nsec(key), passphrase=WALLET.passphrase)
    assert await door.mend(entry, Remedy.NOSTR_KEY, given) == entry
    assert await (await secrets(folder)).get(NOSTR_KEY) == key.secret
    with pytest.raises(NotAnNsec):
        await door.mend(entry, Remedy.NOSTR_KEY, replace(given, nsec="hunter2"))


async def test_every_error_of_the_secrets_has_its_remedy(door: FrontDoor, tmp_path: Path) -> None:
    for error, remedy in (
        (PassphraseNeeded("x"), Remedy.PASSPHRASE),
        (WrongPassphrase(tmp_path), Remedy.PASSPHRASE),
        (WordsGone(tmp_path), Remedy.WORDS),
        (NostrKeyGone(tmp_path), Remedy.NOSTR_KEY),
        (KeyringIsLocked(), Remedy.KEYRING),
        (KeyringDenied(), Remedy.KEYRING),
        (KeyringMissing(), Remedy.KEYRING),
        (InvalidSettings("x"), Remedy.NONE),
    ):
        assert door.remedy(error) is remedy


def test_secrets_are_not_in_what_is_printed() -> None:
    shown = repr(replace(WALLET, nsec="nsec1secret")) + repr(replace(LOST, nsec="nsec1secret"))
    assert not any(secret in shown for secret in ("nsec1secret", "abandon", "long enough"))
