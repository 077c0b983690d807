"""Asking for money in private messages, put together, and its methods of the control port."""

from collections.abc import Callable

from tipdesk.adapters.storage.payment_asks import MoneyAskStore
from tipdesk.app.core import Core
from tipdesk.app.methods import Method, Params
from tipdesk.app.people import read_person
from tipdesk.base.clock import Instant
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.services.bus import Bus
from tipdesk.services.messages import MessageService
from tipdesk.services.payment_asks import PaymentAsks
from tipdesk.services.people_book import PeopleBook
from tipdesk.services.proofs import PaymentProofs
from tipdesk.services.senders import PaymentSenders
from tipdesk.services.timeline import TimelineService
from tipdesk.services.views import MessageView, ProfileView
from tipdesk.services.wallet import WalletService


def build_asks(
    core: Core,
    *,
    messages: MessageService,
    wallet: WalletService,
    people: PeopleBook,
    timeline: TimelineService,
    bus: Bus,
) -> PaymentAsks:
    """Of a profile. What is asked for is an offer of the own node, wherever one can be made."""

    async def make_offer(amount: Msat, expires_at: Instant) -> str:
        return core.node.money.offers.create("", amount, expires_at).text

    return PaymentAsks(
        messages=messages,
        store=MoneyAskStore(core.database),
        wallet=wallet,
        people=people,
        network=core.settings.network,
        bus=bus,
        clock=core.clock,
        note=timeline.note_payment,
        make_offer=make_offer,
    )


def build_senders(
    core: Core,
    *,
    messages: MessageService,
    wallet: WalletService,
    people: PeopleBook,
    proofs: PaymentProofs,
    profile: Callable[[XOnlyPubkey], ProfileView],
    ours: XOnlyPubkey,
    bus: Bus,
) -> PaymentSenders:
    """Over the same store: who proved a payment did so by a message."""
    return PaymentSenders(
        messages=messages,
        store=MoneyAskStore(core.database),
        wallet=wallet,
        people=people,
        proofs=proofs,
        profile=profile,
        ours=ours,
        bus=bus,
    )


def sender_methods(senders: PaymentSenders) -> dict[str, Method]:
    """Who proved that they sent something, and telling a receiver that it was us."""

    async def sender(params: Params) -> object:
        found = senders.sender(PaymentHash.from_hex(str(params["payment_hash"])))
        return {"sender": None if found is None else str(found.pubkey)}

    async def tell(params: Params) -> object:
        await senders.tell(PaymentHash.from_hex(str(params["payment_hash"])))
        return {}

    return {"payment_sender": sender, "tell_receiver": tell}


def ask_methods(asks: PaymentAsks) -> dict[str, Method]:
    """People are given as npub, nprofile, link or key."""

    async def ask(params: Params) -> object:
        return {"id": str(await asks.ask(*_wish(params)))}

    async def promise(params: Params) -> object:
        return {"id": str(await asks.offer_to_pay_later(*_wish(params)))}

    async def answer(params: Params) -> object:
        return {"id": str(await asks.answer_promise(EventId.from_hex(str(params["id"]))))}

    async def refuse(params: Params) -> object:
        message_id, tell = EventId.from_hex(str(params["id"])), bool(params.get("tell", True))
        await asks.refuse(message_id, str(params.get("words", "")), tell=tell)
        return {}

    async def listed(params: Params) -> object:
        return [_as_object(view) for view in asks.open_with(read_person(params["pubkey"]))]

    return {
        "ask_for_money": ask,
        "promise_money": promise,
        "answer_promise": answer,
        "refuse_ask": refuse,
        "open_asks": listed,
    }


def _wish(params: Params) -> tuple[XOnlyPubkey, Msat, str]:
    amount = Msat(int(params["amount_msat"]))
    return read_person(params["pubkey"]), amount, str(params.get("words", ""))


def _as_object(view: MessageView) -> dict[str, object]:
    ask = view.ask
    if ask is None:
        return {}
    return {
        "id": str(view.message_id),
        "kind": ask.kind.value,
        "is_ours": ask.is_ours,
        "amount_msat": None if ask.amount is None else ask.amount.value,
        "words": ask.words,
        "state": ask.state.name,
        "payable": ask.payable,
    }
