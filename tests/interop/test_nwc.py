"""nostr-sdk's client of Nostr Wallet Connect, over a real relay, on a wallet that TipDesk serves
from an embedded node: it pays and is paid, and reads what became of it.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import nostr_sdk
import pytest
import pytest_asyncio

from tests.nodes import Member, World, pair
from tests.serving import Served, ServingMember, served_by
from tests.waiting import eventually
from tipdesk.base.units import Msat
from tipdesk.practice.relay import PracticeRelay
from tipdesk.tips.connection import Permission, Sums, sums
from tipdesk.tips.payment import CreatedInvoice, Succeeded

WAIT = timedelta(seconds=10)
AMOUNT = Msat(5_000_000)
BUDGET = Msat(20_000_000)


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits at it."""

    world: World
    served: Served
    client: nostr_sdk.NostrWalletConnect

    @property
    def fan(self) -> Member:
        return self.world.members["fan"]

    @property
    def creator(self) -> Member:
        return self.world.members["creator"]


@pytest_asyncio.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    relay = PracticeRelay(tmp_path / "relay")
    url = (await relay.start()).rstrip("/")
    async with (
        pair(tmp_path, make=ServingMember) as world,
        served_by(world.members["fan"], url) as served,
    ):
        client = await client_of(served, name="nostr-sdk", budget=BUDGET)
        yield Table(world, served, client)
        await client.client().shutdown()
    await relay.stop()


async def client_of(served: Served, **wish: Any) -> nostr_sdk.NostrWalletConnect:
    """A client with a connection of its own, once the relay says what that may do."""
    link = served.connect(**wish)
    known = served.server._relays._announced
    connection = served.book.of_client(link.key.x_only)
    assert connection is not None
    await eventually(lambda: connection.id in known, "no info event was published")
    uri = nostr_sdk.NostrWalletConnectUri.parse(link.to_uri())
    return nostr_sdk.NostrWalletConnectBuilder(uri).timeout(WAIT).build()


def paying(invoice: str, amount: int | None = None) -> nostr_sdk.PayInvoiceRequest:
    return nostr_sdk.PayInvoiceRequest(id=None, invoice=invoice, amount=amount)


def by_invoice(invoice: str) -> nostr_sdk.LookupInvoiceRequest:
    return nostr_sdk.LookupInvoiceRequest(payment_hash=None, invoice=invoice)


def everything() -> nostr_sdk.ListTransactionsRequest:
    return nostr_sdk.ListTransactionsRequest(
        _from=None, until=None, limit=None, offset=None, unpaid=True, transaction_type=None
    )


async def test_it_understands_what_the_wallet_says_of_itself(table: Table) -> None:
    info = await table.client.get_info()
    assert (info.alias, info.network) == ("Desk", "regtest")
    assert info.pubkey == table.fan.node.node_id.hex()
    assert len(info.methods) == 8
    assert info.notifications == ["payment_received", "payment_sent"]


async def test_it_pays_an_invoice_and_reads_the_balance_of_its_budget(table: Table) -> None:
    assert await table.client.get_balance() == nostr_sdk.GetBalanceResponse(balance=BUDGET.value)
    invoice = table.creator.invoice(AMOUNT)
    paid = await table.client.pay_invoice(paying(invoice.invoice))
    settled = table.creator.node.invoices.received(invoice.payment_hash)
    assert settled is not None
    assert (paid.preimage, paid.fees_paid) == (settled.preimage.hex(), 0)
    left = (await table.client.get_balance()).balance
    assert left == BUDGET.value - AMOUNT.value
    assert sums(table.served.store.entries()) == Sums(spent=AMOUNT)
    found = await table.client.lookup_invoice(by_invoice(invoice.invoice))
    assert found.state == nostr_sdk.TransactionState.SETTLED
    assert found.transaction_type == nostr_sdk.TransactionType.OUTGOING
    assert found.preimage == settled.preimage.hex()


async def test_it_is_told_that_the_budget_is_used_up_and_no_money_moves(table: Table) -> None:
    before = table.fan.stored_balance()
    invoice = table.creator.invoice(BUDGET + Msat(1))
    with pytest.raises(nostr_sdk.NostrSdkError, match="budget"):
        await table.client.pay_invoice(paying(invoice.invoice))
    assert table.fan.stored_balance() == before


async def test_it_is_paid_through_an_invoice_that_it_made(table: Table) -> None:
    made = await table.client.make_invoice(
        nostr_sdk.MakeInvoiceRequest(
            amount=AMOUNT.value, description="tea", description_hash=None, expiry=600
        )
    )
    waiting = await table.client.lookup_invoice(by_invoice(made.invoice))
    assert waiting.state == nostr_sdk.TransactionState.PENDING
    given = table.served.store.unpaid_invoices()[0]
    (*_, last) = await table.creator.pay(
        CreatedInvoice(given.invoice, given.payment_hash, given.expires_at), AMOUNT
    )
    assert isinstance(last, Succeeded)
    await eventually(lambda: not table.served.store.unpaid_invoices(), "not told")
    found = await table.client.lookup_invoice(by_invoice(made.invoice))
    assert found.state == nostr_sdk.TransactionState.SETTLED
    assert found.amount == AMOUNT.value
    assert found.preimage == last.preimage.hex()


async def test_it_pays_a_node_that_did_not_ask(table: Table) -> None:
    invoices = table.creator.node.invoices
    invoices._config = replace(invoices._config, accepts_keysend=True)
    paid = await table.client.pay_keysend(
        nostr_sdk.PayKeysendRequest(
            id=None,
            amount=21_000,
            pubkey=table.creator.node.node_id.hex(),
            preimage=None,
            tlv_records=[nostr_sdk.KeysendTlvRecord(tlv_type=696_969, value="6869")],
        )
    )
    (came,) = invoices.unasked_since(table.fan.clock.now().plus_ms(-60_000))
    assert came.preimage.hex() == paid.preimage
    assert came.records == ((696_969, b"hi"),)


async def test_it_lists_what_it_did_the_newest_first(table: Table) -> None:
    for amount in (1_000, 2_000):
        await table.client.pay_invoice(paying(table.creator.invoice(Msat(amount)).invoice))
    listed = await table.client.list_transactions(everything())
    assert [one.amount for one in listed] == [2_000, 1_000]
    assert all(one.state == nostr_sdk.TransactionState.SETTLED for one in listed)


async def test_what_it_may_not_do_it_is_told(table: Table) -> None:
    till = await client_of(table.served, name="Till", permissions=frozenset({Permission.INVOICE}))
    with pytest.raises(nostr_sdk.NostrSdkError, match="not allowed"):
        await till.pay_invoice(paying(table.creator.invoice(AMOUNT).invoice))
    await till.client().shutdown()
