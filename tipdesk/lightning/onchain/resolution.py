"""BOLT 5: follows the outputs of a published commitment until each has found its end.

A `Resolution` holds what the chain shows and nothing else: it can be worked out again from the
chain after a restart. `outcomes` says what the channel's HTLCs came to, `claims` what there is to
take at a height, `is_over` when nothing is left to do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tipdesk.base.ids import PaymentHash, Preimage
from tipdesk.base.units import BlockHeight, CltvDelta, Sat
from tipdesk.bitcoin.tx import OutPoint, Transaction
from tipdesk.lightning.channel.htlc import Htlc, HtlcKey
from tipdesk.lightning.channel.terms import ChannelTerms
from tipdesk.lightning.onchain.outputs import (
    Anchor,
    Delayed,
    Direct,
    OnchainHtlc,
    OnchainOutput,
    Penalty,
    SecondStage,
    Static,
    next_stage,
)

SETTLED_DEPTH: Final = 6
"""Confirmations after which an outcome is acted on: HTLCs are failed upstream."""
FINAL_DEPTH: Final = 100
"""BOLT 5, "General Requirements": irrevocably resolved. Until then reorganisations are undone."""


@dataclass(frozen=True, slots=True)
class Spend:
    """Who took an output; `height` None while no block holds it."""

    transaction: Transaction
    height: BlockHeight | None

    def depth(self, tip: BlockHeight) -> int:
        """Confirmations, 0 in the mempool."""
        return 0 if self.height is None else max(0, tip.value - self.height.value + 1)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A published transaction, its outputs that concern us, and what became of them."""

    terms: ChannelTerms
    transaction: Transaction
    height: BlockHeight | None = None
    outputs: Mapping[OutPoint, OnchainOutput] = field(default_factory=dict)
    spends: Mapping[OutPoint, Spend] = field(default_factory=dict)

    def depth(self, tip: BlockHeight) -> int:
        """Confirmations of the transaction that spent the funding."""
        return Spend(self.transaction, self.height).depth(tip)

    @property
    def anchor(self) -> OnchainOutput | None:
        """Our anchor, if there is one."""
        return next((o for o in self.outputs.values() if isinstance(o.way, Anchor)), None)


@dataclass(frozen=True, slots=True)
class PreimageSeen:
    """The chain shows the preimage of an HTLC that we offered: use it upstream at once."""

    htlc: Htlc
    preimage: Preimage


@dataclass(frozen=True, slots=True)
class HtlcLost:
    """An HTLC that we offered is irrevocably gone without its preimage: fail it upstream."""

    htlc: Htlc


@dataclass(frozen=True, slots=True)
class Claim:
    """An output that can be taken now, or could be if fees were lower."""

    output: OnchainOutput
    sequence: int
    locktime: int
    preimage: Preimage | None
    deadline: BlockHeight | None
    """From this height on somebody else can take it too, None if nobody ever can."""


def begin(
    terms: ChannelTerms, transaction: Transaction, outputs: Iterable[OnchainOutput]
) -> Resolution:
    """A transaction that spends the funding has been seen."""
    return Resolution(terms, transaction, None, {output.outpoint: output for output in outputs})


def confirmed(resolution: Resolution, height: BlockHeight | None) -> Resolution:
    """The published transaction is in a block, or (None) lost its block again."""
    return replace(resolution, height=height)


def spent(
    resolution: Resolution, outpoint: OutPoint, spend: Spend
) -> tuple[Resolution, OnchainOutput | None]:
    """An output was spent; also what the spend leaves to be watched."""
    output = resolution.outputs[outpoint]
    before = resolution.spends.get(outpoint)
    if before is not None and before.transaction.txid != spend.transaction.txid:
        resolution = unspent(resolution, outpoint)
    following = next_stage(resolution.terms, output, spend.transaction)
    outputs = dict(resolution.outputs)
    if following is not None:
        outputs.setdefault(following.outpoint, following)
    spends = {**resolution.spends, outpoint: spend}
    return replace(resolution, outputs=outputs, spends=spends), following


