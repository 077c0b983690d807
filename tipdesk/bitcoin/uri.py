"""BIP 21: ``bitcoin:`` links, with the invoice or offer that they may carry for Lightning."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Sat

_SCHEME: Final = "bitcoin:"
_MAX_CHARS: Final = 13_000
_MAX_FIELDS: Final = 30
_MAX_WORDS: Final = 280
_AMOUNT: Final = re.compile(r"(\d{1,8})(?:\.(\d{1,8}))?", re.ASCII)
_COIN: Final = 100_000_000
_MOST: Final = Sat(21_000_000 * _COIN)


class MalformedUri(DecodeError):
    """Text that is no ``bitcoin:`` link that can be followed; it says why."""


class UnknownDemand(DecodeError):
    """BIP 21: a ``req-`` field that we do not know makes the whole link unusable."""

    def __init__(self, name: str) -> None:
        super().__init__(
            Phrase("the link demands {name}, which TipDesk lacks", name=one_line(name, maximum=40))
        )
        self.name = name


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentUri:
    """What a link asks for. `words` are a stranger's, made safe to show."""

    address: str = ""
    """Not checked; empty only beside `lightning` or `offer`."""
    amount: Sat | None = None
    words: str = ""
    lightning: str = ""
    """An invoice or an LNURL."""
    offer: str = ""
    """A BOLT 12 offer."""


def is_uri(text: str) -> bool:
    """Whether it begins as such a link."""
    return text[: len(_SCHEME)].lower() == _SCHEME


def parse_uri(text: str) -> PaymentUri:
    """The parts of a link; `DecodeError` if it cannot be followed."""
    if not is_uri(text) or len(text) > _MAX_CHARS:
        raise MalformedUri(Phrase("not a bitcoin: link"))
    address, _, query = text[len(_SCHEME) :].partition("?")
    try:
        pairs = parse_qsl(query, max_num_fields=_MAX_FIELDS, keep_blank_values=True)
    except ValueError:
        raise MalformedUri(Phrase("the link has too many parts")) from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name.lower(), value)
    known = {"amount", "label", "message", "lightning", "lno"}
    for name in fields:
        if name.startswith("req-") and name.removeprefix("req-") not in known:
            raise UnknownDemand(name)
    found = PaymentUri(
        address=address.removeprefix("//").strip(),
        amount=_amount(fields["amount"]) if "amount" in fields else None,
        words=one_line(
            " ".join(filter(None, (fields.get("label"), fields.get("message")))),
            maximum=_MAX_WORDS,
        ),
        lightning=fields.get("lightning", "").strip(),
        offer=fields.get("lno", "").strip(),
    )
    if not (found.address or found.lightning or found.offer):
        raise MalformedUri(Phrase("the link names nothing that can be paid"))
    return found


def make_uri(
    address: str, *, amount: Sat | None, words: str = "", lightning: str = "", offer: str = ""
) -> str:
    """A link that any wallet reads: on chain, and by Lightning where it can.

    Without an address it is for Lightning alone.
    """
    fields = {}
    if amount is not None:
        whole, part = divmod(amount.value, _COIN)
        decimals = f".{part:08}".rstrip("0") if part else ""
        fields["amount"] = f"{whole}{decimals}"
    if words:
        fields["message"] = words
    if lightning:
        fields["lightning"] = lightning
    if offer:
        fields["lno"] = offer
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    return f"{_SCHEME}{address}{'?' if query else ''}{query}"


def _amount(text: str) -> Sat:
    """BIP 21: in bitcoin, with a point."""
    match = _AMOUNT.fullmatch(text.strip())
    amount = Sat(0)
    if match is not None:
        amount = Sat(int(match[1]) * _COIN + int((match[2] or "").ljust(8, "0")))
    if not Sat(0) < amount <= _MOST:
        raise MalformedUri(Phrase("the link names no usable amount"))
    return amount
