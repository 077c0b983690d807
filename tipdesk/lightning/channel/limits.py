"""Checks of what a peer proposes in `open_channel` and `accept_channel`, and of its HTLCs."""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.units import FeeratePerKw, Msat, Sat
from tipdesk.lightning.channel import errors
from tipdesk.lightning.channel.commitments import Commitments, feerate_of, spec_of
from tipdesk.lightning.channel.context import ChannelContext, ChannelLimits
from tipdesk.lightning.channel.errors import AddRefusal
from tipdesk.lightning.channel.htlc import CommitmentEvent, Htlc, Owner
from tipdesk.lightning.channel.terms import ChannelTerms, SideTerms
from tipdesk.lightning.commitment.closing_tx import is_acceptable_shutdown_script
from tipdesk.lightning.commitment.formats import CommitmentFormat
from tipdesk.lightning.commitment.spec import CommitmentSpec, HtlcSide
from tipdesk.lightning.commitment.weights import funder_cost, least_output, untrimmed
from tipdesk.lightning.wire.opening import AcceptChannel, OpenChannel

MAX_HTLCS = 483
"""BOLT 2: so that a penalty transaction stays within the standard size."""


def local_side(context: ChannelContext, capacity: Sat) -> SideTerms:
    """What we announce for a channel of this capacity."""
    limits = context.limits
    reserve = max(limits.maximum_dust_limit, Sat(capacity.value * limits.reserve_percent // 100))
    return SideTerms(
        basepoints=context.signer.basepoints,
        dust_limit=limits.dust_limit,
        max_htlc_value_in_flight=capacity.to_msat(),
        channel_reserve=reserve,
        htlc_minimum=limits.htlc_minimum,
        to_self_delay=limits.to_self_delay,
        max_accepted_htlcs=limits.max_accepted_htlcs,
        upfront_shutdown_script=context.shutdown_script,
    )


def check_open(
    message: OpenChannel, context: ChannelContext, local: SideTerms, form: CommitmentFormat
) -> None:
    """BOLT 2, "The `open_channel` Message", receiver."""
    limits = context.limits
    if message.chain_hash != context.network.chain_hash:
        raise errors.WrongChain("the channel is for another chain")
    funding = message.funding_satoshis
    if not limits.minimum_funding <= funding <= limits.maximum_funding:
        raise errors.FundingOutOfRange(
            funding=funding, minimum=limits.minimum_funding, maximum=limits.maximum_funding
        )
    if message.push_msat > funding.to_msat():
        raise errors.PushTooLarge(push=message.push_msat, funding=funding)
    check_feerate(message.feerate_per_kw, limits)
    check_remote_side(message, local, funding, limits)
    cost = funder_cost(message.feerate_per_kw, 0, form).to_msat()
    balance = funding.to_msat() - message.push_msat
    needed = cost + local.channel_reserve.to_msat()
    if balance < needed:
        raise errors.FunderCannotPay(balance=balance, needed=needed)


def check_feerate(feerate: FeeratePerKw, limits: ChannelLimits) -> None:
    """A feerate that can be relayed and is not absurd."""
    if not limits.minimum_feerate <= feerate <= limits.maximum_feerate:
        raise errors.FeerateOutOfRange(
            feerate=feerate, minimum=limits.minimum_feerate, maximum=limits.maximum_feerate
        )


def check_remote_side(
    message: OpenChannel | AcceptChannel, local: SideTerms, capacity: Sat, limits: ChannelLimits
) -> None:
    """The limits that hold for both opening messages (class 8)."""
    dust_limit, reserve = message.dust_limit_satoshis, message.channel_reserve_satoshis
    if not limits.minimum_dust_limit <= dust_limit <= limits.maximum_dust_limit:
        raise errors.DustLimitOutOfRange(
            dust_limit=dust_limit,
            minimum=limits.minimum_dust_limit,
            maximum=limits.maximum_dust_limit,
        )
    if reserve < local.dust_limit:
        raise errors.ReserveBelowDust(reserve=reserve, dust_limit=local.dust_limit)
    if local.channel_reserve < dust_limit:
        raise errors.ReserveBelowDust(reserve=local.channel_reserve, dust_limit=dust_limit)
    maximum = max(
        Sat(capacity.value * limits.maximum_reserve_percent // 100), limits.maximum_dust_limit
    )
    if reserve > maximum:
        raise errors.ReserveTooLarge(reserve=reserve, maximum=maximum)
    if message.to_self_delay > limits.maximum_to_self_delay:
        raise errors.DelayTooLong(delay=message.to_self_delay, maximum=limits.maximum_to_self_delay)
    if not 1 <= message.max_accepted_htlcs <= MAX_HTLCS:
        raise errors.HtlcCountOutOfRange(count=message.max_accepted_htlcs)
    # A hundredth of the channel: below it every wallet's payments still pass.
    hundredth = Msat(capacity.to_msat().value // 100)
    if message.htlc_minimum_msat > hundredth:
        raise errors.HtlcMinimumTooLarge(minimum=message.htlc_minimum_msat, maximum=hundredth)
    if message.max_htlc_value_in_flight_msat < hundredth:
        raise errors.InFlightTooSmall(
            value=message.max_htlc_value_in_flight_msat, minimum=hundredth
        )
    script = message.upfront_shutdown_script
    if script and not is_acceptable_shutdown_script(script, any_segwit=True):
        raise errors.UnacceptableShutdownScript(
            "the script promised for a close has no allowed form"
        )


def _received_by(spec: CommitmentSpec, owner: Owner, adder: Owner) -> list[Msat]:
    # In the owner's commitment, HTLCs added by the owner are offered ones.
    offered = owner is adder
    return [h.amount for h in spec.htlcs if (h.side.value == "offered") is offered]


def _check_receiver_limits(spec: CommitmentSpec, owner: Owner, receiver: SideTerms) -> None:
    adder = Owner.REMOTE if owner is Owner.LOCAL else Owner.LOCAL
    amounts = _received_by(spec, owner, adder)
    if len(amounts) > receiver.max_accepted_htlcs:
        raise errors.TooManyHtlcs(count=len(amounts), maximum=receiver.max_accepted_htlcs)
    value = sum(amounts, Msat(0))
    if value > receiver.max_htlc_value_in_flight:
        raise errors.TooMuchInFlight(value=value, maximum=receiver.max_htlc_value_in_flight)


def _cost(
    spec: CommitmentSpec, feerate: FeeratePerKw, terms: ChannelTerms, owner: Owner, extra: int
) -> Msat:
    dust_limit = terms.commitment_terms(owner).dust_limit
    kept = len(untrimmed(spec, dust_limit, terms.form)) + extra
    return funder_cost(feerate, kept, terms.form).to_msat()


def check_received_add(c: Commitments, terms: ChannelTerms, htlc: Htlc) -> None:
    """BOLT 2, "Adding an HTLC", receiver; `c` has the HTLC as proposed.

    All is judged in our next commitment, where every update the peer proposed has come in.
    """
    if not htlc.amount or htlc.amount < terms.local.htlc_minimum:
        raise errors.HtlcBelowMinimum(amount=htlc.amount, minimum=terms.local.htlc_minimum)
    if htlc.cltv_expiry.value >= 500_000_000:
        raise errors.ExpiryIsNoHeight("cltv_expiry is a time, not a height")
    spec = spec_of(c, Owner.LOCAL, CommitmentEvent.SIGN_RECEIVED)
    _check_receiver_limits(spec, Owner.LOCAL, terms.local)
    needed = terms.local.channel_reserve.to_msat()
    if not terms.is_funder:
        needed = needed + _cost(spec, spec.feerate, terms, Owner.LOCAL, 0)
    if spec.to_remote < needed:
        raise errors.BelowReserve(balance=spec.to_remote, needed=needed)


def funder_must_keep(spec: CommitmentSpec, terms: ChannelTerms, owner: Owner, reserve: Sat) -> Msat:
    """What the funder leaves untouched: its reserve and the fee of one more HTLC at twice the rate.

    BOLT 2, "Adding an HTLC", calls this the fee spike buffer: without it the channel could get
    stuck when fees rise.
    """
    return reserve.to_msat() + _cost(spec, spec.feerate * 2, terms, owner, 1)


def why_not_add(
    c: Commitments, terms: ChannelTerms, limits: ChannelLimits, htlc: Htlc
) -> AddRefusal | None:
    """BOLT 2, "Adding an HTLC", sender; `c` has the HTLC as proposed. None: it may be offered."""
    if htlc.amount < terms.remote.htlc_minimum or not htlc.amount:
        return AddRefusal.BELOW_MINIMUM
    spec = spec_of(c, Owner.REMOTE, CommitmentEvent.SIGN_SENT)
    try:
        _check_receiver_limits(spec, Owner.REMOTE, terms.remote)
    except errors.TooManyHtlcs:
        return AddRefusal.TOO_MANY
    except errors.TooMuchInFlight:
        return AddRefusal.TOO_MUCH_IN_FLIGHT
    if not _affordable(spec, terms):
        return AddRefusal.NO_BALANCE
    for owner in Owner:
        if dust_exposure(c, terms, owner) > limits.max_dust_exposure:
            return AddRefusal.DUST_EXPOSURE
    return None


def _affordable(spec: CommitmentSpec, terms: ChannelTerms) -> bool:
    # `spec` is the remote's: to_remote is ours there.
    reserve = terms.remote.channel_reserve
    if terms.is_funder:
        return spec.to_remote >= funder_must_keep(spec, terms, Owner.REMOTE, reserve)
    funder_pays = spec.to_local >= _cost(spec, spec.feerate, terms, Owner.REMOTE, 0)
    return spec.to_remote >= reserve.to_msat() and funder_pays


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelShare:
    """Our side of a channel, every msat in one part, as the peer's next commitment has it."""

    spendable: Msat
    """The most that one more HTLC of ours may carry."""
    in_flight: Msat
    """In HTLCs of ours that are not decided."""
    reserve: Msat
    """Held of what the channel's rules have us keep."""
    fee_buffer: Msat
    """Held for the commitment's fee, should it rise."""
    over_limit: Msat
    """More than the peer takes in HTLCs at once."""

    @property
    def held(self) -> Msat:
        """All of it."""
        parts = (self.in_flight, self.reserve, self.fee_buffer, self.over_limit)
        return sum(parts, self.spendable)


NO_SHARE: Final = ChannelShare(
    spendable=Msat(0), in_flight=Msat(0), reserve=Msat(0), fee_buffer=Msat(0), over_limit=Msat(0)
)
"""Of a channel that a transaction has closed."""


def share(c: Commitments, terms: ChannelTerms) -> ChannelShare:
    """What we have in a channel, and why not all of it can be spent now."""
    spec = spec_of(c, Owner.REMOTE, CommitmentEvent.SIGN_SENT)
    ours, reserve = spec.to_remote, terms.remote.channel_reserve.to_msat()
    # The HTLC itself adds an output, hence the cost of two more.
    is_funder = terms.is_funder
    fee = _cost(spec, spec.feerate * 2, terms, Owner.REMOTE, 2) if is_funder else Msat(0)
    in_flight = sum(_received_by(spec, Owner.REMOTE, Owner.LOCAL), Msat(0))
    room = terms.remote.max_htlc_value_in_flight - in_flight
    free = max(Msat(0), min(ours - reserve - fee, room))
    held_reserve = min(ours - free, reserve)
    held_fee = min(ours - free - held_reserve, fee)
    return ChannelShare(
        spendable=free,
        in_flight=in_flight,
        reserve=held_reserve,
        fee_buffer=held_fee,
        over_limit=ours - free - held_reserve - held_fee,
    )


def spendable(c: Commitments, terms: ChannelTerms) -> Msat:
    """The most that one more HTLC of ours may carry now (0 if none)."""
    return share(c, terms).spendable


def receivable(c: Commitments, terms: ChannelTerms) -> Msat:
    """The most that one more HTLC of the peer's may carry now (0 if none)."""
    spec = spec_of(c, Owner.LOCAL, CommitmentEvent.SIGN_RECEIVED)
    keep = terms.local.channel_reserve.to_msat()
    if not terms.is_funder:
        keep = keep + _cost(spec, spec.feerate * 2, terms, Owner.LOCAL, 2)
    in_flight = sum(_received_by(spec, Owner.LOCAL, Owner.REMOTE), Msat(0))
    room = terms.local.max_htlc_value_in_flight - in_flight
    return max(Msat(0), min(spec.to_remote - keep, room))


def dust_exposure(
    c: Commitments, terms: ChannelTerms, owner: Owner, feerate: FeeratePerKw | None = None
) -> Msat:
    """The value of HTLCs too small for an output in the owner's commitment, proposed ones too.

    At another feerate than today's, if one is given: it matters where there are no anchors.
    """
    dust_limit = terms.commitment_terms(owner).dust_limit
    if feerate is None:
        feerate = feerate_of(c, owner)
    offered = least_output(HtlcSide.OFFERED, feerate, dust_limit, terms.form).to_msat()
    received = least_output(HtlcSide.RECEIVED, feerate, dust_limit, terms.form).to_msat()
    is_ours = owner is Owner.LOCAL
    return Msat(
        sum(
            htlc.amount.value
            for htlc in c.htlcs.values()
            if htlc.amount < (offered if htlc.by_us is is_ours else received)
        )
    )


def check_received_fee(
    c: Commitments, terms: ChannelTerms, feerate: FeeratePerKw, limits: ChannelLimits
) -> None:
    """BOLT 2, "Updating Fees", receiver.

    The funder can pay it on our next commitment, and without anchors it does not make dust of
    more than we risk.
    """
    for owner in Owner:
        exposure = dust_exposure(c, terms, owner, feerate)
        maximum = max(limits.max_dust_exposure, dust_exposure(c, terms, owner))
        if exposure > maximum:
            raise errors.DustExposureTooLarge(exposure=exposure, maximum=maximum)
    spec = spec_of(c, Owner.LOCAL, CommitmentEvent.SIGN_RECEIVED)
    needed = _cost(spec, feerate, terms, Owner.LOCAL, 0) + terms.local.channel_reserve.to_msat()
    if spec.to_remote < needed:
        raise errors.FunderCannotPay(balance=spec.to_remote, needed=needed)


def can_afford_fee(c: Commitments, terms: ChannelTerms, feerate: FeeratePerKw) -> bool:
    """Whether we, the funder, could pay this feerate on the peer's next commitment."""
    spec = spec_of(c, Owner.REMOTE, CommitmentEvent.SIGN_SENT)
    needed = _cost(spec, feerate, terms, Owner.REMOTE, 1)
    return spec.to_remote >= needed + terms.remote.channel_reserve.to_msat()
