"""One turn of the loop: what it produced is signed, committed once, and only then sent.

Drivers put writes into the store and bytes, events and wishes to sign into the turn. At its end
events are handled first, then each channel that has changes signs them together, then one durable
commit is made; after it the bytes leave. A turn whose commit fails sends nothing: the node stops.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Protocol

from tipdesk.base.errors import StorageError
from tipdesk.ports.stores import NodeStore

_log = logging.getLogger(__name__)


class Signs(Protocol):
    """A channel that may have something to sign at the end of a turn."""

    def sign(self) -> None:
        """Signs what is pending, if it may."""
        ...


class Turn:
    """Collects the effects of one turn; call from the loop's thread only."""

    def __init__(self, store: NodeStore, on_storage_error: Callable[[StorageError], None]) -> None:
        self._store = store
        self._on_storage_error = on_storage_error
        self._events: deque[Callable[[], None]] = deque()
        self._to_sign: dict[Signs, None] = {}
        self._after_commit: list[Callable[[], None]] = []
        self._scheduled = False
        self._stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether a commit has failed: nothing leaves any more."""
        return self._stopped

    def event(self, handler: Callable[[], None]) -> None:
        """Runs `handler` later in this turn, outside the step that caused it."""
        self._events.append(handler)
        self._schedule()

    def sign_later(self, channel: Signs) -> None:
        """Lets a channel sign once, at the end of this turn."""
        self._to_sign[channel] = None
        self._schedule()

    def after_commit(self, effect: Callable[[], None]) -> None:
        """Runs `effect` (mostly a send) once all that this turn wrote is durable."""
        self._after_commit.append(effect)
        self._schedule()

    def touched(self) -> None:
        """Something was written: a commit is due even if nothing is to be sent."""
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and not self._stopped:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self) -> None:
        """Ends the turn now."""
        self._scheduled = False
        if self._stopped:
            return
        while self._events or self._to_sign:
            while self._events:
                _run(self._events.popleft())
            if self._to_sign:
                channel = next(iter(self._to_sign))
                del self._to_sign[channel]
                _run(channel.sign)
        try:
            self._store.commit()
        except StorageError as error:
            self._stopped = True
            self._on_storage_error(error)
            return
        effects, self._after_commit = self._after_commit, []
        for effect in effects:
            _run(effect)


def _run(work: Callable[[], None]) -> None:
    """A bug in one channel, payment or listener must not keep the others' bytes from leaving."""
    try:
        work()
    except Exception:
        _log.exception("a part of this turn failed")
