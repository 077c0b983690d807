"""The stage's private messages: conversations of every kind, and relays that can refuse."""

from dataclasses import dataclass, field, replace
from typing import Any

from tests.ui import content
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.messages import Delivery, RelayWord
from tipdesk.services.bus import Bus
from tipdesk.services.events import MessageChanged, MessagePlaceFound
from tipdesk.services.message_places import PlaceUnknown
from tipdesk.services.messages import NoPlaceForMessages
from tipdesk.services.relay_lists import NotARelay
from tipdesk.services.tip_words import NoPlaceForWords, PlaceBeingSought
from tipdesk.services.views import ConversationView, MessageView, ProfileView

RELAYS = ("wss://inbox.example", "wss://relay.example", "wss://nos.example")
STRANGER = content.person(21, "Quick Money <b>Desk</b>", None, picture=False)
READER = content.person(22, "Noor, a reader", None, picture=False)
PEOPLE = {p.pubkey: p for p in (*content.PEOPLE, STRANGER, READER)}


@dataclass
class StageWords:
    """Who takes private messages; of the others, who is still being asked."""

    reachable: set[XOnlyPubkey] = field(default_factory=set)
    sought: set[XOnlyPubkey] = field(default_factory=set)

    def check(self, recipient: XOnlyPubkey) -> None:
        """As `WordsByMessage` does."""
        title = PEOPLE[recipient].title
        if recipient in self.sought:
            raise PlaceBeingSought(title)
        if recipient not in self.reachable:
            raise NoPlaceForWords(title)


@dataclass
class StagePlaces:
    """Where messages are taken; `problem` is what the relays say to every change."""

    bus: Bus
    words: StageWords
    ours: tuple[str, ...] = RELAYS[:2]
    asked: list[XOnlyPubkey] = field(default_factory=list)
    problem: str = ""

    def known(self, person: XOnlyPubkey) -> tuple[str, ...] | None:
        """As the words have it."""
        if person in self.words.sought:
            return None
        return RELAYS if person in self.words.reachable else ()

    def ask_about(self, person: XOnlyPubkey) -> None:
        """Remembers who was asked about."""
        self.asked.append(person)

    def found(self, person: XOnlyPubkey, *, takes: bool) -> None:
        """The answer came."""
        self.words.sought.discard(person)
        (self.words.reachable.add if takes else self.words.reachable.discard)(person)
        self.bus.publish(MessagePlaceFound(person))

    def own(self) -> tuple[str, ...]:
        """Ours."""
        return self.ours

    async def refresh_own(self) -> tuple[str, ...]:
        """Nobody else changed it."""
        return self._answer(self.ours)

    async def open_first(self) -> tuple[str, ...]:
        """Two."""
        return self._answer(self.ours or RELAYS[:2])

    async def use_relay(self, url: str) -> tuple[str, ...]:
        """One more."""
        if not url.startswith("wss://"):
            raise NotARelay(url)
        return self._answer((*self.ours, url))

    async def drop_relay(self, url: str) -> tuple[str, ...]:
        """One less."""
        return self._answer(tuple(one for one in self.ours if one != url))

    def _answer(self, ours: tuple[str, ...]) -> tuple[str, ...]:
        if self.problem:
            raise BackendError(self.problem)
        self.ours = ours
        return ours


