"""The person's own book of people: added, changed, found, brought over from whom they follow."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.bitcoin.network import Network
from tipdesk.ports.people_book import PeopleBookStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import PersonChanged, TimelineChanged
from tipdesk.services.views import ProfileView
from tipdesk.tips.person import Person, PersonId, PersonWish, Reach, make_person

MAX_PEOPLE: Final = 2_000
_NOBODY: Final = PersonId(0)
_MAX_SEARCH_WORDS: Final = 20


class NoSuchPerson(RequestError):
    """There is no such entry, or it was removed."""

    def __init__(self, person_id: PersonId) -> None:
        super().__init__(Phrase("They are not in your people any more."))
        self.person_id = person_id


class NpubTaken(RequestError):
    """Somebody else in the book has that npub: a message could go to only one of the two."""

    def __init__(self, other: Person, title: str) -> None:
        super().__init__(
            Phrase("{name} has this npub already. Change their entry instead.", name=title)
        )
        self.other = other


class OwnNpub(RequestError):
    """The npub of the profile itself."""

    def __init__(self) -> None:
        super().__init__(Phrase("This is your own npub."))


class TooManyPeople(RequestError):
    """More than are kept."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("{most} people are in your book: there is room for no more.", most=MAX_PEOPLE)
        )


@dataclass(frozen=True, slots=True)
class PersonView:
    """An entry with what is public of them on Nostr."""

    person: Person
    profile: ProfileView | None
    """None without an npub."""

    @property
    def title(self) -> str:
        """The name we gave, or else the one on Nostr; never empty."""
        return self.person.name or ("" if self.profile is None else self.profile.title)

    @property
    def is_name_ours(self) -> bool:
        """Whether the title is the name that we gave."""
        return bool(self.person.name)

    @property
    def name_on_nostr(self) -> str:
        """What they call themselves, where that is not the title; empty otherwise."""
        named = "" if self.profile is None else self.profile.title
        return "" if named == self.title else named

    @property
    def confirmed_name(self) -> str:
        """The NIP-05 name that its domain confirmed for their npub; empty if there is none."""
        return "" if self.profile is None else self.profile.nip05 or ""


