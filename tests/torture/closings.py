"""Channels that end on chain, with payments under way, while everybody dies.

One of a line of four goes to the chain, stays away until deadlines send others there, or cheats.
Blocks come one by one or a few at once, some are taken back; whoever has something at stake is
killed at commit after commit.

The oracle: nobody has less than before but for what payments moved and miners took, and no satoshi
is missing in the sum; nothing is left on chain; payer and payee tell the same; claims that were
stored are published again, and their fees never fall.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

from tests.nodes import World, world
from tests.torture.mortals import Death, Mortal
from tests.torture.payments import Sent
from tests.torture.proceeds import Bids, Estates
from tests.torture.stories import MARKET, NAMES, Holder, Plan, Way
from tests.torture.tally import Tally
from tests.waiting import eventually
from tipdesk.base.units import CltvDelta, Msat, Sat
from tipdesk.bitcoin.tx import Transaction
from tipdesk.lightning.channel.commitments import signed_local_commitment
from tipdesk.lightning.channel.context import ChannelLimits
from tipdesk.lightning.channel.state import Closing, inner
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.config import ForwardingPolicy
from tipdesk.node.router import htlcs_of

CAPACITY = Sat(4_000_000)
LARGE, SMALL = Msat(300_000_000), Msat(21_000)
MOST_FEE = Msat(200_000)
SHORT = ChannelLimits(to_self_delay=CltvDelta(24))
SOON = ForwardingPolicy(cltv_expiry_delta=CltvDelta(34))
FINAL_DELTA = CltvDelta(30)
KILLS_AT_CLOSINGS = "kills while channels end on chain"
MOST_STEPS = 200
CHEAT_STEPS = 20
"""Before a cheat is back: its delay is over by then."""
COMES_BACK = 16
"""Blocks before the expiry of what it must claim, at which who is away is back."""
MOST_KILLS = 24
PATIENCE = 30.0
GRACE_MS = 121_000


class ClosingTorture:
    """A line of four whose channels end on chain, and begin again."""

    def __init__(self, made: World, tally: Tally, name: str) -> None:
        self.world = made
        self.chain = made.regtest
        self.tally = tally
        self.chance = random.Random(name)
        self.members: dict[str, Holder] = {}
        for key, member in made.members.items():
            assert isinstance(member, Holder)
            self.members[key] = member
        self.bids = Bids(self.chain, tally.violations)
        self._dead: set[str] = set()
        self._doomed: tuple[Holder, Death] | None = None
        self._kills = 0
        self._silent: set[str] = set()
        """Who does not know that the mempool was emptied: they publish again at the next block."""

    @property
    def _alive(self) -> list[Holder]:
        return [m for name, m in self.members.items() if name not in self._dead]

    def channel(self, name: str, peer: str) -> ChannelDriver:
        """The channel of a member with another one that is not closing."""
        other = self.members[peer].node.node_id
        (found,) = [
            c
            for c in self.members[name].channels
            if c.peer == other and not isinstance(c.live, Closing)
        ]
        return found

    # -- a story --------------------------------------------------------------------------------

    async def play(self, plan: Plan) -> int:
        """From working channels to the last output; how many died."""
        await self._open_missing()
        for member in self.members.values():
            member.clock.moved_ms += GRACE_MS
        self._kills = 0
        estates = await Estates.of(self.chain, self.members)
        sent = await self._hold_payments()
        try:
            await self._begin(plan, sent)
            await self._until_over(plan, sent)
            await self._all_home()
        except AssertionError as error:
            self.tally.violations.append(f"{plan}: {error}")
            raise
        finally:
            for one in sent:
                one.task.cancel()
            await asyncio.gather(*(one.task for one in sent), return_exceptions=True)
        honest = {name for name in NAMES if plan.way is not Way.CHEAT or name != plan.actor}
        wrong = await estates.judge(sent, honest)
        self.tally.violations += [f"{plan}: {sentence}" for sentence in wrong]
        self.tally.other[KILLS_AT_CLOSINGS] += self._kills
        self.tally.other["channels that ended on chain"] += len(estates.ended)
        self.tally.other["payments that succeeded"] += sum(one.received for one in sent)
        return self._kills

    async def _open_missing(self) -> None:
        opened = False
        for number, (name, peer) in enumerate(pairwise(NAMES)):
            here, there = self.members[name], self.members[peer]
            if any(c.peer == there.node.node_id for c in here.channels):
                continue
            half = Msat(CAPACITY.to_msat().value // 2)
            await self.world.open(here, there, CAPACITY, announce=number > 0, push=half)
            opened = True
        if opened:
            self.chain.mine(8)
        await self.world.usable()

    async def _hold_payments(self) -> list[Sent]:
        """Two there and one back that stay at their payees, and one below the dust limit."""
        sent = [self._pay(LARGE), self._pay(LARGE), self._pay(LARGE, back=True), self._pay(SMALL)]
        await eventually(
            lambda: all(one.invoice.payment_hash in _payee(one).waiting for one in sent),
            "a payment did not arrive",
            PATIENCE,
        )
        return sent

    def _pay(self, amount: Msat, *, back: bool = False, held: bool = True) -> Sent:
        payer, payee = self.members["fan"], self.members["creator"]
        if back:
            payer, payee = payee, payer
        invoice = payee.invoice(amount, expiry_seconds=1_000_000)
        if held:
            payee.held.add(invoice.payment_hash)
        task: asyncio.Task[object] = asyncio.create_task(payer.pay(invoice, amount, MOST_FEE))
        self.tally.other["payments ordered"] += 1
        return Sent(payer, payee, invoice, amount, task)

    async def _begin(self, plan: Plan, sent: list[Sent]) -> None:
        actor = self.members[plan.actor]
        old = await self._make_old(plan, sent) if plan.way is Way.CHEAT else None
        if plan.unheard:
            await self._settle_unheard(plan, sent)
        if old is not None:
            await self._leave(actor)
            self.chain.submit(old)
        elif plan.way is Way.AWAY:
            await self._leave(actor)
        else:
            # One more is on its way at this moment.
            sent.append(self._pay(LARGE, held=False))
            self._doom(plan)
            await asyncio.sleep(self.chance.uniform(0, 0.03))
            if not actor.died.is_set():
                await self._force(plan)
            await self._bury_the_dead(plan, sent)
            if not isinstance(self._live_of(plan), Closing):
                await self._force(plan)

    def _live_of(self, plan: Plan) -> object:
        member, other = self.members[plan.actor], self.members[plan.peer].node.node_id
        return next((c.live for c in member.channels if c.peer == other), None)

    async def _force(self, plan: Plan) -> None:
        channel = self.channel(plan.actor, plan.peer)
        closing = self.members[plan.actor].node.close_channel(channel.channel_id, force=True)
        await asyncio.wait({asyncio.create_task(closing)}, timeout=1.0)

    async def _make_old(self, plan: Plan, sent: list[Sent]) -> Transaction:
        """The actor's commitment of now, which will be history."""
        channel = self.channel(plan.actor, plan.peer)
        state = channel.live
        assert state is not None
        live = inner(state)
        old = signed_local_commitment(live.commitments, live.terms, channel.signer)
        for back in (False, True):
            more = self._pay(LARGE, back=back, held=False)
            sent.append(more)
            await asyncio.wait_for(more.task, PATIENCE)
        await eventually(lambda: self._only_held(sent), "HTLCs are left", PATIENCE)
        return old

    def _only_held(self, sent: list[Sent]) -> bool:
        held = {h for member in self.members.values() for h in member.held}
        return all(
            htlc.payment_hash in held and htlc.removal is None
            for member in self.members.values()
            for htlc in member.htlcs
        )

    async def _settle_unheard(self, plan: Plan, sent: list[Sent]) -> None:
        """A payee gives its preimage while its only peer is dead."""
        payee = self.members[plan.unheard]
        one = next(s for s in sent if s.payee is payee and s.amount == LARGE)
        peer = self.members["second" if payee.name == "creator" else "first"]
        await self._kill(peer, Death.ANY_MOMENT, sent)
        payee.release(one.invoice.payment_hash)
        if peer.name != plan.actor or plan.way is Way.FORCE:
            await self._start(peer)

    async def _leave(self, actor: Holder) -> None:
        if actor.name not in self._dead:
            await actor.die(Death.ANY_MOMENT)
            self._kills += 1
            self._dead.add(actor.name)

    # -- dying ----------------------------------------------------------------------------------

    def _doom(self, plan: Plan) -> None:
        """Chooses who dies next, of those who have something at stake."""
        if self._doomed is not None or self._kills >= MOST_KILLS:
            return
        victims = [m for m in self._alive if m.name in plan.victims and _has_stake(m)]
        if not victims:
            return
        victim, death = self.chance.choice(victims), self.chance.choice(plan.deaths)
        if death.counts_commits:
            # One of the next few, never the same in a row: what it was about to do gets done.
            victim.doom(death, 1 + self._kills % 4)
        else:
            victim.doom(death, self.chance.randint(1, 20))
        self._doomed = victim, death

    async def _kill(self, victim: Holder, death: Death, sent: list[Sent]) -> None:
        await victim.die(death)
        self._kills += 1
        self._dead.add(victim.name)
        for one in sent:
            if one.payer is victim:
                one.task.cancel()

    async def _start(self, member: Holder) -> None:
        member.market[0] = self.chance.choice(MARKET)
        await member.start()
        # Two minutes after a start nobody is waited for any more.
        member.clock.moved_ms += GRACE_MS
        self._dead.discard(member.name)
        self._silent.discard(member.name)

    async def _bury_the_dead(self, plan: Plan, sent: list[Sent]) -> None:
        """Whoever has died starts again, dies again perhaps, until nobody does."""
        while True:
            if self._doomed is not None and self._doomed[1] is Death.ANY_MOMENT:
                await asyncio.sleep(self.chance.uniform(0, 0.04))
                self._doomed[0].died.set()
            await self._all_told()
            if self._doomed is None or not self._doomed[0].died.is_set():
                return
            victim, death = self._doomed
            self._doomed = None
            await self._kill(victim, death, sent)
            if self.chance.random() < 0.2 and self._cheat_is_mined(plan):
                self.chain.mempool.entries.clear()
                self.chain.mempool.spends.clear()
                self._silent = {m.name for m in self._alive}
            await self._start(victim)
            if self.chance.random() < 0.5:
                self._doom(plan)

    def _cheat_is_mined(self, plan: Plan) -> bool:
        # Nobody else would publish it again.
        return plan.way is not Way.CHEAT or not self.chain.mempool.entries

    async def _all_told(self) -> None:
        """Everybody who lives has seen the tip and done what follows from it."""
        height = self.chain.chain.height

        def knows(member: Holder) -> bool:
            return member.died.is_set() or member.told_to == height

        await eventually(lambda: all(map(knows, self._alive)), "behind", PATIENCE)
        await asyncio.sleep(0.02)

        def bids(member: Holder) -> bool:
            cases = member.node._onchain.resolutions._cases.values()
            return not member.died.is_set() and any(case.is_bidding for case in cases)

        await eventually(lambda: not any(map(bids, self._alive)), "bids are not placed", PATIENCE)
        for member in self._alive:
            if not member.died.is_set():
                self.bids.look(member)
                if member.name not in self._silent:
                    await self.bids.demand_published(member)

    # -- blocks ---------------------------------------------------------------------------------

    async def _until_over(self, plan: Plan, sent: list[Sent]) -> None:
        taken_back = [self.chance.randint(3, 9), self.chance.randint(12, 30)]
        for step in range(MOST_STEPS):
            if self._is_over(sent):
                break
            self._doom(plan)
            few = bool(self._silent) or self.chance.random() < 0.6
            self._silent.clear()
            if plan.reorganises and step in taken_back:
                self.chain.reorganise(self.chance.randint(1, plan.reorganises))
                self.tally.other["reorganisations"] += 1
            else:
                self.chain.mine(1 if few else 4)
            await self._bury_the_dead(plan, sent)
            if plan.actor in self._dead and self._is_awaited(plan, step):
                await self._start(self.members[plan.actor])
        else:
            raise AssertionError(f"not resolved: {self.describe()}")
        if self._doomed is not None:
            self._doomed[0].spare()
            self._doomed = None

    def _is_awaited(self, plan: Plan, step: int) -> bool:
        """Whether who is away must be back, lest it lose by its own fault."""
        if plan.way is Way.CHEAT:
            return step > CHEAT_STEPS
        height, actor = self.chain.chain.height, self.members[plan.actor].node.node_id
        others = [c for m in self._alive for c in m.channels if c.peer == actor]
        if any(isinstance(c.live, Closing) for c in others):
            return True
        if plan.unheard not in (plan.actor, ""):
            return False
        expiries = [htlc.cltv_expiry.value for c in others for htlc in htlcs_of(c)]
        return bool(plan.unheard) and height >= min(expiries) - COMES_BACK

    def _is_over(self, sent: list[Sent]) -> bool:
        return (
            not self._dead
            and all(one.is_final for one in sent)
            and not any(member.htlcs for member in self._alive)
            and not any(isinstance(c.live, Closing) for m in self._alive for c in m.channels)
        )

    def describe(self) -> str:
        """What stands where, for who reads of a violation."""
        return "; ".join(
            f"{m.name}: {type(c.live).__name__} with {str(c.peer)[:8]}, "
            f"{m.node.closing_told(c.channel_id)}"
            for m in self._alive
            for c in m.channels
        )

    async def _all_home(self) -> None:
        """Who cheated is back too, and has what it is left with."""
        for name in sorted(self._dead):
            await self._start(self.members[name])
        for _ in range(MOST_STEPS):
            closing = [c for m in self._alive for c in m.channels if isinstance(c.live, Closing)]
            if not closing and not self.chain.mempool.entries:
                break
            self.chain.mine(2)
            await self._all_told()
        else:
            raise AssertionError(f"not over: {self.describe()}")


def _payee(one: Sent) -> Holder:
    assert isinstance(one.payee, Holder)
    return one.payee


def _has_stake(member: Mortal) -> bool:
    return bool(member.htlcs) or any(isinstance(c.live, Closing) for c in member.channels)


@asynccontextmanager
async def closing_torture(folder: Path, tally: Tally) -> AsyncIterator[ClosingTorture]:
    """Four with coins, who open their channels when a story begins."""
    async with world(folder, Holder) as made:
        for name in NAMES:
            await made.member(
                name,
                listens=name != "fan",
                forwards=name in ("first", "second"),
                limits=SHORT,
                policy=SOON,
                min_final_cltv_expiry_delta=FINAL_DELTA,
            )
        for _ in range(2):
            await made.give(*made.members.values(), amount=Sat(20_000_000))
        torture = ClosingTorture(made, tally, folder.name)
        try:
            yield torture
        finally:
            tally.collect(torture.members.values())
