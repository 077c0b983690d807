"""A server of one's own over HTTP: what is believed, what is bounded, what is certain."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from tests.contract.http_server import FaultyServer
from tests.contract.ledger import Ledger
from tests.socks_server import resolves
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.adapters.payments import own_server
from tipdesk.adapters.payments.own_server import NoLine, Outcome, OwnServer, Reply
from tipdesk.ports.plugged import (
    WalletAnswerUnreadable,
    WalletCertificateChanged,
    WalletCertificateUnknown,
    WalletNotReached,
    WalletUnreachable,
)
from tipdesk.tips.wallet_link import ServerLink, WalletKind, from_form

SECRET = "Basic c2VjcmV0"


class Server(FaultyServer):
    """Answers what it is told to."""

    def routes(self) -> list[web.RouteDef]:
        return [web.route("*", "/{rest:.*}", self.answer)]

    def refusal(self, request: web.Request) -> web.Response | None:
        self.headers = request.headers
        return None

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"path": request.path_qs, "body": await request.text()})


@asynccontextmanager
async def asked(
    folder: Path | None, pin: str = "", trusted: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[Server, OwnServer]]:
    """A server and its client; over TLS with a folder."""
    server = Server(Ledger(), folder)
    await server.start()
    scheme = "http" if folder is None else "https"
    certificate = server.certificate
    if pin == "right" and certificate is not None:
        pin = certificate.digest
    address = f"{scheme}://127.0.0.1:{server.port}"
    link = from_form(WalletKind.PHOENIXD, address, "secret", pin)
    client = OwnServer(link, {"Authorization": SECRET}, WayOut(), trusted=trusted)
    try:
        yield server, client
    finally:
        await client.close()
        await server.stop()


async def lines(client: OwnServer, path: str = "/lines", idle: float = 5.0) -> list[Reply]:
    async with aclosing(client.lines("GET", path, idle=idle)) as found:
        return [line async for line in found]


# Certificates


async def test_a_pinned_certificate_is_believed_and_the_secret_goes_to_it(tmp_path: Path) -> None:
    async with asked(tmp_path, "right") as (server, client):
        reply = await client.ask("POST", "/v1/x?y=1", body={"a": 1})
        assert reply.answer().text("path") == "/v1/x?y=1"
        assert reply.answer().text("body") == '{"a": 1}'
        assert server.headers["Authorization"] == SECRET


async def test_a_certificate_that_authorities_vouch_for_needs_no_pin(tmp_path: Path) -> None:
    server = Server(Ledger(), tmp_path)
    assert server.certificate is not None
    trusted = ssl.create_default_context(cafile=str(server.certificate.path))
    await server.start()
    link = from_form(WalletKind.PHOENIXD, f"https://127.0.0.1:{server.port}", "secret")
    client = OwnServer(link, {}, WayOut(), trusted=trusted)
    assert (await client.ask("GET", "/")).outcome is Outcome.OK
    await client.close()
    await server.stop()


async def test_an_unknown_certificate_is_told_and_nothing_is_sent(tmp_path: Path) -> None:
    async with asked(tmp_path) as (server, client):
        assert server.certificate is not None
        for call in (client.ask("POST", "/pay"), lines(client), anext(client.messages("/ws"))):
            with pytest.raises(WalletCertificateUnknown) as raised:
                await call
            assert raised.value.fingerprint.hex() == server.certificate.digest
        assert await client.shown_certificate() == raised.value.fingerprint
        assert server.asked == []


async def test_another_certificate_than_the_pinned_one_is_told_and_nothing_is_sent(
    tmp_path: Path,
) -> None:
    async with asked(tmp_path, "ab" * 32) as (server, client):
        assert server.certificate is not None
        for call in (client.ask("POST", "/pay"), lines(client), anext(client.messages("/ws"))):
            with pytest.raises(WalletCertificateChanged) as raised:
                await call
            assert raised.value.fingerprint.hex() == server.certificate.digest
        assert server.asked == []


# What left and what did not


async def test_a_refused_connection_is_certain(tmp_path: Path) -> None:
    async with asked(tmp_path, "right") as (server, client):
        await server.stop()
        for call in (
            client.ask("POST", "/pay", is_order=True),
            lines(client),
            client.shown_certificate(),
        ):
            with pytest.raises(WalletNotReached):
                await call


async def test_a_connection_that_breaks_may_have_carried_the_request() -> None:
    async with asked(None) as (server, client):
        server.break_at("/pay", after=False)
        with pytest.raises(WalletUnreachable) as raised:
            await client.ask("POST", "/pay", is_order=True)
        assert not isinstance(raised.value, WalletNotReached)
        assert server.asked == ["POST /pay"]


async def test_an_order_is_sent_once_and_over_a_connection_of_its_own() -> None:
    async with asked(None) as (server, client):
        ports: set[int] = set()

        async def note(request: web.Request) -> None:
            assert request.transport is not None
            ports.add(request.transport.get_extra_info("peername")[1])

        server.faults["/"] = note
        for _ in range(2):
            await client.ask("GET", "/look")
            await client.ask("POST", "/pay", is_order=True)
        assert len(ports) == 3


async def test_an_answer_that_does_not_come_may_come_later() -> None:
    async with asked(None) as (server, client):

        async def wait(_: web.Request) -> None:
            await asyncio.sleep(5)

        server.faults["/slow"] = wait
        with pytest.raises(WalletUnreachable) as raised:
            await client.ask("GET", "/slow", seconds=0.05)
        assert not isinstance(raised.value, WalletNotReached)
        with pytest.raises(NoLine):
            await lines(client, "/slow", idle=0.05)


async def test_no_secret_is_in_what_is_raised() -> None:
    async with asked(None) as (server, client):
        server.break_at("/pay", after=False)
        with pytest.raises(WalletUnreachable) as raised:
            await client.ask("POST", "/pay?token=abc")
        assert raised.value.__cause__ is None
        assert "secret" not in repr(raised.value)
        assert "abc" not in repr(raised.value)


# What is bounded


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.OK),
        (201, Outcome.OK),
        (401, Outcome.KEY),
        (403, Outcome.KEY),
        (404, Outcome.MISSING),
        (500, Outcome.BROKEN),
        (503, Outcome.BROKEN),
        (204, Outcome.OTHER),
        (302, Outcome.OTHER),
        (409, Outcome.OTHER),
    ],
)
async def test_a_status_is_handed_on_and_no_redirect_is_followed(
    status: int, outcome: Outcome
) -> None:
    async with asked(None) as (server, client):

        async def answer(_: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Location": "/elsewhere"})

        server.faults["/pay"] = answer
        reply = await client.ask("POST", "/pay")
        assert (reply.status, reply.outcome) == (status, outcome)
        assert server.asked == ["POST /pay"]


async def test_a_large_answer_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_server, "MAX_ANSWER", 1_000)
    monkeypatch.setattr(own_server, "MAX_LINE", 1_000)
    async with asked(None) as (server, client):

        async def unannounced(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            for _ in range(100):
                await response.write(b"x" * 100)
            return response

        server.spoil("/announced", text="x" * 2_000)
        server.faults["/unannounced"] = unannounced
        for path in ("/announced", "/unannounced"):
            with pytest.raises(WalletAnswerUnreadable):
                await client.ask("GET", path)
            with pytest.raises(WalletAnswerUnreadable):
                await lines(client, path)


async def test_a_compressed_answer_is_refused() -> None:
    async with asked(None) as (server, client):

        async def compressed(request: web.Request) -> web.Response:
            assert request.headers["Accept-Encoding"] == "identity"
            return web.Response(body=b"x", headers={"Content-Encoding": "gzip"})

        server.faults["/"] = compressed
        with pytest.raises(WalletAnswerUnreadable):
            await client.ask("GET", "/")


@pytest.mark.parametrize("text", ["", "{", "[1", "nonsense", '"\\ud800"', "NaN"])
async def test_what_is_no_json_is_told_by_its_call(text: str) -> None:
    async with asked(None) as (server, client):

        async def answer(_: web.Request) -> web.Response:
            return web.Response(text=text)

        server.faults["/v1/x"] = answer
        reply = await client.ask("GET", "/v1/x?secret=1")
        with pytest.raises(WalletAnswerUnreadable) as raised:
            reply.value()
        assert raised.value.what == "GET /v1/x"


def test_words_of_a_server_are_shown_as_one_bounded_line() -> None:
    reply = Reply(where="home", what="x", status=500, body=b"a\n\xe2\x80\xaeb\xff" + b"c" * 900)
    assert reply.words(20) == "a b\ufffd" + "c" * 15 + "\u2026"


# Streams


async def test_lines_come_one_by_one_however_they_are_cut() -> None:
    async with asked(None) as (server, client):

        async def stream(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            for piece in (b'{"n"', b": 1}\n{", b'"n": 2}\n\n', b'{"n": 3}'):
                await response.write(piece)
                await asyncio.sleep(0.005)
            return response

        server.faults["/lines"] = stream
        assert [line.answer().whole("n") for line in await lines(client)] == [1, 2, 3]


async def test_a_refusal_of_a_stream_is_one_reply() -> None:
    async with asked(None) as (server, client):
        server.spoil("/lines", text='{"a":\n1}', status=404)
        (reply,) = await lines(client)
        assert (reply.outcome, reply.answer().whole("a")) == (Outcome.MISSING, 1)


async def test_a_websocket_hands_on_texts_and_ends_when_it_ends() -> None:
    async with asked(None) as (server, client):

        async def speak(request: web.Request) -> web.StreamResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            await socket.send_str('{"n": 1}')
            await socket.send_bytes(b"\0")
            await socket.send_str('{"n": 2}')
            await socket.close()
            return socket

        server.faults["/ws"] = speak
        found = [message async for message in client.messages("/ws")]
        assert found[0] is None
        assert [m.answer().whole("n") for m in found if m is not None] == [1, 2]
        server.spoil("/ws", status=401, text="no")
        (refused,) = [message async for message in client.messages("/ws")]
        assert refused is not None
        assert refused.outcome is Outcome.KEY
        server.break_at("/ws", after=False)
        with pytest.raises(WalletUnreachable):
            await anext(client.messages("/ws"))


# Plain http


async def test_a_name_for_plain_http_that_leads_outside_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolves(monkeypatch, "192.168.1.5", "8.8.8.8")
    link = from_form(WalletKind.PHOENIXD, "http://node.local:9740", "secret")
    client = OwnServer(link, {"Authorization": SECRET}, WayOut())
    with pytest.raises(WalletNotReached, match="https"):
        await client.ask("GET", "/")
    await client.close()


def test_a_link_keeps_its_secret_out_of_sight() -> None:
    link = ServerLink(kind=WalletKind.PHOENIXD, url="http://127.0.0.1:9740", secret="hush")
    assert "hush" not in repr(replace(link, fingerprint=None))
