"""BOLT 7, "Recommendations for Routing": blocks on top that could be a further node's."""

from random import Random

import pytest

from tests.graphs import Terms, graph_of, node, town
from tipdesk.base.units import CltvDelta
from tipdesk.lightning.routing.shadow import MAX_SHADOW, MAX_STEPS, RANDOM_BYTES, shadow

PAYEE = node(1)
LINE = graph_of(
    *(Terms(1, 2, 12, delta=40), Terms(2, 1, 12, delta=9)),
    *(Terms(2, 3, 23, delta=34), Terms(3, 2, 23, delta=18)),
    Terms(3, 4, 34, delta=200),
)


def drawn(first: int, *draws: int) -> bytes:
    """Decides how many steps there are, and which channel each takes."""
    padded = (first, *draws, *[0] * (MAX_STEPS - len(draws)))
    return b"".join(number.to_bytes(4, "big") for number in padded)


@pytest.mark.parametrize(
    ("random", "blocks"),
    [
        (drawn(0, 0), 40),
        (drawn(1, 0, 1), 40 + 34),
        (drawn(1, 0, 0), 40 + 9),
        (drawn(2, 0, 1, 0), 40 + 34 + 18),
        # The last channel would make it more than a day: the walk ends before.
        (drawn(2, 0, 1, 1), 40 + 34),
        (drawn(2, 0, 0, 0), 40 + 9 + 40),
    ],
)
def test_a_walk_adds_what_each_channel_asks_for(random: bytes, blocks: int) -> None:
    assert shadow(LINE, PAYEE, random) == CltvDelta(blocks)


def test_of_who_has_no_public_channel_any_number_up_to_a_day_is_as_likely() -> None:
    every = range(MAX_SHADOW.value + 1)
    found = {shadow(LINE, node(9), drawn(first)).value for first in every}
    assert found == set(every)


def test_nobody_gets_more_than_a_day_and_payments_differ() -> None:
    chance, graph = Random(7), town(7)
    found = {
        shadow(graph, node(number), chance.randbytes(RANDOM_BYTES)).value
        for number in range(1, 40)
        for _ in range(50)
    }
    assert max(found) == MAX_SHADOW.value
    assert len(found) > 20
