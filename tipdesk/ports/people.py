"""What is kept about people beside their posts: our own lists, and checked internet identifiers."""

from collections.abc import Iterable
from typing import Protocol

from tipdesk.nostr.event import Event
from tipdesk.nostr.nip05 import CheckedName


class PeopleStore(Protocol):
    """It is bounded, and it may be lost: a store that cannot be used keeps nothing.

    Whoever writes a list anew must therefore ask the relays first.
    """

    def save_own(self, event: Event) -> None:
        """Keeps a replaceable event of ours, unless a later one is kept."""
        ...

    def own(self, kind: int) -> Event | None:
        """The latest event of ours of a replaceable kind, if one is kept."""
        ...

    def save_name(self, name: CheckedName) -> None:
        """Keeps what a check of somebody's identifier said; it replaces what was said before."""
        ...

    def names(self) -> Iterable[CheckedName]:
        """Every check that is kept."""
        ...
