"""NIP-65, "outbox": which relays to read whom at, and how to ask for very many people.

Strangers name these relays, so every number here has a bound: relays in all, relays for one
person, people at one relay.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tipdesk.base.ids import XOnlyPubkey

AUTHORS_A_SUBSCRIPTION = 600
"""Three filters of so many public keys stay under the 128 KiB that common relays read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxLimits:
    """What following people may cost in connections."""

    relays: int = 20
    relays_a_person: int = 2
    people_a_relay: int = AUTHORS_A_SUBSCRIPTION
    relays_looked_at: int = 6
    """Of a person's list: a long one is a way to make others work."""


DEFAULT_LIMITS = OutboxLimits()


def choose_relays(
    writes: Mapping[XOnlyPubkey, Sequence[str]],
    *,
    ours: Collection[str],
    connected: Collection[str] = (),
    limits: OutboxLimits = DEFAULT_LIMITS,
) -> dict[str, tuple[XOnlyPubkey, ...]]:
    """A small set of further relays at which most people can be read, and whom to read at each.

    `writes` names the relays each person writes to. `ours` are read anyway and count for those
    who write there. Each step takes the relay that most people still need; of equals, one that is
    `connected`, then the first by name: the same lists give the same choice.
    """
    needs: dict[XOnlyPubkey, int] = {}
    offered: dict[XOnlyPubkey, tuple[str, ...]] = {}
    people_at: dict[str, list[XOnlyPubkey]] = {}
    for person, urls in writes.items():
        known = tuple(dict.fromkeys(urls))[: limits.relays_looked_at]
        offered[person] = tuple(url for url in known if url not in ours)
        needs[person] = limits.relays_a_person - (len(known) - len(offered[person]))
        if needs[person] > 0:
            for url in offered[person]:
                people_at.setdefault(url, []).append(person)
    count = {url: len(people) for url, people in people_at.items()}
    chosen: dict[str, tuple[XOnlyPubkey, ...]] = {}
    while count and len(chosen) < limits.relays:
        best = min(count, key=lambda url: (-count[url], url not in connected, url))
        if count.pop(best) == 0:
            break
        needy = (person for person in people_at[best] if needs[person] > 0)
        chosen[best] = tuple(islice(needy, limits.people_a_relay))
        for person in chosen[best]:
            needs[person] -= 1
            if needs[person] == 0:
                for url in offered[person]:
                    if url in count:
                        count[url] -= 1
    return chosen


def split_people(
    people: Iterable[XOnlyPubkey],
    before: Sequence[tuple[XOnlyPubkey, ...]] = (),
    *,
    size: int = AUTHORS_A_SUBSCRIPTION,
) -> list[tuple[XOnlyPubkey, ...]]:
    """The people in groups of at most `size`, each person in one.

    Groups keep the place and the members they had `before`, so that one more person, or one
    less, changes one group and thus one subscription. A group may become empty.
    """
    left = dict.fromkeys(people)
    groups: list[list[XOnlyPubkey]] = []
    for group in before:
        kept = [person for person in group if person in left]
        groups.append(kept)
        for person in kept:
            del left[person]
    for person in left:
        free = next((group for group in groups if len(group) < size), None)
        if free is None:
            free = []
            groups.append(free)
        free.append(person)
    return [tuple(group) for group in groups]
