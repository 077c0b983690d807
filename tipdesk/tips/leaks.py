"""Who learns what of a private send: a row for each party that has a part in it.

What stands here is held against the bytes that each party really saw by
`tests/practice/test_private_sends.py`. It is about what a party is told, not about what one could
work out who controls several of them, or who knows how much moved when.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.phrase import Phrase


class SendWay(Enum):
    """How money goes to one person, the most private way first."""

    OFFER = Phrase("Offer")
    """BOLT 12: asked for and paid over blinded paths, the message inside the onion."""
    NAME = Phrase("Payment name")
    """BIP 353: an offer that is looked up by a name first."""
    KEYSEND = Phrase("To their node")
    """bLIP 3: the message is a record inside the onion."""
    ADDRESS = Phrase("Lightning address")
    """LUD-16: a server is asked for an invoice."""


class Party(Enum):
    """Somebody with a part in it."""

    RECEIVER = Phrase("The receiver")
    FIRST = Phrase("Your channel's other side")
    BETWEEN = Phrase("Nodes on the way")
    LAST = Phrase("The receiver's channel partner")
    SERVER = Phrase("The server of their address")
    RESOLVER = Phrase("Whoever answers for names (DNS)")
    RELAYS = Phrase("Relays")
    WATCHER = Phrase("Whoever watches your connection")


class Fact(Enum):
    """What there is to learn."""

    SENDER = Phrase("That it is you")
    RECEIVER = Phrase("Who is paid")
    AMOUNT = Phrase("How much")
    MESSAGE = Phrase("Your message")


class Learns(Enum):
    """How much of it."""

    NO = Phrase("no")
    GUESS = Phrase("may guess")
    """It follows from nothing that they see, and is likely all the same."""
    ABOUT = Phrase("about")
    """The amount with fees, or one part of it."""
    YES = Phrase("yes")


@dataclass(frozen=True, slots=True)
class Row:
    """What one party learns, and why."""

    party: Party
    learns: dict[Fact, Learns]
    why: Phrase

    def worst(self) -> Learns:
        """The most of anything."""
        order = list(Learns)
        return max(self.learns.values(), key=order.index)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the rows depend on."""

    through_proxy: bool = False
    """Whether every connection goes through Tor, or a proxy like it."""
    is_direct: bool = False
    """Whether the receiver is the other side of one of our channels."""
    message_in_clear: bool = False
    """Whether a lightning address's server is given the message, as the person insisted."""
    message_by_nostr: bool = False
    """Whether the message goes apart from the money, to the receiver's relays (NIP-17)."""


_NO, _GUESS, _ABOUT, _YES = Learns.NO, Learns.GUESS, Learns.ABOUT, Learns.YES


def leaks(way: SendWay, given: Circumstances) -> tuple[Row, ...]:
    """The rows of a way, the receiver first."""
    rows = [_receiver(way, given), *_nodes(way, given)]
    if way is SendWay.NAME:
        rows.append(_resolver(given))
    if way is SendWay.ADDRESS:
        rows.append(_server(given))
    rows += [_relays(given), _watcher(way, given)]
    return tuple(rows)


def lost(chosen: Sequence[Row], best: Sequence[Row]) -> tuple[tuple[Party, Fact, Learns], ...]:
    """What somebody learns by the chosen way and not by the best one.

    What the receiver is to learn, the money and the message, is no loss.
    """
    order = list(Learns)
    known = {(row.party, fact): learns for row in best for fact, learns in row.learns.items()}
    return tuple(
        (row.party, fact, learns)
        for row in chosen
        for fact, learns in row.learns.items()
        if (row.party is not Party.RECEIVER or fact is Fact.SENDER)
        and order.index(learns) > order.index(known.get((row.party, fact), _NO))
    )


def _row(
    party: Party, sender: Learns, receiver: Learns, amount: Learns, message: Learns, why: Phrase
) -> Row:
    told = (sender, receiver, amount, message)
    return Row(party, dict(zip(Fact, told, strict=True)), why)


