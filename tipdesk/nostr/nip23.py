"""NIP-23 long posts of ours: their tags, their identifier, and what an edit leaves alone."""

import re
import unicodedata

from tipdesk.nostr.event import Event, Tags
from tipdesk.nostr.writing import hashtags

_OURS = frozenset(
    {"d", "title", "summary", "image", "published_at", "content-warning", "p", "q", "a"}
)
_MAX_SLUG = 60


def long_tags(
    *, identifier: str, title: str, summary: str, picture: str, published_at: int
) -> Tags:
    """What says which long post it is, and what it looks like in a list."""
    tags: list[tuple[str, ...]] = [("d", identifier), ("title", title)]
    if summary:
        tags.append(("summary", summary))
    if picture:
        tags.append(("image", picture))
    return (*tags, ("published_at", str(published_at)))


def new_identifier(title: str, unique: str) -> str:
    """Readable, and never that of another long post."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_SLUG].strip("-")
    return f"{slug}-{unique}" if slug else unique


def kept_tags(version: Event) -> Tags:
    """Tags that another client may have written: shares of tips, topics not in the text."""
    written = set(hashtags(version.content))
    return tuple(
        tag
        for tag in version.tags
        if tag[0] not in _OURS and not (tag[0] == "t" and len(tag) > 1 and tag[1] in written)
    )


def published_at(version: Event) -> int:
    """When it was published first, as far as it says."""
    text = version.first("published_at") or ""
    is_time = text.isascii() and text.isdigit() and len(text) <= 12
    return int(text) if is_time else version.created_at
