"""A disk in memory that loses, when its power is cut, whatever SQLite has not synced.

SIGKILL leaves the kernel's page cache as it was; a power cut does not. The disk may also fail a
write, once or for good.
"""

import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
"""What a disk writes whole or not at all."""

_names = count(1)


class PowerLost(apsw.IOError):
    """Nothing more is written: the power is off."""


@dataclass
class _File:
    """Its bytes as the kernel shows them, and the writes that no sync has covered yet."""

    content: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes]] = field(default_factory=list)
    """Where and what; a truncation is a negative place."""
    is_new: bool = True
    """Not synced yet: its first sync covers the folder too, as SQLite's does on Unix."""

    def apply(self, offset: int, data: bytes) -> None:
        if offset < 0:
            del self.content[-offset - 1 :]
            return
        if len(self.content) < offset:
            self.content.extend(bytes(offset - len(self.content)))
        self.content[offset : offset + len(data)] = data


class Disk:
    """Files of one node. `connect` is what `MoneyDatabase` takes."""

    def __init__(self) -> None:
        self._live: dict[str, _File] = {}
        self._durable: dict[str, bytearray] = {}
        self._connection: Connection | None = None
        self.operations = 0
        """Writes, truncations, deletions and syncs so far."""
        self.dies_at: int | None = None
        """The operation at which the power goes."""
        self.fails_at: int | None = None
        """The one operation that fails as on a full disk."""

    @property
    def has_unsynced(self) -> bool:
        """Whether a power cut now would lose anything."""
        return any(one.unsynced for one in self._live.values())

    def cut(self, chance: random.Random | None = None) -> None:
        """The power goes, and comes back; connections of before write nothing any more.

        Of the unsynced writes none survives; with `chance`, any of their sectors may.
        """
        self.kill()
        for name, one in self._live.items():
            if chance is not None and name in self._durable:
                survivor = _File(self._durable[name])
                for offset, data in one.unsynced:
                    _write_some(survivor, offset, data, chance)
        self._live = {
            name: _File(bytearray(data), is_new=False) for name, data in self._durable.items()
        }

    def kill(self) -> None:
        """The process is killed: what it has written stays, synced or not."""
        if self._connection is not None:
            self._connection.power.is_off = True
            self._connection.close()
        self.dies_at = self.fails_at = None

    def copy(self) -> "Disk":
        """What would be there after a power cut now."""
        made = Disk()
        made._durable = {name: bytearray(data) for name, data in self._durable.items()}
        made.cut()
        return made

    def connect(self, path: Path) -> "Connection":
        """Opens a database on this disk."""
        power = _Power(self)
        self._connection = Connection(apsw.Connection(str(path), vfs=power.name), power)
        return self._connection


class _Power(apsw.VFS):
    """The disk as one process has it, until that process or its power is no more."""

    def __init__(self, disk: Disk) -> None:
        self.name = f"disk {next(_names)}"
        super().__init__(self.name, base="")
        self.disk = disk
        self.is_off = False

    def operation(self) -> None:
        """Counts what changes the disk; raises when it is not to be."""
        if self.is_off:
            raise PowerLost("the power is off")
        disk = self.disk
        disk.operations += 1
        if disk.operations == disk.dies_at:
            self.is_off = True
            raise PowerLost("the power has gone")
        if disk.operations == disk.fails_at:
            raise apsw.FullError("the disk is full")

    def sync(self, name: str, file: _File) -> None:
        """What was written of a file is there for good."""
        if file.is_new and not name.endswith(".db"):
            for gone in self.disk._durable.keys() - self.disk._live.keys():
                del self.disk._durable[gone]
        file.is_new = False
        durable = _File(self.disk._durable.setdefault(name, bytearray()))
        for offset, data in file.unsynced:
            durable.apply(offset, data)
        file.unsynced.clear()

    # What SQLite calls, by its names.

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        flags[1] = flags[0]
        key = name if isinstance(name, str) else name.filename()
        file = self.disk._live.setdefault(key, _File())
        return _Handle(self, key, file)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self.disk._live

    def xFullPathname(self, name: str) -> str:
        return name

    def xDelete(self, name: str, syncdir: bool) -> None:
        self.operation()
        self.disk._live.pop(name, None)
        if syncdir:
            self.disk._durable.pop(name, None)


class _Handle:
    """An open file."""

    def __init__(self, power: _Power, name: str, file: _File) -> None:
        self._power, self._name, self._file = power, name, file

    def _write(self, offset: int, data: bytes) -> None:
        self._power.operation()
        self._file.apply(offset, data)
        self._file.unsynced.append((offset, data))

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._write(offset, bytes(data))

    def xTruncate(self, newsize: int) -> None:
        self._write(-newsize - 1, b"")

    def xSync(self, flags: int) -> None:
        self._power.operation()
        self._power.sync(self._name, self._file)

    def xFileSize(self) -> int:
        return len(self._file.content)

    def xLock(self, level: int) -> None:
        pass

    def xUnlock(self, level: int) -> None:
        pass

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:
        return False

    def xSectorSize(self) -> int:
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        # As on Linux: what stands beside a write does not change.
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:
        pass


class _Rows:
    """What a statement answered, read to its end."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None

    def fetchall(self) -> list[Any]:
        return self._rows


class Connection:
    """The few methods of `sqlite3.Connection` that `MoneyDatabase` uses, and its errors."""

    def __init__(self, connection: apsw.Connection, power: _Power) -> None:
        self._connection = connection
        self.power = power

    def execute(
        self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = (), /
    ) -> _Rows:
        try:
            return _Rows(self._connection.execute(statement, parameters).fetchall())
        except apsw.Error as error:
            raise sqlite3.OperationalError(str(error)) from error

    def close(self) -> None:
        # As in `sqlite3`: what fails while closing is found out at the next start.
        with suppress(apsw.Error):
            self._connection.close()


def _write_some(file: _File, offset: int, data: bytes, chance: random.Random) -> None:
    """Any of a write's sectors arrives, or none."""
    if offset < 0:
        if chance.random() < 0.5:
            file.apply(offset, data)
        return
    for start in range(0, len(data), SECTOR):
        if chance.random() < 0.5:
            file.apply(offset + start, data[start : start + SECTOR])
