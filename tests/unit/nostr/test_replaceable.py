"""NIP-01: which events replace which."""

from collections.abc import Callable

import pytest

from tipdesk.nostr.event import Event
from tipdesk.nostr.replaceable import coordinate, latest, replaces

Sign = Callable[..., Event]
AUTHOR = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (0, f"0:{AUTHOR}"),
        (3, f"3:{AUTHOR}"),
        (10_002, f"10002:{AUTHOR}"),
        (30_023, f"30023:{AUTHOR}:dunes"),
        (1, None),
        (20_000, None),
        (40_000, None),
    ],
)
def test_what_can_be_replaced_has_a_coordinate(kind: int, expected: str, sign: Sign) -> None:
    assert coordinate(sign(kind=kind, tags=(("d", "dunes"),))) == expected


def test_the_later_one_replaces_and_of_one_second_the_lower_id(sign: Sign) -> None:
    old, new = sign(kind=3, created_at=1), sign(kind=3, created_at=2)
    low, high = sorted((sign("a", kind=3), sign("b", kind=3)), key=lambda event: event.id)
    assert replaces(new, old)
    assert not replaces(old, new)
    assert replaces(low, high)
    assert not replaces(low, low)
    assert latest([old, high, low]) == low
    assert latest([]) is None
