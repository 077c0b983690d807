"""LUD-03: a page that pays an invoice of ours."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, quote

from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.pay import read_answer
from tipdesk.lnurl.url import check_url

_MAX_MSAT: Final = 21_000_000 * 100_000_000 * 1_000
_MAX_K1: Final = 1_000
_MAX_WORDS: Final = 200


class NotAWithdrawal(DecodeError):
    """LUD-03: the answer lacks a field or holds something else in it."""

    def __init__(self, name: str) -> None:
        super().__init__(Phrase("the server's answer has no usable {name}", name=f"{name!a}"))
        self.name = name


@dataclass(frozen=True, slots=True)
class WithdrawParams:
    """What a page would pay us; `description` is a stranger's, made safe to show."""

    callback: str
    k1: str
    least: Msat
    most: Msat
    description: str


def is_withdrawal(url: str) -> bool:
    """LUD-08: whether an LNURL says by itself that it pays out."""
    return parse_qs(url.partition("?")[2]).get("tag", [""])[0] == "withdrawRequest"


def parse_withdrawal(data: bytes, network: Network) -> WithdrawParams:
    """What a server's answer offers; `LnurlRefused` or `DecodeError` otherwise."""
    fields = read_answer(data)
    if fields.get("tag") != "withdrawRequest":
        raise NotAWithdrawal("tag")
    callback, k1 = fields.get("callback"), fields.get("k1")
    if not isinstance(callback, str):
        raise NotAWithdrawal("callback")
    check_url(callback, network)
    if not isinstance(k1, str) or not 0 < len(k1) <= _MAX_K1:
        raise NotAWithdrawal("k1")
    least, most = fields.get("minWithdrawable"), fields.get("maxWithdrawable")
    if type(most) is not int or not 0 < most <= _MAX_MSAT:
        raise NotAWithdrawal("maxWithdrawable")
    if type(least) is not int or not 0 <= least <= most:
        raise NotAWithdrawal("minWithdrawable")
    words = fields.get("defaultDescription")
    text = one_line(words, maximum=_MAX_WORDS) if isinstance(words, str) else ""
    return WithdrawParams(callback, k1, Msat(max(least, 1)), Msat(most), text)


def withdrawal_url(params: WithdrawParams, invoice: str) -> str:
    """LUD-03, step 5: where our invoice is handed in."""
    separator = "&" if "?" in params.callback else "?"
    return f"{params.callback}{separator}k1={quote(params.k1, safe='')}&pr={invoice}"
