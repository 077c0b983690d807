"""Services run until the end; a bug in one of them is not the end of the others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from tipdesk.base.errors import StorageError
from tipdesk.base.phrase import Phrase
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice

RESTART_SECONDS: Final = 1.0

Work = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


async def supervised(run: Work, bus: Bus) -> None:
    """A bug in one service ends that service for a moment, shown; the others go on.

    Where storage fails nothing can be promised any more: that goes through.
    """
    while True:
        try:
            await run()
        except Exception as error:
            if isinstance(error, StorageError) or (
                isinstance(error, ExceptionGroup) and error.subgroup(StorageError)
            ):
                raise
            _log.exception("a service failed and is started again")
            text = Phrase("A part of TipDesk failed and was started again.")
            bus.publish(Notice(text, serious=True))
            await asyncio.sleep(RESTART_SECONDS)
        else:
            return
