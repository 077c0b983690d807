"""The stage's people: follows that are published or wait, names, our own profile and relays."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.ui import content
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import EventId, XOnlyPubkey
from tipdesk.nostr.nip05 import NamedPerson
from tipdesk.nostr.nip65 import RelayList, RelayUse
from tipdesk.services.bus import Bus
from tipdesk.services.events import ProfileSought
from tipdesk.services.follows import FollowOutcome, ImportOutcome
from tipdesk.services.names import NoSuchName
from tipdesk.services.own_lists import NewestUnknown, NotPublished
from tipdesk.services.people import Sought
from tipdesk.services.relay_lists import NotARelay

WAITS = "So far on this computer only. Only 0 of 2 relays answered. Try again later."
NAMES = {"bela@pictures.example": content.BELA, "fran@example.org": content.FRAN}


@dataclass
class StageFollows:
    """Follows; while `is_away` no relay answers."""

    now: list[XOnlyPubkey] = field(default_factory=lambda: [p.pubkey for p in content.PEOPLE[:5]])
    waiting: list[XOnlyPubkey] = field(default_factory=list)
    brings: ImportOutcome = field(default_factory=lambda: ImportOutcome(added=(), removed=()))
    is_away: bool = False

    def pending(self) -> tuple[XOnlyPubkey, ...]:
        """What is not public yet."""
        return tuple(self.waiting)

    async def follow(self, pubkey: XOnlyPubkey) -> FollowOutcome:
        """Here at once, in public a moment later."""
        self.now.append(pubkey)
        return await self._publish(pubkey, follows=True)

    async def unfollow(self, pubkey: XOnlyPubkey) -> FollowOutcome:
        """Here at once, in public a moment later."""
        self.now.remove(pubkey)
        return await self._publish(pubkey, follows=False)

    async def import_follows(self) -> ImportOutcome:
        """What `brings` says."""
        await asyncio.sleep(0.01)
        if self.is_away:
            raise NewestUnknown(kind=3, asked=2, answered=0)
        self.now = [p for p in self.now if p not in self.brings.removed]
        self.now += self.brings.added
        return self.brings

    async def _publish(self, pubkey: XOnlyPubkey, *, follows: bool) -> FollowOutcome:
        await asyncio.sleep(0.01)
        if self.is_away:
            self.waiting.append(pubkey)
            return FollowOutcome(follows=follows, published=False, problem=WAITS)
        return FollowOutcome(follows=follows, published=True)


@dataclass
class StagePeople:
    """Strangers; a search goes on until `end`."""

    bus: Bus
    asked: list[XOnlyPubkey] = field(default_factory=list)
    ends: dict[XOnlyPubkey, Sought] = field(default_factory=dict)

    def ask_about(self, pubkey: XOnlyPubkey) -> None:
        """Remembers who was asked about."""
        self.asked.append(pubkey)
        self.ends.setdefault(pubkey, Sought.ASKING)

    def sought(self, pubkey: XOnlyPubkey) -> Sought:
        """The cast is known."""
        is_known = pubkey in {p.pubkey for p in (*content.PEOPLE, content.ME)}
        return Sought.FOUND if is_known else self.ends.get(pubkey, Sought.UNANSWERED)

    def end(self, pubkey: XOnlyPubkey, how: Sought) -> None:
        """The search has ended."""
        self.ends[pubkey] = how
        self.bus.publish(ProfileSought(pubkey))


@dataclass
class StageNames:
    """A few names under domains."""

    asked: list[str] = field(default_factory=list)
    is_away: bool = False

    async def find(self, text: str) -> NamedPerson:
        """As the domain says."""
        self.asked.append(text)
        await asyncio.sleep(0.01)
        if self.is_away:
            raise BackendError("the server did not answer in time")
        if text.lower() not in NAMES:
            raise NoSuchName(text)
        return NamedPerson(NAMES[text.lower()].pubkey)


@dataclass
class StagePublishing:
    """Our profile as other clients wrote it."""

    fields: dict[str, str] = field(
        default_factory=lambda: {
            "name": "Mika",
            "about": "Guitars, mostly.\nSometimes <b>bread</b>.",
            "picture": "https://img.example/face-9.png",
            "lud16": "mika@tipdesk.example",
            "website": "https://mika.example",
        }
    )
    edits: list[dict[str, str]] = field(default_factory=list)
    problem: BackendError | None = None

    async def own_fields(self) -> dict[str, str]:
        """As the relays have it."""
        await asyncio.sleep(0.01)
        if self.problem is not None:
            raise self.problem
        return dict(self.fields)

    async def edit_profile(self, changes: Mapping[str, str]) -> EventId:
        """Merges."""
        await asyncio.sleep(0.01)
        if self.problem is not None:
            raise self.problem
        self.edits.append(dict(changes))
        self.fields = {k: v for k, v in (self.fields | dict(changes)).items() if v}
        return EventId(content.number(9_999))


@dataclass
class StageRelayList:
    """Our relays."""

    relays: tuple[RelayUse, ...] = (
        RelayUse("wss://relay.example"),
        RelayUse("wss://inbox.example", reads=True, writes=False),
        RelayUse("wss://a-rather-long-name-of-a-relay.example/outbox", reads=False, writes=True),
    )
    is_away: bool = False

    def own(self) -> RelayList | None:
        """As last seen."""
        return RelayList(pubkey=content.ME.pubkey, created_at=1, relays=self.relays)

    async def newest_own(self) -> RelayList | None:
        """As the relays have it."""
        await asyncio.sleep(0.01)
        if self.is_away:
            raise NewestUnknown(kind=10_002, asked=2, answered=0)
        return self.own()

    async def use_relay(self, use: RelayUse) -> RelayList:
        """One more, or another use."""
        await asyncio.sleep(0.01)
        if not use.url.startswith("wss://"):
            raise NotARelay(use.url)
        if self.is_away:
            raise NotPublished(["relay.example: closed"])
        known = [one.url for one in self.relays]
        if use.url in known:
            self.relays = tuple(use if one.url == use.url else one for one in self.relays)
        else:
            self.relays = (*self.relays, use)
        return self._list()

    async def drop_relay(self, url: str) -> RelayList:
        """One less."""
        await asyncio.sleep(0.01)
        if self.is_away:
            raise NotPublished(["relay.example: closed"])
        self.relays = tuple(one for one in self.relays if one.url != url)
        return self._list()

    def _list(self) -> RelayList:
        return replace(
            RelayList(pubkey=content.ME.pubkey, created_at=2, relays=()), relays=self.relays
        )
