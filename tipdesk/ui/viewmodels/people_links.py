"""Links in strangers' texts: what is shown for them, and what a press on one leads to.

A `nostr:` link (NIP-21) is shown as whom or what it points to. A web address stays as its author
wrote it: a link never says another thing than what it is.
"""

import re
from collections.abc import Iterator

from tipdesk.nostr.nip19 import EventPointer, Pointer, ProfilePointer
from tipdesk.nostr.nip21 import find_links
from tipdesk.nostr.profile import web_url
from tipdesk.services.views import PostView
from tipdesk.ui import format as words
from tipdesk.ui.i18n import t
from tipdesk.ui.viewmodels.facade import Feeds
from tipdesk.ui.viewmodels.linked import Link, Linked

MAX_WEB_LINKS = 50
# A quotation mark or a blank ends an address; what closes a sentence does not belong to it.
_WEB = re.compile(r"(?<![A-Za-z0-9_])https://[^\s<>\"“”«»]{1,2000}", re.IGNORECASE)
_AFTER = ".,;:!?'*|\u2019\u2026"
_PAIRS = {")": "(", "]": "[", "}": "{"}
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"


def read_links(text: str, feeds: Feeds) -> Linked:
    """A text that is safe to show, with its links found and named."""
    parts: list[str] = []
    links: list[Link] = []
    read = length = 0
    for start, end, target in _found(text):
        if start < read:
            continue
        before, written = text[read:start], text[start:end]
        shown = written if isinstance(target, str) else label(target, feeds)
        length += len(before)
        links.append(Link(length, length + len(shown), target, written))
        parts += (before, shown)
        length += len(shown)
        read = end
    return Linked("".join((*parts, text[read:])), tuple(links))


def label(pointer: Pointer, feeds: Feeds) -> str:
    """What a pointer is shown as; a name in the other writing direction keeps to itself."""
    if isinstance(pointer, ProfilePointer):
        return f"@{_isolated(words.name(feeds.profile(pointer.pubkey).title))}"
    author = pointer.author
    if isinstance(pointer, EventPointer) and (view := feeds.post(pointer.id)) is not None:
        author = view.post.author
    if author is None:
        return t("a post")
    return t("a post by {name}", name=_isolated(words.name(feeds.profile(author).title)))


def post_of(pointer: Pointer, feeds: Feeds) -> PostView | None:
    """The post that a pointer names, if the feed holds it."""
    if isinstance(pointer, ProfilePointer):
        return None
    if isinstance(pointer, EventPointer):
        return feeds.post(pointer.id)
    wanted = pointer.coordinate
    return next((view for view in feeds.posts() if view.post.address == wanted), None)


def _found(text: str) -> Iterator[tuple[int, int, Pointer | str]]:
    found: list[tuple[int, int, Pointer | str]] = [
        (span.start, span.end, span.pointer) for span in find_links(text)
    ]
    for number, match in enumerate(_WEB.finditer(text)):
        if number == MAX_WEB_LINKS:
            break
        url = _trimmed(match[0])
        if web_url(url):
            found.append((match.start(), match.start() + len(url), url))
    return iter(sorted(found, key=lambda one: one[0]))


def _trimmed(url: str) -> str:
    """Without what closes the sentence, or a bracket that was opened before the address."""
    while url:
        last = url[-1]
        opener = _PAIRS.get(last)
        is_loose = opener is not None and url.count(opener) < url.count(last)
        if last not in _AFTER and not is_loose:
            break
        url = url[:-1]
    return url


def _isolated(name: str) -> str:
    return name if name.isascii() else f"{_ISOLATE}{name}{_END_ISOLATE}"
