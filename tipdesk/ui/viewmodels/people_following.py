"""Whom one follows: found again, added by any name they go by, brought over from other apps."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip05 import Identifier
from tipdesk.services.events import FollowsPublished, ProfileChanged
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.people import PersonViewModel
from tipdesk.ui.viewmodels.people_search import PersonSearch
from tipdesk.ui.viewmodels.said import Said

MAX_SHOWN = 60
"""So many people stand in a panel; a search finds the others."""


class Mark(Enum):
    """A word beside a name."""

    NONE = ""
    PENDING = Phrase("not public yet")
    ADDED = Phrase("added")
    REMOVED = Phrase("left")


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
        self._search = PersonSearch(app, self)
        self._search.changed.connect(self.changed)
        self._said = Said("")
        self.is_importing = False
        self._brought: dict[XOnlyPubkey, Mark] = {}
        self.listen(ProfileChanged, self.touch)
        self.listen(FollowsPublished, self.touch)
        person.changed.connect(self.touch)

    @property
    def found(self) -> ProfileView | None:
        """Whom the field names, if it names somebody by a key or a confirmed name."""
        return self._search.found

    @property
    def identifier(self) -> Identifier | None:
        """A name under a domain, which is asked only when that is wanted."""
        return self._search.identifier

    @property
    def said(self) -> Said:
        """What became of an import, or is to be said of what was typed."""
        return self._said if self._said.text else self._search.said

    @property
    def is_asking(self) -> bool:
        """Whether a domain is being asked."""
        return self._search.is_asking

    @property
    def people(self) -> tuple[PersonLine, ...]:
        """Everybody one follows who fits the search, by name."""
        pending = frozenset(self._app.follows.pending())
        found = (self._line(pubkey, pending) for pubkey in self._app.feeds.follows())
        text = "" if self._search.names_somebody else self._typed.casefold()
        fitting = (line for line in found if text in _searched(line.profile))
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
        return bool(self._typed) and not self._search.names_somebody

    def begin(self) -> None:
        """Everybody; nothing typed."""
        self._brought.clear()
        self.look_for("")

    def look_for(self, text: str) -> None:
        """Reads what was typed; nobody is asked for it yet."""
        self._typed = text.strip()
        self._said = Said("")
        if self._typed:
            self._brought.clear()
        self._search.read(self._typed)

    def look_up(self) -> None:
        """Asks the domain of the name whose it is."""
        self._search.look_up()

    def bring_over(self) -> None:
        """Reads the public list that all one's apps share."""
        if not self.is_importing:
            self.is_importing = True
            self._said = Said(t("Asking the relays for your public list …"))
            self._brought.clear()
            spawn(self._bring_over(), self)
            self.changed.emit()

    async def _bring_over(self) -> None:
        try:
            brought = await self._app.follows.import_follows()
        except (RequestError, BackendError) as error:
            self._said = Said(sentence(error), "bad")
        else:
            self._brought = dict.fromkeys(brought.added, Mark.ADDED)
            self._brought |= dict.fromkeys(brought.removed, Mark.REMOVED)
            self._said = _brought(len(brought.added), len(brought.removed))
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
    return t("takes tips") if profile.can_be_tipped else t("takes no tips yet")


def _searched(profile: ProfileView) -> str:
    return f"{profile.title} {profile.nip05 or ''} {profile.lud16 or ''}".casefold()


def _brought(added: int, removed: int) -> Said:
    if not added and not removed:
        return Said(t("Nothing new: you follow here whom your public list names."), "good")
    came = tn(added, "{count} person came", "{count} people came")
    left = tn(removed, "{count} person left", "{count} people left")
    both = t("{came} and {left}", came=came, left=left)
    change = both if added and removed else came if added else left
    return Said(t("{change}, as in your other apps.", change=change), "good")