def _receiver(way: SendWay, given: Circumstances) -> Row:
    wordless = way is SendWay.ADDRESS and not (given.message_in_clear or given.message_by_nostr)
    if given.is_direct:
        why = Phrase("You share a channel: they see that it comes from you.")
        return _row(Party.RECEIVER, _YES, _YES, _YES, _NO if wordless else _YES, why)
    if wordless:
        why = Phrase("The money arrives without a word: an address passes no message privately.")
        return _row(Party.RECEIVER, _NO, _YES, _YES, _NO, why)
    if given.message_by_nostr:
        why = Phrase("Your message is signed with your key: it says who you are.")
        return _row(Party.RECEIVER, _YES, _YES, _YES, _YES, why)
    why = {
        SendWay.KEYSEND: Phrase("Nothing says who sent it, unless you write it."),
        SendWay.ADDRESS: Phrase("Their server passes your message on."),
    }.get(way, Phrase("You ask with a key made for this once: it says nothing of you."))
    return _row(Party.RECEIVER, _NO, _YES, _YES, _YES, why)


def _nodes(way: SendWay, given: Circumstances) -> list[Row]:
    hidden = way in (SendWay.OFFER, SendWay.NAME)
    if given.is_direct:
        return []
    first = _row(
        Party.FIRST,
        _GUESS,
        _NO,
        _ABOUT,
        _NO,
        Phrase(
            "It carries your payment on. You may be passing on somebody else's, but few phones "
            "and desktops do."
        ),
    )
    between = _row(
        Party.BETWEEN,
        _NO,
        _NO,
        _ABOUT,
        _NO,
        Phrase("Each knows the node before it and the one after it."),
    )
    last = _row(
        Party.LAST,
        _NO,
        _GUESS,
        _ABOUT,
        _NO,
        Phrase("It hands the payment to the receiver, and is not told that the way ends there.")
        if hidden
        else Phrase("It hands the payment to the receiver's node, and may think that it stays."),
    )
    return [first, between, last]


def _server(given: Circumstances) -> Row:
    message = _YES if given.message_in_clear else _NO
    if given.through_proxy:
        why = Phrase("It makes the invoice. It sees a request that came through the proxy.")
        return _row(Party.SERVER, _NO, _YES, _YES, message, why)
    why = Phrase("It makes the invoice, and sees your internet address.")
    return _row(Party.SERVER, _GUESS, _YES, _YES, message, why)


def _resolver(given: Circumstances) -> Row:
    if given.through_proxy:
        why = Phrase("The name is asked for through the proxy.")
        return _row(Party.RESOLVER, _NO, _YES, _NO, _NO, why)
    why = Phrase("The name is asked for from your internet address.")
    return _row(Party.RESOLVER, _GUESS, _YES, _NO, _NO, why)


def _relays(given: Circumstances) -> Row:
    if not given.message_by_nostr:
        why = Phrase("Nothing is published, and nothing is sent to them.")
        return _row(Party.RELAYS, _NO, _NO, _NO, _NO, why)
    why = Phrase("They keep a sealed message for the receiver, from a key made for it.")
    sender = _NO if given.through_proxy else _GUESS
    return _row(Party.RELAYS, sender, _YES, _NO, _NO, why)


def _watcher(way: SendWay, given: Circumstances) -> Row:
    if given.through_proxy:
        why = Phrase("They see that you use a proxy.")
        return _row(Party.WATCHER, _NO, _NO, _NO, _NO, why)
    if way is SendWay.ADDRESS:
        why = Phrase("The name of the server stands in the clear at the start of a connection.")
        return _row(Party.WATCHER, _GUESS, _GUESS, _NO, _NO, why)
    if way is SendWay.NAME:
        why = Phrase("A name that is asked for may be readable on the way.")
        return _row(Party.WATCHER, _GUESS, _GUESS, _NO, _NO, why)
    why = Phrase("They see that your node talks to its peer, and nothing of what is said.")
    return _row(Party.WATCHER, _GUESS, _NO, _NO, _NO, why)


WHAT_STILL_LEAKS: Final = (
    Phrase(
        "Whoever runs several of the nodes on the way can tell by amount and moment that it is "
        "one payment: the hash is the same along the whole way."
    ),
    Phrase("Your channel's other side sees when and about how much you send."),
    Phrase(
        "Whoever you ask for an invoice by their offer learns a node near yours, as the answer "
        "comes back over it: where there is no other, one that you have a channel with."
    ),
    Phrase(
        "Where the receiver has one channel partner only, that one can count what they receive."
    ),
    Phrase("What is on this machine stays: your history has the person and the message."),
)
"""Said below every table, in this order."""
