"""Payments in parts: what no single channel carries, what fails on one way, what hangs on one."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, two_ways
from tests.waiting import eventually
from tipdesk.base.clock import BLOCK_MS, Instant
from tipdesk.base.units import Msat
from tipdesk.node import invoices
from tipdesk.tips.payment import (
    CreatedInvoice,
    Failed,
    FailureReason,
    InFlight,
    PaymentUpdate,
    PayRequest,
    Quote,
    Succeeded,
)

MUCH = Msat(1_500_000_000)
"""More than either of the fan's channels holds."""
FEES = Msat(1_000_000)


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with two_ways(tmp_path) as world:
        yield world


def parts_at(made: World, *names: str) -> int:
    return sum(len(made.members[name].htlcs) for name in names)


async def pay_until(
    fan: Member, invoice: CreatedInvoice, deadline: Instant, amount: Msat = MUCH
) -> list[PaymentUpdate]:
    request = PayRequest(
        invoice=invoice.invoice,
        payment_hash=invoice.payment_hash,
        amount=amount,
        max_fee=FEES,
        deadline=deadline,
    )
    return [update async for update in fan.node.payments.pay(request)]


async def test_what_no_channel_carries_alone_goes_in_parts(
    made: World, fan: Member, creator: Member
) -> None:
    before = made.balances()
    invoice = creator.invoice(MUCH)
    quote = await fan.node.payments.quote(invoice.invoice, FEES)
    assert isinstance(quote, Quote)
    assert (quote.parts, quote.channels) == (2, 2)
    (flying, paid) = await fan.pay(invoice, MUCH, FEES)
    assert isinstance(flying, InFlight)
    assert flying.parts == 2
    assert isinstance(paid, Succeeded)
    assert (paid.amount, paid.fee, paid.parts, paid.channels) == (MUCH, quote.fee, 2, 2)
    await made.quiet()
    now = made.balances()
    assert now["creator"] - before["creator"] == MUCH.value
    assert before["fan"] - now["fan"] == (MUCH + paid.fee).value
    received = creator.node.invoices.received(invoice.payment_hash)
    assert received is not None
    assert received.amount == MUCH
    await fan.restart(killed=False)
    assert fan.node.payments.lookup(invoice.payment_hash) == paid


async def test_class_32_the_fee_limit_is_for_all_parts_together(
    made: World, fan: Member, creator: Member
) -> None:
    invoice = creator.invoice(MUCH)
    quote = await fan.node.payments.quote(invoice.invoice, FEES)
    assert isinstance(quote, Quote)
    before = fan.stored_balance()
    (failed,) = await fan.pay(invoice, MUCH, quote.fee - Msat(1))
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.FEE_OVER_LIMIT
    assert fan.stored_balance() == before
    (*_, paid) = await fan.pay(invoice, MUCH, quote.fee)
    assert isinstance(paid, Succeeded)
    await made.quiet()


async def test_a_part_that_fails_is_sent_again_over_another_way(
    made: World, fan: Member, creator: Member, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="tipdesk.node.payments")
    right = made.members["right"]
    drained = Msat(900_000_000)
    assert isinstance((await right.pay(creator.invoice(drained), drained, FEES))[-1], Succeeded)
    drained = Msat(400_000_000)
    assert isinstance(
        (await creator.pay(made.members["left"].invoice(drained), drained, FEES))[-1], Succeeded
    )
    await made.quiet()
    before = made.balances()
    invoice = creator.invoice(Msat(1_300_000_000))
    (*_, paid) = await fan.pay(invoice, Msat(1_300_000_000), FEES)
    assert isinstance(paid, Succeeded), paid
    assert "a part failed: hop 0: A channel on the way cannot carry" in caplog.text
    await made.quiet()
    now = made.balances()
    assert before["fan"] - now["fan"] == (paid.amount + paid.fee).value
    assert now["creator"] - before["creator"] == paid.amount.value


async def test_class_30_with_one_part_hanging_a_payment_is_neither_failed_nor_paid_twice(
    made: World, fan: Member, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It shows since when and until which height at most; in the end both parts come back."""
    monkeypatch.setattr(invoices, "MPP_TIMEOUT_MS", 300)
    right = made.members["right"]
    before = made.balances()
    right.store.dies_at = right.store.commits + 2
    invoice = creator.invoice(MUCH)
    deadline = fan.clock.now().plus_ms(600)
    paying = asyncio.create_task(pay_until(fan, invoice, deadline))
    await right.died.wait()
    await right.stop(killed=True)
    await eventually(lambda: len(fan.htlcs) == 1 and parts_at(made, "left", "creator") == 0, "")
    fan.clock.moved_ms = 10_000
    await asyncio.wait({paying}, timeout=0.3)
    assert not paying.done()
    hanging = fan.node.payments.lookup(invoice.payment_hash)
    assert isinstance(hanging, InFlight)
    assert hanging.parts == 1
    (htlc,) = fan.htlcs
    assert hanging.expiry == htlc.cltv_expiry
    blocks = htlc.cltv_expiry.value - fan.node.height().value
    assert hanging.ends_by is not None
    assert abs(hanging.ends_by.since(fan.clock.now()) - blocks * BLOCK_MS) < BLOCK_MS
    await right.start()
    (*_, failed) = await paying
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.TRIED_EVERYTHING
    await made.quiet()
    await made.usable()
    assert made.balances() == before


async def test_two_payments_at_once_share_the_channels_and_neither_takes_too_much(
    made: World, fan: Member, creator: Member
) -> None:
    before = made.balances()
    amounts = [Msat(900_000_000), Msat(900_000_000), Msat(600_000_000)]
    given = [creator.invoice(amount) for amount in amounts]
    ends = await asyncio.gather(
        *(fan.pay(i, amount, FEES) for i, amount in zip(given, amounts, strict=True))
    )
    await made.quiet()
    last = [updates[-1] for updates in ends]
    paid = [update for update in last if isinstance(update, Succeeded)]
    assert 1 <= len(paid) <= 2
    assert all(isinstance(update, Succeeded | Failed) for update in last)
    now = made.balances()
    moved = sum(update.amount.value for update in paid)
    fees = sum(update.fee.value for update in paid)
    assert now["creator"] - before["creator"] == moved
    assert before["fan"] - now["fan"] == moved + fees


async def test_what_is_called_off_sends_nothing_more(
    made: World, fan: Member, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "MPP_TIMEOUT_MS", 200)
    right = made.members["right"]
    right.store.dies_at = right.store.commits + 2
    invoice = creator.invoice(MUCH)
    paying = asyncio.create_task(fan.pay(invoice, MUCH, FEES))
    await right.died.wait()
    await right.stop(killed=True)
    assert fan.node.payments.cancel(invoice.payment_hash)
    await eventually(lambda: len(fan.htlcs) == 1, "the other part is not back")
    await right.start()
    (*_, failed) = await paying
    assert isinstance(failed, Failed)
    assert failed.reason is FailureReason.CALLED_OFF
    assert not fan.node.payments.cancel(invoice.payment_hash)
    await made.quiet()
