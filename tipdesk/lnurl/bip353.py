"""BIP 353: names such as ``₿ana@example.com``, and what the domain name system holds for them.

What is asked, and whether the answer is proven, is for an adapter; here is what the name means.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.bitcoin.uri import is_uri

SIGN: Final = "\u20bf"
MAX_TEXT: Final = 4_096
"""Of all strings of one record together."""
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_LABELS: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_BETWEEN: Final = ".user._bitcoin-payment."
_MAX_NAME: Final = 253


class NotAPaymentName(DecodeError):
    """Text that is no ``user@domain``; it says what is wrong with it."""


class NoPaymentRecord(DecodeError):
    """None of the records under the name holds payment instructions."""

    def __init__(self) -> None:
        super().__init__(Phrase("there are no payment instructions under that name"))


class SeveralPaymentRecords(DecodeError):
    """BIP 353, "Resolution": more than one record with instructions makes all of them unusable."""

    def __init__(self, count: int) -> None:
        super().__init__(
            Phrase("there are {count} different payment instructions under that name", count=count)
        )
        self.count = count


class UnreadableRecord(DecodeError):
    """The record is too long or not plain text."""

    def __init__(self) -> None:
        super().__init__(Phrase("the payment instructions under that name cannot be read"))


@dataclass(frozen=True, slots=True)
class HumanName:
    """Somebody at a domain, in lower case."""

    user: str
    domain: str

    def __str__(self) -> str:
        return f"{self.user}@{self.domain}"

    @property
    def shown(self) -> str:
        """BIP 353, "Display": with the sign, once it was resolved and proven."""
        return f"{SIGN}{self}"

    @property
    def record(self) -> str:
        """Where its TXT record is."""
        return f"{self.user}{_BETWEEN}{self.domain}."


def parse_name(text: str) -> HumanName:
    """The name in a text, with or without its sign; `NotAPaymentName` otherwise.

    Names that are not plain ASCII are refused: they can look like others.
    """
    text = text.strip().removeprefix(SIGN).strip()
    user, at, domain = text.lower().partition("@")
    domain = domain.removesuffix(".")
    if not text.isascii() or not at or not _LABELS.fullmatch(user):
        raise NotAPaymentName(Phrase("a payment name looks like name@example.com"))
    if not _LABELS.fullmatch(domain) or "." not in domain:
        raise NotAPaymentName(
            Phrase("{domain} is not a domain", domain=one_line(domain, maximum=60))
        )
    name = HumanName(user, domain)
    if len(name.record) > _MAX_NAME:
        raise NotAPaymentName(Phrase("the name is too long"))
    return name


def choose_uri(records: Sequence[bytes]) -> str:
    """The one ``bitcoin:`` URI among the TXT records, each with its strings joined in order.

    Records that begin otherwise are not for us. `NoPaymentRecord`, `SeveralPaymentRecords`,
    `UnreadableRecord`.
    """
    ours = [one for one in records if is_uri(one[:8].decode("ascii", "replace"))]
    if not ours:
        raise NoPaymentRecord
    if len(ours) > 1:
        raise SeveralPaymentRecords(len(ours))
    (record,) = ours
    if len(record) > MAX_TEXT or not record.isascii():
        raise UnreadableRecord
    uri = record.decode("ascii")
    if not uri.isprintable():
        raise UnreadableRecord
    return uri
