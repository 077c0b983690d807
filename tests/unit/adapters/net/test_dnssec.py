"""DNSSEC: what is proven from the root down, and everything that proves nothing."""

import struct
from collections.abc import Iterable
from typing import Any

import dns.dnssec
import dns.name
import dns.node
import dns.rdata
import dns.rdataset
import dns.rdatatype
import dns.rrset
import pytest

from tests.zones import (
    CNAME,
    DAY,
    DNSKEY,
    DS,
    NOW,
    RRSIG,
    TXT,
    Key,
    RRset,
    Times,
    Tree,
    Zone,
    name,
    usual_tree,
    with_signature,
)
from tipdesk.adapters.net import dns_records, dnssec
from tipdesk.adapters.net.dns_records import MalformedProof, Records
from tipdesk.adapters.net.dnssec import (
    NothingThere,
    OutOfDate,
    ProofError,
    Proven,
    TooCostly,
    Unsigned,
    WrongSignature,
    prove_texts,
)

PAY = "pay.ana.example."


def records(sets: Iterable[RRset]) -> Records:
    found = Records()
    for one in sets:
        for rdata in one:
            found.add(one.name, one.ttl, rdata)
    return found


def prove(tree: Tree, at: str = PAY, now: int = NOW) -> Proven:
    root = tree.zones[0]
    return prove_texts(records(tree.all_records()), name(at), now, (root.anchor,))


def replaced(tree: Tree, question: tuple[dns.name.Name, Any], *sets: RRset) -> None:
    tree.replies[question].answer = list(sets)


# What holds


@pytest.mark.parametrize("algorithm", [8, 10, 13, 14, 15])
def test_a_text_is_proven_by_every_algorithm_that_is_believed(algorithm: int) -> None:
    tree, _, _, ana = usual_tree(algorithm=algorithm)
    tree.put(ana, PAY, "TXT", '"hello " "world"', '"other"')
    found = prove(tree)
    assert sorted(found.texts) == [b"hello world", b"other"]
    assert (found.valid_until, found.ttl) == (NOW + DAY, 3_600)


def test_the_proof_alone_proves_it_again_and_holds_what_it_needs() -> None:
    tree, root, _, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"')
    tree.put(ana, "other.ana.example.", "TXT", '"no"')
    data = dns_records.write(prove(tree).used)
    assert b"no" not in data
    again = prove_texts(dns_records.read(data), name(PAY), NOW, (root.anchor,))
    assert again.texts == (b"yes",)
    assert dns_records.write(again.used) == data
    # RFC 9102: what is proven stands first, the root's keys last.
    kinds = [(one.name.to_text(), one.rdtype.name) for one, _ in again.used]
    assert kinds[0] == (PAY, "TXT")
    assert kinds[-1] == (".", "DNSKEY")
    assert len(kinds) == 6


def test_dnspython_agrees_with_every_signature_in_a_proof() -> None:
    tree, _, _, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"')
    used = prove(tree).used
    keys: dict[dns.name.Name, dns.node.Node | dns.rdataset.Rdataset] = {
        one.name: dns.rdataset.from_rdata(0, *one) for one, _ in used if one.rdtype is DNSKEY
    }
    for found, signature in used:
        dns.dnssec.validate(found, dns.rrset.from_rdata(found.name, 0, signature), keys, now=NOW)


def test_the_first_end_and_the_shortest_life_in_the_chain_count() -> None:
    tree, root, top, ana = usual_tree()
    soon = Times(NOW - DAY, NOW + 60)
    replaced(tree, (ana.origin, DS), *with_signature(top, ana.ds, times=soon))
    root.ttl = 42
    replaced(tree, (root.origin, DNSKEY), *with_signature(root, root.dnskey))
    tree.put(ana, PAY, "TXT", '"yes"')
    found = prove(tree)
    assert (found.valid_until, found.ttl) == (NOW + 60, 42)


def test_names_in_any_case_are_the_same() -> None:
    tree, _, _, ana = usual_tree()
    tree.put(ana, PAY.upper(), "TXT", '"yes"')
    assert prove(tree, "pAy.aNa.eXample.").texts == (b"yes",)


def test_a_zone_may_sign_its_keys_by_one_and_all_else_by_another() -> None:
    tree, _, _, ana = usual_tree()
    second = Key(flags=256)
    ana.keys.append(second)
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana, ana.dnskey))
    tree.put(ana, PAY, "TXT", '"yes"', key=second)
    assert prove(tree).texts == (b"yes",)


