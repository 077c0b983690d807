"""`FeedStore` over `cache.db`: a file of its own that may be lost, and is bounded.

A cache that is damaged, or of another version, is deleted and begun anew. One that cannot be
written (a full disk) is left alone: feeds then come from the relays only.
"""

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import KIND_DELETION, KIND_LONG_POST
from tipdesk.nostr.profile import KIND_PROFILE

MAX_EVENTS: Final = 20_000
_VERSION = 1
_SCHEMA = """
CREATE TABLE events (
    slot TEXT PRIMARY KEY, kind INTEGER NOT NULL, created_at INTEGER NOT NULL, event TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX events_by_age ON events (created_at);
"""

log = logging.getLogger(__name__)


class CacheFeedStore:
    """See `FeedStore`. `close` it."""

    def __init__(self, path: Path, *, maximum: int = MAX_EVENTS) -> None:
        self._path = path
        self._maximum = maximum
        self._connection = self._open()

    def save(self, events: Sequence[Event]) -> None:
        """See `FeedStore.save`; one transaction."""
        if self._connection is None:
            return
        rows = [(slot(event), event.kind, event.created_at, event.to_json()) for event in events]
        try:
            with self._connection as connection:
                connection.executemany(
                    "INSERT INTO events VALUES (?, ?, ?, ?) ON CONFLICT (slot) DO UPDATE SET "
                    "created_at = excluded.created_at, event = excluded.event "
                    "WHERE excluded.created_at > events.created_at",
                    rows,
                )
                connection.execute(
                    "DELETE FROM events WHERE slot IN (SELECT slot FROM events "
                    "ORDER BY created_at DESC LIMIT -1 OFFSET ?)",
                    (self._maximum,),
                )
        except sqlite3.Error as error:
            log.info("the feed cache cannot be written: %s", error)

    def load(self) -> Iterator[Event]:
        """See `FeedStore.load`."""
        if self._connection is None:
            return
        try:
            rows = self._connection.execute(
                "SELECT event FROM events ORDER BY kind NOT IN (?, ?), created_at DESC",
                (KIND_PROFILE, KIND_DELETION),
            ).fetchall()
        except sqlite3.Error as error:
            log.info("the feed cache cannot be read: %s", error)
            return
        for (text,) in rows:
            try:
                yield nip01.from_object(json.loads(text))
            except (DecodeError, ValueError):
                continue

    def close(self) -> None:
        """Lets go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

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
    if event.kind == KIND_PROFILE:
        return f"{event.kind}:{event.pubkey.hex()}"
    if event.kind == KIND_LONG_POST:
        return f"{event.kind}:{event.pubkey.hex()}:{event.first('d') or ''}"
    return event.id.hex()


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
