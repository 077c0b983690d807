"""Whom a new message is for: read from what was pasted."""

from PySide6.QtCore import QObject

from tipdesk.base.errors import RequestError
from tipdesk.services.events import ProfileChanged
from tipdesk.services.pasted import read_pasted
from tipdesk.services.views import ProfileView
from tipdesk.tips.way import Person
from tipdesk.ui import format as words
from tipdesk.ui.viewmodels.base import ViewModel
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.send import Found

_NOBODY = "This names nobody: an npub, an nprofile or a link to somebody is needed."
MAX_OFFERED = 6


class NewMessageViewModel(ViewModel):
    """A field: who is followed and fits is offered; a key or a link is somebody at once."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self.found: Found | None = None
        self.offered: tuple[ProfileView, ...] = ()
        self.problem = ""
        self._text = ""
        self.listen(ProfileChanged, self.touch)

    def look_at(self, text: str) -> None:
        """Reads what was written or pasted; nobody is asked for it."""
        self._text = text.strip()
        self.refresh()
        self.changed.emit()

    def refresh(self) -> None:
        """Reads it anew: names may have become known."""
        self.found, self.problem = None, ""
        wanted = self._text.casefold()
        people = map(self._app.feeds.profile, self._app.feeds.follows())
        named = [(one.title.casefold(), one) for one in people]
        fits = [
            (wanted not in name[: len(wanted)], name, one) for name, one in named if wanted in name
        ]
        self.offered = tuple(one for _, _, one in sorted(fits, key=lambda f: f[:2])[:MAX_OFFERED])
        if not self._text or self.offered:
            return
        try:
            way = read_pasted(self._text, self._app.status().network)
        except RequestError:
            way = None
        if isinstance(way, Person):
            self._take(self._app.feeds.profile(way.pubkey))
        else:
            self.problem = _NOBODY

    def _take(self, person: ProfileView) -> None:
        detail = words.line(person.nip05 or person.npub)
        self.found = Found(words.name(person.title), detail, "comment", person)
