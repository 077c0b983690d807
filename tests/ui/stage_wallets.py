"""Wallets that the person has: connected, chosen and removed in memory."""

from dataclasses import replace

from tests.ui import content
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import NodeId
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.ports.plugged import WalletFacts, WalletUnreachable
from tipdesk.ports.wallets import OWN, WalletId
from tipdesk.services.bus import Bus
from tipdesk.services.events import ReceivingChanged, WalletsChanged
from tipdesk.services.own_address import OwnAddress
from tipdesk.services.wallet_refusals import PaymentsUnderWay
from tipdesk.services.wallets import WalletView
from tipdesk.tips.any_link import WalletLink, kind_of, place_of
from tipdesk.tips.payment import Balance, Capability
from tipdesk.tips.wallet_link import WalletKind

WHOLE = frozenset(Capability)
MODEST = frozenset(
    {
        Capability.PAY_INVOICE,
        Capability.LOOKUP,
        Capability.CREATE_INVOICE,
        Capability.DESCRIPTION_HASH,
        Capability.BALANCE,
    }
)
ATTIC = WalletFacts(
    alias="attic",
    network=Network.REGTEST,
    node_id=NodeId(b"\x02" + content.number(9)),
    capabilities=WHOLE,
    version="0.21.1-beta",
)


class StageWallets:
    """The own node alone, until others are connected."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.facts: WalletFacts = ATTIC
        self.failure: BackendError | RequestError | None = None
        self.asked: list[WalletLink] = []
        self.all = [
            WalletView(
                wallet=OWN,
                kind=None,
                name="TipDesk's own wallet",
                where="",
                facts=None,
                is_chosen=True,
            )
        ]

    def views(self) -> tuple[WalletView, ...]:
        """The own node first."""
        return tuple(self.all)

    def put(self, view: WalletView) -> None:
        """One more."""
        self.all.append(view)
        self._bus.publish(WalletsChanged())

    def put_several(self) -> None:
        """A node that pays, a wallet that is away, one that owes an answer."""
        self.put(connected(1, WalletKind.LND, "Attic", "10.0.0.2:8080"))
        self.choose(WalletId(1))
        away = WalletUnreachable("wss://relay.example")
        self.put(
            replace(connected(2, WalletKind.NWC, "Alby Hub", "relay.example"), problem=str(away))
        )
        self.put(
            replace(connected(3, WalletKind.PHOENIXD, "Phoenix", "127.0.0.1:9740"), under_way=1)
        )

    async def inspect(self, link: WalletLink) -> WalletFacts:
        """What was set."""
        self.asked.append(link)
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return self.facts

    async def connect(self, link: WalletLink, name: str) -> WalletId:
        """Puts it into the list, and pays with it."""
        await self.inspect(link)
        wallet = WalletId(len(self.all))
        self.put(connected(wallet, kind_of(link), name or self.facts.alias, place_of(link)))
        self.choose(wallet)
        return wallet

    def choose(self, wallet: WalletId) -> None:
        """It pays."""
        self.all = [replace(one, is_chosen=one.wallet == wallet) for one in self.all]
        self._bus.publish(WalletsChanged())

    async def remove(self, wallet: WalletId) -> None:
        """Unless it owes an answer."""
        (found,) = [one for one in self.all if one.wallet == wallet]
        if found.under_way:
            raise PaymentsUnderWay(found.under_way)
        self.all.remove(found)
        self.choose(OWN)

    async def look_again(self, wallet: WalletId) -> None:
        """It answers."""
        self.all = [replace(one, problem="") if one.wallet == wallet else one for one in self.all]
        self._bus.publish(WalletsChanged())

    async def balance_of(self, wallet: WalletId) -> Balance | None:
        """Some, by number."""
        amount = Msat((int(wallet) + 1) * 123_456_000)
        return Balance(spendable=amount, receivable=amount, in_channels=amount)


class StageAddress:
    """The own address, in memory."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.now: OwnAddress | None = None
        self.failure: RequestError | None = None

    async def use(self, user: str, domain: str) -> OwnAddress:
        """Answers."""
        if self.failure is not None:
            raise self.failure
        self.now = OwnAddress(user, domain, 41_234)
        self._bus.publish(ReceivingChanged())
        return self.now

    async def give_up(self) -> None:
        """Answers no more."""
        self.now = None
        self._bus.publish(ReceivingChanged())


def connected(wallet: int, kind: WalletKind, name: str, where: str) -> WalletView:
    return WalletView(
        wallet=WalletId(wallet),
        kind=kind,
        name=name,
        where=where,
        facts=ATTIC,
        is_chosen=False,
        added_at=content.NOW,
    )
