"""The proxy that connections leave through: chosen by the person, kept, and looked after."""

import json
from collections.abc import Callable
from typing import Final

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.ports.way_out import (
    BadProxyAddress,
    ProxyChoice,
    ProxyScope,
    ProxySwitch,
    WayBarred,
    read_proxy,
)
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice, ProxyChanged

_KEPT: Final = "proxy"
_MOST_KEPT: Final = 1_000


class ProxyService:
    """Sets the proxy, and says when it stops to answer: nothing goes another way then."""

    def __init__(
        self,
        *,
        way: ProxySwitch,
        settings: SettingsStore,
        remember: Callable[[ProxyChoice], None],
        bus: Bus,
    ) -> None:
        """`remember` is told what was chosen, for profiles that are made later."""
        self._way = way
        self._settings = settings
        self._remember = remember
        self._bus = bus
        self.problem: WayBarred | None = None
        """What is wrong with the proxy, as far as was found."""
        way.listen(self._found)

    @property
    def choice(self) -> ProxyChoice:
        """What holds now."""
        return self._way.choice

    def use(self, scope: ProxyScope, address: str) -> None:
        """Holds at once: connections that went another way are made anew. `BadProxyAddress`."""
        choice = read_proxy(address, scope)
        kept = {"scope": choice.scope.value, "address": choice.place}
        self._settings.put_setting(_KEPT, json.dumps(kept))
        self._remember(choice)
        self._way.use(choice)
        self._bus.publish(ProxyChanged())

    async def check(self) -> None:
        """Greets the proxy; `WayBarred` says what is wrong with it."""
        await self._way.check()

    def _found(self, problem: WayBarred | None) -> None:
        before, self.problem = self.problem, problem
        if problem is not None:
            self._bus.publish(Notice(in_words(problem), serious=True))
        elif before is not None and self.choice.scope is not ProxyScope.OFF:
            self._bus.publish(Notice(Phrase("The proxy answers again."), serious=False))
        self._bus.publish(ProxyChanged())


def kept_proxy(settings: SettingsStore) -> ProxyChoice | None:
    """What was set in the app; None if nothing was.

    What cannot be read counts as everything through Tor: a choice that was lost must not become
    one that shows more.
    """
    text = settings.setting(_KEPT)
    if text is None:
        return None
    try:
        kept = strict_json.parse_object(text, maximum=_MOST_KEPT)
        return read_proxy(str(kept.get("address")), ProxyScope(kept.get("scope")))
    except (DecodeError, BadProxyAddress, ValueError):
        return ProxyChoice(ProxyScope.EVERYTHING)
