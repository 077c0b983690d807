"""What is tortured, in pieces that workers share: the whole of it, and a short form."""

import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from itertools import pairwise, product
from pathlib import Path

from tests.torture.channels import ChannelTorture, channel_torture
from tests.torture.closings import closing_torture
from tests.torture.mortals import Death
from tests.torture.payments import LARGE, NAMES, SMALL, PaymentTorture, payment_torture
from tests.torture.processes import kill_processes
from tests.torture.stories import Plan, Way
from tests.torture.tally import Tally

AT_COMMITS = tuple(death for death in Death if death.counts_commits)
BATCHES = 240
DEATHS_A_BATCH = 4
STORM = 0.05
STORIES = 5
"""In one world: channels that were closed weigh on it for a hundred blocks."""
PROCESS_KILLS = 40
"""By each worker."""

PaymentJob = Callable[[PaymentTorture], Awaitable[object]]
ChannelJob = Callable[[ChannelTorture], Awaitable[object]]


def payment_jobs() -> Iterator[PaymentJob]:
    """Every commit of a payment, for each who makes it; then batches with deaths by chance."""
    for death, name, amount, back in product(AT_COMMITS, NAMES, (LARGE, SMALL), (False, True)):
        yield lambda t, d=death, n=name, a=amount, b=back: t.every_commit(  # type: ignore[misc]
            t.members[n], d, a, back=b
        )
    for number in range(BATCHES):
        storm = STORM if number % 4 > 1 else 0.0
        yield lambda t, s=storm: t.random_batch(DEATHS_A_BATCH, s)  # type: ignore[misc]


def channel_jobs() -> Iterator[ChannelJob]:
    """Every commit of a channel's opening and closing, for both who make it."""
    for phase, death, is_fan in product(
        ("opening", "confirming", "closing"), AT_COMMITS, (True, False)
    ):
        yield lambda t, p=phase, d=death, f=is_fan: t.every_commit(  # type: ignore[misc]
            t.fan if f else t.creator, d, p
        )


def closing_plans() -> Iterator[Plan]:
    """Every way of an end for each side of each channel; dying at commits, then in any way."""
    sides = list(pairwise(NAMES)) + [(b, a) for a, b in pairwise(NAMES)]
    for way, (number, (actor, peer)) in product(Way, enumerate(sides)):
        for turn, deaths in enumerate(
            ((AT_COMMITS[number % 4],), (AT_COMMITS[(number + 2) % 4],), tuple(Death))
        ):
            is_last = turn == 2
            # Who cheats or is away cannot die; its peer and everybody else can.
            victim = actor if way is Way.FORCE and turn == 1 else peer
            yield Plan(
                way=way,
                actor=actor,
                peer=peer,
                victims=NAMES if is_last else (victim,),
                deaths=deaths,
                reorganises=3 if is_last else 0,
                unheard="" if way is Way.CHEAT else ("", NAMES[0], NAMES[-1])[(number + turn) % 3],
            )


async def work(folder: Path, worker: int, of: int) -> Tally:
    """One worker's share."""
    tally, begun = Tally(), time.monotonic()

    def say(what: str) -> None:
        seconds = time.monotonic() - begun
        sys.stderr.write(f"worker {worker}, {seconds:.0f} s: {what}\n")

    await run_payments(folder, tally, list(payment_jobs())[worker::of], say)
    say("payments are over")
    await run_channels(folder, tally, list(channel_jobs())[worker::of])
    say("channels are over")
    await run_closings(folder, tally, list(closing_plans())[worker::of])
    say("closings are over")
    await kill_processes(folder / f"processes {worker}", tally, PROCESS_KILLS)
    say("processes are over")
    return tally


async def run_payments(
    folder: Path, tally: Tally, jobs: list[PaymentJob], say: Callable[[str], None]
) -> None:
    """In one world, or in a new one after a violation has broken it."""
    world = 0
    while jobs:
        world += 1
        async with AsyncExitStack() as stack:
            torture = await stack.enter_async_context(
                payment_torture(folder / f"payments {world}", tally)
            )
            while jobs and not torture.is_deaf:
                job = jobs.pop(0)
                try:
                    await job(torture)
                except AssertionError as error:
                    say(f"violation: {str(error)[:300]}")
                    break
                if len(jobs) % 20 == 0:
                    say(f"{len(jobs)} payment jobs are left")


async def run_closings(folder: Path, tally: Tally, plans: list[Plan]) -> None:
    """A few stories a world; a new one after a violation."""
    world = 0
    while plans:
        world += 1
        async with closing_torture(folder / f"closings {world}", tally) as torture:
            for _ in range(min(STORIES, len(plans))):
                found = len(tally.violations)
                with suppress(AssertionError):
                    await torture.play(plans.pop(0))
                if len(tally.violations) > found:
                    break


async def run_channels(folder: Path, tally: Tally, jobs: list[ChannelJob]) -> None:
    """As above."""
    world = 0
    while jobs:
        world += 1
        async with channel_torture(folder / f"channels {world}", tally) as torture:
            while jobs:
                job = jobs.pop(0)
                try:
                    await job(torture)
                except AssertionError as error:
                    tally.violations.append(str(error))
                    break
