"""Strangers' text: bounded, and nothing in it acts."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.text import many_lines, one_line


def test_class_20_controls_and_direction_overrides_are_dropped() -> None:
    assert one_line("A\x00n\x1ba\u202e evil\u2066", maximum=50) == "Ana evil"


def test_markup_stays_as_text() -> None:
    assert one_line("<b>hi</b> &amp;", maximum=50) == "<b>hi</b> &amp;"


def test_joined_emoji_and_umlauts_survive() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert one_line(f"J\u00fcrgen {family}", maximum=50) == f"J\u00fcrgen {family}"


def test_one_line_has_no_line_breaks() -> None:
    assert one_line(" a\n\n b\t\tc ", maximum=50) == "a b c"


def test_many_lines_keeps_at_most_one_empty_line_between_two() -> None:
    assert many_lines("a\r\n\n\n\nb\n", maximum=50) == "a\n\nb"


def test_what_is_too_long_is_cut_with_an_ellipsis() -> None:
    assert one_line("x" * 30, maximum=10) == "x" * 9 + "\u2026"


@given(st.text(max_size=400))
def test_any_text_becomes_bounded_and_inert(text: str) -> None:
    for cleaned in (one_line(text, maximum=40), many_lines(text, maximum=40)):
        assert len(cleaned) <= 40
        cleaned.encode()
        kinds = {unicodedata.category(c) for c in cleaned if c not in "\n\u200c\u200d"}
        assert not kinds & {"Cc", "Cf", "Cs", "Co"}
