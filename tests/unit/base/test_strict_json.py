"""Bounded JSON: a value or `NotJson`, whatever comes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base import strict_json
from tipdesk.base.strict_json import NotJson


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "NaN",
        "[Infinity]",
        "[" * 100_000,
        "9" * 5_000,
        '"\\ud800"',
        '{"a":["\\uDFFF"]}',
    ],
)
def test_what_is_no_sound_json_is_refused(text: str) -> None:
    with pytest.raises(NotJson):
        strict_json.parse(text, maximum=200_000)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(NotJson):
        strict_json.parse(b'"\xff"', maximum=100)


def test_one_character_too_many_is_refused() -> None:
    assert strict_json.parse("[1]", maximum=3) == [1]
    with pytest.raises(NotJson):
        strict_json.parse("[12]", maximum=3)


def test_an_escaped_surrogate_pair_is_one_character() -> None:
    assert strict_json.parse('"\\ud83d\\ude00"', maximum=100) == "\U0001f600"


def test_only_an_object_is_an_object() -> None:
    assert strict_json.parse_object('{"a":1}', maximum=100) == {"a": 1}
    with pytest.raises(NotJson):
        strict_json.parse_object("[]", maximum=100)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_give_a_value_or_not_json(data: bytes) -> None:
    with contextlib.suppress(NotJson):
        strict_json.parse(data, maximum=1_000)
