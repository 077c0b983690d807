"""What somebody pasted to pay with: whoever or whatever it leads to. Nobody is asked for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import NodeId, PaymentHash, XOnlyPubkey
from tipdesk.base.phrase import Phrase, clause
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.address import to_script_pubkey
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.uri import PaymentUri, is_uri, parse_uri
from tipdesk.crypto.secp256k1 import check_point
from tipdesk.lightning.invoice import bolt11, offer, payer_proof
from tipdesk.lightning.invoice.bolt12_text import Kind, kind_of
from tipdesk.lightning.invoice.offer_errors import OfferForOtherNetwork
from tipdesk.lnurl import address, codec
from tipdesk.lnurl.auth import Login, is_login, read_login
from tipdesk.lnurl.withdraw import is_withdrawal
from tipdesk.nostr.nip19 import AddressPointer, EventPointer, ProfilePointer
from tipdesk.nostr.nip21 import read_link

_MAX_CHARS: Final = 13_000
_LIGHTNING: Final = "lightning:"
_MAX_WORDS: Final = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on Nostr: a zap, to where their profile says."""

    pubkey: XOnlyPubkey


@dataclass(frozen=True, slots=True)
class Post:
    """Something that somebody wrote on Nostr."""

    pointer: EventPointer | AddressPointer


@dataclass(frozen=True, slots=True)
class Address:
    """A lightning address or an LNURL: a plain payment (LUD-06)."""

    text: str


@dataclass(frozen=True, slots=True)
class Node:
    """A node's public key: a payment that it did not ask for (bLIP 3)."""

    node_id: NodeId


@dataclass(frozen=True, slots=True)
class Offered:
    """A BOLT 12 offer of this network: whoever made it is asked for an invoice (private sends).

    `words` and `issuer` are a stranger's, safe to show.
    """

    text: str
    amount: Msat | None = None
    words: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A payer proof (BOLT 12) that holds: nobody is paid with it. Texts are strangers', safe."""

    payment_hash: PaymentHash
    amount: Msat | None
    paid_for: str
    note: str
    invoiced_at: Instant | None


@dataclass(frozen=True, slots=True)
class Onchain:
    """An address on the chain (BIP 21); `words` are a stranger's, safe to show."""

    address: str
    amount: Sat | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """A BOLT 11 invoice; the wallet pays it. `onchain` is the other way to pay the same."""

    text: str
    onchain: Onchain | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A page that would pay us (LUD-03)."""

    url: str


Way = Person | Post | Address | Node | Offered | Proven | Onchain | Invoice | Withdrawal | Login


class NoWay(RequestError):
    """Text with which nobody can be paid."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "This leads to nobody who can be paid. Paste a lightning address, an LNURL, an "
                "invoice, an npub or a node's key. No money moved."
            )
        )
        self.text = text


class OtherNetwork(RequestError):
    """An address of another chain than the profile's."""

    def __init__(self, found: str, wanted: Network) -> None:
        super().__init__(
            Phrase(
                "This address is for {found}, and this profile is on {wanted}. Ask for an address "
                "of the same network. No money moved.",
                found=found,
                wanted=wanted.value,
            )
        )
        self.found = found
        self.wanted = wanted


class BrokenLink(RequestError):
    """A link of a kind that we know, and that cannot be followed."""

    def __init__(self, problem: DecodeError) -> None:
        super().__init__(
            Phrase(
                "This link cannot be used: {problem}. Ask for a new one. No money moved.",
                problem=clause(problem),
            )
        )
        self.problem = problem


