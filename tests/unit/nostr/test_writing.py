"""What the tags of our posts say: NIP-10, NIP-18, NIP-22, NIP-27, hashtags."""

import pytest

from tests.fakes import CREATOR, FAN, STRANGER, sign
from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event
from tipdesk.nostr.feed import Post, parse_post
from tipdesk.nostr.nip10 import thread_of
from tipdesk.nostr.nip19 import EventPointer, encode_nevent, encode_note, encode_npub
from tipdesk.nostr.nip22 import scope_of
from tipdesk.nostr.writing import (
    RootUnknown,
    answer_to,
    deletion_tags,
    hashtags,
    merged,
    text_tags,
    written,
)

ANA, MIKA, EVE = CREATOR.x_only, FAN.x_only, STRANGER.x_only
ID = EventId(bytes(31) + b"\x01")


def post_of(event: Event) -> Post:
    post = parse_post(event)
    assert post is not None
    return post


def test_a_bare_key_becomes_a_link_and_what_stands_in_an_address_stays() -> None:
    npub = encode_npub(ANA)
    assert written(f" hello @{npub} ") == f"hello nostr:{npub}"
    assert written(f"({npub}).") == f"(nostr:{npub})."
    address = f"see https://njump.example/{npub} and nostr:{npub}"
    assert written(address) == address


def test_people_become_p_tags_and_quoted_posts_q_tags_with_their_author() -> None:
    quoted = encode_nevent(EventPointer(ID, ("wss://relay.example",), EVE))
    text = f"nostr:{encode_npub(ANA)} nostr:{encode_npub(ANA)} nostr:{quoted}"
    assert text_tags(text) == (
        ("p", ANA.hex()),
        ("p", EVE.hex()),
        ("q", ID.hex(), "wss://relay.example", EVE.hex()),
    )
    assert text_tags(f"nostr:{encode_note(ID)}") == (("q", ID.hex(), ""),)


def test_hashtags_are_words_with_a_letter_each_once() -> None:
    text = "#Tiles and (#tiles) #Fado2026 #1 # no https://a.example/#part word#no #été"
    assert hashtags(text) == ("tiles", "fado2026", "été")
    assert ("t", "tiles") in text_tags(text)


def test_a_reply_to_a_first_note_marks_it_as_the_root() -> None:
    first = sign(CREATOR, 1, "a song")
    answer = answer_to(post_of(first), None, relay="wss://ana.example")
    assert answer.kind == 1
    assert answer.tags == (
        ("e", first.id.hex(), "wss://ana.example", "root", ANA.hex()),
        ("p", ANA.hex()),
    )


def test_a_reply_within_a_thread_marks_root_and_reply_and_names_everybody() -> None:
    first = sign(CREATOR, 1, "a song")
    tags = (("e", first.id.hex(), "", "root"), ("p", ANA.hex()), ("p", "rubbish"))
    reply = sign(STRANGER, 1, "so good", tags=tags)
    answer = answer_to(post_of(reply), post_of(first))
    ours = sign(FAN, 1, "yes", tags=answer.tags)
    thread = thread_of(ours)
    assert thread is not None
    assert (thread.root.id, thread.reply.id) == (first.id, reply.id)
    assert thread.root.author == ANA
    assert ours.values("p") == (EVE.hex(), ANA.hex())


def test_a_long_post_and_its_comments_are_answered_by_comments() -> None:
    essay = sign(CREATOR, 30_023, "# Canal", tags=(("d", "canal"), ("title", "The canal")))
    answer = answer_to(post_of(essay), None)
    assert answer.kind == 1_111
    comment = sign(STRANGER, 1_111, "lovely", tags=answer.tags)
    scope = scope_of(comment)
    assert (scope.address, scope.parent) == (f"30023:{ANA.hex()}:canal", essay.id)
    assert comment.first("K") == "30023"
    assert comment.first("P") == comment.first("p") == ANA.hex()
    further = answer_to(post_of(comment), None)
    again = sign(FAN, 1_111, "it is", tags=further.tags)
    assert scope_of(again).address == scope.address
    assert (again.first("e"), again.first("k"), again.first("K")) == (
        comment.id.hex(),
        "1111",
        "30023",
    )


def test_a_comment_on_a_picture_names_it_and_is_refused_where_the_picture_is_not_here() -> None:
    imeta = ("imeta", "url https://img.example/a.png", "m image/png")
    picture = sign(CREATOR, 20, "tiles", tags=(imeta,))
    comment = sign(STRANGER, 1_111, "blue", tags=answer_to(post_of(picture), None).tags)
    assert scope_of(comment).root == picture.id
    further = answer_to(post_of(comment), post_of(picture))
    assert ("K", "20") in further.tags
    with pytest.raises(RootUnknown):
        answer_to(post_of(comment), None)


def test_nobody_is_named_twice() -> None:
    answer = (("e", ID.hex(), "", "root"), ("p", ANA.hex()))
    assert merged(answer, text_tags(f"nostr:{encode_npub(ANA)} #a")) == (*answer, ("t", "a"))


def test_a_deletion_names_the_post_its_kind_and_its_address() -> None:
    note = post_of(sign(FAN, 1, "wrong"))
    assert deletion_tags(note) == (("e", note.id.hex()), ("k", "1"))
    essay = post_of(sign(FAN, 30_023, "x", tags=(("d", "a"),)))
    assert ("a", f"30023:{MIKA.hex()}:a") in deletion_tags(essay)
