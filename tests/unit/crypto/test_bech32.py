"""bech32 and bech32m: the vectors of BIP-173 and BIP-350, and texts as long as invoices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.crypto.bech32 import (
    ALPHABET,
    BECH32,
    BECH32M,
    Bech32Error,
    decode,
    encode,
    from_words,
    to_words,
)

LONG = "an83characterlonghumanreadablepartthatcontains"
VALID = [
    "A12UEL5L",
    "a12uel5l",
    f"{LONG}thenumber1andtheexcludedcharactersbio1tt5tgs",
    "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
    "11" + "q" * 82 + "c8247j",
    "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
    "?1ezyfcl",
]
VALID_M = [
    "A1LQFN3A",
    "a1lqfn3a",
    f"{LONG}thetheexcludedcharactersbioandnumber11sg7hg6",
    "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
    "11" + "l" * 82 + "ludsr8",
    "split1checkupstagehandshakeupstreamerranterredcaperredlc445v",
    "?1v759aa",
]
INVALID = [
    "\x201nwldj5",
    "\x7f1axkwrx",
    "\x801eym55h",
    "pzry9x0s0muk",
    "1pzry9x0s0muk",
    "x1b4n0q5v",
    "li1dgmt3",
    "de1lg7wt\xff",
    "A1G7SGD8",
    "10a06t8",
    "1qzzfhee",
]
INVALID_M = [
    "\x201xj0phk",
    "\x7f1g6xzxy",
    "\x801vctc34",
    "qyrz8wqd2c9m",
    "1qyrz8wqd2c9m",
    "y1b0jsk6g",
    "lt1igcx5c0",
    "in1muywd",
    "mm1crxm3i",
    "au1s5cgom",
    "M1VUXWEZ",
    "16plkw9",
    "1p2gdwpf",
]


@pytest.mark.parametrize(
    ("text", "constant"),
    [*((text, BECH32) for text in VALID), *((text, BECH32M) for text in VALID_M)],
)
def test_a_published_text_is_read_and_written_again(text: str, constant: int) -> None:
    prefix, words = decode(text, maximum=90, constant=constant)
    assert encode(prefix, words, constant) == text.lower()
    assert decode(text.upper(), maximum=90, constant=constant) == (prefix, words)
    other = BECH32M if constant == BECH32 else BECH32
    with pytest.raises(Bech32Error, match="checksum"):
        decode(text, maximum=90, constant=other)


@pytest.mark.parametrize(
    ("text", "constant"),
    [*((text, BECH32) for text in INVALID), *((text, BECH32M) for text in INVALID_M)],
)
def test_a_published_wrong_text_is_refused(text: str, constant: int) -> None:
    with pytest.raises(Bech32Error):
        decode(text, maximum=90, constant=constant)


def test_a_text_longer_than_allowed_is_refused_before_it_is_read() -> None:
    with pytest.raises(Bech32Error, match="longer than 90"):
        decode("lnbc1" + "q" * 1_000_000, maximum=90)


def test_mixed_case_is_refused() -> None:
    with pytest.raises(Bech32Error, match="mixes"):
        decode("A12uEL5L", maximum=90)


@given(st.binary(max_size=500), st.sampled_from([BECH32, BECH32M]))
def test_bytes_of_an_invoices_length_survive(data: bytes, constant: int) -> None:
    text = encode("lnbcrt", to_words(data), constant)
    prefix, words = decode(text, maximum=2_000, constant=constant)
    assert prefix == "lnbcrt"
    assert from_words(words) == data


@given(st.binary(min_size=1, max_size=60), st.integers(0, 200), st.sampled_from(ALPHABET))
def test_one_wrong_letter_is_always_noticed(data: bytes, place: int, letter: str) -> None:
    text = encode("bc", to_words(data))
    place = 3 + place % (len(text) - 3)
    changed = text[:place] + letter + text[place + 1 :]
    if changed != text:
        with pytest.raises(Bech32Error):
            decode(changed, maximum=200)


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        prefix, words = decode(text, maximum=90)
    except Bech32Error:
        return
    assert encode(prefix, words) == text.lower()


@pytest.mark.parametrize("words", [[0], [0, 0, 0], [31, 31], [0, 1]])
def test_padding_that_is_too_long_or_not_zero_is_refused(words: list[int]) -> None:
    with pytest.raises(Bech32Error, match="padding"):
        from_words(words)
    assert len(from_words(words, strict=False)) == len(words) * 5 // 8
