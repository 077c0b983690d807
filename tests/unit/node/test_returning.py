"""How long an HTLC was held is told by every node that took it, to the origin alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, line
from tests.onions import Sender, final, forward, in_blocks
from tests.unit.node.test_router import AMOUNT, FEE, refused, way_between
from tipdesk.base.ids import Preimage
from tipdesk.lightning.features import Feature
from tipdesk.lightning.wire.failures import FailureCode


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with line(tmp_path) as world:
        yield world


@pytest.fixture
def sender(made: World) -> Sender:
    return Sender(made.members["fan"])


def knows_nothing_of_it(member: Member, neighbour: Member) -> None:
    """As if the neighbour's `init` had not offered `option_attribution_data`."""
    peer = member.node.connections.peer(neighbour.node.node_id)
    assert peer is not None
    assert peer.features is not None
    assert peer.features.offers(Feature.ATTRIBUTION_DATA)
    peer.features = peer.features.without(Feature.ATTRIBUTION_DATA + 1)


async def test_each_hop_says_how_long_it_held_even_over_a_restart(
    made: World, sender: Sender
) -> None:
    first, second = made.members["first"], made.members["second"]
    invoice = second.invoice(AMOUNT)
    # The second dies with the HTLC committed and not yet answered.
    second.store.dies_at = second.store.commits + 2
    onward = in_blocks(first, 50)
    answer = sender.offer(
        (
            (first.node.node_id, forward(way_between(first, second), AMOUNT, onward)),
            (second.node.node_id, final(invoice, AMOUNT, onward)),
        ),
        AMOUNT + FEE,
        invoice.payment_hash,
        in_blocks(first, 130),
    )
    await second.died.wait()
    first.clock.moved_ms += 70_000
    second.clock.moved_ms += 30_000
    await first.restart()
    await second.restart()
    assert isinstance(await answer, Preimage)
    (held,) = sender.held
    assert len(held) == 2
    assert 70_000 <= held[0] < 100_000
    assert 30_000 <= held[1] < 60_000


async def test_a_failure_says_how_long_it_took_too(made: World, sender: Sender) -> None:
    first, second = made.members["first"], made.members["second"]
    onward = in_blocks(first, 50)
    answer = await sender.offer(
        (
            (first.node.node_id, forward(way_between(first, second), AMOUNT, onward)),
            (second.node.node_id, final(second.invoice(AMOUNT * 3), AMOUNT, onward)),
        ),
        AMOUNT + FEE,
        second.invoice(AMOUNT).payment_hash,
        in_blocks(first, 130),
    )
    refused(answer, FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS, hop=1)
    (held,) = sender.held
    assert len(held) == 2


@pytest.mark.parametrize("whose", ["first", "second"])
async def test_a_peer_that_knows_nothing_of_it_gets_none(
    made: World, sender: Sender, whose: str
) -> None:
    fan, first, second = (made.members[name] for name in ("fan", "first", "second"))
    knows_nothing_of_it(*((first, fan) if whose == "first" else (second, first)))
    invoice, onward = second.invoice(AMOUNT), in_blocks(first, 50)
    answer = await sender.offer(
        (
            (first.node.node_id, forward(way_between(first, second), AMOUNT, onward)),
            (second.node.node_id, final(invoice, AMOUNT, onward)),
        ),
        AMOUNT + FEE,
        invoice.payment_hash,
        in_blocks(first, 130),
    )
    assert isinstance(answer, Preimage)
    # Where the second gives none, the first still says its own word.
    assert [len(held) for held in sender.held] == [0 if whose == "first" else 1]
