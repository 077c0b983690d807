"""The page of people: who is in the book, and the one whose entry is open."""

from dataclasses import replace
from enum import Enum, auto
from typing import Final

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.services.events import (
    IncomingTipSeen,
    MessageChanged,
    PaymentChanged,
    PersonChanged,
    ProfileChanged,
    TimelineChanged,
    TipChanged,
)
from tipdesk.services.people_book import PersonView
from tipdesk.services.timeline import LineView
from tipdesk.services.views import MessageView, Nameless, ProfileView
from tipdesk.tips.person import PersonId, Reach
from tipdesk.tips.timeline import Search, Totals
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.rows import Rows

_GATHER_MS: Final = 40
LINES_AT_ONCE: Final = 8
MAX_ASKED: Final = 5
"""So many of the latest that wait stand in an entry; all of them in the conversation."""
_PAYING: Final = (Reach.ADDRESS, Reach.NODE, Reach.OFFER, Reach.PAYMENT_NAME)


class Pane(Enum):
    """What stands beside the list."""

    NOBODY = auto()
    ENTRY = auto()
    FORM = auto()
    IMPORT = auto()
    SEND = auto()


class BookViewModel(ViewModel):
    """Reads only while it is shown. `told` with what became of an entry that is gone."""

    told = Signal(str)
    opened = Signal()
    """Something else stands beside the list."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._turn.setInterval(_GATHER_MS)
        self.rows: Rows[PersonView] = Rows(lambda view: view.person.id, describe, self)
        self.rows.wants_more.connect(self._read_list)
        self.pane = Pane.NOBODY
        self.entry: PersonView | None = None
        self.totals = Totals()
        self.lines: tuple[LineView, ...] = ()
        self.has_more = False
        self.asked: tuple[MessageView, ...] = ()
        """What is asked and promised between us and waits, newest first."""
        self.problem = ""
        """Why their history cannot be read."""
        self.count = 0
        """How many there are, whether listed or not."""
        self._most = LINES_AT_ONCE
        self._wanted = ""
        self._is_shown = False
        self.listen(PersonChanged, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.listen(MessageChanged, self.touch)
        for kind in (TimelineChanged, TipChanged, PaymentChanged, IncomingTipSeen):
            self.listen(kind, self.touch)

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    @property
    def is_searching(self) -> bool:
        """Whether some may be left out of the list."""
        return bool(self._wanted)

    def set_shown(self, *, shown: bool) -> None:
        """Whether anybody looks."""
        is_new = shown and not self._is_shown
        self._is_shown = shown
        if is_new:
            self.refresh()
            self.changed.emit()

    def search(self, text: str) -> None:
        """Lists those whom all the words fit."""
        self._wanted = text.strip()
        self._read_list()
        self.changed.emit()

    def open(self, person_id: PersonId) -> None:
        """Shows somebody's entry."""
        self.entry = self._app.people_book.person(person_id)
        self._most = LINES_AT_ONCE
        self._read_entry()
        self._show(Pane.NOBODY if self.entry is None else Pane.ENTRY)

    def close_pane(self) -> None:
        """What is open makes room: for the entry that it came from, if there is one."""
        has_entry = self.entry is not None and self.pane is not Pane.ENTRY
        if not has_entry:
            self.entry = None
        self._show(Pane.ENTRY if has_entry else Pane.NOBODY)

    def show_pane(self, pane: Pane) -> None:
        """The form, or whom one may bring over."""
        self._show(pane)

    def show_more(self) -> None:
        """More lines of the history with them."""
        self._most += 5 * LINES_AT_ONCE
        self._read_entry()
        self.changed.emit()

    def remove(self) -> None:
        """Who is open leaves the book."""
        if self.entry is None:
            return
        name = name_of(self.entry)
        try:
            self._app.people_book.remove(self.entry.person.id)
        except (RequestError, BackendError) as error:
            self.told.emit(sentence(error))
            return
        self.entry = None
        self._read_list()
        self._show(Pane.NOBODY)
        self.told.emit(
            t("{name} is not in your people any more. The history keeps its lines.", name=name)
        )

    def with_offer(self, text: str) -> PersonId | None:
        """Who was given as the one behind an offer."""
        found = self._app.people_book.with_offer(text)
        return None if found is None else found.id

    def with_npub(self, npub: XOnlyPubkey) -> PersonId | None:
        """Who has that npub."""
        found = self._app.people_book.with_npub(npub)
        return None if found is None else found.id

    def pay_text(self, person_id: PersonId) -> str:
        """What leads money to somebody, for the panel that sends; empty if nothing does."""
        view = self._app.people_book.person(person_id)
        return "" if view is None else _way_to_pay(view)

    @property
    def can_send(self) -> bool:
        """Whether some way of the one who is open takes money."""
        return self.entry is not None and bool(_way_to_pay(self.entry))

    def refresh(self) -> None:
        """Reads the list and the entry anew."""
        if not self._is_shown:
            return
        self._read_list()
        if self.entry is None:
            return
        self.entry = self._app.people_book.person(self.entry.person.id)
        self._read_entry()
        if self.entry is None and self.pane is Pane.ENTRY:
            self._show(Pane.NOBODY)

    def _read_list(self) -> None:
        book = self._app.people_book
        found = book.people(self._wanted)
        self.count = len(book.people()) if self._wanted else len(found)
        self.rows.replace(found)

    def _read_entry(self) -> None:
        self.totals, self.lines, self.has_more, self.problem = Totals(), (), False, ""
        self.asked = ()
        if self.entry is None:
            return
        npub = self.entry.person.npub
        self.asked = () if npub is None else self._app.asks.open_with(npub)[:MAX_ASKED]
        search = Search(entry=self.entry.person.id)
        try:
            page = self._app.timeline.page(search, limit=self._most)
            self.totals = self._app.timeline.totals(search)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
            return
        self.lines, self.has_more = page.lines, page.rest is not None

    def _show(self, pane: Pane) -> None:
        self.pane = pane
        self.opened.emit()
        self.changed.emit()


