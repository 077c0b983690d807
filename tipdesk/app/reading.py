"""Puts together what reads beyond the feed: selections, lists, search."""

from dataclasses import dataclass

from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.nostr.nip11 import MEDIA_TYPE
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.browse import Asking, BrowseService
from tipdesk.services.bus import Bus
from tipdesk.services.feeds import FeedService
from tipdesk.services.follow_sets import FollowSets
from tipdesk.services.mutes import MuteService
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.people import PeopleService
from tipdesk.services.relay_lists import RelayLists
from tipdesk.services.search_relays import SearchRelays
from tipdesk.services.threads import ThreadService


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSurroundings:
    """What reading shares with the rest of the app."""

    signer: EventSigner
    own_lists: OwnLists
    relay_lists: RelayLists
    relays: RelayPool
    feeds: FeedService
    people: PeopleService
    settings: SettingsStore
    bus: Bus
    practice: bool


class Reading:
    """What the feed shows, whom it asks for words, the open thread, and what is muted."""

    def __init__(self, around: ReadingSurroundings, way: WayOut) -> None:
        # Relays' documents: those of our settings, which may be of our own network.
        self._documents = ChosenServerClient(way, accept=MEDIA_TYPE)
        self.search_relays = SearchRelays(
            relays=around.relays,
            http=self._documents,
            settings=around.settings,
            practice=around.practice,
        )
        sets = FollowSets(signer=around.signer, lists=around.own_lists, relays=around.relays)
        self.browse = BrowseService(
            feeds=around.feeds,
            asking=Asking(
                relays=around.relays,
                relay_lists=around.relay_lists,
                people=around.people,
                search=self.search_relays,
                sets=sets,
            ),
            bus=around.bus,
        )
        self.threads = ThreadService(
            feeds=around.feeds,
            relays=around.relays,
            relay_lists=around.relay_lists,
            people=around.people,
            bus=around.bus,
            practice=around.practice,
        )
        self.mutes = MuteService(
            feeds=around.feeds,
            lists=around.own_lists,
            signer=around.signer,
            settings=around.settings,
            bus=around.bus,
        )
        self.work = (self.browse.run, self.threads.run, self.mutes.run)

    async def close(self) -> None:
        """Ends the connections of its own."""
        await self._documents.close()
