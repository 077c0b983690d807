"""Pushes in their one minimal form, and the standard outputs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.bitcoin.script import (
    Op,
    electrum_script_hash,
    p2pkh,
    p2pkh_code,
    p2sh,
    p2wpkh,
    p2wsh,
    push,
    push_number,
    script,
    witness_program,
)
from tipdesk.crypto.hashes import hash160, sha256

POINT = bytes.fromhex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")


@pytest.mark.parametrize(
    ("number", "encoded"),
    [
        (0, "00"),
        (1, "51"),
        (16, "60"),
        (17, "0111"),
        (127, "017f"),
        (128, "028000"),
        (144, "029000"),
        (255, "02ff00"),
        (256, "020001"),
        (720, "02d002"),
        (32_767, "02ff7f"),
        (32_768, "03008000"),
        (500_000, "0320a107"),
        (499_999_999, "04ff64cd1d"),
    ],
)
def test_a_number_is_pushed_minimally(number: int, encoded: str) -> None:
    assert push_number(number).hex() == encoded


@pytest.mark.parametrize(
    ("length", "head"), [(0, "00"), (75, "4b"), (76, "4c4c"), (255, "4cff"), (256, "4d0001")]
)
def test_bytes_are_pushed_behind_the_shortest_length(length: int, head: str) -> None:
    assert push(bytes(length)) == bytes.fromhex(head) + bytes(length)


def test_a_script_is_opcodes_pushes_and_numbers() -> None:
    assert script(2, b"ab", 17, Op.CHECKMULTISIG, Op.N16).hex() == "52" + "026162" + "0111" + "ae60"


def test_the_standard_outputs() -> None:
    assert p2wpkh(POINT).hex() == "0014751e76e8199196d454941c45d1b3a323f1433bd6"
    assert p2wsh(b"\x51") == b"\x00\x20" + sha256(b"\x51")
    assert p2pkh(hash160(POINT)) == p2pkh_code(POINT)
    assert p2sh(bytes(20)).hex() == "a914" + "00" * 20 + "87"


def test_the_name_of_a_script_on_an_electrum_server() -> None:
    # The protocol's own example: the first output of the genesis block.
    genesis = bytes.fromhex("76a91462e907b15cbf27d5425399ebf6f0fb50ebb88f1888ac")
    assert electrum_script_hash(genesis) == (
        "8b01df4e368ea28f8dc0423bcf7a4923e3a12d307c875e47a0cfbf90b5c39161"
    )


@given(st.binary(max_size=50))
def test_a_witness_program_is_a_version_and_two_to_forty_bytes(data: bytes) -> None:
    found = witness_program(data)
    if found is not None:
        version, program = found
        assert 0 <= version <= 16
        assert 2 <= len(program) <= 40
        first = version + 0x50 if version else 0
        assert data == bytes([first, len(program)]) + program


@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\x51\x01\x00", b"\x51\x29" + bytes(41), b"\x4f\x20" + bytes(32)]
)
def test_other_scripts_are_no_witness_program(data: bytes) -> None:
    assert witness_program(data) is None
