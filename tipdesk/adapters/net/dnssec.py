"""DNSSEC (RFC 4033 to 4035, 5155, 6840): what a set of records proves, from the root down.

Nobody is asked here. Work is bounded whatever the records say (KeyTrap, CVE-2023-50387): so many
signatures, keys of one tag, hashes and hops, then the proof is refused. SHA-1 and short RSA keys
are not believed (BIP 353, "Resolution").
"""

from dataclasses import dataclass
from typing import Final

import dns.dnssec
import dns.exception
import dns.name
import dns.rdataset
import dns.rdtypes.ANY.DNSKEY
import dns.rdtypes.ANY.DS
import dns.rrset

from tipdesk.adapters.net.denial import Denials
from tipdesk.adapters.net.dns_records import Kind, Name, Records, Signature
from tipdesk.base.errors import DecodeError

Key = dns.rdtypes.ANY.DNSKEY.DNSKEY
Anchor = dns.rdtypes.ANY.DS.DS

MAX_CHECKS: Final = 64
"""Signatures tried for one proof: a usual one has about ten."""
MAX_STEPS: Final = 128
"""Signatures looked at, whether there is a key to try them with or not."""
MAX_DIGESTS: Final = 64
MAX_SAME_TAG: Final = 2
"""Keys of one zone with the same tag and algorithm that are tried."""
MAX_ZONES: Final = 12
MAX_HOPS: Final = 8
"""Aliases (CNAME, DNAME) from the name to its record."""
_ALGORITHMS: Final = frozenset({8, 10, 13, 14, 15})
"""RSA with SHA-256 or SHA-512, ECDSA on P-256 and P-384, Ed25519 (RFC 9904)."""
_RSA: Final = frozenset({8, 10})
_RSA_BITS: Final = range(1_024, 4_097)
_MAX_EXPONENT: Final = 5
"""Octets: an exponent costs the more, the longer it is."""
_DIGESTS: Final = frozenset({2, 4})
_ZONE_KEY: Final = 0x0100
_REVOKED: Final = 0x0080


class ProofError(DecodeError):
    """The records do not prove what they should; `zone` is whose word is missing or wrong."""

    def __init__(self, zone: Name, what: str) -> None:
        self.zone = "the root" if zone == dns.name.root else zone.to_text(omit_final_dot=True)
        super().__init__(f"{self.zone}: {what}")


class NothingThere(ProofError):
    """There is no record of the kind, nor an alias that leads to one."""


class Unsigned(ProofError):
    """No signature, or no parent that vouches for the zone's keys."""


class OutOfDate(ProofError):
    """Every signature has expired, or none is valid yet."""


class WrongSignature(ProofError):
    """No signature holds, or the records contradict the rules."""


class TooCostly(ProofError):
    """More work than any honest proof takes."""


@dataclass(frozen=True, slots=True)
class Proven:
    """Texts and what proves them."""

    texts: tuple[bytes, ...]
    """One a record, its strings joined."""
    used: tuple[tuple[dns.rrset.RRset, Signature], ...]
    valid_until: int
    """Unix seconds at which the first of the signatures expires."""
    ttl: int
    """The shortest life, in seconds, that any of the records was signed with."""


def _anchor(tag: int, digest: str) -> Anchor:
    found = dns.rdata.from_text("IN", "DS", f"{tag} 8 2 {digest}")
    assert isinstance(found, Anchor)
    return found


ROOT: Final = (
    _anchor(20326, "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"),
    _anchor(38696, "683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16"),
)
"""The root's keys KSK-2017 and KSK-2024, as IANA publishes them."""


def prove_texts(
    records: Records, name: Name, now: int, anchors: tuple[Anchor, ...] = ROOT
) -> Proven:
    """The TXT records of a name, through aliases, at a time in Unix seconds; `ProofError`."""
    proof = _Proof(records, now, anchors)
    for _ in range(MAX_HOPS + 1):
        if records.get(name, Kind.TXT) is not None:
            found = proof.verified(name, Kind.TXT)
            return proof.of(tuple(b"".join(one.strings) for one in found))
        name = proof.alias(name)
    raise TooCostly(name, "aliases lead on and on")


