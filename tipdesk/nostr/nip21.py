"""NIP-21: ``nostr:`` links in a text, as spans that a view can show and a person can follow."""

import re
from dataclasses import dataclass

from tipdesk.base.errors import DecodeError
from tipdesk.nostr.nip19 import Pointer, decode_pointer

MAX_LINKS = 50
"""Links looked for in one text; what comes after them stays text."""
# Not within a word, so that a part of another address is no link. NIP-19 texts end with the last
# letter of bech32, so that a full stop or a bracket behind one does not belong to it.
_LINK = re.compile(
    r"(?<![A-Za-z0-9_/=])(?:nostr:|@)((?:npub|note|nprofile|nevent|naddr)1[02-9ac-hj-np-z]{6,5000})"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)


class NotALink(DecodeError):
    """A text that is no ``nostr:`` link."""


@dataclass(frozen=True, slots=True)
class LinkSpan:
    """A link in a text: ``text[start:end]`` is what the author wrote for it."""

    start: int
    end: int
    pointer: Pointer


def find_links(text: str) -> tuple[LinkSpan, ...]:
    """The ``nostr:`` links of a text, in order and apart; what cannot be read stays text.

    ``@npub...`` is read as well, as older clients write it.
    """
    found: list[LinkSpan] = []
    for match in _LINK.finditer(text):
        try:
            pointer = decode_pointer(match[1])
        except DecodeError:
            continue
        found.append(LinkSpan(match.start(), match.end(), pointer))
        if len(found) == MAX_LINKS:
            break
    return tuple(found)


def read_link(text: str) -> Pointer:
    """What a ``nostr:`` link, or a bare NIP-19 text, points to. Or `DecodeError`.

    A link to a secret key is none (NIP-21).
    """
    text = text.strip()
    scheme, colon, rest = text.partition(":")
    if colon and scheme.lower() != "nostr":
        raise NotALink(f"{scheme[:20]!a} is not nostr")
    return decode_pointer(rest.removeprefix("//") if colon else text)


def pointer_in(text: str) -> Pointer | None:
    """As `read_link`; None for anything that is no such link."""
    try:
        return read_link(text)
    except DecodeError:
        return None
