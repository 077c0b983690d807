"""Payments over three channels, both ways, small and large, while everybody dies.

The oracle, after each batch: every payment has ended once, as its payer was told; the payee has it
exactly if it succeeded; every msat of every channel is where it belongs; every channel works.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.nodes import World, line
from tests.torture.mortals import Death, Mortal
from tests.torture.tally import Tally
from tests.waiting import eventually
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.state import Normal
from tipdesk.node.router import htlcs_of
from tipdesk.tips.payment import CreatedInvoice, Failed, Succeeded

SMALL, LARGE = Msat(21_000), Msat(50_000_000)
CAPACITY = Sat(4_000_000)
NAMES = ("fan", "first", "second", "creator")
MAX_COMMITS = 16
MOST_FEE = Msat(100_000)
PATIENCE = 30.0


@dataclass
class Sent:
    """A payment that was ordered."""

    payer: Mortal
    payee: Mortal
    invoice: CreatedInvoice
    amount: Msat
    task: "asyncio.Task[object]"

    @property
    def outcome(self) -> Succeeded | Failed | None:
        """How it ended; None if the payer never began it."""
        known = self.payer.node.payments.lookup(self.invoice.payment_hash)
        assert known is None or isinstance(known, Succeeded | Failed), known
        return known

    @property
    def received(self) -> bool:
        """Whether its payee has taken it."""
        return self.payee.node.invoices.received(self.invoice.payment_hash) is not None

    @property
    def is_final(self) -> bool:
        known = self.payer.node.payments.lookup(self.invoice.payment_hash)
        return known is None or isinstance(known, Succeeded | Failed)


class PaymentTorture:
    """A line of four, and what is done to it."""

    def __init__(self, world: World, tally: Tally, name: str) -> None:
        self.world = world
        self.tally = tally
        self.chance = random.Random(name)
        self.members: dict[str, Mortal] = {}
        for key, member in world.members.items():
            assert isinstance(member, Mortal)
            self.members[key] = member
        self._before: dict[str, int] = {}
        self.is_deaf = False
        """Not everybody knows of every channel any more."""

    def begin(self) -> None:
        """Remembers what everybody has."""
        self._before = self.world.balances()

    def pay(self, amount: Msat, *, back: bool = False) -> Sent:
        """Orders a payment from the fan to the creator, or back."""
        payer, payee = self.members["fan"], self.members["creator"]
        if back:
            payer, payee = payee, payer
        invoice = payee.invoice(amount)
        task: asyncio.Task[object] = asyncio.create_task(payer.pay(invoice, amount, MOST_FEE))
        self.tally.other["payments ordered"] += 1
        return Sent(payer, payee, invoice, amount, task)

    async def kill(self, victim: Mortal, death: Death, moment: int, sent: list[Sent]) -> bool:
        """Whether it died at its moment, not of our impatience; it is restarted."""
        victim.doom(death, moment)
        if death is Death.ANY_MOMENT:
            await asyncio.sleep(moment / 1000)
        else:
            await _died_or_idle(victim, [one.task for one in sent])
        reached = victim.died.is_set()
        if not reached and death is not Death.ANY_MOMENT:
            victim.spare()
            return False
        await self.bury(victim, death, sent)
        return True

    async def bury(self, victim: Mortal, death: Death, sent: list[Sent]) -> None:
        """It ends, and the next process takes over its disk."""
        await victim.die(death)
        for one in sent:
            if one.payer is victim:
                one.task.cancel()
        await victim.start()

    async def settle(self, sent: list[Sent], what: str) -> None:
        """Waits until all has ended, and asks the oracle."""
        try:
            await eventually(
                lambda: all(one.is_final for one in sent), "a payment has no end", PATIENCE
            )
            await eventually(self._is_quiet, "HTLCs are left", PATIENCE)
            await eventually(self._works, "not every channel works", PATIENCE)
        except AssertionError as error:
            self.tally.violations.append(f"{what}: {error} {self.describe()}")
            raise
        await self._hear_gossip()
        for one in sent:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in sent), return_exceptions=True)
        self._judge(sent, what)

    def describe(self) -> str:
        """What stands where, for who reads of a violation."""
        return "; ".join(
            f"{name}: {type(channel.state).__name__} with {str(channel.peer)[:8]}, "
            f"{[(h.direction.name, h.id, h.adding.name, h.removal is not None) for h in htlcs]}"
            for name, member in self.members.items()
            for channel in member.channels
            if (htlcs := htlcs_of(channel)) is not None
        )

    async def _hear_gossip(self) -> None:
        """Members forget their graphs with their processes, and learn them anew."""
        try:
            await self.world.usable()
        except AssertionError:
            # No money is in it, but no payment finds its way any more: another world is needed.
            self.tally.other["worlds left for want of gossip"] += 1
            self.is_deaf = True

    def _works(self) -> bool:
        return all(c.is_usable for member in self.members.values() for c in member.channels)

    def _is_quiet(self) -> bool:
        return not any(member.htlcs for member in self.members.values())

    def _judge(self, sent: list[Sent], what: str) -> None:
        now, expected = self.world.balances(), dict(self._before)
        for one in sent:
            outcome = one.outcome
            received = one.payee.node.invoices.received(one.invoice.payment_hash)
            self._demand(
                (received is not None) is isinstance(outcome, Succeeded),
                f"{what}: told {outcome}, received {received}",
            )
            if isinstance(outcome, Succeeded):
                self.tally.other["payments that succeeded"] += 1
                expected[one.payer.name] -= one.amount.value + outcome.fee.value
                expected[one.payee.name] += one.amount.value
        for name in ("fan", "creator"):
            self._demand(
                now[name] == expected[name],
                f"{what}: {name} has {now[name]} msat and should have {expected[name]}",
            )
        self._demand(sum(now.values()) == sum(self._before.values()), f"{what}: msat made or lost")
        for name, member in self.members.items():
            normal = all(isinstance(channel.state, Normal) for channel in member.channels)
            self._demand(normal and bool(member.channels), f"{what}: {name} lost a channel")
        self._demand(not self.world.regtest.mempool.entries, f"{what}: something was published")

    def _demand(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.tally.violations.append(otherwise)

    # -- scripts --------------------------------------------------------------------------------

    async def every_commit(self, victim: Mortal, death: Death, amount: Msat, *, back: bool) -> int:
        """One payment a kill, at commit after commit until it has none left; how many kills."""
        for commit in range(1, MAX_COMMITS):
            self.begin()
            sent = [self.pay(amount, back=back)]
            reached = await self.kill(victim, death, commit, sent)
            what = f"{victim.name} {death.value} {commit}, {amount}, {'back' if back else 'there'}"
            await self.settle(sent, what)
            if not reached:
                return commit - 1
        self.tally.violations.append(f"a payment makes more than {MAX_COMMITS} commits")
        return MAX_COMMITS

    def batch(self) -> list[Sent]:
        """Some payments at once, large ones the way that has more left."""
        fan = self.members["fan"].channel
        rich = fan.spendable.to_sat_floor().value > CAPACITY.value // 2
        # Most fit in full; some more are in each other's way and fail.
        sent = [self.pay(LARGE, back=not rich) for _ in range(self.chance.randrange(3, 6))]
        sent += [self.pay(LARGE, back=rich) for _ in range(self.chance.randrange(0, 3))]
        sent += [self.pay(SMALL, back=self.chance.random() < 0.5) for _ in range(2)]
        return sent

    async def random_batch(self, kills: int, storm: float) -> None:
        """A batch with several deaths in it, some at the same time."""
        self.begin()
        sent = self.batch()
        for member in self.members.values():
            member.weather.storm = storm
        told = []
        for _ in range(kills):
            death = self.chance.choice(list(Death))
            victim = self.members[self.chance.choice(NAMES)]
            moment = self.chance.randint(*_moments(death))
            told.append(f"{victim.name} {death.value} {moment}")
            await self.kill(victim, death, moment, sent)
            if self.chance.random() < 0.1:
                everybody = list(self.members.values())
                told.append("and all at once")
                for one in everybody:
                    await one.die(Death.ANY_MOMENT)
                await asyncio.gather(*(one.start() for one in everybody))
        for member in self.members.values():
            member.weather.storm = 0.0
        await self.settle(sent, ", ".join(told))


def _moments(death: Death) -> tuple[int, int]:
    if death is Death.ANY_MOMENT:
        return 0, 60
    return (1, 12) if death.counts_commits else (1, 60)


async def _died_or_idle(victim: Mortal, paying: list["asyncio.Task[object]"]) -> None:
    dying = asyncio.create_task(victim.died.wait())
    paid = asyncio.create_task(asyncio.wait(paying))
    await asyncio.wait({dying, paid}, return_when=asyncio.FIRST_COMPLETED, timeout=2.0)
    paid.cancel()
    if not dying.done():
        # Its last commits follow the payee's answer.
        await asyncio.wait({dying}, timeout=0.05)
    dying.cancel()
    # The payments go on: only the waiting for them ends.
    await asyncio.wait({dying, paid})


@asynccontextmanager
async def payment_torture(folder: Path, tally: Tally) -> AsyncIterator[PaymentTorture]:
    """Four on a line, half of each channel on either side."""
    half = Msat(CAPACITY.to_msat().value // 2)
    async with line(folder, CAPACITY, push=half, make=Mortal) as world:
        made = PaymentTorture(world, tally, folder.name)
        try:
            yield made
        finally:
            tally.collect(made.members.values())
