"""The creator's side: terms, invoices that commit to zaps, receipts that get through, totals."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.fakes import (
    ADDRESS,
    CALLBACK,
    CREATOR,
    FAN,
    RELAY,
    START,
    STRANGER,
    FakeClock,
    FakeEntropy,
    FakeRelays,
    FakeWallet,
    preimage_of,
    sign,
    until,
)
from tipdesk.adapters.secrets.signer import KeySigner
from tipdesk.adapters.storage.database import MoneyDatabase
from tipdesk.adapters.storage.desk import MoneyDeskStore
from tipdesk.adapters.storage.records import MoneyIncomingStore
from tipdesk.app.core import SCHEMA
from tipdesk.base.ids import EventId, PaymentHash
from tipdesk.base.units import Msat
from tipdesk.bitcoin.network import Network
from tipdesk.crypto.hashes import sha256
from tipdesk.crypto.secp256k1 import PrivateKey
from tipdesk.lightning.invoice import bolt11
from tipdesk.lnurl import codec
from tipdesk.lnurl.pay import LnurlRefused, parse_invoice_response, parse_params
from tipdesk.nostr import event as nip01
from tipdesk.nostr import nip57
from tipdesk.nostr.nip57 import ZapTarget
from tipdesk.nostr.nip57_judge import ValidReceipt, judge_zap_receipt
from tipdesk.services import receiving
from tipdesk.services.bus import Bus
from tipdesk.services.creator import CreatorService
from tipdesk.services.events import IncomingTipSeen
from tipdesk.services.people import PeopleService
from tipdesk.services.profiles import Profiles
from tipdesk.services.receiving import ReceiveService, ReceivingAddress
from tipdesk.tips import podcast
from tipdesk.tips.payment import IncomingPayment

POST = EventId(b"\x11" * 32)
THEIR_RELAY = "ws://127.0.0.1:7778"


class Creator:
    """A creator's services on disk; `open` starts them again after a `close`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clock = FakeClock()
        self.wallet = FakeWallet(self.clock)
        self.relays = FakeRelays()
        self.entropy = FakeEntropy()
        self.open()

    def open(self) -> None:
        self.wallet.listeners.clear()
        self.database = MoneyDatabase(self._folder / "money.db", SCHEMA)
        self.store = MoneyIncomingStore(self.database)
        self.bus = Bus()
        self.seen: list[PaymentHash] = []
        self.bus.subscribe(IncomingTipSeen, lambda event: self.seen.append(event.payment_hash))
        self.service = ReceiveService(
            address=ReceivingAddress(
                user="ana",
                recipient=CREATOR.x_only,
                identifier=ADDRESS,
                callback=CALLBACK,
                description="Tips for Ana",
                max_sendable=Msat(100_000_000),
            ),
            wallet=self.wallet,
            signer=KeySigner(CREATOR, self.entropy),
            relays=self.relays,
            store=self.store,
            bus=self.bus,
            clock=self.clock,
            retry_seconds=(0.01,),
        )
        self.profiles = Profiles(Network.REGTEST)
        self.totals = CreatorService(
            store=self.store,
            desk=MoneyDeskStore(self.database),
            receiving=self.service,
            profiles=self.profiles,
            people=PeopleService(relays=self.relays, profiles=self.profiles, bus=self.bus),
            bus=self.bus,
        )

    def close(self) -> None:
        self.database.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self.service.run())
        await asyncio.sleep(0)
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def ask(self, **query: str) -> PaymentHash:
        answer = await self.service.lnurl_invoice("ana", query)
        assert answer is not None
        params = parse_params(
            (await self.service.lnurl_params("ana") or "").encode(), Network.REGTEST
        )
        return bolt11.decode(parse_invoice_response(answer.encode(), params).pr).payment_hash

    async def zap(self, request: str, sat: int = 21) -> PaymentHash:
        return await self.ask(amount=str(sat * 1_000), nostr=request)


@pytest.fixture
def creator(tmp_path: Path) -> Iterator[Creator]:
    creator = Creator(tmp_path)
    yield creator
    creator.close()


