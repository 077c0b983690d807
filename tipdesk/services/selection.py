"""What the feed may show: whom one follows, a list, one person, a hashtag, or what was searched."""

from dataclasses import dataclass

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.text import one_line
from tipdesk.nostr.feed import MAX_HASHTAG

MAX_QUERY = 200


@dataclass(frozen=True, slots=True)
class Following:
    """Everybody one follows."""


@dataclass(frozen=True, slots=True)
class OfList:
    """The people of one of one's own lists, by its identifier."""

    identifier: str


@dataclass(frozen=True, slots=True)
class OfPerson:
    """All that can be had of one person."""

    pubkey: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class OfHashtag:
    """Whatever carries a hashtag; in small letters, without the sign."""

    tag: str


@dataclass(frozen=True, slots=True)
class OfSearch:
    """Whatever has all these words in it, and what relays find for them."""

    query: str

    @property
    def words(self) -> tuple[str, ...]:
        """What each post that is here already has to contain."""
        return tuple(self.query.casefold().split())


Selection = Following | OfList | OfPerson | OfHashtag | OfSearch


def read_query(text: str) -> Selection:
    """What was typed, where it is neither a key nor a link: a hashtag, words, or nothing."""
    query = one_line(text, maximum=MAX_QUERY)
    tag = query.removeprefix("#").lower()
    if query.startswith("#") and tag and " " not in tag and len(tag) <= MAX_HASHTAG:
        return OfHashtag(tag)
    return OfSearch(query) if query else Following()
