"""BOLT 8, "Appendix A: Transport Test Vectors": all of them."""

import pytest

from tipdesk.base.ids import NodeId
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.noise.cipher import DirectionCipher
from tipdesk.lightning.noise.errors import (
    BadActKey,
    BadActTag,
    BadActThreeCiphertext,
    BadActVersion,
    HandshakeCutShort,
    NoiseError,
)
from tipdesk.lightning.noise.session import NoiseSession

INITIATOR = PrivateKey(b"\x11" * 32)
INITIATOR_EPHEMERAL = PrivateKey(b"\x12" * 32)
RESPONDER = PrivateKey(b"\x21" * 32)
RESPONDER_EPHEMERAL = PrivateKey(b"\x22" * 32)
RESPONDER_ID = NodeId.from_hex("028d7500dd4c12685d1f568b4c2b5048e8534b873319f3a8daa612b469132ec7f7")

ACT_ONE = (
    "00036360e856310ce5d294e8be33fc807077dc56ac80d95d9cd4ddbd21325eff73f7"
    "0df6086551151f58b8afe6c195782c6a"
)
ACT_TWO = (
    "0002466d7fcae563e5cb09a0d1870bb580344804617879a14949cf22285f1bae3f27"
    "6e2470b93aac583c9ef6eafca3f730ae"
)
ACT_THREE = (
    "00b9e3a702e93e3a9948c2ed6e5fd7590a6e1c3a0344cfc9d5b57357049aa22355361aa02e55a8fc28"
    "fef5bd6d71ad0c38228dc68b1c466263b47fdf31e560e139ba"
)
ACT_THREE_BAD_KEY = (
    "00bfe3a702e93e3a9948c2ed6e5fd7590a6e1c3a0344cfc9d5b57357049aa2235536ad09a8ee351870"
    "c2bb7f78b754a26c6cef79a98d25139c856d7efd252c2ae73c"
)
CHAINING_KEY = bytes.fromhex("919219dbb2920afa8db80f9a51787a840bcf111ed8d588caf9ab4be716e42b01")
FORWARD_KEY = bytes.fromhex("969ab31b4d288cedf6218839b27a3e2140827047f2c0f01bf5c04435d43511a9")
BACKWARD_KEY = bytes.fromhex("bb9020b8965f4df047e07f955f3c4b88418984aadc5cdb35096b9ea8fa5c3442")

HELLO = {
    0: "cf2b30ddf0cf3f80e7c35a6e6730b59fe802473180f396d88a8fb0db8cbcf25d2f214cf9ea1d95",
    1: "72887022101f0b6753e0c7de21657d35a4cb2a1f5cde2650528bbc8f837d0f0d7ad833b1a256a1",
    500: "178cb9d7387190fa34db9c2d50027d21793c9bc2d40b1e14dcf30ebeeeb220f48364f7a4c68bf8",
    501: "1b186c57d44eb6de4c057c49940d79bb838a145cb528d6e8fd26dbe50a60ca2c104b56b60e45bd",
    1000: "4a2f3cc3b5e78ddb83dcb426d9863d9d9a723b0337c89dd0b005d89f8d3c05c52b76b29b740f09",
    1001: "2ecd8c8a5629d0d02ab457a0fdd0f7b90a192cd46be5ecb6ca570bfc5e268338b1a16cf4ef2d36",
}


def initiator() -> NoiseSession:
    session = NoiseSession.initiator(INITIATOR, INITIATOR_EPHEMERAL, RESPONDER_ID)
    assert session.data_to_send().hex() == ACT_ONE
    return session


def responder() -> NoiseSession:
    return NoiseSession.responder(RESPONDER, RESPONDER_EPHEMERAL)


def test_the_initiator_completes_the_handshake() -> None:
    session = initiator()
    session.receive_data(bytes.fromhex(ACT_TWO))
    assert session.data_to_send().hex() == ACT_THREE
    assert session.handshake_complete
    session.send(b"hello")
    sealed = DirectionCipher(FORWARD_KEY, CHAINING_KEY)
    assert session.data_to_send() == sealed.seal(b"\x00\x05") + sealed.seal(b"hello")


def test_the_responder_completes_the_handshake() -> None:
    session = responder()
    session.receive_data(bytes.fromhex(ACT_ONE))
    assert session.data_to_send().hex() == ACT_TWO
    assert session.remote_node_id is None
    session.receive_data(bytes.fromhex(ACT_THREE))
    assert session.handshake_complete
    assert session.remote_node_id == INITIATOR.point
    session.send(b"hello")
    sealed = DirectionCipher(BACKWARD_KEY, CHAINING_KEY)
    assert session.data_to_send() == sealed.seal(b"\x00\x05") + sealed.seal(b"hello")


@pytest.mark.parametrize(
    ("act_two", "error"),
    [
        ("01" + ACT_TWO[2:], BadActVersion),
        ("0004" + ACT_TWO[4:], BadActKey),
        (ACT_TWO[:-2] + "af", BadActTag),
    ],
)
def test_the_initiator_refuses_a_bad_act_two(act_two: str, error: type[NoiseError]) -> None:
    session = initiator()
    with pytest.raises(error):
        session.receive_data(bytes.fromhex(act_two))
    assert session.data_to_send() == b""


@pytest.mark.parametrize(
    ("act_one", "error"),
    [
        ("01" + ACT_ONE[2:], BadActVersion),
        ("0004" + ACT_ONE[4:], BadActKey),
        (ACT_ONE[:-2] + "6b", BadActTag),
    ],
)
def test_the_responder_refuses_a_bad_act_one(act_one: str, error: type[NoiseError]) -> None:
    session = responder()
    with pytest.raises(error):
        session.receive_data(bytes.fromhex(act_one))
    assert session.data_to_send() == b""


@pytest.mark.parametrize(
    ("act_three", "error"),
    [
        ("01" + ACT_THREE[2:], BadActVersion),
        ("00c9" + ACT_THREE[4:], BadActThreeCiphertext),
        (ACT_THREE_BAD_KEY, BadActKey),
        (ACT_THREE[:-2] + "bb", BadActTag),
    ],
)
def test_the_responder_refuses_a_bad_act_three(act_three: str, error: type[NoiseError]) -> None:
    session = responder()
    session.receive_data(bytes.fromhex(ACT_ONE))
    with pytest.raises(error):
        session.receive_data(bytes.fromhex(act_three))
    assert not session.handshake_complete


@pytest.mark.parametrize(
    ("session", "acts"),
    [
        (initiator(), [ACT_TWO[:-2]]),
        (responder(), [ACT_ONE[:-2]]),
        (responder(), [ACT_ONE, ACT_THREE[:-2]]),
    ],
)
def test_an_act_that_is_cut_short_is_an_error_once_the_peer_closes(
    session: NoiseSession, acts: list[str]
) -> None:
    for act in acts:
        session.receive_data(bytes.fromhex(act))
    with pytest.raises(HandshakeCutShort):
        session.receive_eof()


def test_1002_messages_with_two_rotations() -> None:
    session = initiator()
    session.receive_data(bytes.fromhex(ACT_TWO))
    session.data_to_send()
    for number in range(1002):
        session.send(b"hello")
        sealed = session.data_to_send().hex()
        if number in HELLO:
            assert sealed == HELLO[number]
