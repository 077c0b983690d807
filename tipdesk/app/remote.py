"""Asks a TipDesk or a practice network that runs in another process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tipdesk.adapters.control.client import ControlClient


async def ask(folder: Path, method: str, params: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
    """One call; `NotRunning` or `CallRefused` with a sentence."""
    client = ControlClient(folder)
    try:
        return await client.call(method, params)
    finally:
        await client.close()
