"""Puts together the wallets beside our own node: their adapters, their links, who pays."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments.cln import CoreLightningWallet
from tipdesk.adapters.payments.lnd import LndWallet
from tipdesk.adapters.payments.phoenixd import PhoenixdWallet
from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.adapters.storage.wallets import MoneyWalletStore
from tipdesk.app.core import Core, open_money
from tipdesk.app.nwc import nwc_wallet
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.ports.plugged import PluggedWallet, WalletFacts, WalletNetworkDiffers
from tipdesk.ports.secrets import SecretVault
from tipdesk.services.bus import Bus
from tipdesk.services.front import BroughtWallet
from tipdesk.services.wallet_refusals import LINK_SECRETS
from tipdesk.services.wallets import Wallets, choose_first, look_at, new_row
from tipdesk.tips.any_link import WalletLink, link_from_bytes, link_to_bytes
from tipdesk.tips.link_errors import BadStoredLink, NotAWalletLink
from tipdesk.tips.wallet_link import ServerLink, WalletKind


class _Opener(Protocol):
    def __call__(
        self,
        link: ServerLink,
        network: Network,
        clock: Clock,
        facts: WalletFacts | None,
        *,
        way: WayOut,
    ) -> PluggedWallet: ...


_OVER_HTTP: Final[Mapping[WalletKind, _Opener]] = {
    WalletKind.LND: LndWallet,
    WalletKind.CORE_LIGHTNING: CoreLightningWallet,
    WalletKind.PHOENIXD: PhoenixdWallet,
}


class VaultedLinks:
    """`LinkVault` over the secrets of the profile."""

    def __init__(self, vault: SecretVault) -> None:
        self._vault = vault

    async def get(self, slot: int) -> WalletLink | None:
        """See `LinkVault.get`; what cannot be read is as good as gone."""
        kept = await self._vault.get(LINK_SECRETS[slot - 1])
        try:
            return None if kept is None else link_from_bytes(kept)
        except BadStoredLink:
            return None

    async def put(self, slot: int, link: WalletLink) -> None:
        """See `LinkVault.put`."""
        await self._vault.put(LINK_SECRETS[slot - 1], link_to_bytes(link))

    async def delete(self, slot: int) -> None:
        """See `LinkVault.delete`."""
        await self._vault.delete(LINK_SECRETS[slot - 1])


def open_wallet(
    link: WalletLink,
    facts: WalletFacts | None,
    *,
    network: Network,
    way: WayOut,
    clock: Clock,
    entropy: Entropy,
) -> PluggedWallet:
    """The adapter for a link; nothing is asked yet."""
    if isinstance(link, WalletConnectLink):
        return nwc_wallet(
            link,
            network=network,
            way=way,
            clock=clock,
            entropy=entropy,
            facts=facts,
            allow_nip04=link.allows_nip04,
        )
    if link.kind not in _OVER_HTTP:
        raise NotAWalletLink
    return _OVER_HTTP[link.kind](link, network, clock, facts, way=way)


async def inspect_wallet(
    link: WalletLink, way: WayOut, clock: Clock, entropy: Entropy
) -> tuple[WalletFacts, Network]:
    """Asks a wallet who it is before there is a profile: its network becomes the profile's.

    A wallet that does not tell is taken to be on the main one.
    """
    network = Network.MAINNET
    for _ in range(2):
        opener = partial(open_wallet, network=network, way=way, clock=clock, entropy=entropy)
        try:
            return await look_at(opener(link, None)), network
        except WalletNetworkDiffers as error:
            network = error.theirs
    raise WalletNetworkDiffers(theirs=network, ours=Network.MAINNET)


async def keep_first_wallet(
    folder: Path, vault: SecretVault, brought: BroughtWallet, now: Instant
) -> None:
    """A wallet that pays from the first start on, in the folder and vault of a new profile."""
    await VaultedLinks(vault).put(1, brought.link)
    database = open_money(folder, Network(brought.network))
    try:
        row = new_row(brought.link, brought.facts, now=now)
        wallet = MoneyWalletStore(database).add(row)
        choose_first(MoneySettingsStore(database), wallet)
    finally:
        database.close()


def build_wallets(core: Core, bus: Bus, serves: Callable[[XOnlyPubkey], bool]) -> Wallets:
    """The wallets of a profile that is open; `load` takes their links out of the vault."""
    return Wallets(
        any_wallet=core.any_wallet,
        store=MoneyWalletStore(core.database),
        links=VaultedLinks(core.vault),
        opener=partial(
            open_wallet,
            network=core.settings.network,
            way=core.way,
            clock=core.clock,
            entropy=core.entropy,
        ),
        settings=MoneySettingsStore(core.database),
        network=core.settings.network,
        bus=bus,
        clock=core.clock,
        serves=serves,
    )
