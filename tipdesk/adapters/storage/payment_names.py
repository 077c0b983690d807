"""`PaymentNameStore` over `money.db`: what was proven of names, with the proofs."""

from typing import Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.ports.names import PaymentName

MOST_NAMES: Final = 500

PAYMENT_NAMES_SCHEMA: Final = """
CREATE TABLE payment_names (
    name TEXT PRIMARY KEY, uri TEXT NOT NULL, offer TEXT NOT NULL, proof BLOB NOT NULL,
    checked_at_ms INTEGER NOT NULL, expires_at_ms INTEGER NOT NULL
) WITHOUT ROWID
"""
"""A migration for `MoneyDatabase`."""


class MoneyPaymentNames:
    """See `PaymentNameStore`. The latest `MOST_NAMES` stay."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def kept(self, name: str) -> PaymentName | None:
        """See `PaymentNameStore.kept`."""
        rows = self._db.read(
            "SELECT uri, offer, proof, checked_at_ms, expires_at_ms FROM payment_names "
            "WHERE name = ?",
            (name,),
        )
        for uri, offer, proof, checked, expires in rows:
            return PaymentName(
                name=name,
                uri=uri,
                offer=offer,
                proof=proof,
                checked_at=Instant(checked),
                expires_at=Instant(expires),
            )
        return None

    def keep(self, found: PaymentName) -> None:
        """See `PaymentNameStore.keep`."""
        self._db.write(
            "INSERT OR REPLACE INTO payment_names VALUES (?, ?, ?, ?, ?, ?)",
            (
                found.name,
                found.uri,
                found.offer,
                found.proof,
                found.checked_at.ms,
                found.expires_at.ms,
            ),
        )
        self._db.write(
            "DELETE FROM payment_names WHERE name NOT IN "
            "(SELECT name FROM payment_names ORDER BY checked_at_ms DESC LIMIT ?)",
            (MOST_NAMES,),
        )
        self._db.commit()
