"""What the window asks of the app about people: follows, names, one's own public face."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.nostr.nip05 import NamedPerson
from tipdesk.nostr.nip65 import RelayList, RelayUse
from tipdesk.ports.offers import OwnOffer
from tipdesk.services.follows import FollowOutcome, ImportOutcome
from tipdesk.services.people import Sought
from tipdesk.services.people_book import PersonView
from tipdesk.services.private_sends import ReadySend, SendWish, WayOption
from tipdesk.services.views import ProfileView
from tipdesk.tips.payment import PaymentUpdate
from tipdesk.tips.person import Person, PersonId, PersonWish


class Follows(Protocol):
    """Whom we follow, as the world may know it."""

    def pending(self) -> tuple[XOnlyPubkey, ...]:
        """Those whose follow or unfollow the public list does not show yet."""
        ...

    async def follow(self, pubkey: XOnlyPubkey) -> FollowOutcome:
        """Follows somebody here and in the public list."""
        ...

    async def unfollow(self, pubkey: XOnlyPubkey) -> FollowOutcome:
        """Unfollows somebody here and in the public list."""
        ...

    async def import_follows(self) -> ImportOutcome:
        """Brings over what the public list says; `BackendError` while nobody can say."""
        ...


class People(Protocol):
    """People whom we do not follow."""

    def ask_about(self, pubkey: XOnlyPubkey) -> None:
        """Asks the relays for somebody's profile, once."""
        ...

    def sought(self, pubkey: XOnlyPubkey) -> Sought:
        """Whether somebody has a profile, as far as known."""
        ...


class PeopleBook(Protocol):
    """The person's own book of people."""

    def people(self, words: str = "") -> tuple[PersonView, ...]:
        """Those whom all the words fit, by name."""
        ...

    def person(self, person_id: PersonId) -> PersonView | None:
        """One of them, if they are still there."""
        ...

    def with_npub(self, npub: XOnlyPubkey) -> Person | None:
        """Who has that npub."""
        ...

    def with_offer(self, offer: str) -> Person | None:
        """Who was given as the one behind an offer."""
        ...

    def add(self, wish: PersonWish) -> PersonId:
        """Somebody new; `RequestError` with what is wrong."""
        ...

    def change(self, person_id: PersonId, wish: PersonWish) -> None:
        """Another entry in the place of theirs; `RequestError` with what is wrong."""
        ...

    def remove(self, person_id: PersonId) -> None:
        """They leave the book; `RequestError` if they did."""
        ...

    def importable(self) -> tuple[ProfileView, ...]:
        """Whom we follow and do not have in it."""
        ...

    def import_follows(self, chosen: Iterable[XOnlyPubkey]) -> tuple[PersonId, ...]:
        """Some of them; `RequestError` if there is no room."""
        ...


class Names(Protocol):
    """Names under domains (NIP-05)."""

    async def find(self, text: str) -> NamedPerson:
        """Asks the domain whose a name is. `DecodeError` if nobody's, `BackendError`."""
        ...


class Publishing(Protocol):
    """Our public profile."""

    async def own_fields(self) -> dict[str, str]:
        """Its text fields as the relays have them; `BackendError` if they cannot be read."""
        ...

    async def edit_profile(self, changes: Mapping[str, str]) -> EventId:
        """Sets these fields, an empty text takes one out; all else stays. `BackendError`."""
        ...


class OwnRelays(Protocol):
    """Our public list of relays (NIP-65)."""

    def own(self) -> RelayList | None:
        """As last seen."""
        ...

    async def newest_own(self) -> RelayList | None:
        """As the relays have it; `BackendError` while none can say."""
        ...

    async def use_relay(self, use: RelayUse) -> RelayList:
        """Adds one or changes its use. `DecodeError` if it is none, `BackendError`."""
        ...

    async def drop_relay(self, url: str) -> RelayList:
        """Takes one out; `BackendError`."""
        ...


class PrivateSends(Protocol):
    """Money and a message to one person of the book."""

    def options(self, person_id: PersonId, message: str = "") -> tuple[WayOption, ...]:
        """The ways to them, the most private first; nobody is asked."""
        ...

    def option_of_offer(self) -> WayOption:
        """The one way to somebody who asked by an offer."""
        ...

    async def prepare(self, wish: SendWish) -> ReadySend:
        """Asks for what is needed; `WeakerWay` if the person has to be asked first."""
        ...

    async def send(self, ready: ReadySend) -> PaymentUpdate:
        """Sends it, once."""
        ...


class OwnOffers(Protocol):
    """Offers of ours."""

    def offers(self) -> tuple[OwnOffer, ...]:
        """All of ours, the latest first."""
        ...

    async def create(self, description: str, amount: Msat | None) -> OwnOffer:
        """A new one; `RequestError` with why not."""
        ...

    def close(self, key: bytes) -> None:
        """Nobody gets an invoice for it any more."""
        ...


class Senders(Protocol):
    """Who proved that they sent something, and telling a receiver that it was us."""

    def sender(self, payment_hash: PaymentHash) -> ProfileView | None:
        """Who proved that they sent a payment of ours."""
        ...

    def to_tell(self, payment_hash: PaymentHash) -> ProfileView | None:
        """Who got a payment of ours and can be told so."""
        ...

    async def tell(self, payment_hash: PaymentHash) -> None:
        """Sends them the proof; `RequestError` or `BackendError` says why not."""
        ...


class Proofs(Protocol):
    """That a payment of ours was ours (BOLT 12)."""

    def can_prove(self, payment_hash: PaymentHash) -> bool:
        """Whether a payment settled that was for an offer."""
        ...

    def prove(self, payment_hash: PaymentHash, note: str = "") -> str:
        """`lnp1...`; `RequestError` if it cannot be made."""
        ...
