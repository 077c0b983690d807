"""What can go wrong in a channel: one class per rule, each with the operands that explain it.

ChannelError (PeerError)   the peer broke a rule
+-- with `fails_channel`   answered by `error`: the channel cannot go on
+-- without                answered by `warning` and a closed connection: nothing was committed
AddRefusal                 a value: why we will not add an HTLC now
"""

from enum import Enum
from typing import ClassVar

from tipdesk.base.errors import PeerError
from tipdesk.base.units import CltvDelta, FeeratePerKw, Msat, Sat


class ChannelError(PeerError):
    """A rule of BOLT 2 that the peer broke."""

    fails_channel: ClassVar[bool] = False


class UnexpectedMessage(ChannelError):
    """A message that has no place in this state."""

    def __init__(self, *, message: str, state: str) -> None:
        super().__init__(f"{message} is not expected while {state}")
        self.message = message
        self.state = state


class WrongChain(ChannelError):
    """`open_channel`: a chain that is not ours."""


class MissingChannelType(ChannelError):
    """`open_channel`, `accept_channel`: `channel_type` must be there and be the one proposed."""


class FundingOutOfRange(ChannelError):
    """`open_channel`: an amount smaller than we accept or larger than we support."""

    def __init__(self, *, funding: Sat, minimum: Sat, maximum: Sat) -> None:
        super().__init__(
            f"funding of {funding.value} sat, {minimum.value} to {maximum.value} taken"
        )
        self.funding = funding
        self.minimum = minimum
        self.maximum = maximum


class PushTooLarge(ChannelError):
    """`open_channel`: more pushed than funded."""

    def __init__(self, *, push: Msat, funding: Sat) -> None:
        super().__init__(f"push_msat {push.value} of {funding.value} sat")
        self.push = push
        self.funding = funding


class DustLimitOutOfRange(ChannelError):
    """A dust limit that the network does not relay, or that makes too much unenforceable."""

    def __init__(self, *, dust_limit: Sat, minimum: Sat, maximum: Sat) -> None:
        super().__init__(f"dust limit {dust_limit.value}, {minimum.value} to {maximum.value} taken")
        self.dust_limit = dust_limit
        self.minimum = minimum
        self.maximum = maximum


class ReserveBelowDust(ChannelError):
    """A reserve below a dust limit could leave a commitment without outputs."""

    def __init__(self, *, reserve: Sat, dust_limit: Sat) -> None:
        super().__init__(f"reserve {reserve.value} below the dust limit {dust_limit.value}")
        self.reserve = reserve
        self.dust_limit = dust_limit


class ReserveTooLarge(ChannelError):
    """A reserve that would lock up too much of the channel."""

    def __init__(self, *, reserve: Sat, maximum: Sat) -> None:
        super().__init__(f"reserve {reserve.value}, at most {maximum.value} taken")
        self.reserve = reserve
        self.maximum = maximum


class DelayTooLong(ChannelError):
    """A `to_self_delay` that would lock our money up for too long."""

    def __init__(self, *, delay: CltvDelta, maximum: CltvDelta) -> None:
        super().__init__(f"to_self_delay {delay.value}, at most {maximum.value} taken")
        self.delay = delay
        self.maximum = maximum


class HtlcMinimumTooLarge(ChannelError):
    """An `htlc_minimum_msat` that leaves a channel useless for ordinary payments."""

    def __init__(self, *, minimum: Msat, maximum: Msat) -> None:
        super().__init__(f"htlc_minimum_msat {minimum.value}, at most {maximum.value} taken")
        self.minimum = minimum
        self.maximum = maximum


class InFlightTooSmall(ChannelError):
    """A `max_htlc_value_in_flight_msat` that leaves a channel useless."""

    def __init__(self, *, value: Msat, minimum: Msat) -> None:
        super().__init__(
            f"max_htlc_value_in_flight_msat {value.value}, at least {minimum.value} taken"
        )
        self.value = value
        self.minimum = minimum


class HtlcCountOutOfRange(ChannelError):
    """`max_accepted_htlcs` of zero or above 483."""

    def __init__(self, *, count: int) -> None:
        super().__init__(f"max_accepted_htlcs {count}, 1 to 483 allowed")
        self.count = count


class FeerateOutOfRange(ChannelError):
    """A feerate too low to be relayed or absurdly high."""

    def __init__(
        self, *, feerate: FeeratePerKw, minimum: FeeratePerKw, maximum: FeeratePerKw
    ) -> None:
        super().__init__(
            f"feerate {feerate.value} per kw, {minimum.value} to {maximum.value} taken"
        )
        self.feerate = feerate
        self.minimum = minimum
        self.maximum = maximum


class FunderCannotPay(ChannelError):
    """The funder's balance does not bear the fee and the reserve."""

    def __init__(self, *, balance: Msat, needed: Msat) -> None:
        super().__init__(f"{balance.value} msat left to the funder, {needed.value} needed")
        self.balance = balance
        self.needed = needed


class DustExposureTooLarge(ChannelError):
    """A feerate at which HTLCs worth more than we risk would have no output (class 17)."""

    def __init__(self, *, exposure: Msat, maximum: Msat) -> None:
        super().__init__(f"{exposure.value} msat would be dust, at most {maximum.value} may be")
        self.exposure = exposure
        self.maximum = maximum


class UnacceptableShutdownScript(ChannelError):
    """A shutdown script of no allowed form, or not the one promised up front."""


