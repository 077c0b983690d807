"""Closed channels: follows what they left on the chain, takes what is ours, tells what it came to.

What the chain shows is worked out anew at each start. Only what we bid is stored, so that no fee
ever falls (class 42).
"""

import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Protocol

from tipdesk.base.ids import ChannelId, PaymentHash, Preimage
from tipdesk.base.units import BlockHeight
from tipdesk.bitcoin.tx import OutPoint
from tipdesk.bitcoin.watch import WatchSpent
from tipdesk.lightning.channel import command
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey
from tipdesk.lightning.channel.state import Closed, Closing
from tipdesk.lightning.onchain.classify import RevokedCommitment, publication_of
from tipdesk.lightning.onchain.outputs import Anchor, OnchainOutput, outputs_of
from tipdesk.lightning.onchain.resolution import (
    FINAL_DEPTH,
    SETTLED_DEPTH,
    Outlook,
    PreimageSeen,
    Spend,
    begin,
    confirmed,
    is_over,
    outcomes,
    outlook,
    spent,
    unspent,
)
from tipdesk.node.bidding import Bidder, Case
from tipdesk.node.chainwatch import ChainDriver
from tipdesk.node.channels import ChannelDriver
from tipdesk.node.turn import Turn
from tipdesk.ports.stores import NodeStore
from tipdesk.ports.wallet import OnchainWallet

_log = logging.getLogger(__name__)


class Consequences(Protocol):
    """Who acts on what the chain decided."""

    def htlc_fulfilled(self, channel: ChannelDriver, htlc: Htlc, preimage: Preimage) -> None:
        """The chain shows the preimage of an HTLC of ours."""
        ...

    def htlc_lost(self, channel: ChannelDriver, htlc: Htlc) -> None:
        """An HTLC of ours is irrevocably gone without its preimage."""
        ...

    def upstream_expiries(self, channel: ChannelDriver) -> Mapping[HtlcKey, BlockHeight]:
        """By when HTLCs that were carried on must be back."""
        ...


