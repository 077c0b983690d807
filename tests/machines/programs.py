"""Programs for three nodes: bytes, two a command; all of them do something."""

from collections import Counter

from tests.machines.oracle import judge
from tests.machines.three_nodes import LINKS, ThreeNodes, opened
from tipdesk.base.units import Msat

AMOUNTS = (1_000, 21_000, 354_000, 5_000_000, 60_000_000, 400_000_000, 600_000_000)
"""Msat: dust, about the dust limit, above it, most of a channel, more than one channel has."""
RATES = (500, 700, 1_000, 2_500)
DIRECTIONS = ((0, 1), (1, 0), (1, 2), (2, 1))
WAYS = ((0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0), (0, 2), (2, 0))
"""Direct, and by a hop; amounts that no single channel has go by parts."""
SIGHTS = ((0, 1, 2), (0,), (1,), (2,), (0, 1), (1, 2), (0, 2), (0, 1, 2))
MAX_COMMANDS = 120


def run(program: bytes) -> Counter[str]:
    """Does what the bytes say, comes to rest, judges; what was done is counted."""
    world = ThreeNodes(opened())
    try:
        for link in LINKS:
            world.connect(link)
        world.settle()
        for at in range(0, min(len(program), 2 * MAX_COMMANDS) - 1, 2):
            _command(world, program[at], program[at + 1])
        world.rest()
        judge(world)
        return world.counts
    finally:
        world.close()


def _command(world: ThreeNodes, what: int, how: int) -> None:
    world.counts["commands"] += 1
    link = LINKS[how % 2]
    match what % 16:
        case 0 | 1 | 2 | 3:
            world.deliver(*DIRECTIONS[how % 4], 1 + (how >> 2) % 4)
        case 4:
            payer, payee = WAYS[how % 8]
            amount = Msat(AMOUNTS[(how >> 3) % (len(AMOUNTS) - 1)])
            world.order_halves(payer, payee, amount, both=how < 192)
        case 5:
            world.settle()
        case 6 | 7 | 8 | 9:
            payer, payee = WAYS[how % 8]
            world.order(payer, payee, Msat(AMOUNTS[(how >> 3) % len(AMOUNTS)]))
        case 10:
            world.disconnect(link)
        case 11 if how < 128:
            world.connect(link)
        case 11:
            world.connect_again(link, noticed_by=(None, 0, 1, 2)[(how >> 1) % 4])
        case 12:
            world.restart(how % 3)
        case 13:
            world.doom(how % 3, 1 + (how >> 3) % 8, after=bool(how & 4))
        case 14:
            world.change_fee(how % 2, RATES[(how >> 1) % 4])
        case 15:
            world.find_blocks(SIGHTS[how % 8])
