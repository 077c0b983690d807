"""Whose payment it is: one wallet pays an invoice, and the same one says what became of it."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.fakes import START, FakeClock, FakeEntropy, FakeWallet, make_invoice, preimage_of
from tests.plugging import FACTS, PAYS, FakePlugged, wallet_database
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.wallets import MoneyWalletStore
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, PaymentHash, Preimage
from tipdesk.base.units import Msat
from tipdesk.crypto.hashes import sha256
from tipdesk.ports.plugged import WalletKeyRefused, WalletUnreachable
from tipdesk.ports.wallets import OWN, WalletId, WalletRow
from tipdesk.services.any_wallet import AnyWallet
from tipdesk.tips.payment import (
    Capability,
    Failed,
    FailureReason,
    IncomingPayment,
    InvoiceRequest,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Succeeded,
    Unknown,
)
from tipdesk.tips.wallet_link import WalletKind

HASH = PaymentHash(sha256(preimage_of(1)))
REQUEST = PayRequest(
    invoice=make_invoice(), payment_hash=HASH, amount=Msat(21_000), max_fee=Msat(3_000)
)


@dataclass
class Household:
    """Our own node, two wallets beside it, and what is kept of them."""

    folder: Path
    database: MoneyDatabase
    clock: FakeClock
    own: FakeWallet
    attic: FakePlugged
    cellar: FakePlugged
    any: AnyWallet
    attic_id: WalletId
    cellar_id: WalletId

    def restart(self) -> None:
        """Another process over the same database; the wallets went on."""
        self.database.close()
        self.database = wallet_database(self.folder)
        store = MoneyWalletStore(self.database)
        self.any = AnyWallet(self.own, store, self.clock, FakeEntropy())
        self.any.plug(self.attic_id, self.attic)
        self.any.plug(self.cellar_id, self.cellar)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Household]:
    clock, database = FakeClock(), wallet_database(tmp_path)
    store = MoneyWalletStore(database)
    own, attic, cellar = FakeWallet(clock), FakePlugged(clock), FakePlugged(clock)
    cellar._numbers = itertools.count(5_000)
    made = AnyWallet(own, store, clock, FakeEntropy())
    ids = []
    for slot, plugged in ((1, attic), (2, cellar)):
        row = WalletRow(
            wallet=OWN,
            slot=slot,
            kind=WalletKind.LND,
            name="a wallet",
            where="https://10.0.0.2:8080",
            facts=FACTS,
            added_at=START,
        )
        ids.append(store.add(row))
        made.plug(ids[-1], plugged)
    house = Household(tmp_path, database, clock, own, attic, cellar, made, ids[0], ids[1])
    yield house
    house.database.close()


async def paid(wallet: AnyWallet, request: PayRequest = REQUEST) -> PaymentUpdate:
    return [update async for update in wallet.pay(request)][-1]


async def test_the_chosen_wallet_pays_and_says_what_it_can(house: Household) -> None:
    assert house.any.capabilities == house.own.capabilities
    house.any.choose(house.attic_id)
    assert house.any.capabilities == PAYS
    assert isinstance(await paid(house.any), Succeeded)
    assert [len(w.orders) for w in (house.own, house.attic, house.cellar)] == [0, 1, 0]


async def test_a_payment_under_way_stays_with_its_wallet_when_another_is_chosen(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.how = "silent"
    assert isinstance(await paid(house.any), Unknown)
    house.any.choose(house.cellar_id)
    house.restart()
    house.any.choose(house.cellar_id)
    house.attic.how = "succeed"
    house.attic.known[HASH] = house.attic.success(REQUEST)
    assert isinstance(await paid(house.any), Succeeded)
    assert not (*house.own.orders, *house.cellar.orders)
    assert isinstance(await house.any.lookup(HASH), Succeeded)
    assert house.own.lookups == 1, "the own node is asked only before an order is given away"


async def test_what_our_own_node_began_it_ends(house: Household) -> None:
    house.own.how = "silent"
    assert isinstance(await paid(house.any), Unknown)
    house.any.choose(house.attic_id)
    house.own.how = "succeed"
    assert isinstance(await paid(house.any), Succeeded)
    assert not house.attic.orders


async def test_a_payment_that_certainly_failed_may_be_made_by_another_wallet(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.how = FailureReason.NO_ROUTE
    assert isinstance(await paid(house.any), Failed)
    house.any.choose(house.cellar_id)
    assert isinstance(await paid(house.any), Succeeded)
    assert (len(house.attic.orders), len(house.cellar.orders)) == (1, 1)
    house.any.choose(house.attic_id)
    assert isinstance(await paid(house.any), Succeeded)
    assert len(house.attic.orders) == 1


async def test_the_order_is_durable_before_it_leaves(house: Household, tmp_path: Path) -> None:
    house.any.choose(house.attic_id)
    kept: list[bool] = []

    def look(request: PayRequest) -> None:
        """As a process would find it that starts after a crash at this moment."""
        later = tmp_path / "later"
        later.mkdir()
        for file in house.folder.glob("money.db*"):
            shutil.copy(file, later)
        database = wallet_database(later)
        kept.append(MoneyWalletStore(database).order(request.payment_hash) is not None)
        database.close()

    house.attic.before_paying = look
    await paid(house.any)
    assert kept == [True]


async def test_that_a_wallet_knows_nothing_is_believed_once_the_order_cannot_reach_it_any_more(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.before_paying = _die
    with pytest.raises(Died):
        await paid(house.any)
    house.restart()
    assert isinstance(await house.any.lookup(HASH), Unknown)
    house.clock.pass_ms(house.attic.patience_ms)
    assert await house.any.lookup(HASH) is None


async def test_an_order_of_an_earlier_process_is_not_given_again_while_it_may_get_there(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.before_paying = _die
    with pytest.raises(Died):
        await paid(house.any)
    house.restart()
    house.any.choose(house.attic_id)
    house.attic.before_paying = lambda _: None
    assert isinstance(await paid(house.any), Unknown)
    assert not house.attic.orders
    house.clock.pass_ms(house.attic.patience_ms)
    assert isinstance(await paid(house.any), Succeeded)
    assert len(house.attic.orders) == 1


async def test_an_old_answer_says_nothing_of_an_order_that_was_given_to_another_wallet(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.before_paying = _die
    with pytest.raises(Died):
        await paid(house.any)
    house.restart()
    house.clock.pass_ms(house.attic.patience_ms)
    answer: asyncio.Future[PaymentUpdate | None] = asyncio.get_running_loop().create_future()

    async def slowly(_: PaymentHash) -> PaymentUpdate | None:
        return await answer

    house.attic.lookup = slowly  # type: ignore[method-assign, assignment]
    slow = asyncio.create_task(house.any.lookup(HASH))
    await asyncio.sleep(0)
    del house.attic.lookup
    house.any.choose(house.cellar_id)
    house.cellar.how = "silent"
    assert isinstance(await paid(house.any), Unknown)
    answer.set_result(None)
    assert isinstance(await slow, Unknown)
    house.any.choose(OWN)
    assert isinstance(await paid(house.any), Unknown)
    assert not house.own.orders


class Died(BaseException):
    """The process is no more."""


def _die(request: PayRequest) -> None:
    raise Died


def _refuse(request: PayRequest) -> None:
    raise WalletKeyRefused("10.0.0.2:8080")


async def test_a_wallet_that_refuses_before_any_order_has_certainly_not_paid(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.before_paying = _refuse
    update = await paid(house.any)
    assert isinstance(update, Failed)
    assert update.reason is FailureReason.WALLET_REFUSED
    assert update.detail == str(WalletKeyRefused("10.0.0.2:8080"))
    assert isinstance(await house.any.lookup(HASH), Failed)
    house.restart()
    assert isinstance(await house.any.lookup(HASH), Failed)
    house.any.choose(house.cellar_id)
    assert isinstance(await paid(house.any), Succeeded)
    assert (len(house.attic.orders), len(house.cellar.orders)) == (0, 1)


async def test_a_wallet_that_is_away_before_any_order_is_said_to_be_away(house: Household) -> None:
    house.any.choose(house.attic_id)
    house.attic.before_paying = _away
    assert await paid(house.any) == Failed(
        HASH, FailureReason.WALLET_AWAY, str(WalletUnreachable("10.0.0.2:8080"))
    )


def _away(request: PayRequest) -> None:
    raise WalletUnreachable("10.0.0.2:8080")


async def test_a_refusal_after_an_order_is_no_failure(house: Household) -> None:
    house.any.choose(house.attic_id)
    house.attic.how = "silent"
    assert isinstance(await paid(house.any), Unknown)
    house.attic.before_paying = _refuse
    with pytest.raises(WalletKeyRefused):
        await paid(house.any)
    house.any.choose(house.cellar_id)
    assert isinstance(await house.any.lookup(HASH), Unknown)
    with pytest.raises(WalletKeyRefused):
        await paid(house.any)
    assert not house.cellar.orders


async def test_a_refusal_of_one_caller_says_nothing_while_another_waits(house: Household) -> None:
    house.any.choose(house.attic_id)
    waiting = asyncio.create_task(paid(house.any))
    await asyncio.sleep(0)
    house.attic.before_paying = _refuse
    with pytest.raises(WalletKeyRefused):
        await paid(house.any)
    house.any.choose(house.cellar_id)
    assert isinstance(await waiting, Succeeded)
    assert not house.cellar.orders


async def test_what_our_own_node_paid_after_another_wallet_had_failed_is_its_own(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.how = FailureReason.NO_ROUTE
    assert isinstance(await paid(house.any), Failed)
    house.any.choose(OWN)
    assert isinstance(await paid(house.any), Succeeded)
    assert isinstance(await house.any.lookup(HASH), Succeeded)
    house.restart()
    assert isinstance(await house.any.lookup(HASH), Succeeded)


async def test_what_our_own_node_certainly_failed_to_pay_another_wallet_may(
    house: Household,
) -> None:
    house.own.how = FailureReason.NO_ROUTE
    assert isinstance(await paid(house.any), Failed)
    house.any.choose(house.attic_id)
    assert isinstance(await paid(house.any), Succeeded)
    assert isinstance(await house.any.lookup(HASH), Succeeded)


async def test_an_order_that_is_given_again_is_kept_again(house: Household) -> None:
    house.any.choose(house.attic_id)
    house.attic.before_paying = _die
    with pytest.raises(Died):
        await paid(house.any)
    house.restart()
    house.any.choose(house.attic_id)
    house.attic.before_paying = lambda _: None
    house.clock.pass_ms(house.attic.patience_ms)
    house.attic.how = "silent"
    assert isinstance(await paid(house.any), Unknown)
    house.any.choose(house.cellar_id)
    assert isinstance(await paid(house.any), Unknown)
    assert not house.cellar.orders


async def test_an_older_failure_says_nothing_of_an_order_that_is_about_to_leave(
    house: Household,
) -> None:
    house.any.choose(house.attic_id)
    house.attic.known[HASH] = Failed(HASH, FailureReason.NO_ROUTE)
    paying = asyncio.create_task(paid(house.any))
    await asyncio.sleep(0)
    assert isinstance(await house.any.lookup(HASH), Unknown)
    house.any.choose(house.cellar_id)
    assert isinstance(await paying, Succeeded)
    assert isinstance(await paid(house.any), Succeeded)
    assert not house.cellar.orders


async def test_a_wallet_that_is_gone_leaves_its_payments_unknown(house: Household) -> None:
    house.any.choose(house.attic_id)
    house.attic.how = "silent"
    await paid(house.any)
    house.any.unplug(house.attic_id)
    assert house.any.chosen == OWN
    assert isinstance(await house.any.lookup(HASH), Unknown)
    assert isinstance(await paid(house.any), Unknown)
    assert not house.own.orders


async def test_nothing_is_paid_with_a_wallet_that_cannot_be_asked_afterwards(
    house: Household,
) -> None:
    house.attic.facts = replace(FACTS, capabilities=frozenset({Capability.PAY_INVOICE}))
    house.any.choose(house.attic_id)
    assert await paid(house.any) == Failed(HASH, FailureReason.UNSUPPORTED)
    assert not house.attic.orders


async def test_a_payment_unasked_has_a_preimage_of_ours(house: Household) -> None:
    house.any.choose(house.attic_id)
    request = KeysendRequest(node_id=NodeId(b"\x02" * 33), amount=Msat(5_000), max_fee=Msat(10))
    updates = [update async for update in house.any.keysend(request)]
    assert isinstance(updates[-1], Succeeded)
    (sent,) = house.attic.keysends
    assert isinstance(sent.preimage, Preimage)
    assert await house.any.lookup(PaymentHash(sha256(sent.preimage))) == updates[-1]


async def test_an_invoice_is_asked_about_where_it_was_made_and_told_once(house: Household) -> None:
    told: list[IncomingPayment] = []
    house.any.on_received(told.append)
    house.any.choose(house.attic_id)
    request = InvoiceRequest(amount=Msat(21_000), description="thanks")
    created = await house.any.create_invoice(request)
    house.any.choose(OWN)
    await house.any.look()
    assert not told
    payment = house.attic.be_paid(created.payment_hash, tell=False)
    house.restart()
    house.any.on_received(told.append)
    await house.any.look()
    await house.any.look()
    house.attic.listeners[-1](payment)
    assert told == [payment]
    assert await house.any.received(created.payment_hash) == payment
    house.restart()
    house.any.on_received(told.append)
    await house.any.look()
    assert len(told) == 1


async def test_what_a_wallet_receives_for_other_programs_is_none_of_ours(house: Household) -> None:
    told: list[IncomingPayment] = []
    house.any.on_received(told.append)
    created = await house.attic.create_invoice(InvoiceRequest(amount=Msat(1), description="x"))
    house.attic.be_paid(created.payment_hash)
    assert not told
    own = await house.any.create_invoice(InvoiceRequest(amount=Msat(1), description="x"))
    payment = house.own.be_paid(own.payment_hash)
    assert told == [payment]


async def test_a_wallet_that_does_not_answer_keeps_no_other_from_being_asked(
    house: Household,
) -> None:
    told: list[IncomingPayment] = []
    house.any.on_received(told.append)
    request = InvoiceRequest(amount=Msat(21_000), description="thanks")
    made = []
    for wallet in (house.attic_id, house.cellar_id):
        house.any.choose(wallet)
        made.append((await house.any.create_invoice(request)).payment_hash)

    async def away(payment_hash: PaymentHash) -> IncomingPayment | None:
        raise BackendError("away")

    house.attic.received = away  # type: ignore[method-assign]
    payment = house.cellar.be_paid(made[1], tell=False)
    await house.any.look()
    assert told == [payment]