class StageBook:
    """What was written, by whom it was with."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.all: dict[XOnlyPubkey, list[MessageView]] = {}
        self.strangers = {STRANGER.pubkey, READER.pubkey}
        self.reads = 0
        for peer, lines in _script().items():
            self.all[peer.pubkey] = [
                written(peer, n, *line) for n, line in enumerate(lines, start=peer.pubkey[-1] * 100)
            ]

    def conversations(self) -> tuple[ConversationView, ...]:
        """Known people."""
        return tuple(view for view in self._everybody() if not view.is_request)

    def requests(self) -> tuple[ConversationView, ...]:
        """Strangers."""
        return tuple(view for view in self._everybody() if view.is_request)

    def unread(self) -> int:
        """Of known people."""
        return sum(view.unread for view in self.conversations())

    def messages(
        self, peer: XOnlyPubkey, limit: int = 50, offset: int = 0
    ) -> tuple[MessageView, ...]:
        """Newest first."""
        self.reads += 1
        return tuple(reversed(self.all.get(peer, [])))[offset:][:limit]

    def mark_read(self, peer: XOnlyPubkey) -> None:
        """All of theirs."""
        before = self.all.get(peer, [])
        if any(not one.is_read for one in before):
            self.all[peer] = [replace(one, is_read=True) for one in before]
            self._bus.publish(MessageChanged(peer))

    def accept(self, peer: XOnlyPubkey) -> None:
        """No stranger any more."""
        self.strangers.discard(peer)
        self._bus.publish(MessageChanged(peer))

    def forget(self, peer: XOnlyPubkey) -> None:
        """All of it."""
        self.all.pop(peer, None)
        self._bus.publish(MessageChanged(peer))

    def put(self, view: MessageView) -> None:
        """One that is new, or moved on."""
        held = self.all.setdefault(view.peer.pubkey, [])
        places = [n for n, one in enumerate(held) if one.message_id == view.message_id]
        if places:
            held[places[0]] = view
        else:
            held.append(view)
        self._bus.publish(MessageChanged(view.peer.pubkey))

    def _everybody(self) -> list[ConversationView]:
        found = [
            ConversationView(
                peer=held[-1].peer,
                latest=held[-1],
                unread=sum(not one.is_read for one in held),
                is_request=peer in self.strangers,
            )
            for peer, held in self.all.items()
            if held
        ]
        return sorted(found, key=lambda view: view.latest.at, reverse=True)


@dataclass
class StageSender:
    """Keeps what is sent; it is on its way until the test says otherwise."""

    book: StageBook
    places: StagePlaces
    clock: Clock
    sent: list[tuple[XOnlyPubkey, str]] = field(default_factory=list)
    retried: list[EventId] = field(default_factory=list)

    async def send(
        self, peer: XOnlyPubkey, text: str, *, reply_to: EventId | None = None
    ) -> EventId:
        """As `MessageService` does."""
        known = self.places.known(peer)
        if known is None:
            raise PlaceUnknown(peer)
        if not known:
            raise NoPlaceForMessages(PEOPLE[peer].title)
        self.sent.append((peer, text))
        view = written(PEOPLE[peer], 9_000 + len(self.sent), "me", 0, text, Delivery.WAITING)
        self.book.put(replace(view, at=self.clock.now()))
        return view.message_id

    def retry(self, message_id: EventId) -> None:
        """Remembers it."""
        self.retried.append(message_id)


@dataclass
class StageMessages:
    """Private messages."""

    words: StageWords
    places: StagePlaces
    book: StageBook
    service: StageSender

    @classmethod
    def of(cls, bus: Bus, clock: Clock) -> "StageMessages":
        """With the usual conversations; nobody takes messages until a test says so."""
        words, book = StageWords(), StageBook(bus)
        places = StagePlaces(bus, words)
        return cls(words, places, book, StageSender(book, places, clock))


def written(
    peer: ProfileView,
    n: int,
    who: str,
    minutes: int,
    text: str,
    delivery: Delivery = Delivery.SENT,
    sat: int = 0,
) -> MessageView:
    """A message; of `who` "me", "them", or "new" for one of theirs that was not read."""
    is_ours = who == "me"
    failed = delivery is Delivery.FAILED
    said = {
        Delivery.SENT: "Delivered: 2 of their 3 relays took it.",
        Delivery.WAITING: "On its way.",
        Delivery.FAILED: "Not delivered: inbox.example is full. You can try again.",
    }
    taken = tuple(RelayWord(url, place < 2) for place, url in enumerate(RELAYS))
    return MessageView(
        message_id=EventId(content.number(30_000 + n)),
        peer=peer,
        is_ours=is_ours,
        text=text,
        at=Instant(content.NOW.ms - minutes * content.MINUTE),
        is_read=who != "new",
        delivery=delivery if is_ours else None,
        relays=taken if is_ours and delivery is Delivery.SENT else (),
        sentence=said[delivery] if is_ours else "",
        can_retry=is_ours and failed,
        payment_hash=PaymentHash(content.number(40_000 + n)) if sat else None,
        claimed=Msat(sat * 1_000) if sat else None,
    )


def long_talk(peer: ProfileView, count: int) -> list[MessageView]:
    """A conversation of any length, three hours between two messages."""
    return [
        written(
            peer,
            50_000 + n,
            "me" if n % 3 == 1 else "them",
            (count - n) * 180,
            f"Message {n}. " + "More words. " * (n % 40),
        )
        for n in range(count)
    ]


def _script() -> dict[ProfileView, list[tuple[Any, ...]]]:
    day = 24 * 60
    return {
        content.ANA: [
            ("them", 2 * day + 41, "Did the strings come through alright on your speakers?"),
            ("me", 2 * day + 33, "They did. I had to sit down."),
            ("me", 2 * day + 32, "For the kitchen tiles, then:", Delivery.SENT, 2_100),
            ("them", day + 190, "You are very kind. I am putting the session files up for "
             "everybody who tipped, there is a folder with the stems as well:\n\n"
             "1. the dry take\n2. the one with the kettle\n3. the one everybody liked"),
            ("me", day + 12, "The kettle. Obviously the kettle."),
            ("them", 26, "Rehearsal is open tonight, by the way. Nine, same place."),
            ("them", 25, "Bring the dog ♥"),
            ("me", 11, "We will both be there.", Delivery.SENT),
            ("me", 2, "He is already waiting at the door", Delivery.WAITING),
        ],
        content.BELA: [
            ("me", 300, "Is the breakwater one for sale as a print?"),
            ("new", 64, "It is: 30 x 40, signed. Shall I keep one back for you?"),
            ("new", 63, "They go quickly at the market."),
        ],
        content.CHIDI: [
            ("them", 3 * day, "Thank you for the note about the milkman."),
            ("me", 3 * day - 20, "It made my Sunday.", Delivery.FAILED),
        ],
        content.DANA: [("them", 5 * day, "شكرا جزيلا على الدعم، الريحان يكبر كل يوم.")],
        content.EVIL: [
            ("them", 9 * day, "<h1>Send me money</h1> <img src=x onerror=alert(1)>\u202e & "
             + "very" * 60),
        ],
        READER: [("new", 95, "Hello! I came from Ana's page. May I ask how you film your hands?")],
        STRANGER: [("new", 700, "<a href='https://x'>DOUBLE your sats</a> today, reply YES")],
    }  # fmt: skip
