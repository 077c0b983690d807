"""The outbox model: few relays, most people, and groups that stay as they are."""

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.outbox import OutboxLimits, choose_relays, split_people

PEOPLE = [XOnlyPubkey(bytes([n]) * 32) for n in range(1, 13)]
URLS = [f"wss://{name}.example" for name in "abcdefg"]
ONE = OutboxLimits(relays=2, relays_a_person=1, people_a_relay=3)

lists = st.dictionaries(st.sampled_from(PEOPLE), st.lists(st.sampled_from(URLS), max_size=5))


def test_the_relay_of_most_people_is_taken_first_and_then_what_is_missing() -> None:
    a, b, c, *_ = PEOPLE
    writes = {a: (URLS[1], URLS[0]), b: (URLS[0],), c: (URLS[2],)}
    assert choose_relays(writes, ours=(), limits=ONE) == {URLS[0]: (a, b), URLS[2]: (c,)}


def test_relays_of_ours_count_for_those_who_write_there() -> None:
    a, b, *_ = PEOPLE
    writes = {a: (URLS[0], URLS[1]), b: (URLS[1],)}
    assert choose_relays(writes, ours=(URLS[0],), limits=ONE) == {URLS[1]: (b,)}


def test_of_equal_relays_a_connected_one_is_kept() -> None:
    writes = {PEOPLE[0]: (URLS[0], URLS[3])}
    assert list(choose_relays(writes, ours=(), connected=(URLS[3],), limits=ONE)) == [URLS[3]]
    assert list(choose_relays(writes, ours=(), limits=ONE)) == [URLS[0]]


@given(lists, st.sets(st.sampled_from(URLS), max_size=2))
def test_no_bound_is_passed_and_nobody_is_read_where_they_do_not_write(
    writes: dict[XOnlyPubkey, list[str]], ours: set[str]
) -> None:
    limits = OutboxLimits(relays=3, relays_a_person=2, people_a_relay=4)
    chosen = choose_relays(writes, ours=ours, limits=limits)
    assert len(chosen) <= limits.relays
    assert not ours & set(chosen)
    for url, people in chosen.items():
        assert 0 < len(people) <= limits.people_a_relay
        assert len(set(people)) == len(people)
        assert all(url in writes[person] for person in people)
    for person in writes:
        assert sum(person in people for people in chosen.values()) <= limits.relays_a_person


@given(lists)
def test_with_room_enough_everybody_is_read_somewhere(
    writes: dict[XOnlyPubkey, list[str]],
) -> None:
    limits = OutboxLimits(relays=len(URLS), relays_a_person=1, people_a_relay=len(PEOPLE))
    chosen = choose_relays(writes, ours=(), limits=limits)
    read = {person for people in chosen.values() for person in people}
    assert read == {person for person, urls in writes.items() if urls}


@given(st.lists(st.sampled_from(PEOPLE), unique=True), st.lists(st.sampled_from(PEOPLE)))
def test_groups_hold_everybody_once_and_change_only_where_they_must(
    first: list[XOnlyPubkey], second: list[XOnlyPubkey]
) -> None:
    before = split_people(first, size=3)
    after = split_people(second, before, size=3)
    flat = [person for group in after for person in group]
    assert sorted(flat) == sorted(set(second))
    assert all(len(group) <= 3 for group in after)
    assert split_people(second, after, size=3) == after
    for old, new in zip(before, after, strict=False):
        assert [person for person in old if person in second] == [p for p in new if p in old]
