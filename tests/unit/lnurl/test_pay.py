"""LUD-06, 09, 12: answers are read exactly, the callback is asked with nothing left unescaped."""

import contextlib
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.lnurl import pay
from tipdesk.lnurl.pay import LnurlRefused, NotAPayRequest, PayParams, PayResponse
from tipdesk.lnurl.success import BadSuccessAction, Link, Message, UnknownSuccessAction

METADATA = (
    '[["text/plain","Tips for Ana"],["text/identifier","ana@a.example"],["image/png;base64","AA"]]'
)
FIELDS: dict[str, object] = {
    "tag": "payRequest",
    "callback": "https://a.example/cb",
    "minSendable": 1_000,
    "maxSendable": 10_000_000,
    "metadata": METADATA,
    "commentAllowed": 140,
    "allowsNostr": True,
    "nostrPubkey": "ab" * 32,
}
PARAMS = PayParams(
    callback="https://a.example/cb",
    min_sendable=Msat(1_000),
    max_sendable=Msat(10_000_000),
    metadata=METADATA,
    description="Tips for Ana",
    identifier="ana@a.example",
    comment_allowed=140,
    nostr_pubkey=XOnlyPubkey.from_hex("ab" * 32),
)


def answer(**changes: object) -> bytes:
    return json.dumps({**FIELDS, **changes}).encode()


def test_a_whole_answer_is_read() -> None:
    params = pay.parse_params(answer(), Network.MAINNET)
    assert params == PARAMS
    assert params.allows_zaps
    assert params.metadata_hash == sha256(METADATA.encode())


def test_the_bounds_include_their_ends() -> None:
    accepted = [PARAMS.accepts(Msat(n)) for n in (999, 1_000, 10_000_000, 10_000_001)]
    assert accepted == [False, True, True, False]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"tag": "withdrawRequest"}, "tag"),
        ({"callback": None}, "callback"),
        ({"minSendable": 0}, "minSendable"),
        ({"minSendable": 1.5}, "minSendable"),
        ({"minSendable": True}, "minSendable"),
        ({"minSendable": 20_000_000}, "maxSendable"),
        ({"maxSendable": "many"}, "maxSendable"),
        ({"maxSendable": 10**30}, "maxSendable"),
        ({"metadata": []}, "metadata"),
        ({"metadata": "[]"}, "metadata"),
        ({"metadata": '["text/plain"]'}, "metadata"),
        ({"metadata": '[["text/plain", 7]]'}, "metadata"),
    ],
)
def test_an_answer_that_lacks_something_says_what(changes: dict[str, object], name: str) -> None:
    with pytest.raises(NotAPayRequest) as caught:
        pay.parse_params(answer(**changes), Network.MAINNET)
    assert caught.value.name == name


@pytest.mark.parametrize("callback", ["ftp://a.example/x", "http://a.example/x", "cb", "https://"])
def test_a_callback_of_another_scheme_is_refused(callback: str) -> None:
    with pytest.raises(DecodeError):
        pay.parse_params(answer(callback=callback), Network.MAINNET)


