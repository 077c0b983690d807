"""Events to test with: real ones, signed with keys that anybody knows."""

from collections.abc import Callable

import pytest

from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr import event as nip01
from tipdesk.nostr.event import Event, Tags, UnsignedEvent

Sign = Callable[..., Event]


@pytest.fixture
def sign() -> Sign:
    """Signs an event: sign("text", kind=1, tags=..., created_at=..., secret=1)."""

    def make(
        content: str = "",
        *,
        kind: int = 1,
        tags: Tags = (),
        created_at: int = 1_700_000_000,
        secret: int = 1,
    ) -> Event:
        key = PrivateKey(secret.to_bytes(32, "big"))
        unsigned = UnsignedEvent(
            pubkey=key.x_only, created_at=created_at, kind=kind, tags=tags, content=content
        )
        return nip01.sign(unsigned, key, bytes(32))

    return make
