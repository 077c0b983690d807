"""The wallet page: pasted invoices are read warily, payments outlive crashes, figures are fresh."""

from dataclasses import replace

import pytest

from tests.fakes import NODE, START, make_invoice, preimage_of, until
from tests.unit.services.conftest import Fan
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.services.events import BalanceChanged, PaymentChanged
from tipdesk.services.wallet import NoOnchainWallet
from tipdesk.tips.history import Direction, PaymentState
from tipdesk.tips.payment import Balance, Failed, FailureReason, Quote, Succeeded, Unknown

HASH = PaymentHash(sha256(preimage_of(1)))


def states(fan: Fan) -> list[PaymentState]:
    return [view.status for view in fan.purse.payments()]


@pytest.mark.parametrize("prefix", ["", "lightning:", "  LIGHTNING:"])
def test_a_pasted_invoice_is_shown_before_it_is_paid(fan: Fan, prefix: str) -> None:
    invoice = make_invoice(description="two\n\x00lines \u202e")
    preview = fan.purse.preview(f"{prefix}{invoice}\n")
    assert (preview.payment_hash, preview.amount) == (HASH, Msat(21_000))
    assert (preview.payee, preview.description) == (NodeId(NODE.point), "two lines")
    assert (preview.fee_limit, preview.invoice) == (Msat(3_000), invoice)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Paste an invoice: it begins with lnbc. No money moved."),
        ("hello", "No money moved."),
        (make_invoice(network=Network.MAINNET), "The invoice is for mainnet, this wallet is on"),
        (make_invoice(timestamp=START.unix_seconds - 3_600), "The invoice has expired"),
        (make_invoice()[:-3] + "qqq", "No money moved."),
    ],
)
def test_what_cannot_be_paid_says_why(fan: Fan, text: str, told: str) -> None:
    with pytest.raises(RequestError) as caught:
        fan.purse.preview(text)
    assert told in str(caught.value)
    assert str(caught.value).endswith("No money moved.")


async def test_an_invoice_is_paid_once_and_stands_in_the_history(fan: Fan) -> None:
    preview = fan.purse.preview(make_invoice())
    assert await fan.purse.quote(preview) == Quote(Msat(1_000), 3)
    assert isinstance(await fan.purse.pay(preview), Succeeded)
    (view,) = fan.purse.payments()
    assert (view.status, view.fee, view.direction) == (
        PaymentState.SUCCEEDED,
        Msat(1_000),
        Direction.OUT,
    )
    assert view.sentence == "Paid, with 1 sat in fees."
    assert fan.events.count(PaymentChanged(HASH)) == 2
    with pytest.raises(RequestError, match="in your history already"):
        await fan.purse.pay(preview)
    assert len(fan.wallet.orders) == 1


async def test_a_certain_failure_has_its_sentence_and_may_be_tried_again(fan: Fan) -> None:
    fan.wallet.how = FailureReason.PEER_OFFLINE
    preview = fan.purse.preview(make_invoice())
    assert await fan.purse.pay(preview) == Failed(HASH, FailureReason.PEER_OFFLINE)
    (view,) = fan.purse.payments()
    assert view.sentence.startswith("Your channel's other side is not connected. No money moved.")
    fan.wallet.how = "succeed"
    assert isinstance(await fan.purse.pay(preview), Succeeded)


async def test_an_open_amount_has_to_be_set(fan: Fan) -> None:
    preview = fan.purse.preview(make_invoice(amount=None))
    with pytest.raises(RequestError, match="set one"):
        await fan.purse.pay(preview)
    await fan.purse.pay(replace(preview, amount=Msat(1_000_000)))
    assert fan.wallet.orders[0].max_fee == Msat(10_000)


async def test_an_invoice_that_expired_since_it_was_pasted_is_not_paid(fan: Fan) -> None:
    preview = fan.purse.preview(make_invoice())
    fan.clock.pass_ms(3_600_000)
    with pytest.raises(RequestError, match="expired"):
        await fan.purse.pay(preview)
    assert fan.wallet.orders == []


async def test_an_unknown_end_is_followed(fan: Fan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tipdesk.services.wallet._LOOK_UP_SECONDS", 0.01)
    fan.wallet.how = "broken"
    async with fan.running():
        fan.wallet.known[HASH] = Unknown(HASH)
        result = await fan.purse.pay(fan.purse.preview(make_invoice()))
        assert isinstance(result, Unknown)
        assert states(fan) == [PaymentState.IN_FLIGHT]
        await until(lambda: states(fan) == [PaymentState.SUCCEEDED])


@pytest.mark.parametrize("is_known", [True, False])
async def test_a_payment_under_way_at_a_crash_is_looked_up(fan: Fan, is_known: bool) -> None:
    fan.wallet.how = "silent"
    await fan.purse.pay(fan.purse.preview(make_invoice()))
    (order,) = fan.wallet.orders
    fan.wallet.known = {HASH: fan.wallet.success(order)} if is_known else {}
    fan.close()
    fan.open()
    assert states(fan) == [PaymentState.IN_FLIGHT]
    async with fan.running():
        ended = PaymentState.SUCCEEDED if is_known else PaymentState.FAILED
        await until(lambda: states(fan) == [ended])
    assert fan.wallet.orders == [order]


@pytest.mark.parametrize("while_away", [True, False])
async def test_an_invoice_of_ours_is_waiting_then_received(fan: Fan, while_away: bool) -> None:
    created = await fan.purse.create_invoice(Msat(5_000), "for\nbread")
    (view,) = fan.purse.payments()
    assert (view.status, view.description) == (PaymentState.WAITING, "for bread")
    if while_away:
        fan.close()
        fan.open()
    fan.wallet.be_paid(created.payment_hash, tell=not while_away)
    async with fan.running():
        await until(lambda: states(fan) == [PaymentState.SUCCEEDED])
    assert fan.purse.payments()[0].sentence == "Received."


async def test_an_invoice_that_nobody_paid_is_expired(fan: Fan) -> None:
    await fan.purse.create_invoice(None, "")
    fan.clock.pass_ms(3_600_000)
    assert states(fan) == [PaymentState.EXPIRED]


async def test_the_summary_is_refreshed_when_something_happens(fan: Fan) -> None:
    async with fan.running():
        await until(lambda: BalanceChanged() in fan.events)
        assert fan.purse.summary().spendable == Msat(1_000_000)
        fan.wallet.balances = Balance(Msat(7), Msat(8), Msat(9))
        fan.meet_ana()
        fan.begin()
        await until(lambda: fan.purse.summary().spendable == Msat(7))


async def test_a_wallet_without_a_chain_has_no_address(fan: Fan) -> None:
    with pytest.raises(NoOnchainWallet):
        await fan.purse.new_address()
