"""Puts together what sets the proxy of a profile."""

from tipdesk.adapters.storage.records import MoneySettingsStore
from tipdesk.app.core import Core
from tipdesk.bitcoin.network import Network
from tipdesk.ports.way_out import ProxyChoice
from tipdesk.services.bus import Bus
from tipdesk.services.preferences import PreferenceKeeper
from tipdesk.services.proxy import ProxyService


def build_proxy(core: Core, bus: Bus, preferences: PreferenceKeeper) -> ProxyService:
    """The proxy of an open profile; what is chosen there is proposed to profiles made later."""

    def remember(choice: ProxyChoice) -> None:
        if core.settings.network is not Network.REGTEST:
            preferences.change(proxy=choice.place, proxy_for=choice.scope.value)

    return ProxyService(
        way=core.way,
        settings=MoneySettingsStore(core.database),
        remember=remember,
        bus=bus,
    )
