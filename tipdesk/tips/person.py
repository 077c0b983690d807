"""Somebody in the person's own book of people: what we call them, and the ways to reach them.

Each way is judged when it is written down, without asking anybody: whether it is theirs is another
matter. What is public of them on Nostr is not kept here.
"""

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NewType

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import many_lines, one_line
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.uri import is_uri, parse_uri
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.invoice.offer import decode as decode_offer
from tipdesk.lnurl import address
from tipdesk.nostr.event import parse_pubkey
from tipdesk.nostr.nip05 import read_identifier
from tipdesk.nostr.nip19 import ProfilePointer, encode_npub
from tipdesk.nostr.nip21 import read_link
from tipdesk.tips.way import Address, Node, read_way
from tipdesk.tips.way import Person as OnNostr

PersonId = NewType("PersonId", int)
"""A number of this profile's book; it is never given again."""

MAX_NAME_CHARS: Final = 80
MAX_NOTES_CHARS: Final = 2_000
MAX_WAY_CHARS: Final = 13_000
_BITCOIN_SIGN: Final = "\u20bf"
_LIGHTNING: Final = "lightning:"
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_PAYMENT_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*@{_LABEL}(?:\.{_LABEL})*")
_MOST_NAME_CHARS: Final = 231
"""What is left of the 253 of a name of the DNS beside ``user._bitcoin-payment.``."""


class Reach(Enum):
    """A way to reach somebody."""

    NPUB = "npub"
    NIP05 = "nip05"
    ADDRESS = "address"
    PAYMENT_NAME = "payment_name"
    NODE = "node_id"
    OFFER = "offer"


class UnusableWay(RequestError):
    """What was written as a way to reach somebody is none; `reach` is which it was to be."""

    reach: Reach


class NotAnNpub(UnusableWay):
    """A key of Nostr was wanted."""

    reach = Reach.NPUB

    def __init__(self) -> None:
        super().__init__(
            Phrase("This is no npub: one begins with npub1. A link to a profile works as well.")
        )


class NotANostrName(UnusableWay):
    """A NIP-05 name was wanted."""

    reach = Reach.NIP05

    def __init__(self) -> None:
        super().__init__(Phrase("A Nostr name looks like ana@example.com."))


class NotALightningAddress(UnusableWay):
    """A lightning address was wanted."""

    reach = Reach.ADDRESS

    def __init__(self) -> None:
        super().__init__(Phrase("A lightning address looks like ana@example.com."))


class NotAPaymentName(UnusableWay):
    """A BIP 353 name was wanted."""

    reach = Reach.PAYMENT_NAME

    def __init__(self) -> None:
        super().__init__(Phrase("A payment name looks like \u20bfana@example.com."))


class NotANodeKey(UnusableWay):
    """A node's public key was wanted."""

    reach = Reach.NODE

    def __init__(self) -> None:
        super().__init__(
            Phrase("A node's key has 66 letters and digits, and begins with 02 or 03.")
        )


class NotAnOffer(UnusableWay):
    """A BOLT 12 offer was wanted."""

    reach = Reach.OFFER

    def __init__(self) -> None:
        super().__init__(
            Phrase("This is no offer: one begins with lno1. Check that all of it was pasted.")
        )


class OfferElsewhere(UnusableWay):
    """A BOLT 12 offer that cannot be paid on this network."""

    reach = Reach.OFFER

    def __init__(self, network: Network) -> None:
        super().__init__(
            Phrase(
                "This offer is for another network than this profile's, which is {network}.",
                network=network.value,
            )
        )
        self.network = network


class NamesNobody(RequestError):
    """What was pasted is no lasting way to somebody."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "This is no way to reach somebody again. Paste an npub, a lightning address, "
                "a \u20bf name, an offer or a node's key."
            )
        )


class PersonWithoutName(RequestError):
    """Nobody would know later who that is."""

    def __init__(self) -> None:
        super().__init__(Phrase("Give them a name, or an npub: its profile may say one."))


class PersonTextTooLong(RequestError):
    """A name or notes beyond what is kept."""

    def __init__(self, length: int, *, most: int) -> None:
        super().__init__(
            Phrase(
                "There is room for {most} characters; these are {length}.", most=most, length=length
            )
        )
        self.length = length
        self.most = most


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One entry of the book. A way that is not known is empty."""

    id: PersonId
    name: str
    """The one we give; empty if we gave none, and then there is an npub."""
    npub: XOnlyPubkey | None = None
    nip05: str = ""
    address: str = ""
    """A lightning address."""
    payment_name: str = ""
    """BIP 353, without its sign."""
    node_id: NodeId | None = None
    offer: str = ""
    """BOLT 12."""
    notes: str = ""
    usual_amount: Msat | None = None
    added_at: Instant

    def way(self, reach: Reach) -> str:
        """How they are reached that way, as it is written; empty if they are not."""
        match reach:
            case Reach.NPUB:
                return "" if self.npub is None else encode_npub(self.npub)
            case Reach.NIP05:
                return self.nip05
            case Reach.ADDRESS:
                return self.address
            case Reach.PAYMENT_NAME:
                return self.payment_name and f"{_BITCOIN_SIGN}{self.payment_name}"
            case Reach.NODE:
                return "" if self.node_id is None else self.node_id.hex()
            case Reach.OFFER:
                return self.offer

    @property
    def can_be_paid(self) -> bool:
        """Whether some way leads money to them; of an npub only their profile can tell."""
        paying = (Reach.ADDRESS, Reach.PAYMENT_NAME, Reach.NODE, Reach.OFFER)
        return any(self.way(reach) for reach in paying)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWish:
    """What was typed for an entry; nothing of it is checked."""

    name: str = ""
    ways: dict[Reach, str] = field(default_factory=dict)
    notes: str = ""
    usual_amount: Msat | None = None


