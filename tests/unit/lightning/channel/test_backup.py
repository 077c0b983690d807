"""The static channel backup: sealed, padded, refused when damaged, and never a state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels import Pair
from tests.judged import terms_of
from tipdesk.base.errors import DecodeError
from tipdesk.base.units import Msat
from tipdesk.lightning.channel import action, command
from tipdesk.lightning.channel.backup import (
    PEER_STORAGE_LENGTH,
    ChannelBackup,
    NotABackup,
    backup_key,
    open_backup,
    recovered,
    seal_backup,
)
from tipdesk.lightning.channel.machine import step
from tipdesk.lightning.channel.state import ClosedBy, Closing
from tipdesk.lightning.wire.reestablish import ChannelReestablish
from tipdesk.lightning.wire.setup import Error

KEY = backup_key(b"seed")
NONCE = bytes(range(12))


def backups(count: int) -> list[ChannelBackup]:
    pair = Pair()
    pair.open()
    return [ChannelBackup(terms_of(pair.alice), f"host-{n}.example", 9735) for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_what_is_sealed_is_opened_by_the_same_words_alone(count: int) -> None:
    channels = backups(count)
    sealed = seal_backup(channels, KEY, NONCE)
    assert list(open_backup(sealed, KEY)) == channels
    with pytest.raises(NotABackup):
        open_backup(sealed, backup_key(b"other words"))


def test_for_peers_it_is_always_as_long_and_holds_what_fits() -> None:
    for count in (0, 2, 500):
        channels = backups(1) * count
        sealed = seal_backup(channels, KEY, NONCE, length=PEER_STORAGE_LENGTH)
        assert len(sealed) == PEER_STORAGE_LENGTH
        opened = list(open_backup(sealed, KEY))
        assert opened == channels[: len(opened)]
        assert len(opened) == min(count, len(opened))
    assert len(opened) > 80


@given(data=st.binary(max_size=200))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotABackup):
        open_backup(data, KEY)


@given(at=st.integers(0, 600), bit=st.integers(0, 7))
def test_a_flipped_bit_is_refused(at: int, bit: int) -> None:
    sealed = bytearray(seal_backup(backups(1), KEY, NONCE))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(DecodeError):
        open_backup(bytes(sealed), KEY)


def test_class_49_a_restored_channel_broadcasts_nothing_and_asks_its_peer_to_close() -> None:
    pair = Pair()
    pair.open()
    for number in (1, 2, 3):
        pair.alice.add(number, Msat(5_000_000))
        pair.deliver()
    pair.disconnect()
    state = recovered(terms_of(pair.alice))
    for given_ in (command.ForceClose(), command.PeerDisconnected()):
        assert step(state, given_, pair.alice.context) == action.Transition(state)
    asked = step(state, command.PeerConnected(), pair.alice.context)
    messages = [a.message for a in asked.actions if isinstance(a, action.Send)]
    assert [type(m) for m in messages] == [ChannelReestablish, Error]
    assert len(messages) == len(asked.actions)

    pair.bob.do(command.PeerConnected())
    assert isinstance(messages[1], Error)
    pair.bob.do(command.MessageReceived(messages[1]))
    assert isinstance(pair.bob.state, Closing)
    assert pair.bob.state.by is ClosedBy.US
