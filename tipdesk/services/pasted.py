"""What a person pasted, read for the chain that the app is on."""

from urllib.parse import urlsplit

from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import codec
from tipdesk.tips.way import Address, Way, read_way


def read_pasted(text: str, network: str) -> Way:
    """What the text leads to; `NoWay` if to nothing. `network` is `AppStatus.network`."""
    return read_way(text, Network(network))


def server_of(address: Address, network: str) -> str:
    """Whose server an address or an LNURL leads to."""
    _, at, domain = address.text.partition("@")
    return domain if at else urlsplit(codec.decode(address.text, Network(network))).netloc