def read_way(text: str, network: Network) -> Way:
    """What the text leads to, without asking anybody; a `RequestError` says why to nothing."""
    found = text.strip()
    if found[: len(_LIGHTNING)].lower() == _LIGHTNING:
        found = found[len(_LIGHTNING) :].removeprefix("//").strip()
    if not 0 < len(found) <= _MAX_CHARS:
        raise NoWay(text)
    if is_uri(found):
        return _uri(found, network)
    if kind_of(found) is Kind.OFFER:
        return _known(lambda: _offer(found, network))
    if kind_of(found) is Kind.PAYER_PROOF:
        return _known(lambda: _proof(found))
    if codec.scheme_of(found):
        return _known(lambda: _lnurl(found, network))
    for read in (_nostr, _node, _address, _lnurl, _invoice, _onchain):
        try:
            return read(found, network)
        except (DecodeError, ValueError):
            continue
    _raise_other_network(found, network)
    raise NoWay(text)


def _known(read: Callable[[], Way]) -> Way:
    try:
        return read()
    except DecodeError as error:
        raise BrokenLink(error) from error


def _uri(text: str, network: Network) -> Way:
    try:
        uri = parse_uri(text)
    except DecodeError as error:
        raise BrokenLink(error) from error
    onchain = _of_uri(uri, network) if uri.address else None
    if uri.lightning:
        try:
            way = _lightning(uri.lightning, network)
        except DecodeError:
            way = None
        if isinstance(way, Invoice):
            return Invoice(way.text, onchain)
        if way is not None:
            return way
    if onchain is not None:
        return onchain
    if uri.offer:
        return _known(lambda: _offer(uri.offer, network))
    raise NoWay(text)


def _offer(text: str, network: Network) -> Offered:
    found = offer.decode(text)
    if not found.is_for(network):
        raise OfferForOtherNetwork(network=network.value)
    # An amount in another currency is for the issuer to convert: what is paid is ours to write.
    amount = found.expected_amount(None if found.quantity_max is None else 1)
    return Offered(
        found.to_text(),
        amount,
        one_line(found.description or "", maximum=_MAX_WORDS),
        one_line(found.issuer or "", maximum=_MAX_WORDS),
    )


def _proof(text: str) -> Proven:
    found = payer_proof.decode(text)
    return Proven(
        payment_hash=found.payment_hash,
        amount=found.amount,
        paid_for=one_line(found.description or "", maximum=_MAX_WORDS),
        note=one_line(found.note or "", maximum=_MAX_WORDS),
        invoiced_at=found.created_at,
    )


def _lightning(text: str, network: Network) -> Way | None:
    """What stands behind ``lightning=``; None for an invoice of another network."""
    if text[:5].lower() == "lnurl":
        return _lnurl(text, network)
    return Invoice(text) if bolt11.decode(text).network is network else None


def _of_uri(uri: PaymentUri, network: Network) -> Onchain:
    try:
        to_script_pubkey(uri.address, network)
    except DecodeError as error:
        _raise_other_network(uri.address, network)
        raise BrokenLink(error) from error
    return Onchain(uri.address, uri.amount, uri.words)


def _nostr(text: str, _: Network) -> Way:
    pointer = read_link(text)
    return Person(pointer.pubkey) if isinstance(pointer, ProfilePointer) else Post(pointer)


def _node(text: str, _: Network) -> Way:
    return Node(NodeId(check_point(bytes.fromhex(text))))


def _address(text: str, network: Network) -> Way:
    return Address(str(address.parse(text, network)))


def _lnurl(text: str, network: Network) -> Way:
    url = codec.decode(text, network)
    scheme = codec.scheme_of(text)
    if scheme == "keyauth:" or is_login(url):
        return read_login(url, network)
    if scheme == "lnurlw:" or is_withdrawal(url):
        return Withdrawal(url)
    return Address(codec.encode(url))


def _invoice(text: str, _: Network) -> Way:
    bolt11.decode(text)
    return Invoice(text)


def _onchain(text: str, network: Network) -> Way:
    to_script_pubkey(text, network)
    return Onchain(text)


def _raise_other_network(text: str, network: Network) -> None:
    for other in Network:
        try:
            to_script_pubkey(text, other)
        except (DecodeError, ValueError):
            continue
        raise OtherNetwork(other.value, network)
