"""Profiles: what is odd is absent, what is shown is inert."""

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.event import Event
from tipdesk.nostr.profile import NotAProfile, Profile, parse_profile

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
