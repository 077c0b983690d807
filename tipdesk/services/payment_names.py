"""Names to pay (BIP 353): looked up where the person chose, and believed for their proofs.

The proofs are kept. A name is asked for anew once what was proven of it has expired.
"""

from typing import Final

from tipdesk.base.clock import Clock
from tipdesk.lnurl.bip353 import parse_name
from tipdesk.ports.names import (
    PaymentName,
    PaymentNames,
    PaymentNameStore,
    read_name_server,
)
from tipdesk.ports.stores_tips import SettingsStore

_KEPT: Final = "name_server"


class NameServerSetting:
    """Which name server is asked; kept among the settings of the profile."""

    def __init__(self, settings: SettingsStore, usual: str) -> None:
        self._settings = settings
        self._usual = usual

    @property
    def now(self) -> str:
        """What was chosen, or the usual one; empty where there is none."""
        return self._settings.setting(_KEPT) or self._usual

    def use(self, text: str) -> None:
        """Another one, the usual one if empty; `BadNameServer` if it is none."""
        self._settings.put_setting(_KEPT, read_name_server(text) if text.strip() else "")


class PaymentNameService:
    """Looks names up, no more often than their owners want."""

    def __init__(
        self,
        *,
        names: PaymentNames,
        store: PaymentNameStore,
        server: NameServerSetting,
        clock: Clock,
    ) -> None:
        self._names = names
        self._store = store
        self._clock = clock
        self.server = server

    async def find(self, name: str) -> PaymentName:
        """What a name stands for; `DecodeError` if it is none, `NameNotFound` otherwise."""
        wanted = str(parse_name(name))
        kept = self._store.kept(wanted)
        if kept is not None and self._clock.now() < kept.expires_at:
            return kept
        found = await self._names.find(wanted)
        self._store.keep(found)
        return found

    async def offer_of(self, name: str) -> str:
        """The offer behind a name; the same errors."""
        return (await self.find(name)).offer

    def kept(self, name: str) -> PaymentName | None:
        """What was proven of it last, whether that still holds or not."""
        return self._store.kept(str(parse_name(name)))
