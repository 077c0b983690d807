"""Our own lightning address: its name and domain, kept, and the server that answers for it.

The server listens on this machine alone. A web server of the creator's with a certificate, or Tor,
stands before it and hands requests on.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from tipdesk.base import strict_json
from tipdesk.base.errors import DecodeError, RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase, clause, in_words
from tipdesk.bitcoin.network import Network
from tipdesk.lnurl import address
from tipdesk.ports.http import PortInUse
from tipdesk.ports.stores_tips import SettingsStore
from tipdesk.services.bus import Bus
from tipdesk.services.events import Notice, ReceivingChanged
from tipdesk.services.receiving import ReceiveService, ReceivingAddress

_KEPT: Final = "own_address"
_MOST_KEPT: Final = 1_000


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """``user@domain``, and the port of this machine at which it is answered for."""

    user: str
    domain: str
    """Empty where the address is for practice on this machine: then it names the port itself."""
    port: int

    @property
    def identifier(self) -> str:
        """As others write it."""
        return f"{self.user}@{self.domain or self._here}"

    @property
    def callback(self) -> str:
        """Where invoices are asked for, as the world reaches it."""
        if not self.domain:
            return f"http://{self._here}/lnurlp/{self.user}/callback"
        scheme = "http" if self.is_onion else "https"
        return f"{scheme}://{self.domain}/lnurlp/{self.user}/callback"

    @property
    def is_onion(self) -> bool:
        """Whether it is reached over Tor alone."""
        return self.domain.endswith(".onion")

    @property
    def _here(self) -> str:
        return f"127.0.0.1:{self.port}"


class AddressServer(Protocol):
    """The web server of an address."""

    @property
    def port(self) -> int:
        """Where it listens, once it does."""
        ...

    async def start(self, port: int) -> None:
        """Listens; a port of 0 becomes a free one. `PortInUse` if that cannot be."""
        ...

    async def stop(self) -> None:
        """Stops listening."""
        ...


class BadOwnAddress(RequestError):
    """A name or a domain that cannot be one."""

    def __init__(self, problem: DecodeError) -> None:
        super().__init__(
            Phrase(
                "That cannot be your address: {problem}. Nothing was changed.",
                problem=clause(problem),
            )
        )
        self.problem = problem


class OwnAddressService:
    """Sets the address, and has it answered for as long as the app runs."""

    def __init__(
        self,
        *,
        server: AddressServer,
        receiving: ReceiveService,
        recipient: XOnlyPubkey,
        title: Callable[[], str],
        settings: SettingsStore,
        now: OwnAddress | None,
        network: Network,
        bus: Bus,
    ) -> None:
        self._server = server
        self._receiving = receiving
        self._recipient = recipient
        self._title = title
        self._settings = settings
        self._network = network
        self._bus = bus
        self.now = now

    async def open(self, *, must: bool = False) -> None:
        """Listens where it did before; a port that is taken is said, and stops nothing else.

        With `must` it is raised: a server that answers for nobody is none.
        """
        if self.now is None:
            return
        try:
            await self._server.start(self.now.port)
        except PortInUse as error:
            if must:
                raise
            self._bus.publish(
                Notice(
                    Phrase(
                        "Nobody can reach your lightning address {address}. {error} Close the "
                        "other program and start TipDesk again.",
                        address=self.now.identifier,
                        error=in_words(error),
                    ),
                    serious=True,
                )
            )
            return
        self._answer_as(OwnAddress(self.now.user, self.now.domain, self._server.port))

    async def close(self) -> None:
        """Stops listening."""
        await self._server.stop()

    async def use(self, user: str, domain: str) -> OwnAddress:
        """Answers for ``user@domain`` from now on; `BadOwnAddress` or `PortInUse`: as before."""
        try:
            read = address.parse(f"{user.strip()}@{domain.strip()}", self._network)
        except DecodeError as error:
            raise BadOwnAddress(error) from None
        if self.now is None:
            await self._server.start(0)
        made = OwnAddress(read.user, read.authority, self._server.port)
        self._settings.put_setting(
            _KEPT, json.dumps({"user": made.user, "domain": made.domain, "port": made.port})
        )
        self._answer_as(made)
        return made

    async def give_up(self) -> None:
        """Answers for none; invoices that were given out stay good."""
        await self._server.stop()
        self._settings.put_setting(_KEPT, "{}")
        self.now = None
        self._bus.publish(ReceivingChanged())

    def _answer_as(self, made: OwnAddress) -> None:
        self.now = made
        self._receiving.move(receiving_address(made, self._recipient, self._title()))
        self._bus.publish(ReceivingChanged())


def receiving_address(
    own: OwnAddress | None, recipient: XOnlyPubkey, title: str
) -> ReceivingAddress:
    """What payers' wallets are told; without an address nobody is answered."""
    own = own or OwnAddress("", "", 0)
    return ReceivingAddress(
        user=own.user,
        recipient=recipient,
        identifier=own.identifier,
        callback=own.callback,
        description=f"A tip for {title or own.user}",
    )


def kept_address(settings: SettingsStore, first: OwnAddress | None) -> OwnAddress | None:
    """What was set in the app, or else `first`; text that cannot be read counts as never set."""
    text = settings.setting(_KEPT)
    if text is None:
        return first
    try:
        kept = strict_json.parse_object(text, maximum=_MOST_KEPT)
    except DecodeError:
        return first
    user, domain, port = kept.get("user"), kept.get("domain"), kept.get("port")
    if not (isinstance(user, str) and isinstance(domain, str) and type(port) is int):
        return None
    return OwnAddress(user, domain, port)
