"""NIP-57, Appendix G: shares in msat; nothing is lost, made or rounded away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import CREATOR, FAN, STRANGER
from tipdesk.base.units import Msat
from tipdesk.nostr.nip57 import Share, read_shares
from tipdesk.tips.split import divide

A, B, C = (key.x_only for key in (CREATOR, FAN, STRANGER))
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any)


@given(st.integers(1, 10**13).map(Msat), weights)
def test_the_parts_add_up_and_are_fair_to_the_millisat(amount: Msat, given_: list[int]) -> None:
    parts = divide(amount, given_)
    assert sum((part.value for part in parts), 0) == amount.value
    first = next(place for place, weight in enumerate(given_) if weight)
    for place, (part, weight) in enumerate(zip(parts, given_, strict=True)):
        fair = amount.value * weight / sum(given_)
        slack = len(given_) + amount.value * 1e-12 if place == first else 1 + amount.value * 1e-12
        assert abs(part.value - fair) <= slack
        assert weight or not part


def test_eleven_sats_for_two_are_five_and_a_half_each() -> None:
    assert divide(Msat(11_000), [1, 1]) == (Msat(5_500), Msat(5_500))


def test_what_cannot_be_divided_goes_to_the_first() -> None:
    assert divide(Msat(1_000), [1, 1, 1]) == (Msat(334), Msat(333), Msat(333))
    assert divide(Msat(1), [0, 1, 1]) == (Msat(0), Msat(1), Msat(0))


@pytest.mark.parametrize("given_", [[], [0], [0, 0], [2, -1]])
def test_weights_that_share_nothing_are_a_mistake(given_: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        divide(Msat(1_000), given_)


def test_shares_are_read_from_a_posts_tags() -> None:
    tags = (
        ("zap", A.hex(), "wss://r.example", "2"),
        ("p", C.hex()),
        ("zap", B.hex(), "", "1.5"),
        ("zap", A.hex(), "wss://other", "9"),
    )
    assert read_shares(tags) == (Share(A, 2_000_000, "wss://r.example"), Share(B, 1_500_000))


def test_without_weights_all_get_the_same_and_beside_weights_none_is_nothing() -> None:
    assert read_shares((("zap", A.hex()), ("zap", B.hex(), "wss://x"))) == (
        Share(A, 1),
        Share(B, 1, "wss://x"),
    )
    assert read_shares((("zap", A.hex(), "", "1"), ("zap", B.hex(), "wss://x"))) == (
        Share(A, 1_000_000),
    )


@pytest.mark.parametrize("weight", ["-1", "1e9", "x", "1" * 30, "\u0661"])
def test_a_weight_that_is_none_gives_nothing(weight: str) -> None:
    tags = (("zap", A.hex(), "", weight), ("zap", B.hex(), "", "1"))
    assert read_shares(tags) == (Share(B, 1_000_000),)


def test_a_key_that_is_none_and_a_crowd_are_passed_over() -> None:
    assert read_shares((("zap", "npub1x"), ("zap",), ("zap", A.hex()))) == (Share(A, 1),)
    crowd = tuple(("zap", bytes([n] * 32).hex()) for n in range(1, 60))
    assert len(read_shares(crowd)) <= 20
