"""What a running TipDesk can be asked over its control port: small answers as JSON."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tipdesk.app.core import Core
from tipdesk.base.errors import RequestError
from tipdesk.base.ids import ChannelId, PaymentHash
from tipdesk.base.units import Msat, Sat
from tipdesk.lightning.channel.state import Normal, inner
from tipdesk.lightning.invoice.bolt11 import decode
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.publishing import PublishingService
from tipdesk.tips.payment import (
    Failed,
    InFlight,
    InvoiceRequest,
    PaymentUpdate,
    PayRequest,
    Succeeded,
    Unknown,
)

Params = Mapping[str, Any]
Method = Callable[[Params], Awaitable[Any]]
"""Its answer is JSON: whoever reads it knows of what form."""


def node_methods(core: Core) -> dict[str, Method]:
    """Everything about the node and its wallet."""
    node = NodeMethods(core)
    return {
        "info": node.info,
        "new_address": node.new_address,
        "balance": node.balance,
        "stored_balance": node.stored_balance,
        "channels": node.channels,
        "open_channel": node.open_channel,
        "close_channel": node.close_channel,
        "create_invoice": node.create_invoice,
        "received": node.received,
        "pay": node.pay,
        "payment": node.payment,
    }


class NodeMethods:
    """One coroutine a method; parameters are named as in the answers."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def info(self, _: Params) -> object:
        """Who we are, and what works."""
        node = self._core.node
        pubkey = self._core.identity.nostr_key.x_only
        return {
            "node_id": str(node.node_id),
            "npub": encode_npub(pubkey),
            "pubkey": str(pubkey),
            "height": node.height().value,
            "peers": node.connections.count,
            "usable_channels": sum(1 for c in node.book.all() if isinstance(c.state, Normal)),
            "known_channels": node.gossip.graph.policy_count // 2,
        }

    async def new_address(self, _: Params) -> object:
        """An address of the on-chain wallet."""
        if self._core.cap is not None:
            await self._core.cap.check_any()
        return {"address": await self._core.wallet.new_address()}

    async def balance(self, _: Params) -> object:
        """What there is on chain and in channels, after a look at the chain."""
        await self._core.wallet.sync()
        onchain = await self._core.wallet.balance()
        inside = await self._core.any_wallet.own.balance()
        return {
            "onchain_confirmed_sat": onchain.confirmed.value,
            "onchain_unconfirmed_sat": onchain.unconfirmed.value,
            "spendable_msat": inside.spendable.value,
            "receivable_msat": None if inside.receivable is None else inside.receivable.value,
            "in_channels_msat": inside.in_channels.value,
        }

    async def stored_balance(self, _: Params) -> object:
        """What the database says is ours in channels, and whether anything is under way."""
        stored = stored_channels(self._core)
        return {"local_balance_msat": stored.local_balance.value, "htlcs": stored.htlcs}

    async def channels(self, _: Params) -> object:
        """All channels."""
        return [
            {
                "channel_id": str(view.channel_id),
                "peer": str(view.peer),
                "status": view.status.name.lower(),
                "capacity_sat": view.capacity.value,
                "ours_msat": view.ours.value,
                "theirs_msat": view.theirs.value,
                "short_channel_id": str(view.short_channel_id) if view.short_channel_id else None,
            }
            for view in self._core.channels.channels()
        ]

    async def open_channel(self, params: Params) -> object:
        """Opens a channel."""
        channel_id = await self._core.node.open_channel(
            str(params["peer"]), Sat(int(params["amount_sat"])), announce=bool(params["announce"])
        )
        return {"channel_id": str(channel_id)}

    async def close_channel(self, params: Params) -> object:
        """Begins to close a channel."""
        channel_id = ChannelId.from_hex(str(params["channel_id"]))
        await self._core.node.close_channel(channel_id, force=bool(params.get("force", False)))
        return {}

    async def create_invoice(self, params: Params) -> object:
        """An invoice of ours."""
        created = await self._core.backend.create_invoice(
            InvoiceRequest(
                amount=Msat(int(params["amount_msat"])),
                description=str(params.get("description", "")),
            )
        )
        return {"invoice": created.invoice, "payment_hash": str(created.payment_hash)}

    async def received(self, params: Params) -> object:
        """Whether an invoice of ours was paid, and with how much."""
        payment_hash = PaymentHash.from_hex(str(params["payment_hash"]))
        payment = await self._core.backend.received(payment_hash)
        return {"amount_msat": None if payment is None else payment.amount.value}

    async def pay(self, params: Params) -> object:
        """Pays an invoice and waits for its end."""
        invoice = decode(str(params["invoice"]))
        if invoice.amount_msat is None:
            raise RequestError("The invoice names no amount.")
        request = PayRequest(
            invoice=str(params["invoice"]),
            payment_hash=invoice.payment_hash,
            amount=invoice.amount_msat,
            max_fee=Msat(int(params["max_fee_msat"])),
        )
        async for update in self._core.backend.pay(request):
            if not isinstance(update, InFlight):
                return _as_answer(update)
        return {"state": "unknown"}

    async def payment(self, params: Params) -> object:
        """What is known of a payment of ours, without waiting for its end."""
        payment_hash = PaymentHash.from_hex(str(params["payment_hash"]))
        update = await self._core.backend.lookup(payment_hash)
        return {"state": "none"} if update is None else _as_answer(update)


def _as_answer(update: PaymentUpdate) -> dict[str, object]:
    match update:
        case Succeeded():
            return {
                "state": "succeeded",
                "preimage": update.preimage.hex(),
                "fee_msat": update.fee.value,
                "channels": update.channels,
            }
        case Failed():
            return {"state": "failed", "reason": update.reason.value}
        case InFlight():
            return {"state": "in flight"}
        case Unknown():
            return {"state": "unknown"}


def publishing_methods(publishing: PublishingService) -> dict[str, Method]:
    """What a creator publishes by hand or by a script."""

    async def post(params: Params) -> object:
        event_id = await publishing.post(
            int(params["kind"]),
            str(params["content"]),
            [tuple(str(item) for item in tag) for tag in params.get("tags", ())],
            identifier=str(params.get("identifier", "")),
        )
        return {"event_id": str(event_id)}

    return {"post": post}


@dataclass(frozen=True, slots=True)
class StoredChannels:
    """What the database, not the memory, says of our channels."""

    local_balance: Msat
    htlcs: int
    """Payments under way."""


def stored_channels(core: Core) -> StoredChannels:
    """Read anew from the database."""
    states = [inner(state).commitments for state in core.store.channels()]
    balance = sum((c.local_balance for c in states), Msat(0))
    return StoredChannels(balance, sum(len(c.htlcs) for c in states))
