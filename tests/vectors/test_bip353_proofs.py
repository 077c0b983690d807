"""BIP 353, "Example proofs": real names, with aliases and wildcards, under the real root."""

import random
from datetime import UTC, datetime

import pytest

from tests.vectors.bip353_proofs import OVERRIDE, RECORDS, SIMPLE, TWO, UNPROVEN, WILDCARD
from tipdesk.adapters.net.payment_names import check_proof
from tipdesk.base.clock import Instant
from tipdesk.ports.names import (
    NameForged,
    NameNotFound,
    NameNotSigned,
    NameOutOfDate,
    NoOfferUnderName,
    NothingUnderName,
    SeveralUnderName,
)

OFFER = (
    "lno1zr5qyugqgskrk70kqmuq7v3dnr2fnmhukps9n8hut48vkqpqnskt2svsqwjakp7k6pyhtkuxw7y2kqmsxlwruhzqv0z"
    "snhh9q3t9xhx39suc6qsr07ekm5esdyum0w66mnx8vdquwvp7dp5jp7j3v5cp6aj0w329fnkqqv60q96sz5nkrc5r95qffx"
    "002q53tqdk8x9m2tmt85jtpmcycvfnrpx3lr45h2g7na3sec7xguctfzzcm8jjqtj5ya27te60j03vpt0vq9tm2n9yxl2hn"
    "gfnmygesa25s4u4zlxewqpvp94xt7rur4rhxunwkthk9vly3lm5hh0pqv4aymcqejlgssnlpzwlggykkajp7yjs5jvr2agk"
    "yypcdlj280cy46jpynsezrcj2kwa2lyr8xvd6lfkph4xrxtk2xc3lpq"
)


def noon(day: int) -> Instant:
    """In August 2025."""
    return Instant.from_unix_seconds(int(datetime(2025, 8, day, 12, tzinfo=UTC).timestamp()))


def test_a_record_that_is_no_payment_is_passed_over() -> None:
    name, proof = SIMPLE
    with pytest.raises(NoOfferUnderName) as found:
        check_proof(proof, name, noon(7))
    assert found.value.uri == "bitcoin:?bc=bc1qztwy6xen3zdtt7z0vrgapmjtfz8acjkfp5fp7l"


def test_a_name_of_its_own_goes_before_the_wildcard() -> None:
    name, proof = OVERRIDE
    with pytest.raises(NoOfferUnderName) as found:
        check_proof(proof, name, noon(6))
    assert found.value.uri == "BITCOIN:?BC=BC1QYYQ734DCNHHCWYW8YJXSWXG4P7K9NXU0QT84QZ"


def test_an_offer_is_found_behind_a_wildcard_and_an_alias() -> None:
    name, proof = WILDCARD
    found = check_proof(proof, name.upper(), noon(8))
    assert (found.name, found.offer) == (name, OFFER)
    assert found.uri == f"bitcoin:bc1qztwy6xen3zdtt7z0vrgapmjtfz8acjkfp5fp7l?lno={OFFER}"
    # The record itself lives 30 seconds.
    assert found.expires_at.since(found.checked_at) == 30_000


def test_two_payments_under_one_name_are_refused() -> None:
    name, proof = TWO
    with pytest.raises(SeveralUnderName, match="2 different"):
        check_proof(proof, name, noon(7))


def test_a_wildcard_without_the_proof_that_the_name_is_not_there_is_refused() -> None:
    name, proof = UNPROVEN
    with pytest.raises(NameForged):
        check_proof(proof, name, noon(8))


@pytest.mark.parametrize("day", [1, 30])
def test_before_and_after_its_signatures_a_proof_proves_nothing(day: int) -> None:
    name, proof = WILDCARD
    with pytest.raises(NameOutOfDate, match="clock"):
        check_proof(proof, name, noon(day))


def test_a_proof_says_nothing_of_another_name() -> None:
    name, proof = WILDCARD
    user, _, domain = name.partition("@")
    with pytest.raises(NothingUnderName):
        check_proof(proof, f"{user}@example.com", noon(8))
    with pytest.raises(NothingUnderName):
        check_proof(proof, f"b@{domain}", noon(8))


def records_of(proof: bytes) -> list[bytes]:
    """The records in a proof, in their order."""
    found = sorted((proof.index(one), one) for one in RECORDS if one in proof)
    assert sum(len(one) for _, one in found) == len(proof)
    return [one for _, one in found]


def test_the_order_of_the_records_does_not_matter_and_each_may_come_twice() -> None:
    name, proof = WILDCARD
    records = records_of(proof) * 2
    for seed in range(5):
        random.Random(seed).shuffle(records)
        assert check_proof(b"".join(records), name, noon(8)).offer == OFFER


def test_without_any_one_of_its_records_it_proves_the_same_or_nothing() -> None:
    name, proof = WILDCARD
    records = records_of(proof)
    needed = 0
    for number in range(len(records)):
        rest = b"".join(records[:number] + records[number + 1 :])
        try:
            assert check_proof(rest, name, noon(8)).offer == OFFER
        except (NameForged, NameNotSigned, NothingUnderName):
            needed += 1
    assert needed > 15


def test_a_bit_that_is_turned_never_proves_anything_else() -> None:
    name, proof = WILDCARD
    chance = random.Random(1)
    for _ in range(400):
        at = chance.randrange(len(proof))
        turned = bytearray(proof)
        turned[at] ^= 1 << chance.randrange(8)
        try:
            found = check_proof(bytes(turned), name, noon(8))
        except NameNotFound:
            continue
        assert (found.offer, found.name) == (OFFER, name)
