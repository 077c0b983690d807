"""Gossip that waits to be checked: every peer gets its turn, and a flood hurts who sends it."""

from collections import deque
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

MAX_WAITING: Final = 20_000
"""Of all peers together (class 54)."""
MAX_OF_ONE: Final = 5_000

Source = TypeVar("Source", bound=Hashable)
Item = TypeVar("Item")


class Inbox(Generic[Source, Item]):
    """A queue for each source, taken from in turns."""

    def __init__(self) -> None:
        self._queues: dict[Source, deque[Item]] = {}
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    def put(self, source: Source, item: Item) -> bool:
        """Lets an item wait; False if there is no room, and then it is lost."""
        queue = self._queues.get(source)
        if self._waiting >= MAX_WAITING or (queue is not None and len(queue) >= MAX_OF_ONE):
            return False
        if queue is None:
            queue = self._queues[source] = deque()
        queue.append(item)
        self._waiting += 1
        return True

    def take(self) -> tuple[Source, Item] | None:
        """The next item of the source that has waited longest for its turn."""
        if not self._queues:
            return None
        source = next(iter(self._queues))
        queue = self._queues.pop(source)
        item = queue.popleft()
        if queue:
            self._queues[source] = queue
        self._waiting -= 1
        return source, item

    def drop(self, source: Source) -> None:
        """Forgets what a source left behind."""
        self._waiting -= len(self._queues.pop(source, ()))
