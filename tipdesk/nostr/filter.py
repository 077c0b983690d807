"""NIP-01 filters: what a subscription asks for, and whether an event is an answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """NIP-01: conditions that must all hold; an empty one asks nothing. Times in Unix seconds.

    `tags` maps the single letter of a tag to the values wanted. `limit` bounds only what is
    stored already; it says nothing about whether an event matches. Nor does `search` (NIP-50):
    what matches it is for the relay to say.
    """

    ids: tuple[EventId, ...] = ()
    authors: tuple[XOnlyPubkey, ...] = ()
    kinds: tuple[int, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None
    limit: int | None = None
    search: str = ""

    def matches(self, event: Event) -> bool:
        """Whether the event is one of those asked for."""
        return (
            (not self.ids or event.id in self.ids)
            and (not self.authors or event.pubkey in self.authors)
            and (not self.kinds or event.kind in self.kinds)
            and (self.since is None or event.created_at >= self.since)
            and (self.until is None or event.created_at <= self.until)
            and all(self._has_tag(event, name, wanted) for name, wanted in self.tags.items())
        )

    def to_object(self) -> dict[str, object]:
        """The filter as a JSON object, without the conditions that are empty."""
        fields: dict[str, object] = {}
        if self.ids:
            fields["ids"] = [event_id.hex() for event_id in self.ids]
        if self.authors:
            fields["authors"] = [author.hex() for author in self.authors]
        if self.kinds:
            fields["kinds"] = list(self.kinds)
        for name, wanted in self.tags.items():
            fields[f"#{name}"] = list(wanted)
        for name, number in (("since", self.since), ("until", self.until), ("limit", self.limit)):
            if number is not None:
                fields[name] = number
        if self.search:
            fields["search"] = self.search
        return fields

    @staticmethod
    def _has_tag(event: Event, name: str, wanted: tuple[str, ...]) -> bool:
        return any(value in wanted for value in event.values(name))


class Matcher:
    """Filters made ready to be asked about very many events: hundreds of authors cost no more."""

    __slots__ = ("_conditions",)

    def __init__(self, filters: Sequence[Filter]) -> None:
        self._conditions = tuple(
            (
                frozenset(entry.kinds),
                frozenset(entry.authors),
                frozenset(entry.ids),
                tuple((name, frozenset(wanted)) for name, wanted in entry.tags.items()),
                entry.since,
                entry.until,
            )
            for entry in filters
        )

    def matches(self, event: Event) -> bool:
        """Whether one of the filters matches the event, as `Filter.matches` has it."""
        return any(
            (not kinds or event.kind in kinds)
            and (not authors or event.pubkey in authors)
            and (not ids or event.id in ids)
            and (since is None or event.created_at >= since)
            and (until is None or event.created_at <= until)
            and all(not wanted.isdisjoint(event.values(name)) for name, wanted in tags)
            for kinds, authors, ids, tags, since, until in self._conditions
        )
