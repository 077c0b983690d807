"""NIP-02: the follow list is read defensively, and changed by one entry at a time."""

import json
from collections.abc import Callable

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr import nip02
from tipdesk.nostr.event import Event, Tags, parse
from tipdesk.nostr.nip02 import Contact, read_follows, with_follow, without_follow

Sign = Callable[..., Event]
ANA, BEN, CID = (XOnlyPubkey(bytes([n]) * 32) for n in (1, 2, 3))

texts = st.text(max_size=6)
people = st.sampled_from([BEN.hex(), CID.hex(), "nobody", ANA.hex().upper() + "x"])
tags = st.lists(
    st.one_of(
        st.tuples(st.just("p"), people),
        st.tuples(st.just("p"), people, texts, texts),
        st.tuples(texts),
        st.tuples(texts, texts),
    ).map(tuple),
    max_size=8,
).map(tuple)


def test_people_are_read_once_in_order_with_hint_and_petname(sign: Sign) -> None:
    event = sign(
        kind=3,
        tags=(
            ("p", BEN.hex(), "wss://relay.example", "ben\u202e\n k"),
            ("t", "hashtag"),
            ("p", "not a key"),
            ("p",),
            ("p", ANA.hex(), "no relay"),
            ("p", BEN.hex(), "", "again"),
        ),
    )
    assert read_follows(event) == (Contact(BEN, "wss://relay.example", "ben k"), Contact(ANA))


def test_no_list_is_read_beyond_its_bound(sign: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nip02, "MAX_FOLLOWS", 2)
    event = sign(kind=3, tags=tuple(("p", key.hex()) for key in (ANA, BEN, CID)))
    assert [contact.pubkey for contact in read_follows(event)] == [ANA, BEN]


def test_an_event_of_another_kind_is_no_list(sign: Sign) -> None:
    with pytest.raises(nip02.NotAFollowList) as caught:
        read_follows(sign(kind=1))
    assert caught.value.kind == 1


def test_whom_we_follow_newly_stands_at_the_end() -> None:
    before: Tags = (("p", BEN.hex(), "wss://r.example", "ben"), ("x", "y"))
    assert with_follow(before, ANA) == (*before, ("p", ANA.hex()))
    assert with_follow(before, BEN) is before


@given(tags)
def test_following_and_unfollowing_gives_the_same_list_byte_for_byte(before: Tags) -> None:
    followed = with_follow(before, ANA)
    assert followed[:-1] == before
    assert json.dumps(without_follow(followed, ANA)) == json.dumps(before)


@given(tags, st.sampled_from([BEN, CID]))
def test_unfollowing_takes_nothing_but_that_person(before: Tags, person: XOnlyPubkey) -> None:
    after = without_follow(before, person)
    assert all(tag[:2] != ("p", person.hex()) for tag in after)
    assert [tag for tag in before if tag[:2] != ("p", person.hex())] == list(after)


def test_nostr_sdk_reads_our_list_and_we_read_theirs(sign: Sign) -> None:
    real = [nostr_sdk.Keys.generate().public_key() for _ in range(3)]
    list_: Tags = (("p", real[0].to_hex(), "wss://relay.example", "first"),)
    for key in real[1:]:
        list_ = with_follow(list_, XOnlyPubkey.from_hex(key.to_hex()))
    ours = nostr_sdk.Event.from_json(sign(kind=3, tags=list_).to_json())
    assert ours.verify()
    assert ours.kind().as_u16() == nip02.KIND_FOLLOWS
    assert [tag.to_vec()[1] for tag in ours.tags()] == [key.to_hex() for key in real]
    theirs = nostr_sdk.EventBuilder(nostr_sdk.Kind(3), "").tags(
        [nostr_sdk.Tag.parse(["p", key.to_hex()]) for key in real]
    )
    event = parse(theirs.finalize(nostr_sdk.Keys.generate()).as_json())
    assert [contact.pubkey.hex() for contact in read_follows(event)] == [k.to_hex() for k in real]
