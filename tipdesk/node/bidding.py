"""Publishes the transactions that take what is ours, and replaces them as deadlines come nearer.

Each bid is stored before it leaves: after a restart no fee falls (class 42).
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import BlockHeight, FeeratePerKw, Sat
from tipdesk.bitcoin.feerates import FLOOR
from tipdesk.bitcoin.tx import OutPoint, Transaction, TxOut
from tipdesk.lightning.channel.commitments import Commitments
from tipdesk.lightning.channel.htlc import Fulfilled, HtlcKey
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.onchain import claims as building
from tipdesk.lightning.onchain.bumping import (
    Urgency,
    budget_of,
    is_worth_replacing,
    wanted_feerate,
)
from tipdesk.lightning.onchain.outputs import OnchainOutput, Penalty
from tipdesk.lightning.onchain.resolution import Claim, Resolution, claims, htlc_deadline
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import NodeStore, StoredClaim
from tipdesk.ports.wallet import FeeRequest, OnchainWallet

_log = logging.getLogger(__name__)


@dataclass
class Case:
    """One closed channel: what the chain shows of it, and what we bid."""

    channel: ChannelDriver
    commitments: Commitments
    resolution: Resolution
    bids: dict[OutPoint, StoredClaim]
    is_shown: bool = False
    """Whether the chain has shown the transaction, in a mempool or a block: not yet at a start."""
    is_dropped: bool = False
    """Whether it is no longer followed."""
    told: set[HtlcKey] = field(default_factory=set)
    """HTLCs whose outcome was told."""
    abandoned: set[OutPoint] = field(default_factory=set)
    """Outputs worth less than the lowest fee."""
    script: bytes = b""
    """Where claims of this channel are paid to, once the wallet has said so."""
    upstream: Mapping[HtlcKey, BlockHeight] = field(default_factory=dict)
    problem: str = ""
    """Why something cannot be claimed now."""
    is_bidding: bool = False
    bid_again: bool = False

    @property
    def terms(self) -> ChannelTerms:
        """The closed channel's."""
        return self.resolution.terms


