"""NIP-01 frames: relay frames are read exactly, client frames are what a relay expects."""

import contextlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId
from tipdesk.nostr import frames
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter

ID = "ab" * 32


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        (f'["OK","{ID}",true,""]', frames.OkFrame(EventId.from_hex(ID), True, "")),
        (f'["OK","{ID}",false]', frames.OkFrame(EventId.from_hex(ID), False, "")),
        (
            f'["OK","{ID}",false,"blocked:\\u0007 no\\nway"]',
            frames.OkFrame(EventId.from_hex(ID), False, "blocked: no way"),
        ),
        ('["EOSE","a"]', frames.EoseFrame("a")),
        ('["CLOSED","a","error: x"]', frames.ClosedFrame("a", "error: x")),
        ('["CLOSED","a"]', frames.ClosedFrame("a", "")),
        ('["NOTICE","<b>hi</b>"]', frames.NoticeFrame("<b>hi</b>")),
        ('["AUTH","challenge"]', frames.AuthFrame("challenge")),
    ],
)
def test_frames_are_read(text: str, frame: frames.RelayFrame) -> None:
    assert frames.parse_relay_frame(text) == frame


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "[]",
        "[1]",
        '["EVENT","a"]',
        '["EVENT","",{}]',
        '["EVENT","a",{}]',
        f'["OK","{ID}","true",""]',
        '["OK","short",true,""]',
        '["EOSE"]',
        '["EOSE","' + "a" * 65 + '"]',
        '["NOTICE",1]',
        '["NOTICE","' + "x" * frames.MAX_FRAME_BYTES + '"]',
        '["X",[' + ",".join(["[]"] * frames.MAX_BRACKETS) + "]]",
        b'["X",[' + b",".join([b"{}"] * frames.MAX_BRACKETS) + b"]]",
    ],
)
def test_frames_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(DecodeError):
        frames.parse_relay_frame(text)


def test_an_event_frame_holds_the_event(sign: Callable[..., Event]) -> None:
    event = sign("hello")
    assert frames.parse_relay_frame(f'["EVENT","s",{event.to_json()}]') == frames.EventFrame(
        "s", event
    )


def test_client_frames_are_rendered(sign: Callable[..., Event]) -> None:
    event = sign("hello")
    assert json.loads(frames.render_event(event)) == ["EVENT", json.loads(event.to_json())]
    assert frames.render_req("s", [Filter(kinds=(1,)), Filter(limit=5)]) == (
        '["REQ","s",{"kinds":[1]},{"limit":5}]'
    )
    assert frames.render_close("s") == '["CLOSE","s"]'


@given(
    st.recursive(
        st.sampled_from(["EVENT", "OK", "EOSE", "CLOSED", "NOTICE", ID, True, None, 1, {}]),
        lambda inner: st.lists(inner, max_size=5),
        max_leaves=8,
    )
)
def test_arbitrary_arrays_give_a_frame_or_a_decode_error(value: object) -> None:
    with contextlib.suppress(DecodeError):
        frames.parse_relay_frame(json.dumps(value))
