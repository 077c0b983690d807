"""Before a profile is open: choosing one, making one, unlocking one, and waiting for it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError, StorageError, TipDeskError
from tipdesk.base.phrase import Phrase
from tipdesk.services.front import (
    LostWallet,
    Mending,
    NewWallet,
    ProfileEntry,
    Remedy,
    Servers,
)
from tipdesk.services.preferences import PreferenceKeeper
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import sentence

if TYPE_CHECKING:
    from tipdesk.ui.viewmodels.facade import AppFacade

MAINNET: Final = "mainnet"
SHORTEST_PASSPHRASE: Final = 10

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


class Step(Enum):
    """What the person is asked, or told."""

    WELCOME = "welcome"
    MONEY = "money"
    SERVERS = "servers"
    YOU = "you"
    KEYS = "keys"
    WORDS = "words"
    OWN_WALLET = "own wallet"
    UNLOCK = "unlock"
    STARTING = "starting"
    FAILED = "failed"
    MEND = "mend"


class You(Enum):
    """Which Nostr identity a new profile gets."""

    NEW = "new"
    BROUGHT = "brought"
    NONE = "none"
    """A key that nothing is published with."""


@dataclass(slots=True)
class Draft:
    """What was answered so far: going back loses none of it, and nothing is asked twice."""

    is_restore: bool = False
    network: str = MAINNET
    accepts_risk: bool = False
    chain: str = ""
    relays: str = ""
    you: You = You.NEW
    name: str = ""
    nsec: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    backup: bytes | None = field(default=None, repr=False)
    backup_name: str = ""
    in_keyring: bool = True
    passphrase: str = field(default="", repr=False)
    again: str = field(default="", repr=False)

    @property
    def servers(self) -> Servers:
        """As they were written, a line or a word each."""
        return Servers(chain=tuple(self.chain.split()), relays=tuple(self.relays.split()))


NEW_STEPS: Final = (Step.MONEY, Step.SERVERS, Step.YOU, Step.KEYS)
RESTORE_STEPS: Final = (Step.WORDS, Step.MONEY, Step.SERVERS, Step.KEYS)


class FrontViewModel(QObject):
    """`changed` after anything it shows is another; `start_wanted` with a `Start`."""

    changed = Signal()
    start_wanted = Signal(object)
    cancelled = Signal()

    def __init__(self, door: FrontDoor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._door = door
        self.step = Step.WELCOME
        self.draft = Draft()
        self.problem = ""
        """What is wrong, as a sentence; empty if nothing is."""
        self.progress = ""
        self.has_keyring = False
        self.entry: ProfileEntry | None = None
        """The profile that is opened."""
        self.remedy = Remedy.NONE
        """What helps where a profile did not open."""
        self._back_to = Step.WELCOME
        self._suggested_for = ""
        self._passphrase = ""
        """What unlocked the profile that is being opened; kept until it is open."""

    @property
    def profiles(self) -> tuple[ProfileEntry, ...]:
        """Every profile there is, the one that was open last first."""
        last = self._door.preferences.now.last_profile
        return tuple(sorted(self._door.profiles(), key=lambda one: one.name != last))

    @property
    def risk(self) -> str:
        """What whoever begins with real money has to know."""
        return say(self._door.risk)

    @property
    def steps(self) -> tuple[Step, ...]:
        """Those of what is being made."""
        return RESTORE_STEPS if self.draft.is_restore else NEW_STEPS

    def begin(self) -> None:
        """The first start shows the welcome; later ones open what was open last."""
        self.draft = Draft()
        known = self.profiles
        if known and known[0].name == self._door.preferences.now.last_profile:
            self.open(known[0])
        else:
            self.show_welcome()

    def opened(self) -> None:
        """The profile is open: what was secret on the way is forgotten."""
        self.draft = Draft()
        self._passphrase = ""

    def show_welcome(self) -> None:
        """All ways there are; what was secret in the answers is forgotten."""
        self.opened()
        self._suggested_for = ""
        self._go(Step.WELCOME)

    def make_new(self) -> None:
        """The first question of a new wallet."""
        self._begin_answers(is_restore=False)

    def make_restored(self) -> None:
        """The first question of a lost one."""
        self._begin_answers(is_restore=True)

    def show_own_wallet(self) -> None:
        """What will be possible with a wallet that the person has."""
        self._go(Step.OWN_WALLET)

    def back(self) -> None:
        """One question back; from the first, and from anything else, to all ways."""
        steps = self.steps
        if self.step in steps and self.step is not steps[0]:
            self._go(steps[steps.index(self.step) - 1])
        else:
            self.show_welcome()

    def answered(self) -> None:
        """On to the next question, or to making it; or what is wrong with this answer."""
        try:
            self._check()
        except RequestError as error:
            self._say(sentence(error))
            return
        steps = self.steps
        if self.step is steps[-1]:
            spawn(self._make(), self)
        else:
            self._go(steps[steps.index(self.step) + 1])

    def choose_backup(self, path: str) -> None:
        """The channel backup of the lost wallet."""
        spawn(self._read_backup(path), self)

    def practise(self) -> None:
        """Coins without value, with everything else real."""
        self.entry = None
        self._begin_start(Step.WELCOME, lambda: self._door.practise(self.show_progress))

    def open(self, entry: ProfileEntry) -> None:
        """A profile; its passphrase is asked first if it has one."""
        self.entry = entry
        if entry.is_practice:
            self.practise()
        elif entry.needs_passphrase:
            self._go(Step.UNLOCK)
        else:
            self._begin_start(Step.WELCOME, lambda: self._door.open(entry, ""))

    def unlock(self, passphrase: str) -> None:
        """Opens the profile with it."""
        entry = self.entry
        if entry is not None and passphrase:
            self._passphrase = passphrase
            self._begin_start(Step.UNLOCK, lambda: self._door.open(entry, passphrase))

    def cancel(self) -> None:
        """Stops what is being started."""
        self.cancelled.emit()
        self._go(self._back_to)

    def try_again(self) -> None:
        """The same profile once more."""
        if self.entry is None:
            self.practise()
        else:
            self.open(self.entry)

    def show_progress(self, text: str) -> None:
        """What is being done now."""
        self.progress = say(text)
        self.changed.emit()

    def failed(self, error: TipDeskError) -> None:
        """The profile could not be opened."""
        text = sentence(error)
        self.remedy = Remedy.NONE if self.entry is None else self._door.remedy(error)
        if self.remedy is Remedy.PASSPHRASE:
            self._go(Step.UNLOCK, problem=text if self._back_to is Step.UNLOCK else "")
        else:
            self._go(Step.FAILED, problem=text)

    def begin_mending(self) -> None:
        """Asks for what helps."""
        self.draft = Draft(in_keyring=self.remedy is not Remedy.KEYRING)
        self._go(Step.MEND)

    def mend(self) -> None:
        """Applies it, and opens the profile."""
        draft, entry = self.draft, self.entry
        if entry is None:
            return
        try:
            if self.remedy is not Remedy.NOSTR_KEY:
                self._door.check_words(draft.words)
            if not draft.in_keyring:
                _check_passphrase(draft)
        except RequestError as error:
            self._say(sentence(error))
            return
        spawn(self._mend(entry, draft), self)

    def suggest_for(self, network: str) -> None:
        """Another network, and its servers."""
        self.draft.network = network
        self._suggest()
        self.problem = ""
        self.changed.emit()

    def _begin_answers(self, *, is_restore: bool) -> None:
        self.draft.is_restore = is_restore
        spawn(self._look_for_keyring(), self)
        self._suggest()
        self._go(self.steps[0])

    def _suggest(self) -> None:
        # Servers that somebody wrote are kept until another network makes them useless.
        if self._suggested_for != self.draft.network:
            self._suggested_for = self.draft.network
            servers = self._door.suggested(self.draft.network)
            self.draft.chain = "\n".join(servers.chain)
            self.draft.relays = "\n".join(servers.relays)

    async def _read_backup(self, path: str) -> None:
        try:
            self.draft.backup = await self._door.read_backup(path)
        except RequestError as error:
            self._say(sentence(error))
            return
        self.draft.backup_name = path.replace("\\", "/").rpartition("/")[2]
        self._say("")

    async def _look_for_keyring(self) -> None:
        self.has_keyring = await self._door.has_keyring()
        self.draft.in_keyring = self.has_keyring
        self.changed.emit()

    def _check(self) -> None:
        draft = self.draft
        match self.step:
            case Step.MONEY if draft.network == MAINNET and not draft.accepts_risk:
                raise RequestError(Phrase("Tick the box if you accept the risk."))
            case Step.SERVERS:
                self._door.check_servers(draft.servers)
            case Step.YOU if draft.you is You.BROUGHT:
                self._door.check_nsec(draft.nsec)
            case Step.WORDS:
                self._door.check_words(draft.words)
                if draft.nsec:
                    self._door.check_nsec(draft.nsec)
            case Step.KEYS if not draft.in_keyring:
                _check_passphrase(draft)

    async def _mend(self, entry: ProfileEntry, draft: Draft) -> None:
        # The passphrase that opened the vault before is the one that its new entry needs.
        passphrase = self._passphrase if draft.in_keyring else draft.passphrase
        given = Mending(words=draft.words.lower(), nsec=draft.nsec, passphrase=passphrase)
        self._go(Step.STARTING, progress=t("Putting it back"))
        try:
            mended = await self._door.mend(entry, self.remedy, given)
        except (RequestError, BackendError, StorageError) as error:
            self._go(Step.MEND, problem=sentence(error))
            return
        self.draft = Draft()
        self.entry = mended
        back_to = Step.UNLOCK if passphrase else Step.WELCOME
        self._begin_start(back_to, lambda: self._door.open(mended, passphrase))

    async def _make(self) -> None:
        draft = self.draft
        self._back_to = self.step
        self._go(Step.STARTING, progress=t("Making your wallet"))
        passphrase = "" if draft.in_keyring else draft.passphrase
        try:
            if draft.is_restore:
                entry = await self._door.restore(self._lost(passphrase))
            else:
                entry = await self._door.create(self._new(passphrase))
        except (RequestError, BackendError, StorageError) as error:
            self._go(self._back_to, problem=sentence(error))
            return
        self.draft = Draft()
        self.entry = entry
        back_to = Step.UNLOCK if passphrase else Step.WELCOME
        self._begin_start(back_to, lambda: self._door.open(entry, passphrase))

    def _new(self, passphrase: str) -> NewWallet:
        draft = self.draft
        return NewWallet(
            network=draft.network,
            servers=draft.servers,
            accepts_risk=draft.accepts_risk,
            profile_name=draft.name.strip() if draft.you is You.NEW else "",
            nsec=draft.nsec if draft.you is You.BROUGHT else "",
            passphrase=passphrase,
        )

    def _lost(self, passphrase: str) -> LostWallet:
        draft = self.draft
        return LostWallet(
            network=draft.network,
            servers=draft.servers,
            accepts_risk=draft.accepts_risk,
            words=draft.words.lower(),
            backup=draft.backup,
            nsec=draft.nsec,
            passphrase=passphrase,
        )

    def _begin_start(self, back_to: Step, start: Start) -> None:
        self._back_to = back_to
        self._go(Step.STARTING, progress=t("Opening"))
        self.start_wanted.emit(start)

    def _say(self, problem: str) -> None:
        self.problem = problem
        self.changed.emit()

    def _go(self, step: Step, *, problem: str = "", progress: str = "") -> None:
        self.step, self.problem, self.progress = step, problem, progress
        self.changed.emit()


def _check_passphrase(draft: Draft) -> None:
    if len(draft.passphrase) < SHORTEST_PASSPHRASE:
        raise RequestError(
            Phrase(
                "A passphrase has at least {count} characters: a few words do well.",
                count=SHORTEST_PASSPHRASE,
            )
        )
    if draft.passphrase != draft.again:
        raise RequestError(Phrase("The two are not the same: write it again."))
