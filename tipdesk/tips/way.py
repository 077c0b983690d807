"""What somebody pasted to pay with: whoever or whatever it leads to."""

from dataclasses import dataclass

from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, XOnlyPubkey
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl import address, codec
from tipdesk.nostr.nip19 import decode_npub

_MAX_CHARS = 13_000
_PREFIXES = ("lightning:", "nostr:")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on Nostr: a zap, to where their profile says."""

    pubkey: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class Address:
    """A lightning address or an LNURL: a plain payment (LUD-06)."""

    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node's public key: a payment that it did not ask for (bLIP 3)."""

    node_id: NodeId


@dataclass(frozen=True, slots=True)
class Invoice:
    """A BOLT 11 invoice; the wallet pays it."""

    text: str


Way = Person | Address | Node | Invoice


class NoWay(RequestError):
    """Text with which nobody can be paid."""

    def __init__(self, text: str) -> None:
        super().__init__(
            "This leads to nobody who can be paid. Paste a lightning address, an LNURL, an "
            "invoice, an npub or a node's key. No money moved."
        )
        self.text = text


def read_way(text: str, network: Network) -> Way:
    """What the text leads to, without asking anybody; `NoWay` if to nothing."""
    found = text.strip()
    for prefix in _PREFIXES:
        if found[: len(prefix)].lower() == prefix:
            found = found[len(prefix) :]
    if not 0 < len(found) <= _MAX_CHARS:
        raise NoWay(text)
    for read in (_person, _node, _address, _lnurl, _invoice):
        try:
            return read(found, network)
        except (DecodeError, ValueError):
            continue
    raise NoWay(text)


def _person(text: str, _: Network) -> Way:
    return Person(decode_npub(text))


def _node(text: str, _: Network) -> Way:
    return Node(NodeId(check_point(bytes.fromhex(text))))


def _address(text: str, network: Network) -> Way:
    return Address(str(address.parse(text, network)))


def _lnurl(text: str, network: Network) -> Way:
    return Address(codec.encode(codec.decode(text, network)))


def _invoice(text: str, _: Network) -> Way:
    bolt11.decode(text)
    return Invoice(text)
