"""Logging: to stderr, one line a record, secrets never (they do not print, `Preimage` and keys)."""

import logging
import sys


def set_up_logs(level: str) -> None:
    """Sends records of `level` and above to stderr."""
    logging.basicConfig(
        stream=sys.stderr,
        level=level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    logging.getLogger("websockets").setLevel(logging.WARNING)
