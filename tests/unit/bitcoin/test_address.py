"""Addresses: the vectors of BIP-173 and BIP-350, wallycore beside us, other networks refused."""

import pytest
import wallycore
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.bitcoin.address import (
    InvalidAddress,
    base58check_decode,
    base58check_encode,
    from_script_pubkey,
    to_script_pubkey,
)
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.script import p2pkh, p2sh

VALID = [
    (
        "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        Network.MAINNET,
        "0014751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    (
        "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
        Network.TESTNET,
        "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
    ),
    (
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        Network.MAINNET,
        "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
    ),
    ("BC1SW50QGDZ25J", Network.MAINNET, "6002751e"),
    (
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        Network.MAINNET,
        "5210751e76e8199196d454941c45d1b3a323",
    ),
    (
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        Network.MAINNET,
        "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
    ),
    (
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        Network.MAINNET,
        "76a91477bff20c60e522dfaa3350c39b030a5d004e839a88ac",
    ),
    (
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        Network.MAINNET,
        "a914b472a266d0bd89c13706a4132ccfb16f7c3b9fcb87",
    ),
]
INVALID = [
    "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
    "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2",
    "bc1rw5uspcuh",
    "bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du",
    "bc1gmk9yu",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "bc1",
    "bc1q",
    "",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN0",
    "1" * 1_000,
    "\u0661" * 30,
]


@pytest.mark.parametrize(("address", "network", "script"), VALID)
def test_a_published_address_stands_for_its_script(
    address: str, network: Network, script: str
) -> None:
    assert to_script_pubkey(address, network).hex() == script
    canonical = from_script_pubkey(bytes.fromhex(script), network)
    assert canonical in (address, address.lower())


@pytest.mark.parametrize("address", INVALID)
def test_a_published_wrong_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidAddress):
        to_script_pubkey(address, Network.MAINNET)


@pytest.mark.parametrize(("address", "network", "_"), VALID)
def test_an_address_of_another_network_is_refused(address: str, network: Network, _: str) -> None:
    for other in (Network.MAINNET, Network.TESTNET, Network.REGTEST):
        if other is not network:
            with pytest.raises(InvalidAddress):
                to_script_pubkey(address, other)


@given(
    st.sampled_from([b"\x00\x14", b"\x00\x20", b"\x51\x20"]),
    st.binary(min_size=32, max_size=32),
    st.sampled_from([(Network.MAINNET, "bc"), (Network.TESTNET, "tb"), (Network.REGTEST, "bcrt")]),
)
def test_a_segwit_address_is_the_one_that_wallycore_writes(
    head: bytes, data: bytes, network: tuple[Network, str]
) -> None:
    script = head + data[: head[1]]
    address = from_script_pubkey(script, network[0])
    assert address is not None
    assert address == wallycore.addr_segwit_from_bytes(script, network[1], 0)
    assert to_script_pubkey(address, network[0]) == script


@given(st.binary(min_size=20, max_size=20), st.sampled_from(Network))
def test_an_old_address_survives(data: bytes, network: Network) -> None:
    for script in (p2pkh(data), p2sh(data)):
        address = from_script_pubkey(script, network)
        assert address is not None
        assert to_script_pubkey(address, network) == script


@given(st.binary(max_size=40))
def test_base58_keeps_leading_zeros(data: bytes) -> None:
    text = base58check_encode(data)
    assert text == wallycore.base58check_from_bytes(data) if data else True
    if len(text) <= 64:
        assert base58check_decode(text) == data if data else True


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    for network in Network:
        for candidate in (text, network.bech32_prefix + "1" + text):
            try:
                script = to_script_pubkey(candidate, network)
            except InvalidAddress:
                continue
            assert from_script_pubkey(script, network) == candidate.lower()


@pytest.mark.parametrize("script", [b"", b"\x6a\x00", b"\x51", bytes(25), bytes(23)])
def test_a_script_that_has_no_address_has_none(script: bytes) -> None:
    assert from_script_pubkey(script, Network.MAINNET) is None
