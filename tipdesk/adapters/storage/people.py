"""`PeopleBookStore` over `money.db`.

Sums and lines are the one history's: here stands only which of its payments were with whom.
"""

from typing import Any, Final

from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.tips.person import Person, PersonId

PEOPLE_SCHEMA: Final = """
CREATE TABLE people (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, npub BLOB UNIQUE,
    nip05 TEXT NOT NULL, address TEXT NOT NULL, payment_name TEXT NOT NULL, node_id BLOB,
    offer TEXT NOT NULL, notes TEXT NOT NULL, usual_msat INTEGER CHECK (usual_msat > 0),
    added_at_ms INTEGER NOT NULL
);
CREATE TABLE person_payments (
    payment_hash BLOB PRIMARY KEY, person_id INTEGER NOT NULL REFERENCES people
) WITHOUT ROWID;
CREATE INDEX person_payments_of ON person_payments (person_id, payment_hash)
"""
"""A migration for `MoneyDatabase`."""

_COLUMNS: Final = (
    "name, npub, nip05, address, payment_name, node_id, offer, notes, usual_msat, added_at_ms"
)


class MoneyPeopleStore:
    """See `PeopleBookStore`."""

    def __init__(self, database: MoneyDatabase) -> None:
        self._db = database

    def commit(self) -> None:
        """See `PeopleBookStore.commit`."""
        self._db.commit()

    def people(self) -> list[Person]:
        """See `PeopleBookStore.people`."""
        rows = self._db.read(f"SELECT id, {_COLUMNS} FROM people ORDER BY id")
        return [_person(row) for row in rows]

    def add(self, person: Person) -> Person:
        """See `PeopleBookStore.add`."""
        marks = ", ".join("?" * len(_COLUMNS.split(",")))
        self._db.write(f"INSERT INTO people ({_COLUMNS}) VALUES ({marks})", _values(person))
        ((row),) = self._db.read(
            f"SELECT id, {_COLUMNS} FROM people WHERE id = last_insert_rowid()"
        )
        return _person(row)

    def change(self, person: Person) -> None:
        """See `PeopleBookStore.change`."""
        changes = ", ".join(f"{name.strip()} = ?" for name in _COLUMNS.split(","))
        self._db.write(f"UPDATE people SET {changes} WHERE id = ?", (*_values(person), person.id))

    def remove(self, person_id: PersonId) -> None:
        """See `PeopleBookStore.remove`."""
        self._db.write("DELETE FROM person_payments WHERE person_id = ?", (person_id,))
        self._db.write("DELETE FROM people WHERE id = ?", (person_id,))

    def with_payment(self, payment_hash: PaymentHash) -> PersonId | None:
        """See `PeopleBookStore.with_payment`."""
        rows = self._db.read(
            "SELECT person_id FROM person_payments WHERE payment_hash = ?", (bytes(payment_hash),)
        )
        return next((PersonId(number) for (number,) in rows), None)

    def note_payment(self, person_id: PersonId, payment_hash: PaymentHash) -> None:
        """See `PeopleBookStore.note_payment`."""
        self._db.write(
            "INSERT INTO person_payments VALUES (?, ?) "
            "ON CONFLICT (payment_hash) DO UPDATE SET person_id = excluded.person_id",
            (bytes(payment_hash), person_id),
        )


def _values(person: Person) -> tuple[Any, ...]:
    usual = person.usual_amount
    return (
        person.name,
        None if person.npub is None else bytes(person.npub),
        person.nip05,
        person.address,
        person.payment_name,
        None if person.node_id is None else bytes(person.node_id),
        person.offer,
        person.notes,
        None if usual is None else usual.value,
        person.added_at.ms,
    )


def _person(row: tuple[Any, ...]) -> Person:
    key, name, npub, nip05, address, payment_name, node_id, offer, notes, usual, added = row
    return Person(
        id=PersonId(key),
        name=name,
        npub=None if npub is None else XOnlyPubkey(npub),
        nip05=nip05,
        address=address,
        payment_name=payment_name,
        node_id=None if node_id is None else NodeId(node_id),
        offer=offer,
        notes=notes,
        usual_amount=None if usual is None else Msat(usual),
        added_at=Instant(added),
    )
