"""The sieve for strangers' words: what it finds, and what it must leave alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.tips.word_filter import REPLACEMENT, WordFilter

FILTER = WordFilter(("darn", "H\u00e9ck", "frell*", "", "*", "!!"))


@pytest.mark.parametrize(
    "text",
    [
        "darn", "DARN", "d\u00e4rn", "D4RN", "d@rn", "darn!", "(darn)", "d.a.r.n", "d-a-r-n",
        "daaarn", "\u0501arn".replace("\u0501", "d").replace("a", "\u0430"), "heck", "h3ck",
        "\uff44\uff41\uff52\uff4e", "frelling", "fr3lls", "d\u200da\u200drn", "darn\u0301",
    ],
)  # fmt: skip
def test_an_unwanted_word_is_found_however_it_is_dressed(text: str) -> None:
    assert FILTER.cleaned(text) == REPLACEMENT


@pytest.mark.parametrize(
    "text",
    ["darning socks", "a darner", "check", "hello, world!", "21 sat", "unfrelled", "", "!!", "d a"],
)
def test_other_words_are_left_as_they_are(text: str) -> None:
    assert FILTER.cleaned(text) == text


def test_what_stands_around_the_word_stays() -> None:
    assert FILTER.cleaned("oh darn, that\nwas,heck,loud") == (
        f"oh {REPLACEMENT} that\nwas,{REPLACEMENT},loud"
    )


@given(st.text(max_size=80))
def test_without_words_nothing_changes_and_with_them_nothing_breaks(text: str) -> None:
    assert WordFilter().cleaned(text) == text
    once = FILTER.cleaned(text)
    assert FILTER.cleaned(once) == once
