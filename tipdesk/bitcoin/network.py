"""The Bitcoin networks and what tells them apart."""

from enum import Enum

from tipdesk.base.ids import ChainHash


class Network(Enum):
    """A chain; the value is the name people and configuration files use.

    The public test network is the fourth (BIP 94); in invoices and addresses it is called as
    the third was.
    """

    MAINNET = "mainnet"
    TESTNET = "testnet4"
    SIGNET = "signet"
    REGTEST = "regtest"

    @property
    def chain_hash(self) -> ChainHash:
        """The genesis block's hash, as BOLT messages carry it."""
        return ChainHash(bytes.fromhex(_GENESIS[self])[::-1])

    @property
    def bech32_prefix(self) -> str:
        """The prefix of segwit addresses (BIP-173); BOLT 11 builds its own from it."""
        return _BECH32_PREFIX[self]

    @property
    def base58_versions(self) -> tuple[int, int]:
        """Version bytes of P2PKH and P2SH addresses."""
        return (0, 5) if self is Network.MAINNET else (111, 196)


_GENESIS = {
    Network.MAINNET: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
    Network.TESTNET: "00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
    Network.SIGNET: "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
    Network.REGTEST: "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
}
_BECH32_PREFIX = {
    Network.MAINNET: "bc",
    Network.TESTNET: "tb",
    Network.SIGNET: "tb",
    Network.REGTEST: "bcrt",
}
