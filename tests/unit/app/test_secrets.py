"""Secrets move between the keyring and a vault file, and a death at any moment loses none."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.keyrings import MemoryKeyring
from tipdesk.adapters.secrets import keyring as keyrings
from tipdesk.adapters.secrets import vault as vault_module
from tipdesk.adapters.secrets.keyring import KeyringMissing
from tipdesk.adapters.secrets.vault import FileVault, VaultNotUsable, WrongPassphrase
from tipdesk.app.identity import NOSTR_KEY, WORDS, WordsGone
from tipdesk.app.profile import PassphraseNeeded, VaultExists, keyring_service, open_vault
from tipdesk.app.secrets import CannotBeMoved, CopyDiffers, KeyringDiffers, ProfileSecrets
from tipdesk.app.system import SystemEntropy
from tipdesk.ports.secrets import SecretsPlace

pytestmark = pytest.mark.usefixtures("cheap_vaults")

PASSPHRASE = "a long passphrase"
KEPT = {WORDS: b"twelve words", NOSTR_KEY: b"\x07" * 32, "app-lock": b"a lock"}


class DiedError(BaseException):
    """The process is no more."""


class Death:
    """Comes at one of the steps, and nothing is done after it."""

    def __init__(self) -> None:
        self.at: int | None = None
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.at is not None and self.steps > self.at:
            raise DiedError


@pytest.fixture
def death(keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> Death:
    """Before each use of the keyring and each change of a vault's file."""
    found = Death()
    keyring.before = found.step
    written, moved, removed = FileVault._write, FileVault.move_to, FileVault.remove
    touched = Path.touch

    def write(vault: FileVault, secrets: dict[str, bytes]) -> None:
        found.step()
        written(vault, secrets)

    def move(vault: FileVault, path: Path) -> None:
        found.step()
        moved(vault, path)

    def remove(vault: FileVault) -> None:
        found.step()
        removed(vault)

    def touch(path: Path, mode: int = 0o666) -> None:
        found.step()
        touched(path, mode)

    monkeypatch.setattr(FileVault, "_write", write)
    monkeypatch.setattr(FileVault, "move_to", move)
    monkeypatch.setattr(FileVault, "remove", remove)
    monkeypatch.setattr(Path, "touch", touch)
    return found


async def started(folder: Path) -> ProfileSecrets:
    """As the next start finds them."""
    entropy = SystemEntropy()
    try:
        vault = await open_vault(folder, entropy, practice=False, passphrase=None)
    except PassphraseNeeded:
        vault = await open_vault(
            folder, entropy, practice=False, passphrase=PASSPHRASE.encode(), has_wallet=True
        )
    secrets = ProfileSecrets(folder, vault, entropy, practice=False)
    assert await held(secrets) == KEPT
    await secrets.tidy_up()
    return secrets


async def held(secrets: ProfileSecrets) -> dict[str, bytes | None]:
    return {name: await secrets.get(name) for name in KEPT}


