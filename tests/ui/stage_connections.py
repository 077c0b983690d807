"""Apps that use the wallet: the real service, over a database in memory."""

import sqlite3
from dataclasses import replace
from pathlib import Path

from tests.fakes import FakeEntropy
from tests.ui import content
from tipdesk.adapters.secrets.serving import ServiceKeys
from tipdesk.adapters.storage.connections import MoneyConnectionStore
from tipdesk.adapters.storage.connections_schema import CONNECTIONS_SCHEMA
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.base.clock import Clock
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.services.bus import Bus
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.services.connections import ConnectionService, ConnectionWish
from tipdesk.services.events import ConnectionUsed
from tipdesk.tips import connection as ledger
from tipdesk.tips.connection import USUAL_PERMISSIONS, BudgetPeriod, Order, OrderState, Permission

RELAYS = ("wss://relay.damus.example", "wss://nos.example", "wss://third.example")


class StageConnections(ConnectionService):
    """None, until some are made."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        database = MoneyDatabase(
            Path("money.db"),
            (CONNECTIONS_SCHEMA,),
            lambda _: sqlite3.connect(":memory:", isolation_level=None),
        )
        self.clock = clock
        self.book = ConnectionBook(store=MoneyConnectionStore(database), clock=clock)
        self.bus = bus
        self.links: list[str] = []
        entropy = FakeEntropy()
        super().__init__(
            book=self.book,
            signers=ServiceKeys(bytes(64), entropy),
            relays=RELAYS,
            practice=False,
            bus=bus,
            clock=clock,
            entropy=entropy,
        )

    def create(self, wish: ConnectionWish) -> str:
        """Remembers the link, as the person would."""
        link = super().create(wish)
        self.links.append(link)
        return link

    def put_several(self) -> None:
        """One that is busy, one near its limit, one without, and two that have ended."""
        now, everything = self.clock.now(), USUAL_PERMISSIONS
        names = ("Amethyst", "Alby Go", "A till with quite a long name of its own", "Zap wall")
        for place, name in enumerate(names):
            self.create(
                ConnectionWish(
                    name=name,
                    permissions=everything if place != 2 else _TILL,
                    budget=None if place == 3 else Msat(50_000_000),
                    period=list(BudgetPeriod)[place],
                    expires_at=None if place != 1 else now.plus_ms(30 * _DAY),
                )
            )
        amethyst, alby, _, wall = self.book.connections()
        self.spend(amethyst.id, Msat(12_345_678))
        self.spend(alby.id, Msat(46_000_000))
        self.spend(wall.id, Msat(3_000_000))
        for one, ago in ((amethyst, 2), (alby, 180)):
            self.book.put(replace(one, last_used_at=now.plus_ms(-ago * content.MINUTE)))
        old = replace(
            wall,
            id=1,
            name="Old phone",
            client=content.ANA.pubkey,
            revoked_at=now.plus_ms(-3 * _DAY),
        )
        self.book.put(old)

    def spend(self, connection_id: int, amount: Msat) -> None:
        """The app pays that much."""
        number = len(self.book.store.entries()) + 1
        order = Order(
            id=EventId(content.number(number)),
            connection_id=connection_id,
            payment_hash=PaymentHash(content.number(number)),
            invoice="lnbcrt1",
            description="",
            amount=amount,
            max_fee=Msat(0),
            at=self.clock.now(),
            expires_at=self.clock.now(),
            is_held=True,
        )
        self.book.store.save_order(order)
        self.book.store.append(ledger.hold(order))
        self.book.end(replace(order, state=OrderState.PAID))
        self.bus.publish(ConnectionUsed())


_DAY = 24 * content.HOUR
_TILL = frozenset({Permission.INVOICE, Permission.OWN_PAYMENTS})