def zap_request(
    *, sat: int = 21, to: PrivateKey = CREATOR, relays: tuple[str, ...] = (THEIR_RELAY,)
) -> str:
    unsigned = nip57.build_zap_request(
        ZapTarget(recipient=to.x_only, event_id=POST, kind=1),
        sender=FAN.x_only,
        relays=relays,
        amount=Msat(sat * 1_000),
        lnurl=codec.encode(CALLBACK),
        comment="hi \u2600",
        created_at=START.unix_seconds,
    )
    return nip01.sign(unsigned, FAN, bytes(32)).to_json()


async def test_the_terms_are_for_our_user_only(creator: Creator) -> None:
    text = await creator.service.lnurl_params("ana")
    assert text is not None
    params = parse_params(text.encode(), Network.REGTEST)
    assert (params.callback, params.nostr_pubkey) == (CALLBACK, CREATOR.x_only)
    assert await creator.service.lnurl_params("bob") is None
    assert await creator.service.lnurl_invoice("bob", {"amount": "1000"}) is None


async def test_a_zaps_invoice_commits_to_the_request_as_it_came(creator: Creator) -> None:
    raw = zap_request()
    payment_hash = await creator.zap(raw)
    request, invoice = creator.wallet.issued[payment_hash]
    assert (request.label, request.amount) == (raw, Msat(21_000))
    assert bolt11.decode(invoice).description_hash == sha256(raw.encode())


async def test_a_plain_payments_invoice_commits_to_the_metadata(creator: Creator) -> None:
    payment_hash = await creator.ask(amount="1000", comment="for\x00 you")
    params = parse_params(
        (await creator.service.lnurl_params("ana") or "").encode(), Network.REGTEST
    )
    _, invoice = creator.wallet.issued[payment_hash]
    assert bolt11.decode(invoice).description_hash == params.metadata_hash
    async with creator.running():
        creator.wallet.be_paid(payment_hash)
        (tip,) = creator.totals.incoming()
        assert (tip.comment, tip.anonymous, tip.sender) == ("for you", True, None)
        assert not tip.awaits_receipt, "a plain payment never has a receipt"
        await asyncio.sleep(0.02)
    assert creator.relays.published == []


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({}, "the amount must be from 1 sat to 100,000 sat"),
        ({"amount": "999"}, "the amount must be"),
        ({"amount": "100000001"}, "the amount must be"),
        ({"amount": "1e6"}, "the amount must be"),
        ({"amount": "-1000"}, "the amount must be"),
        ({"amount": "9" * 5_000}, "the amount must be"),
        ({"amount": "22000", "nostr": zap_request()}, "signed for 21000 msat, asked for 22000"),
        ({"amount": "21000", "nostr": zap_request(to=STRANGER)}, "the zap is for somebody else"),
        ({"amount": "21000", "nostr": "{"}, "not JSON"),
        (
            {"amount": "21000", "nostr": zap_request().replace("hi", "ho")},
            "not signed by its author",
        ),
        ({"amount": "21000", "nostr": sign(FAN, 1, "x").to_json()}, "is not a zap request"),
    ],
)
async def test_a_wrong_request_gets_its_reason_and_no_invoice(
    creator: Creator, query: dict[str, str], reason: str
) -> None:
    with pytest.raises(LnurlRefused, match=reason):
        await creator.ask(**query)
    assert creator.wallet.issued == {}


async def test_a_paid_zap_gets_a_receipt_that_everybody_can_verify(creator: Creator) -> None:
    async with creator.running():
        payment_hash = await creator.zap(zap_request())
        creator.wallet.be_paid(payment_hash)
        assert creator.seen == [payment_hash]
        await until(lambda: creator.totals.incoming()[0].receipt_published)
        assert creator.seen == [payment_hash] * 2
    ((receipt, urls),) = creator.relays.published
    assert urls == (THEIR_RELAY, RELAY)
    verdict = judge_zap_receipt(receipt, provider=CREATOR.x_only, recipient=CREATOR.x_only)
    assert isinstance(verdict, ValidReceipt)
    assert (verdict.payment_hash, verdict.hash_matches) == (payment_hash, True)
    (tip,) = creator.totals.incoming()
    assert tip.sender is not None
    assert (tip.sender.pubkey, tip.comment, tip.target_event) == (FAN.x_only, "hi \u2600", POST)


