"""Who we are, for relays that ask (NIP-42)."""

from tipdesk.base.clock import Clock
from tipdesk.nostr.event import Event
from tipdesk.nostr.nip42 import build_auth
from tipdesk.ports.secrets import EventSigner


class Prover:
    """Signs the answer to a relay's challenge."""

    def __init__(self, signer: EventSigner, clock: Clock) -> None:
        self._signer = signer
        self._clock = clock

    async def prove(self, relay: str, challenge: str) -> Event:
        """The proof for that relay, over that challenge."""
        unsigned = build_auth(
            relay,
            challenge,
            pubkey=self._signer.pubkey,
            created_at=self._clock.now().unix_seconds,
        )
        return await self._signer.sign(unsigned)
