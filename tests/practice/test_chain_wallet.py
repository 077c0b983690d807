"""The on-chain wallet against the practice chain: receive, fund, reserve, restart."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tipdesk.adapters.wallet.bdk import COMPACT_BEYOND, BdkWallet
from tipdesk.adapters.wallet.change_set import UnreadableChangeSet
from tipdesk.adapters.wallet.server import WalletPlace
from tipdesk.base.clock import Instant
from tipdesk.base.units import FeeratePerKw, Sat
from tipdesk.bitcoin.address import InvalidAddress, from_script_pubkey
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import Op, p2wsh, script, witness_program
from tipdesk.bitcoin.tx import Transaction, TxIn, TxOut
from tipdesk.ports.wallet import (
    AmountBelowDust,
    FeeRequest,
    Locks,
    NotEnoughOnchain,
    OnchainBalance,
    OnchainWallet,
    WalletServerFailed,
)
from tipdesk.practice.electrum_server import ElectrumServer
from tipdesk.practice.judge import verify_transaction
from tipdesk.practice.regtest import Regtest

WORDS = ["abandon"] * 11 + ["about"]
RATE = FeeratePerKw(500)
CHANNEL = p2wsh(script(Op.TRUE))


class Store:
    """A `WalletChangeStore` that outlives its wallets."""

    def __init__(self) -> None:
        self.changes: list[bytes] = []
        self.locks: Locks = {}

    def load(self) -> list[bytes]:
        return list(self.changes)

    def append(self, change: bytes) -> None:
        self.changes.append(change)

    def replace(self, change: bytes) -> None:
        self.changes = [change]

    def load_locks(self) -> Locks:
        return self.locks

    def save_locks(self, locks: Locks) -> None:
        self.locks = dict(locks)


class Now:
    def now(self) -> Instant:
        return Instant.from_unix_seconds(1_790_000_000)


class Scene:
    """A chain with a server, and wallets of one seed."""

    def __init__(self, regtest: Regtest, port: int) -> None:
        self.regtest = regtest
        self.place = WalletPlace(f"tcp://127.0.0.1:{port}")
        self.store = Store()

    async def wallet(self) -> BdkWallet:
        wallet = BdkWallet(WORDS, Network.REGTEST, self.place, self.store)
        await wallet.start()
        return wallet

    async def rich_wallet(self, *amounts: int) -> BdkWallet:
        wallet = await self.wallet()
        for amount in amounts:
            self.regtest.fund(await wallet.new_script_pubkey(), Sat(amount))
        self.regtest.mine()
        await wallet.sync()
        return wallet


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    regtest = Regtest(folder, Now())
    server = ElectrumServer(regtest)
    try:
        yield Scene(regtest, await server.start())
    finally:
        await server.stop()
        regtest.close()


async def test_it_is_an_onchain_wallet_with_bip_84_addresses(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet: OnchainWallet = await made.wallet()
        # The first address of BIP 84's own example words, on regtest.
        address = await wallet.new_address()
        assert address == "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk"
        fresh = await wallet.new_script_pubkey()
        assert from_script_pubkey(fresh, Network.REGTEST) != address
        assert witness_program(fresh) is not None


async def test_a_payment_is_seen_waiting_then_confirmed(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.wallet()
        made.regtest.fund(await wallet.new_address(), Sat(100_000))
        await wallet.sync()
        assert await wallet.balance() == OnchainBalance(Sat(0), Sat(100_000))
        with pytest.raises(NotEnoughOnchain):
            await wallet.fund(CHANNEL, Sat(50_000), RATE)
        made.regtest.mine()
        await wallet.sync()
        assert await wallet.balance() == OnchainBalance(Sat(100_000), Sat(0))


async def test_a_funding_transaction_is_final_signed_and_not_published(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(100_000, 80_000)
        funding = await wallet.fund(CHANNEL, Sat(150_000), RATE)
        assert not made.regtest.mempool.entries
        (paid,) = [out for out in funding.outputs if out.script_pubkey == CHANNEL]
        assert paid.amount == Sat(150_000)
        prevouts = [made.regtest.index.output(txin.outpoint) for txin in funding.inputs]
        verify_transaction(funding, [out for out in prevouts if out is not None])
        made.regtest.submit(funding)
        fee = made.regtest.mempool.entries[funding.txid].fee
        least = RATE.fee_for_weight(funding.weight)
        assert least.value <= fee.value <= least.value + 10
        made.regtest.mine()
        await wallet.sync()
        left = Sat(180_000 - 150_000) - fee
        assert await wallet.balance() == OnchainBalance(left, Sat(0))
        assert made.store.locks == {}


async def test_reserved_inputs_stay_so_across_a_restart_until_released(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        first = await made.rich_wallet(100_000)
        funding = await first.fund(CHANNEL, Sat(50_000), RATE)
        with pytest.raises(NotEnoughOnchain):
            await first.fund(CHANNEL, Sat(10_000), RATE)
        second = await made.wallet()
        assert await second.balance() == OnchainBalance(Sat(0), Sat(0))
        await second.sync()
        with pytest.raises(NotEnoughOnchain):
            await second.fund(CHANNEL, Sat(10_000), RATE)
        await second.release(funding.txid)
        assert await second.balance() == OnchainBalance(Sat(100_000), Sat(0))
        await second.fund(CHANNEL, Sat(10_000), RATE)


async def test_two_fundings_at_once_share_no_input(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(100_000, 100_000)
        one = await wallet.fund(CHANNEL, Sat(50_000), RATE)
        two = await wallet.fund(CHANNEL, Sat(50_000), RATE)
        made.regtest.submit(one)
        made.regtest.submit(two)


async def test_a_restart_remembers_coins_and_addresses_without_the_server(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        first = await made.rich_wallet(100_000)
        given = await first.new_script_pubkey()
        again = await made.wallet()
        assert await again.balance() == OnchainBalance(Sat(100_000), Sat(0))
        assert await again.new_script_pubkey() != given


async def test_the_words_alone_bring_the_coins_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        await made.rich_wallet(*[1_000 + n for n in range(15)])
        made.store = Store()
        restored = await made.wallet()
        await restored.sync()
        assert (await restored.balance()).confirmed == Sat(15_000 + sum(range(15)))


async def test_many_changes_are_compacted_at_start(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(100_000)
        while len(made.store.changes) <= COMPACT_BEYOND:
            await wallet.new_script_pubkey()
        again = await made.wallet()
        assert len(made.store.changes) == 1
        third = await made.wallet()
        assert await third.balance() == await again.balance()
        assert await third.new_script_pubkey() == await again.new_script_pubkey()


async def test_sending_names_what_is_wrong(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(100_000)
        address = from_script_pubkey(CHANNEL, Network.REGTEST)
        assert address is not None
        with pytest.raises(AmountBelowDust):
            await wallet.send_to(address, Sat(100), RATE)
        with pytest.raises(NotEnoughOnchain) as refused:
            await wallet.send_to(address, Sat(100_000), RATE)
        assert refused.value.needed > Sat(100_000)
        assert refused.value.available == Sat(100_000)
        with pytest.raises(InvalidAddress):
            await wallet.send_to(
                "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3", Sat(5_000), RATE
            )
        made.regtest.submit(await wallet.send_to(address, Sat(90_000), RATE))


async def test_a_server_away_is_said_and_can_come_back(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        place, made.place = made.place, WalletPlace("tcp://127.0.0.1:1")
        lonely = await made.wallet()
        with pytest.raises(WalletServerFailed):
            await lonely.sync()
        made.place = place
        await (await made.wallet()).sync()


async def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        await made.wallet()
        for damage in (b"{}", b"\xff", b'{"version":9}', made.store.changes[0][:-5] + b"}"):
            made.store.changes[0] = damage
            with pytest.raises(UnreadableChangeSet):
                await made.wallet()


async def test_it_pays_the_fee_of_a_transaction_that_others_signed(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(60_000, 90_000)
        request = fee_request(made, FeeratePerKw(1_000))
        paid = await wallet.pay_fee(request)
        whole = paid.with_witness(0, WITNESS)
        assert whole.outputs[0] == request.base.outputs[0]
        made.regtest.submit(whole)
        fee = made.regtest.mempool.entries[whole.txid].fee
        least = FeeratePerKw(1_000).fee_for_weight(whole.weight)
        assert least <= fee <= least + Sat(10)
        made.regtest.mine()
        await wallet.sync()
        assert await wallet.balance() == OnchainBalance(Sat(150_000) - fee, Sat(0))
        assert made.store.locks == {}


async def test_a_replacement_takes_the_same_coins_and_pays_more(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(90_000)
        request = fee_request(made, FeeratePerKw(1_000))
        first = await wallet.pay_fee(request)
        made.regtest.submit(first.with_witness(0, WITNESS))
        await wallet.sync()
        again = replace(request, feerate=FeeratePerKw(1_010), replaces=first)
        second = await wallet.pay_fee(again)
        assert [i.outpoint for i in second.inputs] == [i.outpoint for i in first.inputs]
        made.regtest.submit(second.with_witness(0, WITNESS))
        assert list(made.regtest.mempool.entries) == [second.txid]
        assert set(made.store.locks) == {second.txid}


async def test_a_child_pays_for_its_parent(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.rich_wallet(90_000)
        request = fee_request(made, FeeratePerKw(2_000))
        child = replace(
            request,
            base=replace(request.base, outputs=()),
            parent_weight=1_124,
            parent_fee=Sat(300),
        )
        paid = await wallet.pay_fee(child)
        fee = sum(out.amount.value for out in child.spent) + 90_000 - paid.outputs[0].amount.value
        weight = paid.with_witness(0, WITNESS).weight + child.parent_weight
        least = FeeratePerKw(2_000).fee_for_weight(weight)
        assert least <= Sat(fee + 300) <= least + Sat(20)


async def test_without_confirmed_coins_no_fee_can_be_paid(tmp_path: Path) -> None:
    async with scene(tmp_path) as made:
        wallet = await made.wallet()
        request = fee_request(made, FeeratePerKw(1_000))
        made.regtest.fund(await wallet.new_script_pubkey(), Sat(90_000))
        await wallet.sync()
        with pytest.raises(NotEnoughOnchain):
            await wallet.pay_fee(request)
        made.regtest.mine()
        await wallet.sync()
        await wallet.pay_fee(request)
        with pytest.raises(NotEnoughOnchain):
            await wallet.fund(CHANNEL, Sat(50_000), RATE)


WITNESS = (script(Op.TRUE),)


def fee_request(made: Scene, feerate: FeeratePerKw) -> FeeRequest:
    """An output that anybody may spend goes on whole: its fee is the wallet's."""
    txid = made.regtest.fund(CHANNEL, Sat(40_000))
    funding = made.regtest.mempool.entries[txid].transaction
    made.regtest.mine()
    index = [out.script_pubkey for out in funding.outputs].index(CHANNEL)
    return FeeRequest(
        base=Transaction(
            2, (TxIn(funding.outpoint(index), sequence=1),), (TxOut(Sat(40_000), CHANNEL),)
        ),
        spent=(funding.outputs[index],),
        witness_weight=3,
        feerate=feerate,
    )