@pytest.mark.parametrize(
    "data", [b"", b"<html><body>502</body></html>", b"[]", b"\xff", b"x" * 500_000]
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        pay.parse_params(data, Network.MAINNET)


@pytest.mark.parametrize(
    "changes",
    [{"allowsNostr": "true"}, {"allowsNostr": False}, {"nostrPubkey": "ab"}, {"nostrPubkey": 7}],
)
def test_a_server_without_a_usable_key_takes_no_zaps(changes: dict[str, object]) -> None:
    assert not pay.parse_params(answer(**changes), Network.MAINNET).allows_zaps


def test_a_refusal_carries_its_reason_made_inert() -> None:
    data = b'{"status":"error","reason":"no\\u0000 <b>liquidity</b>\\n\\u202e"}'
    for parse in (
        lambda: pay.parse_params(data, Network.MAINNET),
        lambda: pay.parse_invoice_response(data, PARAMS),
    ):
        with pytest.raises(LnurlRefused, match="No money moved") as caught:
            parse()
        assert caught.value.reason == "no <b>liquidity</b>"


def test_the_callback_carries_a_zap_request_that_reads_back() -> None:
    request = '{"content":"a&b=c #1 + \u00fc?","tags":[]}'
    url = pay.callback_url(PARAMS, Msat(21_000), zap_request=request, lnurl="lnurl1x", comment="y")
    assert url.startswith("https://a.example/cb?amount=21000&nostr=%7B")
    assert parse_qs(urlsplit(url).query) == {
        "amount": ["21000"],
        "nostr": [request],
        "lnurl": ["lnurl1x"],
    }


def test_a_callback_with_a_query_keeps_it() -> None:
    params = pay.parse_params(answer(callback="https://a.example/cb?id=7"), Network.MAINNET)
    url = pay.callback_url(params, Msat(1), comment="a&amount=9")
    assert url == "https://a.example/cb?id=7&amount=1&comment=a%26amount%3D9"


def test_a_comment_is_cut_to_what_is_allowed_or_left_out() -> None:
    short = pay.parse_params(answer(commentAllowed=2), Network.MAINNET)
    none = pay.parse_params(answer(commentAllowed=-5), Network.MAINNET)
    assert pay.callback_url(short, Msat(1), comment="hey").endswith("?amount=1&comment=he")
    assert pay.callback_url(none, Msat(1), comment="hey").endswith("?amount=1")


def test_an_invoice_and_its_success_actions_are_read() -> None:
    def respond(action: object) -> PayResponse:
        data = json.dumps({"pr": " lnbcrt1x ", "routes": [], "successAction": action}).encode()
        return pay.parse_invoice_response(data, PARAMS)

    assert respond(None) == PayResponse("lnbcrt1x")
    assert respond({"tag": "message", "message": "thanks\x07"}).success_action == Message("thanks")
    link = {"tag": "url", "description": "your song", "url": "https://a.example/song"}
    assert respond(link).success_action == Link("your song", "https://a.example/song")
    with pytest.raises(UnknownSuccessAction):
        respond({"tag": "dance"})
    for bad in ({**link, "url": "https://evil.example/"}, {**link, "url": "javascript:x"}, 7, {}):
        with pytest.raises(BadSuccessAction):
            respond(bad)


def test_what_the_server_insists_on_and_where_it_can_be_asked_is_read() -> None:
    """LUD-18 and LUD-21."""
    wanted = {"name": {"mandatory": False}, "email": {"mandatory": True}, "odd": 7}
    assert pay.parse_params(answer(payerData=wanted), Network.MAINNET).demands == ("email",)
    assert pay.parse_params(answer(payerData=["x"]), Network.MAINNET).demands == ()
    data = json.dumps({"pr": "lnbcrt1x", "verify": "https://a.example/v/1"}).encode()
    assert pay.parse_invoice_response(data, PARAMS).verify == "https://a.example/v/1"
    assert pay.parse_invoice_response(b'{"pr": "lnbcrt1x", "verify": 7}', PARAMS).verify == ""


@pytest.mark.parametrize("pr", [None, "", "x" * 8_000, "ln\u00fc"])
def test_an_answer_without_an_invoice_is_refused(pr: object) -> None:
    with pytest.raises(NotAPayRequest):
        pay.parse_invoice_response(json.dumps({"pr": pr}).encode(), PARAMS)


def test_an_unusable_answer_is_told_in_a_sentence() -> None:
    error = pay.UnusableAnswer("a.example", NotAPayRequest("callback"))
    assert str(error) == (
        "a.example did not answer with a payment request that TipDesk can use "
        "(the server's answer has no usable 'callback'). No money moved."
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just("https://a.b"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(
    st.binary(max_size=80)
    | st.dictionaries(st.sampled_from([*FIELDS, "pr", "successAction", "status"]), VALUES).map(
        lambda changes: json.dumps({**FIELDS, "pr": "x", **changes}).encode()
    )
)
def test_arbitrary_answers_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(DecodeError, LnurlRefused):
        pay.parse_params(data, Network.MAINNET)
    with contextlib.suppress(DecodeError, LnurlRefused):
        pay.parse_invoice_response(data, PARAMS)
