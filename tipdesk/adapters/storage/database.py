"""`money.db`: SQLite in WAL mode, synchronous=FULL, one writer, one commit a turn of the loop.

The connection holds the file's lock for its whole life: a second TipDesk on the same profile is
told so. A file written by a newer version, or damaged, is refused and left as it is.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

from tipdesk.base.errors import StorageError
from tipdesk.base.phrase import Phrase

Row = tuple[Any, ...]


class Cursor(Protocol):
    """What a statement answers."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row has the types of its columns
        """The first row, None if there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """All rows."""
        ...


class Connection(Protocol):
    """What is used of `sqlite3.Connection`; errors are `sqlite3.Error`."""

    def execute(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /
    ) -> Cursor:
        """Runs one statement; no transaction is begun or ended but by statements."""
        ...

    def close(self) -> None:
        """Lets go of the file."""
        ...


def connect(path: Path) -> Connection:
    """Opens the file itself."""
    return sqlite3.connect(path, isolation_level=None, timeout=0)


class ProfileInUse(StorageError):
    """Another TipDesk has this profile open."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Phrase(
                "Another TipDesk is using the profile in {folder}. Close it first, or start this "
                "one with another profile. Nothing was changed.",
                folder=path.parent,
            )
        )
        self.path = path


class NewerDatabase(StorageError):
    """The file was written by a newer TipDesk."""

    def __init__(self, path: Path, *, found: int, known: int) -> None:
        super().__init__(
            Phrase(
                "{path} was written by a newer TipDesk (version {found}, this one knows {known}). "
                "Install the newer version. Nothing was changed.",
                path=path,
                found=found,
                known=known,
            )
        )
        self.found = found
        self.known = known


class DamagedDatabase(StorageError):
    """SQLite finds the file's contents wrong."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            Phrase(
                "{path} is damaged ({why}). It was left as it is. Restore a copy of it; money on "
                "chain comes back with your backup words.",
                path=path,
                why=why,
            )
        )
        self.path = path


class DatabaseUnwritable(StorageError):
    """The disk is full, the folder is read-only, or the disk failed."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            Phrase(
                "TipDesk cannot write to {path}: {why}. It stops here so that nothing is lost; "
                "payments under way go on when it is started again.",
                path=path,
                why=why,
            )
        )
        self.path = path


def statements(script: str) -> Iterator[str]:
    """The statements of a script, those inside a trigger left together."""
    begun = ""
    for piece in script.split(";"):
        begun += piece
        if begun.strip() and sqlite3.complete_statement(begun + ";"):
            yield begun
            begun = ""
        elif begun.strip():
            begun += ";"
    if begun.strip():
        yield begun


