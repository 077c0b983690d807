"""Tips and payments over three channels, by the demo in processes of their own."""

import asyncio
import tempfile
from pathlib import Path

from tests.bench.measure import Row, measure
from tests.practising import demo

TIPS = 50


@measure("tips")
def tips() -> list[Row]:
    """From invoice to preimage, and from the end of the undo window to the preimage."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        # The first run sets the network up: nothing of it is measured.
        asyncio.run(demo(Path(folder), tips=1, amount_sat=21))
        for amount in (21, 5_000):
            code, lines = asyncio.run(demo(Path(folder), tips=TIPS, amount_sat=amount))
            settled = [line for line in lines if line["event"] == "tip.settled"]
            if code or len(settled) != TIPS:
                raise RuntimeError(f"only {len(settled)} of {TIPS} tips settled")
            for name, key in (("payment", "pay_ms"), ("tip", "tip_ms")):
                values = [float(line[key]) for line in settled]
                rows.append(Row.of(f"{name} of {amount:,} sat, three channels", "ms", values))
    return rows
