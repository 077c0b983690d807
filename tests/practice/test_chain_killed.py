"""A chain whose process is killed in the middle of mining comes back whole, and fast."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tipdesk.base.clock import Instant
from tipdesk.base.units import Sat
from tipdesk.practice.regtest import Regtest

MINER = """
import sys
from pathlib import Path
from tipdesk.base.clock import Instant
from tipdesk.base.units import Sat
from tipdesk.practice.regtest import Regtest

class Now:
    def now(self):
        return Instant.from_unix_seconds(1_790_000_000)

chain = Regtest(Path(sys.argv[1]), Now())
while True:
    chain.fund(b"\\x00\\x14" + bytes(20), Sat(1_000))
    print(chain.mine(), chain.chain.tip.hash, flush=True)
"""


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


def test_what_was_mined_survives_sigkill(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", MINER, str(tmp_path)]
    for wanted in (3, 20):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as miner:
            assert miner.stdout is not None
            said = [miner.stdout.readline().split() for _ in range(wanted)]
            miner.send_signal(signal.SIGKILL)
            said += [line.split() for line in miner.stdout if len(line.split()) == 2]
        chain = Regtest(tmp_path, Now())
        height, block_hash = said[-1]
        assert str(chain.chain.block_at(int(height)).hash) == block_hash
        assert chain.chain.height - int(height) in (0, 1)
        chain.fund(b"\x00\x14" + bytes(20), Sat(1_000))
        chain.mine()
        chain.close()


def test_a_chain_of_110_blocks_is_ready_within_a_second(tmp_path: Path) -> None:
    Regtest(tmp_path, Now()).close()
    begun = time.perf_counter()
    chain = Regtest(tmp_path, Now())
    assert time.perf_counter() - begun < 1
    assert chain.chain.height == 110
    chain.close()
