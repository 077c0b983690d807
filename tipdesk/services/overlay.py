"""The overlay's address: its token, kept as a secret, and its port, kept as it was in OBS."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Final

from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.base.phrase import Phrase, in_words
from tipdesk.ports.desk import OverlayHost, OverlayPage
from tipdesk.ports.http import PortInUse
from tipdesk.ports.secrets import SecretVault
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import AlertsChanged, Notice

TOKEN_BYTES: Final = 32
OVERLAY_TOKEN, _PORT = "overlay-token", "desk.overlay_port"


class BadPort(RequestError):
    """No number that a port can have."""

    def __init__(self, port: int) -> None:
        super().__init__(Phrase("A port is a number from 1,024 to 65,535."))
        self.port = port


class OverlayService:
    """Opens the overlay's server, renews its token, and says who is connected."""

    def __init__(
        self,
        *,
        host: OverlayHost,
        vault: SecretVault,
        settings: SettingsStore,
        bus: Bus,
        entropy: Entropy,
    ) -> None:
        self._host = host
        self._vault = vault
        self._settings = settings
        self._bus = bus
        self._entropy = entropy

    async def open(self) -> None:
        """Listens where it did the last time, so that OBS finds it; on a free port otherwise."""
        token = await self._vault.get(OVERLAY_TOKEN)
        if token is None:
            await self.renew()
        else:
            self._host.set_token(token.decode())
        wanted = int(self._settings.setting(_PORT) or 0)
        try:
            await self._host.start(wanted)
        except PortInUse as error:
            await self._host.start(0)
            self._bus.publish(
                Notice(
                    Phrase(
                        "{error} The overlay is at port {port} for now: set OBS to it, or "
                        "close the "
                        "other program and start TipDesk again.",
                        error=in_words(error),
                        port=str(self._host.port),
                    ),
                    serious=True,
                )
            )
            return
        self._settings.put_setting(_PORT, str(self._host.port))

    async def close(self) -> None:
        """Stops listening."""
        await self._host.stop()

    async def renew(self) -> None:
        """A new token; pages with the old one go blank at once."""
        token = urlsafe_b64encode(self._entropy.random_bytes(TOKEN_BYTES)).rstrip(b"=")
        await self._vault.put(OVERLAY_TOKEN, token)
        self._host.set_token(token.decode())
        self._bus.publish(AlertsChanged())

    async def move(self, port: int) -> None:
        """Listens at another port, for good; `PortInUse` leaves it where it was."""
        if not 1_024 <= port <= 65_535:
            raise BadPort(port)
        before = self._host.port
        await self._host.stop()
        try:
            await self._host.start(port)
        except PortInUse:
            await self._host.start(before)
            raise
        self._settings.put_setting(_PORT, str(port))
        self._bus.publish(AlertsChanged())

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._host.port

    def url(self, page: OverlayPage) -> str:
        """What goes into OBS. It holds the token: to be shown hidden."""
        return self._host.url(page)

    def connected(self) -> Mapping[OverlayPage, int]:
        """How many pages of each kind are open."""
        return self._host.connected()