def wish_of(person: Person) -> PersonWish:
    """An entry as it would be typed."""
    return PersonWish(
        name=person.name,
        ways={reach: person.way(reach) for reach in Reach},
        notes=person.notes,
        usual_amount=person.usual_amount,
    )


def make_person(
    wish: PersonWish, *, person_id: PersonId, added_at: Instant, network: Network
) -> Person:
    """The entry that was typed. Raises the `RequestError` of the first thing that is wrong."""
    # What acts is dropped and may leave two blanks.
    name = " ".join(one_line(wish.name, maximum=MAX_NAME_CHARS + 1).split())
    for text, length, most in (
        (name, len(wish.name.strip()), MAX_NAME_CHARS),
        (wish.notes, len(wish.notes), MAX_NOTES_CHARS),
    ):
        if len(text) > most:
            raise PersonTextTooLong(length, most=most)
    found = {reach: read_reach(reach, wish.ways.get(reach, ""), network) for reach in Reach}
    npub, node = found[Reach.NPUB], found[Reach.NODE]
    if not name and not npub:
        raise PersonWithoutName
    return Person(
        id=person_id,
        name=name,
        npub=read_npub(npub) if npub else None,
        nip05=found[Reach.NIP05],
        address=found[Reach.ADDRESS],
        payment_name=found[Reach.PAYMENT_NAME].removeprefix(_BITCOIN_SIGN),
        node_id=NodeId(bytes.fromhex(node)) if node else None,
        offer=found[Reach.OFFER],
        notes=many_lines(wish.notes, maximum=MAX_NOTES_CHARS),
        usual_amount=wish.usual_amount,
        added_at=added_at,
    )


def read_reach(reach: Reach, text: str, network: Network) -> str:
    """A way as it is kept and shown, empty for nothing; `UnusableWay` says what is wrong."""
    found = text.strip()
    if not found:
        return ""
    if len(found) > MAX_WAY_CHARS:
        found = ""
    match reach:
        case Reach.NPUB:
            return encode_npub(read_npub(found))
        case Reach.NIP05:
            return _nostr_name(found, network)
        case Reach.ADDRESS:
            return _address(found, network)
        case Reach.PAYMENT_NAME:
            return f"{_BITCOIN_SIGN}{read_payment_name(found)}"
        case Reach.NODE:
            return read_node(found).hex()
        case Reach.OFFER:
            return read_offer(found, network)


def recognise(text: str, network: Network) -> tuple[Reach, str]:
    """Which way a pasted text is, and how it is kept; `NamesNobody` for everything else.

    A name with an @ may be several things: without its sign it is taken for a lightning address.
    """
    found = text.strip()
    if found[: len(_LIGHTNING)].lower() == _LIGHTNING:
        found = found[len(_LIGHTNING) :].removeprefix("//").strip()
    if is_uri(found):
        found = _offer_in(found) or found
    for reach, begins in ((Reach.PAYMENT_NAME, _BITCOIN_SIGN), (Reach.OFFER, "lno1")):
        if found[: len(begins)].lower() == begins:
            return reach, read_reach(reach, found, network)
    node, at, _ = found.partition("@")
    if at and _is_node(node):
        return Reach.NODE, node.lower()
    try:
        way = read_way(found, network)
    except RequestError:
        raise NamesNobody from None
    match way:
        case OnNostr(pubkey):
            return Reach.NPUB, encode_npub(pubkey)
        case Node(node_id):
            return Reach.NODE, node_id.hex()
        case Address() if "@" in way.text:
            return Reach.ADDRESS, way.text
        case _:
            raise NamesNobody


def read_npub(text: str) -> XOnlyPubkey:
    """Whose npub, profile link or key that is; `NotAnNpub` otherwise."""
    try:
        return parse_pubkey(text)
    except DecodeError:
        pass  # Then it is written for people.
    try:
        pointer = read_link(text)
    except DecodeError:
        raise NotAnNpub from None
    if not isinstance(pointer, ProfilePointer):
        raise NotAnNpub
    return pointer.pubkey


def read_payment_name(text: str) -> str:
    """BIP 353: ``user@domain`` in lower case, its sign taken off; `NotAPaymentName` otherwise."""
    name = text.strip().removeprefix(_BITCOIN_SIGN).strip().lower()
    if len(name) > _MOST_NAME_CHARS or not _PAYMENT_NAME.fullmatch(name):
        raise NotAPaymentName
    return name


def read_node(text: str) -> NodeId:
    """A node's public key, with or without where it is reached; `NotANodeKey` otherwise."""
    key = text.strip().partition("@")[0]
    try:
        return NodeId(check_point(bytes.fromhex(key)))
    except (DecodeError, ValueError):
        raise NotANodeKey from None


def read_offer(text: str, network: Network) -> str:
    """BOLT 12: an offer in one piece; `NotAnOffer`, or `OfferElsewhere`. It may have expired."""
    try:
        offer = decode_offer(text.strip())
    except DecodeError:
        raise NotAnOffer from None
    if not offer.is_for(network):
        raise OfferElsewhere(network)
    return offer.to_text()


def _nostr_name(text: str, network: Network) -> str:
    try:
        return read_identifier(text, practice=network is Network.REGTEST).shown
    except DecodeError:
        raise NotANostrName from None


def _address(text: str, network: Network) -> str:
    try:
        return str(address.parse(text, network))
    except DecodeError:
        raise NotALightningAddress from None


def _offer_in(uri: str) -> str:
    try:
        return parse_uri(uri).offer
    except DecodeError:
        return ""


def _is_node(text: str) -> bool:
    try:
        read_node(text)
    except NotANodeKey:
        return False
    return True
