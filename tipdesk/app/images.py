"""Pictures that posts and profiles point to."""

from typing import Final

from tipdesk.adapters.net.http import WebClient

MAX_IMAGE_BYTES: Final = 8 << 20
IMAGE_SECONDS: Final = 15.0


class Images:
    """Pictures from strangers' servers, fetched as warily as anything of theirs."""

    def __init__(self, http: WebClient) -> None:
        self._http = http

    async def fetch(self, url: str) -> bytes:
        """The bytes behind an address, at most eight megabytes; `BackendError` otherwise."""
        return await self._http.get(url, max_bytes=MAX_IMAGE_BYTES, timeout=IMAGE_SECONDS)
