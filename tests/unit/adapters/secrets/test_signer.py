"""The signer: its events are authentic, and its key does not show."""

import os

import pytest

from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.event import UnsignedEvent
from tipdesk.ports.secrets import EventSigner


class SystemEntropy:
    """Random bytes of the system."""

    def random_bytes(self, count: int) -> bytes:
        return os.urandom(count)


def unsigned(pubkey: XOnlyPubkey) -> UnsignedEvent:
    return UnsignedEvent(pubkey=pubkey, created_at=1, kind=1, tags=(), content="x")


async def test_events_are_authentic_and_the_key_does_not_show() -> None:
    key = PrivateKey(b"\x01" * 32)
    signer: EventSigner = KeySigner(key, SystemEntropy())
    event = await signer.sign(unsigned(signer.pubkey))
    assert event.is_authentic()
    assert key.secret.hex() not in repr(signer)


async def test_nobody_elses_event_is_signed() -> None:
    signer = KeySigner(PrivateKey(b"\x01" * 32), SystemEntropy())
    with pytest.raises(ValueError, match="author"):
        await signer.sign(unsigned(XOnlyPubkey(b"\x02" * 32)))
