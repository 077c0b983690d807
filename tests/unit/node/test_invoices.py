"""Payments that arrive: the preimage is given for all of it, in time, once; or not at all."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.nodes import Member, World, pair
from tests.onions import Answer, Sender, final, in_blocks
from tipdesk.base.ids import Preimage
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.sphinx.payload import FinalPayload
from tipdesk.lightning.wire.failures import Failure, FailureCode
from tipdesk.node import invoices
from tipdesk.tips.payment import CreatedInvoice, IncomingPayment

AMOUNT = Msat(5_000_000)
UNKNOWN = FailureCode.INCORRECT_OR_UNKNOWN_PAYMENT_DETAILS


@pytest_asyncio.fixture
async def made(tmp_path: Path) -> AsyncIterator[World]:
    async with pair(tmp_path) as world:
        yield world


@pytest.fixture
def creator(made: World) -> Member:
    return made.members["creator"]


@pytest.fixture
def sender(made: World) -> Sender:
    return Sender(made.members["fan"])


async def send(
    sender: Sender,
    creator: Member,
    invoice: CreatedInvoice,
    *,
    amount: Msat = AMOUNT,
    blocks: int = 50,
    total: Msat | None = None,
    secret: bytes | None = None,
    promised: Msat | None = None,
) -> Answer:
    """One HTLC for the invoice; `promised` is what the onion says instead of its amount."""
    expiry = in_blocks(creator, blocks)
    payload = final(invoice, promised or amount, expiry, total=total, secret=secret)
    payloads = ((creator.node.node_id, payload),)
    async with asyncio.timeout(5):
        return await sender.offer(payloads, amount, invoice.payment_hash, expiry)


def refused(answer: Answer, code: FailureCode) -> Failure:
    assert isinstance(answer, tuple), answer
    hop, failure = answer
    assert (hop, failure.code) == (0, code)
    return failure


def is_preimage(answer: Answer, invoice: CreatedInvoice) -> bool:
    return isinstance(answer, Preimage) and sha256(answer) == invoice.payment_hash


async def test_the_exact_amount_buys_the_preimage_and_is_told_once(
    sender: Sender, creator: Member
) -> None:
    told: list[IncomingPayment] = []
    creator.node.invoices.on_received(told.append)
    invoice = creator.invoice(AMOUNT)
    answer = await send(sender, creator, invoice)
    assert is_preimage(answer, invoice)
    assert [(p.payment_hash, p.amount) for p in told] == [(invoice.payment_hash, AMOUNT)]
    assert creator.node.invoices.received(invoice.payment_hash) == told[0]


async def test_class_29_an_invoice_that_was_paid_is_refused_the_second_time(
    made: World, sender: Sender, creator: Member
) -> None:
    """Class 29."""
    invoice = creator.invoice(AMOUNT)
    await send(sender, creator, invoice)
    await made.quiet()
    balance = creator.stored_balance()
    failure = refused(await send(sender, creator, invoice), UNKNOWN)
    assert failure.htlc_msat == AMOUNT
    await made.quiet()
    assert creator.stored_balance() == balance


@pytest.mark.parametrize("amount", [AMOUNT - Msat(1), Msat(1), AMOUNT * 2 + Msat(1)])
async def test_less_than_the_amount_or_more_than_twice_of_it_is_refused(
    sender: Sender, creator: Member, amount: Msat
) -> None:
    invoice = creator.invoice(AMOUNT)
    failure = refused(await send(sender, creator, invoice, amount=amount), UNKNOWN)
    assert failure.height == creator.node.height()
    assert creator.node.invoices.received(invoice.payment_hash) is None


async def test_twice_the_amount_is_taken_whole(sender: Sender, creator: Member) -> None:
    invoice = creator.invoice(AMOUNT)
    assert is_preimage(await send(sender, creator, invoice, amount=AMOUNT * 2), invoice)
    received = creator.node.invoices.received(invoice.payment_hash)
    assert received is not None
    assert received.amount == AMOUNT * 2


async def test_an_invoice_without_an_amount_takes_any(sender: Sender, creator: Member) -> None:
    invoice = creator.invoice(None)
    assert is_preimage(await send(sender, creator, invoice, amount=Msat(777_777)), invoice)


async def test_class_27_a_router_that_keeps_something_back_is_found_out(
    sender: Sender, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    answer = await send(sender, creator, invoice, amount=AMOUNT - Msat(1), promised=AMOUNT)
    failure = refused(answer, FailureCode.FINAL_INCORRECT_HTLC_AMOUNT)
    assert failure.incoming_htlc_amt == AMOUNT - Msat(1)


async def test_class_28_a_wrong_secret_an_unknown_hash_and_an_early_expiry_look_the_same(
    sender: Sender, creator: Member
) -> None:
    """Whoever probes learns nothing (class 28)."""
    invoice = creator.invoice(AMOUNT)
    unknown = CreatedInvoice(
        invoice.invoice, type(invoice.payment_hash)(bytes(32)), invoice.expires_at
    )
    failures = [
        refused(await send(sender, creator, invoice, secret=b"\x01" * 32), UNKNOWN),
        refused(await send(sender, creator, unknown), UNKNOWN),
        refused(await send(sender, creator, invoice, blocks=30), UNKNOWN),
    ]
    assert len(set(failures)) == 1
    assert is_preimage(await send(sender, creator, invoice), invoice)


async def test_an_expired_invoice_is_refused(sender: Sender, creator: Member) -> None:
    invoice = creator.invoice(AMOUNT, expiry_seconds=60)
    creator.clock.moved_ms = 61_000
    refused(await send(sender, creator, invoice), UNKNOWN)


async def test_class_26_parts_wait_for_each_other_and_are_settled_together(
    sender: Sender, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    parts = [Msat(2_000_000), Msat(1_500_000), Msat(1_500_000)]
    expiry = in_blocks(creator, 50)
    answers: list[asyncio.Future[Answer]] = []
    for part in parts:
        payload = final(invoice, part, expiry, total=AMOUNT)
        assert not any(answer.done() for answer in answers)
        assert creator.node.invoices.received(invoice.payment_hash) is None
        answers.append(
            sender.offer(((creator.node.node_id, payload),), part, invoice.payment_hash, expiry)
        )
        await asyncio.sleep(0.05)
    async with asyncio.timeout(5):
        assert all(is_preimage(answer, invoice) for answer in await asyncio.gather(*answers))
    received = creator.node.invoices.received(invoice.payment_hash)
    assert received is not None
    assert received.amount == AMOUNT


async def test_parts_that_disagree_about_the_total_do_not_add_up(
    sender: Sender, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    expiry = in_blocks(creator, 50)
    waiting = sender.offer(
        ((creator.node.node_id, final(invoice, Msat(2_000_000), expiry, total=AMOUNT)),),
        Msat(2_000_000),
        invoice.payment_hash,
        expiry,
    )
    await asyncio.sleep(0.05)
    other = await send(
        sender, creator, invoice, amount=Msat(4_000_000), total=AMOUNT + Msat(1_000_000)
    )
    failure = refused(other, UNKNOWN)
    assert failure.height == creator.node.height()
    assert not waiting.done()


async def test_a_payment_that_stays_incomplete_fails_when_its_time_is_over(
    sender: Sender, creator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "MPP_TIMEOUT_MS", 100)
    invoice = creator.invoice(AMOUNT)
    part = AMOUNT - Msat(1)
    answer = await send(sender, creator, invoice, amount=part, total=AMOUNT)
    refused(answer, FailureCode.MPP_TIMEOUT)
    # What is over does not keep a later payment from arriving.
    assert is_preimage(await send(sender, creator, invoice), invoice)


async def test_parts_survive_a_restart_of_the_payee(made: World, creator: Member) -> None:
    sender = Sender(made.members["fan"])
    invoice = creator.invoice(AMOUNT)
    expiry = in_blocks(creator, 50)
    half = Msat(AMOUNT.value // 2)
    payloads = ((creator.node.node_id, final(invoice, half, expiry, total=AMOUNT)),)
    first = sender.offer(payloads, half, invoice.payment_hash, expiry)
    await asyncio.sleep(0.1)
    await creator.restart()
    await made.usable()
    second = sender.offer(payloads, half, invoice.payment_hash, expiry)
    async with asyncio.timeout(5):
        assert is_preimage(await first, invoice)
        assert is_preimage(await second, invoice)


async def test_class_25_a_payload_without_a_secret_is_refused(
    sender: Sender, creator: Member
) -> None:
    invoice = creator.invoice(AMOUNT)
    expiry = in_blocks(creator, 50)
    payload = FinalPayload(
        amt_to_forward=AMOUNT, outgoing_cltv_value=expiry, payment_secret=None, total_msat=AMOUNT
    ).encode()
    answer = await sender.offer(
        ((creator.node.node_id, payload),), AMOUNT, invoice.payment_hash, expiry
    )
    refused(answer, UNKNOWN)
