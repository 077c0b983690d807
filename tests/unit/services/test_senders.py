"""Who sent something is known only where they proved it, and they decide whether they do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.askers import Asker
from tests.correspondents import Net
from tests.fakes import CREATOR, FAN, RELAY, STRANGER, until
from tests.offers import ENTROPY, PAYER, PAYMENT_HASH, PREIMAGE, answered, asked
from tests.unit.services.test_messages import ANAS, FANS, place, running
from tipdesk.base.ids import EventId, PaymentHash, XOnlyPubkey
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice.payer_proof import prove
from tipdesk.nostr.nip19 import encode_npub
from tipdesk.services.events import TimelineChanged
from tipdesk.services.profiles import Profiles
from tipdesk.services.proofs import PaymentProofs
from tipdesk.services.senders import NobodyToTell, PaymentSenders
from tipdesk.tips.history import Direction, HistoryRecord, PaymentState
from tipdesk.tips.person import PersonWish, Reach
from tipdesk.tips.sender_claim import claim_note, claim_text

INVOICE = answered(asked())
AMOUNT = Msat(21_000)
Change = Callable[[HistoryRecord], HistoryRecord]


def made_proof(note: str) -> str:
    return prove(INVOICE, PREIMAGE, key=PAYER, entropy=ENTROPY, note=note).to_text()


class Party(Asker):
    """Somebody with the payment in their history, on one side of it."""

    direction = Direction.OUT

    def open(self) -> None:
        super().open()
        self.senders = PaymentSenders(
            messages=self.messages,
            store=self.asks._store,
            wallet=self.wallet,
            people=self.people,
            proofs=PaymentProofs(
                can_prove=lambda _: self.direction is Direction.OUT,
                prove=lambda _, note: made_proof(note),
            ),
            profile=Profiles(Network.REGTEST).view,
            ours=self.pubkey,
            bus=self.bus,
        )

    def payment(self) -> HistoryRecord:
        """The one that is told of, settled."""
        return HistoryRecord(
            payment_hash=PAYMENT_HASH,
            direction=self.direction,
            invoice=INVOICE.to_text(),
            amount=AMOUNT,
            description="",
            state=PaymentState.SUCCEEDED,
            at=self.clock.now(),
            expires_at=self.clock.now(),
        )

    def know_payment(self, changed: Change = lambda record: record) -> None:
        self.wallet.note_durably(changed(self.payment()))

    def keep(self, npub: XOnlyPubkey) -> None:
        """Into the book, with the payment."""
        person = self.people.add(PersonWish(name="A", ways={Reach.NPUB: encode_npub(npub)}))
        if self.direction is Direction.OUT:
            self.people.note_payment(person, PAYMENT_HASH)


class Payee(Party):
    direction = Direction.IN


@pytest.fixture
def net() -> Net:
    net = Net()
    net.stored[RELAY] = [place(FAN, FANS), place(CREATOR, ANAS)]
    return net


@pytest.fixture
def fan(tmp_path: Path, net: Net) -> Iterator[Party]:
    person = Party(tmp_path / "fan", FAN, net)
    person.follows.add(CREATOR.x_only)
    person.know_payment()
    yield person
    person.close()


@pytest.fixture
def ana(tmp_path: Path, net: Net) -> Iterator[Payee]:
    person = Payee(tmp_path / "ana", CREATOR, net)
    person.follows.add(FAN.x_only)
    yield person
    person.close()


async def test_who_was_paid_is_told_once_and_knows_from_then_on(fan: Party, ana: Payee) -> None:
    ana.know_payment()
    ana.keep(fan.pubkey)
    fan.keep(ana.pubkey)
    async with running(fan, ana):
        told = fan.senders.to_tell(PAYMENT_HASH)
        assert told is not None
        assert told.pubkey == ana.pubkey
        assert ana.senders.sender(PAYMENT_HASH) is None
        await fan.senders.tell(PAYMENT_HASH)
        assert fan.senders.to_tell(PAYMENT_HASH) is None
        with pytest.raises(NobodyToTell):
            await fan.senders.tell(PAYMENT_HASH)
        await until(lambda: ana.senders.sender(PAYMENT_HASH) is not None)
    assert TimelineChanged() in ana.events
    for _ in ("as it was", "after a restart"):
        sender = ana.senders.sender(PAYMENT_HASH)
        assert sender is not None
        assert sender.pubkey == fan.pubkey
        person = ana.people.with_payment(PAYMENT_HASH)
        assert person is not None
        assert person.npub == fan.pubkey
        assert fan.senders.sender(PAYMENT_HASH) is None
        ana.close()
        ana.open()


async def claimed(fan: Party, ana: Payee, note: str) -> None:
    async with running(fan, ana):
        await fan.messages.send(ana.pubkey, claim_text(AMOUNT, made_proof(note)))
        await until(lambda: len(ana.texts(fan)) == 1)


@pytest.mark.parametrize("named", [STRANGER, CREATOR])
async def test_who_hands_on_somebodys_proof_is_not_the_sender(
    fan: Party, ana: Payee, named: PrivateKey
) -> None:
    ana.know_payment()
    await claimed(fan, ana, claim_note(named.x_only))
    assert ana.senders.sender(PAYMENT_HASH) is None


@pytest.mark.parametrize(
    "changed",
    [
        lambda record: replace(record, direction=Direction.OUT),
        lambda record: replace(record, state=PaymentState.WAITING),
        lambda record: replace(record, invoice=""),
        lambda record: replace(record, payment_hash=PaymentHash(bytes(32))),
    ],
    ids=["ours", "unpaid", "no-invoice", "other"],
)
async def test_what_did_not_come_in_for_an_offer_has_no_sender(
    fan: Party, ana: Payee, changed: Change
) -> None:
    ana.know_payment(changed)
    await claimed(fan, ana, claim_note(fan.pubkey))
    assert ana.senders.sender(PAYMENT_HASH) is None


async def test_nobody_is_told_where_nobody_is_known(fan: Party) -> None:
    assert fan.senders.to_tell(PAYMENT_HASH) is None
    with pytest.raises(NobodyToTell):
        await fan.senders.tell(PAYMENT_HASH)
    fan.people.add(PersonWish(name="No npub", ways={Reach.ADDRESS: "a@example.com"}))
    assert fan.senders.to_tell(PAYMENT_HASH) is None


async def test_who_asked_for_it_can_be_told_without_being_in_the_book(fan: Party) -> None:
    fan.asks._bind(EventId(b"\x05" * 32), CREATOR.x_only, PAYMENT_HASH)
    told = fan.senders.to_tell(PAYMENT_HASH)
    assert told is not None
    assert told.pubkey == CREATOR.x_only
