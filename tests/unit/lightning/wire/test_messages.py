"""Every message of BOLT 1, 2 and 7: what is written is read back, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.wire import MESSAGES, any_message, messages
from tipdesk.base.buffer import ShortRead
from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import ChannelId
from tipdesk.lightning.wire.message import MAX_MESSAGE_BYTES, UnknownEvenMessage
from tipdesk.lightning.wire.registry import Message, decode, encode
from tipdesk.lightning.wire.setup import Error, Init, Ping, Pong, Warning
from tipdesk.lightning.wire.tlv import TlvOutOfOrder, TlvRecord, UnknownEvenTlv

NUMBERS = {
    "Warning": 1,
    "PeerStorage": 7,
    "PeerStorageRetrieval": 9,
    "Init": 16,
    "Error": 17,
    "Ping": 18,
    "Pong": 19,
    "OpenChannel": 32,
    "AcceptChannel": 33,
    "FundingCreated": 34,
    "FundingSigned": 35,
    "ChannelReady": 36,
    "Shutdown": 38,
    "ClosingSigned": 39,
    "UpdateAddHtlc": 128,
    "UpdateFulfillHtlc": 130,
    "UpdateFailHtlc": 131,
    "CommitmentSigned": 132,
    "RevokeAndAck": 133,
    "UpdateFee": 134,
    "UpdateFailMalformedHtlc": 135,
    "ChannelReestablish": 136,
    "ChannelAnnouncement": 256,
    "NodeAnnouncement": 257,
    "ChannelUpdate": 258,
    "AnnouncementSignatures": 259,
    "QueryShortChannelIds": 261,
    "ReplyShortChannelIdsEnd": 262,
    "QueryChannelRange": 263,
    "ReplyChannelRange": 264,
    "GossipTimestampFilter": 265,
    "OnionMessage": 513,
}


def test_every_message_has_the_number_that_the_bolts_give_it() -> None:
    assert {cls.__name__: cls.TYPE for cls in MESSAGES} == NUMBERS


@pytest.mark.parametrize("cls", MESSAGES)
def test_a_message_comes_back_whole_and_every_cut_is_refused_or_shorter(
    cls: type[Message],
) -> None:
    @given(messages(cls), st.integers(1, 40))
    def check(message: Message, cut: int) -> None:
        data = encode(message)
        assert decode(data) == message
        assert int.from_bytes(data[:2], "big") == cls.TYPE
        try:
            shorter = decode(data[:-cut])
        except DecodeError:
            return
        assert shorter is None or encode(shorter) == data[:-cut]

    check()


@given(any_message, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=3))
def test_a_changed_message_is_another_message_or_refused(
    message: Message, changes: list[tuple[int, int]]
) -> None:
    data = bytearray(encode(message))
    for place, value in changes:
        data[place % len(data)] = value
    try:
        found = decode(bytes(data))
    except DecodeError:
        return
    assert found is None or encode(found) == bytes(data)


@given(st.sampled_from(sorted(NUMBERS.values())), st.binary(max_size=600))
def test_any_bytes_are_a_message_or_refused(number: int, body: bytes) -> None:
    data = number.to_bytes(2, "big") + body
    try:
        found = decode(data)
    except DecodeError:
        return
    assert found is not None
    assert encode(found) == data


@pytest.mark.parametrize("data", [b"", b"\x00"])
def test_no_message_is_shorter_than_its_number(data: bytes) -> None:
    with pytest.raises(ShortRead):
        decode(data)


def test_an_unknown_odd_message_is_ignored_and_an_unknown_even_one_refused() -> None:
    assert decode(b"\xff\xfd" + b"anything") is None
    with pytest.raises(UnknownEvenMessage) as caught:
        decode(b"\xff\xfe")
    assert caught.value.message_type == 0xFFFE


# BOLT 1, appendix C


def test_an_init_may_have_no_extension() -> None:
    assert decode(bytes.fromhex("001000000000")) == Init(features=b"")


def test_unknown_odd_records_of_an_init_are_kept() -> None:
    data = bytes.fromhex("001000000000c9012acb0104")
    found = decode(data)
    assert found == Init(
        features=b"", unknown_records=(TlvRecord(0xC9, b"\x2a"), TlvRecord(0xCB, b"\x04"))
    )
    assert isinstance(found, Init)
    assert encode(found) == data


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        ("00100000000001", ShortRead),
        ("001000000000ca012a", UnknownEvenTlv),
        ("001000000000c90101c90102", TlvOutOfOrder),
    ],
)
def test_a_broken_extension_of_an_init_is_refused(encoded: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        decode(bytes.fromhex(encoded))


def test_class_21_the_longest_message_still_fits() -> None:
    for message in (
        Ping(num_pong_bytes=0, ignored=bytes(65_529)),
        Pong(ignored=bytes(65_531)),
        Error(channel_id=ChannelId(bytes(32)), data=bytes(65_499)),
        Warning(channel_id=ChannelId(bytes(32)), data=bytes(65_499)),
    ):
        data = encode(message)
        assert len(data) == MAX_MESSAGE_BYTES
        assert decode(data) == message
