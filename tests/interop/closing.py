"""The end of a channel with a stranger, on the practice chain."""

import asyncio

from tests.nodes import Member, World
from tests.waiting import eventually
from tipdesk.bitcoin.tx import Transaction


async def spending_the_funding(made: World, member: Member) -> Transaction:
    """The transaction in the mempool, whose scripts the kernel has accepted."""
    funding = member.channel.terms.funding_outpoint
    mempool = made.regtest.mempool
    await eventually(lambda: funding in mempool.spends, "the funding is not spent")
    return mempool.entries[mempool.spends[funding]].transaction


async def onchain(member: Member) -> int:
    """What the member's wallet has, in satoshis."""
    await member.wallet.sync()
    balance = await member.wallet.balance()
    return (balance.confirmed + balance.unconfirmed).value


def has_bid(made: World, member: Member) -> bool:
    """Whether all that the member claims now waits in the mempool, or is taken."""
    cases = member.node._onchain.resolutions._cases.values()
    spent = made.regtest.mempool.spends.keys() | made.regtest.index.spends.keys()
    return not any(case.is_bidding or case.bids.keys() - spent for case in cases)


async def blocks(made: World, count: int, member: Member) -> None:
    """Blocks in steps, so that what each calls for can be published in the next."""
    while count > 0:
        step = min(count, 6) if count < 60 else count - 54
        height = made.regtest.mine(step)
        count -= step
        await eventually(lambda h=height: member.node.height().value == h, "we are behind")  # type: ignore[misc]
        await asyncio.sleep(0.05)
        await eventually(lambda: has_bid(made, member), "a claim of ours is not published")
