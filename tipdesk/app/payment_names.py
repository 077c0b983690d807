"""Puts together what looks names up (BIP 353)."""

from tipdesk.adapters.net.http import ChosenServerClient
from tipdesk.adapters.net.name_server import name_server
from tipdesk.adapters.net.payment_names import DnsPaymentNames
from tipdesk.adapters.storage.payment_names import MoneyPaymentNames
from tipdesk.app.core import Core
from tipdesk.app.known_servers import NAMES
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.payment_names import NameServerSetting, PaymentNameService


class Names:
    """The service, over a client of its own for servers that are asked by HTTPS."""

    def __init__(self, core: Core, settings: SettingsStore) -> None:
        way = core.way.apart()
        self._http = ChosenServerClient(way)
        network = core.settings.network
        server = NameServerSetting(settings, core.settings.name_server or NAMES[network])
        self.service = PaymentNameService(
            names=DnsPaymentNames(
                lambda place: name_server(place, way, self._http),
                place=lambda: server.now,
                clock=core.clock,
            ),
            store=MoneyPaymentNames(core.database),
            server=server,
            clock=core.clock,
        )

    async def close(self) -> None:
        """After the last service."""
        await self._http.close()
