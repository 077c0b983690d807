"""BOLT 4, "Onion Messages": ways, replies, and what is dropped without a word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import NodeId, Point, ShortChannelId
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.features import FeatureBits
from tipdesk.lightning.onion_message.message import (
    Content,
    HandOn,
    Kind,
    Received,
    UnusableMessage,
    Way,
    read,
    reply_path,
    step_into,
    way_over,
    write,
)
from tipdesk.lightning.sphinx.blinding import BlindedPath, DirectedScid, blind
from tipdesk.lightning.sphinx.packet import PayloadsTooLong, build
from tipdesk.lightning.sphinx.recipient_data import RecipientData
from tipdesk.lightning.wire.onion_messages import OnionMessage
from tipdesk.lightning.wire.tlv import TlvRecord, write_stream

KEYS = [PrivateKey(bytes([index + 1]) * 32) for index in range(6)]
NODES = [NodeId(key.point) for key in KEYS]
SESSION, ONION = PrivateKey(b"\x71" * 32), PrivateKey(b"\x72" * 32)
ASKED = Content(Kind.INVOICE_REQUEST, b"please")


def carried(message: OnionMessage, first: NodeId) -> tuple[list[NodeId], Received]:
    """Hands a message on until somebody receives it; who had it, in order."""
    seen = [first]
    while True:
        done = read(KEYS[NODES.index(seen[-1])], message)
        if isinstance(done, Received):
            return seen, done
        assert isinstance(done.to, NodeId)
        seen.append(done.to)
        message = done.message


@pytest.mark.parametrize("between", range(4))
def test_a_message_reaches_a_node_over_any_number_of_others(between: int) -> None:
    way = way_over(SESSION, NODES[:between], NODES[5])
    seen, received = carried(write(ONION, way, ASKED), way.first_node)
    assert seen == [*NODES[:between], NODES[5]]
    assert received.content == ASKED
    assert received.path_id is None
    assert received.reply_path is None


@pytest.mark.parametrize("between", range(3))
def test_a_message_goes_into_a_path_that_its_receiver_made(between: int) -> None:
    path = reply_path(PrivateKey(b"\x55" * 32), NODES[3:], b"mine")
    way = way_over(SESSION, NODES[:between], path)
    seen, received = carried(write(ONION, way, ASKED), way.first_node)
    assert seen == [*NODES[:between], *NODES[3:]]
    assert received.path_id == b"mine"


def test_an_answer_comes_back_by_the_reply_path_and_no_other_secret() -> None:
    back = reply_path(PrivateKey(b"\x56" * 32), [NODES[2], NODES[1], NODES[0]], b"secret of ours")
    way = way_over(SESSION, NODES[1:4], NODES[4])
    _, asked = carried(write(ONION, way, ASKED, back), way.first_node)
    assert asked.reply_path == back
    answer = Content(Kind.INVOICE, b"here")
    home = way_over(PrivateKey(b"\x57" * 32), [NODES[3]], back)
    seen, received = carried(write(PrivateKey(b"\x58" * 32), home, answer), home.first_node)
    assert seen == [NODES[3], NODES[2], NODES[1], NODES[0]]
    assert (received.path_id, received.content) == (b"secret of ours", answer)


def test_packets_have_one_of_two_sizes() -> None:
    way = way_over(SESSION, NODES[:2], NODES[2])
    sizes = {
        len(write(ONION, way, Content(Kind.INVOICE, bytes(size))).onion_message_packet)
        for size in (1, 500, 900, 2_000, 20_000)
    }
    assert sizes == {1366, 32834}
    with pytest.raises(PayloadsTooLong):
        write(ONION, way, Content(Kind.INVOICE, bytes(33_000)))


def test_the_instructions_of_a_reply_path_are_equally_long() -> None:
    path = reply_path(SESSION, NODES, b"x" * 32)
    assert len({len(hop.encrypted_recipient_data) for hop in path.path}) == 1


def test_class_35_a_path_that_begins_with_ourselves_is_entered_behind_us() -> None:
    path = reply_path(SESSION, NODES[:3], b"id")
    following, rest = step_into(KEYS[0], path)
    assert following == NODES[1]
    seen, received = carried(write(ONION, replace(rest, first_node=NODES[1]), ASKED), NODES[1])
    assert seen == NODES[1:3]
    assert received.path_id == b"id"


def test_class_35_a_path_to_ourselves_alone_leads_nowhere() -> None:
    with pytest.raises(UnusableMessage):
        step_into(KEYS[0], reply_path(SESSION, NODES[:1], b"id"))
    with pytest.raises(DecodeError):
        step_into(KEYS[1], reply_path(SESSION, NODES[:2], b"id"))


def sent(hops: list[tuple[PrivateKey, RecipientData, list[TlvRecord]]]) -> OnionMessage:
    """A message whose every record is as given."""
    path, _ = blind(SESSION, [(NodeId(key.point), data.encode()) for key, data, _ in hops])
    payloads = [
        (
            hop.blinded_node_id,
            write_stream([TlvRecord(4, hop.encrypted_recipient_data), *records]),
        )
        for hop, (_, _, records) in zip(path.path, hops, strict=True)
    ]
    onion = build(ONION, payloads, b"")
    return OnionMessage(path_key=path.first_path_key, onion_message_packet=onion.packet)


ON = RecipientData(next_node_id=NODES[1])
LAST = RecipientData()


@pytest.mark.parametrize(
    "hops",
    [
        [(KEYS[0], ON, [TlvRecord(64, b"x")]), (KEYS[1], LAST, [])],
        [(KEYS[0], ON, [TlvRecord(7, b"odd")]), (KEYS[1], LAST, [])],
        [(KEYS[0], replace(ON, path_id=b"id"), []), (KEYS[1], LAST, [])],
        [(KEYS[0], RecipientData(), []), (KEYS[1], LAST, [])],
        [(KEYS[0], LAST, [TlvRecord(64, b"x"), TlvRecord(66, b"x")])],
        [(KEYS[0], LAST, [TlvRecord(70, b"x")])],
        [(KEYS[0], LAST, [TlvRecord(2, b"no path")])],
        [(KEYS[0], replace(LAST, allowed_features=FeatureBits([1])), [TlvRecord(64, b"x")])],
    ],
)
def test_a_message_that_breaks_a_rule_is_dropped(
    hops: list[tuple[PrivateKey, RecipientData, list[TlvRecord]]],
) -> None:
    """BOLT 4, "Onion Messages", the reader's requirements, one each."""
    with pytest.raises(DecodeError):
        read(KEYS[0], sent(hops))


