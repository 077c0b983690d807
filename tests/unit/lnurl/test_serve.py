"""The recipient's side: what we answer is what our own wallet reads."""

import pytest

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import pay, serve


@pytest.mark.parametrize("pubkey", [None, XOnlyPubkey(b"\x02" * 32)])
def test_offered_parameters_read_back_as_themselves(pubkey: XOnlyPubkey | None) -> None:
    params = serve.offered_params(
        callback="http://127.0.0.1:1/cb/ana",
        min_sendable=Msat(1_000),
        max_sendable=Msat(10**9),
        description='Tips for "Ana" \u2600',
        identifier="ana@127.0.0.1:1",
        nostr_pubkey=pubkey,
    )
    assert pay.parse_params(serve.render_params(params).encode(), Network.REGTEST) == params


def test_an_invoice_and_a_refusal_read_back() -> None:
    params = serve.offered_params(
        callback="https://a.example/",
        min_sendable=Msat(1),
        max_sendable=Msat(2),
        description="x",
        identifier="x",
        nostr_pubkey=None,
    )
    data = serve.render_invoice("lnbcrt1x").encode()
    assert pay.parse_invoice_response(data, params) == pay.PayResponse("lnbcrt1x")
    with pytest.raises(pay.LnurlRefused) as caught:
        pay.parse_invoice_response(serve.render_error("too little").encode(), params)
    assert caught.value.reason == "too little"
