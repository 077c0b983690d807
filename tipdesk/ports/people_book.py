"""What is kept of the book of people, and of which payments were theirs.

Called on the loop's thread only. Writes take effect together at the next `commit`; every method
may raise `StorageError`.
"""

from typing import Protocol

from tipdesk.base.ids import PaymentHash
from tipdesk.tips.person import Person, PersonId


class PeopleBookStore(Protocol):
    """Entries by their number, and payments that were noted to be with one."""

    def people(self) -> list[Person]:
        """Every one, the oldest first."""
        ...

    def add(self, person: Person) -> Person:
        """A new entry, with the number that it got; no two have the same npub."""
        ...

    def change(self, person: Person) -> None:
        """The entry of that number is now this."""
        ...

    def remove(self, person_id: PersonId) -> None:
        """It goes, and with it which payments were theirs. The payments stay where they are."""
        ...

    def note_payment(self, person_id: PersonId, payment_hash: PaymentHash) -> None:
        """A payment was with somebody; noted again for somebody else it is theirs."""
        ...

    def with_payment(self, payment_hash: PaymentHash) -> PersonId | None:
        """Whom a payment was noted to be with."""
        ...

    def commit(self) -> None:
        """Makes all that was written durable."""
        ...
