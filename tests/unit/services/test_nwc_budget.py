"""A budget that cannot be passed: many requests at once, and a process that dies anywhere."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.fakes import FakeClock, make_invoice, preimage_of, until
from tests.serving import App, Desk, code_of
from tipdesk.base.clock import Instant
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.tips.connection import BudgetPeriod, Order, OrderState, Sums, sums
from tipdesk.tips.payment import FailureReason, PayRequest

COST = Msat(22_000)
"""Of an invoice of the fakes: 21 sat, and 1 sat for the way."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    for number in range(1, 101):
        made.wallet.preimages[hash_of(number)] = preimage_of(number)
    yield made
    made.close()


class Killed(Exception):
    """The process is no more."""


def hash_of(number: int) -> PaymentHash:
    return PaymentHash(sha256(preimage_of(number)))


def pay(number: int = 1) -> dict[str, object]:
    return {"invoice": make_invoice(number)}


async def killed_within(desk: Desk) -> App:
    """An app asks for a payment, and the process dies of it."""
    app = App(desk, desk.served.connect(budget=Msat(100_000)))
    with pytest.raises(ExceptionGroup) as died:
        await lives_until_killed(desk, app)
    assert died.group_contains(Killed)
    desk.crash()
    desk.open()
    return app


async def lives_until_killed(desk: Desk, app: App) -> None:
    async with desk.running() as served:
        app.send("pay_invoice", pay())
        await until(lambda: served.server._group is None)


async def test_class_36_a_hundred_at_once_do_not_pass_the_budget(desk: Desk) -> None:
    async with desk.running() as served:
        app = App(desk, served.connect(budget=Msat(500_000)))
        events = [app.send("pay_invoice", pay(number)) for number in range(1, 101)]
        answers = [await app.answer(event) for event in events]
        paid = [answer for answer in answers if not answer["error"]]
        assert {code_of(answer) for answer in answers} == {"", "QUOTA_EXCEEDED"}
        assert len(paid) == len(desk.wallet.orders)
        # At the moment of the last order 24 sat had to be free for each that was not settled.
        assert 500_000 // 24_000 <= len(paid) <= 500_000 // COST.value
        (view,) = served.connections.connections()
        assert view.spending.used == COST * len(paid) <= Msat(500_000)
        assert sums(served.store.entries()) == Sums(spent=COST * len(paid))


async def test_class_36_what_is_under_way_counts_with_its_whole_fee_limit(desk: Desk) -> None:
    desk.wallet.how = "silent"
    async with desk.running() as served:
        app = App(desk, served.connect(budget=Msat(48_000)))
        app.send("pay_invoice", pay(1))
        app.send("pay_invoice", pay(2))
        assert code_of(await app.ask("pay_invoice", pay(3))) == "QUOTA_EXCEEDED"
        assert sums(served.store.entries()) == Sums(held=Msat(48_000))


async def test_class_36_killed_between_hold_and_order_nothing_was_paid_and_all_comes_back(
    desk: Desk,
) -> None:
    def die(_: PayRequest) -> None:
        raise Killed

    desk.wallet.before_paying = die
    app = await killed_within(desk)
    # The hold was durable before the order left.
    assert sums(desk.served.store.entries()) == Sums(held=Msat(24_000))
    async with desk.running() as served:
        await until(lambda: not served.store.orders_under_way())
        assert sums(served.store.entries()) == Sums()
        (order,) = [served.store.order_of(hash_of(1))]
        assert order is not None
        assert order.state is OrderState.FAILED
        # Who waited is told, by the process that knows.
        await until(lambda: app.answers(order.id))
        assert code_of(app.answers(order.id)[0]) == "PAYMENT_FAILED"
    assert desk.wallet.orders == []


async def test_class_36_killed_between_settlement_and_commit_the_cost_is_counted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_book: ConnectionBook, _order: Order) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ConnectionBook, "end", die)
        app = await killed_within(desk)
    assert sums(desk.served.store.entries()) == Sums(held=Msat(24_000))
    async with desk.running() as served:
        await until(lambda: not served.store.orders_under_way())
        assert sums(served.store.entries()) == Sums(spent=COST)
        order = served.store.order_of(hash_of(1))
        assert order is not None
        await until(lambda: app.answers(order.id))
        assert app.answers(order.id)[0]["result"]["preimage"] == preimage_of(1).hex()
        # The same invoice again is answered and not paid again.
        again = await app.ask("pay_invoice", pay())
        assert again["result"]["preimage"] == preimage_of(1).hex()
    assert len(desk.wallet.orders) == 1


