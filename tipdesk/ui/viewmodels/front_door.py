"""What the start of the program needs of the app."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Protocol

from tipdesk.base.errors import TipDeskError
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
    from tipdesk.tips.any_link import WalletLink
    from tipdesk.ui.viewmodels.facade import AppFacade

Opening = AbstractAsyncContextManager["AppFacade"]
"""A profile that is alive inside."""
Start = Callable[[], Opening]


class FrontDoor(Protocol):
    """What the start of the program needs of the app."""

    @property
    def preferences(self) -> PreferenceKeeper:
        """How the person likes things on this machine."""
        ...

    def profiles(self) -> tuple[ProfileEntry, ...]:
        """Every profile there is."""
        ...

    def suggested(self, network: str) -> Servers:
        """Public servers that know a network."""
        ...

    @property
    def risk(self) -> str:
        """What whoever begins with real money has to know."""
        ...

    async def read_backup(self, path: str) -> bytes:
        """A file of the person's that may be a channel backup; `RequestError`."""
        ...

    async def has_keyring(self) -> bool:
        """Whether the system has a keyring that can be trusted."""
        ...

    def check_words(self, text: str) -> None:
        """`RequestError` with what is wrong with backup words."""
        ...

    def check_nsec(self, text: str) -> None:
        """`RequestError` if it is no Nostr private key."""
        ...

    def check_servers(self, servers: Servers) -> None:
        """`RequestError` that names the first that cannot be used."""
        ...

    async def inspect_wallet(self, link: "WalletLink") -> BroughtWallet:
        """Asks a wallet of the person's who it is. `BackendError` or `RequestError`: why not."""
        ...

    async def create(self, wanted: NewWallet) -> ProfileEntry:
        """Makes a profile; nothing stays of it if that fails."""
        ...

    async def restore(self, wanted: LostWallet) -> ProfileEntry:
        """Makes a lost profile anew; nothing stays of it if that fails."""
        ...

    def remedy(self, error: TipDeskError) -> Remedy:
        """What helps against an error that `open` ended with."""
        ...

    async def mend(self, entry: ProfileEntry, remedy: Remedy, given: Mending) -> ProfileEntry:
        """Applies a remedy; `RequestError` if what was given does not fit."""
        ...

    def open(self, entry: ProfileEntry, passphrase: str) -> Opening:
        """A profile's app, alive inside."""
        ...

    def practise(self, progress: Callable[[str], None]) -> Opening:
        """The practice network and a profile on it, alive inside."""
        ...
