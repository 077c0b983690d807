"""Who gets to know of a tip, and the plain line that says so before it is sent."""

from enum import Enum

from tipdesk.base.phrase import Phrase


class Visibility(Enum):
    """How a tip is sent; the value is its name for a person."""

    PUBLIC = Phrase("Public")
    """A zap signed with one's own key."""
    ANONYMOUS = Phrase("Anonymous")
    """A zap signed with a key made for this tip alone."""
    PRIVATE = Phrase("Private")
    """A plain payment; the words go to the recipient alone, encrypted (NIP-17)."""


_LEARNS = {
    Visibility.PUBLIC: Phrase(
        "Everybody can see that it was you, the amount and your words; their payment server sees "
        "your internet address and the amount."
    ),
    Visibility.ANONYMOUS: Phrase(
        "Everybody can see the amount and your words, but not that it was you; their payment "
        "server sees your internet address and the amount."
    ),
    Visibility.PRIVATE: Phrase(
        "Nothing is published; your words go encrypted to the recipient alone, and relays see that "
        "somebody wrote to them; their payment server sees your internet address and the amount."
    ),
}


def who_learns_what(visibility: Visibility) -> str:
    """One sentence for the person who is about to tip."""
    return _LEARNS[visibility]
