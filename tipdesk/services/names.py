"""NIP-05: a name under a domain is shown only once the domain said that it is this person's."""

import asyncio
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.nip05 import (
    MAX_ANSWER_BYTES,
    CheckedName,
    NamedPerson,
    NameVerdict,
    read_identifier,
    read_names,
)
from tipdesk.ports.http import FetchFailed, HttpClient, RedirectRefused, ServerError
from tipdesk.ports.people import PeopleStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import ProfileChanged

MAX_WAITING: Final = 1_000
MAX_CHECKED: Final = 5_000
ANSWER_SECONDS: Final = 10.0
AT_ONCE: Final = 4
_HOUR_MS: Final = 3_600_000
_FRESH_MS: Final = {
    NameVerdict.VERIFIED: 24 * _HOUR_MS,
    NameVerdict.WRONG: 6 * _HOUR_MS,
    NameVerdict.UNREACHABLE: _HOUR_MS // 6,
}
"""How long a verdict stands before the domain is asked again."""
KEPT_MS: Final = 7 * 24 * _HOUR_MS
"""How long a name once verified is shown while its domain cannot be reached."""


class NoSuchName(DecodeError):
    """The domain knows no such name."""

    def __init__(self, identifier: str) -> None:
        super().__init__(Phrase("{identifier} is nobody's name.", identifier=identifier[:120]))
        self.identifier = identifier


class Names:
    """What is known of people's names; who asks about an unknown one sets off a check."""

    def __init__(self, store: PeopleStore, clock: Clock, *, practice: bool) -> None:
        self._store = store
        self._clock = clock
        self._practice = practice
        self._checked = {name.pubkey: name for name in store.names()}
        self._unreached: dict[XOnlyPubkey, Instant] = {}
        """Verified ones whose domain was away when it was asked again, and when that was."""
        self._waiting: dict[XOnlyPubkey, str] = {}
        self._under_way: set[XOnlyPubkey] = set()
        self._asked = asyncio.Event()

    def shown(self, pubkey: XOnlyPubkey, identifier: str) -> str | None:
        """The name to show for what a profile says, None unless its domain said the same."""
        known = self._checked.get(pubkey)
        if known is None or known.identifier != identifier:
            self._want(pubkey, identifier)
            return None
        age = self._age(known.checked_at)
        if age > _FRESH_MS[known.verdict] and not self._was_just_away(pubkey):
            self._want(pubkey, identifier)
        if known.verdict is not NameVerdict.VERIFIED or age > KEPT_MS:
            return None
        return read_identifier(identifier, practice=self._practice).shown

    def verdict(self, pubkey: XOnlyPubkey) -> CheckedName | None:
        """What the last check of somebody's name said."""
        return self._checked.get(pubkey)

    def learn(self, name: CheckedName) -> bool:
        """Keeps a verdict; whether what is shown may be another now.

        A domain that cannot be reached takes nothing back: the verdict before stays, with its age.
        """
        known = self._checked.get(name.pubkey)
        same = known is not None and known.identifier == name.identifier
        if known is not None and same and name.verdict is NameVerdict.UNREACHABLE:
            was_verified = known.verdict is NameVerdict.VERIFIED
            is_kept = name.checked_at.since(known.checked_at) <= KEPT_MS
            if was_verified and is_kept:
                self._unreached[name.pubkey] = name.checked_at
                return False
        self._unreached.pop(name.pubkey, None)
        self._checked.pop(name.pubkey, None)
        self._checked[name.pubkey] = name
        self._store.save_name(name)
        if len(self._checked) > MAX_CHECKED:
            oldest = next(iter(self._checked))
            del self._checked[oldest]
            self._unreached.pop(oldest, None)
        return known is None or not same or known.verdict is not name.verdict

    async def wanted(self) -> tuple[XOnlyPubkey, str]:
        """Whose name is to be checked next; waits for one."""
        while not self._waiting:
            self._asked.clear()
            await self._asked.wait()
        pubkey = next(iter(self._waiting))
        self._under_way.add(pubkey)
        return pubkey, self._waiting.pop(pubkey)

    def done(self, pubkey: XOnlyPubkey) -> None:
        """A check that was `wanted` has ended."""
        self._under_way.discard(pubkey)

    def _age(self, at: Instant) -> int:
        return max(0, self._clock.now().since(at))

    def _was_just_away(self, pubkey: XOnlyPubkey) -> bool:
        at = self._unreached.get(pubkey)
        return at is not None and self._age(at) <= _FRESH_MS[NameVerdict.UNREACHABLE]

    def _want(self, pubkey: XOnlyPubkey, identifier: str) -> None:
        if pubkey not in self._under_way and len(self._waiting) < MAX_WAITING:
            self._waiting[pubkey] = identifier
            self._asked.set()


class NameService:
    """Asks the domains, a few at a time. `http` must follow no redirect (NIP-05, security)."""

    def __init__(
        self, *, http: HttpClient, names: Names, bus: Bus, clock: Clock, practice: bool
    ) -> None:
        self._http = http
        self._names = names
        self._bus = bus
        self._clock = clock
        self._practice = practice

    async def run(self) -> None:
        """Checks names as they are wanted, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                group.create_task(self._work(), name=f"names {number}")

    async def check(self, pubkey: XOnlyPubkey, identifier: str) -> CheckedName:
        """Asks the domain now, and keeps what it says. Failures are verdicts."""
        name = CheckedName(
            pubkey=pubkey,
            identifier=identifier,
            verdict=await self._ask(pubkey, identifier),
            checked_at=self._clock.now(),
        )
        if self._names.learn(name):
            self._bus.publish(ProfileChanged(pubkey))
        return name

    async def find(self, text: str) -> NamedPerson:
        """Whose name that is, for a search. `DecodeError` if nobody's, `FetchFailed`."""
        identifier = read_identifier(text, practice=self._practice)
        found = await self._fetch(identifier.local, identifier.url)
        if found is None:
            raise NoSuchName(text)
        return found

    async def _work(self) -> None:
        while True:
            pubkey, identifier = await self._names.wanted()
            try:
                await self.check(pubkey, identifier)
            finally:
                self._names.done(pubkey)

    async def _ask(self, pubkey: XOnlyPubkey, text: str) -> NameVerdict:
        try:
            identifier = read_identifier(text, practice=self._practice)
            found = await self._fetch(identifier.local, identifier.url)
        except (DecodeError, RedirectRefused):
            return NameVerdict.WRONG
        except ServerError as error:
            # The server is there and has no such list: that is an answer; its troubles are not.
            return NameVerdict.UNREACHABLE if error.status >= 500 else NameVerdict.WRONG
        except FetchFailed:
            return NameVerdict.UNREACHABLE
        is_theirs = found is not None and found.pubkey == pubkey
        return NameVerdict.VERIFIED if is_theirs else NameVerdict.WRONG

    async def _fetch(self, local: str, url: str) -> NamedPerson | None:
        body = await self._http.get(url, max_bytes=MAX_ANSWER_BYTES, timeout=ANSWER_SECONDS)
        return read_names(body, local)
