"""Names found over DNS: whoever answers may say what it likes, and signatures are believed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import dns.message
import dns.rcode
import pytest
from aiohttp import web

from tests.fakes import FakeClock
from tests.socks_server import resolves, socks_server
from tests.zones import (
    DNSKEY,
    DS,
    NOW,
    RRSIG,
    TXT,
    DnsServer,
    Key,
    Question,
    Reply,
    Times,
    Zone,
    dns_server,
    name,
    usual_tree,
    with_signature,
)
from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.name_server import name_server
from tipdesk.adapters.net.payment_names import MAX_QUESTIONS, DnsPaymentNames, check_proof
from tipdesk.adapters.net.way_out import WayOut
from tipdesk.base.clock import Instant
from tipdesk.lnurl.bip353 import NotAPaymentName
from tipdesk.ports.names import (
    NameForged,
    NameNotFound,
    NameNotSigned,
    NameOutOfDate,
    NameServerSilent,
    NoNameServer,
    NoOfferUnderName,
    NothingUnderName,
    SeveralUnderName,
)
from tipdesk.ports.way_out import ProxyChoice, ProxyScope

BOB = "bob@ana.example"
RECORD = "bob.user._bitcoin-payment.ana.example."
OFFER = "lno1" + "pg257enxv4ezqcneype82um50ynhxgrwdajx283qfwdpl28qqmc78ymlvhmxcsywdk5wrjnj36jryg"
URI = f"bitcoin:?lno={OFFER}"


class Desk:
    """A tree, a server that knows it, and who asks that server."""

    def __init__(
        self, server: DnsServer, zones: tuple[Zone, Zone, Zone], names: DnsPaymentNames
    ) -> None:
        self.server, self.tree, self.names = server, server.tree, names
        self.root, self.top, self.ana = zones

    def put(self, *texts: str, **given: Any) -> None:
        self.tree.put(self.ana, RECORD, "TXT", *(f'"{text}"' for text in texts), **given)


def now() -> FakeClock:
    return FakeClock(Instant.from_unix_seconds(NOW))


def asking(place: str, root: Zone, way: WayOut | None = None, http: Any = None) -> DnsPaymentNames:
    used = way or WayOut()
    return DnsPaymentNames(
        lambda there: name_server(there, used, http or ChosenServerClient(used)),
        place=lambda: place,
        clock=now(),
        anchors=(root.anchor,),
    )


@asynccontextmanager
async def desk(**given: Any) -> AsyncIterator[Desk]:
    tree, *zones = usual_tree(**given)
    async with dns_server(tree) as server:
        names = asking(f"tcp://127.0.0.1:{server.port}", zones[0])
        yield Desk(server, (zones[0], zones[1], zones[2]), names)


async def test_a_name_is_found_with_its_offer_and_what_proves_it() -> None:
    async with desk() as made:
        # The strings of one record belong together, whatever their lengths.
        found = made.ana.set(RECORD, "TXT", f'"{URI[:90]}" "{URI[90:]}"', '"v=spf1 -all"')
        made.tree.hold((name(RECORD), TXT), *with_signature(made.ana, found))
        got = await made.names.find("\u20bfBob@Ana.example")
    assert (got.name, got.uri, got.offer) == (BOB, URI, OFFER)
    assert got.checked_at == Instant.from_unix_seconds(NOW)
    assert got.expires_at == Instant.from_unix_seconds(NOW + 3_600)
    assert made.names.check(BOB, got.proof) == got
    later = Instant.from_unix_seconds(NOW + 86_000)
    again = check_proof(got.proof, BOB, later, (made.root.anchor,))
    # Not longer than its signatures.
    assert again.expires_at == Instant.from_unix_seconds(NOW + 86_400)
    # One connection for all, and no question twice.
    assert made.server.calls == 1
    assert len(set(made.server.asked)) == len(made.server.asked) == 6


async def test_a_proof_is_of_one_name_alone() -> None:
    async with desk() as made:
        made.put(URI)
        proof = (await made.names.find(BOB)).proof
    with pytest.raises(NothingUnderName):
        made.names.check("rob@ana.example", proof)
    with pytest.raises(NameForged):
        made.names.check(BOB, b"rubbish")
    with pytest.raises(NotAPaymentName):
        made.names.check("bob", proof)


async def test_an_alias_into_another_domain_is_asked_for_and_proven() -> None:
    async with desk() as made:
        bela = Zone("bela.example.", made.top)
        made.tree.hold((bela.origin, DNSKEY), *with_signature(bela, bela.dnskey))
        made.tree.hold((bela.origin, DS), *with_signature(made.top, bela.ds))
        made.tree.put(made.ana, RECORD, "CNAME", "b.bela.example.")
        made.tree.put(bela, "b.bela.example.", "TXT", f'"{URI}"')
        assert (await made.names.find(BOB)).offer == OFFER
        # Also where the server follows it by itself.
        reply = made.tree.replies[name(RECORD), TXT]
        reply.answer += made.tree.replies[name("b.bela.example."), TXT].answer
        made.server.asked.clear()
        assert (await made.names.find(BOB)).offer == OFFER
        assert (name("b.bela.example."), TXT) not in made.server.asked


async def test_all_names_of_a_domain_may_lead_to_one_offer() -> None:
    async with desk() as made:
        wild = made.ana.set("*.user._bitcoin-payment.ana.example.", "TXT", f'"{URI}"')
        given = made.ana.set(RECORD, "TXT", f'"{URI}"')
        over = made.ana.signed(wild)
        over.name = given.name
        gap = made.ana.set(wild.name, "NSEC", "ana.example. TXT RRSIG NSEC")
        denial = tuple(with_signature(made.ana, gap))
        made.tree.hold((name(RECORD), TXT), given, over, authority=denial)
        got = await made.names.find(BOB)
        assert got.offer == OFFER
        assert made.names.check(BOB, got.proof) == got
        made.tree.hold((name(RECORD), TXT), given, over)
        with pytest.raises(NameForged):
            await made.names.find(BOB)


# What is no answer, each with its own sentence


async def test_a_name_that_is_not_there() -> None:
    async with desk() as made:
        with pytest.raises(NothingUnderName, match=r"bob@ana\.example.*No money moved"):
            await made.names.find(BOB)
        made.put("v=spf1 -all")
        with pytest.raises(NothingUnderName):
            await made.names.find(BOB)


async def test_a_domain_that_does_not_sign() -> None:
    async with desk() as made:
        found = made.ana.set(RECORD, "TXT", f'"{URI}"')
        made.tree.hold((name(RECORD), TXT), found)
        with pytest.raises(NameNotSigned) as refused:
            await made.names.find(BOB)
        assert refused.value.zone == "ana.example"
        made.put(URI)
        del made.tree.replies[made.ana.origin, DS]
        with pytest.raises(NameNotSigned, match=r"no signature of ana\.example"):
            await made.names.find(BOB)


async def test_signatures_of_another_time() -> None:
    async with desk() as made:
        made.put(URI, times=Times(NOW - 200, NOW - 100))
        with pytest.raises(NameOutOfDate, match="clock"):
            await made.names.find(BOB)


async def test_signatures_that_do_not_hold() -> None:
    async with desk() as made:
        made.put(URI, key=Key())
        with pytest.raises(NameForged, match="refused"):
            await made.names.find(BOB)


async def test_several_payments() -> None:
    async with desk() as made:
        made.put(URI, "bitcoin:?lno=lno1other")
        with pytest.raises(SeveralUnderName) as refused:
            await made.names.find(BOB)
        assert refused.value.count == 2


@pytest.mark.parametrize("uri", ["bitcoin:bc1qabc", "bitcoin:?lno=", "bitcoin:?req-x=1&lno=lno1a"])
async def test_a_payment_without_an_offer(uri: str) -> None:
    async with desk() as made:
        made.put(uri)
        with pytest.raises(NoOfferUnderName) as refused:
            await made.names.find(BOB)
        assert refused.value.uri == uri


# A server that lies


def swapped(question: Question, reply: Reply) -> Reply:
    if question[1] is TXT:
        reply.answer = [one for one in reply.answer if one.rdtype is RRSIG]
        reply.answer.append(Zone("x.").set(RECORD, "TXT", '"bitcoin:?lno=lno1evil"'))
    return reply


def stripped(_: Question, reply: Reply) -> Reply:
    reply.answer = [one for one in reply.answer if one.rdtype is not RRSIG]
    return reply


def flooded(question: Question, reply: Reply) -> Reply:
    records = [f'"{number}"' for number in range(500)]
    reply.answer = [*reply.answer, Zone("x.").set(question[0], "TXT", *records)]
    return reply


def many_keys(question: Question, reply: Reply) -> Reply:
    if question[1] is DNSKEY:
        zone = Zone("x.")
        zone.keys = [Key(flags=256) for _ in range(60)]
        keys = zone.dnskey
        keys.name = question[0]
        reply.answer = [*reply.answer, keys]
    return reply


@pytest.mark.parametrize("lie", [swapped, stripped, flooded, many_keys])
async def test_a_server_that_lies_is_not_believed(lie: Callable[[Question, Reply], Reply]) -> None:
    async with desk() as made:
        made.put(URI)
        made.server.edit = lie
        with pytest.raises((NameForged, NameNotSigned)):
            await made.names.find(BOB)


async def test_a_server_cannot_make_us_ask_for_ever() -> None:
    async with desk() as made:

        def on_and_on(question: Question, reply: Reply) -> Reply:
            zone = Zone(f"z{len(made.server.asked)}.example.")
            found = zone.set(question[0], "TXT", '"x"')
            return Reply([*reply.answer, *with_signature(zone, found)])

        made.put(URI)
        made.server.edit = on_and_on
        with pytest.raises(NameNotFound):
            await made.names.find(BOB)
        assert len(made.server.asked) <= MAX_QUESTIONS


def other_id(data: bytes) -> bytes:
    return bytes((data[0] ^ 1,)) + data[1:]


def failed(_: Question, reply: Reply) -> Reply:
    return Reply(rcode=dns.rcode.SERVFAIL)


@pytest.mark.parametrize(
    "spoil", [other_id, lambda _: b"", lambda data: data[:20], lambda data: b"\xff" * len(data)]
)
async def test_what_is_no_answer_is_said(spoil: Callable[[bytes], bytes]) -> None:
    async with desk() as made:
        made.put(URI)
        made.server.spoil = spoil
        with pytest.raises(NameServerSilent, match=r"tcp://127\.0\.0\.1:\d+ gave no answer"):
            await made.names.find(BOB)


async def test_a_server_that_fails_or_is_away_is_said() -> None:
    async with desk() as made:
        made.server.edit = failed
        with pytest.raises(NameServerSilent, match="could not find out"):
            await made.names.find(BOB)
    with pytest.raises(NameServerSilent, match="cannot be reached"):
        await made.names.find(BOB)


# The ways there


async def test_without_a_name_server_nobody_is_asked() -> None:
    with pytest.raises(NoNameServer, match="Settings, Privacy"):
        await asking("", Zone(".")).find(BOB)


@pytest.mark.parametrize("choice", [ProxyChoice(), ProxyChoice(ProxyScope.ONION)])
async def test_names_are_not_told_in_the_clear_to_the_world(choice: ProxyChoice) -> None:
    with pytest.raises(NameServerSilent, match="could read whom you look up"):
        await asking("tcp://9.9.9.9:53", Zone("."), WayOut(choice)).find(BOB)


async def test_names_are_asked_for_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up = resolves(monkeypatch, "127.0.0.1")
    async with desk() as made, socks_server() as proxy:
        made.put(URI)
        way = WayOut(proxy.choice())
        through = asking(f"tcp://dns.example:{made.server.port}", made.root, way)
        assert (await through.find(BOB)).offer == OFFER
        assert proxy.hosts == {"dns.example"}
    with pytest.raises(NameServerSilent, match="goes no other way"):
        await through.find(BOB)
    assert looked_up == []


async def test_names_are_asked_for_over_https() -> None:
    async with desk() as made:
        made.put(URI)
        asked: list[web.Request] = []

        async def answer(request: web.Request) -> web.Response:
            asked.append(request)
            data = await request.read()
            assert dns.message.from_wire(data).id == 0
            # RFC 8467: every question is as long as the other.
            assert len(data) % 128 == 0
            body = made.server.respond(data)
            return web.Response(body=body, content_type="application/dns-message")

        application = web.Application()
        application.router.add_post("/dns-query", answer)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"https://127.0.0.1:{runner.addresses[0][1]}/dns-query"
        http = Plain(WayOut())
        names = asking(url, made.root, http=http)
        assert (await names.find(BOB)).offer == OFFER
        assert {one.content_type for one in asked} == {"application/dns-message"}
        await runner.cleanup()
        with pytest.raises(NameServerSilent, match=r"127\.0\.0\.1 cannot be reached"):
            await names.find(BOB)
        await http.close()


class Plain(ChosenServerClient):
    """The same without TLS, which is tested elsewhere."""

    async def post(self, url: str, *given: Any, **named: Any) -> bytes:
        return await super().post(url.replace("https:", "http:"), *given, **named)


async def test_two_names_are_found_at_once() -> None:
    async with desk() as made:
        made.put(URI)
        found = await asyncio.gather(*(made.names.find(BOB) for _ in range(3)))
        assert {one.offer for one in found} == {OFFER}
