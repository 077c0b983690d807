"""What a person pasted, read for the chain that the app is on."""

from urllib.parse import urlsplit

from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.uri import make_uri
from tipdesk.lnurl import address, codec
from tipdesk.tips.person import Reach, read_reach, recognise
from tipdesk.tips.way import Address, Way, read_way


def read_pasted(text: str, network: str) -> Way:
    """What the text leads to; `NoWay` if to nothing. `network` is `AppStatus.network`."""
    return read_way(text, Network(network))


def read_lightning_address(text: str, network: str) -> str:
    """A lightning address in the form that all understand; `DecodeError` says what is wrong."""
    return str(address.parse(text, Network(network)))


def read_person_way(reach: Reach, text: str, network: str) -> str:
    """A way to reach somebody as it is kept; `UnusableWay` says what is wrong with it."""
    return read_reach(reach, text, Network(network))


def recognise_person(text: str, network: str) -> tuple[Reach, str]:
    """Which way to reach somebody a text is; `NamesNobody` if it is none."""
    return recognise(text, Network(network))


def payment_link(address: str, invoice: str, amount: Msat | None, words: str) -> str:
    """BIP 21: one link that any wallet can pay; the sats on chain are rounded up."""
    sats = None if amount is None else Sat(-(-amount.value // 1_000))
    return make_uri(address, amount=sats, words=words, lightning=invoice)


def server_of(wanted: Address, network: str) -> str:
    """Whose server an address or an LNURL leads to."""
    _, at, domain = wanted.text.partition("@")
    return domain if at else urlsplit(codec.decode(wanted.text, Network(network))).netloc
