"""What channels that ended on chain have brought: everybody's money, and what was bid for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from tests.nodes import Member
from tests.torture.payments import Sent
from tests.waiting import eventually
from tipdesk.base.ids import Txid
from tipdesk.base.units import Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction
from tipdesk.lightning.channel.state import Closed, Closing, inner
from tipdesk.practice.policy import TransactionRefused
from tipdesk.practice.regtest import Regtest
from tipdesk.tips.payment import Succeeded

ANCHOR = Sat(330)
PATIENCE = 0.5


async def wealth(member: Member) -> int:
    """What the member's wallet may spend, and its side of channels that are not closing; in sat."""
    await member.wallet.sync()
    balance = await member.wallet.balance()
    states = (channel.live for channel in member.channels)
    in_channels = sum(
        inner(state).commitments.local_balance.value
        for state in states
        if state is not None and not isinstance(state, Closing | Closed)
    )
    return (balance.confirmed + balance.unconfirmed).value + in_channels // 1000


def fees_since(chain: Regtest, height: int) -> int:
    """What miners took in the blocks after a height, in sat."""
    total = 0
    for at in range(height + 1, chain.chain.height + 1):
        for transaction in chain.chain.block_at(at).transactions[1:]:
            fee = fee_of(chain, transaction)
            assert fee is not None
            total += fee
    return total


def fee_of(chain: Regtest, transaction: Transaction) -> int | None:
    """What a transaction pays; None if what it spends is not there."""
    spent = [chain.mempool.output(txin.outpoint) for txin in transaction.inputs]
    total = -sum(out.amount.value for out in transaction.outputs)
    for output in spent:
        if output is None:
            return None
        total += output.amount.value
    return total


def left_behind(chain: Regtest, funding: OutPoint) -> list[tuple[OutPoint, Sat]]:
    """Outputs behind a closed channel's funding that nobody has taken and no wallet holds."""
    found, pending = [], [funding]
    while pending:
        outpoint = pending.pop()
        txid = chain.index.spends.get(outpoint)
        if txid is None:
            output = chain.index.output(outpoint)
            assert output is not None
            found.append((outpoint, output.amount))
            continue
        spend = chain.index.transactions[txid].transaction
        pending += [
            spend.outpoint(number)
            for number, out in enumerate(spend.outputs)
            if len(out.script_pubkey) == 34
        ]
    return found


MOST_LOST = 40_000
"""In sat, by each: fees of three commitments and what takes their outputs, at the highest rates."""


@dataclass
class Estates:
    """What everybody had before, to be compared with what is left."""

    chain: Regtest
    members: Mapping[str, Member]
    begun: int
    before: dict[str, int]
    fundings: set[OutPoint]

    @classmethod
    async def of(cls, chain: Regtest, members: Mapping[str, Member]) -> Self:
        """As it is now."""
        before = {name: await wealth(member) for name, member in members.items()}
        fundings = {c.terms.funding_outpoint for m in members.values() for c in m.channels}
        return cls(chain, members, chain.chain.height, before, fundings)

    @property
    def ended(self) -> set[OutPoint]:
        """The fundings of channels that ended since."""
        return self.fundings & self.chain.index.spends.keys()

    async def judge(self, sent: Iterable[Sent], honest: set[str]) -> list[str]:
        """What is wrong, now that all has ended; who is not honest may have lost anything."""
        wrong, expected = [], dict(self.before)
        for one in sent:
            outcome, payer, payee = one.outcome, one.payer.name, one.payee.name
            if {payer, payee} <= honest and one.received is not isinstance(outcome, Succeeded):
                wrong.append(f"told {outcome}, received: {one.received}")
            if isinstance(outcome, Succeeded):
                expected[payer] -= (one.amount.value + outcome.fee.value) // 1000
            if one.received:
                expected[payee] += one.amount.value // 1000
        after = {name: await wealth(member) for name, member in self.members.items()}
        for name in sorted(honest):
            lost = expected[name] - after[name]
            if lost >= MOST_LOST:
                wrong.append(f"{name} lost {lost} sat")
        left = [one for funding in self.ended for one in left_behind(self.chain, funding)]
        wrong += [f"{amount} are left at {where}" for where, amount in left if amount != ANCHOR]
        missing = sum(self.before.values()) - sum(after.values())
        missing -= fees_since(self.chain, self.begun) + sum(amount.value for _, amount in left)
        if abs(missing) > len(self.members):
            locks = {n: len(m.wallet._locks) for n, m in self.members.items()}
            wrong.append(f"{missing} sat are nowhere; coins are reserved: {locks}")
        return wrong


@dataclass
class Bids:
    """Every claim that was ever stored, by who stored it and what it takes."""

    chain: Regtest
    violations: list[str]
    seen: dict[tuple[str, OutPoint], int] = field(default_factory=dict)
    checked: int = 0
    _missed: dict[tuple[str, Txid], int] = field(default_factory=dict)

    def look(self, member: Member) -> None:
        """Class 42: what a claim pays never falls, whoever died meanwhile.

        What a block held and lost again is bid for anew; what is not committed has not left yet.
        """
        if member.store.is_dirty:
            return
        for state in member.store.channels():
            for claim in member.store.claims(inner(state).terms.channel_id):
                key, feerate = (member.name, claim.outpoint), claim.feerate.value
                if claim.outpoint in self.chain.index.spends:
                    self.seen.pop(key, None)
                    continue
                if feerate < self.seen.get(key, 0):
                    self.violations.append(
                        f"{member.name}: a claim of {claim.outpoint} fell from {self.seen[key]} "
                        f"to {feerate}"
                    )
                self.seen[key] = feerate

    async def demand_published(self, member: Member) -> None:
        """What is stored and could be mined is published, after a start too."""
        for state in member.store.channels():
            live = inner(state)
            if not isinstance(live, Closing):
                continue
            ours = [claim.transaction for claim in member.store.claims(live.terms.channel_id)]
            for transaction in (live.transaction, *ours):
                await self._demand_published(member, transaction)

    async def _demand_published(self, member: Member, transaction: Transaction) -> None:
        self.checked += 1
        key = (member.name, transaction.txid)
        try:
            await eventually(
                lambda: member.died.is_set() or self._is_spent(transaction),
                f"{member.name} did not publish {transaction.txid}",
                PATIENCE,
            )
        except AssertionError as error:
            # A child may have to wait a block until whoever owns its parent has published that.
            height = self.chain.chain.height
            if height > self._missed.setdefault(key, height) + 1 and self._can_be_mined(
                transaction
            ):
                self.violations.append(str(error))
        else:
            self._missed.pop(key, None)

    def _is_spent(self, transaction: Transaction) -> bool:
        """Whether it is published, or something else in its place."""
        spent = [txin.outpoint for txin in transaction.inputs]
        pool, index = self.chain.mempool, self.chain.index
        return any(outpoint in pool.spends or outpoint in index.spends for outpoint in spent)

    def _can_be_mined(self, transaction: Transaction) -> bool:
        try:
            self.chain.submit(transaction)
        except TransactionRefused:
            return False
        return True
