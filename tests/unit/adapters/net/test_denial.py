"""Wildcards: believed only where it is proven that the name itself is not there."""

import base64
import hashlib
from typing import Any

import dns.name
import dns.rrset
import pytest

from tests.zones import DS, NOW, TXT, Key, RRset, Tree, Zone, name, usual_tree, with_signature
from tipdesk.adapters.net.denial import MAX_ITERATIONS
from tipdesk.adapters.net.dns_records import Records
from tipdesk.adapters.net.dnssec import Proven, WrongSignature, prove_texts

PAY = "bob.user.ana.example."
WILD = "*.user.ana.example."


def expanded(zone: Zone, owner: str = PAY, kind: str = "TXT", text: str = '"any"') -> list[RRset]:
    """A wildcard's records as a server gives them for a name, with the wildcard's signature."""
    signature = zone.signed(zone.set(WILD, kind, text))[0]
    at = name(owner)
    return [zone.set(owner, kind, text), dns.rrset.from_rdata(at, 1, signature)]


def prove(tree: Tree, owner: str = PAY) -> Proven:
    found = Records()
    for one in tree.all_records():
        for rdata in one:
            found.add(one.name, one.ttl, rdata)
    return prove_texts(found, name(owner), NOW, (tree.zones[0].anchor,))


def asked(*denials: RRset, **given: Any) -> Proven:
    """What the wildcard's answer proves beside these, signed by its zone."""
    tree, _, _, ana = usual_tree()
    tree.hold((name(PAY), TXT), *expanded(ana, **given))
    for number, one in enumerate(denials):
        tree.hold((name(f"denial{number}."), TXT), *with_signature(ana, one))
    return prove(tree)


def gap(owner: str, following: str, kinds: str = "TXT RRSIG NSEC") -> RRset:
    return Zone("ana.example.").set(owner, "NSEC", f"{following} {kinds}")


def hashed(of: str, salt: bytes = b"", iterations: int = 0) -> int:
    wire = name(of).to_wire()
    assert wire is not None
    digest = hashlib.sha1(wire + salt).digest()
    for _ in range(iterations):
        digest = hashlib.sha1(digest + salt).digest()
    return int.from_bytes(digest, "big")


def coded(number: int) -> str:
    return base64.b32hexencode(number.to_bytes(20, "big")).decode().lower()


def hashed_gap(
    first: int, after: int, *, flags: int = 0, iterations: int = 0, salt: str = "-"
) -> RRset:
    record = f"1 {flags} {iterations} {salt} {coded(after)} TXT RRSIG"
    return Zone("ana.example.").set(f"{coded(first)}.ana.example.", "NSEC3", record)


HASH = hashed(PAY)


@pytest.mark.parametrize(
    "denial",
    [
        gap(WILD, "zoe.user.ana.example."),
        gap("alice.user.ana.example.", "carol.user.ana.example."),
        gap("x.alice.user.ana.example.", "ana.example."),
        gap(WILD, "ana.example.", "CNAME RRSIG NSEC"),
        hashed_gap(HASH - 1, HASH + 1),
        hashed_gap(HASH + 5, HASH + 1),
        hashed_gap(HASH - 1, HASH - 5),
        hashed_gap(HASH - 1, HASH - 1),
    ],
)
def test_a_wildcard_answers_for_a_name_that_is_proven_not_to_be_there(denial: RRset) -> None:
    found = asked(denial)
    assert found.texts == (b"any",)
    assert denial.rdtype in {one.rdtype for one, _ in found.used}


def test_hashes_are_salted_and_repeated() -> None:
    number = hashed(PAY, b"\xaa\xbb", 3)
    assert asked(hashed_gap(number - 1, number + 1, iterations=3, salt="aabb")).texts == (b"any",)


@pytest.mark.parametrize(
    "denial",
    [
        # The name is there, or is not in the gap.
        gap(PAY, "zoe.user.ana.example."),
        gap("a.user.ana.example.", "b.user.ana.example."),
        gap("a.user.ana.example.", PAY),
        gap("carol.user.ana.example.", "zoe.user.ana.example."),
        # A gap of another zone, or one that ends outside.
        gap("alice.user.ana.example.", "carol.user.bela.example."),
        # It says nothing of what lies below it: a delegation, an alias of all below.
        gap("user.ana.example.", "zoe.ana.example.", "NS RRSIG NSEC"),
        gap("user.ana.example.", "zoe.ana.example.", "DNAME RRSIG NSEC"),
        # The wildcard that would stand nearer is not *.user: then this one does not apply.
        gap("ana.example.", "zoe.ana.example."),
        hashed_gap(HASH, HASH + 1),
        hashed_gap(HASH - 2, HASH),
        hashed_gap(HASH + 1, HASH + 9),
        hashed_gap(HASH, HASH),
        hashed_gap(HASH - 1, HASH + 1, flags=1),
        hashed_gap(HASH - 1, HASH + 1, flags=2),
        hashed_gap(HASH - 1, HASH + 1, iterations=1),
        hashed_gap(
            hashed(PAY, b"", MAX_ITERATIONS + 1) - 1,
            hashed(PAY, b"", MAX_ITERATIONS + 1) + 1,
            iterations=MAX_ITERATIONS + 1,
        ),
    ],
)
def test_a_gap_in_which_the_name_is_not_proves_nothing(denial: RRset) -> None:
    with pytest.raises(WrongSignature, match="wildcard"):
        asked(denial)


def test_a_name_between_the_wildcard_and_the_one_asked_for_is_nearer() -> None:
    """RFC 4592: *.user does not answer for a.bob.user where bob.user is there."""
    tree, _, _, ana = usual_tree()
    owner = f"a.{PAY}"
    tree.hold((name(owner), TXT), *expanded(ana, owner))
    tree.hold((name("d."), TXT), *with_signature(ana, gap(PAY, "zoe.user.ana.example.")))
    with pytest.raises(WrongSignature, match="wildcard"):
        prove(tree, owner)
    # By hashes it is the name next below the wildcard's parent that must not be there.
    number = hashed(owner)
    denial = hashed_gap(number - 1, number + 1)
    tree.hold((name("d."), TXT), *with_signature(ana, denial))
    with pytest.raises(WrongSignature, match="wildcard"):
        prove(tree, owner)
    tree.hold((name("d."), TXT), *with_signature(ana, hashed_gap(HASH - 1, HASH + 1)))
    assert prove(tree, owner).texts == (b"any",)


def test_a_gap_that_is_not_signed_by_the_zone_proves_nothing() -> None:
    tree, _, top, ana = usual_tree()
    tree.hold((name(PAY), TXT), *expanded(ana))
    denial = gap(WILD, "zoe.user.ana.example.")
    for signed in ([denial], with_signature(top, denial), with_signature(ana, denial, key=Key())):
        tree.hold((name("d."), TXT), *signed)
        with pytest.raises(WrongSignature):
            prove(tree)


def test_no_wildcard_stands_for_keys_or_delegations() -> None:
    tree, _, top, ana = usual_tree()
    tree.put(ana, "pay.ana.example.", "TXT", '"yes"')
    wild = dns.rrset.from_rdata(name("*.example."), 3_600, *ana.ds)
    signature = dns.rrset.from_rdata(ana.origin, 1, top.signed(wild)[0])
    tree.replies[ana.origin, DS].answer = [ana.ds, signature]
    with pytest.raises(WrongSignature, match="where none can be"):
        prove(tree, "pay.ana.example.")