def test_one_good_signature_among_bad_ones_is_enough() -> None:
    tree, _, _, ana = usual_tree()
    found = tree.put(ana, PAY, "TXT", '"yes"')
    old = ana.signed(found, times=Times(NOW - 2 * DAY, NOW - DAY))
    foreign = ana.signed(found, key=Key())
    tree.replies[found.name, TXT].answer += [old, foreign]
    assert prove(tree).texts == (b"yes",)


# Aliases


def test_aliases_are_followed_and_each_is_proven() -> None:
    tree, _, top, ana = usual_tree()
    bela = Zone("bela.example.", top)
    tree = Tree(*tree.zones, bela)
    tree.put(ana, PAY, "CNAME", "pay.bela.example.")
    tree.put(bela, "pay.bela.example.", "TXT", '"yes"')
    found = prove(tree)
    assert found.texts == (b"yes",)
    assert {one.rdtype for one, _ in found.used} == {TXT, CNAME, DNSKEY, DS}
    tree.replies[name(PAY), TXT].answer[1] = ana.signed(
        tree.replies[name(PAY), TXT].answer[0], key=Key()
    )
    with pytest.raises(WrongSignature):
        prove(tree)


def test_a_dname_leads_all_names_below_it_elsewhere() -> None:
    tree, _, top, ana = usual_tree()
    bela = Zone("bela.example.", top)
    tree = Tree(*tree.zones, bela)
    tree.put(ana, "x.ana.example.", "DNAME", "y.bela.example.")
    tree.put(bela, "a.b.y.bela.example.", "TXT", '"yes"')
    # What a server works out of a DNAME comes without a signature (RFC 6672, 3.1).
    worked_out = ana.set("a.b.x.ana.example.", "CNAME", "evil.bela.example.")
    tree.hold((worked_out.name, TXT), worked_out)
    assert prove(tree, "a.b.x.ana.example.").texts == (b"yes",)
    with pytest.raises(NothingThere):
        prove(tree, "x.ana.example.")


def test_an_alias_without_a_signature_leads_nowhere() -> None:
    tree, _, _, ana = usual_tree()
    tree.hold((name(PAY), TXT), ana.set(PAY, "CNAME", "yes.ana.example."))
    tree.put(ana, "yes.ana.example.", "TXT", '"yes"')
    with pytest.raises(Unsigned):
        prove(tree)


@pytest.mark.parametrize("length", [1, 30])
def test_aliases_that_lead_on_and_on_end(length: int) -> None:
    tree, _, _, ana = usual_tree()
    for number in range(length):
        here, there = (f"n{(number + k) % length}.ana.example." for k in (0, 1))
        tree.put(ana, here, "CNAME", there)
    with pytest.raises(TooCostly):
        prove(tree, "n0.ana.example.")


def test_a_dname_that_makes_a_name_too_long_is_refused() -> None:
    tree, _, _, ana = usual_tree()
    long = ".".join(["x" * 60] * 3)
    tree.put(ana, "d.ana.example.", "DNAME", f"{long}.ana.example.")
    with pytest.raises(WrongSignature, match="too long"):
        prove(tree, f"{long}.d.ana.example.")


# What does not hold


def forged_text(tree: Tree, ana: Zone) -> None:
    found = tree.put(ana, PAY, "TXT", '"yes"')
    replaced(tree, (found.name, TXT), ana.set(PAY, "TXT", '"forged"'), ana.signed(found))


def other_key(tree: Tree, ana: Zone) -> None:
    tree.put(ana, PAY, "TXT", '"yes"', key=Key())


def other_zones_key(tree: Tree, ana: Zone) -> None:
    """A neighbour signs what is not its own."""
    bela = Zone("bela.example.", ana.parent)
    for zone, origin in ((bela, bela.origin),):
        tree.hold((origin, DNSKEY), *with_signature(zone, zone.dnskey))
        assert zone.parent is not None
        tree.hold((origin, DS), *with_signature(zone.parent, zone.ds))
    tree.put(bela, PAY, "TXT", '"yes"')


