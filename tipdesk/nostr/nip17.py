"""NIP-17: what two people write to each other (kind 14), and where they take it (kind 10050).

The words of a private tip are such a message. Two tags of ours tell what it belongs to:
``["payment_hash", <64 hexadecimal digits>]`` and ``["amount", <millisatoshis>]``. They prove
nothing: who wrote is proven by the seal, what was paid is known to the wallet that was paid.
A message that asks for money has tags of `payment_ask`.
"""

from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat
from tipdesk.nostr.event import Event, Tags, UnsignedEvent, parse_event_id, parse_pubkey
from tipdesk.nostr.payment_ask import AskTags, read_ask, write_ask
from tipdesk.nostr.relay_url import is_relay_url, normalised

KIND_MESSAGE: Final = 14
KIND_MESSAGE_RELAYS: Final = 10_050
MAX_MESSAGE_CHARS: Final = 8_000
"""Of a message of ours: whatever it is made of, it fits into its seal and its wrap (NIP-44)."""
MAX_READ_CHARS: Final = 16_000
"""Of a message of others; the rest is cut."""
MAX_MESSAGE_RELAYS: Final = 10
"""Of a longer list the first are used: NIP-17 asks for one to three."""
_MAX_AMOUNT_DIGITS = 18


class NotAMessage(DecodeError):
    """A rumor of another kind: a file, a reaction, a deletion."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a message")
        self.kind = kind


class NotBetweenTwo(DecodeError):
    """A message to nobody, or to several people: rooms are not kept here."""

    def __init__(self, count: int) -> None:
        super().__init__(f"a message to {count} people")
        self.count = count


class EmptyMessage(DecodeError):
    """A message without a character that can be shown."""

    def __init__(self) -> None:
        super().__init__("a message without words")


class NotAMessageRelayList(DecodeError):
    """An event of another kind, given as the list of where somebody takes messages."""

    def __init__(self, *, kind: int) -> None:
        super().__init__(f"kind {kind} is not a list of message relays")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class TipClaim:
    """What a message says it belongs to; the amount is the sender's word."""

    payment_hash: PaymentHash
    amount: Msat | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message between two; `created_at` in Unix seconds, `text` safe to show."""

    id: EventId
    sender: XOnlyPubkey
    recipient: XOnlyPubkey
    created_at: int
    text: str
    reply_to: EventId | None = None
    tip: TipClaim | None = None
    ask: AskTags | None = None

    def peer(self, ours: XOnlyPubkey) -> XOnlyPubkey:
        """The other one of the two."""
        return self.recipient if self.sender == ours else self.sender


def build_message(
    text: str,
    *,
    sender: XOnlyPubkey,
    recipient: XOnlyPubkey,
    created_at: int,
    reply_to: EventId | None = None,
    tip: TipClaim | None = None,
    ask: AskTags | None = None,
) -> UnsignedEvent:
    """The rumor of a message: it is never signed. `created_at` in Unix seconds."""
    tags: list[tuple[str, ...]] = [("p", recipient.hex())]
    if reply_to is not None:
        tags.append(("e", reply_to.hex()))
    if tip is not None:
        tags.append(("payment_hash", tip.payment_hash.hex()))
        if tip.amount is not None:
            tags.append(("amount", str(tip.amount.value)))
    if ask is not None:
        tags += write_ask(ask)
    return UnsignedEvent(
        pubkey=sender, created_at=created_at, kind=KIND_MESSAGE, tags=tuple(tags), content=text
    )


def read_message(rumor: UnsignedEvent) -> Message:
    """The message in a rumor. Raises `NotAMessage`, `NotBetweenTwo`, `EmptyMessage`."""
    if rumor.kind != KIND_MESSAGE:
        raise NotAMessage(kind=rumor.kind)
    recipients = {tag[1] for tag in rumor.tags if tag[0] == "p" and len(tag) > 1}
    if len(recipients) > 1:
        # Some clients name the author beside the recipient.
        recipients.discard(rumor.pubkey.hex())
    if len(recipients) != 1:
        raise NotBetweenTwo(len(recipients))
    text = many_lines(rumor.content, maximum=MAX_READ_CHARS)
    if not text:
        raise EmptyMessage
    return Message(
        id=rumor.id,
        sender=rumor.pubkey,
        recipient=parse_pubkey(recipients.pop()),
        created_at=rumor.created_at,
        text=text,
        reply_to=_reply_to(rumor.tags),
        tip=_claim(rumor.tags),
        ask=read_ask(rumor.tags),
    )


def read_message_relays(event: Event) -> tuple[str, ...]:
    """Where the author takes messages, normalised; what is no relay is skipped."""
    if event.kind != KIND_MESSAGE_RELAYS:
        raise NotAMessageRelayList(kind=event.kind)
    return relays_in(event.tags)


def relays_in(tags: Tags) -> tuple[str, ...]:
    """The relays of a list's tags: the first `MAX_MESSAGE_RELAYS`, each once."""
    urls = (tag[1] for tag in tags if tag[0] == "relay" and len(tag) > 1)
    found = dict.fromkeys(normalised(url) for url in urls if is_relay_url(url))
    return tuple(found)[:MAX_MESSAGE_RELAYS]


def with_message_relay(tags: Tags, url: str) -> Tags:
    """The list with a relay; everything that is there stays as it is written."""
    there = any(_names(tag, url) for tag in tags)
    return tags if there else (*tags, ("relay", normalised(url)))


def without_message_relay(tags: Tags, url: str) -> Tags:
    """The list without a relay, however it was written."""
    return tuple(tag for tag in tags if not _names(tag, url))


def _names(tag: tuple[str, ...], url: str) -> bool:
    return tag[0] == "relay" and len(tag) > 1 and normalised(tag[1]) == normalised(url)


def _reply_to(tags: Tags) -> EventId | None:
    value = _first(tags, "e")
    try:
        return None if value is None else parse_event_id(value)
    except DecodeError:
        return None


def _claim(tags: Tags) -> TipClaim | None:
    """A claim that is malformed is none: the words are words all the same."""
    value, amount = _first(tags, "payment_hash"), _first(tags, "amount") or ""
    try:
        payment_hash = None if value is None else PaymentHash(parse_event_id(value))
    except DecodeError:
        return None
    if payment_hash is None:
        return None
    is_number = amount.isascii() and amount.isdigit() and len(amount) <= _MAX_AMOUNT_DIGITS
    return TipClaim(payment_hash, Msat(int(amount)) if is_number else None)


def _first(tags: Tags, name: str) -> str | None:
    return next((tag[1] for tag in tags if tag[0] == name and len(tag) > 1), None)
