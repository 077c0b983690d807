"""The public graph: how long it takes to load, and to find a way in it.

Only about 15 of 100 random pairs of nodes have a way: routes are measured on pairs that have one.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from random import Random
from time import perf_counter

from tests import mainnet
from tests.bench.measure import Row, measure
from tests.graphs import least_fee, public_channels
from tipdesk.base.ids import NodeId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.lightning.gossip.graph import Graph
from tipdesk.lightning.gossip.snapshot import export_graph
from tipdesk.lightning.gossip.verify import MAX_AGE_S
from tipdesk.lightning.routing.pathfind import find_route, search
from tipdesk.lightning.routing.query import CHEAPEST, Route, RouteQuery
from tipdesk.lightning.routing.scoring import Scores

LOADS = 7
PAIRS = 300
TIP = 50_000
LARGE = 100_000_000
LARGE_SENDER = 2134
OPTIMUM = 8126
"""What 96 payments of `LARGE` cost together at least, in msat."""


def query(graph: Graph, source: NodeId, target: NodeId, amount: int) -> RouteQuery:
    """A question without narrow limits, asked as if `source` were us."""
    return RouteQuery(
        source=source,
        target=target,
        amount=Msat(amount),
        final_cltv_delta=CltvDelta(42),
        max_fee=Msat(10**9),
        max_cltv=CltvDelta(10_000),
        local_channels=public_channels(graph, source),
    )


def timed(graph: Graph, asked: RouteQuery) -> tuple[float, Route | None]:
    """Milliseconds and the way."""
    start = perf_counter()
    found = find_route(graph, asked, Scores(), mainnet.NOW)
    return (perf_counter() - start) * 1e3, found if isinstance(found, Route) else None


@measure("graph")
def measure_graph() -> list[Row]:
    """Loading, tips between random nodes, the cheapest ways of one sender, and slow steps."""
    if not mainnet.is_here():
        sys.stderr.write(mainnet.MISSING + "\n")
        return []
    graph = mainnet.graph()
    return [*loading(graph), *tips(graph), *large_payments(graph), *steps()]


def loading(graph: Graph) -> list[Row]:
    """Each time in a fresh process."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph"
        path.write_bytes(export_graph(graph))
        command = [sys.executable, "-m", "tests.bench._graph_load", str(path)]
        for _ in range(LOADS):
            done = subprocess.run(command, check=True, capture_output=True)
            figures.append(json.loads(done.stdout))
    return [
        Row.of("graph of 50,808 channels, loaded", "s", [f["seconds"] for f in figures]),
        Row.of("memory more after loading", "MB", [f["mb"] for f in figures]),
        Row.of("memory more at its highest", "MB", [f["highest_mb"] for f in figures]),
    ]


def tips(graph: Graph) -> list[Row]:
    """50 sat between random nodes that have a way, by all that counts and by the fee alone."""
    ids, random = mainnet.node_ids(), Random(7)
    balanced: list[float] = []
    cheapest, plain, slices, dearer = [], [], [], []
    drawn = 0
    while len(balanced) < PAIRS:
        source, target = random.sample(ids, 2)
        drawn += 1
        start = perf_counter()
        least = least_fee(graph, source, target, TIP)
        if least is None:
            continue
        plain.append((perf_counter() - start) * 1e3)
        asked = query(graph, source, target, TIP)
        balanced.append(timed(graph, asked)[0])
        slices += slices_of(search(graph, asked, Scores(), mainnet.NOW))
        took, found = timed(graph, replace(asked, weights=CHEAPEST))
        cheapest.append(took)
        dearer.append(found is None or found.total_fee.value > least * 1.05)
    within = 100 - 100 * sum(dearer) / PAIRS
    return [
        Row.of(f"route of a 50 sat tip ({PAIRS} of {drawn:,} pairs have one)", "ms", balanced),
        Row.of("the same, one slice of the search", "ms", slices),
        Row.of("the same, cheapest alone", "ms", cheapest),
        Row.of("the same, plain Dijkstra", "ms", plain),
        Row.of("cheapest alone, within 5 % of the optimum", "%", [within]),
    ]


def large_payments(graph: Graph) -> list[Row]:
    """100,000 sat from one node to a hundred: the cheapest single ways."""
    ids = mainnet.node_ids()
    took, plain, fees = [], [], []
    for target in ids[:100]:
        ms, found = timed(
            graph, replace(query(graph, ids[LARGE_SENDER], target, LARGE), weights=CHEAPEST)
        )
        took.append(ms)
        fees += [] if found is None else [found.total_fee.value]
        start = perf_counter()
        least_fee(graph, ids[LARGE_SENDER], target, LARGE)
        plain.append((perf_counter() - start) * 1e3)
    return [
        Row.of(f"100,000 sat to 100 nodes: {len(fees)} ways, a question", "ms", took),
        Row.of("the same, plain Dijkstra", "ms", plain),
        Row.of(f"fees of all ways together (optimum {OPTIMUM:,})", "msat", [float(sum(fees))]),
    ]


def steps() -> list[Row]:
    """What holds the loop up on a graph of 200,000 channels."""
    graph = mainnet.graph(times=4, max_channels=250_000)
    later = mainnet.NOW.plus_ms(MAX_AGE_S * 1000)
    listing = [once(graph.scids) for _ in range(20)]
    return [
        Row.of(f"ids of {graph.channel_count:,} channels, listed", "ms", listing),
        Row.of("pruning nothing, one step", "ms", slices_of(graph.prune(mainnet.NOW))),
        Row.of("pruning everything, one step", "ms", slices_of(graph.prune(later))),
    ]


def once(act: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    start = perf_counter()
    act()
    return (perf_counter() - start) * 1e3


def slices_of(generator: Generator[None, None, object]) -> list[float]:
    """Milliseconds of each step."""
    values, ended = [], object()
    while True:
        start = perf_counter()
        step = next(generator, ended)
        values.append((perf_counter() - start) * 1e3)
        if step is ended:
            return values
