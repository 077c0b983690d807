"""`Uploader` over aiohttp, as wary of addresses as whatever else this program opens."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Final

from yarl import URL

from tipdesk.adapters.net.http import WebClient
from tipdesk.base.phrase import Phrase
from tipdesk.ports import http
from tipdesk.ports.pictures import UploadAnswer

_CHUNK: Final = 32_768
_REASONS: Final = ("X-Reason", "Blossom-Upload-Message", "X-Upload-Message")
"""Headers in which servers say why they refuse."""


class UploadClient(WebClient):
    """Sends files in pieces and says how far it is."""

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
        """See `Uploader.put`."""
        host = self._check(url)
        answer: list[UploadAnswer] = []

        async def send() -> bytes:
            sized = {**headers, "Content-Length": str(len(data))}
            body = _pieces(data, progress)
            async with self._open().put(
                URL(url, encoded=True), data=body, headers=sized, allow_redirects=False
            ) as response:
                if 300 <= response.status < 400:
                    raise http.RedirectRefused(host, reason=Phrase("what was sent to it"))
                said = bytearray()
                while chunk := await response.content.read(_CHUNK):
                    said += chunk
                    if len(said) > max_bytes:
                        raise http.TooLarge(host, max_bytes=max_bytes)
                reason = next(filter(None, (response.headers.get(n) for n in _REASONS)), "")
                answer.append(UploadAnswer(response.status, reason, bytes(said)))
            # Whether there is a body is for the caller to judge.
            return b"answered"

        await self._within(timeout, host, send())
        return answer[0]


async def _pieces(data: bytes, progress: Callable[[int], None]) -> AsyncIterator[bytes]:
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
        progress(min(len(data), start + _CHUNK))
        # Small files would otherwise leave in one go, and nothing could be cancelled meanwhile.
        await asyncio.sleep(0)
