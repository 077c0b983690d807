"""A wallet that is plugged in, with faults by script, and what keeps it."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.fakes import FakeClock, FakeWallet
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.wallets import WALLETS_SCHEMA, MoneyWalletStore
from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError
from tipdesk.bitcoin.network import Network
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import WalletFacts
from tipdesk.tips.any_link import WalletLink
from tipdesk.tips.payment import Capability
from tipdesk.tips.wallet_link import ServerLink, WalletKind

PAYS = frozenset({Capability.PAY_INVOICE, Capability.LOOKUP, Capability.CREATE_INVOICE})
FACTS = WalletFacts(alias="attic", network=Network.REGTEST, node_id=None, capabilities=PAYS)
LINK = ServerLink(kind=WalletKind.LND, url="https://10.0.0.2:8080", secret="00ff")


class FakePlugged(FakeWallet):
    """A `PluggedWallet` that answers as it is told."""

    def __init__(self, clock: FakeClock, facts: WalletFacts = FACTS) -> None:
        super().__init__(clock)
        self.facts = facts
        self.refusal: BackendError | None = None
        self.state: Callable[[BackendError | None], None] = lambda _: None
        self.runs = 0
        self.closed = False
        self.patience_ms = 60_000
        self.shown: tuple[ChannelView, ...] = ()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.facts.capabilities

    async def check(self) -> WalletFacts:
        if self.refusal is not None:
            raise self.refusal
        return self.facts

    async def run(self) -> None:
        self.runs += 1
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self.runs -= 1

    async def close(self) -> None:
        self.closed = True

    async def channels(self) -> Sequence[ChannelView]:
        return self.shown

    def on_state(self, listener: Callable[[BackendError | None], None]) -> None:
        self.state = listener

    def order_ends(self, begun_at: Instant, expires_at: Instant) -> Instant:
        return begun_at.plus_ms(self.patience_ms)


class MemoryLinks:
    """Links that nobody keeps."""

    def __init__(self) -> None:
        self.kept: dict[int, WalletLink] = {}

    async def get(self, slot: int) -> WalletLink | None:
        return self.kept.get(slot)

    async def put(self, slot: int, link: WalletLink) -> None:
        await asyncio.sleep(0)
        self.kept[slot] = link

    async def delete(self, slot: int) -> None:
        self.kept.pop(slot, None)


def wallet_database(folder: Path) -> MoneyDatabase:
    return MoneyDatabase(folder / "money.db", (WALLETS_SCHEMA,))


def wallet_store(folder: Path) -> MoneyWalletStore:
    return MoneyWalletStore(wallet_database(folder))
