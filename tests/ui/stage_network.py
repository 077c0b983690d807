"""The stage's way out: a proxy that answers as it is told to."""

from collections.abc import Callable

from tests.ui.stage_keys import StageSettings
from tipdesk.ports.way_out import ProxyChoice, ProxyUnreachable, WayBarred
from tipdesk.services.bus import Bus
from tipdesk.services.payment_names import NameServerSetting
from tipdesk.services.proxy import ProxyService


class StageSwitch:
    """A way out that leads nowhere; `is_alive` is whether the proxy answers."""

    def __init__(self) -> None:
        self.choice = ProxyChoice()
        self.is_alive = True
        self.tell: Callable[[WayBarred | None], None] = lambda _: None

    def use(self, choice: ProxyChoice) -> None:
        """Holds at once."""
        self.choice = choice
        self.tell(None)

    def listen(self, on_problem: Callable[[WayBarred | None], None]) -> None:
        """One listener."""
        self.tell = on_problem

    async def check(self) -> None:
        """As it is told to."""
        if not self.is_alive:
            problem = ProxyUnreachable(self.choice.host, place=self.choice.place)
            self.tell(problem)
            raise problem


class StageProxy(ProxyService):
    """The real service over that switch."""

    def __init__(self, bus: Bus) -> None:
        self.switch = StageSwitch()
        super().__init__(
            way=self.switch, settings=StageSettings(), remember=lambda _: None, bus=bus
        )


class StagePaymentNames:
    """Names are asked of a server that nobody asks."""

    def __init__(self) -> None:
        self.server = NameServerSetting(StageSettings(), "https://names.example/dns-query")
