"""Asking for money in a private message: the few tags that tell a machine what the words ask.

No NIP defines such a request. It is therefore an ordinary message of NIP-17 whose text says all of
it to people, and ends in a link (BIP 21, or ``lightning:``) that any wallet reads. Beside the text
there are, inside the seal, where relays read nothing:

- ``["payment", "request"]``: pay what the link in the text leads to;
- ``["payment", "promise"]``: the author wants to send money, and waits for a request as a reply;
- ``["payment", "refusal"]``: the request that the ``e`` tag of the reply names is not paid;
- ``["amount", <millisatoshis>]``, as in the words of a tip;
- ``["expiration", <Unix seconds>]`` (NIP-40): after that nothing should be paid.

They prove nothing, and what an invoice says comes before them: who wrote is proven by the seal.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from tipdesk.base.units import Msat
from tipdesk.nostr.event import Tags

_MAX_DIGITS: Final = 18


class AskKind(Enum):
    """What a message is about; the value stands in its tag."""

    REQUEST = "request"
    PROMISE = "promise"
    REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class AskTags:
    """What the tags of a message say."""

    kind: AskKind
    amount: Msat | None = None
    expires_at: int | None = None
    """Unix seconds."""


def write_ask(ask: AskTags) -> Tags:
    """The tags for a message of ours."""
    tags: list[tuple[str, ...]] = [("payment", ask.kind.value)]
    if ask.amount is not None:
        tags.append(("amount", str(ask.amount.value)))
    if ask.expires_at is not None:
        tags.append(("expiration", str(ask.expires_at)))
    return tuple(tags)


def read_ask(tags: Tags) -> AskTags | None:
    """What a message says that it is about; None for any other. A malformed part is left out."""
    named = _first(tags, "payment")
    kind = next((kind for kind in AskKind if kind.value == named), None)
    if kind is None:
        return None
    amount, until = _number(tags, "amount"), _number(tags, "expiration")
    return AskTags(kind, Msat(amount) if amount else None, until)


def _number(tags: Tags, name: str) -> int | None:
    text = _first(tags, name) or ""
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None


def _first(tags: Tags, name: str) -> str | None:
    return next((tag[1] for tag in tags if tag[0] == name and len(tag) > 1), None)
