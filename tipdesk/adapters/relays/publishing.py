"""Events on their way to one relay, and who waits for its word on them."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tipdesk.base.ids import EventId
from tipdesk.nostr.event import Event
from tipdesk.nostr.session import EventAnswered
from tipdesk.ports.relays import PublishResult

_RETRIED = ("error:", "rate-limited:")


@dataclass(slots=True)
class _Pending:
    event: Event
    waiting: list[asyncio.Future[PublishResult]] = field(default_factory=list)


class Outgoing:
    """What one relay is to take; `send` is called for each event, again where that may help."""

    def __init__(self, send: Callable[[Event], None], *, retry_delay: float) -> None:
        self._send = send
        self._retry_delay = retry_delay
        self._pending: dict[EventId, _Pending] = {}

    def __iter__(self) -> Iterator[Event]:
        """What still has no answer: to be sent anew after a reconnection."""
        return (pending.event for pending in self._pending.values())

    async def publish(self, event: Event, timeout: float, why: Callable[[], str]) -> PublishResult:
        """The relay's word; without one after `timeout` seconds, what `why` says of it."""
        answer: asyncio.Future[PublishResult] = asyncio.get_running_loop().create_future()
        pending = self._pending.setdefault(event.id, _Pending(event))
        pending.waiting.append(answer)
        if len(pending.waiting) == 1:
            self._send(event)
        try:
            async with asyncio.timeout(timeout):
                return await answer
        except TimeoutError:
            reason = why() or f"no answer within {timeout:g} seconds"
            return PublishResult(accepted=False, message=reason, answered=False)
        finally:
            pending.waiting.remove(answer)
            if not pending.waiting:
                self._pending.pop(event.id, None)

    def answered(self, answer: EventAnswered) -> None:
        """The relay's word has come."""
        pending = self._pending.get(answer.event_id)
        if pending is None:
            return
        if not answer.accepted and answer.message.startswith(_RETRIED):
            loop = asyncio.get_running_loop()
            loop.call_later(self._retry_delay, self._send_again, answer.event_id)
            return
        accepted = answer.accepted or answer.message.startswith("duplicate:")
        for waiting in pending.waiting:
            if not waiting.done():
                waiting.set_result(PublishResult(accepted=accepted, message=answer.message))

    def _send_again(self, event_id: EventId) -> None:
        pending = self._pending.get(event_id)
        if pending is not None:
            self._send(pending.event)
