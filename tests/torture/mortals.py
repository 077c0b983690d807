"""Nodes that die: by a kill between two instructions, by a power cut, by a disk that fails."""

import asyncio
import gc
import random
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from tests.nodes import Member
from tests.torture.secrets import Witness
from tests.torture.wires import RepeatingSource, TornConnector, Weather
from tests.vfs import Connection, Disk
from tipdesk.base.errors import StorageError
from tipdesk.base.units import Sat
from tipdesk.node import connections
from tipdesk.ports.chain import ChainSource
from tipdesk.ports.streams import Connector

ABOVE_DUST = Sat(10_000)
"""An HTLC of more than this is an output of every commitment, whatever the feerate here."""

# Peers that die all the time are called again at once.
connections.FIRST_PAUSE = 0.01  # type: ignore[misc]
connections.LONGEST_PAUSE = 0.1  # type: ignore[misc]


class Death(Enum):
    """How a process ends."""

    KILLED_BEFORE = "killed before a commit"
    KILLED_AFTER = "killed after a commit, before its bytes left"
    POWER_BEFORE = "power cut before a commit"
    POWER_AFTER = "power cut after a commit, before its bytes left"
    POWER_WITHIN = "power cut at a write or sync"
    TORN_SECTORS = "power cut at a write or sync, unsynced sectors by chance"
    DISK_FULL = "one write or sync failed"
    ANY_MOMENT = "killed between two turns"

    @property
    def is_power_cut(self) -> bool:
        """Whether the kernel's pages are lost as well."""
        return "power" in self.value

    @property
    def counts_commits(self) -> bool:
        """Whether its moment is a commit; otherwise it is an operation of the disk, or a time."""
        return self.value.endswith(("a commit", "its bytes left"))


@dataclass
class Mortal(Member):
    """A member on a disk of its own."""

    disk: Disk = field(default_factory=Disk)
    deaths: Counter[Death] = field(default_factory=Counter)
    deaths_with_htlc: Counter[Death] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.chance = random.Random(f"{self.name} {self.folder.parent.name}")
        self.weather = Weather(self.chance)
        self._witness: Witness | None = None

    def connect(self, path: Path) -> Connection:
        """Opens the database on the disk that can fail."""
        return self.disk.connect(path)

    def source(self) -> ChainSource:
        """The chain, told twice."""
        return RepeatingSource(self.electrum_port, self.weather)

    def connector(self) -> Connector:
        """Wires that tear in a storm."""
        return TornConnector(self.weather)

    def prepare(self) -> None:
        """Everything that leaves is overheard."""
        self.dismiss()
        self._witness = Witness(self.name, self.node, self.store, self.disk, self.chance)

    def dismiss(self) -> None:
        """Keeps what the witness of a process has seen, and lets go of the process."""
        witness, self._witness = self._witness, None
        if witness is not None:
            self.heard.update(witness.checked)
            self.violations += witness.violations

    def doom(self, death: Death, moment: int) -> None:
        """Lets it die at so many commits, or operations of the disk, from now."""
        store, disk = self.store, self.disk
        if death.counts_commits:
            store.dies_after_commit = death in (Death.KILLED_AFTER, Death.POWER_AFTER)
            store.dies_at = store.commits + moment
        elif death in (Death.POWER_WITHIN, Death.TORN_SECTORS):
            disk.dies_at = disk.operations + moment
        elif death is Death.DISK_FULL:
            disk.fails_at = disk.operations + moment

    def spare(self) -> None:
        """It does not die after all."""
        self.store.dies_at = None
        self.disk.dies_at = self.disk.fails_at = None

    async def die(self, death: Death) -> None:
        """Ends, now if it has not ended by itself, and counts."""
        self.deaths[death] += 1
        if any(htlc.amount.to_sat_floor() > ABOVE_DUST for htlc in self.htlcs):
            self.deaths_with_htlc[death] += 1
        self.node.turn._stopped = True
        if death.is_power_cut:
            self.disk.cut(self.chance if death is Death.TORN_SECTORS else None)
        else:
            self.disk.kill()
        peers = list(self.node.connections._all)
        try:
            await self.stop(killed=True)
        except* (StorageError, asyncio.CancelledError):
            # What failed for want of a disk was to fail.
            pass
        for peer in peers:
            # The kernel closes what a dead process leaves open.
            peer._stream.close()
        self.dismiss()
        if self.deaths.total() % 8 == 0:
            # Wallets of dead processes hold connections, and servers have a limit.
            gc.collect()
