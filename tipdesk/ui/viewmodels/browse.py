"""The head of the feed: what it shows, the field that searches, and how far the asking is."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.nip05 import Identifier
from tipdesk.nostr.nip19 import Pointer, ProfilePointer
from tipdesk.nostr.nip21 import read_link
from tipdesk.services.events import FollowSetsChanged, ProfileChanged, SelectionChanged
from tipdesk.services.people import Sought
from tipdesk.services.selection import (
    Following,
    OfHashtag,
    OfList,
    OfPerson,
    OfSearch,
    Selection,
    read_query,
)
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say, t, tn
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.linked import Link
from tipdesk.ui.viewmodels.people_search import PersonSearch
from tipdesk.ui.viewmodels.said import Said

_MAX_NAMED = 3
_SECRET = "nsec1"


class BrowseViewModel(ViewModel):
    """`pointed` with a link to a post that was typed; `selected` when another thing is shown."""

    pointed = Signal(object)
    selected = Signal()

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._browse = app.reading.browse
        self._person = PersonSearch(app, self)
        self._person.changed.connect(self._person_changed)
        self._typed = ""
        self._is_secret = False
        for event in (SelectionChanged, FollowSetsChanged, ProfileChanged):
            self.listen(event, self.touch)

    @property
    def selection(self) -> Selection:
        """What is shown now."""
        return self._browse.selection

    @property
    def is_following(self) -> bool:
        """Whether it is everybody one follows."""
        return isinstance(self.selection, Following)

    @property
    def title(self) -> str:
        """What is shown, in a word or two."""
        return self.title_of(self.selection)

    @property
    def choices(self) -> tuple[Selection, ...]:
        """What can be chosen without typing."""
        return (Following(), *(OfList(one.identifier) for one in self._browse.lists()))

    def title_of(self, selection: Selection) -> str:
        """The same of any."""
        match selection:
            case OfList(identifier):
                name = next(
                    (s.name for s in self._browse.lists() if s.identifier == identifier), ""
                )
                return words.name(name) or t("A list")
            case OfPerson(pubkey):
                return words.name(self._app.feeds.profile(pubkey).title)
            case OfHashtag(tag):
                return f"#{words.name(tag)}"
            case OfSearch():
                return t("Found")
            case _:
                return t("Following")

    @property
    def identifier(self) -> Identifier | None:
        """The name under a domain that was typed; its domain is asked when Enter comes again."""
        return self._person.identifier

    @property
    def said(self) -> Said:
        """What is to be known of what was typed, or of the asking; empty while all is well."""
        if self._is_secret:
            return Said(
                t("That looks like a secret key. It was not searched for, and sent nowhere."), "bad"
            )
        if self._person.said.text:
            return self._person.said
        standing = self._browse.standing
        if standing.is_asking:
            return Said(t("Asking relays …"))
        if standing.problem is not None:
            return Said(say(standing.problem))
        if standing.silent:
            return Said(self._silent(), "bad")
        return Said("")

    @property
    def can_ask_again(self) -> bool:
        """Whether a relay that did not answer may be asked once more."""
        standing = self._browse.standing
        return bool(standing.silent) and not standing.is_asking and self.identifier is None

    @property
    def empty(self) -> tuple[str, str, str]:
        """Icon, title and a sentence for while there is no post."""
        standing = self._browse.standing
        if self.is_following:
            return (
                "feed",
                t("No posts yet"),
                t("Posts of the people you follow come in here as soon as a relay sends them."),
            )
        if standing.is_asking:
            return "relay", t("Looking …"), t("Posts appear here as relays answer.")
        if standing.is_offline:
            return (
                "alert",
                t("No relay answers"),
                t(
                    "None of the relays that were asked answered, and nothing that fits is here "
                    "already. Check your connection, then ask again."
                ),
            )
        return "search", t("Nothing found"), self._nothing()

    def choose(self, selection: Selection) -> None:
        """Shows something else."""
        self._person.read("")
        self._is_secret = False
        if isinstance(selection, OfPerson):
            self._ask_who(selection.pubkey)
        self._browse.choose(selection)
        self.changed.emit()
        self.selected.emit()

    def back(self) -> None:
        """Those one follows again."""
        self._typed = ""
        self.choose(Following())

    def ask_again(self) -> None:
        """Asks the relays once more."""
        self._browse.ask_again()

    def look_up(self) -> None:
        """Asks the domain whose the name is that was typed."""
        self._person.look_up()

    def search(self, text: str) -> None:
        """Enter in the field: a key or a link is opened, a name asked for, words are searched."""
        typed = text.strip()
        if self.identifier is not None and typed == self._typed:
            self._person.look_up()
            return
        self._typed = typed
        self._is_secret = _SECRET in typed.lower()
        self._person.read("" if self._is_secret or " " in typed else typed)
        if self._is_secret:
            self.changed.emit()
            return
        pointer = _pointer(typed)
        if isinstance(pointer, ProfilePointer):
            self.choose(OfPerson(pointer.pubkey))
        elif pointer is not None:
            self._person.read("")
            self.pointed.emit(Link(0, len(typed), pointer, typed))
        elif self._person.said.tone != "bad" and (self.identifier is None or "@" not in typed):
            self.choose(read_query(typed))

    def _person_changed(self) -> None:
        found = self._person.found
        if found is not None and self._person.said.tone == "good":
            self.choose(OfPerson(found.pubkey))
        self.changed.emit()

    def _ask_who(self, pubkey: XOnlyPubkey) -> None:
        if self._app.people.sought(pubkey) is not Sought.FOUND:
            self._app.people.ask_about(pubkey)

    def _silent(self) -> str:
        """Which relays said nothing; many are counted."""
        silent = self._browse.standing.silent
        if len(silent) > _MAX_NAMED:
            return tn(
                len(silent), "{count} relay did not answer.", "{count} relays did not answer."
            )
        names = ", ".join(words.line(url.partition("://")[2]) for url in silent)
        return t("No answer from {relays}.", relays=names)

    def _nothing(self) -> str:
        match self.selection:
            case OfPerson():
                return t("The relays that answered hold no post of theirs.")
            case OfHashtag(tag):
                return t("The relays that answered hold no post with #{tag}.", tag=words.name(tag))
            case OfSearch():
                return t("No post has all these words. Fewer or other words may find more.")
            case _:
                return t("The relays that answered hold no post of anybody in this list.")


def _pointer(typed: str) -> Pointer | None:
    try:
        return read_link(typed)
    except DecodeError:
        return None
