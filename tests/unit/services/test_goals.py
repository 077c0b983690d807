"""Goals: published where we write, counted from judged receipts, and only in time."""

from dataclasses import replace
from typing import Any

import pytest

from tests.fakes import CREATOR, FAN, RELAY, START, STRANGER, sign
from tests.unit.services.conftest import Fan
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.nostr.nip75 import GoalProgress, read_goal
from tipdesk.services import goals
from tipdesk.services.events import GoalChanged
from tipdesk.services.goals import GoalService
from tipdesk.tips.receipt import JudgedReceipt, TrustGrade

T = START.unix_seconds
FAR = "ws://127.0.0.1:9001"
TAGS = (("relays", FAR), ("amount", "100000"), ("closed_at", str(T + 60)))
GOAL = sign(CREATOR, 9_041, "a cello", tags=TAGS, created_at=T - 9)


def service(fan: Fan) -> GoalService:
    return GoalService(
        signer=KeySigner(FAN, fan.entropy),
        lists=fan.lists,
        relays=fan.relays,
        store=fan.verdicts,
        receipts=fan.receipts,
        bus=fan.bus,
        clock=fan.clock,
    )


def receipt(number: int, goal: EventId, **other: Any) -> JudgedReceipt:
    made = JudgedReceipt(
        id=EventId(bytes([number]) * 32),
        grade=TrustGrade.B,
        payment_hash=PaymentHash(bytes([number]) * 32),
        amount=Msat(60_000),
        sender=STRANGER.x_only,
        target=ZapTarget(recipient=CREATOR.x_only, event_id=goal),
        comment="",
        signer=STRANGER.x_only,
        paid_at=Instant.from_unix_seconds(T),
        judged_at=START,
    )
    return replace(made, **other)


async def test_a_goal_of_ours_is_published_where_we_write(fan: Fan) -> None:
    ours = service(fan)
    goal = await ours.publish(amount=Msat(5_000), description="strings", closed_at=T + 5)
    event, urls = fan.relays.published[-1]
    assert read_goal(event) == goal
    assert (goal.relays, urls) == ((RELAY,), (RELAY,))
    assert GoalChanged(event.id) in fan.events
    (view,) = ours.goals(FAN.x_only)
    assert (view.goal, view.is_closed) == (goal, False)
    fan.clock.pass_ms(6_000)
    assert ours.goals(FAN.x_only)[0].is_closed


async def test_only_what_came_in_time_counts(fan: Fan) -> None:
    ours = service(fan)
    fan.relays.stored[RELAY] = [GOAL]
    await ours.refresh(CREATOR.x_only)
    late = Instant.from_unix_seconds(T + 61)
    elsewhere = ZapTarget(recipient=STRANGER.x_only, event_id=GOAL.id)
    for one in (
        receipt(1, GOAL.id),
        receipt(1, GOAL.id, grade=TrustGrade.A),
        receipt(2, GOAL.id, paid_at=late),
        receipt(3, GOAL.id, target=elsewhere),
        receipt(4, EventId(bytes(32))),
    ):
        fan.receipts._keep(one)
    view = ours.view(GOAL.id)
    assert view is not None
    assert view.progress == GoalProgress(Msat(60_000), 1, Msat(60_000), is_reached=False)
    again = service(fan)  # after a restart, from the verdicts that are kept
    await again.refresh(CREATOR.x_only)
    assert again.view(GOAL.id) == view


async def test_of_our_own_goal_only_what_our_wallet_settled_counts(fan: Fan) -> None:
    ours = service(fan)
    goal = await ours.publish(amount=Msat(5_000), description="strings")
    assert goal.id is not None
    target = ZapTarget(recipient=FAN.x_only, event_id=goal.id)
    fan.receipts._keep(receipt(1, goal.id, target=target))
    fan.receipts._keep(receipt(2, goal.id, target=target, grade=TrustGrade.A))
    (view,) = ours.goals(FAN.x_only)
    assert (view.progress.collected, view.progress.is_reached) == (Msat(60_000), True)


async def test_a_goal_taken_back_and_a_strangers_are_not_shown(fan: Fan) -> None:
    ours = service(fan)
    fan.relays.stored[RELAY] = [
        GOAL,
        sign(STRANGER, 5, tags=(("e", GOAL.id.hex()),)),
        sign(CREATOR, 9_041, "no amount", tags=TAGS[:1]),
        sign(STRANGER, 9_041, "a boat", tags=TAGS),
    ]
    await ours.refresh(CREATOR.x_only)
    assert [view.goal.id for view in ours.goals(CREATOR.x_only)] == [GOAL.id]
    fan.relays.stored[RELAY].append(sign(CREATOR, 5, tags=(("e", GOAL.id.hex()),)))
    await ours.refresh(CREATOR.x_only)
    assert ours.goals(CREATOR.x_only) == ()
    assert ours.goal(GOAL.id) is None


async def test_a_goals_zaps_are_listened_for_where_it_says(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(goals, "MAX_WATCHED", 1)
    ours = service(fan)
    second = sign(CREATOR, 9_041, "a bow", tags=TAGS, created_at=T - 5)
    fan.relays.stored[RELAY] = [GOAL, second]
    await ours.refresh(CREATOR.x_only)
    ours.watch(GOAL.id)
    ours.watch(GOAL.id)
    (first,) = fan.relays.subscriptions
    assert first.urls == (FAR,)
    assert first.filters[0].tags == {"e": (GOAL.id.hex(),)}
    ours.watch(second.id)
    assert [one.is_open for one in fan.relays.subscriptions] == [False, True]
    ours.unwatch(second.id)
    assert not fan.relays.subscriptions[1].is_open


async def test_goals_are_bounded(fan: Fan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goals, "MAX_GOALS", 2)
    ours = service(fan)
    key = PrivateKey(bytes([9]) * 32)
    fan.relays.stored[RELAY] = [
        sign(key, 9_041, str(n), tags=TAGS, created_at=T + n) for n in range(4)
    ]
    await ours.refresh(key.x_only)
    assert len(ours.goals(key.x_only)) == 2