def unspent(resolution: Resolution, outpoint: OutPoint) -> Resolution:
    """A reorganisation or a replacement undid a spend, and all that hung on it."""
    before = resolution.spends.get(outpoint)
    if before is None:
        return resolution
    txid = before.transaction.txid
    gone = {o for o in resolution.outputs if o.txid == txid}
    spends = {o: s for o, s in resolution.spends.items() if o != outpoint and o not in gone}
    outputs = {o: out for o, out in resolution.outputs.items() if o not in gone}
    return replace(resolution, outputs=outputs, spends=spends)


def outcomes(
    resolution: Resolution, htlcs: Iterable[Htlc], tip: BlockHeight
) -> tuple[PreimageSeen | HtlcLost, ...]:
    """What has become of the HTLCs that we offered and that were open when the channel ended.

    A preimage counts wherever it is seen, before any confirmation. A loss counts only when it is
    `SETTLED_DEPTH` deep (classes 38 and 46), and never for an HTLC whose preimage we know.
    """
    places = {
        output.htlc.key: output for output in resolution.outputs.values() if output.htlc is not None
    }
    found: list[PreimageSeen | HtlcLost] = []
    for htlc in htlcs:
        if not htlc.by_us:
            continue
        outcome = _outcome(resolution, htlc, places.get(htlc.key), tip)
        if outcome is not None:
            found.append(outcome)
    return tuple(found)


def _outcome(
    resolution: Resolution, htlc: Htlc, output: OnchainOutput | None, tip: BlockHeight
) -> PreimageSeen | HtlcLost | None:
    if output is None or output.htlc is None:
        # BOLT 5: no output in what was mined, so nobody can ever claim it.
        return HtlcLost(htlc) if resolution.depth(tip) >= SETTLED_DEPTH else None
    spend = resolution.spends.get(output.outpoint)
    if spend is None:
        return None
    preimage = _shown(output.htlc, output.outpoint, spend.transaction)
    if preimage is not None:
        return PreimageSeen(htlc, preimage)
    return HtlcLost(htlc) if spend.depth(tip) >= SETTLED_DEPTH else None


def _shown(htlc: OnchainHtlc, outpoint: OutPoint, spend: Transaction) -> Preimage | None:
    witnesses = (txin.witness for txin in spend.inputs if txin.outpoint == outpoint)
    return next((p for witness in witnesses if (p := htlc.preimage_in(witness)) is not None), None)


def claims(
    resolution: Resolution,
    tip: BlockHeight,
    preimages: Mapping[PaymentHash, Preimage],
    upstream: Mapping[HtlcKey, BlockHeight],
) -> tuple[Claim, ...]:
    """What may be published at this tip.

    `preimages` are those that are ours to use; `upstream` says by when an HTLC that we forwarded
    must be back with us. An output that a block holds as spent is nobody's any more.
    """
    found = []
    for output in resolution.outputs.values():
        spend = resolution.spends.get(output.outpoint)
        if spend is not None and spend.height is not None:
            continue
        claim = _claim(resolution, output, preimages, upstream)
        if claim is not None and _is_mature(resolution, claim, tip):
            found.append(claim)
    return tuple(found)


def _claim(
    resolution: Resolution,
    output: OnchainOutput,
    preimages: Mapping[PaymentHash, Preimage],
    upstream: Mapping[HtlcKey, BlockHeight],
) -> Claim | None:
    match output.way:
        case Anchor():
            return None
        case Delayed(delay=delay):
            return Claim(output, delay.value, 0, None, None)
        case Static(anchors):
            return Claim(output, 1 if anchors else 0xFFFFFFFD, 0, None, None)
        case Penalty(deadline_delay=delay):
            return Claim(output, 0xFFFFFFFD, 0, None, _after(resolution, output, delay))
        case SecondStage() | Direct() as way:
            return _htlc_claim(output, way, preimages, upstream)


