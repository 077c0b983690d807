"""Pictures that posts and profiles point to, and those of drafts, which are here alone."""

from typing import Final

from tipdesk.adapters.net.http import WebClient
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase
from tipdesk.ports.pictures import LOCAL_PICTURE, PictureShelf

MAX_IMAGE_BYTES: Final = 8 << 20
IMAGE_SECONDS: Final = 15.0


class NoSuchPicture(BackendError):
    """A draft's picture that is not here any more."""

    def __init__(self) -> None:
        super().__init__(Phrase("The picture is not on this computer any more."))


class Images:
    """Pictures from strangers' servers, fetched as warily as anything of theirs."""

    def __init__(self, http: WebClient, drafts: PictureShelf) -> None:
        self._http = http
        self._drafts = drafts

    async def fetch(self, url: str) -> bytes:
        """The bytes behind an address, at most eight megabytes; `BackendError` otherwise."""
        if url.startswith(LOCAL_PICTURE):
            # No post can name one: what strangers point to is a web address.
            data = await self._drafts.get(url.removeprefix(LOCAL_PICTURE))
            if data is None:
                raise NoSuchPicture
            return data
        return await self._http.get(url, max_bytes=MAX_IMAGE_BYTES, timeout=IMAGE_SECONDS)
