"""`money.db`: what is committed stays, and a file that cannot be used is left as it is."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tipdesk.adapters.storage.database import (
    MIGRATIONS,
    DamagedDatabase,
    DatabaseUnwritable,
    MoneyDatabase,
    NewerDatabase,
    ProfileInUse,
)

SCHEMA = ("CREATE TABLE things (number INTEGER PRIMARY KEY, value BLOB)",)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "money.db"


@pytest.fixture
def database(path: Path) -> Iterator[MoneyDatabase]:
    opened = MoneyDatabase(path, SCHEMA)
    yield opened
    opened.close()


def numbers(database: MoneyDatabase) -> list[int]:
    return [row[0] for row in database.read("SELECT number FROM things ORDER BY number")]


def add(database: MoneyDatabase, number: int, value: bytes = b"") -> None:
    database.write("INSERT INTO things VALUES (?, ?)", (number, value))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process of this program."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(__file__).parents[4],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_what_is_committed_is_there_after_the_file_is_opened_again(path: Path) -> None:
    database = MoneyDatabase(path, SCHEMA)
    assert not database.is_dirty
    add(database, 1)
    assert database.is_dirty
    database.commit()
    assert not database.is_dirty
    add(database, 2)
    database.close()
    again = MoneyDatabase(path, SCHEMA)
    assert numbers(again) == [1, 2]
    again.close()


def test_every_commit_reaches_the_disk_before_it_returns(database: MoneyDatabase) -> None:
    assert list(database.read("PRAGMA journal_mode")) == [("wal",)]
    assert list(database.read("PRAGMA synchronous")) == [(2,)]
    assert list(database.read("PRAGMA foreign_keys")) == [(1,)]


def test_what_one_turn_wrote_is_read_before_it_is_committed(database: MoneyDatabase) -> None:
    add(database, 1)
    assert numbers(database) == [1]


KILLED = """
import sys
from pathlib import Path
from tipdesk.adapters.storage.database import MoneyDatabase
database = MoneyDatabase(Path(sys.argv[1]), (sys.argv[2],))
number = 0
while True:
    number += 1
    for part in (0, 1):
        database.write("INSERT INTO things VALUES (?, ?)", (2 * number + part, bytes(500)))
    database.commit()
    print(number, flush=True)
"""


def test_a_killed_process_loses_nothing_it_committed_and_leaves_no_half_turn(path: Path) -> None:
    process = python(KILLED, str(path), SCHEMA[0])
    assert process.stdout is not None
    seen = 0
    for line in process.stdout:
        seen = int(line)
        if seen >= 100:
            process.send_signal(signal.SIGKILL)
            break
    seen = max([seen, *(int(line) for line in process.stdout)])
    process.wait()
    process.stdout.close()
    database = MoneyDatabase(path, SCHEMA)
    stored = numbers(database)
    database.close()
    turns = len(stored) // 2
    assert stored == list(range(2, 2 * turns + 2))
    assert turns in (seen, seen + 1)


SECOND = """
import sys
from pathlib import Path
from tipdesk.adapters.storage.database import MoneyDatabase, ProfileInUse
try:
    MoneyDatabase(Path(sys.argv[1]), (sys.argv[2],))
except ProfileInUse as error:
    print(error)
