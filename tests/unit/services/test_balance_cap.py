"""What a capped profile takes, and what it refuses."""

from collections.abc import Callable
from typing import cast

import pytest

from tipdesk.base.clock import Instant
from tipdesk.base.ids import ChannelId, NodeId, PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.ports.channels import ChannelAdmin, ChannelView
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.wallet import OnchainBalance, OnchainWallet
from tipdesk.services.balance_cap import (
    AmountNeeded,
    BalanceCap,
    CappedBackend,
    CappedChannels,
    CapReached,
    cap_leaves,
)
from tipdesk.tips.payment import Balance, CreatedInvoice, InvoiceRequest

CAP = Sat(1_000_000)
EMPTY = OnchainBalance(Sat(0), Sat(0))


class Wallet:
    """Coins on chain and in channels; it makes invoices and channels of any size."""

    node_id = NodeId(b"\x02" + b"\x01" * 32)

    def __init__(self, onchain: OnchainBalance = EMPTY, in_channels: int = 0) -> None:
        self.onchain = onchain
        self.in_channels = Sat(in_channels).to_msat()
        self.opened: list[Sat] = []

    async def create_invoice(self, request: InvoiceRequest) -> CreatedInvoice:
        return CreatedInvoice("lnbc1", PaymentHash(bytes(32)), Instant.from_unix_seconds(1))

    async def open_channel(self, peer: str, amount: Sat, *, announce: bool) -> ChannelId:
        self.opened.append(amount)
        return ChannelId(bytes(32))

    async def close_channel(self, channel_id: ChannelId, *, force: bool) -> None:
        self.opened.pop()

    def channels(self) -> tuple[ChannelView, ...]:
        return ()

    def on_change(self, listener: Callable[[], None]) -> None:
        listener()


class Lightning(Wallet):
    async def balance(self) -> Balance:
        return Balance(spendable=Msat(0), receivable=Msat(0), in_channels=self.in_channels)


class Onchain(Wallet):
    async def balance(self) -> OnchainBalance:
        return self.onchain


def capped(
    onchain: OnchainBalance = EMPTY, in_channels: int = 0
) -> tuple[CappedBackend, CappedChannels, BalanceCap, Lightning]:
    lightning = Lightning(in_channels=in_channels)
    backend = cast("PaymentBackend", lightning)
    cap = BalanceCap(CAP, cast("OnchainWallet", Onchain(onchain)), backend)
    return (
        CappedBackend(backend, cap),
        CappedChannels(cast("ChannelAdmin", lightning), cap),
        cap,
        lightning,
    )


@pytest.mark.parametrize(
    ("confirmed", "unconfirmed", "in_channels", "left"),
    [
        (0, 0, 0, 1_000_000),
        (400_000, 100_000, 200_000, 300_000),
        (0, 999_999, 0, 1),
        (1_000_000, 0, 0, 0),
        (900_000, 0, 200_000, 0),
    ],
)
def test_the_cap_counts_what_is_on_chain_and_in_channels(
    confirmed: int, unconfirmed: int, in_channels: int, left: int
) -> None:
    onchain = OnchainBalance(Sat(confirmed), Sat(unconfirmed))
    assert cap_leaves(CAP, onchain, Sat(in_channels).to_msat()) == Sat(left).to_msat()


async def test_an_invoice_up_to_the_cap_is_made_and_one_msat_more_is_refused() -> None:
    backend, _, _, _ = capped(OnchainBalance(Sat(500_000), Sat(0)), in_channels=300_000)
    most = Sat(200_000).to_msat()
    assert await backend.create_invoice(InvoiceRequest(amount=most, description="x"))
    with pytest.raises(CapReached, match="200,000 sat of") as refused:
        await backend.create_invoice(InvoiceRequest(amount=most + Msat(1), description="x"))
    assert refused.value.leaves == most
    assert "No money moved" in str(refused.value)


async def test_an_invoice_over_any_amount_is_refused() -> None:
    backend, _, _, _ = capped()
    with pytest.raises(AmountNeeded):
        await backend.create_invoice(InvoiceRequest(amount=None, description="x"))


async def test_a_full_profile_gives_no_address() -> None:
    await capped(in_channels=999_999)[2].check_any()
    with pytest.raises(CapReached):
        await capped(in_channels=1_000_000)[2].check_any()


async def test_a_channel_larger_than_the_cap_is_not_opened() -> None:
    _, channels, _, wallet = capped()
    await channels.open_channel("peer", CAP, announce=True)
    with pytest.raises(CapReached):
        await channels.open_channel("peer", CAP + Sat(1), announce=True)
    assert wallet.opened == [CAP]
    assert channels.node_id == wallet.node_id
