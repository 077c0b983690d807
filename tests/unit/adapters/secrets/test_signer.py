"""The signer: its events are authentic, and its key does not show."""

import os

import pytest

from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.event import UnsignedEvent
from tipdesk.nostr.nip44 import MacMismatch
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


async def test_what_one_encrypts_to_another_they_two_can_read_and_nobody_else() -> None:
    keys = [PrivateKey(bytes([number]) * 32) for number in (1, 2, 3)]
    ana, ben, eve = (KeySigner(key, SystemEntropy()) for key in keys)
    payload = await ana.encrypt(ben.pubkey, "for you")
    assert await ben.decrypt(ana.pubkey, payload) == "for you"
    assert await ana.decrypt(ben.pubkey, payload) == "for you"
    assert payload != await ana.encrypt(ben.pubkey, "for you")
    with pytest.raises(MacMismatch):
        await eve.decrypt(ana.pubkey, payload)


async def test_what_is_no_key_has_no_conversation() -> None:
    signer = KeySigner(PrivateKey(b"\x01" * 32), SystemEntropy())
    with pytest.raises(DecodeError):
        await signer.decrypt(XOnlyPubkey(b"\xff" * 32), "x" * 132)
