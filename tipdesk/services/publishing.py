"""What a creator publishes: the public profile, notes, pictures, long posts."""

from collections.abc import Mapping, Sequence

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError, DecodeError
from tipdesk.base.ids import EventId
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.nostr.profile import (
    KIND_PROFILE,
    DamagedProfile,
    merge_profile,
    text_fields,
)
from tipdesk.ports.secrets import EventSigner
from tipdesk.services.own_lists import Draft, OwnLists
from tipdesk.services.people import PeopleService

ARTICLE = 30023


class ProfileLeftAlone(BackendError):
    """The profile on the relays cannot be read: a change would lose what is in it."""

    def __init__(self, error: DecodeError) -> None:
        super().__init__(
            Phrase("Your published profile was left as it is: {error}.", error=in_words(error))
        )


class PublishingService:
    """Signs and publishes; an event that one relay took is published."""

    def __init__(
        self, *, signer: EventSigner, lists: OwnLists, people: PeopleService, clock: Clock
    ) -> None:
        self._signer = signer
        self._lists = lists
        self._people = people
        self._clock = clock

    async def own_fields(self) -> dict[str, str]:
        """The text fields of our profile as the relays have them, to be edited.

        None of them if there is no profile yet. Raises `NewestUnknown` while no relay can say,
        and `ProfileLeftAlone`.
        """
        event = await self._newest()
        if event is None:
            return {}
        try:
            return text_fields(event)
        except DecodeError as error:
            raise ProfileLeftAlone(error) from error

    async def publish_profile(
        self, *, name: str, about: str, picture: str, lightning_address: str
    ) -> EventId:
        """Who we are and where we are tipped; what is empty here stays as it is."""
        fields = {"name": name, "about": about, "picture": picture, "lud16": lightning_address}
        return await self.edit_profile({key: value for key, value in fields.items() if value})

    async def edit_profile(self, changes: Mapping[str, str]) -> EventId:
        """NIP-01 kind 0: sets these text fields; an empty text takes one out.

        Every other field, and every tag, stays as another client wrote it. Raises `NewestUnknown`
        while no relay can say what the profile is now, `ProfileLeftAlone` and `NotPublished`.
        """

        def change(draft: Draft) -> Draft:
            try:
                return Draft(draft.tags, merge_profile(draft.content, changes))
            except DamagedProfile as error:
                raise ProfileLeftAlone(error) from error

        event = await self._lists.change(KIND_PROFILE, change, needs_relay=True)
        self._people.learn(event)
        return event.id

    async def post(
        self, kind: int, content: str, tags: Sequence[tuple[str, ...]], *, identifier: str = ""
    ) -> EventId:
        """A post; a long one (NIP-23) is known by its identifier, and the same replaces it."""
        if kind == ARTICLE:
            tags = (("d", identifier), *tags)
        return await self._publish(kind, content, tags)

    async def _newest(self) -> Event | None:
        event = await self._lists.newest(KIND_PROFILE, needs_relay=True)
        if event is not None:
            self._people.learn(event)
        return event

    async def _publish(self, kind: int, content: str, tags: Sequence[tuple[str, ...]]) -> EventId:
        unsigned = UnsignedEvent(
            pubkey=self._signer.pubkey,
            created_at=self._clock.now().unix_seconds,
            kind=kind,
            tags=tuple(tags),
            content=content,
        )
        event: Event = await self._signer.sign(unsigned)
        await self._lists.publish(event)
        return event.id
