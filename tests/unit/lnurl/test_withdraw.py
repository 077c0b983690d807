"""LUD-03: what a page may offer, within bounds."""

import json
from typing import Any

import pytest

from tipdesk.base.errors import DecodeError
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.pay import LnurlRefused
from tipdesk.lnurl.withdraw import NotAWithdrawal, parse_withdrawal, withdrawal_url

GOOD = {
    "tag": "withdrawRequest",
    "callback": "https://shop.example/w?id=4",
    "k1": "a b&c",
    "minWithdrawable": 0,
    "maxWithdrawable": 21_000,
    "defaultDescription": "Refund\u202e\nno. 4",
}


def answer(**other: Any) -> bytes:
    return json.dumps({**GOOD, **other}).encode()


def test_an_offer_is_read_and_an_invoice_handed_in() -> None:
    params = parse_withdrawal(answer(), Network.MAINNET)
    assert (params.least, params.most) == (Msat(1), Msat(21_000))
    assert params.description == "Refund no. 4"
    assert withdrawal_url(params, "lnbc1") == ("https://shop.example/w?id=4&k1=a%20b%26c&pr=lnbc1")


@pytest.mark.parametrize(
    "other",
    [
        {"tag": "payRequest"},
        {"callback": 7},
        {"k1": ""},
        {"k1": "x" * 2_000},
        {"maxWithdrawable": 0},
        {"maxWithdrawable": True},
        {"minWithdrawable": 22_000},
        {"minWithdrawable": -1},
        {"maxWithdrawable": 10**20},
    ],
)
def test_what_is_no_offer_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(NotAWithdrawal):
        parse_withdrawal(answer(**other), Network.MAINNET)


def test_a_callback_that_may_not_be_fetched_is_refused() -> None:
    with pytest.raises(DecodeError):
        parse_withdrawal(answer(callback="http://shop.example/"), Network.MAINNET)


def test_a_server_that_refuses_is_quoted() -> None:
    with pytest.raises(LnurlRefused, match="used already"):
        parse_withdrawal(b'{"status": "ERROR", "reason": "used already"}', Network.MAINNET)