async def filled(folder: Path) -> ProfileSecrets:
    """A profile whose secrets are in the keyring."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    vault = await open_vault(folder, SystemEntropy(), practice=False, passphrase=None)
    for name, secret in KEPT.items():
        await vault.put(name, secret)
    return await started(folder)


def entries_of(keyring: MemoryKeyring, folder: Path) -> set[str]:
    return {name for service, name in keyring.entries if service == keyring_service(folder)}


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_secrets_move_into_a_file_and_back_while_the_profile_is_open(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    secrets = await filled(tmp_path)
    assert secrets.place is SecretsPlace.KEYRING
    assert await secrets.move_into_file(PASSPHRASE)
    assert (secrets.place, keyring.entries) == (SecretsPlace.FILE, {})
    assert await held(secrets) == KEPT
    await secrets.put("overlay-token", b"new")
    assert await (await started(tmp_path)).get("overlay-token") == b"new"
    await secrets.move_into_keyring(PASSPHRASE)
    assert secrets.place is SecretsPlace.KEYRING
    assert files_in(tmp_path) == set()
    assert await (await started(tmp_path)).get("overlay-token") == b"new"


@pytest.mark.parametrize("into_file", [True, False])
async def test_a_death_at_any_step_leaves_all_secrets_in_a_place_that_is_found(
    keyring: MemoryKeyring, tmp_path: Path, death: Death, into_file: bool
) -> None:
    deaths = 0
    while True:
        folder = tmp_path / str(deaths)
        secrets = await filled(folder)
        if not into_file:
            await secrets.move_into_file(PASSPHRASE)
        death.at, death.steps = deaths, 0
        try:
            if into_file:
                await secrets.move_into_file(PASSPHRASE)
            else:
                await secrets.move_into_keyring(PASSPHRASE)
        except DiedError:
            deaths += 1
        else:
            break
        finally:
            death.at = None
        again = await started(folder)
        in_keyring = again.place is SecretsPlace.KEYRING
        assert entries_of(keyring, folder) == (set(KEPT) if in_keyring else set())
        assert files_in(folder) == (set() if in_keyring else {"vault"})
    assert deaths > 12


async def test_a_wrong_passphrase_moves_nothing(keyring: MemoryKeyring, tmp_path: Path) -> None:
    secrets = await filled(tmp_path)
    await secrets.move_into_file(PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        await secrets.move_into_keyring("another one")
    assert (await started(tmp_path)).place is SecretsPlace.FILE
    assert keyring.entries == {}


async def test_without_a_keyring_the_file_stays(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = await filled(tmp_path)
    await secrets.move_into_file(PASSPHRASE)
    monkeypatch.setattr(keyrings, "trusted_backend", lambda: None)
    with pytest.raises(KeyringMissing):
        await secrets.move_into_keyring(PASSPHRASE)
    assert (await started(tmp_path)).place is SecretsPlace.FILE


async def test_a_keyring_that_does_not_forget_is_asked_again_at_the_next_start(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = await filled(tmp_path)
    forget = MemoryKeyring.delete_password

    def refused(_keyring: MemoryKeyring, service: str, username: str) -> None:
        raise RuntimeError("not today")

    monkeypatch.setattr(MemoryKeyring, "delete_password", refused)
    assert not await secrets.move_into_file(PASSPHRASE)
    assert entries_of(keyring, tmp_path) == set(KEPT)
    monkeypatch.setattr(MemoryKeyring, "delete_password", forget)
    assert (await started(tmp_path)).place is SecretsPlace.FILE
    assert keyring.entries == {}


async def test_the_keyring_keeps_all_if_the_file_gives_something_else_back(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = await filled(tmp_path)
    get = FileVault.get

    async def wrong(vault: FileVault, name: str) -> bytes | None:
        found = await get(vault, name)
        return found if found is None or name != WORDS else found[:-1]

    with monkeypatch.context() as patch:
        patch.setattr(FileVault, "get", wrong)
        with pytest.raises(CopyDiffers, match="still in the keyring"):
            await secrets.move_into_file(PASSPHRASE)
    assert (await started(tmp_path)).place is SecretsPlace.KEYRING


async def test_the_file_keeps_all_if_the_keyring_gives_something_else_back(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = await filled(tmp_path)
    await secrets.move_into_file(PASSPHRASE)
    put: Callable[[MemoryKeyring, str, str, str], None] = MemoryKeyring.set_password
    monkeypatch.setattr(
        MemoryKeyring,
        "set_password",
        lambda ring, service, name, _: put(ring, service, name, "AAAA"),
    )
    with pytest.raises(KeyringDiffers, match="still in the encrypted file"):
        await secrets.move_into_keyring(PASSPHRASE)
    assert keyring.entries == {}
    assert (await started(tmp_path)).place is SecretsPlace.FILE


async def test_a_disk_that_cannot_sync_a_removed_file_costs_no_secret(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = await filled(tmp_path)
    await secrets.move_into_file(PASSPHRASE)
    monkeypatch.setattr(vault_module, "_sync_folder", no_sync)
    await secrets.move_into_keyring(PASSPHRASE)
    assert await held(secrets) == KEPT
    assert (await started(tmp_path)).place is SecretsPlace.KEYRING


async def test_a_disk_that_cannot_sync_a_new_file_leaves_all_in_the_keyring(
    keyring: MemoryKeyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = await filled(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(vault_module, "_sync_folder", no_sync)
        with pytest.raises(VaultNotUsable):
            await secrets.move_into_file(PASSPHRASE)
    assert (await started(tmp_path)).place is SecretsPlace.KEYRING


def no_sync(folder: Path) -> None:
    raise OSError(5, "Input/output error")


async def test_nothing_is_moved_over_a_file_or_without_words_or_in_practice(
    keyring: MemoryKeyring, tmp_path: Path
) -> None:
    secrets = await filled(tmp_path)
    with pytest.raises(CannotBeMoved):
        await secrets.move_into_keyring(PASSPHRASE)
    await asyncio.to_thread((tmp_path / "vault").write_bytes, b"somebody's")
    with pytest.raises(VaultExists):
        await secrets.move_into_file(PASSPHRASE)
    await secrets.delete(WORDS)
    with pytest.raises(WordsGone):
        await secrets.move_into_file(PASSPHRASE)
    practice = ProfileSecrets(tmp_path, secrets, SystemEntropy(), practice=True)
    with pytest.raises(CannotBeMoved):
        await practice.move_into_file(PASSPHRASE)
