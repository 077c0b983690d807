"""The networks, told apart by what others call them."""

from tipdesk.bitcoin.network import Network


def test_every_network_has_its_own_genesis_and_messages_carry_it_in_internal_order() -> None:
    assert len({network.chain_hash for network in Network}) == len(Network)
    assert Network.MAINNET.chain_hash.hex() == (
        "6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000"
    )
    assert Network.REGTEST.chain_hash.hex() == (
        "06226e46111a0b59caaf126043eb5bbf28c34f3a5e332a1fc7b2b73cf188910f"
    )


def test_only_test_networks_share_their_prefixes() -> None:
    assert Network.MAINNET.bech32_prefix == "bc"
    assert Network.REGTEST.bech32_prefix == "bcrt"
    assert Network.TESTNET.bech32_prefix == Network.SIGNET.bech32_prefix == "tb"
    assert Network.MAINNET.base58_versions == (0, 5)
    assert {n.base58_versions for n in Network if n is not Network.MAINNET} == {(111, 196)}
