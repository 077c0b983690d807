"""Money asked for in a message: what is written, and what is found in what others wrote.

A request may come from any client: whatever invoice or offer stands in the text counts, with or
without our tags. What is paid is what the invoice says; the text beside it may say anything.
"""

import re
from dataclasses import dataclass
from typing import Final

from tipdesk.base.clock import Instant
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import PaymentHash
from tipdesk.base.phrase import Phrase, plain
from tipdesk.base.text import many_lines
from tipdesk.base.units import Msat, Sat
from tipdesk.bitcoin.network import Network
from tipdesk.bitcoin.uri import is_uri, make_uri, parse_uri
from tipdesk.lightning.invoice import bolt11
from tipdesk.lightning.invoice.offer import decode as decode_offer

MAX_WORDS_CHARS: Final = 500
"""Of what somebody says beside the amount."""
MAX_LINKS: Final = 20
"""So many places of one message are tried, before it is taken for plain words."""
_LINK: Final = re.compile(
    r"(?:lightning:|bitcoin:)[^\s<>\"]+"
    r"|\bln(?:(?:bcrt|bc|tbs|tb)\d*[munp]?|o)1[02-9ac-hj-np-z]{20,}",
    re.IGNORECASE | re.ASCII,
)
_LIGHTNING: Final = "lightning:"
_ASKS: Final = "Please send me {amount}: {words}"
_ASKS_ONLY: Final = "Please send me {amount}."
_PROMISES: Final = "I want to send you {amount}: {words}\n\n{how}"
_PROMISES_ONLY: Final = "I want to send you {amount}. {how}"
_HOW: Final = "Send me an offer or an invoice when you are there."
_REFUSES: Final = "I will not send you the {amount} that you asked for."
_REFUSES_ANY: Final = "I will not send you what you asked for."


class AskWordsTooLong(RequestError):
    """More words than stand on a request."""

    def __init__(self, length: int) -> None:
        super().__init__(
            Phrase(
                "There is room for {most} characters beside the amount; these are {length}.",
                most=MAX_WORDS_CHARS,
                length=length,
            )
        )
        self.length = length


class AskAmountMissing(RequestError):
    """Money is asked for or promised, and not how much; or less than a sat."""

    def __init__(self) -> None:
        super().__init__(Phrase("Write how much: at least one sat, and no parts of one."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payable:
    """What a message leads to: an invoice, or an offer, which is asked for one."""

    text: str
    amount: Msat | None
    """What it fixes; None if it leaves that open, or names another currency."""
    expires_at: Instant | None
    payment_hash: PaymentHash | None
    """Of an invoice; each payment of an offer has one of its own."""

    @property
    def is_offer(self) -> bool:
        """Whether it can be paid more than once."""
        return self.payment_hash is None


@dataclass(frozen=True, slots=True)
class Unpayable:
    """What stands in a message as if it could be paid, and why it cannot."""

    why: str


def checked_words(words: str) -> str:
    """Words for a request or a promise of ours, or `AskWordsTooLong`."""
    if len(words.strip()) > MAX_WORDS_CHARS:
        raise AskWordsTooLong(len(words.strip()))
    return many_lines(words, maximum=MAX_WORDS_CHARS)


def checked_amount(amount: Msat | None) -> Msat:
    """An amount in whole sats, or `AskAmountMissing`: links in bitcoin know no parts of one."""
    if amount is None or amount < Msat(1_000) or amount.value % 1_000:
        raise AskAmountMissing
    return amount


def request_text(amount: Msat, words: str, payable: str) -> str:
    """A request as anybody's client shows it; the link stands alone on the last line."""
    is_offer = payable.lower().startswith("lno1")
    link = f"{_LIGHTNING}{payable}"
    if is_offer:
        link = make_uri("", amount=Sat(amount.value // 1_000), offer=payable)
    return f"{_said(_ASKS, _ASKS_ONLY, amount, words)}\n\n{link}"


def promise_text(amount: Msat, words: str) -> str:
    """That we want to send money, and what to answer."""
    return _said(_PROMISES, _PROMISES_ONLY, amount, words)


def refusal_text(amount: Msat | None, words: str) -> str:
    """That a request is not paid, and why if that is said."""
    said = _REFUSES_ANY if amount is None else _REFUSES.format(amount=plain(amount))
    return f"{said}\n\n{words}" if words else said


def words_in(text: str, amount: Msat | None) -> str:
    """What a request or a promise says beside its link; of ours without what is said anyhow."""
    said = many_lines(_LINK.sub("", text), maximum=MAX_WORDS_CHARS)
    for whole, bare in ((_ASKS, _ASKS_ONLY), (_PROMISES, _PROMISES_ONLY)):
        if amount is None:
            return said
        begins = whole.partition("{words}")[0].format(amount=plain(amount))
        if said.startswith(begins):
            return said.removeprefix(begins).removesuffix(_HOW).strip()
        if said == bare.format(amount=plain(amount), how=_HOW):
            return ""
    return said


def find_payable(text: str, network: Network) -> Payable | Unpayable | None:
    """The first invoice or offer in a text that can be paid here; None if it names none."""
    problem: Unpayable | None = None
    for match in list(_LINK.finditer(text))[:MAX_LINKS]:
        found = _read(match[0].rstrip(".,;:!?)]}'"), network)
        if isinstance(found, Payable):
            return found
        problem = problem or found
    return problem


def _read(link: str, network: Network) -> Payable | Unpayable | None:
    found = link
    if found[: len(_LIGHTNING)].lower() == _LIGHTNING:
        found = found[len(_LIGHTNING) :].removeprefix("//")
    asked: Msat | None = None
    try:
        if is_uri(found):
            uri = parse_uri(found)
            asked = None if uri.amount is None else uri.amount.to_msat()
            found = uri.lightning or uri.offer
        if found[:4].lower() == "lno1":
            return _offer(found, asked, network)
        # An LNURL leads to a page, and an address to the chain: neither is asked for in private.
        is_invoice = found[:2].lower() == "ln" and found[:5].lower() != "lnurl"
        return _invoice(found, network) if is_invoice else None
    except DecodeError:
        return Unpayable(Phrase("What they ask you to pay cannot be read. Ask them for another."))


def _invoice(text: str, network: Network) -> Payable | Unpayable:
    invoice = bolt11.decode(text)
    if invoice.network is not network:
        return Unpayable(
            Phrase(
                "Their invoice is for {network}. Ask them for another.",
                network=invoice.network.value,
            )
        )
    return Payable(
        text=text,
        amount=invoice.amount_msat,
        expires_at=invoice.expires_at,
        payment_hash=invoice.payment_hash,
    )


def _offer(text: str, asked: Msat | None, network: Network) -> Payable | Unpayable:
    offer = decode_offer(text)
    if not offer.is_for(network):
        return Unpayable(Phrase("Their offer is for another network. Ask them for another."))
    return Payable(
        text=offer.to_text(),
        amount=offer.expected_amount(None) or asked,
        expires_at=offer.expires_at,
        payment_hash=None,
    )


def _said(whole: str, bare: str, amount: Msat, words: str) -> str:
    return (whole if words else bare).format(amount=plain(amount), words=words, how=_HOW)
