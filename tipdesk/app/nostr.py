"""Who we are to relays, whom they say others are, and where each is found."""

from typing import Final

from tipdesk.adapters.net.http import WebClient
from tipdesk.adapters.relays.auth import Prover
from tipdesk.adapters.relays.pool import WebsocketRelayPool
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.feeds import CacheFeedStore
from tipdesk.app.core import Core
from tipdesk.bitcoin.network import Network
from tipdesk.services.bus import Bus
from tipdesk.services.names import Names, NameService
from tipdesk.services.own_lists import OwnLists
from tipdesk.services.profiles import Profiles
from tipdesk.services.relay_lists import RelayLists

CACHE: Final = "cache.db"


class Nostr:
    """What every service that reads or writes posts stands on."""

    def __init__(self, core: Core, bus: Bus) -> None:
        settings, network = core.settings, core.settings.network
        self.practice = network is Network.REGTEST
        self.signer = KeySigner(core.identity.nostr_key, core.entropy)
        self.relays = WebsocketRelayPool(
            settings.relays,
            network=network,
            entropy=core.entropy,
            way=core.way,
            prover=Prover(self.signer, core.clock),
        )
        self.cache = CacheFeedStore(core.folder / CACHE)
        self.own_lists = OwnLists(
            signer=self.signer,
            relays=self.relays,
            store=self.cache,
            clock=core.clock,
            practice=self.practice,
        )
        self.relay_lists = RelayLists(self.own_lists, practice=self.practice)
        names = Names(self.cache, core.clock, practice=self.practice)
        self.profiles = Profiles(network, names)
        # NIP-05 wants redirects ignored: whoever runs one page of a domain does not own its names.
        self._http = WebClient(network, core.way, max_redirects=0)
        self.names = NameService(
            http=self._http, names=names, bus=bus, clock=core.clock, practice=self.practice
        )

    async def close(self) -> None:
        """After the last service."""
        await self._http.close()
        self.cache.close()
