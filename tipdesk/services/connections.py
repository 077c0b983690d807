"""Apps that are connected to the wallet: made, shown, changed, revoked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.entropy import Entropy
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.phrase import Phrase
from tipdesk.base.text import one_line
from tipdesk.base.units import Msat
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.nostr.nip47_link import WalletConnectLink
from tipdesk.nostr.relay_url import strangers_relays
from tipdesk.ports.connections import ConnectionSigners
from tipdesk.services.bus import Bus
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.services.events import ConnectionsChanged
from tipdesk.tips.connection import BudgetPeriod, Connection, Permission, Spending

MAX_NAME: Final = 40
MAX_RELAYS: Final = 5
MAX_CONNECTIONS: Final = 50
"""That are neither revoked nor expired."""
USUAL_RELAYS: Final = 2
"""So many of the profile's relays a new connection has: enough that one may be away."""
_ID_BITS: Final = 0x7FFF_FFFF


class ConnectionWithoutName(RequestError):
    """Nobody would know later what to revoke."""

    def __init__(self) -> None:
        super().__init__(Phrase("Give the app a name, so that you know it again in the list."))


class NothingAllowed(RequestError):
    """A connection that may do nothing at all."""

    def __init__(self) -> None:
        super().__init__(Phrase("Choose at least one thing that the app may do."))


class UnusableRelay(RequestError):
    """NIP-47: app and wallet meet on relays, and none or an impossible one was named."""

    def __init__(self, text: str) -> None:
        super().__init__(
            Phrase(
                "The address {relay} is not that of a public relay: those begin with wss:// and "
                "lie on the internet.",
                relay=one_line(text, maximum=80),
            )
            if text
            else Phrase("Name a relay: it is where the app reaches TipDesk.")
        )
        self.text = text


class TooManyRelays(RequestError):
    """A link with so many would not fit on a QR code that phones can read."""

    def __init__(self, count: int) -> None:
        super().__init__(Phrase("{most} relays are enough; take some away.", most=MAX_RELAYS))
        self.count = count


class EmptyBudget(RequestError):
    """A budget of nothing at all."""

    def __init__(self) -> None:
        super().__init__(
            Phrase("A budget of nothing lets the app pay nothing. Set an amount, or no limit.")
        )


class ExpiryPassed(RequestError):
    """A connection that would have ended before it began."""

    def __init__(self, at: Instant) -> None:
        super().__init__(Phrase("That moment has passed. Choose a later one."))
        self.at = at


class TooManyConnections(RequestError):
    """More than anybody looks after."""

    def __init__(self) -> None:
        super().__init__(
            Phrase(
                "{most} apps are connected. Revoke one that you do not use any more, and then "
                "connect this one.",
                most=MAX_CONNECTIONS,
            )
        )


