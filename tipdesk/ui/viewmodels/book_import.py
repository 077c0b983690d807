"""Whom one follows and does not have in the book of people: chosen, and brought over."""

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.events import PersonChanged, ProfileChanged
from tipdesk.services.views import ProfileView
from tipdesk.ui.i18n import tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade

MAX_LISTED = 300
"""So many stand in the list; a search finds the others."""


class BookImportViewModel(ViewModel):
    """`done` with a sentence on who came."""

    done = Signal(str)

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._wanted = ""
        self._chosen: dict[XOnlyPubkey, None] = {}
        self._is_open = False
        self.listed: tuple[ProfileView, ...] = ()
        self.count = 0
        """How many there are, whether listed or not."""
        self.problem = ""
        self.is_asking = False
        """Whether the relays are being asked whom one follows."""
        self.listen(PersonChanged, self.touch)
        self.listen(ProfileChanged, self.touch)

    @property
    def chosen(self) -> tuple[XOnlyPubkey, ...]:
        """Who is to come over."""
        return tuple(self._chosen)

    @property
    def is_searching(self) -> bool:
        """Whether some may be left out."""
        return bool(self._wanted)

    @property
    def follows_nobody(self) -> bool:
        """Whether there is nobody to choose from at all."""
        return not self._app.feeds.follows()

    def begin(self) -> None:
        """Nobody is chosen yet."""
        self._chosen.clear()
        self._wanted, self.problem, self._is_open = "", "", True
        self.refresh()
        self.changed.emit()

    def end(self) -> None:
        """Nobody looks any more."""
        self._is_open = False

    def search(self, text: str) -> None:
        """Lists those whose name holds the text; who is chosen stays chosen."""
        self._wanted = text.strip().casefold()
        self.refresh()
        self.changed.emit()

    def is_chosen(self, pubkey: XOnlyPubkey) -> bool:
        """Whether they are to come over."""
        return pubkey in self._chosen

    def choose(self, pubkey: XOnlyPubkey, *, wanted: bool) -> None:
        """Somebody is to come over, or not."""
        if wanted:
            self._chosen[pubkey] = None
        else:
            self._chosen.pop(pubkey, None)
        self.problem = ""
        self.changed.emit()

    def bring(self) -> None:
        """Brings over who is chosen: `done`, or a problem."""
        try:
            added = self._app.people_book.import_follows(self.chosen)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
            self.changed.emit()
            return
        self._chosen.clear()
        self.done.emit(
            tn(
                len(added),
                "{count} person is in your people now.",
                "{count} people are in your people now.",
            )
        )

    def ask_relays(self) -> None:
        """Reads the public list that all one's apps share: one follows them here too."""
        if not self.is_asking:
            self.is_asking, self.problem = True, ""
            spawn(self._ask_relays(), self)
            self.changed.emit()

    def refresh(self) -> None:
        """Reads who there is."""
        if not self._is_open:
            return
        everybody = self._app.people_book.importable()
        self.count = len(everybody)
        there = {view.pubkey for view in everybody}
        self._chosen = {key: None for key in self._chosen if key in there}
        fitting = [view for view in everybody if self._wanted in _searched(view)]
        self.listed = tuple(fitting[:MAX_LISTED])

    async def _ask_relays(self) -> None:
        try:
            await self._app.follows.import_follows()
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        finally:
            self.is_asking = False
            self.refresh()
            self.changed.emit()


def _searched(view: ProfileView) -> str:
    return f"{view.title} {view.nip05 or ''} {view.lud16 or ''}".casefold()