def keys_of_nobody(tree: Tree, ana: Zone) -> None:
    """The zone's keys are replaced, and signed by themselves."""
    ana.key = Key()
    ana.keys = [ana.key]
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana, ana.dnskey))
    tree.put(ana, PAY, "TXT", '"yes"')


def another_keys_digest(tree: Tree, ana: Zone) -> None:
    """The parent vouches for a key of the same tag, and not for this one."""
    assert ana.parent is not None
    other = ana.ds[0].replace(digest=b"\x01" * 32)
    vouched = dns.rrset.from_rdata(ana.origin, 1, other)
    replaced(tree, (ana.origin, DS), *with_signature(ana.parent, vouched))
    tree.put(ana, PAY, "TXT", '"yes"')


def own_ds(tree: Tree, ana: Zone) -> None:
    """A zone vouches for itself."""
    replaced(tree, (ana.origin, DS), *with_signature(ana, ana.ds))
    tree.put(ana, PAY, "TXT", '"yes"')


def keys_signed_by_parent(tree: Tree, ana: Zone) -> None:
    assert ana.parent is not None
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana.parent, ana.dnskey))
    tree.put(ana, PAY, "TXT", '"yes"')


def revoked_key(tree: Tree, ana: Zone) -> None:
    ana.key.rdata = ana.key.rdata.replace(flags=257 | 0x80)
    ana.keys = [ana.key]
    assert ana.parent is not None
    replaced(tree, (ana.origin, DS), *with_signature(ana.parent, ana.ds))
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana, ana.dnskey))
    tree.put(ana, PAY, "TXT", '"yes"')


def key_of_no_zone(tree: Tree, ana: Zone) -> None:
    second = Key(flags=0)
    ana.keys.append(second)
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana, ana.dnskey))
    tree.put(ana, PAY, "TXT", '"yes"', key=second)


def signature_of_another_name(tree: Tree, ana: Zone) -> None:
    other = ana.set("other.ana.example.", "TXT", '"yes"')
    signature = dns.rrset.from_rdata(name(PAY), 0, ana.signed(other)[0])
    tree.hold((name(PAY), TXT), ana.set(PAY, "TXT", '"yes"'), signature)


def signature_of_another_life(tree: Tree, ana: Zone) -> None:
    found = ana.set(PAY, "TXT", '"yes"')
    signature = ana.signed(found)[0].replace(original_ttl=9)
    tree.hold((name(PAY), TXT), found, dns.rrset.from_rdata(name(PAY), 0, signature))


def more_labels_than_there_are(tree: Tree, ana: Zone) -> None:
    found = ana.set(PAY, "TXT", '"yes"')
    signature = ana.signed(found)[0].replace(labels=9)
    tree.hold((name(PAY), TXT), found, dns.rrset.from_rdata(name(PAY), 0, signature))


@pytest.mark.parametrize(
    "spoil",
    [
        forged_text,
        other_key,
        other_zones_key,
        keys_of_nobody,
        another_keys_digest,
        own_ds,
        keys_signed_by_parent,
        revoked_key,
        key_of_no_zone,
        signature_of_another_name,
        signature_of_another_life,
        more_labels_than_there_are,
    ],
)
def test_what_was_not_signed_as_it_should_is_refused(spoil: Any) -> None:
    tree, _, _, ana = usual_tree()
    spoil(tree, ana)
    with pytest.raises(WrongSignature):
        prove(tree)


@pytest.mark.parametrize(
    "gone", [(PAY, TXT), ("ana.example.", DNSKEY), ("ana.example.", DS), (".", DNSKEY)]
)
def test_without_its_signatures_nothing_is_proven(gone: tuple[str, Any]) -> None:
    tree, _, _, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"')
    reply = tree.replies[name(gone[0]), gone[1]]
    reply.answer = [one for one in reply.answer if one.rdtype is not RRSIG]
    with pytest.raises((Unsigned, WrongSignature)):
        prove(tree)


def test_a_zone_without_a_parents_word_is_unsigned() -> None:
    tree, _, _, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"')
    del tree.replies[ana.origin, DS]
    with pytest.raises(Unsigned) as refused:
        prove(tree)
    assert refused.value.zone == "ana.example"


