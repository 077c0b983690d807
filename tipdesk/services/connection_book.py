"""Connected apps as they are kept: who they are, and what of their budgets is left.

Whether an order fits its budget is decided, and the hold written, in one call that gives nobody
else the loop in between. Days, weeks and months begin as the calendar of this machine has it.
"""

import logging
from dataclasses import replace
from datetime import tzinfo
from typing import Final, assert_never

from tipdesk.base.clock import Clock, Instant
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.ports.connections import ConnectionStore
from tipdesk.services import periods
from tipdesk.services.periods import Period
from tipdesk.tips import connection as ledger
from tipdesk.tips.connection import BudgetPeriod, Connection, Order, OrderState, Spending

_USE_NOTED_MS: Final = 60_000

log = logging.getLogger(__name__)


class ConnectionBook:
    """Connections in memory and on disk, and the ledger of what was ordered through them."""

    def __init__(self, *, store: ConnectionStore, clock: Clock, zone: tzinfo | None = None) -> None:
        self.store = store
        self._clock = clock
        self._zone = zone
        self._connections = {one.id: one for one in store.connections()}
        self._by_client = {one.client: one.id for one in self._connections.values()}

    def connections(self) -> tuple[Connection, ...]:
        """Every one, revoked and expired ones too; the oldest first."""
        return tuple(self._connections.values())

    def connection(self, connection_id: int) -> Connection | None:
        """The one of that id, as it is now."""
        return self._connections.get(connection_id)

    def of_client(self, client: XOnlyPubkey) -> Connection | None:
        """The one whose app has that key."""
        found = self._by_client.get(client)
        return None if found is None else self._connections[found]

    def put(self, connection: Connection) -> None:
        """A new connection, or one that changed; durable when this returns."""
        self._note(connection)
        self.store.commit()

    def used(self, connection: Connection) -> None:
        """It was used now; durable with whatever is written next."""
        now, before = self._clock.now(), connection.last_used_at
        if before is None or now.since(before) >= _USE_NOTED_MS:
            self._note(replace(connection, last_used_at=now))

    def _note(self, connection: Connection) -> None:
        self.store.save(connection)
        self._connections[connection.id] = connection
        self._by_client[connection.client] = connection.id

    def spending(self, connection: Connection) -> Spending:
        """The budget, and what of it is used in the period that runs."""
        since = self.period_began(connection)
        return Spending(connection.budget, self.store.used_since(connection.id, since))

    def period_began(self, connection: Connection) -> Instant:
        """From when on its orders count."""
        now = self._clock.now()
        match connection.period:
            case BudgetPeriod.DAY:
                return periods.begin_of(Period.DAY, now, self._zone)
            case BudgetPeriod.WEEK:
                return periods.begin_of_week(now, self._zone)
            case BudgetPeriod.MONTH:
                return periods.begin_of(Period.MONTH, now, self._zone)
            case BudgetPeriod.EVER:
                return Instant(0)
            case _:
                assert_never(connection.period)

    def hold(self, order: Order) -> Order | None:
        """Takes what the order may cost off the budget; None if it does not fit.

        Its fee limit falls to what is left beside the amount. Durable with the next commit, which
        is for the caller to make before the order leaves.
        """
        connection = self._connections[order.connection_id]
        room = self.spending(connection).fee_within(order.amount, order.max_fee)
        if room is None:
            return None
        held = replace(order, max_fee=room)
        self.store.save_order(held)
        self.store.append(ledger.hold(held))
        return held

    def end(self, order: Order) -> None:
        """It is certain how an order ended; durable when this returns."""
        self.store.save_order(order)
        if order.is_held and order.state is OrderState.PAID:
            fee = order.fee or Msat(0)
            if fee > order.max_fee:
                # The wallet broke its promise. What it cost is what it cost.
                log.error("order %s cost a fee of %s, above %s", order.id, fee, order.max_fee)
            self.store.append(ledger.commit(order, fee, self._clock.now()))
        elif order.is_held:
            self.store.append(ledger.release(order, self._clock.now()))
        self.store.commit()
