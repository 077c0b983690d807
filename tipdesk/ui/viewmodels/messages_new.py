"""Whom a new message is for: read from what was typed or pasted."""

from PySide6.QtCore import QObject

from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip05 import Identifier
from tipdesk.services.events import ProfileChanged
from tipdesk.services.views import ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import say
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.people_search import PersonSearch
from tipdesk.ui.viewmodels.said import Said
from tipdesk.ui.viewmodels.send import Found

_NOBODY = Phrase("This names nobody: an npub, an nprofile, a link or a name@domain is needed.")
MAX_OFFERED = 6


class NewMessageViewModel(ViewModel):
    """A field: who is followed and fits is offered; a key is somebody at once, a name if asked."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.offered: tuple[ProfileView, ...] = ()
        self._text = ""
        self._search = PersonSearch(app, self)
        self._search.changed.connect(self.changed)
        self.listen(ProfileChanged, self.touch)

    @property
    def found(self) -> Found | None:
        """Whom a key or a confirmed name names."""
        person = self._search.found
        if person is None:
            return None
        detail = words.line(person.nip05 or person.npub)
        return Found(words.name(person.title), detail, "comment", person)

    @property
    def identifier(self) -> Identifier | None:
        """A name under a domain, which is asked only when that is wanted."""
        return self._search.identifier

    @property
    def is_asking(self) -> bool:
        """Whether a domain is being asked."""
        return self._search.is_asking

    @property
    def said(self) -> Said:
        """What is to be said of a text that does not name somebody at once."""
        is_nobody = self._text and not self.offered and not self._search.names_somebody
        return self._search.said if self._search.said.text or not is_nobody else Said(say(_NOBODY))

    def look_at(self, text: str) -> None:
        """Reads what was written or pasted; nobody is asked for it."""
        self._text = text.strip()
        self.refresh()
        self._search.read("" if self.offered else self._text)

    def look_up(self) -> None:
        """Asks the domain of the name whose it is."""
        self._search.look_up()

    def refresh(self) -> None:
        """Whom is followed and fits: names may have become known."""
        wanted = self._text.casefold()
        people = map(self._app.feeds.profile, self._app.feeds.follows())
        named = [(one.title.casefold(), one) for one in people]
        fits = [
            (wanted not in name[: len(wanted)], name, one) for name, one in named if wanted in name
        ]
        self.offered = tuple(one for _, _, one in sorted(fits, key=lambda f: f[:2])[:MAX_OFFERED])