@pytest.mark.parametrize("shift", [-2 * DAY, 2 * DAY])
@pytest.mark.parametrize("owner", [PAY, "ana.example.", "example.", "."])
def test_a_signature_of_another_time_is_told_as_that(owner: str, shift: int) -> None:
    tree, root, top, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"')
    times = Times(NOW - DAY + shift, NOW + DAY + shift)
    zone = {PAY: ana, "ana.example.": ana, "example.": top, ".": root}[owner]
    question = (name(owner), TXT if owner == PAY else DNSKEY)
    found = tree.replies[question].answer[0]
    replaced(tree, question, *with_signature(zone, found, times=times))
    with pytest.raises(OutOfDate):
        prove(tree)


def test_times_are_held_to_the_second() -> None:
    tree, _, _, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"', times=Times(NOW, NOW + 10))
    for now in (NOW, NOW + 10):
        assert prove(tree, now=now).texts == (b"yes",)
    for now in (NOW - 1, NOW + 11):
        with pytest.raises(OutOfDate):
            prove(tree, now=now)


@pytest.mark.parametrize("given", [{"algorithm": 5}, {"algorithm": 7}, {"digest": "SHA1"}])
def test_weak_algorithms_and_digests_are_not_believed(given: dict[str, Any]) -> None:
    tree, _, _, ana = usual_tree(**given)
    tree.put(ana, PAY, "TXT", '"yes"')
    with pytest.raises(WrongSignature):
        prove(tree)


def test_rsa_keys_that_are_too_short_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    tree, _, _, ana = usual_tree(algorithm=8)
    tree.put(ana, PAY, "TXT", '"yes"')
    assert prove(tree).texts == (b"yes",)
    # cryptography makes none that are really too short.
    monkeypatch.setattr(dnssec, "_RSA_BITS", range(2_049, 4_097))
    with pytest.raises(WrongSignature):
        prove(tree)


@pytest.mark.parametrize(
    ("key", "sound"),
    [
        (b"\x03\x01\x00\x01" + b"\xff" * 128, True),
        (b"\x03\x01\x00\x01" + b"\xff" * 512, True),
        (b"\x00\x00\x03\x01\x00\x01" + b"\xff" * 256, True),
        (b"\x03\x01\x00\x01" + b"\x7f" + b"\xff" * 127, False),
        (b"\x03\x01\x00\x01" + b"\0" * 64 + b"\xff" * 120, False),
        (b"\x03\x01\x00\x01" + b"\xff" * 513, False),
        (b"\x06" + b"\x01" * 6 + b"\xff" * 256, False),
        (b"\x00\x01\x00" + b"\x01" * 256 + b"\xff" * 256, False),
        (b"\x00", False),
        (b"", False),
    ],
)
def test_rsa_keys_have_a_sound_length(key: bytes, sound: bool) -> None:
    assert dnssec._is_sound_rsa(key) is sound


@pytest.mark.parametrize("length", [0, 1, 63, 65, 256, 1_000])
@pytest.mark.parametrize("algorithm", [8, 13, 14, 15])
def test_keys_and_signatures_of_odd_lengths_are_refused(algorithm: int, length: int) -> None:
    tree, _, _, ana = usual_tree(algorithm=algorithm)
    found = tree.put(ana, PAY, "TXT", '"yes"')
    reply = tree.replies[found.name, TXT]
    right = reply.answer[1]
    odd = right[0].replace(signature=b"\x01" * length)
    reply.answer[1] = dns.rrset.from_rdata(found.name, 1, odd)
    with pytest.raises(WrongSignature):
        prove(tree)
    reply.answer[1] = right
    ana.key.rdata = ana.key.rdata.replace(key=b"\x03\x01\x00\x01"[:length] + b"\xff" * length)
    ana.keys = [ana.key]
    assert ana.parent is not None
    replaced(tree, (ana.origin, DS), *with_signature(ana.parent, ana.ds))
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana, ana.dnskey))
    with pytest.raises(WrongSignature):
        prove(tree)


def test_another_root_proves_nothing() -> None:
    tree, _, _, ana = usual_tree()
    tree.put(ana, PAY, "TXT", '"yes"')
    sets = records(tree.all_records())
    with pytest.raises(WrongSignature, match="the root"):
        prove_texts(sets, name(PAY), NOW, (Zone(".").anchor,))
    with pytest.raises(WrongSignature, match="the root"):
        prove_texts(sets, name(PAY), NOW)


# Costs (KeyTrap, CVE-2023-50387)


