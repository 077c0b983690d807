"""Profiles: what is odd is absent, what is shown is inert."""

import contextlib
import json
from collections.abc import Callable

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.profile import (
    DamagedProfile,
    NotAProfile,
    Profile,
    merge_profile,
    parse_profile,
    shown_names,
)

Sign = Callable[..., Event]


def test_a_whole_profile_is_read(sign: Sign) -> None:
    event = sign(
        json.dumps(
            {
                "name": "ana",
                "display_name": "Ana \u202eLens\u0000",
                "about": "<script>alert(1)</script>\nphotos",
                "picture": "https://img.example/a.png",
                "lud16": " Ana@Tips.example ",
                "nip05": "ana@tips.example",
            }
        ),
        kind=0,
    )
    assert parse_profile(event) == Profile(
        pubkey=event.pubkey,
        created_at=event.created_at,
        name="ana",
        display_name="Ana Lens",
        about="<script>alert(1)</script>\nphotos",
        picture="https://img.example/a.png",
        lud16="ana@tips.example",
        nip05="ana@tips.example",
    )


def test_the_title_is_the_best_name(sign: Sign) -> None:
    assert parse_profile(sign('{"name":"ana"}', kind=0)).title == "ana"
    assert parse_profile(sign('{"name":"ana","display_name":"Ana"}', kind=0)).title == "Ana"


def test_fields_of_a_wrong_type_are_absent(sign: Sign) -> None:
    content = '{"name":7,"display_name":["x"],"picture":"javascript:x","lud16":null,"about":"hi"}'
    profile = parse_profile(sign(content, kind=0))
    assert (profile.title, profile.picture, profile.lud16, profile.about) == ("", "", "", "hi")


def test_a_name_of_a_million_letters_is_cut(sign: Sign) -> None:
    profile = parse_profile(sign(json.dumps({"name": "x" * 200_000}), kind=0))
    assert len(profile.name) == 80


@pytest.mark.parametrize("content", ["", "[]", "null", "{"])
def test_content_that_is_no_object_is_refused(content: str, sign: Sign) -> None:
    with pytest.raises(DecodeError):
        parse_profile(sign(content, kind=0))


def test_another_kind_is_no_profile(sign: Sign) -> None:
    with pytest.raises(NotAProfile):
        parse_profile(sign("{}", kind=1))


def test_only_the_later_profile_replaces(sign: Sign) -> None:
    old = parse_profile(sign("{}", kind=0, created_at=1))
    new = parse_profile(sign("{}", kind=0, created_at=2))
    assert new.replaces(old)
    assert not old.replaces(new)


@given(
    st.text(max_size=100)
    | st.dictionaries(st.sampled_from(["name", "picture", "lud16"]), st.text()).map(json.dumps)
)
def test_arbitrary_content_gives_a_profile_or_a_decode_error(content: str) -> None:
    event = Event(
        id=EventId(bytes(32)),
        pubkey=XOnlyPubkey(bytes(32)),
        created_at=0,
        kind=0,
        tags=(),
        content=content,
        sig=bytes(64),
    )
    with contextlib.suppress(DecodeError):
        parse_profile(event)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text(max_size=8), json_values, max_size=6),
    st.dictionaries(st.sampled_from(["name", "about", "lud16"]), st.text(max_size=6)),
    st.sampled_from([None, 2]),
)
def test_a_merge_changes_what_it_is_told_and_nothing_else(
    fields: dict[str, object], changes: dict[str, str], indent: int | None
) -> None:
    merged = json.loads(merge_profile(json.dumps(fields, indent=indent), changes))
    expected = {k: v for k, v in fields.items() if k not in changes}
    expected |= {name: text for name, text in changes.items() if text}
    assert merged == expected


def test_what_another_client_wrote_survives_to_the_character() -> None:
    content = '{ "n": 1.10, "big":123456789012345678901234567890,"e":1e400 , "name" : "a\\u0041"}'
    merged = merge_profile(content, {"lud16": "ana@a.example"})
    assert merged == (
        '{"n": 1.10,"big":123456789012345678901234567890,"e":1e400,"name" : "a\\u0041",'
        '"lud16":"ana@a.example"}'
    )
    assert merge_profile(merged, {"lud16": "", "name": "aA"}) == merge_profile(content, {})


def test_of_a_field_that_stands_there_twice_the_last_is_changed_and_the_first_goes() -> None:
    assert merge_profile('{"name":"a","x":1,"name":"b"}', {"name": "c"}) == '{"x":1,"name":"c"}'
    assert merge_profile('{"name":"a","x":1,"name":"b"}', {"name": ""}) == '{"x":1}'


@pytest.mark.parametrize("content", ["[]", "{", "nonsense", '{"a":NaN}'])
def test_nothing_is_merged_into_what_cannot_be_read(content: str) -> None:
    with pytest.raises(DamagedProfile):
        merge_profile(content, {"name": "a"})


def test_a_profile_that_was_never_written_begins_empty() -> None:
    assert merge_profile("", {"name": "Ana", "about": ""}) == '{"name":"Ana"}'


def test_nostr_sdk_reads_a_merged_profile_with_the_fields_of_theirs(sign: Sign) -> None:
    theirs = nostr_sdk.Metadata.from_record(
        nostr_sdk.MetadataRecord(name="old", website="https://a.example")
    )
    merged = merge_profile(theirs.as_json(), {"name": "new", "lud16": "ana@a.example"})
    record = nostr_sdk.Metadata.from_json(merged).as_record()
    assert (record.name, record.website, record.lud16) == (
        "new",
        "https://a.example",
        "ana@a.example",
    )


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ("name",)),
        ({"name": "Ana"}, ("name",)),
        ({"name": "ana", "display_name": "Ana Ruiz"}, ("display_name",)),
        ({"name": "Ana", "display_name": "Ana"}, ("display_name", "name")),
        ({"display_name": " ", "name": "Ana", "username": "Ana"}, ("name", "username")),
    ],
)
def test_nip24_a_name_that_is_written_twice_is_told(
    fields: dict[str, str], names: tuple[str, ...]
) -> None:
    assert shown_names(fields) == names
