"""NIP-65: relay lists are read defensively and changed by one relay at a time."""

from collections.abc import Callable

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.nostr import nip65
from tipdesk.nostr.event import Event, Tags, parse
from tipdesk.nostr.nip65 import RelayUse, read_relay_list, with_relay, without_relay

Sign = Callable[..., Event]
A, B, C = ("wss://a.example", "wss://b.example/nostr", "wss://c.example")

relay_tags = st.lists(
    st.one_of(
        st.tuples(st.just("r"), st.sampled_from([B, C, B + "/x", "nonsense"])),
        st.tuples(
            st.just("r"), st.sampled_from([B, C]), st.sampled_from(["read", "write", "", "both"])
        ),
        st.tuples(st.text(max_size=3), st.text(max_size=3)),
    ).map(tuple),
    max_size=8,
).map(tuple)


def test_markers_say_what_a_relay_is_for_and_none_means_both(sign: Sign) -> None:
    tags = (
        ("r", "wss://A.example/"),
        ("r", B, "write"),
        ("r", C, "read"),
        ("r", "https://no.example"),
        ("r", "wss://odd.example", "sometimes"),
        ("r",),
        ("r", C, "write"),
    )
    known = read_relay_list(sign(kind=10_002, tags=tags))
    assert known.relays == (RelayUse(A), RelayUse(B, reads=False), RelayUse(C))
    assert known.writes == (A, B, C)
    assert known.reads == (A, C)


def test_a_long_list_is_cut(sign: Sign) -> None:
    tags = tuple(("r", f"wss://{n}.example") for n in range(nip65.MAX_RELAYS + 5))
    assert len(read_relay_list(sign(kind=10_002, tags=tags)).relays) == nip65.MAX_RELAYS


def test_an_event_of_another_kind_is_no_list(sign: Sign) -> None:
    with pytest.raises(nip65.NotARelayList):
        read_relay_list(sign(kind=3))


def test_a_relay_keeps_its_place_when_its_use_changes() -> None:
    before: Tags = (("r", "wss://A.example/", "read"), ("x", "y"), ("r", B))
    changed = with_relay(before, RelayUse(A, reads=False))
    assert changed == (("r", A, "write"), ("x", "y"), ("r", B))
    assert with_relay(before, RelayUse(A, writes=False)) == before


@given(relay_tags)
def test_adding_and_removing_a_relay_gives_the_same_list_byte_for_byte(before: Tags) -> None:
    for use in (RelayUse(A), RelayUse(A, reads=False), RelayUse(A, writes=False)):
        added = with_relay(before, use)
        assert added[:-1] == before
        assert without_relay(added, A) == before


@given(relay_tags)
def test_a_change_is_what_is_read_afterwards(before: Tags) -> None:
    changed = with_relay(before, RelayUse(B, reads=False))
    found = [use for tag in changed if (use := nip65._use(tag)) and use.url == B]
    assert found == [RelayUse(B, reads=False)]
    assert [t for t in changed if t[1:2] != (B,)] == [t for t in before if t[1:2] != (B,)]


def test_nostr_sdk_reads_our_list_and_we_read_theirs(sign: Sign) -> None:
    tags = with_relay(with_relay((), RelayUse(A)), RelayUse(C, reads=False))
    ours = nostr_sdk.extract_relay_list(
        nostr_sdk.Event.from_json(sign(kind=10_002, tags=tags).to_json())
    )
    assert {str(url).rstrip("/"): use for url, use in ours.items()} == {
        A: None,
        C: nostr_sdk.RelayMetadata.WRITE,
    }
    theirs = nostr_sdk.EventBuilder(nostr_sdk.Kind(10_002), "").tags(
        [nostr_sdk.Tag.parse(["r", A]), nostr_sdk.Tag.parse(["r", C, "read"])]
    )
    event = parse(theirs.finalize(nostr_sdk.Keys.generate()).as_json())
    assert read_relay_list(event).relays == (RelayUse(A), RelayUse(C, writes=False))
