"""Who gets to know of a tip, and the plain line that says so before it is sent."""

from enum import Enum


class Visibility(Enum):
    """How a tip is sent; the value is its name for a person."""

    PUBLIC = "Public"
    """A zap signed with one's own key."""
    ANONYMOUS = "Anonymous"
    """A zap signed with a key made for this tip alone."""
    PRIVATE = "Private"
    """A plain payment; the words go to the recipient alone, encrypted (NIP-17)."""


_SERVER = "their payment server sees your internet address and the amount"
_LEARNS = {
    Visibility.PUBLIC: (
        "Everybody can see that it was you, the amount and your words; " + _SERVER + "."
    ),
    Visibility.ANONYMOUS: (
        "Everybody can see the amount and your words, but not that it was you; " + _SERVER + "."
    ),
    Visibility.PRIVATE: (
        "Nothing is published; your words go encrypted to the recipient alone, and relays see "
        "that somebody wrote to them; " + _SERVER + "."
    ),
}


def who_learns_what(visibility: Visibility) -> str:
    """One sentence for the person who is about to tip."""
    return _LEARNS[visibility]
