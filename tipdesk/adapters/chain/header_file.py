"""Keeps the header chain in a file of the profile: 80 bytes a header, nothing else.

What is read is checked like what a server says, so the file needs no checksum: where it is
damaged it ends, and servers are asked for the rest.
"""

import logging
from pathlib import Path
from typing import Final

from tipdesk.bitcoin.headers import HEADER_BYTES, HeaderChain, HeadersRefused
from tipdesk.bitcoin.targets import PERIOD, HeaderRules

_PAGE: Final = PERIOD * HEADER_BYTES

_log = logging.getLogger(__name__)


class HeaderFile:
    """One network's headers above the base of its rules. One process writes."""

    def __init__(self, path: Path, rules: HeaderRules) -> None:
        self._path = path
        self._kept = HeaderChain(rules)

    def load(self) -> HeaderChain:
        """The headers as far as they are whole: half a million take a second."""
        try:
            with self._path.open("rb") as file:
                while page := file.read(_PAGE):
                    whole = page[: len(page) // HEADER_BYTES * HEADER_BYTES]
                    self._kept = self._kept.connect_raw(self._kept.height + 1, whole)
        except FileNotFoundError:
            return self._kept
        except (OSError, HeadersRefused) as error:
            _log.info("the headers are kept up to %d: %s", self._kept.height, error)
        return self._kept

    def save(self, chain: HeaderChain) -> None:
        """Writes what differs from what was kept last. A failure costs a longer next start."""
        before, now = self._kept.pages, chain.pages
        same = 0
        while same < min(len(before), len(now)) and before[same] is now[same]:
            same += 1
        try:
            with self._path.open("r+b" if self._path.exists() else "w+b") as file:
                file.seek(same * _PAGE)
                file.writelines(page.raw for page in now[same:])
                file.truncate()
        except OSError as error:
            _log.info("the headers were not kept: %s", error)
        else:
            self._kept = chain
