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
    media: int
    members: Mapping[str, tuple[int, int]]
    """For each member its node's port and its web server's."""


PORTS: Final = range(15_000, 30_000)
"""Below what systems hand out to outgoing connections: such a one could sit on a port of ours."""


def claim_ports(count: int) -> tuple[list[int], socket.socket]:
    """Ports in a row that nobody listens on, and the socket below them that claims the row.

    Until it is closed no other practice network takes the row: two that start together would
    else choose one port now and then, and find out too late.
    """
    entropy = SystemEntropy()
    rows = len(PORTS) // (count + 1)
    while True:
        first = PORTS[int.from_bytes(entropy.random_bytes(4), "big") % rows * (count + 1)]
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.1", first))
            claim.listen(1)
        except OSError:
            claim.close()
            continue
        ports = list(range(first + 1, first + 1 + count))
        if all(map(_is_free, ports)):
            return ports, claim
        claim.close()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def load_ports(path: Path) -> tuple[Ports, socket.socket | None, bool]:
    """The ports of this folder, their claim if they are new, and whether it was set up before."""
    if path.exists():
        table = json.loads(path.read_text(encoding="utf-8"))
        members = {name: (pair[0], pair[1]) for name, pair in table["members"].items()}
        # A folder of an older TipDesk has no port for rates yet, or none for media.
        claim = None
        lacking = [name for name in ("rates", "media") if not table.get(name)]
        if lacking:
            free, claim = claim_ports(len(lacking))
            table |= dict(zip(lacking, free, strict=True))
        ports = Ports(
            electrum=table["electrum"],
            relay=table["relay"],
            rates=table["rates"],
            media=table["media"],
            members=members,
        )
        return ports, claim, bool(table.get("set_up"))
    (electrum, relay, rates, media, *free), claim = claim_ports(4 + 2 * len(CAST))
    pairs = {member.name: (free[2 * i], free[2 * i + 1]) for i, member in enumerate(CAST)}
    return Ports(electrum, relay, rates, media, pairs), claim, False


def save_ports(path: Path, ports: Ports, *, set_up: bool) -> None:
    """Keeps them."""
    table = {
        "electrum": ports.electrum,
        "relay": ports.relay,
        "rates": ports.rates,
        "media": ports.media,
        "members": ports.members,
        "set_up": set_up,
    }
    path.write_text(json.dumps(table, indent=1), encoding="utf-8")
