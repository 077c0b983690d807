"""Three nodes, any program: nobody is made to close a channel, every msat is where it belongs.

In the manner of LDK's `chanmon_consistency`. What hypothesis finds is kept in `corpus`, under a
name that says what it found: `ab` in a file there is a byte in hexadecimal, `#` begins a comment.
"""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.machines.programs import run

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.hex"))


def program_in(path: Path) -> bytes:
    lines = path.read_text().splitlines()
    return bytes.fromhex("".join(line.partition("#")[0] for line in lines))


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_what_went_wrong_once_goes_right(path: Path) -> None:
    assert run(program_in(path))["commands"]


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.binary(max_size=80))
def test_no_program_makes_or_loses_a_msat_or_closes_a_channel(program: bytes) -> None:
    run(program)


def test_programs_do_what_they_are_for() -> None:
    """The control: payments succeed, processes die with HTLCs under way, parts arrive."""
    total: Counter[str] = Counter()
    for path in CORPUS:
        total.update(run(program_in(path)))
    for what in (
        "payments that succeeded",
        "restarts with HTLCs",
        "payments in halves that arrived",
    ):
        assert total[what], what
