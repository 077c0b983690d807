"""A memory of event ids that forgets the oldest, so that no relay can make it grow."""

from typing import Generic, TypeVar

from tipdesk.base.ids import EventId

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """The `capacity` ids added last, each with a value."""

    __slots__ = ("_capacity", "_entries")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: dict[EventId, Value] = {}

    def __contains__(self, event_id: EventId) -> bool:
        return event_id in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, event_id: EventId) -> Value | None:
        """The value kept for the id, while it is remembered."""
        return self._entries.get(event_id)

    def add(self, event_id: EventId, value: Value) -> None:
        """Remembers the id; the oldest is forgotten when there are too many."""
        self._entries[event_id] = value
        if len(self._entries) > self._capacity:
            del self._entries[next(iter(self._entries))]
