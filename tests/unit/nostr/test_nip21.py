"""NIP-21: links in texts."""

import nostr_sdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tipdesk.base.errors import DecodeError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.nostr import nip21
from tipdesk.nostr.nip19 import EventPointer, ProfilePointer, encode_npub
from tipdesk.nostr.nip21 import LinkSpan, find_links, read_link

NPUB = "npub1sn0wdenkukak0d9dfczzeacvhkrgz92ak56egt7vdgzn8pv2wfqqhrjdv9"
NEVENT = (
    "nevent1qqstna2yrezu5wghjvswqqculvvwxsrcvu7uc0f78gan4xqhvz49d9spr3mhxue69uhkummnw3ez6un9d3shjt"
    "n4de6x2argwghx6egpr4mhxue69uhkummnw3ez6ur4vgh8wetvd3hhyer9wghxuet5nxnepm"
)
NSEC = "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"
ANA = XOnlyPubkey.from_hex("84dee6e676e5bb67b4ad4e042cf70cbd8681155db535942fcc6a0533858a7240")


def test_the_examples_of_the_nip_are_links() -> None:
    assert read_link(f"nostr:{NPUB}") == ProfilePointer(ANA)
    event = read_link(f"NOSTR:{NEVENT}")
    assert isinstance(event, EventPointer)
    assert event.relays == ("wss://nostr-relay.untethr.me", "wss://nostr-pub.wellorder.net")
    assert nostr_sdk.Nip21.parse(f"nostr:{NPUB}").to_nostr_uri() == f"nostr:{encode_npub(ANA)}"
    assert read_link(f" {NPUB} ") == ProfilePointer(ANA)
    assert read_link(f"nostr://{NPUB}") == ProfilePointer(ANA)


@pytest.mark.parametrize("text", ["", "nostr:", f"https:{NPUB}", f"nostr:{NSEC}", "nostr:nrelay1x"])
def test_other_texts_and_secrets_are_no_links(text: str) -> None:
    with pytest.raises(DecodeError):
        read_link(text)


def test_links_are_found_where_they_stand() -> None:
    text = f"hi nostr:{NPUB}, see (nostr:{NEVENT}). @{NPUB}"
    spans = find_links(text)
    assert [text[span.start : span.end] for span in spans] == [
        f"nostr:{NPUB}",
        f"nostr:{NEVENT}",
        f"@{NPUB}",
    ]
    assert spans[0] == LinkSpan(3, 3 + 6 + len(NPUB), ProfilePointer(ANA))


@pytest.mark.parametrize(
    "text",
    [
        NPUB,
        f"nostr:{NSEC}",
        f"nostr:{NPUB[:-1]}q",
        f"nostr:{NPUB}x",
        f"https://njump.example/nostr:{NPUB}",
        f"someone@{NPUB}",
        f"xnostr:{NPUB}",
        "nostr:npub1",
    ],
)
def test_what_is_no_link_stays_text(text: str) -> None:
    assert find_links(text) == ()


def test_a_text_full_of_links_is_looked_through_to_a_bound() -> None:
    assert len(find_links(f"nostr:{NPUB} " * (nip21.MAX_LINKS + 5))) == nip21.MAX_LINKS


@given(st.lists(st.sampled_from([f"nostr:{NPUB}", "nostr:", "@npub1", " ", "x", NPUB, "\u2764"])))
def test_spans_are_apart_in_order_and_read_as_links(parts: list[str]) -> None:
    text = "".join(parts)
    end = 0
    for span in find_links(text):
        assert end <= span.start < span.end
        end = span.end
        assert read_link(text[span.start : span.end].removeprefix("@")) == span.pointer
