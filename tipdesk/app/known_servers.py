"""Public servers that a new profile may begin with: shown before they are asked, and changeable.

They were not reached from where this was written. None is better than a server of one's own: each
learns the addresses (chain) or the interests (relays) of whoever asks it.
"""

from collections.abc import Mapping
from typing import Final

from tipdesk.bitcoin.network import Network

CHAIN: Final[Mapping[Network, tuple[str, ...]]] = {
    Network.MAINNET: ("ssl://electrum.blockstream.info:50002", "https://mempool.space/api"),
    Network.TESTNET: ("https://mempool.space/testnet4/api",),
    Network.SIGNET: ("https://mempool.space/signet/api",),
    Network.REGTEST: (),
}
NAMES: Final[Mapping[Network, str]] = {
    one: "" if one is Network.REGTEST else "https://cloudflare-dns.com/dns-query" for one in Network
}
"""Who is asked for payment names: what it answers is proven by others. In practice nobody is."""
RELAYS: Final = ("wss://relay.damus.io", "wss://nos.lol", "wss://relay.primal.net")
