"""Which relays are asked to search (NIP-50): those the person named, and ours that say they can."""

import asyncio
import json
from typing import Final

from tipdesk.base.errors import BackendError, DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip11 import MAX_DOCUMENT, document_url, supported_nips
from tipdesk.nostr.relay_url import normalised, strangers_relays
from tipdesk.ports.http import HttpClient
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.stores_tips import SettingsStore

MAX_NAMED: Final = 5
_ASK_SECONDS: Final = 4.0
_NIP_SEARCH: Final = 50
_NAMED: Final = "search_relays"


class NotASearchRelay(RequestError):
    """What was typed cannot be a relay to search at."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "{text} is not the address of a public relay. It begins with wss:// and was not "
                "added.",
                text=text[:80] or Phrase("An empty line"),
            )
        )
        self.text = text


class TooManySearchRelays(RequestError):
    """There is room for a few."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("{most} relays are asked to search at most. Take one out first.", most=MAX_NAMED)
        )


class SearchRelays:
    """What a person searches for is told to these relays and to no others."""

    def __init__(
        self, *, relays: RelayPool, http: HttpClient, settings: SettingsStore, practice: bool
    ) -> None:
        self._relays = relays
        self._http = http
        self._settings = settings
        self._practice = practice
        self._can_search: dict[str, bool] = {}

    def named(self) -> tuple[str, ...]:
        """Those that the person added; our own writing, so anything odd in it may raise."""
        return tuple(json.loads(self._settings.setting(_NAMED) or "[]"))

    def add(self, text: str) -> None:
        """Asks this one too from now on; remembered."""
        usable = strangers_relays((text.strip(),), practice=self._practice, maximum=1)
        if not usable:
            raise NotASearchRelay(text.strip())
        named = dict.fromkeys((*self.named(), *usable))
        if len(named) > MAX_NAMED:
            raise TooManySearchRelays
        self._keep(tuple(named))

    def drop(self, url: str) -> None:
        """Does not ask this one any more, unless it is ours and can search."""
        self._keep(tuple(one for one in self.named() if one != url))

    async def places(self) -> tuple[str, ...]:
        """Whom to ask; relays of ours say what they can once a run."""
        ours = tuple(normalised(status.url) for status in self._relays.status())
        can = await asyncio.gather(*(self._can(url) for url in ours))
        able = (url for url, it_can in zip(ours, can, strict=True) if it_can)
        return tuple(dict.fromkeys((*self.named(), *able)))

    async def _can(self, url: str) -> bool:
        if url not in self._can_search:
            try:
                document = await self._http.get(
                    document_url(url), max_bytes=MAX_DOCUMENT, timeout=_ASK_SECONDS
                )
                self._can_search[url] = _NIP_SEARCH in supported_nips(document)
            except BackendError:
                return False  # It is asked again with the next search.
            except DecodeError:
                self._can_search[url] = False
        return self._can_search[url]

    def _keep(self, urls: tuple[str, ...]) -> None:
        self._settings.put_setting(_NAMED, json.dumps(urls))