"""


def test_a_second_tipdesk_on_the_same_profile_is_told_so(
    database: MoneyDatabase, path: Path
) -> None:
    add(database, 1)
    database.commit()
    process = python(SECOND, str(path), SCHEMA[0])
    said, _ = process.communicate(timeout=30)
    assert "Another TipDesk is using the profile" in said
    add(database, 2)
    database.commit()
    assert numbers(database) == [1, 2]


def test_a_second_connection_in_one_process_is_refused_too(
    database: MoneyDatabase, path: Path
) -> None:
    with pytest.raises(ProfileInUse):
        MoneyDatabase(path, SCHEMA)
    add(database, 1)
    database.commit()


def test_the_profile_is_free_again_once_it_is_closed(path: Path) -> None:
    for _ in range(2):
        MoneyDatabase(path, SCHEMA).close()


def test_a_file_of_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    newer = MoneyDatabase(path, (*SCHEMA, "CREATE TABLE more (x)"))
    add(newer, 1)
    newer.close()
    before = contents(path.parent)
    with pytest.raises(NewerDatabase) as caught:
        MoneyDatabase(path, SCHEMA)
    assert (caught.value.found, caught.value.known) == (2, 1)
    assert contents(path.parent) == before


def test_an_older_file_is_brought_up_to_date_with_its_rows(path: Path) -> None:
    older = MoneyDatabase(path, SCHEMA)
    add(older, 1)
    older.close()
    migrations = (*SCHEMA, "ALTER TABLE things ADD COLUMN x; CREATE TABLE more (y)")
    newer = MoneyDatabase(path, migrations)
    assert list(newer.read("SELECT number, x FROM things")) == [(1, None)]
    assert list(newer.read("PRAGMA user_version")) == [(2,)]
    newer.close()


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    MoneyDatabase(path, SCHEMA).close()
    migrations = (*SCHEMA, "CREATE TABLE more (y); CREATE TABLE things (again)")
    with pytest.raises(DatabaseUnwritable):
        MoneyDatabase(path, migrations)
    database = MoneyDatabase(path, SCHEMA)
    assert list(database.read("SELECT name FROM sqlite_master WHERE name = 'more'")) == []
    database.close()


@pytest.mark.parametrize("page", [0, 1, 2, 5])
def test_a_damaged_page_is_refused_and_left_as_it_is(path: Path, page: int) -> None:
    database = MoneyDatabase(path, SCHEMA)
    for number in range(200):
        add(database, number, bytes([number]) * 300)
    database.close()
    data = bytearray(path.read_bytes())
    data[page * 4096 : page * 4096 + 600] = os.urandom(600)
    path.write_bytes(data)
    before = contents(path.parent)
    with pytest.raises(DamagedDatabase) as caught:
        MoneyDatabase(path, SCHEMA)
    assert "was left as it is" in str(caught.value)
    assert "words" in str(caught.value)
    assert contents(path.parent) == before


@pytest.mark.parametrize("data", [b"not a database, and longer than its header " * 9, b"SQLite"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    with pytest.raises(DamagedDatabase):
        MoneyDatabase(path, SCHEMA)
    assert path.read_bytes() == data


def test_a_folder_that_takes_no_files_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("not a folder")
    with pytest.raises(DatabaseUnwritable) as caught:
        MoneyDatabase(folder / "money.db", SCHEMA)
    assert "cannot write" in str(caught.value)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a folder that is read-only")
def test_a_read_only_folder_is_named() -> None:
    # Root may write anywhere but there.
    with pytest.raises(DatabaseUnwritable):
        MoneyDatabase(Path("/proc/tipdesk/money.db"), SCHEMA)
    with pytest.raises(DatabaseUnwritable):
        MoneyDatabase(Path("/proc/money.db"), SCHEMA)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_without_the_right_to_write_is_named_and_left_as_it_is(path: Path) -> None:
    MoneyDatabase(path, SCHEMA).close()
    path.chmod(0o400)
    path.parent.chmod(0o500)
    before = contents(path.parent)
    try:
        with pytest.raises(DatabaseUnwritable):
            MoneyDatabase(path, SCHEMA)
        assert contents(path.parent) == before
    finally:
        path.parent.chmod(0o700)


def fill(database: MoneyDatabase) -> None:
    """Commits rows until the disk is full: SQLite's own limit fails as a full disk does."""
    list(database.read("PRAGMA max_page_count = 10"))
    for number in range(1, 100):
        add(database, number, bytes(4_000))
        database.commit()


def test_a_full_disk_is_named_and_what_was_committed_stays(path: Path) -> None:
    database = MoneyDatabase(path, SCHEMA)
    with pytest.raises(DatabaseUnwritable, match="full"):
        fill(database)
    database._connection.close()
    again = MoneyDatabase(path, SCHEMA)
    stored = numbers(again)
    assert stored == list(range(1, len(stored) + 1))
    assert len(stored) >= 2
    again.close()


def test_after_a_write_that_failed_nothing_of_the_turn_is_stored(path: Path) -> None:
    database = MoneyDatabase(path, SCHEMA)
    with pytest.raises(DatabaseUnwritable, match="full"):
        fill(database)
    with suppress(DatabaseUnwritable):
        add(database, 1_000)
    with suppress(DatabaseUnwritable):
        database.close()
    again = MoneyDatabase(path, SCHEMA)
    stored = numbers(again)
    again.close()
    assert 1_000 not in stored


def test_a_broken_statement_is_no_silent_loss(database: MoneyDatabase) -> None:
    add(database, 1)
    with pytest.raises(DatabaseUnwritable):
        add(database, 1)


def test_the_real_schema_opens_twice(path: Path) -> None:
    for _ in range(2):
        database = MoneyDatabase(path, MIGRATIONS)
        assert list(database.read("PRAGMA user_version")) == [(len(MIGRATIONS),)]
        database.close()
    plain = sqlite3.connect(path)
    assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    plain.close()
