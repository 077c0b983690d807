"""Ports of practice networks: rows of their own, also for networks that start together."""

import socket
from contextlib import ExitStack
from pathlib import Path

from tipdesk.practice.cast import CAST
from tipdesk.practice.ports import claim_ports, load_ports, save_ports


def test_networks_that_start_together_never_share_a_port() -> None:
    with ExitStack() as claims:
        taken: list[int] = []
        for _ in range(200):
            ports, claim = claim_ports(15)
            claims.enter_context(claim)
            taken += ports
        assert len(taken) == len(set(taken)) == 3_000
        assert min(taken) > 15_000
        assert max(taken) < 30_000


def test_a_row_with_a_port_in_use_is_not_taken() -> None:
    with ExitStack() as held:
        for _ in range(20):
            (port,), claim = claim_ports(1)
            claim.close()
            used = held.enter_context(socket.socket())
            used.bind(("127.0.0.1", port))
            used.listen(1)
            for _ in range(20):
                ports, again = claim_ports(15)
                again.close()
                assert port not in ports


def test_a_folder_keeps_its_ports(tmp_path: Path) -> None:
    path = tmp_path / "ports.json"
    ports, claim, set_up = load_ports(path)
    assert claim is not None
    claim.close()
    assert not set_up
    assert len(ports.members) == len(CAST)
    save_ports(path, ports, set_up=True)
    assert load_ports(path) == (ports, None, True)
