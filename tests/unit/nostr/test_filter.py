"""NIP-01 filters: every condition must hold, an absent one asks nothing."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.filter import Filter, Matcher

OTHER = b"\x22" * 32
KEYS = [XOnlyPubkey(bytes([number]) * 32) for number in (1, 2)]


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


@given(
    st.lists(
        st.builds(
            Filter,
            kinds=st.lists(st.sampled_from([1, 3]), max_size=2).map(tuple),
            authors=st.lists(st.sampled_from([KEYS[0], KEYS[1]]), max_size=2).map(tuple),
            tags=st.dictionaries(
                st.sampled_from("pe"),
                st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=2).map(tuple),
            ),
            since=st.none() | st.integers(0, 3),
            until=st.none() | st.integers(0, 3),
        ),
        max_size=3,
    ),
    st.sampled_from([1, 3]),
    st.integers(0, 3),
    st.lists(st.tuples(st.sampled_from("pe"), st.sampled_from("ab")), max_size=2).map(tuple),
)
def test_a_matcher_agrees_with_its_filters(
    filters: list[Filter], kind: int, created_at: int, tags: Tags
) -> None:
    event = Event(
        id=EventId(bytes(32)),
        pubkey=KEYS[0],
        created_at=created_at,
        kind=kind,
        tags=tags,
        content="",
        sig=bytes(64),
    )
    assert Matcher(filters).matches(event) == any(entry.matches(event) for entry in filters)