class UnknownConnection(RequestError):
    """There is no such connection, or it was revoked."""

    def __init__(self, connection_id: int) -> None:
        super().__init__(Phrase("This app is not connected any more."))
        self.connection_id = connection_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionWish:
    """What a person allows an app."""

    name: str
    permissions: frozenset[Permission]
    budget: Msat | None
    """None: no limit."""
    period: BudgetPeriod = BudgetPeriod.DAY
    expires_at: Instant | None = None
    relays: tuple[str, ...] | None = None
    """None: the usual ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """A connection as it is shown."""

    connection: Connection
    spending: Spending
    """In the period that runs."""
    is_live: bool


class ConnectionService:
    """What a person does with connected apps."""

    def __init__(
        self,
        *,
        book: ConnectionBook,
        signers: ConnectionSigners,
        relays: Sequence[str],
        practice: bool,
        bus: Bus,
        clock: Clock,
        entropy: Entropy,
    ) -> None:
        self._book = book
        self._signers = signers
        self._relays = tuple(relays)
        self._practice = practice
        self._bus = bus
        self._clock = clock
        self._entropy = entropy

    def connections(self) -> tuple[ConnectionView, ...]:
        """Every one: those that are live first, and the newest of them."""
        now = self._clock.now()
        views = [
            ConnectionView(
                connection=one, spending=self._book.spending(one), is_live=one.is_live(now)
            )
            for one in reversed(self._book.connections())
        ]
        return tuple(sorted(views, key=lambda view: not view.is_live))

    @property
    def usual_relays(self) -> tuple[str, ...]:
        """Over which a new connection goes unless others are named."""
        return strangers_relays(self._relays, practice=True, maximum=USUAL_RELAYS)

    def serves(self, key: XOnlyPubkey) -> bool:
        """Whether an app knows us by that key, or did until it was revoked."""
        signer = self._signers.signer
        return any(signer(one.id).pubkey == key for one in self._book.connections())

    def create(self, wish: ConnectionWish) -> str:
        """A new connection; its link, which is a secret and cannot be had again.

        `RequestError` says what of the wish cannot be.
        """
        if sum(1 for view in self.connections() if view.is_live) >= MAX_CONNECTIONS:
            raise TooManyConnections
        if not wish.permissions:
            raise NothingAllowed
        now = self._clock.now()
        if wish.expires_at is not None and wish.expires_at <= now:
            raise ExpiryPassed(wish.expires_at)
        secret = PrivateKey(self._entropy.random_bytes(32))
        connection = Connection(
            id=self._fresh_id(),
            name=_name(wish.name),
            client=secret.x_only,
            permissions=wish.permissions,
            budget=_budget(wish.budget),
            period=wish.period,
            relays=self._checked(self.usual_relays if wish.relays is None else wish.relays),
            created_at=now,
            expires_at=wish.expires_at,
        )
        self._book.put(connection)
        self._bus.publish(ConnectionsChanged())
        link = WalletConnectLink(
            pubkey=self._signers.signer(connection.id).pubkey,
            relays=connection.relays,
            secret=secret.secret,
        )
        return link.to_uri()

    def rename(self, connection_id: int, name: str) -> None:
        """From now on it is called so."""
        self._change(replace(self._live(connection_id), name=_name(name)))

    def set_budget(self, connection_id: int, budget: Msat | None, period: BudgetPeriod) -> None:
        """From now on; what is under way stays within what it was begun with."""
        connection = self._live(connection_id)
        self._change(replace(connection, budget=_budget(budget), period=period))

    def revoke(self, connection_id: int) -> None:
        """For good: nothing is begun any more, and payments under way go on to their end."""
        connection = self._live(connection_id)
        self._change(replace(connection, revoked_at=self._clock.now()))

    def _change(self, connection: Connection) -> None:
        self._book.put(connection)
        self._bus.publish(ConnectionsChanged())

    def _live(self, connection_id: int) -> Connection:
        connection = self._book.connection(connection_id)
        if connection is None or connection.revoked_at is not None:
            raise UnknownConnection(connection_id)
        return connection

    def _fresh_id(self) -> int:
        while True:
            drawn = int.from_bytes(self._entropy.random_bytes(4), "big") & _ID_BITS
            if self._book.connection(drawn) is None:
                return drawn

    def _checked(self, relays: Sequence[str]) -> tuple[str, ...]:
        named = tuple(dict.fromkeys(url.strip() for url in relays if url.strip()))
        if not named:
            raise UnusableRelay("")
        if len(named) > MAX_RELAYS:
            raise TooManyRelays(len(named))
        for url in named:
            # Our own are the person's word already; others are reached at public addresses only.
            is_own = url in self._relays
            if not strangers_relays((url,), practice=self._practice or is_own, maximum=1):
                raise UnusableRelay(url)
        return strangers_relays(named, practice=True, maximum=MAX_RELAYS)


def _name(text: str) -> str:
    name = one_line(text, maximum=MAX_NAME)
    if not name:
        raise ConnectionWithoutName
    return name


def _budget(budget: Msat | None) -> Msat | None:
    if budget is not None and budget <= Msat(0):
        raise EmptyBudget
    return budget
