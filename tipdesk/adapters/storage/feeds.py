"""`FeedStore` and `PeopleStore` over `cache.db`: a bounded file of its own that may be lost.

A cache that is damaged, or of another version, is deleted and begun anew. One that cannot be
written (a full disk) is left alone: feeds then come from the relays only.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import KIND_DELETION
from tipdesk.nostr.nip05 import CheckedName, NameVerdict
from tipdesk.nostr.replaceable import coordinate, is_replaceable, replaces

MAX_EVENTS: Final = 20_000
MAX_PEOPLE: Final = 25_000
"""Profiles and relay lists, apart: they are older than any post and must outlive many."""
MAX_NAMES: Final = 5_000
MAX_DELETIONS: Final = 5_000
_VERSION = 3
_CHUNK = 100
_PERSON, _DELETION, _POST = range(3)
"""Ranks, in the order in which the cache is read."""
_SCHEMA = """
CREATE TABLE events (
    slot TEXT PRIMARY KEY, rank INTEGER NOT NULL, created_at INTEGER NOT NULL,
    id TEXT NOT NULL, event TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX events_by_age ON events (rank, created_at);
CREATE TABLE own_events (kind INTEGER PRIMARY KEY, event TEXT NOT NULL);
CREATE TABLE names (
    pubkey TEXT PRIMARY KEY, identifier TEXT NOT NULL, verdict TEXT NOT NULL,
    checked_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
"""
# NIP-01: of two versions of one second, the one with the lower id stays.
_UPSERT = """
INSERT INTO events VALUES (?, ?, ?, ?, ?) ON CONFLICT (slot) DO UPDATE SET
    created_at = excluded.created_at, id = excluded.id, event = excluded.event
WHERE (excluded.created_at, events.id) > (events.created_at, excluded.id)
"""
_TRIM = """
DELETE FROM events WHERE slot IN (
    SELECT slot FROM events WHERE rank = ? ORDER BY created_at DESC LIMIT -1 OFFSET ?
)
"""

log = logging.getLogger(__name__)


class CacheFeedStore:
    """See `FeedStore` and `PeopleStore`. `close` it."""

    def __init__(self, path: Path, *, maximum: int = MAX_EVENTS, people: int = MAX_PEOPLE) -> None:
        self._path = path
        self._bounds = {_PERSON: people, _DELETION: MAX_DELETIONS, _POST: maximum}
        self._saved = 0
        self._connection = self._open()

    def save(self, events: Sequence[Event]) -> None:
        """See `FeedStore.save`; one transaction."""
        if self._connection is None:
            return
        rows = [_row(event) for event in events]
        self._saved += len(rows)
        try:
            with self._connection as connection:
                connection.executemany(_UPSERT, rows)
                # Looking for the oldest each time would cost more than what is saved.
                if self._saved > self._bounds[_POST] // 40:
                    self._saved = 0
                    connection.executemany(_TRIM, self._bounds.items())
        except sqlite3.Error as error:
            log.info("the feed cache cannot be written: %s", error)

    def load(self) -> Iterator[Event]:
        """See `FeedStore.load`."""
        if self._connection is None:
            return
        try:
            for rank in self._bounds:
                # In the order of the index, so that no row waits for all to be sorted.
                rows = self._connection.execute(
                    "SELECT event FROM events WHERE rank = ? ORDER BY created_at DESC", (rank,)
                )
                while chunk := rows.fetchmany(_CHUNK):
                    yield from (event for (text,) in chunk if (event := _read(text)) is not None)
        except sqlite3.Error as error:
            log.info("the feed cache cannot be read: %s", error)

    def save_own(self, event: Event) -> None:
        """See `PeopleStore.save_own`."""
        known = self.own(event.kind)
        if known is None or replaces(event, known):
            self._write(
                "INSERT OR REPLACE INTO own_events VALUES (?, ?)", (event.kind, event.to_json())
            )

    def own(self, kind: int) -> Event | None:
        """See `PeopleStore.own`."""
        for (text,) in self._rows("SELECT event FROM own_events WHERE kind = ?", (kind,)):
            return _read(text)
        return None

    def save_name(self, name: CheckedName) -> None:
        """See `PeopleStore.save_name`."""
        row = (name.pubkey.hex(), name.identifier, name.verdict.value, name.checked_at.ms)
        self._write("INSERT OR REPLACE INTO names VALUES (?, ?, ?, ?)", row)
        self._write(
            "DELETE FROM names WHERE pubkey IN (SELECT pubkey FROM names "
            "ORDER BY checked_at_ms DESC LIMIT -1 OFFSET ?)",
            (MAX_NAMES,),
        )

    def names(self) -> Iterable[CheckedName]:
        """See `PeopleStore.names`."""
        rows = self._rows("SELECT pubkey, identifier, verdict, checked_at_ms FROM names")
        return [
            CheckedName(
                pubkey=XOnlyPubkey.from_hex(pubkey),
                identifier=identifier,
                verdict=NameVerdict(verdict),
                checked_at=Instant(at),
            )
            for pubkey, identifier, verdict, at in rows
        ]

    def close(self) -> None:
        """Lets go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            log.info("the feed cache cannot be read: %s", error)
            return []

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        if self._connection is None:
            return
        try:
            with self._connection as connection:
                connection.execute(statement, values)
        except sqlite3.Error as error:
            log.info("the feed cache cannot be written: %s", error)

    def _open(self) -> sqlite3.Connection | None:
        for _ in range(2):
            try:
                return _connect(self._path)
            except (sqlite3.Error, OSError) as error:
                log.info("the feed cache is begun anew: %s", error)
                if not self._delete():
                    return None
        return None

    def _delete(self) -> bool:
        try:
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            log.info("the feed cache cannot be replaced: %s", error)
            return False
        return True


def slot(event: Event) -> str:
    """NIP-01: what can be replaced shares a slot with what replaces it."""
    return coordinate(event) or event.id.hex()


def _row(event: Event) -> tuple[object, ...]:
    return (
        slot(event),
        _rank(event),
        event.created_at,
        event.id.hex(),
        event.to_json(),
    )


def _rank(event: Event) -> int:
    if is_replaceable(event.kind):
        return _PERSON
    return _DELETION if event.kind == KIND_DELETION else _POST


def _read(text: str) -> Event | None:
    """Our own writing, but the file may be damaged."""
    try:
        return nip01.from_object(json.loads(text))
    except (DecodeError, ValueError):
        return None


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=1.0)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        connection.executescript(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    elif version != _VERSION:
        raise sqlite3.DatabaseError(f"version {version} is not {_VERSION}")
    elif connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise sqlite3.DatabaseError("it is damaged")
