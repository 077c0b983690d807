"""What a person may send when something is wrong: how it stands, without who they are.

Settings are told by their number and by whether they are set; the log goes through `redacted`.
"""

import asyncio
import platform
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from tipdesk import __version__
from tipdesk.app.config import Settings
from tipdesk.app.core import Core
from tipdesk.app.logs import remembered
from tipdesk.base.errors import BackendError
from tipdesk.base.phrase import Phrase
from tipdesk.ports.relays import RelayStatus
from tipdesk.services.redaction import redacted

_PARTS: Final = ("PySide6", "qasync", "bdkpython", "aiohttp", "websockets", "cryptography")


class ReportNotWritten(BackendError):
    """The file could not be written."""

    def __init__(self, path: Path, error: OSError) -> None:
        super().__init__(
            Phrase(
                "The report was not written to {path}: {why}. Choose another folder.",
                path=path,
                why=error.strerror or type(error).__name__,
            )
        )


class Diagnostics:
    """Makes the report; nothing is sent anywhere."""

    def __init__(self, core: Core, relays: Callable[[], Sequence[RelayStatus]]) -> None:
        self._core = core
        self._relays = relays

    def report(self) -> str:
        """All of it, as it would be saved."""
        parts = (
            ("Versions", _versions()),
            ("State", self._state()),
            ("Settings", _settings(self._core.settings)),
            ("Log, redacted", map(redacted, remembered.lines())),
        )
        return "\n".join(
            f"{title}\n" + "\n".join(f"  {x}" for x in lines) for title, lines in parts
        )

    async def save(self, path: Path, text: str) -> None:
        """Writes what was shown; `ReportNotWritten` if it cannot."""
        try:
            await asyncio.to_thread(path.write_text, text, encoding="utf-8")
        except OSError as error:
            raise ReportNotWritten(path, error) from error

    def _state(self) -> Iterator[str]:
        core = self._core
        height = core.node.chain.height
        yield f"block: {'unknown' if height is None else height.value}"
        yield f"peers: {core.node.connections.count}"
        states = Counter(view.status.value for view in core.channels.channels())
        yield from (f"channels, {state}: {count}" for state, count in sorted(states.items()))
        relays = self._relays()
        yield f"relays: {sum(one.connected for one in relays)} of {len(relays)} connected"
        for number, one in enumerate(relays, start=1):
            said = "connected" if one.connected else redacted(one.problem) or "not connected"
            yield f"relay {number}: {said}; {one.events} events, {one.malformed} malformed"


def _versions() -> Iterator[str]:
    yield f"TipDesk {__version__}"
    yield f"{platform.system()} {platform.release()} ({platform.machine()})"
    yield f"Python {'.'.join(map(str, sys.version_info[:3]))}"
    for name in _PARTS:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name}: unknown"


def _settings(settings: Settings) -> Iterator[str]:
    yield f"network: {settings.network.value}"
    yield f"chain servers: {len(settings.chain_servers) or int(bool(settings.electrum))}"
    yield f"relays: {len(settings.relays)}"
    for name, is_on in (
        ("fiat", bool(settings.fiat_currency)),
        ("peers may call", bool(settings.listen_port)),
        ("forwards", settings.forwards),
        ("lightning address of its own", bool(settings.receive_user)),
        ("limit on the balance", settings.balance_cap is not None),
        ("second backup folder", bool(settings.backup_folder)),
    ):
        yield f"{name}: {'yes' if is_on else 'no'}"
