"""Pictures that are to be published: as they are kept until then, and how they leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

LOCAL_PICTURE: Final = "draft-picture:"
"""What stands before the hash of a picture that is on this machine alone; no web address."""


@dataclass(frozen=True, slots=True)
class StrippedPicture:
    """A picture that was drawn anew: nothing of the file it came from is left in it."""

    data: bytes
    media_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture of a draft; `hash` is the SHA-256 of its bytes in hex."""

    hash: str
    media_type: str
    width: int
    height: int
    size: int
    alt: str = ""
    """What it shows, for those who cannot see it."""
    url: str = ""
    """Where it was uploaded to; empty until then."""

    @property
    def local_url(self) -> str:
        """What this machine shows it by."""
        return f"{LOCAL_PICTURE}{self.hash}"


class PictureShelf(Protocol):
    """The bytes of drafts' pictures, by hash."""

    async def put(self, name: str, data: bytes, *, most: int) -> bool:
        """Keeps them; False if all together would be more than `most` bytes."""
        ...

    async def get(self, name: str) -> bytes | None:
        """The bytes, if they are here."""
        ...

    async def drop(self, names: frozenset[str]) -> None:
        """Forgets these."""
        ...

    async def names(self) -> frozenset[str]:
        """All that are here."""
        ...


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """What a server said to what was sent; `reason` is a header of its own words."""

    status: int
    reason: str
    body: bytes


class Uploader(Protocol):
    """Sends files to servers that the person chose."""

    async def put(
        self,
        url: str,
        data: bytes,
        *,
        headers: Mapping[str, str],
        max_bytes: int,
        timeout: float,
        progress: Callable[[int], None],
    ) -> UploadAnswer:
        """Sends them, telling how many bytes went; no redirect is followed.

        Raises `FetchFailed` if no answer comes; a refusal is an answer.
        """
        ...