class MoneyDatabase:
    """The connection; statements take effect together at `commit`."""

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        connect: Callable[[Path], Connection] = connect,
    ) -> None:
        self._path = path
        self.is_dirty = False
        self._failure: StorageError | None = None
        """The first failure: after it nothing is written any more."""
        self._flush: Callable[[], None] | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = connect(path)
        except (OSError, sqlite3.Error) as error:
            raise DatabaseUnwritable(path, str(error)) from error
        try:
            self._open(migrations)
        except BaseException:
            self._connection.close()
            raise

    def _open(self, migrations: Sequence[str]) -> None:
        try:
            self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
            if version > len(migrations):
                raise NewerDatabase(self._path, found=version, known=len(migrations))
            if version:
                self._check()
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            # The lock is taken by the first write; taking it now tells a second process at once.
            self._connection.execute("BEGIN IMMEDIATE")
            for number, migration in enumerate(migrations[version:], version + 1):
                for statement in statements(migration):
                    self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {number}")
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._as_storage_error(error) from error

    def mark(self, wanted: int) -> int:
        """The number that the file is marked with (31 bits); `wanted`, if it had none."""
        try:
            found: int = self._connection.execute("PRAGMA application_id").fetchone()[0]
            if not found:
                self._connection.execute(f"PRAGMA application_id = {wanted}")
        except sqlite3.Error as error:
            raise self._as_storage_error(error) from error
        return found or wanted

    def _check(self) -> None:
        result: str = self._connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if result != "ok":
            raise DamagedDatabase(self._path, result[:200])

    def _as_storage_error(self, error: sqlite3.Error) -> StorageError:
        text = str(error)
        if "locked" in text or "busy" in text:
            return ProfileInUse(self._path)
        if "malformed" in text or "not a database" in text:
            return DamagedDatabase(self._path, text)
        return DatabaseUnwritable(self._path, text)

    def write(self, statement: str, parameters: Sequence[object] = ()) -> None:
        """Adds to what the next `commit` makes durable."""
        self._refuse_after_failure()
        try:
            if not self.is_dirty:
                self._connection.execute("BEGIN IMMEDIATE")
                self.is_dirty = True
            self._connection.execute(statement, parameters)
        except sqlite3.Error as error:
            raise self._failed_with(error) from error

    def read(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> Iterable[Row]:
        """The rows of a query, what is not committed yet included."""
        try:
            rows: list[Row] = self._connection.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise self._as_storage_error(error) from error
        return rows

    def end_turns_with(self, flush: Callable[[], None]) -> None:
        """From now on `commit` ends the node's turn: nobody makes half a turn durable."""
        self._flush = flush

    def commit(self) -> None:
        """Makes all that was written durable, by whomever."""
        if self._flush is None:
            self.commit_now()
        else:
            self._flush()

    def commit_now(self) -> None:
        """The commit itself, at the end of a turn."""
        self._refuse_after_failure()
        if not self.is_dirty:
            return
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failed_with(error) from error
        self.is_dirty = False

    def _failed_with(self, error: sqlite3.Error) -> StorageError:
        # SQLite may have rolled the turn back by itself: what follows would be half a turn.
        self._failure = self._as_storage_error(error)
        return self._failure

    def _refuse_after_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        """Commits and lets go of the file; a turn that failed is left undone."""
        try:
            if self._failure is None:
                self.commit_now()
        finally:
            self._connection.close()


NODE_SCHEMA: Final = """
    CREATE TABLE channels (
        channel_id BLOB PRIMARY KEY, peer BLOB NOT NULL, terms BLOB NOT NULL,
        head BLOB NOT NULL, closed INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE htlcs (
        channel_id BLOB NOT NULL, outgoing INTEGER NOT NULL, id INTEGER NOT NULL,
        finished INTEGER NOT NULL, data BLOB NOT NULL,
        PRIMARY KEY (channel_id, outgoing, id)
    );
    CREATE INDEX htlcs_unfinished ON htlcs (channel_id) WHERE finished = 0;
    CREATE TABLE forwards (
        outgoing_channel BLOB NOT NULL, outgoing_id INTEGER NOT NULL,
        incoming_channel BLOB NOT NULL, incoming_id INTEGER NOT NULL,
        PRIMARY KEY (outgoing_channel, outgoing_id)
    ) WITHOUT ROWID;
    CREATE TABLE preimages (payment_hash BLOB PRIMARY KEY, preimage BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE invoices (
        payment_hash BLOB PRIMARY KEY, preimage BLOB NOT NULL, payment_secret BLOB NOT NULL,
        amount_msat INTEGER, invoice TEXT NOT NULL, description TEXT NOT NULL, label TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL,
        received_msat INTEGER, settled_at_ms INTEGER
    );
    CREATE TABLE payments (
        payment_hash BLOB PRIMARY KEY, invoice TEXT NOT NULL, amount_msat INTEGER NOT NULL,
        max_fee_msat INTEGER NOT NULL, status TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
        preimage BLOB, fee_msat INTEGER, route BLOB, settled_at_ms INTEGER, reason TEXT,
        detail TEXT NOT NULL
    );
    CREATE TABLE attempts (
        channel_id BLOB NOT NULL, htlc_id INTEGER NOT NULL, payment_hash BLOB NOT NULL,
        session_key BLOB NOT NULL, route BLOB NOT NULL,
        PRIMARY KEY (channel_id, htlc_id)
    );
    CREATE TABLE peers (node_id BLOB PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL);
    CREATE TABLE wallet_changes (number INTEGER PRIMARY KEY, change BLOB NOT NULL);
    CREATE TABLE wallet_locks (
        txid BLOB NOT NULL, locked_txid BLOB NOT NULL, locked_index INTEGER NOT NULL,
        PRIMARY KEY (txid, locked_txid, locked_index)
    )
"""
"""A migration, once released, is never changed: the next one follows it."""

CLAIMS_SCHEMA: Final = """
    CREATE TABLE claims (
        channel_id BLOB NOT NULL, txid BLOB NOT NULL, output_index INTEGER NOT NULL,
        since INTEGER NOT NULL, feerate_per_kw INTEGER NOT NULL, signed BLOB NOT NULL,
        PRIMARY KEY (txid, output_index)
    ) WITHOUT ROWID
"""
"""What we published last to take an output of a closed channel."""

BACKUP_SCHEMA: Final = """
    CREATE TABLE peer_blobs (peer BLOB PRIMARY KEY, blob BLOB NOT NULL);
    CREATE TABLE recovering (since_ms INTEGER NOT NULL)
"""
"""What we keep for peers, and whether we wait for what they keep for us."""

PARTS_SCHEMA: Final = """
    ALTER TABLE payments ADD COLUMN parts INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE invoices ADD COLUMN records BLOB NOT NULL DEFAULT x'';
    CREATE INDEX invoices_unpaid ON invoices (expires_at_ms) WHERE settled_at_ms IS NULL
"""
"""Payments in parts, payments that came unasked, invoices that nobody paid."""

UNASKED_SCHEMA: Final = """
    CREATE INDEX invoices_unasked ON invoices (settled_at_ms) WHERE invoice = ''
"""
"""Payments that came unasked, by time."""

WAYS_SCHEMA: Final = """
    ALTER TABLE attempts ADD COLUMN sent_at_ms INTEGER;
    CREATE TABLE taken_ways (
        number INTEGER PRIMARY KEY, payment_hash BLOB NOT NULL, route BLOB NOT NULL,
        sent_at_ms INTEGER, settled_at_ms INTEGER NOT NULL, hold_times BLOB NOT NULL
    );
    CREATE INDEX taken_ways_by_payment ON taken_ways (payment_hash)
"""
"""The ways that parts of our payments took; the oldest are forgotten."""

OFFERS_SCHEMA: Final = """
    CREATE TABLE offers (
        key BLOB PRIMARY KEY, text TEXT NOT NULL, created_at_ms INTEGER NOT NULL,
        is_open INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX invoices_bolt12 ON invoices (settled_at_ms) WHERE substr(invoice, 1, 4) = 'lni1'
"""
"""BOLT 12: offers of ours."""

MIGRATIONS: Final = (
    NODE_SCHEMA,
    CLAIMS_SCHEMA,
    BACKUP_SCHEMA,
    PARTS_SCHEMA,
    UNASKED_SCHEMA,
    WAYS_SCHEMA,
    OFFERS_SCHEMA,
)
"""The node's tables, by version."""
