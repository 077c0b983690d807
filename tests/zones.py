"""A domain name system of the tests: zones with keys of their own, from a root down, and a server.

Signed with dnspython and cryptography; who may sign what is up to the test.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import dns.dnssec
import dns.message
import dns.name
import dns.node
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from dns.dnssectypes import Algorithm

NOW = 1_790_000_000
DAY = 86_400
Name = dns.name.Name
RRset = dns.rrset.RRset
Kind = dns.rdatatype.RdataType
TXT, CNAME, DNAME, DS, DNSKEY = Kind.TXT, Kind.CNAME, Kind.DNAME, Kind.DS, Kind.DNSKEY
NSEC, NSEC3, RRSIG = Kind.NSEC, Kind.NSEC3, Kind.RRSIG
ROOT = dns.name.root


def name(text: str) -> Name:
    return dns.name.from_text(text)


def new_secret(algorithm: int, bits: int = 2_048) -> Any:
    """A private key."""
    match Algorithm(algorithm):
        case Algorithm.ECDSAP256SHA256:
            return ec.generate_private_key(ec.SECP256R1())
        case Algorithm.ECDSAP384SHA384:
            return ec.generate_private_key(ec.SECP384R1())
        case Algorithm.ED25519:
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


@dataclass(frozen=True)
class Times:
    """From when and until when signatures hold."""

    begin: int = NOW - DAY
    end: int = NOW + DAY


class Key:
    """A zone's key, private and public."""

    def __init__(self, algorithm: int = 13, *, flags: int = 257, bits: int = 2_048) -> None:
        self.secret = new_secret(algorithm, bits)
        self.rdata: Any = dns.dnssec.make_dnskey(self.secret.public_key(), algorithm, flags, 3)


class Zone:
    """One zone, with a key that signs everything; `parent` vouches for it."""

    def __init__(
        self,
        origin: str,
        parent: "Zone | None" = None,
        *,
        algorithm: int = 13,
        bits: int = 2_048,
        digest: str = "SHA256",
        flags: int = 257,
    ) -> None:
        self.origin = name(origin)
        self.parent = parent
        self.key = Key(algorithm, bits=bits, flags=flags)
        self.keys = [self.key]
        self.digest = digest
        self.times = Times()
        self.ttl = 3_600

    def signed(
        self,
        found: RRset,
        *,
        key: Key | None = None,
        times: Times | None = None,
        signer: Name | None = None,
    ) -> RRset:
        """The signature over a set, as a set of its own."""
        used, held = key or self.key, times or self.times
        signature = dns.dnssec.sign(
            found,
            used.secret,
            signer or self.origin,
            used.rdata,
            inception=held.begin,
            expiration=held.end,
            verify=False,
            policy=dns.dnssec.allow_all_policy,
        )
        return dns.rrset.from_rdata(found.name, found.ttl, signature)

    def set(self, owner: str | Name, kind: str, *texts: str, ttl: int | None = None) -> RRset:
        """Records, unsigned."""
        at = name(owner) if isinstance(owner, str) else owner
        return dns.rrset.from_text_list(at, self.ttl if ttl is None else ttl, "IN", kind, texts)

    @property
    def dnskey(self) -> RRset:
        return dns.rrset.from_rdata(self.origin, self.ttl, *(key.rdata for key in self.keys))

    @property
    def ds(self) -> RRset:
        """What the parent says."""
        digest = dns.dnssec.make_ds(
            self.origin, self.key.rdata, self.digest, policy=dns.dnssec.allow_all_policy
        )
        return dns.rrset.from_rdata(self.origin, self.ttl, digest)

    @property
    def anchor(self) -> Any:
        """Its DS, for a root."""
        return self.ds[0]


def with_signature(zone: Zone, found: RRset, **given: Any) -> list[RRset]:
    """A set and the zone's signature over it."""
    return [found, zone.signed(found, **given)]


@dataclass
class Reply:
    """What a server says to one question."""

    answer: list[RRset] = field(default_factory=list)
    authority: list[RRset] = field(default_factory=list)
    rcode: int = dns.rcode.NOERROR


Question = tuple[Name, Kind]


class Tree:
    """Zones and their records, to be asked by name and kind."""

    def __init__(self, *zones: Zone) -> None:
        self.zones = zones
        self.replies: dict[Question, Reply] = {}
        for zone in zones:
            self.hold((zone.origin, DNSKEY), *with_signature(zone, zone.dnskey))
            if zone.parent is not None:
                self.hold((zone.origin, DS), *with_signature(zone.parent, zone.ds))

    def hold(self, question: Question, *answer: RRset, authority: tuple[RRset, ...] = ()) -> None:
        """Answers a question from now on."""
        self.replies[question] = Reply(list(answer), list(authority))

    def put(self, zone: Zone, owner: str, kind: str, *texts: str, **given: Any) -> RRset:
        """A signed set."""
        found = zone.set(owner, kind, *texts)
        self.hold((found.name, TXT), *with_signature(zone, found, **given))
        return found

    def reply(self, question: Question) -> Reply:
        return self.replies.get(question, Reply(rcode=dns.rcode.NXDOMAIN))

    def all_records(self) -> list[RRset]:
        """Everything that anybody could be told."""
        return [one for reply in self.replies.values() for one in reply.answer + reply.authority]


def usual_tree(**given: Any) -> tuple[Tree, Zone, Zone, Zone]:
    """A root, a top-level domain, and ana.example with a name in it."""
    root = Zone(".")
    top = Zone("example.", root)
    ana = Zone("ana.example.", top, **given)
    return Tree(root, top, ana), root, top, ana


@dataclass
class DnsServer:
    """Over TCP; `edit` may change any reply, `spoil` its bytes."""

    tree: Tree
    edit: Callable[[Question, Reply], Reply] = lambda _, reply: reply
    spoil: Callable[[bytes], bytes] = lambda data: data
    asked: list[Question] = field(default_factory=list)
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    """From where each question came, and its bytes."""
    port: int = 0
    calls: int = 0

    def respond(self, wire: bytes) -> bytes:
        query = dns.message.from_wire(wire)
        assert query.flags & dns.flags.CD
        assert query.ednsflags & dns.flags.DO
        asked = query.question[0]
        question = (asked.name, asked.rdtype)
        self.asked.append(question)
        reply = self.edit(question, replace(self.tree.reply(question)))
        response = dns.message.make_response(query)
        response.answer, response.authority = reply.answer, reply.authority
        response.set_rcode(dns.rcode.Rcode(reply.rcode))
        return self.spoil(response.to_wire(max_size=65_535))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        try:
            while True:
                length = int.from_bytes(await reader.readexactly(2), "big")
                wire = await reader.readexactly(length)
                self.heard.append((writer.get_extra_info("peername")[0], wire))
                data = self.respond(wire)
                writer.write(len(data).to_bytes(2, "big") + data)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()


@asynccontextmanager
async def dns_server(tree: Tree) -> AsyncIterator[DnsServer]:
    """One that runs."""
    made = DnsServer(tree)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.sleep(0)
