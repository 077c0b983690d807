"""Wallets of the person: connected, chosen, lost and removed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.fakes import FakeClock, FakeEntropy, FakeWallet, make_invoice, preimage_of, until
from tests.plugging import FACTS, LINK, FakePlugged, MemoryLinks, wallet_database
from tipdesk.adapters.storage.wallets import MoneyWalletStore
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.plugged import WalletFacts, WalletNetworkDiffers, WalletUnreachable
from tipdesk.ports.wallets import OWN
from tipdesk.services.any_wallet import AnyWallet
from tipdesk.services.bus import Bus
from tipdesk.services.events import WalletsChanged
from tipdesk.services.wallet_refusals import (
    SLOTS,
    ConnectedAlready,
    NoSuchWallet,
    OfNoUse,
    OwnLink,
    PaymentsUnderWay,
    TooManyWallets,
)
from tipdesk.services.wallets import Wallets
from tipdesk.tips.any_link import WalletLink
from tipdesk.tips.payment import Capability, PayRequest

OURS = WalletConnectLink(
    pubkey=PrivateKey(bytes([9]) * 32).x_only,
    relays=("wss://relay.example",),
    secret=bytes([8]) * 32,
)


class Settings:
    """Kept in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def setting(self, name: str) -> str | None:
        return self.kept.get(name)

    def put_setting(self, name: str, value: str) -> None:
        self.kept[name] = value


