"""The book of people, put together, and what a running TipDesk can be asked about it."""

from tipdesk.adapters.storage.people import MoneyPeopleStore
from tipdesk.app.core import Core
from tipdesk.app.methods import Method, Params
from tipdesk.app.nostr import Nostr
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.units import Msat
from tipdesk.services.bus import Bus
from tipdesk.services.feeds import FeedService
from tipdesk.services.people import PeopleService
from tipdesk.services.people_book import NoSuchPerson, PeopleBook, PersonView
from tipdesk.services.timeline import TimelineService
from tipdesk.services.views import ProfileView
from tipdesk.tips.person import PersonId, PersonWish, Reach, wish_of
from tipdesk.tips.timeline import Search, Totals

_WAYS = {reach.value: reach for reach in Reach}
_OTHERS = frozenset({"name", "notes", "usual_msat"})


class UnknownField(RequestError):
    """An entry has no such field."""

    def __init__(self, name: str) -> None:
        super().__init__(Phrase("An entry has no field {name}.", name=f"{name[:40]!a}"))
        self.name = name


def build_people_book(
    core: Core, nostr: Nostr, feeds: FeedService, people: PeopleService, bus: Bus
) -> PeopleBook:
    """The book of a profile. Whoever is looked at in it and not known on Nostr is asked about."""

    def profile(npub: XOnlyPubkey) -> ProfileView:
        if not nostr.profiles.knows(npub):
            people.ask_about(npub)
        return nostr.profiles.view(npub)

    return PeopleBook(
        store=MoneyPeopleStore(core.database),
        ours=nostr.signer.pubkey,
        follows=feeds.follows,
        profile=profile,
        network=core.settings.network,
        bus=bus,
        clock=core.clock,
    )


def book_methods(book: PeopleBook, timeline: TimelineService) -> dict[str, Method]:
    """The book over the control port."""

    async def listed(params: Params) -> object:
        views = book.people(str(params.get("words", "")))
        return [_as_object(view, timeline.totals(Search(entry=view.person.id))) for view in views]

    async def add(params: Params) -> object:
        return {"id": book.add(_changed(PersonWish(), params))}

    async def change(params: Params) -> object:
        person_id = PersonId(int(params["id"]))
        view = book.person(person_id)
        if view is None:
            raise NoSuchPerson(person_id)
        fields = {name: value for name, value in params.items() if name != "id"}
        book.change(person_id, _changed(wish_of(view.person), fields))
        return {}

    async def remove(params: Params) -> object:
        book.remove(PersonId(int(params["id"])))
        return {}

    return {
        "people": listed,
        "add_person": add,
        "change_person": change,
        "remove_person": remove,
    }


def _changed(wish: PersonWish, fields: Params) -> PersonWish:
    """The wish with these fields in the place of its own; an empty text takes one out."""
    unknown = set(fields) - _WAYS.keys() - _OTHERS
    if unknown:
        raise UnknownField(min(unknown))
    ways = {_WAYS[name]: str(text) for name, text in fields.items() if name in _WAYS}
    usual = fields.get("usual_msat", wish.usual_amount and wish.usual_amount.value)
    return PersonWish(
        name=str(fields.get("name", wish.name)),
        ways={**wish.ways, **ways},
        notes=str(fields.get("notes", wish.notes)),
        usual_amount=Msat(int(usual)) if usual else None,
    )


def _as_object(view: PersonView, totals: Totals) -> dict[str, object]:
    person = view.person
    ways = {reach.value: person.way(reach) for reach in Reach if person.way(reach)}
    return {
        "id": person.id,
        "title": view.title,
        "is_name_ours": view.is_name_ours,
        "ways": ways,
        "notes": person.notes,
        "usual_msat": None if person.usual_amount is None else person.usual_amount.value,
        "sent_msat": totals.sent.value,
        "received_msat": totals.received.value,
    }
