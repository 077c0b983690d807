"""Where the receipt of a zap is asked to be published: ten relays at the most (NIP-57)."""

from typing import Final

from tipdesk.nostr.nip57 import MAX_RELAYS, ZapTarget
from tipdesk.nostr.nip75 import goal_relays
from tipdesk.nostr.relay_url import normalised
from tipdesk.ports.relays import RelayPool
from tipdesk.services.goals import GoalService
from tipdesk.services.relay_lists import RelayLists

_KEPT_FOR_US: Final = 2
"""We want to see the receipt ourselves, whatever others name."""


class ReceiptRelays:
    """A goal's own relays first (NIP-75 demands them), where the recipient reads, then ours."""

    def __init__(self, *, goals: GoalService, lists: RelayLists, relays: RelayPool) -> None:
        self._goals = goals
        self._lists = lists
        self._relays = relays

    def of(self, target: ZapTarget) -> tuple[str, ...]:
        """The relays for a zap's request."""
        goal = None if target.event_id is None else self._goals.goal(target.event_id)
        theirs = () if goal is None else goal_relays(goal)
        ours = tuple(relay.url for relay in self._relays.status())
        wanted = _each_once((*theirs, *self._lists.reads(target.recipient)))
        return _each_once((*wanted[: MAX_RELAYS - min(len(ours), _KEPT_FOR_US)], *ours, *wanted))[
            :MAX_RELAYS
        ]


def _each_once(urls: tuple[str, ...]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for url in urls:
        found.setdefault(normalised(url), url)
    return tuple(found.values())
