"""NIP-42: proving to a relay who we are. The proof names us to it: the caller decides for whom."""

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr.event import UnsignedEvent

KIND_AUTH = 22_242
AUTH_REQUIRED = "auth-required:"
"""How a relay's message begins if it wants a proof before it serves (NIP-42, prefixes)."""
MAX_CHALLENGE_CHARS = 1_000


def build_auth(
    relay: str, challenge: str, *, pubkey: XOnlyPubkey, created_at: int
) -> UnsignedEvent:
    """The answer to a relay's challenge, good for this relay alone. `created_at` in seconds."""
    return UnsignedEvent(
        pubkey=pubkey,
        created_at=created_at,
        kind=KIND_AUTH,
        tags=(("relay", relay), ("challenge", challenge)),
        content="",
    )
