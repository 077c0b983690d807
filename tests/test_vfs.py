"""The disk that loses what is not synced: the tool itself, and `MoneyDatabase` on it."""

import random
from pathlib import Path

import pytest

from tests.vfs import Disk
from tipdesk.adapters.storage.database import DatabaseUnwritable, MoneyDatabase
from tipdesk.base.errors import StorageError

SCHEMA = "CREATE TABLE numbers (n INTEGER PRIMARY KEY, text BLOB)"


def opened(disk: Disk, tmp_path: Path) -> MoneyDatabase:
    return MoneyDatabase(tmp_path / "money.db", (SCHEMA,), disk.connect)


def numbers(database: MoneyDatabase) -> list[int]:
    return [n for (n,) in database.read("SELECT n FROM numbers ORDER BY n")]


def put(database: MoneyDatabase, number: int) -> None:
    database.write("INSERT INTO numbers VALUES (?, ?)", (number, bytes(300)))


@pytest.mark.parametrize("survivors", [False, True])
def test_a_power_cut_loses_the_open_turn_and_nothing_else(tmp_path: Path, survivors: bool) -> None:
    disk = Disk()
    for number in range(1, 30):
        database = opened(disk, tmp_path)
        put(database, number)
        database.commit()
        put(database, -number)
        disk.cut(random.Random(number) if survivors else None)
    assert numbers(opened(disk, tmp_path)) == list(range(1, 30))


def test_without_syncs_a_power_cut_loses_commits(tmp_path: Path) -> None:
    """The control: the disk is not kinder than a real one."""
    disk = Disk()
    database = opened(disk, tmp_path)
    database._connection.execute("PRAGMA synchronous = OFF")
    put(database, 1)
    database.commit()
    disk.cut()
    assert numbers(opened(disk, tmp_path)) == []


@pytest.mark.parametrize("seed", range(4))
def test_power_lost_at_any_operation_leaves_whole_turns(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for at in range(1, 60):
        disk = Disk()
        disk.dies_at = at
        done = 0
        try:
            database = opened(disk, tmp_path)
            for turn in range(1, 12):
                put(database, 2 * turn)
                put(database, 2 * turn + 1)
                database.commit()
                done = turn
        except StorageError:
            pass
        disk.cut(chance if seed else None)
        kept = numbers(opened(disk, tmp_path))
        turns = len(kept) // 2
        assert kept == list(range(2, 2 * turns + 2))
        assert turns in (done, done + 1)


def test_a_write_that_fails_once_ends_all_writing(tmp_path: Path) -> None:
    disk = Disk()
    database = opened(disk, tmp_path)
    put(database, 1)
    database.commit()
    put(database, 2)
    disk.fails_at = disk.operations + 1
    with pytest.raises(DatabaseUnwritable):
        database.commit()
    with pytest.raises(DatabaseUnwritable):
        put(database, 3)
    database.close()
    assert numbers(opened(disk, tmp_path)) == [1]
