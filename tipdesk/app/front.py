"""The start of the program: which profiles there are; what is done with them is in `making`.

Nothing that is heavy to load is imported here: the first window is seen before it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tipdesk.app.config import MAINNET_RISK
from tipdesk.app.known_servers import CHAIN, RELAYS
from tipdesk.app.profiles import PRACTICE, listed
from tipdesk.base.errors import TipDeskError
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.services.front import (
    BroughtWallet,
    LostWallet,
    Mending,
    NewWallet,
    ProfileEntry,
    Remedy,
    Servers,
)
from tipdesk.services.preferences import PreferenceKeeper

if TYPE_CHECKING:
    from tipdesk.app.container import App
    from tipdesk.app.making import ProfileMaker
    from tipdesk.tips.any_link import WalletLink

Progress = Callable[[str], None]
Practise = Callable[[Progress], AbstractAsyncContextManager["App"]]


class FrontDoor:
    """Everything before a profile is open. `folder` holds all of them."""

    def __init__(self, folder: Path, preferences: PreferenceKeeper, practise: Practise) -> None:
        self._folder = folder
        self.preferences = preferences
        self._practise = practise

    async def prepare(self) -> None:
        """Loads what profiles are made and opened with, so that nobody waits for it later."""
        await asyncio.to_thread(import_module, "tipdesk.app.making")

    def profiles(self) -> tuple[ProfileEntry, ...]:
        """The person's own by name, then the practice profile if it was ever begun."""
        return listed(self._folder)

    def suggested(self, network: str) -> Servers:
        """Public servers that know a network."""
        return Servers(chain=CHAIN[Network(network)], relays=RELAYS)

    @property
    def risk(self) -> Phrase:
        """What whoever begins with real money has to know."""
        return MAINNET_RISK

    async def read_backup(self, path: str) -> bytes:
        """A file of the person's that may be a channel backup; `BackupUnreadable`."""
        return await self._maker.read_backup(path)

    async def has_keyring(self) -> bool:
        """Whether the system has a keyring that can be trusted."""
        await self.prepare()
        return await self._maker.has_keyring()

    def check_words(self, text: str) -> None:
        """`InvalidWords` with what is wrong with backup words."""
        self._maker.check_words(text)

    def check_nsec(self, text: str) -> None:
        """`NotAnNsec` if it is none."""
        self._maker.check_nsec(text)

    def check_servers(self, servers: Servers) -> None:
        """`InvalidSettings` that names the first that cannot be used."""
        self._maker.check_servers(servers)

    async def inspect_wallet(self, link: "WalletLink") -> BroughtWallet:
        """Asks a wallet of the person's who it is. `BackendError` or `RequestError`: why not."""
        await self.prepare()
        return await self._maker.inspect_wallet(link)

    async def create(self, wanted: NewWallet) -> ProfileEntry:
        """Makes a profile and its secrets; nothing stays of it if that fails."""
        return await self._maker.create(wanted)

    async def restore(self, wanted: LostWallet) -> ProfileEntry:
        """Makes a lost profile anew; nothing stays of it if that fails."""
        return await self._maker.restore(wanted)

    def remedy(self, error: TipDeskError) -> Remedy:
        """What helps against an error that `open` ended with."""
        return self._maker.remedy(error)

    async def mend(self, entry: ProfileEntry, remedy: Remedy, given: Mending) -> ProfileEntry:
        """Applies a remedy; the profile as it is afterwards. `RequestError`: nothing changed."""
        return await self._maker.mend(entry, remedy, given)

    @asynccontextmanager
    async def open(self, entry: ProfileEntry, passphrase: str) -> "AsyncIterator[App]":
        """The profile's app, alive inside."""
        await self.prepare()
        async with self._maker.open(entry, passphrase) as app:
            yield app

    @asynccontextmanager
    async def practise(self, progress: Progress) -> "AsyncIterator[App]":
        """The practice network and a profile on it with coins and a channel, alive inside."""
        async with self._practise(progress) as app:
            self.preferences.change(last_profile=PRACTICE)
            yield app

    @property
    def _maker(self) -> "ProfileMaker":
        from tipdesk.app.making import ProfileMaker

        return ProfileMaker(self._folder, self.preferences)
