"""The wallets of a profile: its own node, and those of the person that were connected."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.text import one_line
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.channels import ChannelView
from tipdesk.ports.plugged import PluggedWallet, WalletFacts, WalletNetworkDiffers
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.ports.wallets import (
    OWN,
    LinkVault,
    WalletId,
    WalletOpener,
    WalletRow,
    WalletStore,
)
from tipdesk.services.any_wallet import AnyWallet
from tipdesk.services.bus import Bus
from tipdesk.services.events import BalanceChanged, WalletsChanged
from tipdesk.services.views import Elsewhere
from tipdesk.services.wallet_refusals import (
    SLOTS,
    ConnectedAlready,
    NoSuchWallet,
    OfNoUse,
    OwnLink,
    PaymentsUnderWay,
    TooManyWallets,
    WalletSilent,
)
from tipdesk.tips.any_link import WalletLink, kind_of, place_of
from tipdesk.tips.payment import Balance, Capability
from tipdesk.tips.wallet_link import WalletKind

CHANNELS_EVERY_SECONDS: Final = 30.0
_CHECK_SECONDS: Final = 20.0
_MOST_NAME: Final = 40
_CHOSEN: Final = "wallet_chosen"
_PAYS: Final = frozenset({Capability.PAY_INVOICE, Capability.LOOKUP})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletView:
    """A wallet as it is shown."""

    wallet: WalletId
    kind: WalletKind | None
    """None for TipDesk's own node."""
    name: str
    where: str
    facts: WalletFacts | None
    is_chosen: bool
    problem: str = ""
    """Why it cannot be reached now."""
    under_way: int = 0
    """Payments whose end it still owes."""
    added_at: Instant | None = None


