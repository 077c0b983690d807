"""Fan and creator write to each other and tip in private: two profiles and a real relay."""

import asyncio
from pathlib import Path
from typing import Any

from tests.fakes import until
from tests.practice.seeing import holds
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.records import MoneyIncomingStore
from tipdesk.app.container import App
from tipdesk.app.core import open_money
from tipdesk.base.ids import PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.demo.fan import build_fan, prepare_fan
from tipdesk.demo.practice_child import PracticeChild
from tipdesk.nostr.event import Event
from tipdesk.nostr.filter import Filter
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.nostr.nip59 import KIND_GIFT_WRAP
from tipdesk.services.private_sends import SendWish
from tipdesk.services.tip_plan import TipIntent
from tipdesk.tips.leaks import SendWay
from tipdesk.tips.payment import Succeeded
from tipdesk.tips.person import PersonWish, Reach
from tipdesk.tips.timeline import Search
from tipdesk.tips.tip import TipStatus
from tipdesk.tips.visibility import Visibility

AMOUNT = Msat(21_000)
CREATOR = "musician"
NAME = "Ana from the choir"
QUESTION, ANSWER, WORDS = "will there be a vinyl?", "in spring", "for the second movement"
NOTES = {
    SendWay.OFFER: "für den leisen Schluß, sotto voce",
    SendWay.KEYSEND: "und für die Stille danach, tacet",
}


async def test_messages_and_a_private_tip_are_seen_by_the_two_alone(tmp_path: Path) -> None:
    practice = PracticeChild(tmp_path / "practice")
    try:
        await practice.start()
        app = await build_fan(tmp_path / "fan", practice)
        fan = app.core.identity.nostr_key.x_only
        async with app.running():
            await prepare_fan(app, practice, lambda _: None)
            await app.messages.places.use_relay(str(practice.description["relay"]))
            creator = await creator_with_a_place(app, practice)
            await write_to_each_other(app, practice, creator, fan)
            payment_hash = await tip_in_private(app, creator)
            await until_told(practice, fan, WORDS)
            before = await everything_on_the_relay(app)
            sent = await send_in_private(app, practice, creator)
            # Nothing of it is published, or sent to a relay at all.
            assert await everything_on_the_relay(app) == before
            await prove_who_sent_it(app, practice, sent, fan)
            seen = await everything_on_the_relay(app)
    finally:
        await practice.stop()
    check_what_the_relay_saw(seen, fan, creator)
    check_what_others_kept(tmp_path / "practice")
    check_the_desk(tmp_path / "practice" / CREATOR, payment_hash, fan)


async def creator_with_a_place(app: App, practice: PracticeChild) -> XOnlyPubkey:
    """Who is tipped says at the first start where messages are taken."""
    creator = XOnlyPubkey.from_hex(practice.description["creators"][CREATOR]["pubkey"])
    relay = str(practice.description["relay"])
    app.messages.places.ask_about(creator)
    await until(lambda: app.messages.places.known(creator) == (relay,), within=20.0)
    assert await practice.call_member(CREATOR, "message_relays") == [relay]
    return creator


async def write_to_each_other(
    app: App, practice: PracticeChild, creator: XOnlyPubkey, fan: XOnlyPubkey
) -> None:
    await app.messages.service.send(creator, QUESTION)
    await until_told(practice, fan, QUESTION)
    (request,) = await practice.call_member(CREATOR, "conversations")
    assert (request["pubkey"], request["is_request"]) == (str(fan), True)
    await practice.call_member(CREATOR, "send_message", pubkey=str(fan), text=ANSWER)
    await until(lambda: len(app.messages.book.messages(creator)) == 2, within=20.0)
    texts = {view.text for view in app.messages.book.messages(creator)}
    assert texts == {QUESTION, ANSWER}
    (conversation,) = await practice.call_member(CREATOR, "conversations")
    assert not conversation["is_request"]


async def until_told(practice: PracticeChild, fan: XOnlyPubkey, text: str) -> None:
    found: list[dict[str, Any]] = []
    for _ in range(400):
        found = await practice.call_member(CREATOR, "messages", pubkey=str(fan))
        if any(message["text"] == text for message in found):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(found)