class ResolutionDesk:
    """Follows every closed channel to its end."""

    def __init__(
        self,
        *,
        chain: ChainDriver,
        store: NodeStore,
        turn: Turn,
        wallet: OnchainWallet,
        height: Callable[[], BlockHeight],
        consequences: Consequences,
        spawn: Callable[[Coroutine[object, object, None]], None],
    ) -> None:
        self._chain = chain
        self._store = store
        self._turn = turn
        self._height = height
        self._consequences = consequences
        self._bidder = Bidder(
            chain=chain, store=store, turn=turn, wallet=wallet, height=height, spawn=spawn
        )
        self._cases: dict[ChannelId, Case] = {}
        self._by_outpoint: dict[OutPoint, Case] = {}

    def outlook_of(self, channel_id: ChannelId) -> Outlook | None:
        """What a closed channel still waits for."""
        case = self._cases.get(channel_id)
        return None if case is None else outlook(case.resolution, self._height())

    def problem_of(self, channel_id: ChannelId) -> str:
        """Why something of a closed channel cannot be claimed now, or nothing."""
        case = self._cases.get(channel_id)
        return "" if case is None else case.problem

    # -- what happens ---------------------------------------------------------------------------

    def follow(self, channel: ChannelDriver) -> None:
        """A channel is closing by a transaction, or now by another one."""
        state = channel.live
        if not isinstance(state, Closing | Closed):
            return
        known = self._cases.get(channel.channel_id)
        if known is not None and known.resolution.transaction.txid == state.transaction.txid:
            return
        if known is not None:
            self._drop(known)
        case = self._case_of(channel, state)
        self._cases[channel.channel_id] = case
        for output in case.resolution.outputs.values():
            self._watch(case, output)
        self._turn.event(lambda: self._look(case))

    def _case_of(self, channel: ChannelDriver, state: Closing | Closed) -> Case:
        terms, c = state.terms, state.commitments
        publication = publication_of(terms, c, channel.signer, state.transaction)
        _log.info("%r ends by %s", channel, type(publication).__name__)
        finished = (
            self._store.finished_htlcs(terms.channel_id)
            if isinstance(publication, RevokedCommitment)
            else []
        )
        outputs = outputs_of(terms, c, channel.signer, publication, state.transaction, finished)
        bids = {bid.outpoint: bid for bid in self._store.claims(terms.channel_id)}
        case = Case(channel, c, begin(terms, state.transaction, outputs), bids)
        for bid in bids.values():
            self._bidder.publish(bid.transaction)
        return case

    def closing_seen(self, channel: ChannelDriver, height: BlockHeight | None) -> None:
        """The transaction that closed a channel is in a block, or (None) no more."""
        case = self._cases.get(channel.channel_id)
        if case is not None:
            case.is_shown = True
            case.resolution = confirmed(case.resolution, height)
            if height is None and isinstance(channel.live, Closed):
                channel.handle(command.ClosingUndone())
            self._turn.event(lambda: self._look(case))

    def output_spent(self, outpoint: OutPoint, spend: Spend) -> bool:
        """An output was spent; False if it is none that is followed here."""
        case = self._by_outpoint.get(outpoint)
        if case is None or outpoint not in case.resolution.outputs:
            return False
        case.resolution, following = spent(case.resolution, outpoint, spend)
        if following is not None:
            self._watch(case, following)
        if spend.height is not None:
            self._bid_is_over(case, outpoint, spend)
        self._turn.event(lambda: self._look(case))
        return True

    def spend_undone(self, outpoint: OutPoint) -> None:
        """A reorganisation undid a spend."""
        case = self._by_outpoint.get(outpoint)
        if case is not None:
            case.resolution = unspent(case.resolution, outpoint)

    def look_again(self) -> None:
        """The chain has told all up to a new tip."""
        for case in list(self._cases.values()):
            self._look(case)

    def preimage_known(self, payment_hash: PaymentHash) -> None:
        """A preimage became known: a closed channel may have an HTLC that it opens (class 45)."""
        for case in list(self._cases.values()):
            if any(h.payment_hash == payment_hash for h in case.commitments.htlcs.values()):
                self._look(case)

    def coins_changed(self) -> None:
        """The wallet was synced: what failed for want of coins may work now."""
        for case in list(self._cases.values()):
            if case.problem:
                self._look(case)

    # -- what follows from it -------------------------------------------------------------------

    def _watch(self, case: Case, output: OnchainOutput) -> None:
        if isinstance(output.way, Anchor):
            return
        self._by_outpoint[output.outpoint] = case
        self._chain.watch(WatchSpent(output.outpoint, output.script_pubkey))

    def _drop(self, case: Case) -> None:
        case.is_dropped = True
        for outpoint, output in case.resolution.outputs.items():
            if self._by_outpoint.pop(outpoint, None) is not None:
                self._chain.unwatch(WatchSpent(outpoint, output.script_pubkey))
        for outpoint in list(case.bids):
            self._bidder.withdraw(case, outpoint)
        self._cases.pop(case.terms.channel_id, None)

    def _bid_is_over(self, case: Case, outpoint: OutPoint, spend: Spend) -> None:
        bid = case.bids.get(outpoint)
        if bid is not None and bid.transaction.txid != spend.transaction.txid:
            self._bidder.withdraw(case, outpoint)

    def _look(self, case: Case) -> None:
        """Tells outcomes, begins to bid, ends the case: whatever is due."""
        if self._cases.get(case.terms.channel_id) is not case:
            return
        htlcs, tip = tuple(case.commitments.htlcs.values()), self._height()
        for outcome in outcomes(case.resolution, htlcs, tip):
            if outcome.htlc.key in case.told:
                continue
            case.told.add(outcome.htlc.key)
            if isinstance(outcome, PreimageSeen):
                self._consequences.htlc_fulfilled(case.channel, outcome.htlc, outcome.preimage)
            else:
                self._consequences.htlc_lost(case.channel, outcome.htlc)
        self._turn.touched()
        if is_over(case.resolution, htlcs, tip, FINAL_DEPTH, case.abandoned):
            case.channel.handle(command.ClosingBuried(is_final=True))
            self._drop(case)
            return
        if isinstance(case.channel.live, Closing) and is_over(
            case.resolution, htlcs, tip, SETTLED_DEPTH, case.abandoned
        ):
            case.channel.handle(command.ClosingBuried())
        self._bidder.start(case, self._consequences.upstream_expiries(case.channel))
