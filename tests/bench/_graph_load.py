"""`python -m tests.bench._graph_load FILE`: seconds and MB to load a stored graph, as JSON."""

import json
import sys
from pathlib import Path
from time import perf_counter

from tipdesk.lightning.gossip.snapshot import import_graph

KIB_PER_MB = 1024


def resident(field: str) -> float:
    """This process's memory in MB: `VmRSS` now, `VmHWM` at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / KIB_PER_MB


def main(path: Path) -> None:
    """Loads and tells."""
    before, start = resident("VmRSS"), perf_counter()
    graph = import_graph(path.read_bytes())
    seconds = perf_counter() - start
    figures = {
        "seconds": seconds,
        "mb": resident("VmRSS") - before,
        "highest_mb": resident("VmHWM") - before,
        "channels": graph.channel_count,
    }
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
