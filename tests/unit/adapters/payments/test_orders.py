"""Orders to a wallet elsewhere: once per payment hash, and certain before anything has failed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.fakes import START, make_invoice, preimage_of
from tests.waiting import eventually
from tipdesk.adapters.payments.orders import Orders, read_order
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import NodeId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lightning.invoice.bolt11 import Bolt11Invoice
from tipdesk.ports.plugged import (
    WalletCertificateChanged,
    WalletKeyRefused,
    WalletNotAllowed,
    WalletNotReached,
    WalletUnreachable,
)
from tipdesk.tips.payment import (
    Failed,
    FailureReason,
    InFlight,
    KeysendRequest,
    PaymentUpdate,
    PayRequest,
    Succeeded,
    Unknown,
)

PREIMAGE = preimage_of(1)
HASH = PaymentHash(sha256(PREIMAGE))
AMOUNT = Msat(21_000)
PAID = Succeeded(
    payment_hash=HASH, preimage=PREIMAGE, amount=AMOUNT, fee=Msat(0), route=(), settled_at=START
)
NO = Failed(HASH, FailureReason.NO_ROUTE)
LASTING_MS = 3_600_000 + 60_000


def request(amount: Msat = AMOUNT) -> PayRequest:
    invoice = make_invoice(amount=amount)
    return PayRequest(invoice=invoice, payment_hash=HASH, amount=AMOUNT, max_fee=Msat(1_000))


class Now:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> Instant:
        return self.at


class Wallet:
    """What it knows, what an order makes of it, and how often it was ordered."""

    def __init__(self) -> None:
        self.clock = Now()
        self.knows: PaymentUpdate | None = None
        self.asked = 0
        self.ordered = 0
        self.says: list[PaymentUpdate | BackendError] = [PAID]
        self.gate = asyncio.Event()
        self.gate.set()
        self.away: BackendError | None = None
        self.orders = self.book()

    def book(self) -> Orders:
        return Orders(self.clock, lookup=self.look, order_ends=lambda _, end: end.plus_ms(60_000))

    async def look(self, _: PaymentHash) -> PaymentUpdate | None:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away is not None:
            raise self.away
        return self.knows

    async def order(self, invoice: Bolt11Invoice | None = None) -> AsyncIterator[PaymentUpdate]:
        del invoice
        self.ordered += 1
        await self.gate.wait()
        for word in self.says:
            if isinstance(word, BackendError):
                raise word
            yield word

    async def pay(self, asked: PayRequest | None = None) -> list[PaymentUpdate]:
        return [u async for u in self.orders.pay(asked or request(), self.order)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"invoice": "lnbc1nonsense"}, FailureReason.UNSUPPORTED),
        ({"payment_hash": PaymentHash(bytes(32))}, FailureReason.UNSUPPORTED),
        ({"amount": Msat(20_999)}, FailureReason.UNSUPPORTED),
        ({"amount": Msat(0)}, FailureReason.UNSUPPORTED),
    ],
)
async def test_what_was_not_approved_is_not_ordered(
    change: dict[str, object], reason: FailureReason
) -> None:
    wallet = Wallet()
    asked = replace(request(), **change)  # type: ignore[arg-type]
    updates = await wallet.pay(asked)
    assert [type(update) for update in updates] == [Failed]
    assert isinstance(updates[0], Failed)
    assert (updates[0].reason, updates[0].payment_hash) == (reason, asked.payment_hash)
    assert wallet.ordered == 0


async def test_an_invoice_of_another_network_has_expired_or_is_late_is_not_ordered() -> None:
    wallet = Wallet()
    other = [u async for u in wallet.orders.pay(request(), wallet.order, network=Network.SIGNET)]
    late = await wallet.pay(replace(request(), deadline=START))
    wallet.clock.at = START.plus_ms(3_600_000)
    expired = await wallet.pay()
    reasons = [u[-1].reason for u in (other, late, expired) if isinstance(u[-1], Failed)]
    assert reasons == [
        FailureReason.UNSUPPORTED,
        FailureReason.TRIED_EVERYTHING,
        FailureReason.EXPIRED,
    ]
    assert wallet.ordered == 0


async def test_an_expired_invoice_that_was_paid_before_has_not_failed() -> None:
    wallet = Wallet()
    wallet.knows = PAID
    wallet.clock.at = START.plus_ms(4_000_000)
    assert await wallet.pay() == [PAID]
    assert wallet.ordered == 0


def test_an_invoice_without_an_amount_may_be_paid_with_any() -> None:
    asked = replace(request(), invoice=make_invoice(amount=None))
    assert isinstance(read_order(asked, START), Bolt11Invoice)


async def test_concurrent_callers_share_one_order_and_one_that_leaves_calls_nothing_off() -> None:
    wallet = Wallet()
    wallet.gate.clear()
    callers = [asyncio.create_task(wallet.pay()) for _ in range(5)]
    await asyncio.sleep(0.01)
    callers[0].cancel()
    await asyncio.sleep(0)
    wallet.gate.set()
    assert await asyncio.gather(*callers[1:]) == [[PAID]] * 4
    assert wallet.ordered == 1


async def test_what_the_wallet_knows_is_joined_and_not_ordered_again() -> None:
    wallet = Wallet()
    wallet.knows = PAID
    assert await wallet.pay() == [PAID]
    wallet.knows = InFlight(HASH)
    assert isinstance((await wallet.pay())[-1], Unknown)
    wallet.knows = Unknown(HASH)
    assert await wallet.pay() == [Unknown(HASH)]
    assert wallet.ordered == 0


async def test_a_lookup_may_have_the_news_before_the_order_has() -> None:
    wallet = Wallet()
    wallet.gate.clear()
    paying = asyncio.create_task(wallet.pay())
    await eventually(lambda: wallet.ordered == 1, "nothing was ordered")
    wallet.knows = PAID
    assert await wallet.orders.lookup(HASH) == PAID
    wallet.gate.set()
    assert await paying == [PAID]


async def test_what_is_under_way_is_followed_where_the_wallet_can() -> None:
    wallet = Wallet()
    wallet.knows = InFlight(HASH)

    async def follow(_: PaymentHash) -> AsyncIterator[PaymentUpdate]:
        yield PAID

    wallet.orders = Orders(
        wallet.clock, lookup=wallet.look, order_ends=lambda _, end: end, follow=follow
    )
    assert (await wallet.pay())[-1] == PAID
    assert wallet.ordered == 0


async def test_a_wallet_that_cannot_be_asked_is_given_no_order() -> None:
    wallet = Wallet()
    wallet.away = WalletUnreachable("home")
    with pytest.raises(WalletUnreachable):
        await wallet.pay()
    assert wallet.ordered == 0
    wallet.away = None
    assert await wallet.pay() == [PAID]


async def test_an_order_without_an_answer_is_open_until_it_can_no_longer_be_carried_out() -> None:
    wallet = Wallet()
    wallet.says = [WalletUnreachable("home")]
    assert [type(u) for u in await wallet.pay()] == [Unknown]
    # The wallet knows nothing of it yet: it may still be on its way there.
    assert [type(u) for u in await wallet.pay()] == [Unknown]
    assert isinstance(await wallet.orders.lookup(HASH), Unknown)
    assert wallet.ordered == 1
    wallet.clock.at = START.plus_ms(LASTING_MS - 1)
    assert isinstance(await wallet.orders.lookup(HASH), Unknown)
    wallet.clock.at = START.plus_ms(LASTING_MS)
    assert await wallet.orders.lookup(HASH) is None


async def test_an_open_order_ends_by_what_the_wallet_tells_later() -> None:
    wallet = Wallet()
    wallet.says = [WalletUnreachable("home")]
    await wallet.pay()
    wallet.knows = PAID
    assert await wallet.orders.lookup(HASH) == PAID
    wallet.knows = None
    assert await wallet.orders.lookup(HASH) is None


async def test_a_failure_from_before_does_not_end_an_open_order() -> None:
    wallet = Wallet()
    wallet.knows, wallet.says = NO, [WalletUnreachable("home")]
    assert [type(u) for u in await wallet.pay()] == [Unknown]
    assert wallet.ordered == 1
    assert isinstance(await wallet.orders.lookup(HASH), Unknown)
    assert [type(u) for u in await wallet.pay()] == [Unknown]
    assert wallet.ordered == 1
    wallet.clock.at = START.plus_ms(LASTING_MS)
    assert await wallet.orders.lookup(HASH) == NO


async def test_what_failed_for_certain_may_be_ordered_again() -> None:
    wallet = Wallet()
    wallet.says = [InFlight(HASH), NO]
    assert (await wallet.pay())[-1] == NO
    wallet.says = [PAID]
    wallet.knows = NO
    assert (await wallet.pay())[-1] == PAID
    assert wallet.ordered == 2


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (WalletNotReached("home"), FailureReason.WALLET_AWAY),
        (WalletKeyRefused("home"), FailureReason.WALLET_REFUSED),
        (WalletNotAllowed("home", "payments"), FailureReason.WALLET_REFUSED),
        (WalletCertificateChanged("home", bytes(32)), FailureReason.WALLET_REFUSED),
    ],
)
async def test_a_refusal_of_the_order_itself_is_certain_unless_it_was_begun(
    error: BackendError, reason: FailureReason
) -> None:
    wallet = Wallet()
    wallet.says = [error]
    last = (await wallet.pay())[-1]
    assert isinstance(last, Failed)
    assert (last.reason, last.detail) == (reason, str(error))
    wallet.says = [InFlight(HASH), error]
    assert isinstance((await wallet.pay())[-1], Unknown)


async def test_an_order_that_ends_without_a_last_word_is_unknown() -> None:
    wallet = Wallet()
    wallet.says = [InFlight(HASH)]
    assert isinstance((await wallet.pay())[-1], Unknown)
    wallet = Wallet()
    wallet.says = []
    assert isinstance((await wallet.pay())[-1], Unknown)


async def test_a_lookup_that_was_overtaken_by_an_order_is_asked_again() -> None:
    wallet = Wallet()
    slow, answers = asyncio.Event(), [None, None, PAID]

    async def look(_: PaymentHash) -> PaymentUpdate | None:
        answer = answers.pop(0)
        if len(answers) == 2:
            await slow.wait()
        return answer

    wallet.orders = Orders(wallet.clock, lookup=look, order_ends=lambda _, end: end)
    asking = asyncio.create_task(wallet.orders.lookup(HASH))
    await asyncio.sleep(0)
    assert await wallet.pay() == [PAID]
    slow.set()
    assert await asking == PAID


async def test_a_lookup_during_an_order_is_no_proof_that_there_is_none() -> None:
    wallet = Wallet()
    wallet.gate.clear()
    paying = asyncio.create_task(wallet.pay())
    await asyncio.sleep(0.01)
    assert wallet.ordered == 1
    assert isinstance(await wallet.orders.lookup(HASH), Unknown)
    wallet.gate.set()
    assert await paying == [PAID]


async def test_an_end_that_a_lookup_found_first_is_an_end_all_the_same() -> None:
    wallet = Wallet()
    wallet.gate.clear()
    paying = asyncio.create_task(wallet.pay())
    await asyncio.sleep(0.01)
    wallet.knows = PAID
    assert await wallet.orders.lookup(HASH) == PAID
    wallet.gate.set()
    assert await paying == [PAID]


async def test_a_failed_attempt_during_an_order_is_not_its_end() -> None:
    wallet = Wallet()
    wallet.gate.clear()
    paying = asyncio.create_task(wallet.pay())
    await asyncio.sleep(0.01)
    wallet.knows = NO
    assert isinstance(await wallet.orders.lookup(HASH), Unknown)
    wallet.gate.set()
    assert await paying == [PAID]


async def test_closing_leaves_what_was_ordered_unknown() -> None:
    wallet = Wallet()
    wallet.gate.clear()
    paying = asyncio.create_task(wallet.pay())
    await asyncio.sleep(0.01)
    await wallet.orders.close()
    assert [type(update) for update in await paying] == [Unknown]
    wallet.gate.set()
    assert [type(update) for update in await wallet.pay()] == [Unknown]
    assert wallet.ordered == 1


async def test_a_keysend_is_known_by_its_preimage_and_ordered_once() -> None:
    wallet = Wallet()
    asked = KeysendRequest(
        node_id=NodeId(bytes([2]) * 33), amount=AMOUNT, max_fee=Msat(0), preimage=PREIMAGE
    )

    async def send(asked: KeysendRequest) -> list[PaymentUpdate]:
        return [u async for u in wallet.orders.keysend(asked, wallet.order, 60_000)]

    assert list(await asyncio.gather(send(asked), send(asked))) == [[PAID], [PAID]]
    assert wallet.ordered == 1
    late = await send(replace(asked, deadline=Instant(0)))
    assert isinstance(late[-1], Failed)
    with pytest.raises(TypeError):
        await send(replace(asked, preimage=None))