class Home:
    """What outlives a process, and the service over it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.own = FakeWallet(self.clock)
        self.links, self.settings = MemoryLinks(), Settings()
        self.facts: WalletFacts = FACTS
        self.opened: list[FakePlugged] = []
        self.changes = 0
        self.begin()

    def begin(self) -> None:
        self.database = wallet_database(self.folder)
        store, bus = MoneyWalletStore(self.database), Bus()
        bus.subscribe(WalletsChanged, lambda _: self._count())
        self.any = AnyWallet(self.own, store, self.clock, FakeEntropy())
        self.wallets = Wallets(
            any_wallet=self.any,
            store=store,
            links=self.links,
            opener=self._open,
            settings=self.settings,
            network=Network.REGTEST,
            bus=bus,
            clock=self.clock,
            serves=lambda key: key == OURS.pubkey,
        )

    def restart(self) -> None:
        self.database.close()
        self.begin()

    def _count(self) -> None:
        self.changes += 1

    def _open(self, link: WalletLink, facts: WalletFacts | None) -> FakePlugged:
        self.opened.append(FakePlugged(self.clock, facts or self.facts))
        return self.opened[-1]


@asynccontextmanager
async def at_home(folder: Path) -> AsyncIterator[Home]:
    home = Home(folder)
    running = asyncio.create_task(home.wallets.run())
    await asyncio.sleep(0)
    try:
        yield home
    finally:
        running.cancel()
        await asyncio.wait({running})
        home.database.close()


async def test_two_wallets_that_are_connected_at_once_have_a_place_each(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        other = replace(LINK, secret="ee")
        answers = await asyncio.gather(
            *(home.wallets.connect(link, "") for link in (LINK, other, LINK)),
            return_exceptions=True,
        )
        assert [type(one) for one in answers] == [int, int, ConnectedAlready]
        assert list(home.links.kept.values()) == [LINK, other]
        assert len(home.wallets.views()) == 3


async def test_a_link_that_was_made_here_is_no_wallet(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        with pytest.raises(OwnLink):
            await home.wallets.inspect(OURS)
        with pytest.raises(OwnLink):
            await home.wallets.connect(OURS, "")
        assert not home.links.kept
        theirs = PrivateKey(bytes([7]) * 32).x_only
        await home.wallets.connect(replace(OURS, pubkey=theirs), "")


async def test_without_any_other_the_own_node_pays(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        (own,) = home.wallets.views()
        assert (own.wallet, own.is_chosen, own.kind) == (OWN, True, None)
        assert home.wallets.chosen == own
        assert home.wallets.elsewhere() is None


async def test_a_wallet_is_connected_chosen_and_there_again_after_a_restart(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as home:
        wallet = await home.wallets.connect(LINK, "  Attic\n node ")
        await until(lambda: home.opened[-1].runs == 1)
        assert home.opened[0].closed
        assert home.opened[0].runs == 0, "the one that was looked at is let go"
        chosen = home.wallets.chosen
        assert (chosen.wallet, chosen.name, chosen.where) == (wallet, "Attic node", LINK.place)
        assert home.any.chosen == wallet
        home.restart()
        await home.wallets.load()
        assert home.wallets.chosen == chosen
        assert home.any.capabilities == FACTS.capabilities


async def test_a_wallet_without_a_name_has_its_alias(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        wallet = await home.wallets.connect(LINK, "", choose=False)
        assert home.wallets.chosen.wallet == OWN
        assert home.wallets.views()[1].name == "attic"
        home.wallets.rename(wallet, "")
        assert home.wallets.views()[1].name == "LND"


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (replace(FACTS, network=Network.MAINNET), WalletNetworkDiffers),
        (replace(FACTS, capabilities=frozenset({Capability.BALANCE})), OfNoUse),
        (replace(FACTS, capabilities=frozenset({Capability.PAY_INVOICE})), OfNoUse),
    ],
)
async def test_what_cannot_be_used_is_not_kept(
    tmp_path: Path, facts: WalletFacts, refusal: type[Exception]
) -> None:
    async with at_home(tmp_path) as home:
        home.facts = facts
        with pytest.raises(refusal):
            await home.wallets.connect(LINK, "")
        assert not home.links.kept
        assert len(home.wallets.views()) == 1


async def test_the_same_link_is_connected_once_and_no_more_than_there_are_slots(
    tmp_path: Path,
) -> None:
    async with at_home(tmp_path) as home:
        for number in range(SLOTS):
            await home.wallets.connect(replace(LINK, secret=f"{number:02x}"), f"n{number}")
        with pytest.raises(ConnectedAlready) as caught:
            await home.wallets.connect(replace(LINK, secret="03"), "")
        assert caught.value.name == "n3"
        with pytest.raises(TooManyWallets):
            await home.wallets.connect(replace(LINK, secret="ff"), "")
        await home.wallets.remove(home.wallets.views()[4].wallet)
        await home.wallets.connect(replace(LINK, secret="ff"), "")


async def test_a_wallet_that_owes_an_answer_is_not_removed(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        wallet = await home.wallets.connect(LINK, "")
        home.opened[-1].how = "silent"
        payment_hash = PaymentHash(sha256(preimage_of(1)))
        request = PayRequest(
            invoice=make_invoice(), payment_hash=payment_hash, amount=Msat(21_000), max_fee=Msat(1)
        )
        async for _ in home.any.pay(request):
            pass
        assert home.wallets.chosen.under_way == 1
        with pytest.raises(PaymentsUnderWay):
            await home.wallets.remove(wallet)
        home.opened[-1].known[payment_hash] = home.opened[-1].success(request)
        await home.any.lookup(payment_hash)
        await home.wallets.remove(wallet)
        assert not home.links.kept
        assert home.wallets.chosen.wallet == OWN
        await until(lambda: home.opened[-1].runs == 0)
        with pytest.raises(NoSuchWallet):
            home.wallets.choose(wallet)
        home.restart()
        await home.wallets.load()
        assert len(home.wallets.views()) == 1


async def test_why_a_wallet_is_away_is_said_until_it_is_back(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.wallets.connect(LINK, "")
        changes = home.changes
        home.opened[-1].state(WalletUnreachable("https://10.0.0.2:8080"))
        home.opened[-1].state(WalletUnreachable("https://10.0.0.2:8080"))
        assert "does not answer" in home.wallets.chosen.problem
        assert home.changes == changes + 1
        home.opened[-1].state(None)
        assert home.wallets.chosen.problem == ""


async def test_a_link_that_is_gone_leaves_the_wallet_and_says_so(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        await home.wallets.connect(LINK, "")
        home.links.kept.clear()
        home.restart()
        await home.wallets.load()
        assert home.wallets.chosen.wallet == OWN
        assert "Connect it again" in home.wallets.views()[1].problem


async def test_a_mistake_in_one_adapter_ends_that_one_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with at_home(tmp_path) as home:
        await home.wallets.connect(LINK, "")
        first = home.opened[-1]

        async def stumble() -> None:
            raise ZeroDivisionError

        home.restart()
        await home.wallets.load()
        home.opened[-1].run = stumble  # type: ignore[method-assign]
        running = asyncio.create_task(home.wallets.run())
        await until(lambda: "mistake" in home.wallets.chosen.problem)
        assert not running.done()
        running.cancel()
        await asyncio.wait({running})
        assert first.runs <= 1


async def test_newer_facts_are_kept(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        wallet = await home.wallets.connect(LINK, "")
        home.opened[-1].facts = replace(FACTS, version="2")
        await home.wallets.look_again(wallet)
        home.restart()
        found = home.wallets.views()[1].facts
        assert found is not None
        assert found.version == "2"
