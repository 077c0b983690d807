"""Pages that pay us and pages that know us: bounded, quoted safely, and never without asking."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.services.conftest import Fan
from tipdesk.adapters.secrets.linking import LinkingSigner
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl.auth import read_login
from tipdesk.lnurl.codec import encode
from tipdesk.ports.http import ServerError
from tipdesk.services.lnurl_pages import AmountNotOffered, LnurlPages, NoWithdrawal, PageRefused
from tipdesk.tips.history import Direction

PAGE = "http://shop.example/w"
CALLBACK = "http://shop.example/pay"
K1 = "e2af6254a8df433264fa23f67eb8188635d15ce883e8fc020989d5f82ae6f11e"
LOGIN = f"http://shop.example/l?tag=login&k1={K1}"


def offer(**other: object) -> bytes:
    fields = {
        "tag": "withdrawRequest",
        "callback": CALLBACK,
        "k1": "k",
        "minWithdrawable": 1_000,
        "maxWithdrawable": 21_000,
        "defaultDescription": "A refund",
    }
    return json.dumps({**fields, **other}).encode()


class Answers:
    """An `HttpClient` that answers by the beginning of the address."""

    def __init__(self, **bodies: bytes) -> None:
        self.bodies = {"http://shop.example/" + name: body for name, body in bodies.items()}
        self.asked: list[str] = []

    async def get(self, url: str, *, max_bytes: int, timeout: float) -> bytes:
        self.asked.append(url)
        body = next(body for begin, body in self.bodies.items() if url.startswith(begin))
        if body.startswith(b"!"):
            raise ServerError("shop.example", status=400, body=body[1:])
        return body


def pages(fan: Fan, web: Answers) -> LnurlPages:
    return LnurlPages(
        http=web, network=Network.REGTEST, wallet=fan.purse, signer=LinkingSigner(bytes(64))
    )


async def test_an_invoice_of_ours_is_handed_in_and_stands_in_the_history(fan: Fan) -> None:
    web = Answers(w=offer(), pay=b'{"status": "OK"}')
    params = await pages(fan, web).offer(PAGE)
    created = await pages(fan, web).withdraw(params, Msat(5_000), "")
    assert web.asked == [PAGE, f"{CALLBACK}?k1=k&pr={created.invoice}"]
    (line,) = fan.purse.payments()
    assert (line.direction, line.amount, line.description) == (
        Direction.IN,
        Msat(5_000),
        "A refund",
    )


async def test_more_than_is_offered_is_not_asked_for(fan: Fan) -> None:
    web = Answers(w=offer(), pay=b"{}")
    params = await pages(fan, web).offer(PAGE)
    with pytest.raises(AmountNotOffered):
        await pages(fan, web).withdraw(params, Msat(21_001), "")
    assert web.asked == [PAGE]


async def test_a_page_that_refuses_is_quoted(fan: Fan) -> None:
    refusal = b'{"status": "ERROR", "reason": "used\\u202e already"}'
    for body in (refusal, b"!" + refusal):
        with pytest.raises(PageRefused, match=r'shop.example refused. It said: "used already".'):
            await pages(fan, Answers(w=body)).offer(PAGE)
    with pytest.raises(NoWithdrawal, match="offers nothing that TipDesk can take"):
        await pages(fan, Answers(w=offer(maxWithdrawable=0))).offer(PAGE)


async def test_a_bare_lnurl_tells_whether_it_pays(fan: Fan) -> None:
    assert await pages(fan, Answers(w=offer())).pays_out(encode(PAGE)) is not None
    assert await pages(fan, Answers(w=offer(tag="payRequest"))).pays_out(encode(PAGE)) is None
    assert await pages(fan, Answers(w=b"!oops")).pays_out(encode(PAGE)) is None


async def test_a_login_sends_a_signature_and_a_key_and_nothing_else(fan: Fan) -> None:
    web = Answers(l=b'{"status": "OK"}')
    await pages(fan, web).log_in(read_login(LOGIN, Network.REGTEST))
    (asked,) = web.asked
    assert asked.startswith(LOGIN)
    assert set(parse_qs(urlsplit(asked).query)) == {"tag", "k1", "sig", "key"}
    with pytest.raises(PageRefused):
        await pages(fan, Answers(l=b"[]")).log_in(read_login(LOGIN, Network.REGTEST))


def test_the_signer_does_not_show_its_seed() -> None:
    assert repr(LinkingSigner(bytes(64))) == "LinkingSigner(...)"