class Bidder:
    """Bids for what the cases show to be ours."""

    def __init__(
        self,
        *,
        chain: ChainDriver,
        store: NodeStore,
        turn: Turn,
        wallet: OnchainWallet,
        height: Callable[[], BlockHeight],
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._chain = chain
        self._store = store
        self._turn = turn
        self._wallet = wallet
        self._height = height
        self._spawn = spawn

    def start(self, case: Case, upstream: Mapping[HtlcKey, BlockHeight]) -> None:
        """Bids for whatever is due; `upstream` says by when forwarded HTLCs must be back."""
        case.upstream = upstream
        case.bid_again = True
        if not case.is_bidding and (_parent_to_pay_for(case) or self._due(case)):
            case.is_bidding = True
            self._spawn(self._bid(case))

    def withdraw(self, case: Case, outpoint: OutPoint) -> None:
        """An output is gone, or its case: its bid is published no more, its coins are free."""
        txid = case.bids.pop(outpoint).transaction.txid
        self._chain.forget(txid)
        self._spawn(self._wallet.release(txid))

    def publish(self, transaction: Transaction) -> None:
        """Broadcasts after the commit, again at every block."""
        self._turn.after_commit(lambda: self._spawn(self._broadcast(transaction)))

    def _due(self, case: Case) -> tuple[Claim, ...]:
        preimages = known_preimages(case.commitments, self._store)
        return claims(case.resolution, self._height(), preimages, case.upstream)

    async def _bid(self, case: Case) -> None:
        try:
            while case.bid_again:
                case.bid_again = False
                if not case.script:
                    case.script = await self._wallet.new_script_pubkey()
                case.problem = ""
                for claim in self._due(case):
                    await self._guarded(case, self._bid_for(case, claim))
                await self._guarded(case, self._pay_for_parent(case))
        finally:
            case.is_bidding = False

    async def _guarded(self, case: Case, work: Coroutine[object, object, None]) -> None:
        # One claim that cannot be made must not keep the others from being made.
        try:
            await work
        except (RequestError, BackendError) as error:
            case.problem = str(error)
            _log.warning("%r: a claim could not be made: %s", case.channel, error)

    async def _bid_for(self, case: Case, claim: Claim) -> None:
        if building.needs_fee_input(claim):
            await self._bid_with_wallet(case, claim)
            return
        before = case.bids.get(claim.output.outpoint)
        signer, relaxed = case.channel.signer, self._chain.feerates.within(144)
        draft = building.build_claim(claim, case.terms, signer, case.script, relaxed)
        if draft is None:
            if building.build_claim(claim, case.terms, signer, case.script, FLOOR) is None:
                case.abandoned.add(claim.output.outpoint)
            return
        feerate = self._wanted(case, claim, draft.transaction.weight)
        if before is not None and not is_worth_replacing(before.feerate, feerate):
            return
        signed = building.build_claim(claim, case.terms, signer, case.script, feerate)
        if signed is not None and (before is None or signed.transaction != before.transaction):
            self._place(case, claim.output, signed.transaction, feerate)

    def _wanted(self, case: Case, claim: Claim, weight: int) -> FeeratePerKw:
        output = claim.output
        is_penalty = isinstance(output.way, Penalty)
        budget = budget_of(output.amount, contested=claim.deadline is not None, penalty=is_penalty)
        urgency = Urgency(
            since=self._since(case, output.outpoint), deadline=claim.deadline, budget=budget
        )
        return wanted_feerate(urgency, weight, self._height(), self._chain.feerates)

    def _since(self, case: Case, outpoint: OutPoint) -> BlockHeight:
        bid = case.bids.get(outpoint)
        return self._height() if bid is None else bid.since

    async def _bid_with_wallet(self, case: Case, claim: Claim) -> None:
        output, base = claim.output, building.second_stage_base(claim)
        before = case.bids.get(output.outpoint)
        request = FeeRequest(
            base=base,
            spent=(TxOut(output.amount, output.script_pubkey),),
            witness_weight=building.second_stage_witness_weight(claim),
            feerate=self._wanted(case, claim, building.second_stage_weight(claim)),
            replaces=None if before is None else before.transaction,
        )
        if before is not None and not is_worth_replacing(before.feerate, request.feerate):
            return
        paid = await self._wallet.pay_fee(request)
        if not _is_open(case, output.outpoint):
            await self._wallet.release(paid.txid)
            return
        signed = building.sign_second_stage(paid, claim, case.channel.signer)
        self._place(case, output, signed, request.feerate)

    async def _pay_for_parent(self, case: Case) -> None:
        """CPFP by our anchor, while the commitment is not mined and pays too little by itself."""
        anchor, parent = _parent_to_pay_for(case), case.resolution.transaction
        if anchor is None:
            return
        fee = case.terms.capacity - Sat(sum(out.amount.value for out in parent.outputs))
        weight = parent.weight + building.ANCHOR_CHILD_WEIGHT
        feerate = wanted_feerate(
            self._urgency_of_parent(case, anchor), weight, self._height(), self._chain.feerates
        )
        before = case.bids.get(anchor.outpoint)
        is_enough = feerate.fee_for_weight(parent.weight) <= fee
        if is_enough or (before and not is_worth_replacing(before.feerate, feerate)):
            return
        paid = await self._wallet.pay_fee(
            FeeRequest(
                base=building.anchor_base(anchor),
                spent=(TxOut(anchor.amount, anchor.script_pubkey),),
                witness_weight=building.anchor_witness_weight(anchor),
                feerate=feerate,
                parent_weight=parent.weight,
                parent_fee=fee,
                replaces=None if before is None else before.transaction,
            )
        )
        if _parent_to_pay_for(case) is None:
            await self._wallet.release(paid.txid)
            return
        signed = building.sign_anchor(paid, anchor, case.terms, case.channel.signer)
        self._place(case, anchor, signed, feerate)

    def _urgency_of_parent(self, case: Case, anchor: OnchainOutput) -> Urgency:
        """Bounded by what the other side could take, if the commitment came too late."""
        known = known_preimages(case.commitments, self._store)
        contested, rest, deadlines = 0, 0, []
        for output in case.resolution.outputs.values():
            htlc = output.htlc
            deadline = None if htlc is None else htlc_deadline(htlc, known, case.upstream)
            if deadline is None:
                rest += output.amount.value
            else:
                contested += output.amount.value
                deadlines.append(deadline)
        budget = budget_of(Sat(contested), contested=True, penalty=False) + budget_of(
            Sat(rest), contested=False, penalty=False
        )
        return Urgency(
            since=self._since(case, anchor.outpoint),
            deadline=min(deadlines, default=None),
            budget=budget,
        )

    def _place(
        self, case: Case, output: OnchainOutput, signed: Transaction, feerate: FeeratePerKw
    ) -> None:
        """Stores a bid, and publishes it in place of the one before."""
        before = case.bids.get(output.outpoint)
        bid = StoredClaim(
            channel_id=case.terms.channel_id,
            outpoint=output.outpoint,
            since=self._since(case, output.outpoint),
            feerate=feerate,
            transaction=signed,
        )
        case.bids[output.outpoint] = bid
        self._store.save_claim(bid)
        self._turn.touched()
        if before is not None:
            self._chain.forget(before.transaction.txid)
        self.publish(signed)

    async def _broadcast(self, transaction: Transaction) -> None:
        try:
            await self._chain.broadcast(transaction)
        except BackendError as error:
            _log.info("a claim is not taken yet: %s", error)


def _parent_to_pay_for(case: Case) -> OnchainOutput | None:
    """Our anchor, while a mempool has the commitment that it hangs on."""
    waits = case.is_shown and not case.is_dropped and case.resolution.height is None
    return case.resolution.anchor if waits else None


def _is_open(case: Case, outpoint: OutPoint) -> bool:
    """Whether an output is still there to be taken: making a bid with the wallet takes a while."""
    if case.is_dropped or outpoint not in case.resolution.outputs:
        return False
    spend = case.resolution.spends.get(outpoint)
    return spend is None or spend.height is None


def known_preimages(c: Commitments, store: NodeStore) -> dict[PaymentHash, Preimage]:
    """Preimages of a channel's incoming HTLCs that are ours to use.

    Class 26: that of an invoice of ours is, once the invoice was settled as a whole.
    """
    found: dict[PaymentHash, Preimage] = {}
    for htlc in c.htlcs.values():
        if htlc.by_us:
            continue
        outcome = None if htlc.removal is None else htlc.removal.outcome
        if isinstance(outcome, Fulfilled):
            found[htlc.payment_hash] = outcome.preimage
        elif (preimage := store.known_preimage(htlc.payment_hash)) is not None:
            found[htlc.payment_hash] = preimage
    return found
