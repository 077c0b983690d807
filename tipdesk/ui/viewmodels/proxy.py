"""The setting of the proxy: what goes through it, where it is, whether it answers."""

from PySide6.QtCore import QObject

from tipdesk.base.errors import RequestError
from tipdesk.ports.way_out import ProxyScope, WayBarred
from tipdesk.services.events import ProxyChanged
from tipdesk.ui.i18n import t
from tipdesk.ui.loop import spawn
from tipdesk.ui.viewmodels.base import ViewModel, sentence
from tipdesk.ui.viewmodels.facade import AppFacade
from tipdesk.ui.viewmodels.said import Said


class ProxyViewModel(ViewModel):
    """What is set holds at once, and is tried at once."""

    def __init__(self, app: AppFacade, parent: QObject | None = None) -> None:
        super().__init__(app.bus, parent)
        self._proxy = app.proxy
        self._said: Said | None = None
        self._asked = 0
        self.listen(ProxyChanged, self.touch)

    @property
    def scope(self) -> str:
        """``off``, ``onion`` or ``everything``."""
        return self._proxy.choice.scope.value

    @property
    def place(self) -> str:
        """Where the proxy is."""
        return self._proxy.choice.place

    @property
    def words(self) -> str:
        """What the choice means."""
        match self._proxy.choice.scope:
            case ProxyScope.OFF:
                return t(
                    "Everybody you connect to learns your network address. Onion addresses "
                    "cannot be reached."
                )
            case ProxyScope.ONION:
                return t(
                    "Onion addresses are reached through the proxy. Everybody else you connect to "
                    "learns your network address."
                )
            case ProxyScope.EVERYTHING:
                return t(
                    "Nothing leaves TipDesk another way, and names are looked up by the proxy. "
                    "With Tor, each server has a circuit of its own. Your own network is reached "
                    "directly, by IP address; links open in your browser, which goes its own way."
                )

    @property
    def said(self) -> Said:
        """What became of the last choice, or what is wrong with the proxy now."""
        problem = self._proxy.problem
        if problem is not None and (self._said is None or self._said.tone == "good"):
            return Said(sentence(problem), "bad")
        return self._said or Said("")

    def choose(self, scope: str) -> None:
        """Sends this much through the proxy."""
        self._use(ProxyScope(scope), self.place)

    def use_address(self, text: str) -> None:
        """Another proxy."""
        self._use(self._proxy.choice.scope, text)

    def _use(self, scope: ProxyScope, address: str) -> None:
        try:
            self._proxy.use(scope, address)
        except RequestError as error:
            self._say(Said(sentence(error), "bad"))
            return
        if scope is ProxyScope.OFF:
            self._say(None)
        else:
            self._say(Said(t("Asking the proxy…")))
            spawn(self._check(), self)

    async def _check(self) -> None:
        self._asked += 1
        asked = self._asked
        try:
            await self._proxy.check()
        except WayBarred as error:
            said = Said(sentence(error), "bad")
        else:
            said = Said(t("The proxy answers."), "good")
        if asked == self._asked and self.scope != ProxyScope.OFF.value:
            self._say(said)

    def _say(self, said: Said | None) -> None:
        self._said = said
        self.changed.emit()
