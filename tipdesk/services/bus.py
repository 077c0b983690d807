"""How services tell front ends that something changed."""

import logging
from collections.abc import Callable
from typing import TypeVar

from tipdesk.services.events import AppEvent

E = TypeVar("E", bound=AppEvent)

log = logging.getLogger(__name__)


class Bus:
    """Hands each event to those who asked for its class (or one above it), in their order."""

    def __init__(self) -> None:
        self._handlers: list[tuple[type[AppEvent], Callable[..., None]]] = []

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Calls `handler` with every event of that class; returns what ends that."""
        entry: tuple[type[AppEvent], Callable[..., None]] = (kind, handler)
        self._handlers.append(entry)

        def unsubscribe() -> None:
            self._handlers[:] = [other for other in self._handlers if other is not entry]

        return unsubscribe

    def publish(self, event: AppEvent) -> None:
        """Tells everybody; a handler that fails is logged and the others still hear of it."""
        for kind, handler in tuple(self._handlers):
            if isinstance(event, kind):
                try:
                    handler(event)
                except Exception:
                    log.exception("a handler of %s failed", type(event).__name__)
