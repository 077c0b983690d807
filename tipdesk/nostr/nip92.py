"""NIP-92: what a post of ours says of the pictures in it (`imeta`), and NIP-68 of picture posts."""

from dataclasses import dataclass

from tipdesk.base.text import one_line
from tipdesk.nostr.event import Tags

MAX_ALT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPicture:
    """A picture that lies somewhere: `hash` is the SHA-256 of its bytes in hex."""

    url: str
    media_type: str
    hash: str
    width: int
    height: int
    alt: str = ""


def imeta_tag(picture: PublishedPicture) -> tuple[str, ...]:
    """Where it lies, what it is, and words for those who cannot see it."""
    alt = one_line(picture.alt, maximum=MAX_ALT)
    tag = (
        "imeta",
        f"url {picture.url}",
        f"m {picture.media_type}",
        f"x {picture.hash}",
        f"dim {picture.width}x{picture.height}",
    )
    return (*tag, f"alt {alt}") if alt else tag


def picture_tags(title: str, pictures: tuple[PublishedPicture, ...]) -> Tags:
    """NIP-68: a picture post, which readers also find by kind of file and by hash."""
    types = dict.fromkeys(picture.media_type for picture in pictures)
    named = (("title", title),) if title else ()
    return (
        *named,
        *map(imeta_tag, pictures),
        *(("m", media_type) for media_type in types),
        *(("x", picture.hash) for picture in pictures),
    )
