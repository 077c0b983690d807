"""The vault file: what is put comes back, a wrong key and a damaged file are told apart."""

import asyncio
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tipdesk.adapters.secrets.vault import (
    DamagedVault,
    FileVault,
    VaultNotUsable,
    WrongPassphrase,
)
from tipdesk.ports.secrets import SecretVault

SEED = bytes(range(32))


class SystemEntropy:
    """Random bytes of the system."""

    def random_bytes(self, count: int) -> bytes:
        return os.urandom(count)


async def opened(path: Path, passphrase: bytes = b"correct horse") -> FileVault:
    return await FileVault.open(path, passphrase, SystemEntropy(), cost=4)


def content(path: Path) -> bytes:
    return path.read_bytes()


def names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def with_seed(path: Path) -> bytes:
    vault = await opened(path)
    await vault.put("seed", SEED)
    return content(path)


async def test_secrets_come_back_after_the_vault_was_closed(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault: SecretVault = await opened(path)
    await vault.put("seed", SEED)
    await vault.put("nostr", b"")
    await vault.put("old", b"x")
    await vault.delete("old")
    await vault.delete("never there")
    again = await opened(path)
    names = ("seed", "nostr", "old", "other")
    assert [await again.get(name) for name in names] == [SEED, b"", None, None]


async def test_the_file_is_the_owners_alone_and_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    data = await with_seed(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SEED not in data
    assert SEED.hex().encode() not in data
    assert b"seed" not in data
    assert names_in(tmp_path) == ["vault"]


async def test_each_writing_differs_though_the_secret_is_the_same(tmp_path: Path) -> None:
    first = await with_seed(tmp_path / "vault")
    assert await with_seed(tmp_path / "vault") != first


async def test_a_wrong_passphrase_is_told_as_such_and_changes_nothing(tmp_path: Path) -> None:
    data = await with_seed(tmp_path / "vault")
    with pytest.raises(WrongPassphrase):
        await opened(tmp_path / "vault", b"correct horsf")
    (tmp_path / "key").write_bytes(bytes(32))
    with pytest.raises(WrongPassphrase):
        await FileVault.open_with_key_file(tmp_path / "vault", tmp_path / "key", SystemEntropy())
    assert (tmp_path / "vault").read_bytes() == data


async def test_every_single_changed_or_missing_byte_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    data = await with_seed(path)
    for position in range(len(data)):
        altered = bytearray(data)
        altered[position] ^= 1
        path.write_bytes(altered)
        with pytest.raises(DamagedVault):
            await opened(path)
        assert path.read_bytes() == altered
    for length in range(0, len(data), 7):
        path.write_bytes(data[:length])
        with pytest.raises(DamagedVault):
            await opened(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary(max_size=200), st.booleans())
def test_arbitrary_bytes_are_damage(tmp_path: Path, data: bytes, begins_well: bool) -> None:
    path = tmp_path / "vault"
    path.write_bytes(b"TDVAULT1" + data if begins_well else data)
    with pytest.raises(DamagedVault):
        asyncio.run(opened(path))


async def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "vault").write_bytes(b"TDVAULT1" * 200_000)
    with pytest.raises(DamagedVault, match="too large"):
        await opened(tmp_path / "vault")


async def test_a_key_file_opens_without_a_passphrase(tmp_path: Path) -> None:
    path, key = tmp_path / "vault", tmp_path / "vault.key"
    vault = await FileVault.open_with_key_file(path, key, SystemEntropy())
    await vault.put("seed", SEED)
    again = await FileVault.open_with_key_file(path, key, SystemEntropy())
    assert await again.get("seed") == SEED
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32


async def test_a_missing_or_cut_or_other_key_file_is_told_apart(tmp_path: Path) -> None:
    path, key = tmp_path / "vault", tmp_path / "vault.key"
    await FileVault.open_with_key_file(path, key, SystemEntropy())
    secret = key.read_bytes()
    key.write_bytes(secret[:-1])
    with pytest.raises(DamagedVault):
        await FileVault.open_with_key_file(path, key, SystemEntropy())
    key.write_bytes(bytes(32))
    with pytest.raises(WrongPassphrase):
        await FileVault.open_with_key_file(path, key, SystemEntropy())
    key.unlink()
    with pytest.raises(VaultNotUsable, match="missing"):
        await FileVault.open_with_key_file(path, key, SystemEntropy())
    assert not key.exists()


async def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(VaultNotUsable, match="cannot be used"):
        await opened(tmp_path / "nowhere" / "vault")


async def test_a_failed_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault = await opened(path)
    await vault.put("seed", SEED)
    (tmp_path / "vault.new").mkdir()
    with pytest.raises(VaultNotUsable):
        await vault.put("seed", b"other")
    assert await vault.get("seed") == SEED
    assert await (await opened(path)).get("seed") == SEED


async def test_puts_at_the_same_time_are_all_kept_even_if_one_caller_leaves(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault = await opened(path)
    tasks = [asyncio.ensure_future(vault.put(str(n), bytes([n]))) for n in range(8)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    again = await opened(path)
    assert [await again.get(str(n)) for n in range(1, 8)] == [bytes([n]) for n in range(1, 8)]
    assert await again.get("0") == await vault.get("0")


async def test_stretching_at_full_cost_leaves_the_loop_free(tmp_path: Path) -> None:
    task = asyncio.ensure_future(FileVault.open(tmp_path / "vault", b"x", SystemEntropy()))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.001)
        turns += 1
    await task
    assert turns > 10
