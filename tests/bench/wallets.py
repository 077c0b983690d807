"""How long a payment takes by each kind of wallet, asked for as the app asks: through `AnyWallet`.

One profile has all five: its own node, a direct channel away from the one that is paid, and four
wallets elsewhere, each with the server of the contract's tests, which pays at once. So the rows of
those are what TipDesk, its commits, the wire and a local server need, and nothing of a network
behind them; that of the node is a whole payment. All of it shares one process and so one core.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from time import perf_counter

from tests.bench.measure import Row, measure
from tests.contract.nwc_rig import NwcRig
from tests.contract.server_rigs import CoreLightningRig, LndRig, PhoenixdRig, ServerRig
from tests.fakes import FakeClock, FakeEntropy, make_invoice, preimage_of
from tests.nodes import pair
from tests.plugging import FACTS, FakePlugged
from tests.serving import ServingMember
from tipdesk.adapters.payments.embedded import EmbeddedBackend
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.wallets import MoneyWalletStore
from tipdesk.app.core import SCHEMA
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.crypto.hashes import sha256
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.plugged import PluggedWallet
from tipdesk.ports.wallets import OWN, WalletId, WalletRow
from tipdesk.services.any_wallet import AnyWallet
from tipdesk.tips.payment import CreatedInvoice, PayRequest, Succeeded
from tipdesk.tips.wallet_link import WalletKind

AMOUNT = Msat(1_000)
CAPACITY = Sat(2_000_000)
PAYMENTS = 100
FIRST = 5
"""That warm up and are not counted."""
ELSEWHERE: dict[str, type[NwcRig | ServerRig]] = {
    "Nostr Wallet Connect, two relays": NwcRig,
    "LND, TLS": LndRig,
    "Core Lightning, TLS": CoreLightningRig,
    "phoenixd, HTTP": PhoenixdRig,
}

Give = Callable[[], Awaitable[CreatedInvoice]]


class _Profile:
    """Wallets behind one `AnyWallet`, and who is paid by which."""

    def __init__(self, database: MoneyDatabase, own: PaymentBackend) -> None:
        self._store = MoneyWalletStore(database)
        self.any = AnyWallet(own, self._store, SystemClock(), SystemEntropy())
        self.ways: dict[str, tuple[PaymentBackend, WalletId, Give]] = {}

    def plug(self, name: str, wallet: PluggedWallet, give: Give) -> None:
        self.ways[name] = (self.any, plug(self.any, self._store, wallet), give)

    async def pay(self, name: str) -> float:
        """Milliseconds from the order to the preimage."""
        wallet, chosen, give = self.ways[name]
        created = await give()
        self.any.choose(chosen)
        return await paid(
            wallet,
            PayRequest(
                invoice=created.invoice,
                payment_hash=created.payment_hash,
                amount=AMOUNT,
                max_fee=Msat(1_000),
                deadline=SystemClock().now().plus_ms(60_000),
            ),
        )


def plug(any_wallet: AnyWallet, store: MoneyWalletStore, wallet: PluggedWallet) -> WalletId:
    """One more; kept, as orders name it."""
    row = WalletRow(
        wallet=OWN,
        slot=len(store.wallets()) + 1,
        kind=WalletKind.LND,
        name="a wallet",
        where="127.0.0.1",
        facts=FACTS,
        added_at=SystemClock().now(),
    )
    plugged = store.add(row)
    any_wallet.plug(plugged, wallet)
    return plugged


async def paid(wallet: PaymentBackend, request: PayRequest) -> float:
    """Milliseconds to the last word, which must be that it was paid."""
    start = perf_counter()
    last = [update async for update in wallet.pay(request)][-1]
    took = (perf_counter() - start) * 1_000
    if isinstance(last, Succeeded):
        return took
    raise RuntimeError(f"a payment did not succeed: {last}")


@asynccontextmanager
async def _profile(folder: Path) -> AsyncIterator[_Profile]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(pair(folder, CAPACITY, make=ServingMember))
        fan, creator = world.members["fan"], world.members["creator"]
        own = EmbeddedBackend(fan.node)
        made = _Profile(fan.database, own)

        async def at_creator() -> CreatedInvoice:
            await world.quiet()
            return creator.invoice(AMOUNT)

        made.ways["own node, asked by itself"] = (own, OWN, at_creator)
        made.ways["own node"] = (made.any, OWN, at_creator)
        for number, (name, kind) in enumerate(ELSEWHERE.items()):
            rig = kind(folder / str(number))
            rig.folder.mkdir()
            await rig.start()
            stack.push_async_callback(rig.close)
            made.plug(name, rig.wallet, partial(rig.invoice, AMOUNT))
        yield made


async def _payments() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        async with _profile(Path(folder)) as profile:
            took: dict[str, list[float]] = {name: [] for name in profile.ways}
            # In turn, so that whatever else the machine does meets all of them.
            for _ in range(FIRST + PAYMENTS):
                for name, values in took.items():
                    values.append(await profile.pay(name))
    return [Row.of(f"pay 1 sat: {name}", "ms", values[FIRST:]) for name, values in took.items()]


async def _added() -> list[Row]:
    """What `AnyWallet` does itself, with wallets that need no time."""
    clock = FakeClock()
    wallet = FakePlugged(clock)
    with tempfile.TemporaryDirectory() as folder:
        database = MoneyDatabase(Path(folder) / "money.db", SCHEMA)
        store = MoneyWalletStore(database)
        through = AnyWallet(FakePlugged(clock), store, clock, FakeEntropy())
        elsewhere = plug(through, store, wallet)
        rows = []
        for name, chosen in (("the own node", OWN), ("a wallet elsewhere", elsewhere)):
            through.choose(chosen)
            values = []
            for number in range(1, PAYMENTS + 1):
                request = PayRequest(
                    invoice=make_invoice(number + PAYMENTS * chosen),
                    payment_hash=PaymentHash(sha256(preimage_of(number + PAYMENTS * chosen))),
                    amount=Msat(21_000),
                    max_fee=AMOUNT,
                )
                values.append(await paid(through, request))
            rows.append(Row.of(f"of that AnyWallet itself, {name}", "ms", values))
        database.close()
    return rows


@measure("wallets")
def wallets() -> list[Row]:
    """From the order to the preimage, one payment after the other."""
    return [*asyncio.run(_payments()), *asyncio.run(_added())]
