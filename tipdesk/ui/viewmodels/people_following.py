"""Whom one follows: found again, added by any name they go by, brought over from other apps."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.nip05 import Identifier, read_identifier
from tipdesk.nostr.nip19 import ProfilePointer
from tipdesk.nostr.nip21 import read_link
from tipdesk.services.events import ProfileChanged
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.people import PersonViewModel, Said

MAX_SHOWN = 60
"""So many people stand in a panel; a search finds the others."""
_MAX_TYPED = 5_100
_KEYS = ("npub1", "nprofile1", "nostr:", "note1", "nevent1", "naddr1", "nsec1")


class Mark(Enum):
    """A word beside a name."""

    NONE = ""
    PENDING = "not public yet"
    ADDED = "added"
    REMOVED = "left"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody in a list."""

    profile: ProfileView
    mark: Mark


class FollowingViewModel(ViewModel):
    """The panel of whom one follows. One field searches it, and adds to it."""

    told = Signal(str)

    def __init__(
        self, app: AppFacade, person: PersonViewModel, parent: QObject | None = None
    ) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._person = person
        self._typed = ""
        self._asking = 0
        self.found: ProfileView | None = None
        """Whom the field names, if it names somebody by a key or a confirmed name."""
        self.identifier: Identifier | None = None
        """A name under a domain, which is asked only when that is wanted."""
        self.said = Said("")
        self.is_asking = False
        self.is_importing = False
        self._brought: dict[XOnlyPubkey, Mark] = {}
        self.listen(ProfileChanged, self.touch)
        person.changed.connect(self.touch)

    @property
    def people(self) -> tuple[PersonLine, ...]:
        """Everybody one follows who fits the search, by name."""
        pending = frozenset(self._app.follows.pending())
        found = (self._line(pubkey, pending) for pubkey in self._app.feeds.follows())
        text = self._typed.casefold()
        fitting = (line for line in found if self._is_name or text in _searched(line.profile))
        return tuple(sorted(fitting, key=lambda line: line.profile.title.casefold()))

    @property
    def brought(self) -> tuple[PersonLine, ...]:
        """Who came and who went by the last import."""
        lines = (PersonLine(self._app.feeds.profile(key), m) for key, m in self._brought.items())
        return tuple(lines)

    @property
    def count(self) -> int:
        """How many one follows."""
        return len(self._app.feeds.follows())

    @property
    def pending(self) -> tuple[XOnlyPubkey, ...]:
        """Whose follow the public list does not show yet."""
        return self._app.follows.pending()

    @property
    def follows_found(self) -> bool:
        """Whether one follows whom the field names."""
        return self.found is not None and self.found.pubkey in self._app.feeds.follows()

    @property
    def is_searching(self) -> bool:
        """Whether only some are shown."""
        return bool(self._typed) and not self._is_name

    def begin(self) -> None:
        """Everybody; nothing typed."""
        self._brought.clear()
        self.look_for("")

    def look_for(self, text: str) -> None:
        """Reads what was typed; nobody is asked for it yet."""
        self._typed = text.strip()[:_MAX_TYPED]
        self._asking += 1
        self.found, self.identifier, self.is_asking, self.said = None, None, False, Said("")
        if self._typed:
            self._brought.clear()
            self._read()
        self.changed.emit()

    def look_up(self) -> None:
        """Asks the domain of the name whose it is."""
        if self.identifier is not None and not self.is_asking:
            self.is_asking = True
            self.said = Said(f"Asking {self.identifier.domain} …")
            spawn(self._look_up(self._typed, self.identifier, self._asking), self)
            self.changed.emit()

    def bring_over(self) -> None:
        """Reads the public list that all one's apps share."""
        if not self.is_importing:
            self.is_importing = True
            self.said = Said("Asking the relays for your public list …")
            self._brought.clear()
            spawn(self._bring_over(), self)
            self.changed.emit()

    @property
    def _is_name(self) -> bool:
        return self.found is not None or self.identifier is not None

    def _read(self) -> None:
        typed = self._typed.lower()
        if typed.startswith(_KEYS):
            self._read_key()
            return
        try:
            name = read_identifier(typed, practice=self._app.status().network == "regtest")
        except DecodeError:
            return  # Then it is a search.
        if "@" in typed or "." in typed:
            self.identifier = name
            self.said = Said(
                f"To find out whose name that is, TipDesk asks {name.domain}. They learn your "
                "network address, and whom you look for."
            )

    def _read_key(self) -> None:
        try:
            pointer = read_link(self._typed)
        except DecodeError:
            self.said = Said("This is no npub or nprofile: a letter is wrong or missing.", "bad")
            return
        if isinstance(pointer, ProfilePointer):
            self.found = self._app.feeds.profile(pointer.pubkey)
        else:
            self.said = Said("This is a post, not a person. Paste an npub or a name.", "bad")

    async def _look_up(self, typed: str, name: Identifier, asking: int) -> None:
        try:
            found = await self._app.names.find(typed)
        except (DecodeError, RequestError):
            said, person = Said(f"{name.domain} knows nobody of that name.", "bad"), None
        except BackendError as error:
            said = Said(f"{name.domain} could not be asked. {sentence(error)}", "bad")
            person = None
        else:
            said = Said(f"{name.domain} says that {name.shown} is this person.", "good")
            person = self._app.feeds.profile(found.pubkey)
        if asking == self._asking:
            self.found, self.said, self.is_asking = person, said, False
            self.changed.emit()

    async def _bring_over(self) -> None:
        try:
            brought = await self._app.follows.import_follows()
        except (RequestError, BackendError) as error:
            self.said = Said(sentence(error), "bad")
        else:
            self._brought = dict.fromkeys(brought.added, Mark.ADDED)
            self._brought |= dict.fromkeys(brought.removed, Mark.REMOVED)
            self.said = _brought(len(brought.added), len(brought.removed))
        finally:
            self.is_importing = False
        self._person.changed.emit()
        self.told.emit(self.said.text)
        self.changed.emit()

    def _line(self, pubkey: XOnlyPubkey, pending: frozenset[XOnlyPubkey]) -> PersonLine:
        mark = Mark.PENDING if pubkey in pending else Mark.NONE
        return PersonLine(self._app.feeds.profile(pubkey), mark)


def second_line(profile: ProfileView) -> str:
    """What stands under a name in a list: a confirmed name, or whether tips are taken."""
    if profile.nip05:
        return words.line(profile.nip05)
    return "takes tips" if profile.can_be_tipped else "takes no tips yet"


def _searched(profile: ProfileView) -> str:
    return f"{profile.title} {profile.nip05 or ''} {profile.lud16 or ''}".casefold()


def _brought(added: int, removed: int) -> Said:
    if not added and not removed:
        return Said("Nothing new: you follow here whom your public list names.", "good")
    came = f"{words.counted(added, 'person', 'people')} came" if added else ""
    left = f"{words.counted(removed, 'person', 'people')} left" if removed else ""
    return Said(f"{' and '.join(filter(None, (came, left)))}, as in your other apps.", "good")