def same_tag(key: Key, count: int) -> list[Any]:
    """Keys that prove nothing, all with the tag of another (RFC 4034, appendix B)."""
    made = []
    for number in range(count):
        body = bytearray(key.rdata.key)
        # Two octets at even places change places with their sum kept.
        step = number + 1
        first, second = struct.unpack_from("!HH", body, 0)
        struct.pack_into("!HH", body, 0, (first + step) % 65_536, (second - step) % 65_536)
        other = key.rdata.replace(key=bytes(body))
        if other.key_id() == key.rdata.key_id():
            made.append(other)
    return made


def test_many_keys_of_one_tag_cost_no_more_than_two_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    tree, _, _, ana = usual_tree()
    many = same_tag(ana.key, 30)
    assert len(many) > 20
    keys = dns.rrset.from_rdata(ana.origin, 1, *many, ana.key.rdata)
    replaced(tree, (ana.origin, DNSKEY), *with_signature(ana, keys))
    found = tree.put(ana, PAY, "TXT", '"yes"')
    bad = ana.signed(found)[0].replace(signature=b"\x01" * 64)
    tree.replies[found.name, TXT].answer[1] = dns.rrset.from_rdata(found.name, 1, bad)
    tried = counted(monkeypatch)
    with pytest.raises(WrongSignature):
        prove(tree)
    assert len(tried) == 5 + dnssec.MAX_SAME_TAG


def test_many_keys_and_many_signatures_end_in_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    tree, _, _, ana = usual_tree()
    for number in range(30):
        here = name(f"n{number}.ana.example.")
        found = ana.set(here, "CNAME", f"n{number + 1}.ana.example.")
        bad = [ana.signed(found)[0].replace(signature=bytes([k]) * 64) for k in range(7)]
        tree.hold((here, TXT), found, dns.rrset.from_rdata(here, 1, *bad, ana.signed(found)[0]))
    tried = counted(monkeypatch)
    with pytest.raises(TooCostly):
        prove(tree, "n0.ana.example.")
    assert len(tried) <= dnssec.MAX_CHECKS


def test_ways_to_the_root_that_branch_at_every_zone_are_not_all_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Eight signers at each of thirty zones, none with keys: more ways than atoms."""
    labels = ["a"] * 30
    found = Records()
    signer = Zone("a.")
    for depth in range(len(labels), 0, -1):
        zone = name(".".join(labels[:depth]) + ".")
        owner = signer.set(
            zone,
            "DS" if depth < len(labels) else "TXT",
            *([f"1 13 2 {'00' * 32}"] if depth < len(labels) else ['"x"']),
        )
        signature = signer.signed(owner, signer=name("a."))[0]
        for up in range(1, min(9, depth)):
            above = name(".".join(labels[: depth - up]) + ".")
            found.add(owner.name, 1, signature.replace(signer=above, labels=depth))
        found.add(owner.name, 1, owner[0])
    tried = counted(monkeypatch)
    with pytest.raises(ProofError):
        prove_texts(found, name(".".join(labels) + "."), NOW)
    assert tried == []


def counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every signature that is tried."""
    tried: list[object] = []
    holds = dnssec._holds

    def count(*given: Any) -> bool:
        tried.append(given[1])
        return holds(*given)

    monkeypatch.setattr(dnssec, "_holds", count)
    return tried


def test_records_without_end_are_cut_off() -> None:
    tree, _, _, ana = usual_tree()
    with pytest.raises(MalformedProof):
        records([ana.set(PAY, "TXT", *(f'"{n}"' for n in range(dns_records.MAX_IN_SET + 1)))])
    with pytest.raises(MalformedProof):
        records(ana.set(f"n{n}.example.", "TXT", '"x"') for n in range(dns_records.MAX_RECORDS + 1))
    with pytest.raises(MalformedProof):
        dns_records.read(bytes(dns_records.MAX_PROOF + 1))
    ends = [Times(NOW, NOW + n) for n in range(dns_records.MAX_SIGNATURES_OF_SET + 1)]
    many = [ana.signed(ana.set(PAY, "TXT", '"x"'), times=one) for one in ends]
    with pytest.raises(MalformedProof):
        records(many)
    del tree


@pytest.mark.parametrize("data", [b"\0", b"\xc0\x00", b"\x01a", b"\0" * 12, b"\x40" * 20])
def test_bytes_that_are_no_records_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedProof):
        dns_records.read(data)
