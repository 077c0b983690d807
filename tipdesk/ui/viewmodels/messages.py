"""The page of private messages: with whom, what was written, and what can be written now."""

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QObject, Signal

from tipdesk.base.clock import Instant
from tipdesk.base.errors import BackendError, RequestError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip17 import MAX_MESSAGE_CHARS
from tipdesk.services.events import (
    IncomingTipSeen,
    MessageChanged,
    MessagePlaceFound,
    PersonChanged,
    ProfileChanged,
    RelaysChanged,
)
from tipdesk.services.messages import NoPlaceForMessages
from tipdesk.services.views import ConversationView, ProfileView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t, tn
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.ask_words import ask_title
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.messages_rows import BubbleRows
from tipdesk.ui.viewmodels.rows import Rows

_GATHER_MS = 40
"""Profiles come in by the hundred at a start; the list is read once for all of them."""
_COUNTED_FROM = MAX_MESSAGE_CHARS - 500


class Side(Enum):
    """Which conversations are listed."""

    PEOPLE = Phrase("People")
    REQUESTS = Phrase("Requests")


@dataclass(frozen=True, slots=True)
class Written:
    """How much is written: whether it can go, and the count where it nears the limit."""

    can_go: bool
    count: str
    is_too_long: bool


class MessagesViewModel(ViewModel):
    """Says `arrived` once for words of people we know; strangers ring nowhere.

    `sent` with whom a message was for that is on its way.
    """

    arrived = Signal(str)
    sent = Signal(object)
    opened = Signal()
    """Another conversation is open, or none."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._app = app
        self._turn.setInterval(_GATHER_MS)
        self.people: Rows[ConversationView] = Rows(lambda view: view.peer.pubkey, describe, self)
        self.people.wants_more.connect(self._read_people)
        self.bubbles = BubbleRows(app, self)
        self.side = Side.PEOPLE
        self.peer: ProfileView | None = None
        self.is_request = False
        self.unread = 0
        self.requests = 0
        self.problem = ""
        self.is_sending = False
        self._wanted = ""
        self._is_shown = False
        self._drafts: dict[XOnlyPubkey, str] = {}
        self._heard: dict[XOnlyPubkey, int] | None = None
        self.listen(MessageChanged, self.touch)
        self.listen(MessagePlaceFound, self.touch)
        self.listen(ProfileChanged, self.touch)
        self.listen(PersonChanged, self.touch)
        self.listen(IncomingTipSeen, self.touch)
        self.listen(RelaysChanged, self._relays_changed)
        self.refresh()

    @property
    def now(self) -> Instant:
        """The time, for ages."""
        return self._app.clock.now()

    @property
    def draft(self) -> str:
        """What was written to the one whose conversation is open, and not sent."""
        return "" if self.peer is None else self._drafts.get(self.peer.pubkey, "")

    @property
    def is_reachable(self) -> bool:
        """Whether others can write to us."""
        return bool(self._app.messages.places.own())

    @property
    def obstacle(self) -> str:
        """Why nothing can be written to them; empty if it can."""
        if self.peer is None or self._places() != ():
            return ""
        return sentence(NoPlaceForMessages(words.name(self.peer.title)))

    @property
    def hint(self) -> str:
        """What is to be known before writing: that a message waits, or who learns of it."""
        if self.peer is None:
            return ""
        who = words.name(self.peer.title)
        if not self._app.status().relays_connected:
            return t("No relay is connected. What you send goes out once one is.")
        if self._places() is None:
            return t("Finding out where {who} takes private messages …", who=who)
        return t(
            "Only {who} can read it, and keeps it. Relays see that somebody wrote to them, "
            "not who, nor what.",
            who=who,
        )

    def set_shown(self, *, shown: bool) -> None:
        """Whether somebody looks: only then is anything marked as read."""
        self._is_shown = shown
        if shown:
            self._mark_read()
            self.refresh()

    def look_at(self, side: Side) -> None:
        """Lists people, or requests."""
        self.side = side
        self._read_people()
        self.changed.emit()

    def search(self, text: str) -> None:
        """Lists those whose name or last words hold the text."""
        self._wanted = text.strip().casefold()
        self._read_people()
        self.changed.emit()

    @property
    def is_searching(self) -> bool:
        """Whether some may be left out of the list."""
        return bool(self._wanted)

    def open(self, pubkey: XOnlyPubkey) -> None:
        """Opens the conversation with somebody; there need not be one yet."""
        self.problem = ""
        self.peer = self._app.feeds.profile(pubkey)
        self.bubbles.open(pubkey)
        self._ask()
        self._mark_read()
        self.refresh()
        self.opened.emit()
        self.changed.emit()

    def close_conversation(self) -> None:
        """Nobody's is open."""
        self.peer, self.problem, self.is_request = None, "", False
        self.bubbles.open(None)
        self.opened.emit()
        self.changed.emit()

    def keep_draft(self, text: str) -> None:
        """What is written so far; it is there again when the conversation is."""
        if self.peer is None:
            return
        if text:
            self._drafts[self.peer.pubkey] = text
        else:
            self._drafts.pop(self.peer.pubkey, None)
        if self.problem:
            self.problem = ""
            self.changed.emit()

    def send(self, text: str) -> None:
        """Sends it: `sent`, or `problem` says why not and nothing is lost."""
        if self.peer is not None and measure(text).can_go and not self.is_sending:
            self.is_sending, self.problem = True, ""
            spawn(self._send(self.peer.pubkey, text), self)

    def retry(self, message_id: EventId) -> None:
        """Tries one again that was not delivered."""
        try:
            self._app.messages.service.retry(message_id)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
            self.changed.emit()

    def accept(self) -> None:
        """Who wrote is no stranger any more."""
        if self.peer is not None:
            self._app.messages.book.accept(self.peer.pubkey)
            self.look_at(Side.PEOPLE)

    def forget(self) -> None:
        """All that was written with them is gone from this computer."""
        if self.peer is not None:
            peer = self.peer.pubkey
            self._drafts.pop(peer, None)
            self.close_conversation()
            self._app.messages.book.forget(peer)

    def refresh(self) -> None:
        """Reads anew who wrote and what."""
        self._mark_read()
        self._read_people()
        if self.peer is not None:
            self.peer = self._app.feeds.profile(self.peer.pubkey)
            self.bubbles.read_anew()

    def _read_people(self) -> None:
        book = self._app.messages.book
        known, strangers = book.conversations(), book.requests()
        self.requests = len(strangers)
        self.unread = sum(view.unread for view in known)
        self._ring(known)
        if self.peer is not None:
            asked = (view.peer.pubkey for view in strangers)
            self.is_request = self.peer.pubkey in asked
        listed = known if self.side is Side.PEOPLE else strangers
        self.people.replace([view for view in listed if self._fits(view)])

    def _ring(self, known: tuple[ConversationView, ...]) -> None:
        """Tells of words that came since the last look, but not of those that are looked at."""
        unread = {view.peer.pubkey: view.unread for view in known}
        before, self._heard = self._heard, unread
        if before is None:
            return
        for view in known:
            peer = view.peer.pubkey
            is_open = self._is_shown and self.peer is not None and self.peer.pubkey == peer
            if unread[peer] > before.get(peer, 0) and not is_open:
                self.arrived.emit(t("{name} wrote to you.", name=words.name(view.peer.title)))

    def _fits(self, view: ConversationView) -> bool:
        wanted = self._wanted
        return wanted in view.peer.title.casefold() or wanted in view.latest.text.casefold()

    def _mark_read(self) -> None:
        if self.peer is not None and self._is_shown:
            self._app.messages.book.mark_read(self.peer.pubkey)

    def _places(self) -> tuple[str, ...] | None:
        return None if self.peer is None else self._app.messages.places.known(self.peer.pubkey)

    def _ask(self) -> None:
        if self.peer is not None and self._places() is None:
            self._app.messages.places.ask_about(self.peer.pubkey)

    def _relays_changed(self, event: RelaysChanged) -> None:
        self._ask()
        self.touch(event)

    async def _send(self, peer: XOnlyPubkey, text: str) -> None:
        try:
            await self._app.messages.service.send(peer, text)
        except (RequestError, BackendError) as error:
            self.problem = sentence(error)
        else:
            self._drafts.pop(peer, None)
            self.refresh()
            self.sent.emit(peer)
        finally:
            self.is_sending = False
            self.changed.emit()


def measure(text: str) -> Written:
    """Whether a text can be sent as it is."""
    length = len(text)
    count = (
        t("{count} of {most}", count=length, most=MAX_MESSAGE_CHARS)
        if length >= _COUNTED_FROM
        else ""
    )
    is_too_long = length > MAX_MESSAGE_CHARS
    return Written(bool(text.strip()) and not is_too_long, count, is_too_long)


def describe(view: ConversationView) -> str:
    """A conversation as a sentence for screen readers."""
    who = words.name(view.peer.title)
    if view.unread:
        who = tn(
            view.unread,
            "{name}, {count} unread message",
            "{name}, {count} unread messages",
            name=who,
        )
    return f"{who}. {last_words(view)}"


def last_words(view: ConversationView) -> str:
    """The first line of the latest message, and whether it is ours; or what it asks for."""
    if view.latest.ask is not None:
        return ask_title(view.latest.ask, words.name(view.peer.title))
    said = words.line(view.latest.text)
    return t("You: {said}", said=said) if view.latest.is_ours else said