async def test_after_a_restart_a_hold_stays_until_the_wallet_knows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.nwc_orders._LOOK_UP_SECONDS", (0.01, 0.01))
    desk.wallet.how = "silent"
    async with desk.running() as served:
        app = App(desk, served.connect())
        app.send("pay_invoice", pay())
        await until(lambda: desk.wallet.orders)
    desk.crash()
    desk.open()
    async with desk.running() as served:
        before = desk.wallet.lookups
        await until(lambda: desk.wallet.lookups > before + 3)
        assert sums(served.store.entries()) == Sums(held=Msat(24_000))
        desk.wallet.known[hash_of(1)] = desk.wallet.success(desk.wallet.orders[0])
        await until(lambda: sums(served.store.entries()) == Sums(spent=COST))
    assert len(desk.wallet.orders) == 1


async def test_in_one_process_unheard_of_is_no_proof_before_the_invoice_expires(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tipdesk.services.nwc_orders._LOOK_UP_SECONDS", (0.01, 0.01))
    desk.wallet.how = "silent"
    async with desk.running() as served:
        app = App(desk, served.connect())
        app.send("pay_invoice", pay())
        await until(lambda: desk.wallet.orders)
        del desk.wallet.known[hash_of(1)]
        before = desk.wallet.lookups
        await until(lambda: desk.wallet.lookups > before + 3)
        assert sums(served.store.entries()) == Sums(held=Msat(24_000))
        desk.clock.pass_ms(3_600_000)
        await until(lambda: sums(served.store.entries()) == Sums())


async def test_a_budget_of_all_time_counts_all_time(desk: Desk) -> None:
    async with desk.running() as served:
        app = App(desk, served.connect(budget=Msat(30_000), period=BudgetPeriod.EVER))
        assert (await app.ask("pay_invoice", pay()))["result"]
        desk.clock.pass_ms(400 * 24 * 3_600_000)
        late = make_invoice(2, timestamp=desk.clock.now().unix_seconds)
        assert code_of(await app.ask("pay_invoice", {"invoice": late})) == "QUOTA_EXCEEDED"


async def test_a_new_day_has_the_whole_budget_again_and_what_was_begun_stays_with_its_day(
    desk: Desk,
) -> None:
    async with desk.running() as served:
        app = App(desk, served.connect(budget=Msat(30_000)))
        desk.wallet.how = "silent"
        app.send("pay_invoice", pay())
        await until(lambda: desk.wallet.orders)
        (view,) = served.connections.connections()
        assert view.spending.left == Msat(6_000)
        desk.clock.pass_ms(24 * 3_600_000)
        (view,) = served.connections.connections()
        assert view.spending.left == Msat(30_000)


@pytest.mark.parametrize(
    ("period", "begins"),
    [
        (BudgetPeriod.DAY, datetime(2026, 3, 29, tzinfo=UTC)),
        (BudgetPeriod.WEEK, datetime(2026, 3, 23, tzinfo=UTC)),
        (BudgetPeriod.MONTH, datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_periods_begin_as_the_calendar_of_the_place_has_it(
    desk: Desk, period: BudgetPeriod, begins: datetime
) -> None:
    zone = timezone(timedelta(hours=5))
    moment = datetime(2026, 3, 29, 3, 30, tzinfo=zone)
    clock = FakeClock(Instant(int(moment.timestamp() * 1_000)))
    desk.served.connect(period=period)
    (connection,) = desk.served.store.connections()
    book = ConnectionBook(store=desk.served.store, clock=clock, zone=zone)
    local = begins.replace(tzinfo=zone)
    assert book.period_began(connection) == Instant(int(local.timestamp() * 1_000))


async def test_a_fee_above_its_limit_is_counted_as_what_it_cost(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.wallet.fee = Msat(9_000)
    async with desk.running() as served:
        app = App(desk, served.connect())
        await app.ask("pay_invoice", pay())
        assert sums(served.store.entries()) == Sums(spent=Msat(30_000))
    assert "above" in caplog.text
    caplog.clear()


async def test_a_failure_and_a_success_leave_the_budget_as_their_sum(desk: Desk) -> None:
    async with desk.running() as served:
        app = App(desk, served.connect(budget=Msat(50_000)))
        ends: tuple[str | FailureReason, ...] = (
            FailureReason.NO_ROUTE,
            "succeed",
            FailureReason.REFUSED,
        )
        for number, how in enumerate(ends, 1):
            desk.wallet.how = how
            await app.ask("pay_invoice", pay(number))
        assert sums(served.store.entries()) == Sums(spent=COST)


async def test_apps_do_not_share_a_budget(desk: Desk) -> None:
    async with desk.running() as served:
        one, two = (App(desk, served.connect(name=name, budget=Msat(24_000))) for name in "ab")
        answers = await asyncio.gather(
            one.ask("pay_invoice", pay(1)), two.ask("pay_invoice", pay(2))
        )
        assert all(answer["result"] for answer in answers)
        assert {view.spending.used for view in served.connections.connections()} == {COST}
