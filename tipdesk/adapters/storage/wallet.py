"""`WalletChangeStore` over `money.db`: bdk's change sets and the outputs that are reserved."""

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.ids import Txid
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.ports.wallet import Locks


class SqliteWalletStore:
    """The wallet's tables; each method is durable when it returns."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def load(self) -> list[bytes]:
        """Every change, oldest first."""
        rows = self._db.read("SELECT change FROM wallet_changes ORDER BY number")
        return [change for (change,) in rows]

    def append(self, change: bytes) -> None:
        """Adds one."""
        self._db.write("INSERT INTO wallet_changes (change) VALUES (?)", (change,))
        self._db.commit()

    def replace(self, change: bytes) -> None:
        """Puts one that says the same in place of all."""
        self._db.write("DELETE FROM wallet_changes")
        self.append(change)

    def load_locks(self) -> Locks:
        """The outputs that are reserved, by the transaction they are reserved for."""
        locks: dict[Txid, tuple[OutPoint, ...]] = {}
        for txid, locked_txid, index in self._db.read("SELECT * FROM wallet_locks"):
            key = Txid(txid)
            locks[key] = (*locks.get(key, ()), OutPoint(Txid(locked_txid), index))
        return locks

    def save_locks(self, locks: Locks) -> None:
        """Replaces them."""
        self._db.write("DELETE FROM wallet_locks")
        for txid, outpoints in locks.items():
            for outpoint in outpoints:
                self._db.write(
                    "INSERT INTO wallet_locks VALUES (?, ?, ?)",
                    (bytes(txid), bytes(outpoint.txid), outpoint.index),
                )
        self._db.commit()
