"""What every `PaymentBackend` does, whatever wallet is behind it.

The embedded node is the real one, over a real channel on a chain judged by libbitcoinkernel. NWC is
spoken over a real relay with a wallet service of these tests, and LND, Core Lightning and phoenixd
are local servers of these tests that speak the documented API: none of the three programs can be
installed from the registries that the project builds with.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.contract.wallet_rig import Fate, WalletRig
from tests.contract.wallet_rigs import RIGS
from tests.waiting import eventually
from tipdesk.app.system import SystemClock
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice import bolt11
from tipdesk.tips.payment import (
    Capability,
    CreatedInvoice,
    Failed,
    FailureReason,
    IncomingPayment,
    InFlight,
    InvoiceRequest,
    PaymentUpdate,
    PayRequest,
    Quote,
    Succeeded,
    Unknown,
)

AMOUNT = Msat(21_000)
LIMIT = Msat(5_000)
FEE = Msat(1_000)


@pytest_asyncio.fixture(params=RIGS, ids=lambda kind: kind.__name__.removesuffix("Rig"))
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[WalletRig]:
    """Both sides alive."""
    made: WalletRig = request.param(tmp_path)
    await made.start()
    try:
        yield made
    finally:
        await made.close()


def order(created: CreatedInvoice, *, amount: Msat = AMOUNT, max_fee: Msat = LIMIT) -> PayRequest:
    return PayRequest(
        invoice=created.invoice,
        payment_hash=created.payment_hash,
        amount=amount,
        max_fee=max_fee,
        deadline=SystemClock().now().plus_ms(60_000),
    )


async def paid(rig: WalletRig, request: PayRequest) -> PaymentUpdate:
    """The last word; a wallet that cannot be reached any more leaves it unknown, as callers do."""
    last: PaymentUpdate = InFlight(request.payment_hash)
    try:
        async for update in rig.wallet.pay(request):
            last = update
    except BackendError as error:
        return Unknown(request.payment_hash, str(error))
    return last


async def known(rig: WalletRig, payment_hash: PaymentHash) -> PaymentUpdate | None:
    """What a lookup says; a wallet that does not answer leaves it unknown."""
    try:
        return await rig.wallet.lookup(payment_hash)
    except BackendError as error:
        return Unknown(payment_hash, str(error))


async def ends(rig: WalletRig, payment_hash: PaymentHash) -> PaymentUpdate | None:
    """What lookups come to."""
    until = asyncio.get_running_loop().time() + rig.asks_again_within
    while True:
        update = await known(rig, payment_hash)
        if isinstance(update, Succeeded | Failed):
            return update
        if asyncio.get_running_loop().time() > until:
            return update
        await asyncio.sleep(0.05)


async def test_a_payment_succeeds_with_its_preimage_its_amount_and_its_fee(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT, fee=FEE)
    update = await paid(rig, order(created))
    assert isinstance(update, Succeeded), update
    assert sha256(update.preimage) == created.payment_hash
    assert (update.amount, update.fee) == (AMOUNT, FEE)
    again = await ends(rig, created.payment_hash)
    assert isinstance(again, Succeeded)
    assert (again.preimage, again.amount, again.fee) == (update.preimage, AMOUNT, FEE)
    assert rig.times_paid(created.payment_hash) == 1


async def test_a_payment_that_certainly_failed_is_said_to_have_failed(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT, Fate.REFUSED)
    update: PaymentUpdate | None = await paid(rig, order(created))
    if not isinstance(update, Failed):
        update = await ends(rig, created.payment_hash)
    assert isinstance(update, Failed), update
    assert rig.times_paid(created.payment_hash) == 0


@pytest.mark.parametrize("success", [True, False])
async def test_a_payment_that_hangs_is_not_failed_until_it_is(
    rig: WalletRig, *, success: bool
) -> None:
    created = await rig.invoice(AMOUNT, Fate.HANGS)
    paying = asyncio.create_task(paid(rig, order(created)))
    await rig.begun(created.payment_hash)
    assert isinstance(await known(rig, created.payment_hash), InFlight | Unknown)
    assert not paying.done() or isinstance(await paying, InFlight | Unknown)
    await rig.let_go(created.payment_hash, paid=success)
    update = await ends(rig, created.payment_hash)
    assert isinstance(update, Succeeded if success else Failed), update
    last = await paying
    assert isinstance(last, (Succeeded if success else Failed, InFlight, Unknown))
    assert rig.times_paid(created.payment_hash) == int(success)


@pytest.mark.parametrize("success", [True, False])
async def test_the_answer_is_found_after_a_restart(rig: WalletRig, *, success: bool) -> None:
    created = await rig.invoice(AMOUNT, Fate.HANGS)
    paying = asyncio.create_task(paid(rig, order(created)))
    await rig.begun(created.payment_hash)
    paying.cancel()
    await rig.restart()
    assert isinstance(await known(rig, created.payment_hash), InFlight | Unknown)
    await rig.let_go(created.payment_hash, paid=success)
    update = await ends(rig, created.payment_hash)
    assert isinstance(update, Succeeded if success else Failed), update
    assert rig.times_paid(created.payment_hash) == int(success)


async def test_an_invoice_over_another_amount_is_not_paid(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT)
    update = await paid(rig, order(created, amount=Msat(20_000)))
    assert isinstance(update, Failed), update
    assert await known(rig, created.payment_hash) is None or isinstance(update, Failed)
    assert rig.times_paid(created.payment_hash) == 0


async def test_an_invoice_without_an_amount_is_paid_with_the_one_that_is_asked(
    rig: WalletRig,
) -> None:
    created = await rig.invoice(None)
    update = await paid(rig, order(created, amount=Msat(7_000)))
    assert isinstance(update, Succeeded), update
    assert update.amount == Msat(7_000)
    assert rig.times_paid(created.payment_hash) == 1


async def test_more_than_the_fee_limit_is_not_spent_or_no_limit_is_promised(
    rig: WalletRig,
) -> None:
    created = await rig.invoice(AMOUNT, fee=FEE)
    update: PaymentUpdate | None = await paid(rig, order(created, max_fee=Msat(10)))
    if Capability.FEE_LIMIT in rig.wallet.capabilities:
        if not isinstance(update, Failed):
            update = await ends(rig, created.payment_hash)
        assert isinstance(update, Failed), update
        assert rig.times_paid(created.payment_hash) == 0
    else:
        # What it cost is said as it was.
        assert isinstance(update, Succeeded)
        assert update.fee == FEE


async def test_one_invoice_asked_for_many_times_is_paid_once(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT)
    first = await asyncio.gather(*(paid(rig, order(created)) for _ in range(5)))
    later = await paid(rig, order(created))
    assert not any(isinstance(update, Failed) for update in (*first, later)), first
    assert isinstance(await ends(rig, created.payment_hash), Succeeded)
    assert rig.times_paid(created.payment_hash) == 1


async def test_a_restart_between_two_orders_pays_once(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT, Fate.HANGS)
    paying = asyncio.create_task(paid(rig, order(created)))
    await rig.begun(created.payment_hash)
    paying.cancel()
    await rig.restart()
    again = asyncio.create_task(paid(rig, order(created)))
    await asyncio.sleep(0.1)
    await rig.let_go(created.payment_hash, paid=True)
    assert isinstance(await again, Succeeded | InFlight | Unknown)
    assert isinstance(await ends(rig, created.payment_hash), Succeeded)
    assert rig.times_paid(created.payment_hash) == 1


@pytest.mark.parametrize("success", [True, False])
async def test_a_wallet_that_goes_away_in_the_middle_leaves_it_unknown_and_tells_later(
    rig: WalletRig, *, success: bool
) -> None:
    created = await rig.invoice(AMOUNT, Fate.HANGS)
    paying = asyncio.create_task(paid(rig, order(created)))
    await rig.begun(created.payment_hash)
    await rig.lose()
    assert isinstance(await known(rig, created.payment_hash), InFlight | Unknown)
    await rig.let_go(created.payment_hash, paid=success)
    await rig.find()
    update = await ends(rig, created.payment_hash)
    assert isinstance(update, Succeeded if success else Failed), update
    last = await paying
    assert isinstance(last, (Succeeded if success else Failed, InFlight, Unknown)), last
    assert rig.times_paid(created.payment_hash) == int(success)


async def test_a_payment_that_was_never_asked_for_is_not_known(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT)
    assert await rig.wallet.lookup(created.payment_hash) is None


async def test_an_invoice_of_ours_is_paid_and_told_once(rig: WalletRig) -> None:
    told: list[IncomingPayment] = []
    rig.wallet.on_received(told.append)
    created = await rig.wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="thanks"))
    invoice = bolt11.decode(created.invoice)
    assert (invoice.amount_msat, invoice.payment_hash) == (AMOUNT, created.payment_hash)
    assert invoice.description == "thanks"
    assert await rig.wallet.received(created.payment_hash) is None
    await rig.be_paid(created.invoice, AMOUNT)
    await eventually(lambda: len(told) == 1, "nobody tells of the payment")
    payment = await rig.wallet.received(created.payment_hash)
    assert payment is not None
    assert (payment.amount, payment.payment_hash) == (AMOUNT, created.payment_hash)
    assert sha256(payment.preimage) == created.payment_hash
    await asyncio.sleep(0.1)
    assert len(told) == 1


async def test_an_invoice_commits_to_a_hash_where_the_wallet_says_that_it_can(
    rig: WalletRig,
) -> None:
    if Capability.DESCRIPTION_HASH not in rig.wallet.capabilities:
        pytest.skip("this wallet creates no such invoices, and says so")
    committed = sha256(b"a zap request")
    created = await rig.wallet.create_invoice(
        InvoiceRequest(
            amount=AMOUNT,
            description_hash=committed,
            committed="a zap request",
            expiry_seconds=600,
        )
    )
    assert bolt11.decode(created.invoice).description_hash == committed


async def test_what_came_while_we_were_away_is_found(rig: WalletRig) -> None:
    created = await rig.wallet.create_invoice(InvoiceRequest(amount=AMOUNT, description="thanks"))
    await rig.lose()
    await rig.be_paid(created.invoice, AMOUNT)
    await rig.find()
    await rig.restart()
    payment = await rig.wallet.received(created.payment_hash)
    assert payment is not None
    assert payment.amount == AMOUNT


async def test_the_balance_and_the_fee_are_told_where_the_wallet_says_that_it_can(
    rig: WalletRig,
) -> None:
    if Capability.BALANCE in rig.wallet.capabilities:
        assert (await rig.wallet.balance()).spendable >= AMOUNT
    if Capability.QUOTE in rig.wallet.capabilities:
        created = await rig.invoice(AMOUNT, fee=FEE)
        quote = await rig.wallet.quote(created.invoice, LIMIT)
        assert isinstance(quote, Quote)
        assert quote.fee == FEE
        dear = await rig.wallet.quote(created.invoice, Msat(10))
        assert isinstance(dear, Failed)
        assert dear.reason in (FailureReason.FEE_OVER_LIMIT, FailureReason.NO_ROUTE)
        assert rig.times_paid(created.payment_hash) == 0


async def test_an_expired_invoice_is_not_paid(rig: WalletRig) -> None:
    created = await rig.invoice(AMOUNT, expiry_seconds=1)
    await asyncio.sleep(1.1)
    update = await paid(rig, order(created))
    assert isinstance(update, Failed), update
    assert rig.times_paid(created.payment_hash) == 0