async def test_a_receipt_is_tried_until_a_relay_of_the_payer_takes_it(creator: Creator) -> None:
    creator.relays.accepts = lambda url: url == RELAY
    async with creator.running():
        creator.wallet.be_paid(await creator.zap(zap_request()))
        await until(lambda: len(creator.relays.published) >= 3)
        (tip,) = creator.totals.incoming()
        assert (tip.receipt_published, tip.awaits_receipt) == (False, True)
        creator.relays.accepts = lambda _: True
        await until(lambda: creator.totals.incoming()[0].receipt_published)
        assert not creator.totals.incoming()[0].awaits_receipt
    assert len({event.id for event, _ in creator.relays.published}) == 1


async def test_a_receipt_that_a_relay_chokes_on_stops_no_other(
    creator: Creator, caplog: pytest.LogCaptureFixture
) -> None:
    """The payer names the relays: one of his may answer what nobody has thought of."""
    poison = "ws://127.0.0.1:6666"

    def accepts(url: str) -> bool:
        if url == poison:
            raise ZeroDivisionError
        return True

    creator.relays.accepts = accepts
    async with creator.running():
        first = await creator.zap(zap_request(relays=(poison,)))
        creator.wallet.be_paid(first)
        await until(lambda: "stays owed" in caplog.text)
        creator.wallet.be_paid(await creator.zap(zap_request()))
        await until(lambda: any(tip.receipt_published for tip in creator.totals.incoming()))
        record = creator.store.incoming(first)
    assert record is not None
    assert record.owes_receipt


async def test_a_request_without_relays_gets_its_receipt_on_ours(creator: Creator) -> None:
    async with creator.running():
        creator.wallet.be_paid(await creator.zap(zap_request(relays=())))
        await until(lambda: creator.totals.incoming()[0].receipt_published)
    assert creator.relays.published[0][1] == (RELAY,)


async def test_a_receipt_owed_at_a_crash_is_published_after_it_and_only_once(
    creator: Creator,
) -> None:
    creator.relays.accepts = lambda _: False
    async with creator.running():
        creator.wallet.be_paid(await creator.zap(zap_request()))
        await until(lambda: creator.relays.published)
    first = creator.relays.published[0][0]
    creator.relays.accepts = lambda _: True
    creator.close()
    creator.open()
    creator.relays.published.clear()
    async with creator.running():
        await until(lambda: creator.totals.incoming()[0].receipt_published)
    assert [event for event, _ in creator.relays.published] == [first]
    creator.close()
    creator.open()
    async with creator.running():
        await asyncio.sleep(0.03)
    assert len(creator.relays.published) == 1


async def test_every_relay_the_payer_named_is_asked_until_it_takes_the_receipt(
    creator: Creator,
) -> None:
    slow = "ws://127.0.0.1:6667"
    refuses = [slow]
    creator.relays.accepts = lambda url: url not in refuses
    async with creator.running():
        payment_hash = await creator.zap(zap_request(relays=(RELAY, slow)))
        creator.wallet.be_paid(payment_hash)
        await until(lambda: len(creator.relays.published) > 2)
        record = creator.store.incoming(payment_hash)
        assert record is not None
        assert (record.taken_by, record.is_published, record.owes_receipt) == ((RELAY,), True, True)
        refuses.clear()
        await until(lambda: creator.store.paid()[0].is_delivered)
    assert [urls for _, urls in creator.relays.published[1:]] == [(slow,)] * (
        len(creator.relays.published) - 1
    )


