"""What a post of ours says in its tags: people, posts and hashtags named in its text, its place.

NIP-27 (links to people become ``p`` tags), NIP-18 (quoted posts become ``q`` tags), NIP-10 (replies
to notes), NIP-22 (comments on everything else), NIP-36 (covers), NIP-09 (deletions).
"""

import re
from dataclasses import dataclass

from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.phrase import Phrase
from tipdesk.nostr.event import Tags, parse_pubkey
from tipdesk.nostr.feed import KIND_NOTE, MAX_HASHTAG, Post
from tipdesk.nostr.nip10 import MAX_PEOPLE
from tipdesk.nostr.nip19 import EventPointer, ProfilePointer
from tipdesk.nostr.nip21 import find_links
from tipdesk.nostr.nip22 import KIND_COMMENT

MAX_HASHTAGS = 20
# A fragment of an address is no hashtag, nor is "#1".
_HASHTAG = re.compile(r"(?:^|(?<=[\s(\[]))#(\w*[^\W\d_]\w*)")
_BARE = re.compile(
    r"(?:(?<=^)|(?<=[\s(\[]))@?((?:npub|note|nprofile|nevent|naddr)1[02-9ac-hj-np-z]{6,5000})"
    r"(?![A-Za-z0-9])"
)


class RootUnknown(RequestError):
    """NIP-22: a comment names where its thread begins, and that is not here."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "The post that this conversation is about is not here, so a reply would stand "
                "nowhere. Nothing was published. Open that post first, then reply."
            )
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What makes a post a reply: its kind and the tags that say to what."""

    kind: int
    tags: Tags


def written(text: str) -> str:
    """NIP-27: a bare ``npub1...`` or ``@npub1...`` that stands by itself becomes a link."""
    return _BARE.sub(lambda match: f"nostr:{match[1]}", text.strip())


def text_tags(text: str) -> Tags:
    """The tags that follow from a text, each once."""
    people: dict[str, None] = {}
    quoted: dict[tuple[str, ...], None] = {}
    for span in find_links(text):
        pointer = span.pointer
        if isinstance(pointer, ProfilePointer):
            people[pointer.pubkey.hex()] = None
            continue
        author = "" if pointer.author is None else pointer.author.hex()
        is_event = isinstance(pointer, EventPointer)
        named = pointer.id.hex() if isinstance(pointer, EventPointer) else pointer.coordinate
        relay = next(iter(pointer.relays), "")
        quoted["q", named, relay, *((author,) if is_event and author else ())] = None
        if author:
            people[author] = None
    tags: list[tuple[str, ...]] = [("p", person) for person in list(people)[:MAX_PEOPLE]]
    tags += quoted
    return (*tags, *(("t", tag) for tag in hashtags(text)))


def hashtags(text: str) -> tuple[str, ...]:
    """In small letters, without the sign, each once."""
    found = (match[1].lower() for match in _HASHTAG.finditer(text))
    kept = dict.fromkeys(tag for tag in found if len(tag) <= MAX_HASHTAG)
    return tuple(kept)[:MAX_HASHTAGS]


def answer_to(post: Post, root: Post | None, *, relay: str = "") -> Answer:
    """The tags of a reply to `post`; `root` is where its thread begins, as far as it is here.

    `relay` is where the post is to be had. Raises `RootUnknown`.
    """
    if post.kind == KIND_NOTE:
        return Answer(KIND_NOTE, _note_tags(post, root, relay))
    return Answer(KIND_COMMENT, _comment_tags(post, root, relay))


def merged(*groups: Tags) -> Tags:
    """Tags of several groups; somebody is named once."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for tag in (tag for group in groups for tag in group):
        found.setdefault(tag[:2] if tag[0] in ("p", "t") else tag, tag)
    return tuple(found.values())


def deletion_tags(post: Post) -> Tags:
    """NIP-09: what a deletion names; of a post that can be replaced, every version so far."""
    tags: list[tuple[str, ...]] = [("e", post.id.hex())]
    if post.address is not None:
        tags.append(("a", post.address))
    return (*tags, ("k", str(post.kind)))


def _note_tags(post: Post, root: Post | None, relay: str) -> Tags:
    """NIP-10: marked root and reply, the author answered, and everybody in the thread."""
    author = post.author.hex()
    tags: list[tuple[str, ...]] = []
    if post.root is not None:
        of_root = () if root is None else (root.author.hex(),)
        tags.append(("e", post.root.hex(), "", "root", *of_root))
    tags.append(("e", post.id.hex(), relay, "root" if post.root is None else "reply", author))
    people = dict.fromkeys((author, *(person.hex() for person in post.people)))
    return (*tags, *(("p", person) for person in list(people)[:MAX_PEOPLE]))


def _comment_tags(post: Post, root: Post | None, relay: str) -> Tags:
    """NIP-22: the root in capitals, what is answered in small letters."""
    author = post.author.hex()
    first = root if post.kind == KIND_COMMENT else post
    upper = _root_of_address(post.root_address) if first is None else _root_of(first)
    lower: list[tuple[str, ...]] = []
    if post.address is not None:
        lower.append(("a", post.address, relay))
    lower += [("e", post.id.hex(), relay, author), ("k", str(post.kind)), ("p", author)]
    return (*upper, *lower)


def _root_of(first: Post) -> Tags:
    author = first.author.hex()
    named = ("E", first.id.hex(), "", author) if first.address is None else ("A", first.address, "")
    return (named, ("K", str(first.kind)), ("P", author))


def _root_of_address(address: str) -> Tags:
    kind, _, rest = address.partition(":")
    author = rest.partition(":")[0]
    try:
        parse_pubkey(author)
    except DecodeError as error:
        raise RootUnknown from error
    return (("A", address, ""), ("K", kind), ("P", author))
