"""Channels opened and closed by agreement while either side dies, at every commit of it.

The oracle: a funding that is published belongs to a channel that both have; the channel works or
never comes to be; it is closed by agreement, whoever died meanwhile; on chain both end with what
they had in the channel, less the fees of those who pay them.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.nodes import World, world
from tests.torture.mortals import Death, Mortal
from tests.torture.tally import Tally
from tests.waiting import eventually
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.state import Closed, ClosedBy, Closing, Normal, inner
from tipdesk.node.channels import ChannelDriver
from tipdesk.tips.payment import Succeeded

CAPACITY = Sat(500_000)
PUSHED = Msat(200_000_000)
PAID = Msat(50_000_000)
MOST_FEES = Sat(20_000)
"""A funding and a closing transaction at the practice chain's feerates, generously."""
MAX_COMMITS = 14
PATIENCE = 30.0


class ChannelTorture:
    """A funder and a fundee, channel after channel."""

    def __init__(self, made: World, tally: Tally) -> None:
        self.world = made
        self.tally = tally
        members = made.members
        fan, creator = members["fan"], members["creator"]
        assert isinstance(fan, Mortal)
        assert isinstance(creator, Mortal)
        self.fan, self.creator = fan, creator

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.tally.violations.append(otherwise)

    async def one_life(self, victim: Mortal, death: Death, commit: int, phase: str) -> bool:
        """A channel from its opening to its end; whether `victim` died in the phase."""
        what = f"{victim.name} {death.value} {commit} while {phase}"
        before = await self._wealth()
        if phase == "opening":
            victim.doom(death, commit)
        opening = asyncio.create_task(self._open(), name="asks")
        reached = await self._may_die(victim, death, opening, phase == "opening")
        await opening
        if phase == "confirming":
            victim.doom(death, commit)
        confirming = asyncio.create_task(self._until_works(what, or_forgotten=phase == "opening"))
        if phase == "confirming":
            reached = await self._may_die(victim, death, confirming, True)
        await confirming
        if not self.fan.channels:
            return reached
        await eventually(self._is_usable, f"{what}: it does not work", PATIENCE)
        if phase != "closing":
            updates = await self.fan.pay(self.creator.invoice(PAID), PAID)
            self._demand(isinstance(updates[-1], Succeeded), f"{what}: {updates[-1]}")
            await eventually(lambda: not (self.fan.htlcs or self.creator.htlcs), "HTLCs are left")
        paid = PAID.to_sat_floor() if phase != "closing" else Sat(0)
        if phase == "closing":
            victim.doom(death, commit)
        await self.fan.node.close_channel(self.fan.channel.channel_id, force=False)
        if phase == "closing":
            reached = await self._may_die(victim, death, None, True)
            await self._ask_again()
        await self._until_closed(what)
        after = await self._wealth()
        received = PUSHED.to_sat_floor() + paid
        self._demand(
            after[1] - before[1] == received,
            f"{what}: the fundee gained {after[1] - before[1]}, not {received}",
        )
        spent = before[0] - after[0] - received
        self._demand(spent < MOST_FEES, f"{what}: the funder lost {spent}")
        return reached

    async def _open(self) -> None:
        try:
            await self.world.open(self.fan, self.creator, CAPACITY, push=PUSHED)
        except (RequestError, BackendError, asyncio.CancelledError):
            self.tally.other["openings that failed"] += 1

    async def _may_die(
        self, victim: Mortal, death: Death, work: "asyncio.Task[None] | None", doomed: bool
    ) -> bool:
        if not doomed:
            return False
        dying = asyncio.create_task(victim.died.wait())
        waited = {dying} if work is None else {dying, work}
        await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED, timeout=1.0)
        if not dying.done():
            await asyncio.wait({dying}, timeout=0.1)
        dying.cancel()
        await asyncio.wait({dying})
        if not victim.died.is_set():
            victim.spare()
            return False
        if work is not None and work.get_name() == "asks" and victim is self.fan:
            # Whoever asked died with the process.
            work.cancel()
        await victim.die(death)
        await victim.start()
        return True

    async def _until_works(self, what: str, *, or_forgotten: bool) -> None:
        """Blocks, until both have the same channel or nobody published anything."""
        for _ in range(12):
            await self._blocks(1)
            pairs = self._both()
            if pairs and all(isinstance(c.state, Normal) for c in pairs):
                return
            if or_forgotten and not self.fan.channels and not self.world.regtest.mempool.entries:
                # What only the fundee has was never published and is worth nothing.
                self._forget_unfunded()
                return
        await eventually(
            lambda: bool(self._both()) and all(isinstance(c.state, Normal) for c in self._both()),
            f"{what}: the channel does not work",
            PATIENCE,
        )

    def _is_usable(self) -> bool:
        both = self._both()
        return bool(both) and all(channel.is_usable for channel in both)

    def _both(self) -> list[ChannelDriver]:
        mine, theirs = self.fan.channels, self.creator.channels
        if len(mine) != 1:
            return []
        same = [c for c in theirs if c.channel_id == mine[0].channel_id]
        return [*mine, *same] if same else []

    def _forget_unfunded(self) -> None:
        for channel in self.creator.channels:
            self.tally.other["unfunded channels kept by the fundee"] += 1
            self.creator.node.host.forget(channel, channel.channel_id)
        self.creator.node.turn.flush()

    async def _ask_again(self) -> None:
        """A wish that died before it was stored is forgotten."""

        def is_decided() -> bool:
            return self.fan.channel.is_usable or isinstance(self.fan.channel.live, Closing)

        await eventually(is_decided, "neither working nor closing", PATIENCE)
        if self.fan.channel.is_usable:
            self.tally.other["closings asked for again"] += 1
            await self.fan.node.close_channel(self.fan.channel.channel_id, force=False)

    async def _until_closed(self, what: str) -> None:
        def is_closing(member: Mortal) -> bool:
            return all(isinstance(c.live, Closing | Closed) for c in member.channels)

        await eventually(
            lambda: is_closing(self.fan) and is_closing(self.creator),
            f"{what}: not closing",
            PATIENCE,
        )
        for member in (self.fan, self.creator):
            for channel in member.channels:
                assert channel.live is not None
                live = inner(channel.live)
                by = live.by if isinstance(live, Closing | Closed) else None
                self._demand(by is ClosedBy.AGREEMENT, f"{what}: {member.name} closed by {by}")
        fundings = {c.terms.funding_outpoint for c in self.fan.channels}
        spends = self.world.regtest.mempool.spends
        await eventually(lambda: fundings <= spends.keys(), f"{what}: not published", PATIENCE)
        await self._blocks(8)
        await eventually(
            lambda: not (self.fan.channels or self.creator.channels), f"{what}: open", PATIENCE
        )

    async def _blocks(self, count: int) -> None:
        self.world.regtest.mine(count)
        height = self.world.regtest.chain.height
        for member in (self.fan, self.creator):
            await eventually(lambda m=member: m.node.height().value == height, "behind", PATIENCE)  # type: ignore[misc]
        await asyncio.sleep(0.01)

    async def _wealth(self) -> tuple[Sat, Sat]:
        found = []
        for member in (self.fan, self.creator):
            await member.wallet.sync()
            balance = await member.wallet.balance()
            found.append(balance.confirmed + balance.unconfirmed)
        return found[0], found[1]

    async def every_commit(self, victim: Mortal, death: Death, phase: str) -> int:
        """A channel's life for each commit of the phase; how many deaths."""
        for commit in range(1, MAX_COMMITS):
            if not await self.one_life(victim, death, commit, phase):
                return commit - 1
        return MAX_COMMITS


@asynccontextmanager
async def channel_torture(folder: Path, tally: Tally) -> AsyncIterator[ChannelTorture]:
    """Fan and creator, without a channel."""
    async with world(folder, Mortal) as made:
        fan = await made.member("fan", listens=False)
        await made.member("creator")
        for _ in range(4):
            # Coins that a failed opening locks are not missed.
            await made.give(fan)
        torture = ChannelTorture(made, tally)
        try:
            yield torture
        finally:
            tally.collect([torture.fan, torture.creator])
