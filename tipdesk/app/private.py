"""Private sends and offers of ours, put together, and what can be asked over the control port."""

from dataclasses import dataclass

from tipdesk.adapters.payments.embedded import EmbeddedNodes, EmbeddedOffers
from tipdesk.app.core import Core
from tipdesk.app.methods import Method, Params
from tipdesk.base.ids import PaymentHash
from tipdesk.base.units import Msat
from tipdesk.ports.offers import OwnOffer
from tipdesk.ports.way_out import ProxyScope
from tipdesk.services.bus import Bus
from tipdesk.services.lnurl_client import LnurlClient
from tipdesk.services.own_offers import OwnOffers
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.private_income import PrivateIncome
from tipdesk.services.private_sends import NameFinder, PrivateSends, ReadySend, SendWish
from tipdesk.services.proofs import PaymentProofs
from tipdesk.services.wallet import WalletService
from tipdesk.tips.leaks import SendWay
from tipdesk.tips.payment import Failed, Succeeded
from tipdesk.tips.person import PersonId

_WAYS = {way.name.lower(): way for way in SendWay}


@dataclass(frozen=True, slots=True)
class Private:
    """The services of private sends."""

    sends: PrivateSends
    offers: OwnOffers
    income: PrivateIncome
    proofs: PaymentProofs


def build_private(
    core: Core,
    *,
    book: PeopleBook,
    wallet: WalletService,
    lnurl: LnurlClient,
    names: NameFinder | None,
    bus: Bus,
) -> Private:
    """Over the own node: no other wallet makes offers or asks for their invoices."""
    backend = EmbeddedOffers(core.node)
    if core.cap is not None:
        core.node.money.offers.admit = core.cap.check

    sends = PrivateSends(
        book=book,
        backend=core.backend,
        offers=backend,
        names=names,
        lnurl=lnurl,
        wallet=wallet,
        clock=core.clock,
        entropy=core.entropy,
        network=core.settings.network,
        own_node=core.node.node_id,
        nodes=EmbeddedNodes(core.node),
        through_proxy=lambda: core.way.choice.scope is ProxyScope.EVERYTHING,
    )
    return Private(
        sends=sends,
        offers=OwnOffers(backend=backend, bus=bus),
        income=PrivateIncome(offers=backend, backend=core.backend, wallet=wallet),
        proofs=PaymentProofs(can_prove=backend.can_prove, prove=backend.prove),
    )


def private_methods(private: Private) -> dict[str, Method]:
    """Offers and private sends over the control port."""

    async def create_offer(params: Params) -> object:
        amount = params.get("amount_msat")
        description = str(params.get("description", ""))
        made = await private.offers.create(description, Msat(int(amount)) if amount else None)
        return _as_object(made)

    async def offers(_: Params) -> object:
        return [_as_object(one) for one in private.offers.offers()]

    async def close_offer(params: Params) -> object:
        private.offers.close(bytes.fromhex(str(params["key"])))
        return {}

    async def send_privately(params: Params) -> object:
        ready = await private.sends.prepare(
            SendWish(
                person=PersonId(int(params["person"])),
                way=_WAYS[str(params.get("way", "offer"))],
                amount=Msat(int(params["amount_msat"])),
                message=str(params.get("message", "")),
                accepts_loss=bool(params.get("accepts_loss", False)),
            )
        )
        return await _sent(private, ready)

    async def prove(params: Params) -> object:
        payment_hash = PaymentHash.from_hex(str(params["payment_hash"]))
        return {"proof": private.proofs.prove(payment_hash, str(params.get("note", "")))}

    return {
        "create_offer": create_offer,
        "offers": offers,
        "close_offer": close_offer,
        "send_privately": send_privately,
        "prove_payment": prove,
    }


async def _sent(private: Private, ready: ReadySend) -> dict[str, object]:
    update = await private.sends.send(ready)
    said: dict[str, object] = {"payment_hash": str(ready.payment_hash), "state": "in flight"}
    match update:
        case Succeeded():
            said |= {"state": "paid", "fee_msat": update.fee.value}
        case Failed():
            said |= {"state": "failed", "problem": str(update.reason.value)}
        case _:
            pass
    return said


def _as_object(made: OwnOffer) -> dict[str, object]:
    return {
        "key": made.key.hex(),
        "offer": made.text,
        "amount_msat": None if made.amount is None else made.amount.value,
        "description": made.description,
        "is_open": made.is_open,
        "is_reachable": made.is_reachable,
    }
