"""An entry of the book of people while it is written: each way is judged where it stands."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip05 import Identifier, read_identifier
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.pasted import read_person_way, recognise_person
from tipdesk.services.people_book import NpubTaken, OwnNpub, PersonView
from tipdesk.tips.person import (
    MAX_NAME_CHARS,
    PersonId,
    PersonWish,
    PersonWithoutName,
    Reach,
    UnusableWay,
    wish_of,
)
from tipdesk.tips.way import Offered
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.said import Said

_AT_ONCE: Final = 4
"""So many characters that come in one stroke were pasted."""


class BookFormViewModel(ViewModel):
    """`saved` with the entry's number; `begun` when other texts stand in the fields."""

    saved = Signal(int)
    begun = Signal()

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._changes: PersonId | None = None
        self.wish = PersonWish()
        self.said = Said("")
        """Of the whole form, or of what was pasted."""
        self.name_problem = ""
        self.is_asking = False
        self._problems: dict[Reach, str] = {}
        self._pasted = ""
        self._asked = 0

    @property
    def is_new(self) -> bool:
        """Whether somebody is added."""
        return self._changes is None

    @property
    def identifier(self) -> Identifier | None:
        """A Nostr name whose npub its domain can be asked for; None if there is nothing to ask."""
        name, npub = self.text(Reach.NIP05), self.text(Reach.NPUB)
        if npub or not name or self._problems.get(Reach.NIP05):
            return None
        try:
            return read_identifier(name, practice=self._app.status().network == "regtest")
        except DecodeError:
            return None

    def begin(self, view: PersonView | None = None) -> None:
        """An empty form, or somebody's entry."""
        self._changes = None if view is None else view.person.id
        self._begin_with(PersonWish() if view is None else wish_of(view.person))

    def begin_with_npub(self, npub: XOnlyPubkey) -> None:
        """An empty form but for the key of somebody who was looked at."""
        self._changes = None
        self._begin_with(PersonWish(ways={Reach.NPUB: encode_npub(npub)}))

    def begin_with_offer(self, offered: Offered) -> None:
        """An empty form but for an offer, and what it says of whose it is."""
        self._changes = None
        name = words.line(offered.issuer or offered.words)[:MAX_NAME_CHARS]
        self._begin_with(
            PersonWish(name=name, ways={Reach.OFFER: offered.text}, usual_amount=offered.amount)
        )

    def text(self, reach: Reach) -> str:
        """What stands in a field."""
        return self.wish.ways.get(reach, "").strip()

    def problem_of(self, reach: Reach) -> str:
        """What is wrong with a field; empty if nothing is."""
        return self._problems.get(reach, "")

    def write(self, reach: Reach, text: str) -> None:
        """A field is typed in: what was wrong with it may not be any more."""
        self.wish = replace(self.wish, ways={**self.wish.ways, reach: text})
        if self._problems.pop(reach, "") or reach is Reach.NIP05:
            self.changed.emit()

    def write_rest(self, *, name: str, notes: str, usual: Msat | None) -> None:
        """The fields that are no ways."""
        self.wish = replace(self.wish, name=name, notes=notes, usual_amount=usual)
        if self.name_problem:
            self.name_problem = ""
            self.changed.emit()

    def check(self, reach: Reach) -> None:
        """A field was left: says what is wrong with it."""
        try:
            read_person_way(reach, self.text(reach), self._app.status().network)
        except UnusableWay as error:
            self._problems[reach] = sentence(error)
        else:
            self._problems.pop(reach, None)
        self.changed.emit()

    def paste(self, text: str, *, is_whole: bool = False) -> None:
        """What stands in the line for anything; it is read when it came at once, or is whole."""
        came, self._pasted = len(text) - len(self._pasted), text
        if not text.strip():
            self._say("")
        elif is_whole or came >= _AT_ONCE:
            self._read(text, is_whole=is_whole)

    def look_up(self) -> None:
        """Asks the domain of the Nostr name for its npub."""
        name = self.identifier
        if name is not None and not self.is_asking:
            self.is_asking = True
            self._asked += 1
            self._say(t("Asking {domain} \u2026", domain=name.domain))
            spawn(self._look_up(name, self._asked), self)

    def save(self) -> None:
        """Keeps it: `saved`, or it says at which field what is wrong."""
        book = self._app.people_book
        try:
            person_id = self._changes
            if person_id is None:
                person_id = book.add(self.wish)
            else:
                book.change(person_id, self.wish)
        except (RequestError, BackendError) as error:
            self._refuse(error)
            return
        self.saved.emit(person_id)

    def _begin_with(self, wish: PersonWish) -> None:
        self.wish = wish
        self.said, self.name_problem, self._pasted = Said(""), "", ""
        self.is_asking = False
        self._asked += 1
        self._problems.clear()
        self.begun.emit()
        self.changed.emit()

    def _read(self, text: str, *, is_whole: bool) -> None:
        try:
            reach, kept = recognise_person(text, self._app.status().network)
        except RequestError as error:
            # A part of it may have come so far.
            self._say(sentence(error) if is_whole else "", tone="bad")
            return
        self.wish = replace(self.wish, ways={**self.wish.ways, reach: kept})
        self._problems.pop(reach, None)
        self._pasted = ""
        self._say(_recognised(reach), tone="good")
        self.begun.emit()

    def _refuse(self, error: RequestError | BackendError) -> None:
        said = sentence(error)
        match error:
            case UnusableWay():
                self._problems[error.reach] = said
            case NpubTaken() | OwnNpub():
                self._problems[Reach.NPUB] = said
            case PersonWithoutName():
                self.name_problem = said
            case _:
                self._say(said, tone="bad")
                return
        self._say(t("Nothing was saved yet: look at what is marked."), tone="bad")

    def _say(self, text: str, tone: str = "soft") -> None:
        self.said = Said(text, tone)
        self.changed.emit()

    async def _look_up(self, name: Identifier, asked: int) -> None:
        said, tone = "", "bad"
        try:
            found = await self._app.names.find(f"{name.local}@{name.domain}")
        except (DecodeError, RequestError, BackendError) as error:
            said = sentence(error)
        else:
            said, tone = t("{domain} named their npub.", domain=words.line(name.domain)), "good"
            if asked == self._asked:
                npub = encode_npub(found.pubkey)
                self.wish = replace(self.wish, ways={**self.wish.ways, Reach.NPUB: npub})
        if asked == self._asked:
            self.is_asking = False
            self._say(said, tone)
            self.begun.emit()


def _recognised(reach: Reach) -> str:
    match reach:
        case Reach.NPUB:
            return t("That is an npub.")
        case Reach.NIP05:
            return t("That is a Nostr name.")
        case Reach.ADDRESS:
            return t("That is a lightning address.")
        case Reach.PAYMENT_NAME:
            return t("That is a payment name.")
        case Reach.NODE:
            return t("That is a node's key.")
        case Reach.OFFER:
            return t("That is an offer.")
