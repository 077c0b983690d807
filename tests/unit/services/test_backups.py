"""Backups over real files and a real node: written at once, tested without changing anything."""

from pathlib import Path

import pytest

from tests.nodes import Member, pair
from tipdesk.adapters.payments.embedded import EmbeddedChannels
from tipdesk.adapters.storage.backup_file import FILE_NAME, BackupFiles
from tipdesk.adapters.wallet.words import new_words, seed_from_words
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel.backup import backup_key, open_backup, seal_backup
from tipdesk.services.backups import (
    BackupService,
    BackupUseless,
    FolderRefused,
    NothingToTest,
    RestoreTest,
)

KEY = backup_key(seed_from_words(new_words(sha256(b"fan")[:16])))


class Settings:
    """Kept in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def setting(self, name: str) -> str | None:
        return self.kept.get(name)

    def put_setting(self, name: str, value: str) -> None:
        self.kept[name] = value


def service(member: Member, files: BackupFiles, settings: Settings | None = None) -> BackupService:
    keeper = member.node.backup

    async def write() -> None:
        await files.save(seal_backup(keeper._backups(), KEY, bytes(12)))

    return BackupService(
        files=files,
        write=write,
        read=lambda sealed: open_backup(sealed, KEY),
        holders=lambda: keeper.holders,
        channels=EmbeddedChannels(member.node).channels,
        settings=settings or Settings(),
    )


async def test_a_second_folder_is_written_at_once_and_kept_for_the_next_start(
    tmp_path: Path,
) -> None:
    async with pair(tmp_path) as made:
        second, settings = tmp_path / "stick", Settings()
        second.mkdir()
        files = BackupFiles(tmp_path)
        desk = service(made.members["fan"], files, settings)
        await desk.use_folder(str(second))
        status = await desk.status()
        assert (second / FILE_NAME).stat().st_size == status.copies[1].size > 0
        later = BackupFiles(tmp_path)
        assert (await service(made.members["fan"], later, settings).status()).second == str(second)
        await desk.use_folder(None)
        assert (await desk.status()).second is None
        assert (second / FILE_NAME).exists()


async def test_a_folder_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        settings = Settings()
        desk = service(made.members["fan"], BackupFiles(tmp_path), settings)
        with pytest.raises(FolderRefused, match="The copy in the profile goes on as before"):
            await desk.use_folder(str(tmp_path / "nowhere"))
        assert (await desk.status()).second is None
        assert settings.kept == {}


async def test_a_restore_is_tested_against_the_channels_there_are(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        files = BackupFiles(tmp_path / "apart")
        (tmp_path / "apart").mkdir()
        desk = service(fan, files)
        with pytest.raises(NothingToTest):
            await desk.test()
        await desk.write_now()
        assert await desk.test() == RestoreTest(channels=1, peers=1, without_address=0, missing=0)
        await files.save(seal_backup([], KEY, bytes(12)))
        assert (await desk.test()).missing == 1
        await files.save(seal_backup([], bytes(32), bytes(12)))
        with pytest.raises(BackupUseless, match="made with other words"):
            await desk.test()


async def test_the_node_writes_what_its_own_words_open(tmp_path: Path) -> None:
    async with pair(tmp_path) as made:
        fan = made.members["fan"]
        await fan.node.backup.write_now()
        sealed = await BackupFiles(fan.folder).newest()
        assert sealed is not None
        assert len(open_backup(sealed, KEY)) == 1
