"""NIP-01 filters: every condition must hold, an absent one asks nothing."""

from collections.abc import Callable

import pytest

from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter

OTHER = b"\x22" * 32


def test_the_empty_filter_matches_everything(sign: Callable[..., Event]) -> None:
    assert Filter().matches(sign("x"))


@pytest.mark.parametrize(
    "entry",
    [
        Filter(ids=(EventId(OTHER),)),
        Filter(authors=(XOnlyPubkey(OTHER),)),
        Filter(kinds=(2, 3)),
        Filter(since=101),
        Filter(until=99),
        Filter(tags={"t": ("green",)}),
        Filter(tags={"t": ("red",), "p": ("nobody",)}),
    ],
)
def test_one_condition_that_fails_is_enough_to_refuse(
    entry: Filter, sign: Callable[..., Event]
) -> None:
    assert not entry.matches(sign("x", kind=1, created_at=100, tags=(("t", "red"), ("t",))))


def test_a_filter_with_all_conditions_met_matches_and_is_rendered(
    sign: Callable[..., Event],
) -> None:
    event = sign("x", kind=7, created_at=100, tags=(("t", "red"),))
    entry = Filter(
        ids=(event.id,),
        authors=(event.pubkey,),
        kinds=(7,),
        tags={"t": ("blue", "red")},
        since=100,
        until=100,
        limit=0,
    )
    assert entry.matches(event)
    assert entry.to_object() == {
        "ids": [event.id.hex()],
        "authors": [event.pubkey.hex()],
        "kinds": [7],
        "#t": ["blue", "red"],
        "since": 100,
        "until": 100,
        "limit": 0,
    }