def _htlc_claim(
    output: OnchainOutput,
    way: SecondStage | Direct,
    preimages: Mapping[PaymentHash, Preimage],
    upstream: Mapping[HtlcKey, BlockHeight],
) -> Claim | None:
    htlc = output.htlc
    if htlc is None:
        return None
    sequence = 1 if way.anchors else 0xFFFFFFFD
    deadline = htlc_deadline(htlc, preimages, upstream)
    if htlc.by_us:
        return Claim(output, sequence, htlc.cltv_expiry.value, None, deadline)
    preimage = preimages.get(htlc.payment_hash)
    return None if preimage is None else Claim(output, sequence, 0, preimage, deadline)


def htlc_deadline(
    htlc: OnchainHtlc,
    preimages: Mapping[PaymentHash, Preimage],
    upstream: Mapping[HtlcKey, BlockHeight],
) -> BlockHeight | None:
    """From when on an HTLC's output may be lost to us; None if waiting loses nothing."""
    if htlc.by_us:
        return upstream.get(htlc.key)
    return htlc.cltv_expiry if htlc.payment_hash in preimages else None


def _after(
    resolution: Resolution, output: OnchainOutput, delay: CltvDelta | None
) -> BlockHeight | None:
    mined = _mined_at(resolution, output)
    return None if mined is None or delay is None else mined.after(delay)


def _mined_at(resolution: Resolution, output: OnchainOutput) -> BlockHeight | None:
    if output.outpoint.txid == resolution.transaction.txid:
        return resolution.height
    txid = output.outpoint.txid
    return next((s.height for s in resolution.spends.values() if s.transaction.txid == txid), None)


def _is_mature(resolution: Resolution, claim: Claim, tip: BlockHeight) -> bool:
    """Whether the next block may hold the claim (BIP 65, BIP 68 as mempools apply them)."""
    mined = _mined_at(resolution, claim.output)
    if mined is None:
        return False
    relative = claim.sequence if claim.sequence < 0xFFFF else 0
    return claim.locktime <= tip.value and mined.value + relative <= tip.value + 1


def is_over(
    resolution: Resolution,
    htlcs: Iterable[Htlc],
    tip: BlockHeight,
    depth: int,
    abandoned: Iterable[OutPoint] = (),
) -> bool:
    """Whether every output is spent so deep, and no HTLC of ours is left without an end.

    Our anchor, outputs of the other side and those `abandoned` (not worth their fee) are left.
    """
    if resolution.depth(tip) < depth:
        return False
    given_up = frozenset(abandoned)
    for output in resolution.outputs.values():
        if isinstance(output.way, Anchor) or output.outpoint in given_up:
            continue
        spend = resolution.spends.get(output.outpoint)
        if spend is None or spend.depth(tip) < depth:
            return False
    offered = [htlc for htlc in htlcs if htlc.by_us]
    return len(outcomes(resolution, offered, tip)) == len(offered)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a closed channel still waits for."""

    is_mined: bool
    coming: Sat
    """Ours alone, and not with us yet."""
    free_at: BlockHeight | None
    """When the last of it can be taken, None if it can be now."""
    htlcs: int
    """Outputs of payments that nobody has taken yet."""
    unclaimed: Sat = Sat(0)
    """As much of `coming` as no transaction takes yet: the wallet cannot see it."""


def outlook(resolution: Resolution, tip: BlockHeight) -> Outlook:
    """What is left to come, and when."""
    coming, unclaimed, htlcs, free_at = 0, 0, 0, None
    for output in resolution.outputs.values():
        spend = resolution.spends.get(output.outpoint)
        if spend is not None and spend.height is not None:
            continue
        match output.way:
            case Delayed(delay=delay):
                coming += output.amount.value
                unclaimed += output.amount.value if spend is None else 0
                mined = _mined_at(resolution, output)
                if mined is not None:
                    free = mined.after(delay)
                    free_at = free if free_at is None else max(free, free_at)
            case Static() | Penalty():
                coming += output.amount.value
                unclaimed += output.amount.value if spend is None else 0
            case SecondStage() | Direct():
                htlcs += 1
            case Anchor():
                pass
    is_later = free_at is not None and free_at > tip
    return Outlook(
        resolution.height is not None,
        Sat(coming),
        free_at if is_later else None,
        htlcs,
        Sat(unclaimed),
    )
