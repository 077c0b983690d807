"""What a creator publishes: the public profile, notes, pictures, long posts."""

import json
from collections.abc import Sequence

from tipdesk.base.clock import Clock
from tipdesk.base.errors import BackendError
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event, UnsignedEvent
from tipdesk.ports.relays import RelayPool
from tipdesk.ports.secrets import EventSigner

PROFILE = 0
ARTICLE = 30023


class NotPublished(BackendError):
    """No relay took an event; the text is what they said."""

    def __init__(self, answers: Sequence[str]) -> None:
        said = "; ".join(answer for answer in answers if answer)
        super().__init__(f"No relay took it{': ' + said if said else ''}. Try again later.")


class PublishingService:
    """Signs and publishes; an event that one relay took is published."""

    def __init__(self, *, signer: EventSigner, relays: RelayPool, clock: Clock) -> None:
        self._signer = signer
        self._relays = relays
        self._clock = clock

    async def publish_profile(
        self, *, name: str, about: str, picture: str, lightning_address: str
    ) -> EventId:
        """NIP-01 kind 0: who we are and where we are tipped."""
        content = {"name": name, "about": about, "picture": picture, "lud16": lightning_address}
        text = json.dumps({key: value for key, value in content.items() if value})
        return await self._publish(PROFILE, text, ())

    async def post(
        self, kind: int, content: str, tags: Sequence[tuple[str, ...]], *, identifier: str = ""
    ) -> EventId:
        """A post; a long one (NIP-23) is known by its identifier, and the same replaces it."""
        if kind == ARTICLE:
            tags = (("d", identifier), *tags)
        return await self._publish(kind, content, tags)

    async def _publish(self, kind: int, content: str, tags: Sequence[tuple[str, ...]]) -> EventId:
        unsigned = UnsignedEvent(
            pubkey=self._signer.pubkey,
            created_at=self._clock.now().unix_seconds,
            kind=kind,
            tags=tuple(tags),
            content=content,
        )
        event: Event = await self._signer.sign(unsigned)
        results = await self._relays.publish(event)
        if not any(result.accepted for result in results.values()):
            raise NotPublished([result.message for result in results.values()])
        return event.id