async def test_a_receipt_that_nobody_takes_is_given_up_after_a_day(creator: Creator) -> None:
    creator.relays.accepts = lambda _: False
    async with creator.running():
        payment_hash = await creator.zap(zap_request())
        creator.wallet.be_paid(payment_hash)
        await until(lambda: creator.relays.published)
        creator.clock.pass_ms(receiving.RECEIPT_LIFETIME_MS)
        await until(lambda: creator.store.paid()[0].is_given_up)
    assert not creator.totals.incoming()[0].receipt_published


def keysend(number: int, message: str = "", name: str = "") -> IncomingPayment:
    preimage = preimage_of(number)
    records = podcast.records(amount=Msat(21_000), message=message, sender_name=name)
    return IncomingPayment(
        payment_hash=PaymentHash(sha256(preimage)),
        preimage=preimage,
        amount=Msat(21_000),
        settled_at=START.plus_ms(number),
        invoice="",
        description="",
        label="",
        records=records,
    )


async def test_what_comes_unasked_is_a_tip_with_the_words_and_the_name_it_claims(
    creator: Creator,
) -> None:
    async with creator.running():
        creator.wallet.be_sent(keysend(1, "great show", "Lou"))
        await until(lambda: creator.totals.count() == 1)
    (tip,) = creator.totals.incoming()
    assert (tip.amount, tip.comment, tip.claimed_name) == (Msat(21_000), "great show", "Lou")
    assert tip.sender is None


async def test_what_came_unasked_while_tipdesk_was_away_is_found_once(creator: Creator) -> None:
    async with creator.running():
        creator.wallet.be_sent(keysend(1))
        await until(lambda: creator.totals.count() == 1)
    creator.close()
    creator.open()
    creator.wallet.be_sent(keysend(2), tell=False)
    for _ in range(2):
        async with creator.running():
            await until(lambda: creator.totals.count() == 2)
        creator.close()
        creator.open()


async def test_a_payment_that_came_while_tipdesk_was_away_is_found(creator: Creator) -> None:
    payment_hash = await creator.zap(zap_request())
    creator.close()
    creator.open()
    creator.wallet.be_paid(payment_hash, tell=False)
    async with creator.running():
        await until(lambda: creator.totals.count() == 1)
        await until(lambda: creator.totals.incoming()[0].receipt_published)
        seen = len(creator.seen)
        creator.wallet.be_paid(payment_hash)
        assert (creator.totals.count(), len(creator.seen)) == (1, seen)
    assert len(creator.relays.published) == 1


async def test_somebody_elses_invoice_of_this_wallet_is_no_tip(creator: Creator) -> None:
    payment_hash = await creator.zap(zap_request())
    creator.database.write("DELETE FROM incoming_tips")
    creator.wallet.be_paid(payment_hash)
    assert creator.totals.count() == 0


async def test_invoices_that_nobody_pays_are_bounded_and_forgotten(
    creator: Creator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_OPEN_INVOICES", 2)
    await creator.ask(amount="1000")
    await creator.ask(amount="1000")
    with pytest.raises(LnurlRefused, match="too many invoices"):
        await creator.ask(amount="1000")
    creator.clock.pass_ms(receiving.INVOICE_SECONDS * 1_000)
    await creator.ask(amount="1000")
    creator.clock.pass_ms(2 * 24 * 3_600_000)
    async with creator.running():
        pass
    assert creator.store.unpaid() == []


async def test_totals_are_of_today_and_of_all_time(creator: Creator) -> None:
    for sat in (21, 5_000):
        creator.wallet.be_paid(await creator.zap(zap_request(sat=sat), sat))
        creator.clock.pass_ms(24 * 3_600_000)
    creator.clock.pass_ms(-24 * 3_600_000)
    for _ in range(2):
        assert creator.totals.total_today(creator.clock.now()) == Msat(5_000_000)
        assert creator.totals.total_all() == Msat(5_021_000)
        assert [tip.amount for tip in creator.totals.incoming()] == [Msat(5_000_000), Msat(21_000)]
        creator.close()
        creator.open()