def test_an_odd_record_that_is_not_known_is_passed_over_at_the_end() -> None:
    received = read(KEYS[0], sent([(KEYS[0], LAST, [TlvRecord(1, b"hello")])]))
    assert isinstance(received, Received)


@pytest.mark.parametrize("size", [0, 65, 66, 67, 1365, 40_000])
def test_a_packet_of_any_size_is_read_or_dropped(size: int) -> None:
    message = OnionMessage(path_key=KEYS[3].point, onion_message_packet=bytes(size))
    with pytest.raises(DecodeError):
        read(KEYS[0], message)


@given(st.binary(min_size=1366, max_size=1366), st.binary(min_size=33, max_size=33))
def test_arbitrary_bytes_are_dropped(packet: bytes, path_key: bytes) -> None:
    with pytest.raises(DecodeError):
        read(KEYS[0], OnionMessage(path_key=Point(path_key), onion_message_packet=packet))


def test_a_message_for_somebody_else_is_dropped() -> None:
    way: Way = way_over(SESSION, NODES[:1], NODES[1])
    message = write(ONION, way, ASKED)
    assert isinstance(read(KEYS[0], message), HandOn)
    with pytest.raises(DecodeError):
        read(KEYS[1], message)


def test_a_path_named_by_a_channel_must_be_looked_up_first() -> None:
    path = reply_path(SESSION, NODES[:2], b"id")
    end = DirectedScid(0, ShortChannelId(1))
    named = BlindedPath(end, path.first_path_key, path.path)
    with pytest.raises(TypeError):
        way_over(SESSION, [], named)
