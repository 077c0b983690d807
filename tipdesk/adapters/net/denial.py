"""Proofs that a name is not there: what a wildcard's answer needs beside its signature.

RFC 4035, 5.3.4 (NSEC) and RFC 5155, 8.8 (NSEC3), with the corrections of RFC 6840, 4. The records
found here say it; whether they are signed is for whoever asks.
"""

import base64
import hashlib
from collections.abc import Iterator
from typing import Final

import dns.name
import dns.rdtypes.ANY.NSEC
import dns.rdtypes.ANY.NSEC3
import dns.rrset

from tipdesk.adapters.net.dns_records import Kind, Name, Records

MAX_ITERATIONS: Final = 100
"""RFC 9276: more are refused, for each costs as much as another."""
MAX_LOOKED_AT: Final = 16
_SHA1: Final = 1

Next = dns.rdtypes.ANY.NSEC.NSEC
HashedNext = dns.rdtypes.ANY.NSEC3.NSEC3


class Denials:
    """Looks through the records of a proof."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def of(self, name: Name, labels: int, zone: Name) -> Iterator[dns.rrset.RRset]:
        """Sets that say: neither the name is there, nor one between it and the wildcard.

        `labels` is how many labels stand behind the wildcard's star.
        """
        for found in self._among(Kind.NSEC, zone):
            if _skips(found.name, found[0], name, labels, zone):
                yield found
        next_closer = name.split(labels + 2)[1]
        for found in self._among(Kind.NSEC3, zone):
            if found.name.parent() == zone and _skips_hash(found.name, found[0], next_closer):
                yield found

    def _among(self, kind: Kind, zone: Name) -> Iterator[dns.rrset.RRset]:
        for number, found in enumerate(self._records.of_kind(kind)):
            if number == MAX_LOOKED_AT:
                return
            if len(found) == 1 and found.name.is_subdomain(zone):
                yield found


def _skips(owner: Name, record: Next, name: Name, labels: int, zone: Name) -> bool:
    """Whether the owner is the last name before a gap in which the name would be."""
    following = record.next.canonicalize()
    is_within = owner < name and (name < following or following == zone)
    if not is_within or not following.is_subdomain(zone):
        return False
    if name.is_subdomain(owner) and _leads_away(record):
        return False
    # Both ends of the gap are there, and all that stands above them.
    encloser = max(_shared(name, owner), _shared(name, following))
    return encloser == labels


def _shared(one: Name, other: Name) -> int:
    """How many labels both end with, the root's left out."""
    return int(one.fullcompare(other)[2]) - 1


def _leads_away(record: Next) -> bool:
    """RFC 6840, 4.1: at a delegation or a DNAME, the zone says nothing of what is below."""
    kinds = _kinds(record)
    return Kind.DNAME in kinds or (Kind.NS in kinds and Kind.SOA not in kinds)


def _kinds(record: Next) -> frozenset[int]:
    return frozenset(
        window * 256 + at * 8 + bit
        for window, bitmap in record.windows
        for at, octet in enumerate(bitmap)
        for bit in range(8)
        if octet & (0x80 >> bit)
    )


def _skips_hash(owner: Name, record: HashedNext, name: Name) -> bool:
    # A flag is opt-out, with which there may be an unsigned delegation in the gap, or unknown.
    if record.algorithm != _SHA1 or record.flags or record.iterations > MAX_ITERATIONS:
        return False
    try:
        here = base64.b32hexdecode(owner.labels[0].upper())
    except ValueError:
        return False
    wanted = _hashed(name, record.salt, record.iterations)
    if len(here) != len(wanted) or len(record.next) != len(wanted):
        return False
    if here < record.next:
        return here < wanted < record.next
    return wanted > here or wanted < record.next


def _hashed(name: Name, salt: bytes, iterations: int) -> bytes:
    """RFC 5155, 5. SHA-1 hides names here and proves nothing: signatures do."""
    wire = name.canonicalize().to_wire()
    assert wire is not None
    digest = hashlib.sha1(wire + salt, usedforsecurity=False).digest()
    for _ in range(iterations):
        digest = hashlib.sha1(digest + salt, usedforsecurity=False).digest()
    return digest