class InvalidCommitmentSignature(ChannelError):
    """The signature of a commitment does not fit the commitment we build."""

    fails_channel = True

    def __init__(self, *, commitment_number: int) -> None:
        super().__init__(f"the signature of commitment {commitment_number} is wrong")
        self.commitment_number = commitment_number


class InvalidHtlcSignature(ChannelError):
    """The signature of an HTLC transaction does not fit."""

    fails_channel = True

    def __init__(self, *, htlc_id: int) -> None:
        super().__init__(f"the signature of the transaction of HTLC {htlc_id} is wrong")
        self.htlc_id = htlc_id


class WrongHtlcSignatureCount(ChannelError):
    """One signature per HTLC output, no more, no less."""

    fails_channel = True

    def __init__(self, *, expected: int, received: int) -> None:
        super().__init__(f"{received} HTLC signatures, {expected} expected")
        self.expected = expected
        self.received = received


class FundingDoesNotPay(ChannelError):
    """The confirmed funding output is not what was agreed on (class 1)."""

    fails_channel = True

    def __init__(self, *, capacity: Sat) -> None:
        super().__init__(f"the funding output does not pay {capacity.value} sat to both keys")
        self.capacity = capacity


class UnexpectedRevocation(ChannelError):
    """`revoke_and_ack` although no `commitment_signed` waits for one."""

    fails_channel = True


class WrongRevocationSecret(ChannelError):
    """A secret that does not belong to the revoked commitment, or not to the peer's own chain."""

    fails_channel = True

    def __init__(self, *, commitment_number: int) -> None:
        super().__init__(f"the secret of commitment {commitment_number} is wrong")
        self.commitment_number = commitment_number


class WrongHtlcId(ChannelError):
    """Ids of added HTLCs count up by one."""

    def __init__(self, *, expected: int, received: int) -> None:
        super().__init__(f"HTLC id {received}, {expected} expected")
        self.expected = expected
        self.received = received


class UnknownHtlc(ChannelError):
    """An HTLC that is not there to be removed, or is being removed already."""

    def __init__(self, *, htlc_id: int) -> None:
        super().__init__(f"HTLC {htlc_id} cannot be removed now")
        self.htlc_id = htlc_id


class WrongPreimage(ChannelError):
    """A preimage that does not hash to the payment hash."""

    fails_channel = True

    def __init__(self, *, htlc_id: int) -> None:
        super().__init__(f"the preimage of HTLC {htlc_id} is wrong")
        self.htlc_id = htlc_id


class NotMarkedBadOnion(ChannelError):
    """`update_fail_malformed_htlc` with a code that lacks the BADONION bit."""

    def __init__(self, *, failure_code: int) -> None:
        super().__init__(f"failure code {failure_code:#06x} without BADONION")
        self.failure_code = failure_code


class HtlcBelowMinimum(ChannelError):
    """An HTLC smaller than we said we take."""

    def __init__(self, *, amount: Msat, minimum: Msat) -> None:
        super().__init__(f"HTLC of {amount.value} msat, at least {minimum.value} taken")
        self.amount = amount
        self.minimum = minimum


class TooManyHtlcs(ChannelError):
    """More HTLCs than we said we take."""

    def __init__(self, *, count: int, maximum: int) -> None:
        super().__init__(f"{count} HTLCs, {maximum} taken")
        self.count = count
        self.maximum = maximum


class TooMuchInFlight(ChannelError):
    """More value in HTLCs than we said we take."""

    def __init__(self, *, value: Msat, maximum: Msat) -> None:
        super().__init__(f"{value.value} msat in flight, {maximum.value} taken")
        self.value = value
        self.maximum = maximum


class ExpiryIsNoHeight(ChannelError):
    """`cltv_expiry` of 500,000,000 and more would be a time."""


class BelowReserve(ChannelError):
    """The sender's balance would fall below what it must keep."""

    def __init__(self, *, balance: Msat, needed: Msat) -> None:
        super().__init__(f"{balance.value} msat left, {needed.value} must stay")
        self.balance = balance
        self.needed = needed


class OnlyFunderSetsFee(ChannelError):
    """`update_fee` from the side that does not pay it."""


class InvalidClosingSignature(ChannelError):
    """The signature of a closing transaction does not fit."""

    def __init__(self, *, fee: Sat) -> None:
        super().__init__(f"the signature of the closing transaction with fee {fee.value} is wrong")
        self.fee = fee


class ClosingFeeOutOfRange(ChannelError):
    """A closing fee outside what both said they take."""

    def __init__(self, *, fee: Sat) -> None:
        super().__init__(f"a closing fee of {fee.value} sat is not acceptable")
        self.fee = fee


class PeerLostState(ChannelError):
    """`channel_reestablish`: the peer is behind what it acknowledged, or claims what cannot be."""

    fails_channel = True

    def __init__(self, *, field: str, received: int, expected: int) -> None:
        super().__init__(f"{field} is {received}, {expected} expected")
        self.field = field
        self.received = received
        self.expected = expected


class WeLostState(ChannelError):
    """`channel_reestablish`: the peer proved that we are behind: never broadcast."""

    fails_channel = True


class AddRefusal(Enum):
    """Why an HTLC cannot be added to a channel now."""

    NOT_USABLE = "the channel is not ready or its peer is away"
    BELOW_MINIMUM = "the amount is below what the peer takes"
    TOO_MANY = "too many payments are under way in the channel"
    TOO_MUCH_IN_FLIGHT = "too much is under way in the channel"
    NO_BALANCE = "there is not enough on our side of the channel"
    DUST_EXPOSURE = "too much is under way in amounts too small for the chain"
