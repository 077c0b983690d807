"""Two channels over a wire that loses connections and a disk that outlives crashes (BOLT 2).

Whatever the order of adds, settlements, signatures, deliveries, disconnections and crashes: no rule
is broken, no msat is made or lost, nothing binding is sent before it is stored, and once all is
quiet both sides agree on every number.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.channels import FUNDING, Pair, Side, preimage_of
from tipdesk.base.units import FeeratePerKw, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.channel import action, command
from tipdesk.lightning.channel.commitments import spec_of
from tipdesk.lightning.channel.htlc import Htlc, Owner
from tipdesk.lightning.channel.state import Normal

SIDES = st.sampled_from(["alice", "bob"])


class TwoChannels(RuleBasedStateMachine):
    @initialize(push=st.integers(0, 900_000_000))
    def open(self, push: int) -> None:
        self.pair = Pair(Msat(push))
        self.pair.open()
        self.online = True
        self.counter = 0
        self.numbers: dict[bytes, int] = {}
        self.settled: dict[tuple[str, int], bool] = {}

    def side(self, name: str) -> Side:
        return self.pair.alice if name == "alice" else self.pair.bob

    @precondition(lambda self: self.online)
    @rule(name=SIDES, amount=st.integers(1, 40_000_000))
    def add(self, name: str, amount: int) -> None:
        self.counter += 1
        self.numbers[sha256(preimage_of(self.counter))] = self.counter
        self.side(name).add(self.counter, Msat(amount))

    @rule(name=SIDES, fulfill=st.booleans())
    def settle(self, name: str, fulfill: bool) -> None:
        side = self.side(name)
        waiting = side.committed_incoming()
        if waiting:
            htlc = waiting[0]
            self.settled[name, htlc.id] = fulfill
            if fulfill:
                side.fulfill(htlc, self.numbers[htlc.payment_hash])
            else:
                side.fail(htlc)

    @precondition(lambda self: self.online)
    @rule(name=SIDES, count=st.integers(1, 4))
    def deliver(self, name: str, count: int) -> None:
        for _ in range(count):
            self.pair.deliver_one(self.side(name))

    @precondition(lambda self: self.online)
    @rule(name=SIDES)
    def sign(self, name: str) -> None:
        self.side(name).sign()

    @precondition(lambda self: self.online)
    @rule(rate=st.integers(253, 4000))
    def change_fee(self, rate: int) -> None:
        self.pair.alice.do(command.UpdateFeerate(FeeratePerKw(rate)))

    @precondition(lambda self: self.online)
    @rule()
    def disconnect(self) -> None:
        self.pair.disconnect()
        self.online = False

    @precondition(lambda self: not self.online)
    @rule()
    def connect(self) -> None:
        self.pair.connect()
        self.online = True

    @rule(name=SIDES)
    def crash(self, name: str) -> None:
        if self.online:
            self.pair.disconnect()
            self.online = False
        self.side(name).crash()

    @rule()
    def come_to_rest(self) -> None:
        if not self.online:
            self.connect()
        for _ in range(3):
            self.pair.deliver()
            for side in self.pair.sides:
                for htlc in side.committed_incoming():
                    side.fail(htlc)
        self.pair.deliver()
        self.agree()

    def agree(self) -> None:
        alice, bob = self.pair.alice.commitments, self.pair.bob.commitments
        assert isinstance(self.pair.alice.state, Normal)
        assert alice.is_quiet
        assert bob.is_quiet
        assert alice.local_balance == bob.remote_balance
        assert alice.remote_balance == bob.local_balance
        assert alice.feerate == bob.feerate
        assert (alice.local_number, alice.remote_number) == (bob.remote_number, bob.local_number)
        mine, theirs = spec_of(alice, Owner.LOCAL), spec_of(bob, Owner.REMOTE)
        assert (mine.to_local, mine.to_remote) == (theirs.to_local, theirs.to_remote)

    @invariant()
    def no_msat_is_made_or_lost(self) -> None:
        if not hasattr(self, "pair"):
            return
        for side in self.pair.sides:
            c = side.commitments
            assert c.local_balance + c.remote_balance == FUNDING.to_msat()
            for owner in Owner:
                spec = spec_of(c, owner)
                in_htlcs = sum((htlc.amount for htlc in spec.htlcs), Msat(0))
                assert spec.to_local + spec.to_remote + in_htlcs == FUNDING.to_msat()
                assert spec.to_local >= Msat(0)
                assert spec.to_remote >= Msat(0)

    @invariant()
    def a_fulfilled_htlc_was_settled_by_its_receiver(self) -> None:
        if not hasattr(self, "pair"):
            return
        for side in self.pair.sides:
            for event in side.events:
                if isinstance(event, action.HtlcFulfilled | action.HtlcFailed):
                    receiver = self.pair.other(side).name
                    self._check_outcome(receiver, event.htlc, event)

    def _check_outcome(
        self, receiver: str, htlc: Htlc, event: action.HtlcFulfilled | action.HtlcFailed
    ) -> None:
        fulfilled = isinstance(event, action.HtlcFulfilled)
        decided = self.settled.get((receiver, htlc.id))
        if fulfilled:
            assert decided is True
        else:
            assert decided is not True


TestTwoChannels = TwoChannels.TestCase
TestTwoChannels.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
