"""NIP-05: identifiers and the lists of names that domains publish."""

import json

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr import nip05
from tipdesk.nostr.nip05 import Identifier, NamedPerson, read_identifier, read_names

BOB = XOnlyPubkey.from_hex("b0635d6a9851d3aed0cd6c495b282167acf761729078d975fc341b22650b07b9")
RELAYS = ["wss://relay.example.com", "nonsense", 5]


def test_an_identifier_leads_to_the_list_of_its_domain() -> None:
    bob = read_identifier(" Bob@Example.com ")
    assert bob == Identifier("bob", "example.com")
    assert bob.url == "https://example.com/.well-known/nostr.json?name=bob"
    assert bob.url == nostr_sdk.Nip05Address.parse("bob@example.com").url()
    assert bob.shown == "bob@example.com"


def test_the_root_name_is_shown_as_its_domain_and_a_domain_means_it() -> None:
    assert read_identifier("_@bob.com").shown == "bob.com"
    assert read_identifier("bob.com") == Identifier("_", "bob.com")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bob",
        "bob@",
        "@example.com",
        "b ob@example.com",
        "bob+x@example.com",
        "bob@example.com/path",
        "bob@example.com:8080",
        "bob@exa_mple.com",
        "bob@-example.com",
        "bob@127.0.0.1:80",
        "bob@localhost",
        "a@b@example.com",
        "b\u00f6b@example.com",
        "bob@ex\u0430mple.com",
    ],
)
def test_other_texts_are_no_identifiers(text: str) -> None:
    with pytest.raises(nip05.NotAnIdentifier):
        read_identifier(text)


def test_in_practice_a_domain_may_be_a_port_of_this_machine() -> None:
    bob = read_identifier("bob@127.0.0.1:9000", practice=True)
    assert bob.url == "http://127.0.0.1:9000/.well-known/nostr.json?name=bob"


def test_the_example_of_the_nip_names_its_person_and_their_relays() -> None:
    fields = {"names": {"bob": BOB.hex()}, "relays": {BOB.hex(): RELAYS}}
    data = json.dumps(fields).encode()
    assert read_names(data, "bob") == NamedPerson(BOB, ("wss://relay.example.com",))
    assert read_names(data, "ana") is None
    theirs = nostr_sdk.Nip05Address.parse("bob@example.com")
    key = nostr_sdk.PublicKey.parse(BOB.hex())
    assert nostr_sdk.nip05_verify_from_json(key, theirs, data.decode())


@pytest.mark.parametrize("named", [BOB.hex().upper(), 5, None, "npub1x", BOB.hex()[:-1]])
def test_a_name_of_no_hexadecimal_key_is_nobodys(named: object) -> None:
    assert read_names(json.dumps({"names": {"bob": named}}).encode(), "bob") is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"names":[]}', b"\xff", b"<html>"])
def test_other_answers_are_no_lists(data: bytes) -> None:
    with pytest.raises(nip05.NotANameList):
        read_names(data, "bob")


@pytest.mark.parametrize("relays", [[], 5, {BOB.hex(): 5}, {"x": []}])
def test_odd_relays_cost_no_name(relays: object) -> None:
    data = json.dumps({"names": {"bob": BOB.hex()}, "relays": relays}).encode()
    assert read_names(data, "bob") == NamedPerson(BOB)


@given(st.text(max_size=40))
def test_no_text_makes_a_request_to_anywhere_but_the_domain(text: str) -> None:
    try:
        identifier = read_identifier(text)
    except nip05.NotAnIdentifier:
        return
    assert identifier.url.startswith(f"https://{identifier.domain}/.well-known/nostr.json?name=")
    assert set("/?#@:%") & set(identifier.domain + identifier.local) == set()
