"""The flood gate: a burst passes, then so much a second."""

from tipdesk.adapters.relays.flood import FloodGate


def test_a_burst_passes_and_the_rest_is_counted() -> None:
    gate = FloodGate(burst=3, per_second=2, now=0.0)
    assert [gate.admits(0.0) for _ in range(5)] == [True, True, True, False, False]
    assert gate.dropped == 2


def test_time_refills_up_to_the_burst() -> None:
    gate = FloodGate(burst=3, per_second=2, now=0.0)
    for _ in range(3):
        gate.admits(0.0)
    assert [gate.admits(0.5), gate.admits(0.5)] == [True, False]
    assert sum(gate.admits(100.0) for _ in range(9)) == 3