class _Proof:
    """One walk from a name to the root. Zones that were verified are not verified again."""

    def __init__(self, records: Records, now: int, anchors: tuple[Anchor, ...]) -> None:
        self._records = records
        self._now = now
        self._anchors = anchors
        self._keys: dict[Name, tuple[Key, ...]] = {}
        self._used: dict[tuple[Name, Kind], tuple[dns.rrset.RRset, Signature]] = {}
        self._denials = Denials(records)
        self._steps = self._checks = self._digests = 0

    def of(self, texts: tuple[bytes, ...]) -> Proven:
        """What was found, with everything that was used."""
        signatures = [signature for _, signature in self._used.values()]
        return Proven(
            texts,
            # What was asked for stands first, the root last.
            tuple(reversed(self._used.values())),
            min(one.expiration for one in signatures),
            min(one.original_ttl for one in signatures),
        )

    def alias(self, name: Name) -> Name:
        """Where a name leads on: by its CNAME, or by the DNAME of one above it (RFC 6672)."""
        # One that a DNAME means comes without a signature of its own, and is worked out here.
        if self._records.signatures(name, Kind.CNAME):
            return self._target(name, Kind.CNAME)
        above = name
        while above != dns.name.root:
            above = above.parent()
            if self._records.get(above, Kind.DNAME) is not None:
                try:
                    return name.relativize(above).concatenate(self._target(above, Kind.DNAME))
                except dns.name.NameTooLong:
                    raise WrongSignature(above, "an alias that is too long") from None
        if self._records.get(name, Kind.CNAME) is not None:
            raise Unsigned(name, "no signature over CNAME")
        raise NothingThere(name, "no record")

    def _target(self, name: Name, kind: Kind) -> Name:
        # A set of these kinds holds one record, whatever came.
        target: Name = self.verified(name, kind)[0].target
        return target

    def verified(self, name: Name, kind: Kind) -> dns.rrset.RRset:
        """The set, if one of its signatures holds; `ProofError` otherwise."""
        if (name, kind) in self._used:
            return self._used[name, kind][0]
        found = self._records.get(name, kind)
        if found is None:
            raise Unsigned(name, f"no {kind.name}")
        signatures = self._records.signatures(name, kind)
        timely = [one for one in signatures if one.inception <= self._now <= one.expiration]
        if not signatures:
            raise Unsigned(name, f"no signature over {kind.name}")
        if not timely:
            raise OutOfDate(signatures[0].signer, f"the signature over {kind.name}")
        problem: ProofError = WrongSignature(name, f"no signature over {kind.name} holds")
        for signature in timely:
            try:
                self._verify(found, signature)
            except TooCostly:
                raise
            except ProofError as error:
                problem = error
            else:
                return found
        raise problem

    def _verify(self, found: dns.rrset.RRset, signature: Signature) -> None:
        """RFC 4035, 5.3: one signature, by a key of the zone that it names."""
        name, kind, zone = found.name, found.rdtype, signature.signer.canonicalize()
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise TooCostly(zone, "ways to the root")
        is_below = name.is_subdomain(zone) and (kind is not Kind.DS or name != zone)
        if not is_below:
            raise WrongSignature(zone, "it signs what is not its own")
        labels = len(name) - 1 - name.is_wild()
        if signature.labels > labels:
            raise WrongSignature(zone, "a signature over another name")
        self._hold(found, signature, self._zone_keys(zone))
        if signature.labels < labels:
            self._deny(found, signature, zone)
        self._used[name, kind] = (found, signature)

    def _deny(self, found: dns.rrset.RRset, signature: Signature, zone: Name) -> None:
        """RFC 4035, 5.3.4: a wildcard answers only for names that are proven not to be there."""
        if found.rdtype not in (Kind.TXT, Kind.CNAME):
            raise WrongSignature(zone, "a wildcard where none can be")
        for denial in self._denials.of(found.name, signature.labels, zone):
            over = self._records.signatures(denial.name, denial.rdtype)
            if any(one.signer.canonicalize() == zone for one in over):
                self.verified(denial.name, denial.rdtype)
                return
        raise WrongSignature(zone, "a wildcard, and no proof that the name is not there")

    def _zone_keys(self, zone: Name) -> tuple[Key, ...]:
        """The keys of a zone that its parent vouches for, or the anchors for the root."""
        if zone not in self._keys:
            if len(self._keys) >= MAX_ZONES:
                raise TooCostly(zone, "one zone below the other")
            is_root = zone == dns.name.root
            vouched = self._anchors if is_root else tuple(self.verified(zone, Kind.DS))
            self._keys[zone] = self._vouched_for(zone, vouched)
        return self._keys[zone]

    def _vouched_for(self, zone: Name, vouched: tuple[Anchor, ...]) -> tuple[Key, ...]:
        """RFC 4035, 5.2: a key that a digest of the parent's names signs all keys of the zone."""
        found = self._records.get(zone, Kind.DNSKEY)
        if found is None:
            raise Unsigned(zone, "no keys")
        usable = tuple(key for key in found if _is_usable(key))
        entry = tuple(key for key in usable if self._is_named(zone, key, vouched))
        if not entry:
            raise WrongSignature(zone, "keys that its parent does not know")
        signatures = [
            one
            for one in self._records.signatures(zone, Kind.DNSKEY)
            if one.signer.canonicalize() == zone and one.labels == len(zone) - 1
        ]
        timely = [one for one in signatures if one.inception <= self._now <= one.expiration]
        if signatures and not timely:
            raise OutOfDate(zone, "the signature over its keys")
        for signature in timely:
            try:
                self._hold(found, signature, entry)
            except WrongSignature:
                continue
            self._used[zone, Kind.DNSKEY] = (found, signature)
            return usable
        raise WrongSignature(zone, "no signature over its keys holds")

    def _is_named(self, zone: Name, key: Key, vouched: tuple[Anchor, ...]) -> bool:
        for one in vouched:
            fits = one.key_tag == key.key_id() and one.algorithm == key.algorithm
            if not fits or one.digest_type not in _DIGESTS:
                continue
            self._digests += 1
            if self._digests > MAX_DIGESTS:
                raise TooCostly(zone, "digests of keys")
            if dns.dnssec.make_ds(zone, key, one.digest_type).digest == one.digest:
                return True
        return False

    def _hold(self, found: dns.rrset.RRset, signature: Signature, keys: tuple[Key, ...]) -> None:
        """Tries the keys with the signature's tag; `WrongSignature` if none has made it."""
        zone = signature.signer.canonicalize()
        fitting = [
            key
            for key in keys
            if key.key_id() == signature.key_tag and key.algorithm == signature.algorithm
        ]
        for key in fitting[:MAX_SAME_TAG]:
            self._checks += 1
            if self._checks > MAX_CHECKS:
                raise TooCostly(zone, "signatures")
            if _holds(found, signature, zone, key, self._now):
                return
        raise WrongSignature(zone, f"a signature over {found.rdtype.name} of {found.name}")


