"""A node that hears anything: it lives, its money stays, nothing in it fails, others are served."""

from pathlib import Path
from random import Random

from tests.fuzz.whole_node import run


async def test_a_node_stands_whatever_its_peer_says(tmp_path: Path) -> None:
    found = await run(tmp_path, Random(7), rounds=120, seconds=60)
    assert found.messages > 300
