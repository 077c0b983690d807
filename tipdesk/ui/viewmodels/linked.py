"""A text with links in it, as a widget shows it."""

from dataclasses import dataclass

from tipdesk.nostr.nip19 import Pointer


@dataclass(frozen=True, slots=True)
class Link:
    """`Linked.text[start:end]` stands for it; `target` is a web address or what `nostr:` names."""

    start: int
    end: int
    target: Pointer | str
    written: str
    """As its author wrote it."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A text to show, and the links in it in order."""

    text: str
    links: tuple[Link, ...] = ()


def units(text: str, index: int) -> int:
    """Where Qt sees a letter: it counts in UTF-16, where one beyond the first plane is two."""
    return index + sum(letter > "\uffff" for letter in text[:index])