async def tip_in_private(app: App, creator: XOnlyPubkey) -> PaymentHash:
    await until(lambda: app.feeds.profile(creator).can_be_tipped, within=20.0)
    intent = TipIntent(creator, None, AMOUNT, WORDS, visibility=Visibility.PRIVATE)
    tip_id = app.tips.begin(intent, undo_ms=0)

    def is_told() -> bool:
        view = app.tips.tip(tip_id)
        assert view is not None
        assert view.state is not TipStatus.FAILED, view.sentence
        return "Your words were delivered" in view.sentence

    await until(is_told, within=20.0)
    view = app.tips.tip(tip_id)
    assert view is not None
    assert view.payment_hash is not None
    return view.payment_hash


async def prove_who_sent_it(
    app: App, practice: PracticeChild, sent: PaymentHash, fan: XOnlyPubkey
) -> None:
    """Once the fan wants the creator to know, and not before."""
    asked = {"payment_hash": str(sent)}
    assert await practice.call_member(CREATOR, "payment_sender", **asked) == {"sender": None}
    await app.senders.tell(sent)
    for _ in range(400):
        found = await practice.call_member(CREATOR, "payment_sender", **asked)
        if found["sender"] is not None:
            break
        await asyncio.sleep(0.05)
    assert found == {"sender": str(fan)}


async def send_in_private(app: App, practice: PracticeChild, creator: XOnlyPubkey) -> PaymentHash:
    """By an offer, and by a payment that nobody asked for: the note arrives with the money.

    The payment of the offer.
    """
    offer = (await practice.call_member(CREATOR, "create_offer"))["offer"]
    in_public = app.messages.book.title(creator)
    node_id = str(practice.description["nodes"][CREATOR]).partition("@")[0]
    ways = {Reach.OFFER: offer, Reach.NODE: node_id, Reach.NPUB: encode_npub(creator)}
    person = app.people_book.add(PersonWish(name=NAME, ways=ways))
    paid: dict[SendWay, PaymentHash] = {}
    for way, note in NOTES.items():
        ready = await app.private_sends.prepare(
            SendWish(person=person, way=way, amount=AMOUNT, message=note)
        )
        ended = await app.private_sends.send(ready)
        assert isinstance(ended, Succeeded), ended
        paid[way] = ready.payment_hash
        (line,) = app.timeline.page(Search(payment_hash=ready.payment_hash)).lines
        assert line.name == NAME
    # The name is for the fan's own eyes: in messages and in the history.
    assert (in_public, app.messages.book.title(creator)) == ("Mira Okafor", NAME)
    return paid[SendWay.OFFER]


async def everything_on_the_relay(app: App) -> tuple[Event, ...]:
    found = await app._nostr.relays.fetch([Filter(limit=5_000)], timeout=10.0)
    return found.events


def check_what_the_relay_saw(
    seen: tuple[Event, ...], fan: XOnlyPubkey, creator: XOnlyPubkey
) -> None:
    wraps = [event for event in seen if event.kind == KIND_GIFT_WRAP]
    # Two messages, the words of a tip and a proof, each for its recipient and as a copy.
    assert sorted(event.first("p") or "" for event in wraps) == sorted([str(fan), str(creator)] * 4)
    for event in wraps:
        assert event.pubkey not in (fan, creator)
    assert len({event.pubkey for event in wraps}) == 8
    for_creator = [event for event in wraps if event.first("p") == str(creator)]
    assert not any(str(fan) in event.to_json() for event in for_creator)
    for event in seen:
        text = event.to_json()
        assert not any(words in text for words in (QUESTION, ANSWER, WORDS, NAME))


def check_what_others_kept(folder: Path) -> None:
    """Every file of everybody's, and of the chain and its servers: databases and logs too."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {"router-1", "router-2"} <= {path.relative_to(folder).parts[0] for path in files}
    for note in NOTES.values():
        holders = {
            path.relative_to(folder).parts[0] for path in files if holds(path.read_bytes(), note)
        }
        assert holders == {CREATOR}


def check_the_desk(profile: Path, payment_hash: PaymentHash, fan: XOnlyPubkey) -> None:
    """The LNURL server kept an amount and nothing else; the words came by the message alone."""
    database = open_money(profile, Network.REGTEST)
    record = MoneyIncomingStore(database).incoming(payment_hash)
    tip = MoneyDeskStore(database).tip(payment_hash)
    database.close()
    assert record is not None
    assert (record.zap_request, record.comment, record.claimed_name) == ("", "", "")
    assert tip is not None
    assert (tip.amount, tip.sender, tip.comment) == (AMOUNT, None, "")
    assert tip.words is not None
    assert (tip.words.sender, tip.words.text) == (fan, WORDS)
