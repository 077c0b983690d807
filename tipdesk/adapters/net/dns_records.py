"""DNS records as bytes: the form of RFC 9102's `AuthenticationChain`, read within bounds.

Records follow each other uncompressed, in any order.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rdtypes.ANY.RRSIG
import dns.rrset
import dns.wire

from tipdesk.base.errors import DecodeError

MAX_PROOF: Final = 65_535
MAX_RECORDS: Final = 300
MAX_IN_SET: Final = 40
MAX_SIGNATURES_OF_SET: Final = 8

Name = dns.name.Name
Signature = dns.rdtypes.ANY.RRSIG.RRSIG
Kind = dns.rdatatype.RdataType
KINDS: Final = frozenset(
    {
        Kind.TXT,
        Kind.CNAME,
        Kind.DNAME,
        Kind.DS,
        Kind.DNSKEY,
        Kind.NSEC,
        Kind.NSEC3,
        Kind.RRSIG,
    }
)
"""Whatever else comes is passed over."""


class MalformedProof(DecodeError):
    """Bytes that are no series of records, or too many of them."""


class Records:
    """Sets of records by name and kind, each with the signatures that came with it."""

    def __init__(self) -> None:
        self._sets: dict[tuple[Name, Kind], dns.rrset.RRset] = {}
        self._signatures: dict[tuple[Name, Kind], list[Signature]] = {}
        self._count = 0

    def add(self, name: Name, ttl: int, rdata: dns.rdata.Rdata) -> None:
        """One more; `MalformedProof` if it is one too many. One that is here counts once."""
        if rdata.rdclass != dns.rdataclass.IN or rdata.rdtype not in KINDS:
            return
        if isinstance(rdata, Signature):
            self._add_signature(name, rdata)
            return
        key = (name.canonicalize(), rdata.rdtype)
        found = self._sets.setdefault(key, dns.rrset.RRset(key[0], rdata.rdclass, rdata.rdtype))
        if rdata not in found:
            self._counts(len(found), MAX_IN_SET)
            found.add(rdata, ttl)

    def _add_signature(self, name: Name, signature: Signature) -> None:
        covered = Kind.make(signature.type_covered)
        found = self._signatures.setdefault((name.canonicalize(), covered), [])
        if covered in KINDS and signature not in found:
            self._counts(len(found), MAX_SIGNATURES_OF_SET)
            found.append(signature)

    def _counts(self, among: int, most: int) -> None:
        self._count += 1
        if among >= most or self._count > MAX_RECORDS:
            raise MalformedProof("too many records")

    def get(self, name: Name, kind: Kind) -> dns.rrset.RRset | None:
        """The set, if any of it is here."""
        return self._sets.get((name.canonicalize(), kind))

    def signatures(self, name: Name, kind: Kind) -> tuple[Signature, ...]:
        """Those over that set."""
        return tuple(self._signatures.get((name.canonicalize(), kind), ()))

    def of_kind(self, kind: Kind) -> Iterator[dns.rrset.RRset]:
        """Every set of that kind."""
        return (found for (_, k), found in self._sets.items() if k is kind)

    def signed(self) -> Iterator[Signature]:
        """Every signature."""
        return (one for found in self._signatures.values() for one in found)


def read(data: bytes) -> Records:
    """The records in the bytes; `MalformedProof` for anything else."""
    if len(data) > MAX_PROOF:
        raise MalformedProof("too long")
    records = Records()
    parser = dns.wire.Parser(data)
    try:
        while parser.remaining():
            name = parser.get_name()
            kind, group, ttl, length = parser.get_struct("!HHIH")
            with parser.restrict_to(length):
                rdata = dns.rdata.from_wire_parser(
                    dns.rdataclass.RdataClass.make(group), Kind.make(kind), parser
                )
            records.add(name, ttl, rdata)
    except (dns.exception.DNSException, ValueError) as error:
        raise MalformedProof("not a record") from error
    return records


def write(sets: Iterable[tuple[dns.rrset.RRset, Signature]]) -> bytes:
    """Each set, with the life that its owner signed, and the signature over it behind it."""
    out = bytearray()
    for found, signature in sets:
        for rdata in (*found, signature):
            body = rdata.to_wire()
            assert body is not None
            out += found.name.to_wire() or b""
            for value, size in (
                (rdata.rdtype, 2),
                (rdata.rdclass, 2),
                (signature.original_ttl, 4),
                (len(body), 2),
            ):
                out += value.to_bytes(size, "big")
            out += body
    return bytes(out)