class Wallets:
    """Connects, chooses and removes wallets; keeps each one's connection alive."""

    def __init__(
        self,
        *,
        any_wallet: AnyWallet,
        store: WalletStore,
        links: LinkVault,
        opener: WalletOpener,
        settings: SettingsStore,
        network: Network,
        bus: Bus,
        clock: Clock,
        serves: Callable[[XOnlyPubkey], bool] = lambda _: False,
    ) -> None:
        """`serves` tells whether a key is one by which apps of ours know this very profile."""
        self._serves = serves
        self._any = any_wallet
        self._store = store
        self._links = links
        self._open = opener
        self._settings = settings
        self._network = network
        self._bus = bus
        self._clock = clock
        self._rows = {row.wallet: row for row in store.wallets()}
        self._plugged: dict[WalletId, PluggedWallet] = {}
        self._problems: dict[WalletId, str] = {}
        self._channels: dict[WalletId, tuple[ChannelView, ...]] = {}
        self._tasks: dict[WalletId, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._connecting = asyncio.Lock()

    async def load(self) -> None:
        """Takes the links out of the vault; a link that is gone leaves its wallet unreachable."""
        for row in self._rows.values():
            link = await self._links.get(row.slot)
            if link is None:
                self._problems[row.wallet] = Phrase(
                    "The key of this wallet is gone from where it was kept. Connect it again."
                )
            else:
                self._plug(row.wallet, self._open(link, row.facts))
        self._any.choose(WalletId(int(self._settings.setting(_CHOSEN) or OWN)))

    async def run(self) -> None:
        """Keeps every wallet connected until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                for wallet in tuple(self._plugged):
                    self._keep(wallet)
                await self._any.run()
            finally:
                self._group = None
                for plugged in self._plugged.values():
                    await plugged.close()

    # -- shown ------------------------------------------------------------------------------------

    def views(self) -> tuple[WalletView, ...]:
        """The own node first, then the others in the order in which they came."""
        own = WalletView(
            wallet=OWN,
            kind=None,
            name=Phrase("TipDesk's own wallet"),
            where="",
            facts=None,
            is_chosen=self._any.chosen == OWN,
        )
        return (own, *(self._view(row) for row in self._rows.values()))

    @property
    def chosen(self) -> WalletView:
        """The wallet that pays and is paid."""
        return next(view for view in self.views() if view.is_chosen)

    def elsewhere(self) -> Elsewhere | None:
        """The chosen wallet as last told; None for the own node."""
        wallet = self._any.chosen
        if wallet == OWN:
            return None
        channels = self._channels.get(wallet, ())
        row = self._rows[wallet]
        return Elsewhere(
            row.name,
            self._problems.get(wallet, ""),
            channels,
            keeps_fee_limit=Capability.FEE_LIMIT in self._any.capabilities,
        )

    # -- changed ----------------------------------------------------------------------------------

    async def inspect(self, link: WalletLink) -> WalletFacts:
        """Asks a wallet who it is, and keeps nothing. `BackendError` or `RequestError`: why not."""
        if isinstance(link, WalletConnectLink) and self._serves(link.pubkey):
            raise OwnLink
        facts = await look_at(self._open(link, None))
        if facts.network is not None and facts.network is not self._network:
            raise WalletNetworkDiffers(theirs=facts.network, ours=self._network)
        if not (facts.capabilities >= _PAYS or Capability.CREATE_INVOICE in facts.capabilities):
            raise OfNoUse
        return facts

    async def connect(self, link: WalletLink, name: str, *, choose: bool = True) -> WalletId:
        """Asks it, keeps it, and has it pay from now on if it is to."""
        await self._check_new(link)
        facts = await self.inspect(link)
        async with self._connecting:
            # Once more: asked twice at the same time, it is there by now.
            await self._check_new(link)
            row = await self._keep_link(link, facts, name)
        self._plug(row.wallet, self._open(link, facts))
        self._keep(row.wallet)
        if choose:
            self.choose(row.wallet)
        else:
            self._bus.publish(WalletsChanged())
        return row.wallet

    def choose(self, wallet: WalletId) -> None:
        """Pays and is paid from now on; what is under way stays where it is."""
        if wallet != OWN and wallet not in self._plugged:
            raise NoSuchWallet
        self._any.choose(wallet)
        choose_first(self._settings, wallet)
        self._bus.publish(WalletsChanged())
        self._bus.publish(BalanceChanged())

    def rename(self, wallet: WalletId, name: str) -> None:
        """Calls it something else."""
        row = self._row(wallet)
        self._change(replace(row, name=_name(name) or row.kind.title))

    async def remove(self, wallet: WalletId) -> None:
        """Forgets its key. `PaymentsUnderWay` while it still owes an answer."""
        row = self._row(wallet)
        count = self._store.under_way(wallet)
        if count:
            raise PaymentsUnderWay(count)
        if self._any.chosen == wallet:
            self.choose(OWN)
        self._any.unplug(wallet)
        self._store.remove(wallet, self._clock.now())
        self._rows.pop(wallet)
        plugged, task = self._plugged.pop(wallet, None), self._tasks.pop(wallet, None)
        self._problems.pop(wallet, None)
        if task is not None:
            task.cancel()
        if plugged is not None:
            await plugged.close()
        await self._links.delete(row.slot)
        self._bus.publish(WalletsChanged())

    async def look_again(self, wallet: WalletId) -> None:
        """Asks it anew who it is and what its key allows. `BackendError`: why it does not say."""
        row, plugged = self._row(wallet), self._plugged.get(wallet)
        if plugged is None:
            raise NoSuchWallet
        self._change(replace(row, facts=await _within(plugged.check())))

    async def balance_of(self, wallet: WalletId) -> Balance | None:
        """What a wallet holds; None if it does not say."""
        backend = self._any.own if wallet == OWN else self._plugged.get(wallet)
        if backend is None or Capability.BALANCE not in backend.capabilities:
            return None
        try:
            return await backend.balance()
        except BackendError:
            return None

    # -- within -----------------------------------------------------------------------------------

    async def _check_new(self, link: WalletLink) -> None:
        for row in tuple(self._rows.values()):
            if await self._links.get(row.slot) == link:
                raise ConnectedAlready(row.name)

    async def _keep_link(self, link: WalletLink, facts: WalletFacts, name: str) -> WalletRow:
        free = sorted(set(range(1, SLOTS + 1)) - {row.slot for row in self._rows.values()})
        if not free:
            raise TooManyWallets
        row = new_row(link, facts, now=self._clock.now(), slot=free[0], name=name)
        await self._links.put(row.slot, link)
        row = replace(row, wallet=self._store.add(row))
        self._rows[row.wallet] = row
        return row

    def _row(self, wallet: WalletId) -> WalletRow:
        row = self._rows.get(wallet)
        if row is None:
            raise NoSuchWallet
        return row

    def _change(self, row: WalletRow) -> None:
        self._store.change(row)
        self._rows[row.wallet] = row
        self._bus.publish(WalletsChanged())

    def _view(self, row: WalletRow) -> WalletView:
        return WalletView(
            wallet=row.wallet,
            kind=row.kind,
            name=row.name,
            where=row.where,
            facts=row.facts,
            is_chosen=self._any.chosen == row.wallet,
            problem=self._problems.get(row.wallet, ""),
            under_way=self._store.under_way(row.wallet),
            added_at=row.added_at,
        )

    def _plug(self, wallet: WalletId, plugged: PluggedWallet) -> None:
        self._plugged[wallet] = plugged
        plugged.on_state(lambda problem: self._on_state(wallet, problem))
        self._any.plug(wallet, plugged)

    def _keep(self, wallet: WalletId) -> None:
        if self._group is not None:
            self._tasks[wallet] = self._group.create_task(
                self._live(wallet, self._plugged[wallet]), name=f"wallet {wallet}"
            )

    async def _live(self, wallet: WalletId, plugged: PluggedWallet) -> None:
        """A bug in one wallet's adapter ends that adapter, and nothing else."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(plugged.run())
                if Capability.CHANNELS in plugged.capabilities:
                    group.create_task(self._watch_channels(wallet, plugged))
        except Exception:
            log.exception("wallet %s stopped", wallet)
            self._problems[wallet] = Phrase(
                "TipDesk stopped talking to this wallet because of a mistake of its own. Start "
                "TipDesk again."
            )
            self._bus.publish(WalletsChanged())

    async def _watch_channels(self, wallet: WalletId, plugged: PluggedWallet) -> None:
        while True:
            try:
                found = tuple(await plugged.channels())
            except BackendError as error:
                log.info("a wallet does not show its channels: %s", error)
            else:
                if found != self._channels.get(wallet):
                    self._channels[wallet] = found
                    self._bus.publish(WalletsChanged())
            await asyncio.sleep(CHANNELS_EVERY_SECONDS)

    def _on_state(self, wallet: WalletId, problem: BackendError | None) -> None:
        said = "" if problem is None else in_words(problem)
        if wallet in self._rows and said != self._problems.get(wallet, ""):
            self._problems[wallet] = said
            self._bus.publish(WalletsChanged())


def new_row(
    link: WalletLink, facts: WalletFacts, *, now: Instant, slot: int = 1, name: str = ""
) -> WalletRow:
    """A wallet that nobody has kept yet; without a name it has its own, or that of its kind."""
    kind = kind_of(link)
    return WalletRow(
        wallet=OWN,
        slot=slot,
        kind=kind,
        name=_name(name) or _name(facts.alias) or kind.title,
        where=place_of(link),
        facts=facts,
        added_at=now,
    )


def choose_first(settings: SettingsStore, wallet: WalletId) -> None:
    """The wallet that pays when the profile is opened for the first time."""
    settings.put_setting(_CHOSEN, str(int(wallet)))


async def look_at(plugged: PluggedWallet) -> WalletFacts:
    """Asks a wallet who it is; its connection is open for as long as that takes."""
    async with asyncio.TaskGroup() as group:
        running = group.create_task(plugged.run(), name="a wallet that is looked at")
        try:
            answer: WalletFacts | BackendError = await _within(plugged.check())
        except BackendError as error:
            answer = error
        running.cancel()
    await plugged.close()
    if isinstance(answer, BackendError):
        raise answer
    return answer


async def _within(asking: Awaitable[WalletFacts]) -> WalletFacts:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await asking
    except TimeoutError:
        raise WalletSilent(_CHECK_SECONDS) from None


def _name(text: str) -> str:
    return one_line(text, maximum=_MOST_NAME)
