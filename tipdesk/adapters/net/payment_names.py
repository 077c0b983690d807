"""`PaymentNames` over DNS: asks for a name's record and for all that proves it, then checks it.

What is asked next follows from the signatures that came: the keys of the zone that made them, its
parent's word on those keys, and so on up to the root.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

import dns.exception
import dns.name

from tipdesk.adapters.net import dns_records, dnssec
from tipdesk.adapters.net.dns_records import Kind, MalformedProof, Name, Records
from tipdesk.adapters.net.name_server import NameServer, NoAnswer
from tipdesk.base.clock import Clock, Instant
from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import clause
from tipdesk.bitcoin.uri import parse_uri
from tipdesk.lnurl import bip353
from tipdesk.lnurl.bip353 import HumanName, parse_name
from tipdesk.ports.names import (
    NameForged,
    NameNotSigned,
    NameOutOfDate,
    NameServerSilent,
    NoNameServer,
    NoOfferUnderName,
    NothingUnderName,
    PaymentName,
    SeveralUnderName,
)

MAX_QUESTIONS: Final = 40
MAX_ROUNDS: Final = 14
_Question = tuple[Name, Kind]


class DnsPaymentNames:
    """Asks the name server that `place` says now."""

    def __init__(
        self,
        server: Callable[[str], NameServer],
        *,
        place: Callable[[], str],
        clock: Clock,
        anchors: tuple[dnssec.Anchor, ...] = dnssec.ROOT,
    ) -> None:
        self._server = server
        self._place = place
        self._clock = clock
        self._anchors = anchors

    async def find(self, name: str) -> PaymentName:
        """See `PaymentNames.find`."""
        wanted, place = parse_name(name), self._place()
        if not place:
            raise NoNameServer(str(wanted))
        try:
            records = await self._gather(dns.name.from_text(wanted.record), place)
        except NoAnswer as error:
            raise NameServerSilent(str(wanted), server=place, why=clause(error)) from None
        except MalformedProof:
            raise NameForged(str(wanted), zone=wanted.domain) from None
        now = self._clock.now()
        proven = _proven(records, wanted, now, self._anchors)
        # What is kept is read again before it is believed: it will have to stand alone.
        return check_proof(dns_records.write(proven.used), str(wanted), now, self._anchors)

    def check(self, name: str, proof: bytes) -> PaymentName:
        """See `PaymentNames.check`."""
        return check_proof(proof, name, self._clock.now(), self._anchors)

    async def _gather(self, name: Name, place: str) -> Records:
        """The record, and whatever its signatures lead to."""
        records = Records()
        asked: set[_Question] = set()
        async with self._server(place) as server:
            for _ in range(MAX_ROUNDS):
                wanted = [one for one in dict.fromkeys(_missing(records, name)) if one not in asked]
                if not wanted or len(asked) + len(wanted) > MAX_QUESTIONS:
                    break
                asked.update(wanted)
                asking = (server.ask(*question) for question in wanted)
                for answer in await asyncio.gather(*asking, return_exceptions=True):
                    if isinstance(answer, BaseException):
                        raise answer
                    for found in (*answer.answer, *answer.authority):
                        for rdata in found:
                            records.add(found.name, found.ttl, rdata)
        return records


def check_proof(
    proof: bytes,
    name: str,
    now: Instant,
    anchors: tuple[dnssec.Anchor, ...] = dnssec.ROOT,
) -> PaymentName:
    """What a name stands for by a proof, at a time; `NameNotFound` if it proves nothing of it."""
    wanted = parse_name(name)
    try:
        records = dns_records.read(proof)
    except MalformedProof:
        raise NameForged(str(wanted), zone=wanted.domain) from None
    proven = _proven(records, wanted, now, anchors)
    uri = _uri(wanted, proven.texts)
    ends = min(now.unix_seconds + proven.ttl, proven.valid_until)
    return PaymentName(
        name=str(wanted),
        uri=uri,
        offer=_offer(wanted, uri),
        proof=proof,
        checked_at=now,
        expires_at=Instant.from_unix_seconds(ends),
    )


def _proven(
    records: Records, wanted: HumanName, now: Instant, anchors: tuple[dnssec.Anchor, ...]
) -> dnssec.Proven:
    name = str(wanted)
    try:
        return dnssec.prove_texts(
            records, dns.name.from_text(wanted.record), now.unix_seconds, anchors
        )
    except dnssec.NothingThere:
        raise NothingUnderName(name) from None
    except dnssec.ProofError as error:
        # Below the domain there are labels that nobody has written: not shown.
        zone = wanted.domain if error.zone.endswith(wanted.domain) else error.zone
        match error:
            case dnssec.Unsigned():
                raise NameNotSigned(name, zone=zone) from None
            case dnssec.OutOfDate():
                raise NameOutOfDate(name, zone=zone) from None
            case _:
                raise NameForged(name, zone=zone) from None


def _uri(wanted: HumanName, texts: tuple[bytes, ...]) -> str:
    name = str(wanted)
    try:
        return bip353.choose_uri(texts)
    except bip353.SeveralPaymentRecords as error:
        raise SeveralUnderName(name, count=error.count) from None
    except DecodeError:
        raise NothingUnderName(name) from None


def _offer(wanted: HumanName, uri: str) -> str:
    try:
        offer = parse_uri(uri).offer
    except DecodeError:
        offer = ""
    if not offer:
        raise NoOfferUnderName(str(wanted), uri=uri)
    return offer


def _missing(records: Records, name: Name) -> Iterator[_Question]:
    """What is to be asked next. The names in it are the server's word: they cost questions only."""
    for _ in range(dnssec.MAX_HOPS + 1):
        if records.get(name, Kind.TXT) is not None:
            break
        further = _leads(records, name)
        if further is None:
            yield name, Kind.TXT
            break
        name = further
    for signature in records.signed():
        zone = signature.signer.canonicalize()
        yield zone, Kind.DNSKEY
        if zone != dns.name.root:
            yield zone, Kind.DS


def _leads(records: Records, name: Name) -> Name | None:
    alias = records.get(name, Kind.CNAME)
    if alias is not None:
        target: Name = alias[0].target
        return target
    above = name
    while above != dns.name.root:
        above = above.parent()
        found = records.get(above, Kind.DNAME)
        if found is not None:
            try:
                return name.relativize(above).concatenate(found[0].target)
            except dns.exception.DNSException:
                return None
    return None
