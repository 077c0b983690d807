"""What the feed asks of which relays: many people in bounded questions, creators where they write.

Our own relays are asked about everybody. Beside them a few of the relays that the people we
follow say they write to (NIP-65) are asked, each about those who write there.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import KIND_DELETION, POST_KINDS
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip57 import KIND_ZAP_RECEIPT
from tipdesk.nostr.nip65 import KIND_RELAY_LIST
from tipdesk.nostr.outbox import split_people
from tipdesk.nostr.profile import KIND_PROFILE
from tipdesk.ports.relays import RelayPool, Subscription
from tipdesk.services.relay_lists import RelayLists

STORED_POSTS_ASKED: Final = 1_000
STORED_RECEIPTS_ASKED: Final = 2_000
LEAST_ASKED: Final = 100
"""Of each group of people, however many groups there are."""
STRANGERS_POSTS_ASKED: Final = 300


@dataclass(frozen=True, slots=True)
class _Question:
    people: tuple[XOnlyPubkey, ...]
    authors: tuple[XOnlyPubkey, ...]
    subscription: Subscription


class FeedSubscriptions:
    """Keeps the subscriptions to what is wanted, and changes only those that have to change."""

    def __init__(
        self, relays: RelayPool, lists: RelayLists, on_event: Callable[[Event], None]
    ) -> None:
        self._relays = relays
        self._lists = lists
        self._on_event = on_event
        self._groups: list[_Question | None] = []
        self._strangers: dict[str, _Question] = {}

    def ask(self, follows: Collection[XOnlyPubkey], recipients: Iterable[XOnlyPubkey]) -> None:
        """Asks our relays for posts of those we follow, and for receipts of all `recipients`."""
        before = [() if group is None else group.people for group in self._groups]
        after = split_people(recipients, before)
        count = sum(1 for people in after if people)
        self._groups += [None] * (len(after) - len(self._groups))
        for place, people in enumerate(after):
            authors = tuple(person for person in people if person in follows)
            self._groups[place] = self._replaced(
                self._groups[place],
                people,
                authors,
                _filters(
                    people,
                    authors,
                    posts=max(LEAST_ASKED, STORED_POSTS_ASKED // max(count, 1)),
                    receipts=max(LEAST_ASKED, STORED_RECEIPTS_ASKED // max(count, 1)),
                ),
            )

    def ask_strangers(self, follows: Iterable[XOnlyPubkey]) -> None:
        """Asks a few more relays for those whom we follow and who write there."""
        ours = [status.url for status in self._relays.status()]
        chosen = self._lists.choose(follows, ours=ours, connected=tuple(self._strangers))
        for url, people in chosen.items():
            limit = STRANGERS_POSTS_ASKED
            question = self._replaced(
                self._strangers.get(url),
                people,
                people,
                _filters(people, people, posts=limit, receipts=limit),
                url,
            )
            if question is not None:
                self._strangers[url] = question
        for url in self._strangers.keys() - chosen.keys():
            self._strangers.pop(url).subscription.close()

    def close(self) -> None:
        """Asks nobody any more."""
        for question in (*self._groups, *self._strangers.values()):
            if question is not None:
                question.subscription.close()
        self._groups.clear()
        self._strangers.clear()

    def _replaced(
        self,
        old: _Question | None,
        people: tuple[XOnlyPubkey, ...],
        authors: tuple[XOnlyPubkey, ...],
        filters: list[Filter],
        url: str | None = None,
    ) -> _Question | None:
        if old is not None and (set(old.people), set(old.authors)) == (set(people), set(authors)):
            return old
        new = None
        if people:
            # The new one first: a stranger's relay that nobody uses would be left in between.
            urls = None if url is None else (url,)
            new = _Question(
                people, authors, self._relays.subscribe(filters, self._on_event, urls=urls)
            )
        if old is not None:
            old.subscription.close()
        return new


def _filters(
    people: tuple[XOnlyPubkey, ...], authors: tuple[XOnlyPubkey, ...], *, posts: int, receipts: int
) -> list[Filter]:
    recipients = tuple(sorted(person.hex() for person in people))
    filters = [Filter(kinds=(KIND_ZAP_RECEIPT,), tags={"p": recipients}, limit=receipts)]
    if authors:
        filters += [
            Filter(authors=authors, kinds=(KIND_PROFILE, KIND_RELAY_LIST)),
            Filter(authors=authors, kinds=(*POST_KINDS, KIND_DELETION), limit=posts),
        ]
    return filters
