"""The asking side."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp

from tipdesk.adapters.control.place import FILE_NAME
from tipdesk.base.errors import BackendError, RequestError


class NotRunning(BackendError):
    """Nobody answers for this profile."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"No TipDesk is running in {folder}.")
        self.folder = folder


class CallRefused(RequestError):
    """The running TipDesk answered with an error; the text is its sentence."""


class ControlClient:
    """Asks the TipDesk that runs in a folder; the file is read at each call, as it may restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, params: Mapping[str, object] | None = None, *, timeout: float = 60.0
    ) -> Any:  # noqa: ANN401 - JSON
        """The method's result; `NotRunning` or `CallRefused`."""
        try:
            place = json.loads((self._folder / FILE_NAME).read_text(encoding="utf-8"))
            url, token = f"http://127.0.0.1:{place['port']}/call", place["token"]
        except (OSError, ValueError, KeyError):
            raise NotRunning(self._folder) from None
        if self._session is None:
            self._session = aiohttp.ClientSession()
        try:
            async with self._session.post(
                url,
                json={"method": method, "params": dict(params or {})},
                headers={"Authorization": f"Bearer {token}"},
                timeout=aiohttp.ClientTimeout(total=timeout),
            ) as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise NotRunning(self._folder) from error
        if "error" in answer:
            raise CallRefused(str(answer["error"]))
        return answer["result"]

    async def close(self) -> None:
        """Ends the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
