"""How profiles are made, restored, mended and opened: loaded when the first window is there."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.secrets.keyring import KeyringUnavailable, SystemKeyring
from tipdesk.adapters.secrets.vault import WrongPassphrase
from tipdesk.adapters.wallet.words import check_words
from tipdesk.app.chain import parse_server
from tipdesk.app.config import (
    SETTINGS_FILE,
    InvalidSettings,
    Settings,
    load_settings,
    save_settings,
)
from tipdesk.app.container import App, build_app
from tipdesk.app.identity import NOSTR_KEY, WORDS, NostrKeyGone, WordsGone, open_identity
from tipdesk.app.profile import PassphraseNeeded, open_vault
from tipdesk.app.profiles import MOST_PROFILES, entry_of
from tipdesk.app.restore import (
    BackupUnreadable,
    RestoreRequest,
    bring_nostr_key_back,
    bring_words_back,
    fill_profile,
)
from tipdesk.app.system import SystemClock, SystemEntropy
from tipdesk.app.wallets import inspect_wallet, keep_first_wallet
from tipdesk.base.errors import DecodeError, RequestError, TipDeskError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.channel.backup import NotABackup
from tipdesk.nostr.nip19 import decode_nsec
from tipdesk.nostr.relay_url import is_relay_url
from tipdesk.ports.secrets import SecretVault
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
from tipdesk.services.wallet_refusals import LINK_SECRETS
from tipdesk.tips.any_link import WalletLink

FIRST: Final = "main"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_LARGEST_BACKUP: Final = 20_000_000


class NoSuchProfile(RequestError):
    """There is no profile of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(Phrase("There is no profile called {name} on this machine.", name=name))
        self.name = name