def _holds(found: dns.rrset.RRset, signature: Signature, zone: Name, key: Key, now: int) -> bool:
    keys = dns.rdataset.from_rdata(0, key)
    try:
        dns.dnssec.validate_rrsig(
            found, signature, {zone: keys}, None, now, dns.dnssec.allow_all_policy
        )
    except (dns.exception.DNSException, ValueError):
        return False
    return True


def _is_usable(key: Key) -> bool:
    """A zone's key (RFC 4034, 2.1), not revoked (RFC 5011), of an algorithm that is believed."""
    is_zones = bool(key.flags & _ZONE_KEY) and not key.flags & _REVOKED and key.protocol == 3
    if not is_zones or key.algorithm not in _ALGORITHMS:
        return False
    return key.algorithm not in _RSA or _is_sound_rsa(key.key)


def _is_sound_rsa(data: bytes) -> bool:
    """RFC 3110: the length of the exponent, the exponent, the modulus."""
    if len(data) < 3:
        return False
    size, at = (data[0], 1) if data[:1] != b"\0" else (int.from_bytes(data[1:3], "big"), 3)
    modulus = data[at + size :].lstrip(b"\0")
    bits = int.from_bytes(modulus[:520], "big").bit_length()
    return 0 < size <= _MAX_EXPONENT and bits in _RSA_BITS and len(modulus) <= 512
