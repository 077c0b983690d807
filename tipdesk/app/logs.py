"""Logging: to stderr, one line a record, secrets never (they do not print, `Preimage` and keys).

The last lines are remembered too, for the report that a person may write when something is wrong.
"""

import logging
import sys
from collections import deque
from typing import Final

LINES: Final = 500
LONGEST: Final = 1_000
_FORM: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Remembered(logging.Handler):
    """The last lines of the log, in memory alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(_FORM))
        self._lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a record; its traceback takes lines of its own."""
        self._lines.extend(line[:LONGEST] for line in self.format(record).splitlines())

    def lines(self) -> tuple[str, ...]:
        """Oldest first."""
        return tuple(self._lines)


remembered: Final = Remembered()
"""The one of the process, as there is one log."""


def set_up_logs(level: str) -> None:
    """Sends records of `level` and above to stderr, and remembers the last of them."""
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format=_FORM,
        force=True,
    )
    logging.getLogger().addHandler(remembered)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("websockets").setLevel(logging.WARNING)
