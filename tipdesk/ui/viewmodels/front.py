"""Before a profile is open: choosing one, making one, unlocking one, and waiting for it."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError, StorageError, TipDeskError
from tipdesk.services.front import ProfileEntry, Remedy
from tipdesk.ui.i18n import say, t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import sentence
from tipdesk.ui.viewmodels.front_door import FrontDoor, Start
from tipdesk.ui.viewmodels.front_draft import Draft, You

if TYPE_CHECKING:
    from tipdesk.ports.plugged import WalletFacts
    from tipdesk.tips.any_link import WalletLink
    from tipdesk.ui.viewmodels.connect import ConnectDraft

Make = Callable[[], Awaitable[ProfileEntry]]
"""Makes, brings back or mends a profile."""


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


NEW_STEPS: Final = (Step.MONEY, Step.SERVERS, Step.YOU, Step.KEYS)
BROUGHT_STEPS: Final = (Step.OWN_WALLET, Step.YOU, Step.KEYS)
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
        self._making: asyncio.Task[None] | None = None
        """A profile that is being made or mended; the person can still leave it."""

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
        if self.draft.is_restore:
            return RESTORE_STEPS
        return BROUGHT_STEPS if self.draft.brings_wallet else NEW_STEPS

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
        if "wallet_draft" in self.__dict__:
            self.wallet_draft.clear()

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

    def bring_wallet(self) -> None:
        """The first question of a profile that a wallet pays for which there is already."""
        self.draft.brings_wallet = True
        self._begin_answers(is_restore=False)

    @cached_property
    def wallet_draft(self) -> "ConnectDraft":
        """What is pasted of that wallet; made when it is first asked for."""
        from tipdesk.ui.viewmodels.connect import ConnectDraft

        made = ConnectDraft(self._inspect_wallet, self._keep_nothing, self)
        made.changed.connect(self._wallet_written)
        return made

    def back(self) -> None:
        """One question back; from the first, and from anything else, to all ways."""
        steps = self.steps
        if self.step in steps and self.step is not steps[0]:
            self._go(steps[steps.index(self.step) - 1])
        else:
            self.show_welcome()

    def answered(self) -> None:
        """On to the next question, or to making it; or what is wrong with this answer."""
        if problem := self._problem():
            self._say(problem)
            return
        steps = self.steps
        if self.step is steps[-1]:
            self._make(self._made(), t("Making your wallet"), self.draft.new_passphrase)
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
        """Stops what is being made or started."""
        if self._making is not None:
            self._making.cancel()
            self._making = None
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
        if self._making is not None:
            self._making = None
            self._go(self._back_to, problem=text)
            return
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
        entry = self.entry
        if entry is None:
            return
        if problem := self._mending_problem():
            self._say(problem)
            return
        given = self.draft.mending(self._passphrase)
        remedy = self.remedy
        self._make(
            lambda: self._door.mend(entry, remedy, given), t("Putting it back"), given.passphrase
        )

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

    async def _inspect_wallet(self, link: "WalletLink") -> "WalletFacts":
        draft, found = self.draft, await self._door.inspect_wallet(link)
        draft.brought, draft.network = found, found.network
        self._suggest()
        return found.facts

    async def _keep_nothing(self, link: "WalletLink", name: str) -> None:
        """It is kept when the profile is made."""

    def _wallet_written(self) -> None:
        if self.wallet_draft.facts is None:
            self.draft.brought = None
        self.changed.emit()

    async def _read_backup(self, path: str) -> None:
        draft = self.draft
        try:
            draft.backup = await self._door.read_backup(path)
        except RequestError as error:
            self._say(sentence(error))
            return
        draft.backup_name = path.replace("\\", "/").rpartition("/")[2]
        self._say("")

    async def _look_for_keyring(self) -> None:
        draft = self.draft
        self.has_keyring = await self._door.has_keyring()
        if not self.has_keyring:
            # Only this way round: who chose a file while the keyring was looked for keeps it.
            draft.in_keyring = False
        self.changed.emit()

    def _problem(self) -> str:
        """What is wrong with this answer, as a sentence; empty if nothing is."""
        draft = self.draft
        try:
            match self.step:
                case Step.MONEY:
                    return draft.risk_problem
                case Step.OWN_WALLET:
                    return draft.wallet_problem
                case Step.SERVERS:
                    self._door.check_servers(draft.servers)
                case Step.YOU if draft.you is You.BROUGHT:
                    self._door.check_nsec(draft.nsec)
                case Step.WORDS:
                    self._door.check_words(draft.words)
                    if draft.nsec:
                        self._door.check_nsec(draft.nsec)
                case Step.KEYS:
                    return draft.passphrase_problem
        except RequestError as error:
            return sentence(error)
        return ""

    def _mending_problem(self) -> str:
        try:
            if self.remedy is not Remedy.NOSTR_KEY:
                self._door.check_words(self.draft.words)
        except RequestError as error:
            return sentence(error)
        return self.draft.passphrase_problem

    def _made(self) -> Make:
        draft, door = self.draft, self._door
        if draft.is_restore:
            lost = draft.lost_wallet()
            return lambda: door.restore(lost)
        new = draft.new_wallet()
        return lambda: door.create(new)

    def _make(self, make: Make, progress: str, passphrase: str) -> None:
        """Makes or mends a profile and opens it; what goes wrong is said where one pressed."""
        self._back_to = self.step
        self._go(Step.STARTING, progress=progress)
        self._making = spawn(self._make_and_open(make, passphrase), self)

    async def _make_and_open(self, make: Make, passphrase: str) -> None:
        try:
            entry = await make()
        except (RequestError, BackendError, StorageError) as error:
            self._making = None
            self._go(self._back_to, problem=sentence(error))
            return
        self._making = None
        self.draft = Draft()
        self.entry = entry
        back_to = Step.UNLOCK if passphrase else Step.WELCOME
        self._begin_start(back_to, lambda: self._door.open(entry, passphrase))

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