class PeopleBook:
    """Entries in memory and on disk. A thing that is asked for by number may be gone."""

    def __init__(
        self,
        *,
        store: PeopleBookStore,
        ours: XOnlyPubkey,
        follows: Callable[[], Iterable[XOnlyPubkey]],
        profile: Callable[[XOnlyPubkey], ProfileView],
        network: Network,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._store = store
        self._ours = ours
        self._follows = follows
        self._profile = profile
        self._network = network
        self._bus = bus
        self._clock = clock
        self._entries: dict[PersonId, Person] = {}
        self._with_npub: dict[XOnlyPubkey, PersonId] = {}
        for person in store.people():
            self._enter(person)

    def people(self, words: str = "") -> tuple[PersonView, ...]:
        """Everybody in whose entry or public name each of the words is, by name."""
        wanted = words.casefold().split()[:_MAX_SEARCH_WORDS]
        found = (self._view(person) for person in self._entries.values())
        fitting = (view for view in found if _fits(view, wanted))
        return tuple(sorted(fitting, key=lambda view: (view.title.casefold(), view.person.id)))

    def person(self, person_id: PersonId) -> PersonView | None:
        """One of them."""
        found = self._entries.get(person_id)
        return None if found is None else self._view(found)

    def with_npub(self, npub: XOnlyPubkey) -> Person | None:
        """Who has that npub."""
        found = self._with_npub.get(npub)
        return None if found is None else self._entries[found]

    def has(self, npub: XOnlyPubkey) -> bool:
        """Whether it is somebody's in the book."""
        return npub in self._with_npub

    def named(self, view: ProfileView) -> ProfileView:
        """Somebody by the name that we gave them, or else by their own."""
        person = self.with_npub(view.pubkey)
        return view if person is None or not person.name else replace(view, title=person.name)

    def with_offer(self, offer: str) -> Person | None:
        """Who was given as the one behind an offer; the one added first."""
        return self._first(Reach.OFFER, offer.lower())

    def with_address(self, address: str) -> Person | None:
        """Who was given as the one behind a lightning address; the one added first."""
        return self._first(Reach.ADDRESS, address.lower())

    def add(self, wish: PersonWish) -> PersonId:
        """Somebody new. Raises the `RequestError` of what is wrong with the wish."""
        person = self._made(wish, Person(id=_NOBODY, name="", added_at=self._clock.now()))
        self._check_room(1)
        return self._add(person)

    def change(self, person_id: PersonId, wish: PersonWish) -> None:
        """Their entry is now as it was typed. Raises what `add` does, and `NoSuchPerson`."""
        person = self._made(wish, self._known(person_id))
        self._store.change(person)
        self._keep(person)

    def remove(self, person_id: PersonId) -> None:
        """They leave the book. Nobody is told, and what was paid stays in the history."""
        person = self._known(person_id)
        self._store.remove(person.id)
        self._store.commit()
        self._forget_npub(person.id)
        del self._entries[person.id]
        self._bus.publish(PersonChanged(person.id))

    def importable(self) -> tuple[ProfileView, ...]:
        """Whom we follow and do not have in the book, by name."""
        known = {person.npub for person in self._entries.values()}
        missing = [key for key in self._follows() if key not in known and key != self._ours]
        views = (self._profile(key) for key in missing)
        return tuple(sorted(views, key=lambda view: view.title.casefold()))

    def import_follows(self, chosen: Iterable[XOnlyPubkey]) -> tuple[PersonId, ...]:
        """Those of them who are followed and not in the book yet; named as on Nostr."""
        open_ones = {view.pubkey for view in self.importable()}
        wanted = [key for key in dict.fromkeys(chosen) if key in open_ones]
        self._check_room(len(wanted))
        now = self._clock.now()
        return tuple(
            self._add(Person(id=_NOBODY, name="", npub=key, added_at=now)) for key in wanted
        )

    def note_payment(self, person_id: PersonId, payment_hash: PaymentHash) -> None:
        """A payment is with somebody of the book: their history has it. `NoSuchPerson`."""
        self._store.note_payment(self._known(person_id).id, payment_hash)
        self._store.commit()
        self._bus.publish(TimelineChanged())

    def with_payment(self, payment_hash: PaymentHash) -> Person | None:
        """Whom a payment is with; None if it is with nobody of the book."""
        found = self._store.with_payment(payment_hash)
        return None if found is None else self._entries.get(found)

    def title_with_payment(self, payment_hash: PaymentHash) -> str:
        """What they are called; empty if it is with nobody of the book."""
        person = self.with_payment(payment_hash)
        return "" if person is None else self._view(person).title

    def _known(self, person_id: PersonId) -> Person:
        person = self._entries.get(person_id)
        if person is None:
            raise NoSuchPerson(person_id)
        return person

    def _made(self, wish: PersonWish, before: Person) -> Person:
        person = make_person(
            wish, person_id=before.id, added_at=before.added_at, network=self._network
        )
        if person.npub is None:
            return person
        if person.npub == self._ours:
            raise OwnNpub
        other = self.with_npub(person.npub)
        if other is not None and other.id != person.id:
            raise NpubTaken(other, self._view(other).title)
        return person

    def _check_room(self, count: int) -> None:
        if len(self._entries) + count > MAX_PEOPLE:
            raise TooManyPeople

    def _add(self, person: Person) -> PersonId:
        added = self._store.add(person)
        self._keep(added)
        return added.id

    def _keep(self, person: Person) -> None:
        self._store.commit()
        self._enter(person)
        self._bus.publish(PersonChanged(person.id))

    def _enter(self, person: Person) -> None:
        self._forget_npub(person.id)
        self._entries[person.id] = person
        if person.npub is not None:
            self._with_npub[person.npub] = person.id

    def _forget_npub(self, person_id: PersonId) -> None:
        before = self._entries.get(person_id)
        if before is not None and before.npub is not None:
            del self._with_npub[before.npub]

    def _first(self, reach: Reach, text: str) -> Person | None:
        wanted = text.strip()
        found = (one for one in self._entries.values() if one.way(reach) == wanted)
        return next(found, None) if wanted else None

    def _view(self, person: Person) -> PersonView:
        return PersonView(person, None if person.npub is None else self._profile(person.npub))


def _fits(view: PersonView, wanted: list[str]) -> bool:
    person = view.person
    texts = (view.title, view.name_on_nostr, view.confirmed_name, person.notes)
    written = " ".join((*texts, *(person.way(reach) for reach in Reach))).casefold()
    return all(word in written for word in wanted)