class NotAnNsec(RequestError):
    """What was given as a private key is none; it is not repeated."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("That is no Nostr private key: one begins with nsec1. Nothing was kept of it.")
        )


class NotTheirBackup(RequestError):
    """A channel backup that these words do not open."""

    def __init__(self, why: str) -> None:
        super().__init__(
            Phrase(
                "The channel backup does not belong to these words, or it is damaged ({why}). "
                "Nothing was made: choose another file, or go on without one.",
                why=why,
            )
        )
        self.why = why


class TooManyProfiles(RequestError):
    """No further profile is made."""

    def __init__(self, most: int) -> None:
        super().__init__(Phrase("There are {most} profiles on this machine already.", most=most))
        self.most = most


class ProfileMaker:
    """Everything with profiles that takes more than a look at their folders."""

    def __init__(self, folder: Path, preferences: PreferenceKeeper) -> None:
        self._folder = folder
        self._preferences = preferences
        self._entropy = SystemEntropy()

    async def read_backup(self, path: str) -> bytes:
        """A file of the person's that may be a channel backup; `BackupUnreadable`."""
        return await asyncio.to_thread(_read, Path(path))

    async def has_keyring(self) -> bool:
        """Whether the system has a keyring that can be trusted."""
        try:
            await SystemKeyring.open()
        except KeyringUnavailable:
            return False
        return True

    def check_words(self, text: str) -> None:
        """`InvalidWords` with what is wrong with backup words."""
        check_words(text.split())

    def check_nsec(self, text: str) -> None:
        """`NotAnNsec` if it is none."""
        _key(text)

    def check_servers(self, servers: Servers) -> None:
        """`InvalidSettings` that names the first that cannot be used."""
        if not servers.chain:
            raise InvalidSettings(Phrase("Name at least one chain server."))
        for text in servers.chain:
            parse_server(text)
        for text in servers.relays:
            if not is_relay_url(text):
                raise InvalidSettings(
                    Phrase("{text} is no relay: one is written like wss://host.", text=text)
                )

    async def inspect_wallet(self, link: WalletLink) -> BroughtWallet:
        """Asks a wallet who it is; nothing is kept."""
        way = WayOut(self._with_proxy(Settings()).proxy_choice)
        facts, network = await inspect_wallet(link, way, SystemClock(), self._entropy)
        return BroughtWallet(link=link, facts=facts, network=network.value)

    async def create(self, wanted: NewWallet) -> ProfileEntry:
        """Makes a profile and its secrets; nothing stays of it if that fails."""
        settings = replace(self._settings(wanted), profile_name=wanted.profile_name)
        key = _key(wanted.nsec) if wanted.nsec else None
        async with self._new_profile(wanted.passphrase) as (folder, vault):
            if key is not None:
                await vault.put(NOSTR_KEY, key.secret)
            await open_identity(vault, self._entropy)
            if wanted.brought is not None:
                await keep_first_wallet(folder, vault, wanted.brought, SystemClock().now())
            # The settings come last: a folder without them is no profile.
            save_settings(folder, settings)
        return entry_of(folder)

    async def restore(self, wanted: LostWallet) -> ProfileEntry:
        """Makes a lost profile anew; nothing stays of it if that fails."""
        request = RestoreRequest(
            settings=self._settings(wanted),
            words=tuple(wanted.words.split()),
            backup=wanted.backup,
            peers=(),
        )
        key = _key(wanted.nsec) if wanted.nsec else None
        async with self._new_profile(wanted.passphrase) as (folder, vault):
            if key is not None:
                await vault.put(NOSTR_KEY, key.secret)
            try:
                await fill_profile(folder, vault, request)
            except NotABackup as error:
                raise NotTheirBackup(in_words(error)) from None
        return entry_of(folder)

    def remedy(self, error: TipDeskError) -> Remedy:
        """What helps against an error that `open` ended with."""
        match error:
            case PassphraseNeeded() | WrongPassphrase():
                return Remedy.PASSPHRASE
            case WordsGone():
                return Remedy.WORDS
            case NostrKeyGone():
                return Remedy.NOSTR_KEY
            case KeyringUnavailable():
                return Remedy.KEYRING
            case _:
                return Remedy.NONE

    async def mend(self, entry: ProfileEntry, remedy: Remedy, given: Mending) -> ProfileEntry:
        """Applies a remedy; the profile as it is afterwards. `RequestError`: nothing changed."""
        folder = self._folder_of(entry)
        network = Network(entry.network)
        passphrase = given.passphrase.encode() or None
        if remedy is Remedy.NOSTR_KEY:
            key = _key(given.nsec) if given.nsec else None
            await bring_nostr_key_back(folder, network, key, passphrase=passphrase)
        else:
            await bring_words_back(folder, network, given.words, passphrase=passphrase)
        return entry_of(folder)

    @asynccontextmanager
    async def open(self, entry: ProfileEntry, passphrase: str) -> AsyncIterator[App]:
        """The profile's app, alive inside."""
        folder = self._folder_of(entry)
        app = await build_app(
            folder,
            await asyncio.to_thread(load_settings, folder),
            practice=False,
            passphrase=passphrase.encode() or None,
            preferences=self._preferences,
        )
        async with app.running():
            self._preferences.change(last_profile=entry.name)
            yield app

    def _folder_of(self, entry: ProfileEntry) -> Path:
        folder = self._folder / "profiles" / entry.name
        if not _NAME.fullmatch(entry.name) or not (folder / SETTINGS_FILE).exists():
            raise NoSuchProfile(entry.name)
        return folder

    def _settings(self, wanted: NewWallet | LostWallet) -> Settings:
        servers = wanted.servers
        self.check_servers(servers)
        settings = Settings(
            network=Network(wanted.network),
            chain_servers=servers.chain,
            one_server_accepted=len(servers.chain) == 1,
            relays=servers.relays,
            mainnet_risk_accepted=wanted.accepts_risk,
        )
        return self._with_proxy(settings).checked()

    def _with_proxy(self, settings: Settings) -> Settings:
        """With the proxy that was chosen last on this machine, whatever profile it was for."""
        chosen = self._preferences.now
        return replace(settings, proxy=chosen.proxy, proxy_for=chosen.proxy_for)

    @asynccontextmanager
    async def _new_profile(self, passphrase: str) -> AsyncIterator[tuple[Path, SecretVault]]:
        """A folder and a vault that hold nothing yet; both are emptied again if filling fails."""
        secret = passphrase.encode() or None
        for number in range(1, MOST_PROFILES):
            folder = self._folder / "profiles" / (FIRST if number == 1 else f"{FIRST}-{number}")
            try:
                await asyncio.to_thread(folder.mkdir, parents=True, mode=0o700)
            except FileExistsError:
                continue
            vault: SecretVault | None = None
            try:
                vault = await open_vault(folder, self._entropy, practice=False, passphrase=secret)
                if await vault.get(WORDS) is not None:
                    # The keyring remembers a profile whose folder is gone: its words are not ours.
                    vault = None
                    await asyncio.to_thread(folder.rmdir)
                    continue
                yield folder, vault
            except BaseException:
                if vault is not None:
                    await vault.delete(WORDS)
                    await vault.delete(NOSTR_KEY)
                    await vault.delete(LINK_SECRETS[0])
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
                raise
            return
        raise TooManyProfiles(MOST_PROFILES)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_BACKUP + 1)
    except OSError as error:
        raise BackupUnreadable(path, error.strerror or str(error)) from None
    if len(data) > _LARGEST_BACKUP:
        raise BackupUnreadable(path, Phrase("it is too large for one"))
    return data


def _key(text: str) -> PrivateKey:
    try:
        return decode_nsec(text.strip())
    except DecodeError:
        raise NotAnNsec from None