def name_of(view: PersonView) -> str:
    """What somebody is called, safe to show."""
    return words.name(view.title)


def face_of(view: PersonView) -> ProfileView | Nameless:
    """Their picture, with the letters of the name that is shown."""
    if view.profile is None:
        return Nameless(view.title)
    return replace(view.profile, title=view.title)


def second_line(view: PersonView) -> str:
    """What stands under a name in the list: a name that is proven, or how they are reached."""
    if view.confirmed_name:
        return words.line(view.confirmed_name)
    person = view.person
    shown = (Reach.ADDRESS, Reach.PAYMENT_NAME, Reach.NIP05)
    first = next((person.way(reach) for reach in shown if person.way(reach)), "")
    if first:
        return words.line(first)
    if person.offer:
        return t("an offer")
    if person.node_id is not None:
        return t("node {key}", key=words.short_key(person.node_id))
    return t("on Nostr") if person.npub is not None else t("no way to reach them yet")


def origin_of(view: PersonView) -> str:
    """Whose word the name is, and what else they go by."""
    named = t("Your name for them") if view.is_name_ours else t("Their name on Nostr")
    other = view.name_on_nostr
    parts = (
        named if view.profile is not None or not view.is_name_ours else "",
        t("on Nostr: {name}", name=words.name(other)) if other else "",
        words.line(view.confirmed_name),
    )
    return " \u00b7 ".join(part for part in parts if part)


def describe(view: PersonView) -> str:
    """Somebody as a sentence for screen readers."""
    return f"{name_of(view)}. {second_line(view)}"


def _way_to_pay(view: PersonView) -> str:
    person, profile = view.person, view.profile
    if person.address or profile is None or not profile.can_be_tipped:
        return next((person.way(one) for one in _PAYING if person.way(one)), "")
    return person.way(Reach.NPUB)
