"""What a person pasted, read for the chain that the app is on."""

from tipdesk.bitcoin.network import Network
from tipdesk.tips.way import Way, read_way


def read_pasted(text: str, network: str) -> Way:
    """What the text leads to; `NoWay` if to nothing. `network` is `AppStatus.network`."""
    return read_way(text, Network(network))
