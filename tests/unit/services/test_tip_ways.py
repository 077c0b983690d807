"""Shared, anonymous and direct tips; budgets, double clicks and odd amounts."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fakes import ADDRESS, CALLBACK, CREATOR, FAN, NODE, STRANGER, sign, until
from tests.unit.services.conftest import POST, Fan
from tipdesk.base.ids import NodeId, TipId
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip57 import read_zap_request
from tipdesk.services.tip_plan import AlreadyTipping, DirectIntent, TipIntent
from tipdesk.tips import ledger
from tipdesk.tips.budget import BudgetScope, OverBudget
from tipdesk.tips.caution import ConfirmationNeeded
from tipdesk.tips.tip import TipStatus
from tipdesk.tips.visibility import Visibility
from tipdesk.tips.way import Address, Node

T = 1_700_000_000
SHARED = sign(
    CREATOR,
    1,
    "made together",
    tags=(("zap", CREATOR.x_only.hex(), "", "2"), ("zap", STRANGER.x_only.hex(), "", "1")),
    created_at=T,
)


def intent(
    sat: int = 21, *, post: Event = POST, comment: str = "", visibility: Visibility | None = None
) -> TipIntent:
    return TipIntent(
        CREATOR.x_only,
        post.id,
        Msat(sat * 1_000),
        comment,
        visibility=visibility or Visibility.PUBLIC,
    )


async def over(fan: Fan, tip_id: TipId) -> TipStatus:
    final = (TipStatus.PAID, TipStatus.RECEIPT_SEEN, TipStatus.FAILED, TipStatus.CANCELLED)
    await until(lambda: fan.view(tip_id).state in final)
    return fan.view(tip_id).state


def meet_both(fan: Fan) -> None:
    fan.meet_ana()
    fan.profiles.learn(sign(STRANGER, 0, json.dumps({"name": "sam", "lud16": ADDRESS})))
    fan.relays.deliver(SHARED)


async def test_a_shared_post_makes_a_tip_for_each_and_all_of_it_arrives(fan: Fan) -> None:
    async with fan.running():
        meet_both(fan)
        first = fan.tips.begin(intent(100, post=SHARED))
        legs = fan.book.legs(first)
        assert [(leg.target.recipient, leg.amount) for leg in legs] == [
            (CREATOR.x_only, Msat(66_667)),
            (STRANGER.x_only, Msat(33_333)),
        ]
        for leg in legs:
            assert await over(fan, leg.tip_id) is TipStatus.PAID
    asked = [read_zap_request(raw) for raw in fan.server.requests]
    assert {request.target.recipient for request in asked} == {CREATOR.x_only, STRANGER.x_only}
    assert {request.target.event_id for request in asked} == {SHARED.id}
    assert ledger.balances(fan.store.entries()).tipped == Msat(100_000)


async def test_undo_takes_all_of_a_shared_tip_back(fan: Fan) -> None:
    fan.tips.undo_window_ms = 60_000
    async with fan.running():
        meet_both(fan)
        first = fan.tips.begin(intent(100, post=SHARED))
        other = fan.book.legs(first)[1].tip_id
        assert fan.tips.undo(other)
        assert [leg.status for leg in fan.book.legs(first)] == [TipStatus.CANCELLED] * 2
    assert fan.wallet.orders == []


async def test_a_sharer_without_an_address_is_not_passed_over_and_is_sent_again_alone(
    fan: Fan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.addresses.PATIENCE_SECONDS", 0.02)
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(SHARED)
        first = fan.tips.begin(intent(100, post=SHARED))
        second = fan.book.legs(first)[1].tip_id
        assert await over(fan, first) is TipStatus.PAID
        assert await over(fan, second) is TipStatus.FAILED
        assert "no lightning address" in fan.view(second).sentence
        fan.profiles.learn(sign(STRANGER, 0, json.dumps({"lud16": ADDRESS})))
        again = fan.tips.retry(second)
        assert await over(fan, again) is TipStatus.PAID
        assert [leg.amount for leg in fan.book.legs(first)] == [
            Msat(66_667),
            Msat(33_333),
            Msat(33_333),
        ]
    assert len(fan.wallet.orders) == 2


async def test_a_sharer_whose_profile_comes_late_is_paid(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        fan.relays.deliver(SHARED)
        first = fan.tips.begin(intent(100, post=SHARED))
        second = fan.book.legs(first)[1].tip_id
        await asyncio.sleep(0.01)
        people = asyncio.ensure_future(fan.people.run())
        await until(lambda: STRANGER.x_only in fan.relays.subscriptions[-1].filters[0].authors)
        fan.relays.deliver(sign(STRANGER, 0, json.dumps({"lud16": ADDRESS})))
        assert await over(fan, second) is TipStatus.PAID
        people.cancel()


async def test_an_anonymous_zap_is_signed_with_a_key_made_for_it_alone(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        tips = [fan.tips.begin(intent(sat, visibility=Visibility.ANONYMOUS)) for sat in (21, 22)]
        for tip_id in tips:
            await over(fan, tip_id)
        first, second = (json.loads(raw) for raw in fan.server.requests)
        keys = {first["pubkey"], second["pubkey"]}
        assert len(keys) == 2
        assert FAN.x_only.hex() not in json.dumps([first, second])
        assert ["anon", ""] in first["tags"]
        tip = fan.book.tip(tips[0])
        assert tip is not None
        assert tip.bill is not None
        assert tip.bill.sender is not None
        assert tip.bill.sender.hex() in keys
        settled = fan.book.settled(tip.bill.payment_hash)
        assert settled is not None
        assert settled.sender == tip.bill.sender


async def test_nothing_is_signed_or_told_of_a_private_tip(fan: Fan) -> None:
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.tips.begin(intent(comment="psst", visibility=Visibility.PRIVATE))
        assert await over(fan, tip_id) is TipStatus.PAID
    (query,) = fan.server.queries
    assert "nostr" not in query
    assert "psst" not in json.dumps(query)


async def test_a_picture_of_a_post_is_named_in_the_request(fan: Fan) -> None:
    picture = "https://img.example/2.jpg"
    async with fan.running():
        fan.meet_ana()
        wish = TipIntent(CREATOR.x_only, POST.id, Msat(21_000), picture=picture)
        tip_id = fan.tips.begin(wish)
        await over(fan, tip_id)
        assert fan.view(tip_id).picture == picture
    assert read_zap_request(fan.server.requests[0]).target.url == picture


async def test_an_address_of_nobody_known_is_paid_without_a_zap(fan: Fan) -> None:
    async with fan.running():
        tip_id = fan.tips.begin(DirectIntent(Address(ADDRESS), Msat(21_000), "hello"))
        assert await over(fan, tip_id) is TipStatus.PAID
        view = fan.view(tip_id)
        assert (view.recipient.title, view.recipient.pubkey) == (ADDRESS, None)
    assert "nostr" not in fan.server.queries[0]
    fan.close()
    fan.open()
    assert fan.view(tip_id) == view


async def test_a_node_is_paid_unasked_once_also_through_a_restart(fan: Fan) -> None:
    node = NodeId(NODE.point)
    async with fan.running():
        tip_id = fan.tips.begin(DirectIntent(Node(node), Msat(21_000), "boost"))
        assert await over(fan, tip_id) is TipStatus.PAID
    (order,) = fan.wallet.keysends
    assert (order.node_id, order.amount) == (node, Msat(21_000))
    assert b"boost" in order.records[0][1]
    fan.close()
    fan.open()
    async with fan.running():
        await asyncio.sleep(0.02)
    assert len(fan.wallet.keysends) == 1


async def test_what_a_server_gives_for_a_tip_is_kept(fan: Fan) -> None:
    true = fan.http.answers[CALLBACK]

    def with_action(url: str) -> bytes:
        fields = json.loads(true(url))  # type: ignore[operator]
        action = {"tag": "url", "description": "song", "url": "http://127.0.0.1/s"}
        return json.dumps(fields | {"successAction": action}).encode()

    fan.http.answers[CALLBACK] = with_action
    async with fan.running():
        fan.meet_ana()
        tip_id = fan.begin()
        assert await over(fan, tip_id) is TipStatus.PAID
    fan.close()
    fan.open()
    reward = fan.view(tip_id).reward
    assert reward is not None
    assert (reward.text, reward.url) == ("song", "http://127.0.0.1/s")
    assert parse_qs(urlsplit(fan.http.asked[-1]).query)["amount"] == ["21000"]


# Once


async def test_one_id_is_one_tip_however_often_it_is_begun(fan: Fan) -> None:
    tip_id = TipId(b"\x07" * 16)
    async with fan.running():
        fan.meet_ana()
        for _ in range(3):
            assert fan.tips.begin(intent(), undo_ms=0, tip_id=tip_id) == tip_id
        assert await over(fan, tip_id) is TipStatus.PAID
        assert fan.tips.begin(intent(), tip_id=tip_id) == tip_id
    fan.close()
    fan.open()
    async with fan.running():
        assert fan.tips.begin(intent(), undo_ms=0, tip_id=tip_id) == tip_id
    assert len(fan.wallet.orders) == 1


async def test_a_double_click_is_one_tip_and_a_second_one_later_is_another(fan: Fan) -> None:
    fan.tips.undo_window_ms = 30
    async with fan.running():
        fan.meet_ana()
        first = fan.begin()
        with pytest.raises(AlreadyTipping):
            fan.begin()
        assert await over(fan, first) is TipStatus.PAID
        assert await over(fan, fan.begin()) is TipStatus.PAID
    assert len(fan.wallet.orders) == 2


# Budgets and questions


async def test_tips_under_way_use_a_budget_and_give_it_back_when_undone(fan: Fan) -> None:
    fan.tips.undo_window_ms = 60_000
    fan.allowance.set_budget(BudgetScope.DAY, Msat(60_000))
    async with fan.running():
        fan.meet_ana()
        first = fan.begin(21)
        second = fan.begin(22)
        with pytest.raises(OverBudget, match="11 sat of it are left, and this takes up to 13 sat"):
            fan.begin(10)
        assert fan.tips.undo(first)
        assert fan.tips.undo(second)
        fan.begin(50)


async def test_a_hundred_tips_at_once_never_pass_a_budget(fan: Fan) -> None:
    fan.tips.undo_window_ms = 0
    fan.allowance.set_budget(BudgetScope.CREATOR, Msat(100_000))
    refused = 0
    async with fan.running():
        fan.meet_ana()
        for number in range(100):
            try:
                fan.begin(10, f"{number}")
            except OverBudget:
                refused += 1
        await until(lambda: all(tip.state.is_paid for tip in fan.tips.tips()))
        spent = sum(order.amount.value for order in fan.wallet.orders)
        assert spent + 1_000 * len(fan.wallet.orders) <= 100_000
        assert refused == 100 - len(fan.wallet.orders)
        fan.clock.pass_ms(48 * 3_600_000)
        fan.begin(10, "tomorrow")


async def test_budgets_are_for_each_person_and_each_app(fan: Fan) -> None:
    fan.tips.undo_window_ms = 0
    fan.allowance.set_budget(BudgetScope.CREATOR, Msat(30_000))
    fan.allowance.set_budget(BudgetScope.APP, Msat(15_000))
    async with fan.running():
        meet_both(fan)
        await over(fan, fan.begin(21))
        with pytest.raises(OverBudget, match="one person"):
            fan.begin(21)
        sam = TipIntent(STRANGER.x_only, None, Msat(10_000), app="a player")
        await over(fan, fan.tips.begin(sam, undo_ms=0))
        with pytest.raises(OverBudget, match="this app"):
            fan.tips.begin(sam, undo_ms=0)
        await over(fan, fan.tips.begin(TipIntent(STRANGER.x_only, None, Msat(10_000))))


async def test_what_the_person_set_is_remembered(fan: Fan) -> None:
    fan.allowance.set_budget(BudgetScope.DAY, None)
    fan.allowance.set_budget(BudgetScope.APP, Msat(5_000))
    fan.allowance.retype_from = Msat(1_000)
    fan.close()
    fan.open()
    assert fan.allowance.budget(BudgetScope.DAY) is None
    assert fan.allowance.budget(BudgetScope.APP) == Msat(5_000)
    assert fan.allowance.budget(BudgetScope.CREATOR) == Msat(50_000_000)
    assert fan.allowance.retype_from == Msat(1_000)


async def test_twenty_times_the_usual_is_begun_only_when_typed_twice(fan: Fan) -> None:
    fan.tips.undo_window_ms = 0
    async with fan.running():
        fan.meet_ana()
        for number in range(3):
            await over(fan, fan.begin(10, f"{number}"))
        with pytest.raises(ConfirmationNeeded, match="200 sat is 20 times your usual 10 sat"):
            fan.tips.begin(intent(200))
        assert len(fan.tips.tips()) == 3
        await over(fan, fan.tips.begin(intent(200), typed_again=Msat(200_000)))
    assert fan.wallet.orders[-1].amount == Msat(200_000)
