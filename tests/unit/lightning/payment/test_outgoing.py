"""A payment's parts: never over amount or fee limit, and not failed before the last one has."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tipdesk.base.clock import Instant
from tipdesk.base.ids import NodeId, Preimage, ShortChannelId
from tipdesk.base.units import CltvDelta, Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.payment.lessons import Ending, Lesson, Narrow
from tipdesk.lightning.payment.outgoing import (
    MAX_ATTEMPTS,
    Action,
    Begun,
    CalledOff,
    Cancelled,
    Event,
    Fail,
    FindWays,
    NotRouted,
    NotSendable,
    NoWayLeft,
    OutOfAttempts,
    OutOfTime,
    PartFailed,
    PartImpossible,
    PartPaid,
    PartRefused,
    Refused,
    Routed,
    Sending,
    SendPart,
    Succeed,
    Transition,
    step,
)
from tipdesk.lightning.routing.query import Hop, NoRouteReason, Route
from tipdesk.lightning.routing.split import FeesOverLimit, NothingToSend, NoWay

NODES = [NodeId(PrivateKey(sha256(bytes([number]))).point) for number in range(4)]
NOW, LATER = Instant(1_000), Instant(60_000)
PREIMAGE = Preimage(b"\x05" * 32)
NO_WAY = NoWay(NoRouteReason.NO_ROUTE, Msat(1))


def way(amount: int, fee: int = 10, over: int = 1) -> Route:
    """Two channels: ours number `over`, and one behind it."""
    return Route(
        source=NODES[0],
        hops=(
            Hop(
                node_id=NODES[1],
                short_channel_id=ShortChannelId.of(100, over, 0),
                amount=Msat(amount + fee),
                cltv_delta=CltvDelta(100),
            ),
            Hop(
                node_id=NODES[2],
                short_channel_id=ShortChannelId.of(200, over, 0),
                amount=Msat(amount),
                cltv_delta=CltvDelta(50),
            ),
        ),
    )


def sending(amount: int = 100_000, max_fee: int = 100) -> Sending:
    return Sending(amount=Msat(amount), max_fee=Msat(max_fee), deadline=LATER)


def played(state: Sending, *events: Event, now: Instant = NOW) -> Transition:
    """All events one after the other; the actions of all of them."""
    actions: tuple[Action, ...] = ()
    for event in events:
        done = step(state, event, now)
        state, actions = done.state, actions + done.actions
    return Transition(state, actions)


def test_ways_are_looked_for_and_parts_sent_until_nothing_is_missing() -> None:
    done = played(sending(), Begun(), Routed((way(60_000), way(30_000))))
    assert done.actions == (
        FindWays(),
        SendPart(0, way(60_000)),
        SendPart(1, way(30_000)),
        FindWays(),
    )
    assert done.state.missing == Msat(10_000)
    rest = played(done.state, Routed((way(10_000),)))
    assert rest.actions == (SendPart(2, way(10_000)),)
    assert rest.state.missing == Msat(0)


def test_one_preimage_is_success_for_all_parts_and_the_others_follow_in_silence() -> None:
    done = played(sending(), Begun(), Routed((way(60_000), way(40_000, 20))), PartPaid(1, PREIMAGE))
    assert done.actions[-1] == Succeed((way(60_000), way(40_000, 20)), PREIMAGE)
    assert played(done.state, PartPaid(0, PREIMAGE)).actions == ()
    assert played(done.state, PartFailed(0, Lesson())).actions == ()
    assert played(done.state, Cancelled()).actions == ()


def test_a_part_that_failed_is_looked_for_again_while_the_others_wait() -> None:
    lesson = Lesson(avoid_channel=way(1).channels()[1])
    begun = played(sending(), Begun(), Routed((way(60_000), way(40_000, over=2))))
    done = played(begun.state, PartFailed(0, lesson))
    assert done.actions == (FindWays(),)
    assert done.state.missing == Msat(60_000)
    assert done.state.excluded_channels == {lesson.avoid_channel}


def test_it_has_failed_only_when_the_last_part_has() -> None:
    refused = Lesson(ending=Ending.REFUSED)
    begun = played(sending(), Begun(), Routed((way(60_000), way(40_000))))
    first = played(begun.state, PartFailed(0, refused))
    assert first.actions == ()
    assert played(first.state, PartFailed(1, Lesson())).actions == (Fail(Refused()),)
    # Nor does a refusal of one part take back what another part proves.
    assert isinstance(played(first.state, PartPaid(1, PREIMAGE)).actions[0], Succeed)


def test_with_a_part_that_hangs_nothing_is_looked_for_before_another_one_ends() -> None:
    begun = played(sending(), Begun(), Routed((way(60_000), way(40_000))))
    waiting = played(begun.state, PartFailed(0, Lesson()), NotRouted(NO_WAY))
    assert waiting.actions == (FindWays(),)
    assert not waiting.state.is_searching
    assert waiting.state.stopped is None
    again = played(waiting.state, PartFailed(1, Lesson()))
    assert again.actions == (FindWays(),)
    ended = played(again.state, NotRouted(NO_WAY))
    assert ended.actions == (Fail(NoWayLeft(NO_WAY, tried=True)),)


def test_without_a_way_from_the_start_it_fails_at_once() -> None:
    done = played(sending(), Begun(), NotRouted(NO_WAY))
    assert done.actions == (FindWays(), Fail(NoWayLeft(NO_WAY, tried=False)))
    nothing = NothingToSend(Msat(0))
    done = played(sending(0), Begun(), NotRouted(nothing))
    assert done.actions[-1] == Fail(NoWayLeft(nothing, tried=False))


def test_after_the_deadline_nothing_is_sent_and_what_is_under_way_is_waited_for() -> None:
    late = played(sending(), Begun(), now=LATER)
    assert late.actions == (Fail(OutOfTime()),)
    searching = played(sending(), Begun())
    assert played(searching.state, Routed((way(100_000),)), now=LATER).actions == (
        Fail(OutOfTime()),
    )
    sent = played(searching.state, Routed((way(60_000), way(40_000))))
    one = played(sent.state, PartFailed(0, Lesson()), now=LATER)
    assert one.actions == ()
    assert played(one.state, PartFailed(1, Lesson()), now=LATER).actions == (Fail(OutOfTime()),)


def test_what_was_called_off_sends_nothing_and_may_succeed_all_the_same() -> None:
    searching = played(sending(), Begun(), Cancelled())
    assert searching.actions == (FindWays(),)
    assert played(searching.state, Routed((way(100_000),))).actions == (Fail(CalledOff()),)
    assert played(searching.state, NotRouted(NO_WAY)).actions == (Fail(CalledOff()),)
    sent = played(sending(), Begun(), Routed((way(100_000),)), Cancelled())
    assert sent.actions == (FindWays(), SendPart(0, way(100_000)))
    assert isinstance(played(sent.state, PartPaid(0, PREIMAGE)).actions[0], Succeed)
    assert played(sent.state, PartFailed(0, Lesson())).actions == (Fail(CalledOff()),)


def test_ways_found_before_something_was_learnt_are_looked_for_anew() -> None:
    begun = played(sending(), Begun(), Routed((way(30_000), way(30_000))))
    done = played(begun.state, PartFailed(1, Lesson()), Routed((way(40_000),)))
    assert done.actions == (FindWays(),)
    assert not any(isinstance(action, SendPart) for action in done.actions)


@pytest.mark.parametrize("routes", [(way(100_000, 101),), (way(60_000), way(40_001))])
def test_ways_that_break_the_limits_are_never_taken(routes: tuple[Route, ...]) -> None:
    done = played(sending(), Begun(), Routed(routes))
    (_, failed) = done.actions
    assert isinstance(failed, Fail)
    assert isinstance(failed.reason, NoWayLeft)
    assert isinstance(failed.reason.failure, FeesOverLimit)


def test_a_channel_of_ours_that_refuses_twice_is_not_asked_again() -> None:
    """Once it may have been another payment that was quicker."""
    own = way(1).channels()[0]
    once = played(sending(), Begun(), Routed((way(100_000),)), PartRefused(0))
    assert once.actions[-1] == FindWays()
    assert once.state.excluded_channels == frozenset()
    twice = played(once.state, Routed((way(100_000),)), PartRefused(1))
    assert twice.state.excluded_channels == {own}


def test_what_cannot_be_made_ends_the_payment_with_its_reason() -> None:
    done = played(sending(), Begun(), Routed((way(100_000),)), PartImpossible(0, "too long"))
    assert done.actions[-1] == Fail(NotSendable("too long"))


def test_a_channel_that_failed_with_an_amount_is_trusted_with_less() -> None:
    channel = way(1).channels()[1]
    state = sending(1_000_000)

    def fails_with(state: Sending, amount: int) -> Sending:
        lesson = Lesson(narrow=Narrow(channel, Msat(amount)))
        done = played(state, Begun(), Routed((way(amount),)))
        return played(done.state, PartFailed(state.sent, lesson), NotRouted(NO_WAY)).state

    once = fails_with(state, 100_000)
    assert once.carries_less == {channel: Msat(75_000)}
    assert once.excluded_channels == frozenset()
    lesson = Lesson(narrow=Narrow(channel, Msat(13_333)))
    small = played(replace(once, stopped=None, is_searching=False), Begun(), Routed((way(13_333),)))
    assert played(small.state, PartFailed(1, lesson)).state.excluded_channels == {channel}
    # Who takes no parts has no use for less.
    whole = fails_with(replace(state, max_parts=1), 100_000)
    assert whole.excluded_channels == {channel}


def test_attempts_come_to_an_end() -> None:
    state, sent = played(sending(), Begun()).state, 0
    while True:
        done = played(state, Routed((way(100_000),)), PartFailed(sent, Lesson()))
        sent, state = sent + 1, done.state
        if done.actions[-1] == Fail(OutOfAttempts()):
            break
    assert sent == MAX_ATTEMPTS


def _choose(data: st.DataObject, state: Sending) -> Event:
    """Any event that may come now."""
    draw = data.draw
    events: list[Event] = [Cancelled()]
    for number, route in state.in_flight.items():
        lessons = [
            Lesson(),
            Lesson(avoid_channel=route.channels()[-1]),
            Lesson(narrow=Narrow(route.channels()[-1], route.amount)),
            Lesson(ending=Ending.REFUSED),
            Lesson(avoid_node=route.hops[0].node_id),
        ]
        events += [PartFailed(number, lesson) for lesson in lessons]
        events += [PartRefused(number), PartPaid(number, PREIMAGE), PartImpossible(number, "")]
    if state.is_searching:
        events.append(NotRouted(NO_WAY))
        amounts = draw(st.lists(st.integers(1, 120_000), min_size=1, max_size=4))
        fees = draw(st.lists(st.integers(0, 60), min_size=4, max_size=4))
        parts = tuple(way(a, f, n) for n, (a, f) in enumerate(zip(amounts, fees, strict=False)))
        events += [Routed(parts)] * (len(events) + 1)
    return draw(st.sampled_from(events))


@settings(max_examples=200)
@given(data=st.data())
def test_whatever_comes_the_limits_hold_and_there_is_one_end(data: st.DataObject) -> None:
    """Nothing over amount or limit, no part sent after the end, one end, and it always comes."""
    state, now, ends = sending(), NOW, 0
    done = step(state, Begun(), now)
    in_the_air: set[int] = set()
    for _ in range(40):
        state = done.state
        for action in done.actions:
            if isinstance(action, SendPart):
                assert ends == 0
                in_the_air.add(action.number)
            elif isinstance(action, Succeed):
                ends += 1
            elif isinstance(action, Fail):
                ends += 1
                assert not in_the_air
        assert ends <= 1
        assert set(state.in_flight) == in_the_air
        assert state.missing >= Msat(0)
        assert state.fees <= state.max_fee
        assert ends or state.is_searching or state.in_flight
        if ends and not in_the_air:
            return
        event = _choose(data, state)
        if isinstance(event, PartFailed | PartRefused | PartImpossible | PartPaid):
            in_the_air.discard(event.number)
        now = now.plus_ms(data.draw(st.sampled_from([0, 0, 0, 5_000])))
        done = step(state, event, now)
