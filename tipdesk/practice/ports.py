"""The practice network's ports, kept in its folder: addresses of one run are good in the next."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tipdesk.app.system import SystemEntropy
from tipdesk.base.errors import RequestError
from tipdesk.practice.cast import CAST


class PortTaken(RequestError):
    """A port that this network used before is now another program's."""

    def __init__(self, port: int, what: str) -> None:
        super().__init__(
            f"Port {port}, which the practice network's {what} used before, is in use by another "
            "program. End that program, or use another folder with --dir. Nothing was changed."
        )
        self.port = port


@dataclass(frozen=True, slots=True)
class Ports:
    """Ports stay the same from run to run, so that addresses stay good."""

    electrum: int
    relay: int
    rates: int
    members: Mapping[str, tuple[int, int]]
    """For each member its node's port and its web server's."""


PORTS: Final = range(15_000, 30_000)
"""Below what systems hand out to outgoing connections: such a one could sit on a port of ours."""


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    entropy = SystemEntropy()
    found: dict[int, None] = {}
    while len(found) < count:
        port = PORTS[int.from_bytes(entropy.random_bytes(4), "big") % len(PORTS)]
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found[port] = None
    return list(found)


def load_ports(path: Path) -> tuple[Ports, bool]:
    """The ports of this folder, and whether the network was set up here before."""
    if path.exists():
        table = json.loads(path.read_text(encoding="utf-8"))
        members = {name: (pair[0], pair[1]) for name, pair in table["members"].items()}
        # A folder of an older TipDesk has no port for rates yet.
        rates = table.get("rates") or free_ports(1)[0]
        return Ports(table["electrum"], table["relay"], rates, members), bool(table.get("set_up"))
    electrum, relay, rates, *free = free_ports(3 + 2 * len(CAST))
    pairs = {member.name: (free[2 * i], free[2 * i + 1]) for i, member in enumerate(CAST)}
    return Ports(electrum, relay, rates, pairs), False


def save_ports(path: Path, ports: Ports, *, set_up: bool) -> None:
    """Keeps them."""
    table = {
        "electrum": ports.electrum,
        "relay": ports.relay,
        "rates": ports.rates,
        "members": ports.members,
        "set_up": set_up,
    }
    path.write_text(json.dumps(table, indent=1), encoding="utf-8")
