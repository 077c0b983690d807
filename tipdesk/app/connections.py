"""Puts together what serves other apps from the wallet (NIP-47), and its control methods."""

from tipdesk.adapters.secrets.serving import ServiceKeys
from tipdesk.adapters.storage.connections import MoneyConnectionStore
from tipdesk.app.core import Core
from tipdesk.app.methods import Method, Params
from tipdesk.base.clock import Instant
from tipdesk.base.ids import XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.nostr.nip47_asking import InfoResult
from tipdesk.ports.payments import PaymentBackend
from tipdesk.ports.relays import RelayPool
from tipdesk.services.bus import Bus
from tipdesk.services.connection_book import ConnectionBook
from tipdesk.services.connections import ConnectionService, ConnectionView, ConnectionWish
from tipdesk.services.nwc_methods import WalletMethods
from tipdesk.services.nwc_orders import History, OrderDesk
from tipdesk.services.nwc_relays import ServiceRelays
from tipdesk.services.nwc_server import NwcServer, Serving
from tipdesk.services.provider_tips import provider_tip
from tipdesk.services.receiving import ReceiveService
from tipdesk.tips.connection import BudgetPeriod, Order, Permission


class Connections:
    """The service for the window, and the server that works as long as the app runs."""

    def __init__(
        self,
        core: Core,
        *,
        wallet: PaymentBackend,
        relays: RelayPool,
        history: History,
        receiving: ReceiveService,
        recipient: XOnlyPubkey,
        bus: Bus,
    ) -> None:
        self._core = core
        book = ConnectionBook(store=MoneyConnectionStore(core.database), clock=core.clock)
        signers = ServiceKeys(core.identity.seed, core.entropy)
        network = core.settings.network
        self.service = ConnectionService(
            book=book,
            signers=signers,
            relays=core.settings.relays,
            practice=network is Network.REGTEST,
            bus=bus,
            clock=core.clock,
            entropy=core.entropy,
        )
        orders = OrderDesk(
            book=book, wallet=wallet, history=history, clock=core.clock, ended=self._order_ended
        )
        methods = WalletMethods(
            book=book,
            orders=orders,
            wallet=wallet,
            history=history,
            network=network,
            facts=self._facts,
            clock=core.clock,
            entropy=core.entropy,
            brings_tip=lambda created, asked: receiving.expect(
                provider_tip(created, asked, recipient, core.clock.now())
            ),
        )
        self.server = NwcServer(
            Serving(
                book=book,
                orders=orders,
                methods=methods,
                relays=ServiceRelays(
                    relays=relays, signers=signers, connections=book.connections, clock=core.clock
                ),
                wallet=wallet,
                bus=bus,
                clock=core.clock,
            )
        )

    def _order_ended(self, order: Order) -> None:
        self.server.order_ended(order)

    def _facts(self) -> InfoResult:
        node = self._core.node
        height = node.chain.height
        return InfoResult(
            alias=self._core.settings.alias,
            pubkey=node.node_id,
            block_height=None if height is None else height.value,
        )


def connection_methods(service: ConnectionService) -> dict[str, Method]:
    """Connected apps over the control port."""

    async def listed(_: Params) -> object:
        return [_as_object(view) for view in service.connections()]

    async def create(params: Params) -> object:
        expires_at, budget = params.get("expires_at"), params.get("budget_msat")
        wish = ConnectionWish(
            name=str(params["name"]),
            permissions=frozenset(Permission[str(one)] for one in params["permissions"]),
            budget=None if budget is None else Msat(int(budget)),
            period=BudgetPeriod[str(params.get("period", "DAY"))],
            expires_at=None if expires_at is None else Instant.from_unix_seconds(int(expires_at)),
        )
        return {"link": service.create(wish)}

    async def revoke(params: Params) -> object:
        service.revoke(int(params["id"]))
        return {}

    return {
        "connections": listed,
        "create_connection": create,
        "revoke_connection": revoke,
    }


def _as_object(view: ConnectionView) -> dict[str, object]:
    connection, spending = view.connection, view.spending
    ended, used = connection.expires_at, connection.last_used_at
    return {
        "id": connection.id,
        "name": connection.name,
        "is_live": view.is_live,
        "methods": list(connection.methods),
        "budget_msat": None if spending.budget is None else spending.budget.value,
        "used_msat": spending.used.value,
        "period": connection.period.name,
        "expires_at": None if ended is None else ended.unix_seconds,
        "last_used_at": None if used is None else used.unix_seconds,
    }
