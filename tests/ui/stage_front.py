"""A front door over the stage: it makes profiles in memory, and opens the stage for each."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from tests.ui.stage import Stage
from tipdesk.base.errors import RequestError, TipDeskError
from tipdesk.base.phrase import Phrase
from tipdesk.services.front import (
    BroughtWallet,
    LostWallet,
    Mending,
    NewWallet,
    ProfileEntry,
    Remedy,
    Servers,
)
from tipdesk.services.preferences import PreferenceKeeper, Preferences
from tipdesk.tips.any_link import WalletLink

WORDS = "abandon " * 11 + "about"


@dataclass
class StageDoor:
    """What the person would find on a machine."""

    stage: Stage
    preferences: PreferenceKeeper = field(default_factory=lambda: PreferenceKeeper(Preferences()))
    entries: list[ProfileEntry] = field(default_factory=list)
    keyring: bool = True
    passphrase: str = "correct horse battery"
    problem: Exception | None = None
    """What opening a profile ends with."""
    helps: Remedy = Remedy.NONE
    mended: list[tuple[Remedy, Mending]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    """What opening a profile waits for."""
    making: asyncio.Event | None = None
    """What making and mending one waits for."""
    looking: asyncio.Event | None = None
    """What the look for a keyring waits for."""
    left: int = 0
    """How often making one was stopped."""
    made: list[NewWallet | LostWallet] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    risk: str = Phrase("It can all be lost: {cap}.", cap="1,000,000 sat")

    def profiles(self) -> tuple[ProfileEntry, ...]:
        """What was made."""
        return tuple(self.entries)

    def suggested(self, network: str) -> Servers:
        """One of each, named after the network."""
        return Servers(chain=(f"ssl://{network}.example:50002",), relays=("wss://relay.example",))

    async def has_keyring(self) -> bool:
        """As it was set."""
        if self.looking is not None:
            await self.looking.wait()
        return self.keyring

    async def read_backup(self, path: str) -> bytes:
        """Its name."""
        if "missing" in path:
            raise RequestError(Phrase("There is no such file."))
        return path.encode()

    def check_words(self, text: str) -> None:
        """One sentence is right."""
        if text.split() != WORDS.split():
            raise RequestError(Phrase("The words do not fit together."))

    def check_nsec(self, text: str) -> None:
        """By its beginning."""
        if not text.startswith("nsec1"):
            raise RequestError(Phrase("That is no Nostr private key."))

    def check_servers(self, servers: Servers) -> None:
        """There is one."""
        if not servers.chain:
            raise RequestError(Phrase("Name at least one chain server."))

    async def inspect_wallet(self, link: WalletLink) -> BroughtWallet:
        """What the stage's wallets say."""
        facts = await self.stage.wallets.inspect(link)
        assert facts.network is not None
        return BroughtWallet(link=link, facts=facts, network=facts.network.value)

    async def create(self, wanted: NewWallet) -> ProfileEntry:
        """Another entry."""
        await self._work()
        return self._add(wanted)

    async def restore(self, wanted: LostWallet) -> ProfileEntry:
        """Another entry."""
        await self._work()
        return self._add(wanted)

    def remedy(self, error: TipDeskError) -> Remedy:
        """As it was set; a wrong passphrase wants another."""
        return Remedy.PASSPHRASE if "does not open it" in str(error) else self.helps

    async def mend(self, entry: ProfileEntry, remedy: Remedy, given: Mending) -> ProfileEntry:
        """One that opens."""
        await self._work()
        self.mended.append((remedy, given))
        self.problem = None
        return replace(entry, needs_passphrase=bool(given.passphrase))

    @asynccontextmanager
    async def open(self, entry: ProfileEntry, passphrase: str) -> AsyncIterator[Stage]:
        """The stage, if the passphrase is right."""
        async with self._running(entry.name):
            if entry.needs_passphrase and passphrase != self.passphrase:
                raise RequestError(Phrase("That does not open it."))
            yield self.stage

    @asynccontextmanager
    async def practise(self, progress: Callable[[str], None]) -> AsyncIterator[Stage]:
        """The stage."""
        progress(Phrase("Getting practice coins from the faucet"))
        async with self._running("practice"):
            yield self.stage

    async def _work(self) -> None:
        if self.making is not None:
            try:
                await self.making.wait()
            except asyncio.CancelledError:
                self.left += 1
                raise

    def _add(self, wanted: NewWallet | LostWallet) -> ProfileEntry:
        self.made.append(wanted)
        needs = bool(wanted.passphrase)
        entry = ProfileEntry(
            name=f"main-{len(self.made)}", network=wanted.network, needs_passphrase=needs
        )
        self.entries.append(entry)
        return entry

    @asynccontextmanager
    async def _running(self, name: str) -> AsyncIterator[None]:
        if self.gate is not None:
            await self.gate.wait()
        if self.problem is not None:
            raise self.problem
        self.opened.append(name)
        try:
            self.preferences.change(last_profile=name)
            yield
        finally:
            self.closed.append(name)


class StageStarts:
    """Further starts of the program, played by hand."""

    def __init__(self) -> None:
        self.take: Callable[[Sequence[str]], None] = lambda _: None

    @asynccontextmanager
    async def listening(self, take: Callable[[Sequence[str]], None]) -> AsyncIterator[None]:
        """Keeps whom to tell."""
        self.take = take
        yield
