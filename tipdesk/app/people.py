"""What a running TipDesk can be asked about people over its control port."""

from dataclasses import dataclass

from tipdesk.app.config import InvalidSettings
from tipdesk.app.methods import Method, Params
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.base.units import Msat
from tipdesk.nostr.event import parse_pubkey
from tipdesk.nostr.nip19 import ProfilePointer, decode_npub
from tipdesk.nostr.nip21 import read_link
from tipdesk.nostr.nip65 import RelayList, RelayUse
from tipdesk.services.follows import FollowOutcome, FollowService
from tipdesk.services.goals import GoalService
from tipdesk.services.names import NameService
from tipdesk.services.publishing import PublishingService
from tipdesk.services.relay_lists import RelayLists

PROFILE_FIELDS = ("name", "display_name", "about", "picture", "banner", "website", "lud16", "nip05")


class NotAPerson(RequestError):
    """What was given names nobody."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "{text} names nobody: an npub, an nprofile or a key is needed.",
                text=f"{text[:80]!a}",
            )
        )
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The services that know people."""

    follows: FollowService
    relay_lists: RelayLists
    names: NameService
    goals: GoalService
    publishing: PublishingService


def people_methods(people: People) -> dict[str, Method]:
    """Everything about people, by the name it can be asked for."""
    methods = PeopleMethods(people)
    return {
        "follow": methods.follow,
        "unfollow": methods.unfollow,
        "import_follows": methods.import_follows,
        "find": methods.find,
        "edit_profile": methods.edit_profile,
        "own_relays": methods.own_relays,
        "use_relay": methods.use_relay,
        "drop_relay": methods.drop_relay,
        "publish_goal": methods.publish_goal,
        "goals": methods.goals,
    }


class PeopleMethods:
    """One coroutine a method; people are given as npub, nprofile, link or key."""

    def __init__(self, people: People) -> None:
        self._people = people

    async def follow(self, params: Params) -> object:
        """Follows somebody, here and in the public list."""
        return _outcome(await self._people.follows.follow(read_person(params["pubkey"])))

    async def unfollow(self, params: Params) -> object:
        """Unfollows somebody, here and in the public list."""
        return _outcome(await self._people.follows.unfollow(read_person(params["pubkey"])))

    async def import_follows(self, _: Params) -> object:
        """Brings over the public list."""
        brought = await self._people.follows.import_follows()
        return {
            "added": [str(pubkey) for pubkey in brought.added],
            "removed": [str(pubkey) for pubkey in brought.removed],
        }

    async def find(self, params: Params) -> object:
        """Whose name under a domain that is."""
        found = await self._people.names.find(str(params["name"]))
        return {"pubkey": str(found.pubkey), "relays": list(found.relays)}

    async def edit_profile(self, params: Params) -> object:
        """Changes fields of our profile; an empty text takes one out."""
        unknown = set(params) - set(PROFILE_FIELDS)
        if unknown:
            raise RequestError(
                Phrase(
                    "A profile has no field {unknown} that is set here.",
                    unknown=f"{min(unknown)[:40]!a}",
                )
            )
        changes = {name: str(text) for name, text in params.items()}
        return {"event_id": str(await self._people.publishing.edit_profile(changes))}

    async def own_relays(self, _: Params) -> object:
        """Our relay list as last seen."""
        return _relays(self._people.relay_lists.own())

    async def use_relay(self, params: Params) -> object:
        """Puts a relay into our list, or changes what it is for."""
        use = RelayUse(
            str(params["url"]),
            reads=bool(params.get("reads", True)),
            writes=bool(params.get("writes", True)),
        )
        return _relays(await self._people.relay_lists.use_relay(use))

    async def drop_relay(self, params: Params) -> object:
        """Takes a relay out of our list."""
        return _relays(await self._people.relay_lists.drop_relay(str(params["url"])))

    async def publish_goal(self, params: Params) -> object:
        """Publishes a goal of ours."""
        closed_at = params.get("closed_at")
        goal = await self._people.goals.publish(
            amount=Msat(int(params["amount_msat"])),
            description=str(params["description"]),
            closed_at=None if closed_at is None else int(closed_at),
            image=str(params.get("image", "")),
            summary=str(params.get("summary", "")),
        )
        return {"event_id": str(goal.id)}

    async def goals(self, params: Params) -> object:
        """Somebody's goals, after a look at the relays."""
        person = read_person(params["pubkey"])
        await self._people.goals.refresh(person)
        return [
            {
                "event_id": str(view.goal.id),
                "description": view.goal.description,
                "amount_msat": view.goal.amount.value,
                "collected_msat": view.progress.collected.value,
                "closed_at": view.goal.closed_at,
                "is_closed": view.is_closed,
            }
            for view in self._people.goals.goals(person)
        ]


def _outcome(outcome: FollowOutcome) -> dict[str, object]:
    return {
        "follows": outcome.follows,
        "published": outcome.published,
        "problem": outcome.problem,
    }


def _relays(known: RelayList | None) -> list[dict[str, object]]:
    uses = () if known is None else known.relays
    return [{"url": use.url, "reads": use.reads, "writes": use.writes} for use in uses]


def chosen_person(text: str) -> XOnlyPubkey:
    """Somebody whom the settings name by npub or key; `InvalidSettings` otherwise."""
    try:
        return decode_npub(text) if text.startswith("npub") else parse_pubkey(text)
    except DecodeError as error:
        raise InvalidSettings(
            Phrase(
                "follows: {text} is no public key: {error}.",
                text=f"{text[:70]!r}",
                error=in_words(error),
            )
        ) from error


def read_person(value: object) -> XOnlyPubkey:
    """Somebody as people write them: npub, nprofile, link or key; `NotAPerson` otherwise."""
    text = str(value)
    try:
        return parse_pubkey(text)
    except DecodeError:
        pass  # Then it is written for people.
    try:
        pointer = read_link(text)
    except DecodeError:
        raise NotAPerson(text) from None
    if not isinstance(pointer, ProfilePointer):
        raise NotAPerson(text)
    return pointer.pubkey
